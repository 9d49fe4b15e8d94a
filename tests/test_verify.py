"""`manage.py verify` names what a database owner changed behind the guards."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import ForeignKey

from faq import verify, workflow
from faq.integrity import triggers
from faq.models import (
    Change,
    Ledger,
    Publication,
    PublicationTopic,
    Question,
    ReviewDecision,
    Source,
    StandingText,
    Submission,
    SubmissionEditor,
)
from tests.factories import NOW, a, make_publication, make_text, make_topic

pytestmark = pytest.mark.django_db


@pytest.fixture
def library() -> Publication:
    """An entry of two versions in a topic, and the guards taken off as their owner can."""
    make_topic("hearts")
    make_publication("first", topics=["hearts"])
    newest = make_publication("first")
    triggers.remove(connection)
    return newest


def found() -> list[tuple[str, str]]:
    """Return the faults but those of the guards, as (table, reason)."""
    return [(fault.table, fault.reason) for fault in verify.faults(html=True) if fault.table != "triggers"]


def run(*arguments: str) -> str:
    """Return what the command prints."""
    out = StringIO()
    call_command("verify", *arguments, stdout=out)
    return out.getvalue()


def test_a_sound_library_is_ok() -> None:
    make_publication("first")
    workflow.withdraw(make_publication("second"), by=a("reviewer"), at=NOW, reason="outdated")
    assert run() == run("--html") == "verify: ok\n"


def test_an_empty_library_is_ok() -> None:
    assert run() == "verify: ok\n"


def test_the_first_fault_is_the_first_line_and_the_exit_status_is_1(library: Publication) -> None:
    out = StringIO()
    with pytest.raises(CommandError) as error:
        call_command("verify", stdout=out)
    assert error.value.returncode == 1
    assert out.getvalue().startswith("FAULT triggers faq_guard_")


def test_a_publication_whose_words_changed_is_found(library: Publication) -> None:
    Publication.objects.filter(pk=library.pk).update(words=library.words.replace("HER2", "HER3"))
    assert ("faq_publication", "does not hold the submitted words") in found()


def test_words_changed_everywhere_are_found_by_their_hash(library: Publication) -> None:
    words = library.words.replace("HER2", "HER3")
    Publication.objects.filter(pk=library.pk).update(words=words)
    Submission.objects.filter(pk=library.submission_id).update(words=words)
    assert {("faq_submission", "does not match its hash"), ("faq_publication", "does not match its hash")} <= set(found())


@pytest.mark.parametrize("model", [Change, ReviewDecision])
def test_a_row_cut_out_of_a_chain_is_found(library: Publication, model: Any) -> None:
    drop(model, 3)
    faults = found()
    assert (model._meta.db_table, "is missing: 4 follows 2") in faults


@pytest.mark.parametrize("model", [Change, ReviewDecision])
def test_a_tail_cut_off_is_found_by_the_ledgers_head(library: Publication, model: Any) -> None:
    for term in ("gene", "cell", "scan", "lump", "node"):  # rows that nothing else refers to
        make_text(kind="glossary", key=term, title=term, text=f"What {term} means.")
    for slug in ("genes", "cells", "scans", "lumps", "nodes"):
        workflow.edit_topic(slug=slug, kind="condition", by=a("author"), at=NOW)
    last = model.objects.order_by("-sequence").values_list("sequence", flat=True)[0]
    for sequence in range(last - 4, last + 1):
        drop(model, sequence)
    faults = found()
    assert any(table == model._meta.db_table and "cut off" in reason for table, reason in faults)


def drop(model: Any, sequence: int) -> None:
    """Delete a row as SQL does, without asking what refers to it."""
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {model._meta.db_table} WHERE sequence = %s", [sequence])


def test_a_change_whose_reason_was_rewritten_is_found(library: Publication) -> None:
    Change.objects.filter(sequence=2).update(reason="other")
    assert ("faq_change", "is not what its hash says") in found()


def test_a_change_said_to_come_of_another_decision_is_found(library: Publication) -> None:
    Change.objects.filter(pk=library.last_change_id).update(decision=1)
    assert ("faq_change", "does not come of its decision") in found()


def test_a_decision_given_to_somebody_else_is_found(library: Publication) -> None:
    ReviewDecision.objects.filter(kind="approve").update(by=a("author"))
    faults = found()
    assert ("faq_reviewdecision", "is not what its hash says") in faults
    assert ("faq_publication", "was approved by one of its editors") in faults


def test_what_was_said_with_a_decision_is_found_rewritten_or_lost(library: Publication) -> None:
    workflow.hold(library, by=a("reviewer"), at=NOW, comment="A reader wrote.")
    said = ReviewDecision.objects.get(kind="hold")
    ReviewDecision.objects.filter(pk=said.pk).update(comment="I never said this.")
    assert ("faq_reviewdecision", "does not have the comment of its hash") in found()
    ReviewDecision.objects.filter(pk=said.pk).update(comment="")
    assert ("faq_reviewdecision", "lost its comment, and no erasure took it") in found()


def test_an_editor_struck_off_the_list_is_found(library: Publication) -> None:
    SubmissionEditor.objects.filter(submission=library.submission_id).delete()
    assert any("does not list its editor" in reason for _, reason in found())


def test_a_status_moved_without_a_change_is_found(library: Publication) -> None:
    Publication.objects.filter(pk=library.pk).update(status="withdrawn", ended_at=NOW)
    assert ("faq_publication", "differs in status from its last Change") in found()


def test_a_review_date_moved_without_a_change_is_found(library: Publication) -> None:
    Publication.objects.filter(pk=library.pk).update(next_review_due_on="2030-01-01")
    assert ("faq_publication", "differs in next_review_due_on from its last Change") in found()


def test_a_withheld_text_shown_again_is_found(library: Publication) -> None:
    workflow.withdraw(library, by=a("reviewer"), at=NOW, reason="unsafe", withhold=[1, 2])
    Publication.objects.filter(version=1).update(is_withheld=False)
    assert ("faq_publication", "is not withheld as its last Change says") in found()


def test_a_copied_column_that_differs_is_found(library: Publication) -> None:
    Publication.objects.filter(pk=library.pk).update(origin="human" if library.origin != "human" else "ai_generated")
    assert any("differs in origin" in reason for _, reason in found())


def test_a_topic_slipped_in_is_found(library: Publication) -> None:
    PublicationTopic.objects.create(publication=library, topic=make_topic("lungs"))
    assert ("faq_publicationtopic", "differs from the entry's last Change") in found()


def test_a_standing_text_that_started_at_another_moment_is_found(library: Publication) -> None:
    StandingText.objects.filter(kind="disclaimer").update(starts_at="2020-01-01T00:00:00Z")
    assert any(table == "faq_standingtext" for table, _ in found())


def test_a_lost_version_is_found(library: Publication) -> None:
    question = Question.objects.get(slug="first")
    Publication.sources.through.objects.filter(publication=library).delete()
    PublicationTopic.objects.filter(publication=library).delete()
    Publication.objects.filter(pk=library.pk).delete()
    assert ("faq_publication", f"lacks version {library.version}, which was published") in found()
    assert question.publications.count() == 1


def test_a_lost_ledger_is_found(library: Publication) -> None:
    Ledger.objects.all().delete()
    assert ("faq_ledger", "is missing") in found()


def foreign_keys() -> list[Any]:
    """Return each column of the library by which a row names another."""
    models = apps.get_app_config("faq").get_models(include_auto_created=True)
    return [field for model in models for field in model._meta.concrete_fields if isinstance(field, ForeignKey)]


@contextmanager
def gone(named: Any) -> Iterator[None]:
    """Delete a row as the owner of a database can, and long ago: no foreign key is looked at; take it back afterwards."""
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(f"DELETE FROM {named._meta.db_table} WHERE {named._meta.pk.column} = %s", [named.pk])
        yield
        transaction.set_rollback(True)


def test_a_row_that_another_names_and_is_gone_is_found(library: Publication) -> None:
    with gone(a("author")):
        faults = found()
    names = f"names {a('author').pk} of faq_user as its author, which is not there"
    assert {("faq_answer", names), ("faq_edit", names.replace("author", "by"))} <= set(faults)


def test_whatever_a_column_of_the_library_names_is_missed(library: Publication) -> None:
    make_publication("translated", translation_of={"slug": "first", "version": 2})
    workflow.mark_source(Source.objects.get(key="s1"), by=a("reviewer"), at=NOW, state="superseded", comment="A newer one is out.")
    tried = set()
    for field in foreign_keys():
        row = field.model._base_manager.exclude(**{field.attname: None}).select_related(field.name).first()
        if row:
            tried.add(field.model._meta.model_name)
            with gone(getattr(row, field.name)):
                missed = [fault for fault in verify.references() if (fault.table, fault.pk) == (field.model._meta.db_table, row.pk)]
            assert any(f"as its {field.name}, which" in fault.reason for fault in missed), field
    assert {"publication", "change", "reviewdecision", "publicationtopic", "citation", "evidencealert", "user_groups"} <= tried


def test_references_that_hold_are_no_fault(library: Publication) -> None:
    assert list(verify.references()) == []
