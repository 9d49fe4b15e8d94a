"""A library's whole past goes into an empty library elsewhere: verified, with its people switched off, and only where that is allowed."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from faq import verify, workflow
from faq.integrity import triggers
from faq.interchange import history
from faq.interchange.errors import RowErrors
from faq.interchange.options import ImportRefused
from faq.interchange.writing import write_folder, write_jsonl
from faq.models import Change, Document, ImportRun, Ledger, Publication, Question, ReviewDecision, Source, Topic, User
from faq.workflow import publishing
from tests.factories import a, make_draft, make_publication, make_reviewer, make_topic, make_user
from tests.interchange import make_importer

pytestmark = pytest.mark.django_db
PLACE = {
    "Document",
    "Assignment",
    "DocumentLink",
    "DocumentTerm",
    *("Feedback", "InboxLook", "MissedSearch", "ReaderWrite", "Report", "SubmittedQuestion"),
    "EntryVectors",
    "ImportFile",
    "ReviewReminder",
    "SignInAttempt",
    "User_groups",
    "User_user_permissions",
}
"""Models of ours that belong to a place and not to its past, or are made again."""


@pytest.fixture
def past(tmp_path: Path, settings: Settings) -> Path:
    """The history of a library with two versions, a withdrawal, a retracted source and a draft, whose rows are gone since."""
    settings.ALLOW_HISTORY_IMPORT = True
    make_topic("whole")
    make_topic("her2", parents=["whole"])
    make_publication("one", topics=["her2"])
    make_publication("one")
    make_publication("gone")
    make_draft("draft")
    workflow.withdraw(Publication.objects.get(slug="gone"), by=a("reviewer"), at=timezone.now(), reason="unsafe")
    workflow.mark_source(Source.objects.get(key="s1"), by=a("reviewer"), at=timezone.now(), state="retracted", comment="Taken back.")
    path = tmp_path / "past.jsonl"
    write_jsonl(path, drafts=True, history=history.history_rows())
    empty()
    return path


def empty() -> None:
    """Empty the library, accounts too, as if it were another one."""
    connection.check_constraints()
    triggers.remove(connection)
    with connection.cursor() as cursor:
        for table in reversed(history.TABLES):
            cursor.execute(f"DELETE FROM {table._meta.db_table}")
            if table is User:
                cursor.execute("DELETE FROM faq_user_groups")
    Ledger.objects.create(pk=1)
    connection.check_constraints()
    triggers.install(connection)


def changed(path: Path, change: Callable[[list[dict[str, Any]]], None]) -> Path:
    """Rewrite a history after `change` has altered its rows."""
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    change(rows)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def rows_of(rows: list[dict[str, Any]], table: str) -> list[dict[str, Any]]:
    """The rows of one table in a history."""
    return [row for row in rows if row.get("table") == table]


def at(rows: list[dict[str, Any]], table: str, column: str) -> int:
    """Where a column stands."""
    names: list[str] = rows[0]["tables"][table]
    return names.index(column)


def test_everything_is_there_again_and_holds(past: Path) -> None:
    assert history.import_history(past, make_importer()) == 3
    assert list(verify.faults(html=True)) == []
    states = list(Publication.objects.order_by("slug", "version").values_list("slug", "version", "status"))
    assert states == [("gone", 1, "withdrawn"), ("one", 1, "superseded"), ("one", 2, "current")]


def test_it_can_be_exported_again_the_same(past: Path, tmp_path: Path) -> None:
    importer = make_importer()
    history.import_history(past, importer)
    write_jsonl(tmp_path / "again.jsonl", drafts=True, history=history.history_rows())

    def rows(path: Path) -> list[dict[str, Any]]:
        own = ("faq_user", "faq_importrun")
        return [row for row in map(json.loads, path.read_text().splitlines()) if row["record"] == "row" and row["table"] not in own]

    assert rows(tmp_path / "again.jsonl") == rows(past)


def test_the_library_goes_on_from_there(past: Path) -> None:
    history.import_history(past, make_importer())
    reviewer, author = make_reviewer(), make_user("author", "lead", "publisher")
    answer = workflow.create_question(slug="new", language="en", wording="New?", by=author, at=timezone.now())
    assert answer.pk > 0
    held = workflow.hold(Publication.objects.current().get(), by=reviewer, at=timezone.now(), comment="Looking.")
    assert held.is_held
    assert list(verify.faults()) == []


def test_people_come_switched_off_and_without_what_is_private(past: Path) -> None:
    history.import_history(past, make_importer())
    imported = User.objects.exclude(username="importer")
    assert {person.username for person in imported} >= {"the-lead", "the-reviewer", "the-author", "the-publisher"}
    assert not any(person.is_active or person.is_staff or person.has_usable_password() or person.email for person in imported)
    assert not any(person.groups.exists() for person in imported)


def test_accounts_that_stand_here_make_room(past: Path) -> None:
    earlier = make_user("importer", username="the-lead")
    decided = set(ReviewDecision.objects.values_list("by", flat=True))
    history.import_history(past, earlier)
    here = User.objects.get(username="the-lead")
    assert here.is_active
    assert [group.name for group in here.groups.all()] == ["importer"]
    assert User.objects.filter(username__startswith="the-lead-imported-", is_active=False).count() == 1
    assert not ReviewDecision.objects.filter(by=here).exists()
    assert decided == set()


def test_who_imported_it_and_when_is_kept(past: Path) -> None:
    history.import_history(past, make_importer())
    run = ImportRun.objects.get()
    assert (str(run.by), run.finished_at is not None, run.counts["rows"] > 50) == ("importer", True, True)


def test_a_rehearsal_verifies_everything_and_changes_nothing(past: Path) -> None:
    assert history.import_history(past, make_importer(), is_rehearsal=True) == 3
    assert not Question.objects.exists()
    assert [user.username for user in User.objects.all()] == ["importer"]
    assert triggers.missing(connection) == []


def test_a_folder_carries_it_beside_the_entries(past: Path, tmp_path: Path) -> None:
    history.import_history(past, make_importer())
    write_folder(tmp_path / "library", drafts=True, history=history.history_rows())
    assert history.history_in(tmp_path / "library") == tmp_path / "library" / "history.jsonl"
    assert history.history_in(tmp_path / "library" / "entries") is None


def test_it_needs_the_setting(past: Path, settings: Settings) -> None:
    settings.ALLOW_HISTORY_IMPORT = False
    with pytest.raises(ImportRefused, match="Set ALLOW_HISTORY_IMPORT"):
        history.import_history(past, make_importer())


def test_it_needs_the_role(past: Path) -> None:
    with pytest.raises(ImportRefused, match="role of importer"):
        history.import_history(past, make_user("author"))


def test_it_needs_an_empty_library(past: Path) -> None:
    Topic.objects.create(slug="here", kind="test")
    with pytest.raises(ImportRefused, match="only into an empty library"):
        history.import_history(past, make_importer())


def alter(table: str, column: str, value: Any) -> Callable[[list[dict[str, Any]]], None]:
    """Return a change of one column in the last row of a table."""

    def change(rows: list[dict[str, Any]]) -> None:
        rows_of(rows, table)[-1]["columns"][at(rows, table, column)] = value

    return change


def cut(table: str) -> Callable[[list[dict[str, Any]]], None]:
    """Return a change that takes the last row of a table out, and corrects the count."""

    def change(rows: list[dict[str, Any]]) -> None:
        rows.remove(rows_of(rows, table)[-1])
        rows[-1]["rows"] -= 1

    return change


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (alter("faq_reviewdecision", "comment", "I never said this."), "does not have the comment of its hash"),
        (alter("faq_reviewdecision", "by_name", "Somebody else"), "is not what its hash says"),
        (alter("faq_change", "reason", "error"), "is not what its hash says"),
        (alter("faq_publication", "words", "{}"), "does not hold the submitted words"),
        (alter("faq_submission", "words", "{}"), "does not"),
        (alter("faq_publication", "status", "current"), "past.jsonl:1: "),
        (alter("faq_ledger", "change_head", "0" * 64), "the end was cut off or the Ledger moved"),
        (alter("faq_publication", "next_review_due_on", "soon"), "columns: "),
        (alter("faq_publication", "next_review_due_on", "9999-12-31"), "columns: next_review_due_on must lie in the years 1900 to 2100"),
        (alter("faq_question", "id", None), ""),
        (cut("faq_reviewdecision"), ""),
        (cut("faq_change"), ""),
        (lambda rows: rows.pop(), "and should have None: its end was cut off"),
        (lambda rows: rows[-1].update(rows=7), "and should have 7: its end was cut off"),
        (lambda rows: rows[0]["tables"].pop("faq_topic"), "was written by another release"),
        (lambda rows: rows[0].update(format=2), "was written by another release"),
        (lambda rows: rows[1].update(table="auth_group"), "table: unknown: auth_group"),
        (lambda rows: rows[1]["columns"].pop(), "columns: must be "),
    ],
)
def test_a_past_that_was_altered_is_refused(past: Path, change: Callable[[list[dict[str, Any]]], None], error: str) -> None:
    with pytest.raises(RowErrors) as refused:
        history.import_history(changed(past, change), make_importer())
    assert error in str(refused.value)
    assert not any(model.objects.exists() for model in (Question, ReviewDecision, Change, Topic))
    assert triggers.missing(connection) == []


def test_what_is_derived_is_made_here_and_not_taken_over(past: Path) -> None:
    history.import_history(past, make_importer())
    assert "reading_grade" not in history.column_names(Publication)
    assert set(Document.objects.values_list("slug", flat=True)) == set(Publication.objects.values_list("slug", flat=True))
    assert publishing.grade_again() == 0


def test_every_table_of_the_past_is_in_it() -> None:
    """A model added later is either told, or named here as one that stays behind."""
    ours = set(apps.get_app_config("faq").get_models(include_auto_created=True))
    left = {model.__name__ for model in ours - set(history.TABLES)}
    assert left <= PLACE
