"""Nothing is lost: no DELETE, no TRUNCATE, and of each kind of row raw SQL can change the columns named here alone."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction

from faq.integrity import triggers
from faq.integrity.guards import GUARDED
from faq.models import Edit, Ledger
from faq.models.publications import Change
from tests.factories import NOW
from tests.guarding import World, passes, refuses, run, undone, update, world_of

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    yield from world_of(django_db_blocker)


@pytest.mark.parametrize(
    "guard",
    [
        *("question_kept", "answer_kept", "edit_kept", "comment_kept", "submission_kept", "submissioneditor_kept", "reviewdecision_kept"),
        *("waiver_kept", "erasure_kept", "publication_kept", "change_kept", "ledger_kept", "standingtext_kept", "topicname_kept"),
        *("reviewer_kept", "evidencealert_kept", "topicplacement_kept"),
    ],
)
def test_no_row_is_deleted(world: World, guard: str) -> None:
    refuses(guard, run(world, f"DELETE FROM faq_{guard.removesuffix('_kept')}"))


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has no TRUNCATE")
@pytest.mark.parametrize("table", GUARDED)
def test_no_table_is_emptied(world: World, table: str) -> None:
    """Each table's own trigger says so; CASCADE would otherwise meet another's first."""
    attack = run(world, f"TRUNCATE {table} CASCADE")
    connection.check_constraints()
    assert not passes(attack)
    with undone():
        for another in set(GUARDED) - {table}:
            triggers.drop(connection, f"{triggers.PREFIX}{another}_truncate")
        with pytest.raises(IntegrityError, match=f"{table} is never emptied"), transaction.atomic():
            attack()


def other(field: "models.Field[Any, Any]", value: Any) -> Any:
    """Return another value that the column takes."""
    if isinstance(field, models.JSONField):
        return ["other"]
    if isinstance(field, models.BooleanField):
        return not value
    if isinstance(value, str):
        return "x" + value[1:] if not value.startswith("x") else "y" + value[1:]
    if isinstance(field, models.DateTimeField):
        return (value or NOW) + timedelta(days=1)
    if isinstance(field, models.DateField):
        return (value or date(2026, 3, 2)) + timedelta(days=1)
    return (value or 0) + 1


def changeable(row: models.Model) -> set[str]:
    """Return the columns of `row` to which raw SQL can give another value, one at a time."""
    fields = row._meta.concrete_fields
    return {field.attname for field in fields if passes(update(row, **{field.attname: other(field, getattr(row, field.attname))}))}


def test_a_publication_lets_its_derived_columns_be_made_again_and_nothing_else(world: World) -> None:
    for name in ("old", "current", "withdrawn", "erased"):
        assert changeable(world[name]) == {"reading_grade"}


@pytest.mark.parametrize(
    "name", ["submitted", "returned", "submission_editor", "waiver", "comment", "frozen_edit", "order", "confirmed_order", "alert_triaged"]
)
def test_a_record_of_what_was_done_never_changes(world: World, name: str) -> None:
    assert changeable(world[name]) == set()


def test_decisions_changes_and_edits_never_change(world: World) -> None:
    for row in (world["submitted"].decisions.all()[0], Change.objects.first(), Edit.objects.first(), Ledger.objects.get()):
        assert row
        assert changeable(row) == set()


def test_an_answer_outside_draft_keeps_its_words(world: World) -> None:
    assert changeable(world["frozen"]) == {"changed_at"}
    assert changeable(world["erased_answer"]) == {"changed_at"}


def test_a_citation_never_changes(world: World) -> None:
    assert changeable(world["frozen_citation"]) == changeable(world["draft_citation"]) == set()


def test_an_answer_in_draft_keeps_its_question_and_its_status(world: World) -> None:
    kept = {field.attname for field in world["draft"]._meta.concrete_fields} - changeable(world["draft"])
    assert kept == {"id", "question_id", "created_at", "status", "scheduled_for", "wording", "audience", "origin"}


@pytest.mark.parametrize("kind", ["text", "name"])
def test_a_standing_text_can_end_and_nothing_else(world: World, kind: str) -> None:
    assert changeable(world[f"{kind}_proposed"]) == changeable(world[f"{kind}_in_force"]) == {"ends_at"}
    assert changeable(world[f"{kind}_ended"]) == set()


def test_an_open_alert_keeps_what_it_is_about(world: World) -> None:
    assert changeable(world["alert_open"]) <= {"note", "triaged_by_id", "triaged_at", "outcome"}


def test_catalogue_and_scope_keep_their_names(world: World) -> None:
    assert not {"id", "slug", "language"} & changeable(world["question"])
    assert not {"id", "slug"} & changeable(world["topic"])
    assert not {"id", "key"} & changeable(world["source"])
    assert not {"id", "user_id", "granted_at"} & changeable(world["editor"].reviewer)


def test_other_values_are_other(world: World) -> None:
    for field in world["version"]._meta.concrete_fields:
        value = getattr(world["version"], field.attname)
        changed = other(field, value)
        assert changed != value
        assert not isinstance(changed, datetime) or changed.tzinfo
