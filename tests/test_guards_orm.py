"""The guards hold whichever way a statement comes: bulk methods of the ORM, a superuser's shell, COPY, MERGE, temporary tables."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import Model
from django.db.models.deletion import ProtectedError

from faq.models import Change, Comment, Edit, Publication, ReviewDecision, StandingText, Submission, SubmissionEditor, TopicName, Waiver
from tests.factories import a
from tests.guarding import World, execute, insert, insertion, passes, values, world_of

pytestmark = pytest.mark.django_db

WORDS = [
    *((Publication, "words"), (Submission, "words"), (StandingText, "text"), (TopicName, "name"), (ReviewDecision, "comment")),
    *((Change, "reason"), (Comment, "text"), (Edit, "by_name"), (SubmissionEditor, "name"), (Waiver, "reason")),
]
EVERYTHING = pytest.mark.parametrize(("model", "column"), WORDS, ids=[f"{model.__name__}.{column}" for model, column in WORDS])


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    yield from world_of(django_db_blocker)


@EVERYTHING
def test_update_of_a_queryset_is_refused(world: World, model: type[Model], column: str) -> None:
    assert not passes(lambda: model._default_manager.update(**{column: "Other."}))


@EVERYTHING
def test_bulk_update_is_refused(world: World, model: type[Model], column: str) -> None:
    rows = list(model._default_manager.all())
    for row in rows:
        setattr(row, column, "Other.")
    assert not passes(lambda: model._default_manager.bulk_update(rows, [column]))


@EVERYTHING
def test_save_is_refused(world: World, model: type[Model], column: str) -> None:
    row = model._default_manager.all()[0]
    setattr(row, column, "Other.")
    assert not passes(row.save)


@EVERYTHING
def test_deletion_is_refused_however_it_is_asked_for(world: World, model: type[Model], column: str) -> None:
    rows = model._default_manager.all()
    with pytest.raises((IntegrityError, ProtectedError)), transaction.atomic():
        rows.delete()
    with pytest.raises(IntegrityError, match="never deleted"), transaction.atomic():
        rows._raw_delete(rows.db)
    assert rows.exists()


@pytest.mark.parametrize(
    "line",
    [
        "Publication.objects.update(words='Take twice as much.')",
        "Submission.objects.update(words='Take twice as much.')",
        "ReviewDecision.objects.filter(kind='object')._raw_delete('default')",
        "Publication.objects.filter(slug='withdrawn').update(status='current', ended_at=None)",
        "Answer.objects.filter(status='submitted').update(status='published')",
        "approval = ReviewDecision.objects.filter(kind='approve')[0]; approval.by = User.objects.get(username='root'); approval.save()",
    ],
)
def test_a_superusers_shell_is_refused(world: World, line: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        call_command("shell", "--command", f"from faq.models import *; {line}")


def test_a_superuser_does_not_approve_from_a_shell(world: World) -> None:
    """Approving means a decision, and the database takes none from somebody who is no reviewer."""
    lines = (
        "from django.utils import timezone",
        "from faq.integrity.ledger import lock_ledger",
        "from faq.models import *",
        "root, text = User.objects.get(username='root'), Submission.objects.get(question__slug='frozen')",
        "seen = {'question': text.question, 'submission': text, 'content_hash': text.content_hash}",
        "with lock_ledger(timezone.now()) as ledger:\n    ledger.decide('approve', root, sign_off='clinical', **seen)",
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        call_command("shell", "--command", "\n".join(lines))
    assert not world["submitted"].decisions.filter(kind="approve").exists()


def test_insert_or_update_meets_the_guards_twice(world: World) -> None:
    """ON CONFLICT DO UPDATE is an insert and an update."""
    row = values(world["current"], id=world["current"].pk)
    statement = insertion("faq_publication", row) + " ON CONFLICT (id) DO UPDATE SET words = 'Other.'"
    assert not passes(execute(statement, list(row.values())))


def test_a_temporary_table_does_not_stand_in_for_a_real_one(world: World) -> None:
    """Temporary tables are found first where nothing else is said; the guards look at the library's own."""
    editor = world["editor"].pk
    with connection.cursor() as cursor:
        for table in ("faq_submissioneditor", "faq_edit"):
            cursor.execute(f"CREATE TEMPORARY TABLE {table} AS SELECT * FROM {table} WHERE 1 = 0")
    assert not passes(insert(world["decision"], by_id=editor))
    with connection.cursor() as cursor:
        for table in ("faq_submissioneditor", "faq_edit"):
            cursor.execute(f"DROP TABLE {'temp' if connection.vendor == 'sqlite' else 'pg_temp'}.{table}")
    assert passes(insert(world["decision"]))


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has no COPY and no MERGE")
@pytest.mark.parametrize(
    "statement",
    [
        "MERGE INTO faq_publication p USING faq_question q ON p.question_id = q.id WHEN MATCHED THEN UPDATE SET words = 'Other.'",
        "MERGE INTO faq_change c USING faq_ledger g ON c.sequence = g.last_sequence WHEN MATCHED THEN DELETE",
    ],
)
def test_merge_is_refused(world: World, statement: str) -> None:
    assert not passes(execute(statement))


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has no COPY and no MERGE")
def test_copy_is_refused(world: World) -> None:
    editor = world["submission_editor"]

    row = (world["frozen"].pk, "edited", editor.user_id, "Nobody", "2026-03-02T12:00:00Z", "{}")
    statement = "COPY faq_edit (answer_id, kind, by_id, by_name, at, changes) FROM STDIN"
    with pytest.raises(psycopg.errors.IntegrityConstraintViolation), transaction.atomic(), connection.cursor() as cursor:  # noqa: SIM117
        with cursor.copy(statement) as copy:
            copy.write_row(row)


def test_everybody_above_is_who_they_seem(world: World) -> None:
    assert world["root"].is_superuser
    assert not hasattr(world["root"], "reviewer")
    assert hasattr(a("reviewer"), "reviewer")
