"""The database keeps the write side: words change in draft only, answers go their ways, and edits are never undone."""

from collections.abc import Iterator
from typing import Any

import pytest

from faq import workflow
from faq.models import Answer, Edit
from tests.factories import NOW
from tests.guarding import World, all_of, insert, refuses, run, undone, update, world_of

pytestmark = pytest.mark.django_db
SLIPPED_IN = """words = REPLACE(words, '"body":"', '"body":"Slipped in. ')"""
AI_IN_WORDS = """words = REPLACE(words, '"origin":"human"', '"origin":"ai_generated"')"""
UNERASED = ", ".join(f"{name} = (SELECT {name} FROM faq_answer WHERE id = {{frozen}})" for name in ("words", "wording"))
HUMAN = """words = REPLACE(words, '"origin":"ai_generated"', '"origin":"human"'), origin = 'human'"""


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    yield from world_of(django_db_blocker)


@pytest.mark.parametrize(
    ("guard", "statement"),
    [
        ("answer_fixed", "UPDATE faq_answer SET id = 999999 WHERE id = {draft}"),
        ("answer_fixed", "UPDATE faq_answer SET question_id = {question} WHERE id = {frozen}"),
        ("answer_fixed", "UPDATE faq_answer SET author_id = {editor} WHERE id = {frozen}"),
        ("answer_words_in_draft", f"UPDATE faq_answer SET {SLIPPED_IN} WHERE id = {{frozen}}"),
        ("answer_words_in_draft", "UPDATE faq_answer SET words = REPLACE(words, 'fever', 'none') || ' ' WHERE id = {frozen}"),
        ("answer_words_in_draft", f"UPDATE faq_answer SET {HUMAN} WHERE status = 'submitted' AND origin = 'ai_generated'"),
        ("answer_words_in_draft", f"UPDATE faq_answer SET status = 'submitted', {SLIPPED_IN} WHERE id = {{draft}}"),
        ("answer_words_in_draft", f"UPDATE faq_answer SET status = 'draft', {SLIPPED_IN} WHERE id = {{frozen}}"),
        ("answer_words_in_draft", f"UPDATE faq_answer SET {UNERASED} WHERE id = {{erased_answer}}"),
        ("answer_words_in_draft", "UPDATE faq_answer SET audience = 'clinician' WHERE id = {erased_answer}"),
        ("answer_copies_update", "UPDATE faq_answer SET origin = 'ai_generated' WHERE id = {draft}"),
        ("answer_copies_update", "UPDATE faq_answer SET audience = 'clinician' WHERE id = {draft}"),
        ("answer_copies_update", "UPDATE faq_answer SET wording = 'What is another thing?' WHERE id = {draft}"),
        ("answer_copies_update", f"UPDATE faq_answer SET {AI_IN_WORDS} WHERE id = {{draft}}"),
        ("answer_copies_update", "UPDATE faq_answer SET words = '' WHERE id = {draft}"),
        ("answer_moves", "UPDATE faq_answer SET status = 'approved' WHERE id = {draft}"),
        ("answer_moves", "UPDATE faq_answer SET status = 'draft' WHERE id = {erased_answer}"),
        ("answer_moves", "UPDATE faq_answer SET status = 'any' WHERE id = {frozen}"),
        ("answer_approved", "UPDATE faq_answer SET status = 'approved' WHERE id = {frozen}"),
        ("answer_reopened", "UPDATE faq_answer SET status = 'submitted' WHERE status = 'approved'"),
        ("answer_published", "UPDATE faq_answer SET status = 'published' WHERE status = 'approved'"),
        ("edit_fixed", "UPDATE faq_edit SET by_id = {root} WHERE id = {draft_edit}"),
        ("edit_fixed", "UPDATE faq_edit SET changes = '{{}}' WHERE id = {draft_edit}"),
        ("edit_fixed", "UPDATE faq_edit SET changes = '' WHERE id = {frozen_edit}"),
        ("citation_update", "UPDATE faq_citation SET source_id = {source} WHERE id = {frozen_citation}"),
        ("citation_update", "UPDATE faq_citation SET answer_id = {erased_answer} WHERE id = {draft_citation}"),
        ("citation_delete", "DELETE FROM faq_citation WHERE id = {frozen_citation}"),
        ("question_fixed", "UPDATE faq_question SET slug = 'other' WHERE id = {question}"),
        ("question_fixed", "UPDATE faq_question SET language = 'es' WHERE id = {question}"),
        ("topic_fixed", "UPDATE faq_topic SET slug = 'other' WHERE id = {topic}"),
        ("source_fixed", "UPDATE faq_source SET key = 'other' WHERE id = {source}"),
    ],
)
def test_the_database_refuses(world: World, guard: str, statement: str) -> None:
    refuses(guard, run(world, statement))


@pytest.mark.parametrize("status", ["submitted", "approved", "scheduled", "published", "discarded"])
def test_an_answer_begins_as_a_draft(world: World, status: str) -> None:
    scheduled_for = NOW if status == "scheduled" else None
    refuses("answer_begins", insert(world["frozen"], status=status, scheduled_for=scheduled_for, question_id=world["question"].pk))


def test_the_question_of_a_new_answer_is_that_of_its_words(world: World) -> None:
    refuses("answer_copies_insert", insert(world["draft"], question_id=world["question"].pk, wording="What is another thing?"))


def test_an_edit_is_written_in_draft_only(world: World) -> None:
    refuses("edit_in_draft", insert(world["draft_edit"], answer_id=world["frozen"].pk, by_id=world["root"].pk))


def test_a_citation_is_added_in_draft_only(world: World) -> None:
    refuses("citation_insert", insert(world["draft_citation"], answer_id=world["frozen"].pk, source_id=world["source"].pk))


@pytest.mark.parametrize("wording", ['Is it "bad"?', "A \\ B?", "One\tmore", "¿Qué es? 日本 🙂", "100 % of 'it'"])
def test_what_a_question_may_say_agrees_with_the_words_that_say_it(world: World, wording: str) -> None:
    with undone():
        answer = workflow.edit(world["draft"], by=world["author"], at=NOW, changes={"question": wording})
        assert Answer.objects.get(pk=answer.pk).wording == wording


def test_a_question_to_ask_does_not_stand_for_the_question(world: World) -> None:
    asked = [{"question": "What is another thing?", "why": ""}]
    with undone():
        workflow.edit(world["draft"], by=world["author"], at=NOW, changes={"care_team_questions": asked})
        refuses("answer_copies_update", update(world["draft"], wording="What is another thing?"))


def test_an_erasure_lets_words_become_blank_but_not_partly(world: World) -> None:
    answer = world["erased_answer"]
    assert Answer.objects.get(pk=answer.pk).words == ""
    refuses("answer_words_in_draft", update(answer, words=world["frozen"].words, wording=world["frozen"].wording))


def test_an_erased_edit_is_not_written_again(world: World) -> None:
    edit = Edit.objects.filter(answer=world["erased_answer"])[0]
    refuses("edit_fixed", update(edit, changes="{}"))


def test_a_recalled_answer_does_not_come_back_by_sql(world: World) -> None:
    returned = world["returned"].answer
    run(world, f"UPDATE faq_answer SET status = 'submitted' WHERE id = {returned.pk}")()
    refuses("answer_published", all_of(update(returned, status="approved"), update(returned, status="published")))
