"""Nothing that can be stored makes a public read fail: columns take the extremes that the database lets them, and everything is read."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import DataError, IntegrityError, connection, models, transaction

from faq import models as tables
from faq import workflow
from faq.clock import CLOSES_AT, EARLIEST, LATEST, OPENS_AT
from faq.integrity import triggers
from faq.models import Change, Document
from faq.public.caching import STORE
from tests.factories import NOW, a, make_approved, make_publication, make_source, make_topic
from tests.guarding import quoted
from tests.reading import ask

pytestmark = pytest.mark.django_db
TABLES = (
    *("Answer", "Change", "EvidenceAlert", "Ledger", "Publication", "PublicationTopic", "ReviewDecision", "Reviewer"),
    *("Source", "StandingText", "Topic", "TopicName"),
)
"""What public reads look at, and what its columns are copied from."""
NAMES = ("version", "number", "sequence")
"""Numbers by which rows are found: with another one there would be nothing to read."""
PATHS = [
    *("/api/v1/entries/", "/api/v1/entries/?audience=any", "/api/v1/entries/told/", "/api/v1/entries/told/?as_of=2026-03-02"),
    *("/api/v1/entries/told/?as_of=0001-01-01", "/api/v1/entries/told/?as_of=9999-12-31", "/api/v1/entries/told/versions/"),
    *("/api/v1/entries/told/versions/1/", "/api/v1/entries/told/versions/2/", "/api/v1/entries/gone/", "/api/v1/entries/gone/versions/1/"),
    *("/api/v1/entries/told/versions/99999999999999999999999/", "/api/v1/entries/held/", "/", "/es/", "/topics/", "/topics/her2/"),
    *("/questions/told/", "/es/questions/told/", "/questions/told/versions/", "/questions/told/versions/1/", "/questions/gone/"),
    *("/questions/held/", "/questions/told/versions/2/", "/api/v1/topics/", "/api/v1/sources/", "/api/v1/standing-texts/"),
    "/api/v1/entries/told/versions/2/diff/",
    *("/questions/held/", "/questions/told/versions/2/"),
    *(f"/api/v1/entries/{slug}/?format={form}" for slug in ("told", "told/versions/1", "held", "gone") for form in ("jsonld", "md")),
]
TICK = timedelta(microseconds=1)
FIRST, LAST = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)
VALUES: dict[type[models.Field[Any, Any]], tuple[list[Any], list[Any]]] = {
    models.DateTimeField: ([FIRST, OPENS_AT - TICK, OPENS_AT], [LAST, CLOSES_AT, CLOSES_AT - TICK]),
    models.DateField: ([date.min, EARLIEST - timedelta(days=1), EARLIEST], [date.max, LATEST + timedelta(days=1), LATEST]),
    models.FloatField: ([float("-inf"), -1e308], [float("inf"), 1e308]),
    models.IntegerField: ([-(2**63), -(2**31), -(2**15), 0], [2**63 - 1, 2**31 - 1, 2**15 - 1]),
}
"""By type of column: its smallest values and its largest, the most extreme first; what is out of bounds stands before what is within."""


@pytest.fixture
def library() -> None:
    """An entry of two versions that cites a retracted source, one that is held and one that was taken down."""
    make_source(read_on=NOW.date())
    make_topic("her2", name="HER2")
    make_publication("told", topics=["her2"], related=["held"], advice_cards=["fever"])
    make_publication("told", short_answer="HER2 is a protein on cells.")
    workflow.hold(make_publication("held", topics=["her2"]), by=a("reviewer"), at=NOW, comment="A figure.")
    workflow.withdraw(make_publication("gone"), by=a("reviewer"), at=NOW, reason="unsafe", replacement="told")
    workflow.schedule(make_approved(), by=a("publisher"), at=NOW, moment=NOW + timedelta(days=1))
    workflow.mark_source(make_source(), by=a("reviewer"), at=NOW, state="retracted", comment="The journal says so.")


def values_of(field: models.Field[Any, Any], end: int) -> list[Any]:
    return next((values[end] for kind, values in VALUES.items() if isinstance(field, kind)), [])


def store_extreme(field: models.Field[Any, Any], end: int) -> Any:
    """Put the most extreme value that the database lets stand into all rows of a column, past the guards; return it."""
    for value in values_of(field, end):
        given = value if isinstance(value, int | float) else field.get_db_prep_save(value, connection)
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                table, column = field.model._meta.db_table, quoted(field.column or "")
                # What is empty stays so: that an end, say, has come is told by more columns than one.
                cursor.execute(f"UPDATE {table} SET {column} = %s WHERE {column} IS NOT NULL", [given])
        except (IntegrityError, DataError):
            continue
        return value
    return None


def store_extreme_states(end: int) -> None:
    """Give every State, which is text to the database, days at an end of Python's own calendar and moments at that of ours."""
    for change in Change.objects.exclude(slug=""):
        state = re.sub(r'"\d{4}-\d\d-\d\d"', f'"{(date.min, date.max)[end]}"', change.state)
        moment = (OPENS_AT, CLOSES_AT - TICK)[end].isoformat()
        Change.objects.filter(pk=change.pk).update(state=re.sub(r'"\d{4}-\d\d-\d\dT[^"]+"', f'"{moment}"', state))


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
@pytest.mark.parametrize("end", [0, 1], ids=["smallest", "largest"])
def test_no_public_read_fails_whatever_stands_in_the_columns(settings: Any, zone: str, end: int) -> None:
    settings.LIBRARY_TIME_ZONE = zone
    connection.check_constraints()
    triggers.remove(connection)  # what guards refuse today an older release may have let in
    columns = [field for name in TABLES for field in getattr(tables, name)._meta.concrete_fields]
    stored = {
        f"{field.model.__name__}.{field.name}": store_extreme(field, end)
        for field in columns
        if not (field.primary_key or field.is_relation or field.name in NAMES)
    }
    assert {stored[name] for name in ("Publication.next_review_due_on", "Source.read_on")} == {(EARLIEST, LATEST)[end]}
    assert {stored[name] for name in ("Change.at", "Publication.published_at")} == {(OPENS_AT, CLOSES_AT - TICK)[end]}
    store_extreme_states(end)
    Document.objects.all().delete()  # so that each is composed on the spot
    STORE.clear()
    answers = {path: ask("GET", path).status_code for path in PATHS}
    assert {path: status for path, status in answers.items() if status >= 500} == {}
    assert list(answers.values()).count(200) > 10
