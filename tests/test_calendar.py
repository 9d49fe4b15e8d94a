"""No day before 1900 and none past 2100 comes in by any door, and the refusal says so; the database keeps none either."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction

from faq import models as tables
from faq import workflow
from faq.admin.action_forms import ScheduleForm
from faq.clock import CLOSES_AT, EARLIEST, LATEST, OPENS_AT, calendar_fault, read_day
from faq.content.texts import partial_date
from faq.integrity import triggers
from faq.integrity.ledger import backdating, check_moment
from faq.interchange.options import Attestation, ImportOptions, ImportRefused, Stage
from faq.interchange.play import aware_moment
from faq.interchange.rows import SourceRow
from faq.workflow import TransitionRefused, WordsRefused
from tests.factories import (
    NOW,
    a,
    approve,
    make_approved,
    make_draft,
    make_publication,
    make_source,
    make_submission,
    make_topic,
    make_user,
)
from tests.inbox import fill_inbox
from tests.interchange import make_importer

pytestmark = pytest.mark.django_db
TICK, DAY = timedelta(microseconds=1), timedelta(days=1)
OUTSIDE = [date.min, EARLIEST - DAY, LATEST + DAY, date.max]
SENTENCE = "must lie in the years 1900 to 2100"
WEST = timezone(-timedelta(hours=8))
OUTSIDE_MOMENTS = [
    *(OPENS_AT - TICK, CLOSES_AT, datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)),
    *(datetime.max.replace(tzinfo=WEST), datetime.min.replace(tzinfo=timezone(timedelta(hours=8)))),
]


def test_the_calendar_ends_with_its_last_days() -> None:
    assert {calendar_fault(day) for day in (EARLIEST, LATEST)} == {calendar_fault(at) for at in (OPENS_AT, CLOSES_AT - TICK)} == {""}
    assert {calendar_fault(day) for day in OUTSIDE} == {calendar_fault(at) for at in OUTSIDE_MOMENTS} == {SENTENCE}


def expire_on(day: date) -> None:
    make_topic("news", may_expire=True)
    approve(make_submission(make_draft(topics=["news"])), next_review_due_on=NOW.date() + DAY, expires_on=day)


def grant(day: date) -> None:
    scope: dict[str, Any] = {"profession": "Nurse", "languages": ["en"]}
    workflow.grant_reviewer(make_user(), by=a("lead"), at=NOW, verified_until=day, **scope)


def attest(day: date) -> None:
    due_on = NOW.date() + DAY
    told = {"attested_by": "Dr Roe", "document": "Minutes 7"}
    workflow.attest(make_submission(), by=a("importer"), at=NOW, attested_on=day, next_review_due_on=due_on, **told)


def check_import(day: date) -> None:
    ImportOptions(make_importer(), Stage.ATTESTED, Attestation("Dr Roe", day, "Minutes 7")).check(NOW)


def edit(**changes: Any) -> None:
    workflow.edit(make_draft(), by=a("author"), at=NOW, changes=changes)


DOORS: dict[str, Callable[[date], Any]] = {
    "expires_on": expire_on,
    "verified_until": grant,
    "attested_on": attest,
    "attested_on of an import": check_import,
    "read_on": lambda day: make_source("s8", read_on=day),
    "read_on in a file": lambda day: SourceRow(key="s8", title="A source", read_on=day.isoformat()),
    "as_of": lambda day: edit(status_lines=[{"item": "It", "status": "established", "as_of": day.isoformat()}]),
    "month": lambda day: edit(status_lines=[{"item": "It", "status": "established", "as_of": day.isoformat()[:7]}]),
    "generated_on": lambda day: edit(
        origin="ai_generated", generator={"name": "M", "generated_on": day.isoformat()[:4], "grounded_in": []}
    ),
    "year": lambda day: make_source("s8", year=day.year if day > NOW.date() else 999),
    "a day in a file": lambda day: read_day(day.isoformat()),
}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("day", OUTSIDE)
def test_every_door_refuses_a_day_outside_the_calendar_in_words(door: str, day: date) -> None:
    words = rf"{SENTENCE}|cannot expire before|must not have ended|cannot lie in the future|must be (2100 or less|1000 or more)"
    with pytest.raises((TransitionRefused, WordsRefused, ImportRefused, ValueError), match=words):
        DOORS[door](day)


@pytest.mark.parametrize("moment", OUTSIDE_MOMENTS)
def test_nothing_is_scheduled_outside_the_calendar(moment: datetime) -> None:
    with pytest.raises(TransitionRefused, match=SENTENCE):
        workflow.schedule(make_approved(), by=a("publisher"), at=NOW, moment=moment)


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Pacific/Kiritimati"])
@pytest.mark.parametrize("typed", ["9999-12-31T23:59", "0001-01-01T00:00"])
def test_what_a_browser_can_send_as_a_moment_is_refused_in_words(settings: Any, zone: str, typed: str) -> None:
    settings.LIBRARY_TIME_ZONE = zone
    submission = make_approved()
    form = ScheduleForm({"moment": typed}, thing=submission, by=a("publisher"), at=NOW)
    assert form.is_valid()
    with pytest.raises(TransitionRefused, match=SENTENCE):
        workflow.schedule(submission, by=a("publisher"), at=NOW, **form.arguments())


def test_years_and_months_of_words_are_in_the_calendar_too() -> None:
    assert [partial_date(value) for value in ("1900", "2100", "2100-12", "2100-12-31")] == ["1900", "2100", "2100-12", "2100-12-31"]
    for value in ("1899", "2101", "2101-01", "9999-12-31", "0001"):
        with pytest.raises(ValueError, match=SENTENCE):
            partial_date(value)


@pytest.mark.parametrize("at", OUTSIDE_MOMENTS)
def test_no_history_is_played_outside_the_calendar(at: datetime) -> None:
    token = backdating.set(True)
    try:
        with pytest.raises(ValueError, match=SENTENCE):
            check_moment(at)
    finally:
        backdating.reset(token)
    with pytest.raises(ValueError, match=SENTENCE):
        aware_moment(at.isoformat())


def guarded_columns() -> list[models.Field[Any, Any]]:
    """Return the columns of a day or a moment of every table that the calendar is a constraint of."""
    held = [model for model in vars(tables).values() if isinstance(model, type) and issubclass(model, models.Model)]
    held = [model for model in held if any(each.name.endswith("_in_calendar") for each in model._meta.constraints)]
    return [field for model in held for field in model._meta.concrete_fields if isinstance(field, models.DateField)]


def test_the_database_keeps_no_date_outside_the_calendar() -> None:
    make_topic(codes=[("MeSH", "D1")])
    fill_inbox(make_publication(), "one")
    workflow.mark_source(make_source(), by=a("reviewer"), at=NOW, state="retracted", comment="The journal says so.")
    workflow.assign([make_submission(make_draft(short_answer="Cells."))], by=a("lead"), at=NOW, reviewer=None)
    connection.check_constraints()
    triggers.remove(connection)
    columns = guarded_columns()
    assert len(columns) > 25
    for field in columns:
        days = OUTSIDE_MOMENTS[:4] if isinstance(field, models.DateTimeField) else OUTSIDE
        for day in days:
            with pytest.raises(IntegrityError, match=r"calendar|_whole|has_moment"), transaction.atomic():
                assert field.model._default_manager.update(**{field.name: day})


def test_every_date_that_a_public_read_sees_is_held_by_the_database() -> None:
    names = {f"{field.model.__name__}.{field.name}" for field in guarded_columns()}
    read = (tables.Publication, tables.Change, tables.Ledger, tables.StandingText, tables.TopicName, tables.Source, tables.EvidenceAlert)
    dates = {
        f"{model.__name__}.{field.name}" for model in read for field in model._meta.concrete_fields if isinstance(field, models.DateField)
    }
    assert dates - names == set()
