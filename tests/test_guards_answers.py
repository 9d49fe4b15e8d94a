"""The database keeps the write side: words change in draft only, answers go their ways, and edits are never undone."""

from collections.abc import Iterator
from typing import Any

import pytest

from faq.models import Answer, Edit
from tests.factories import NOW
from tests.guarding import World, all_of, insert, refuses, run, update, world_of

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    yield from world_of(django_db_blocker)


@pytest.mark.parametrize(
    ("guard", "statement"),
    [
        ("answer_fixed", "UPDATE faq_answer SET id = 999999 WHERE id = {draft}"),
        ("answer_fixed", "UPDATE faq_answer SET question_id = {question} WHERE id = {frozen}"),
        ("answer_fixed", "UPDATE faq_answer SET author_id = {editor} WHERE id = {frozen}"),
        ("answer_words_in_draft", "UPDATE faq_answer SET body = 'Take twice as much.' WHERE id = {frozen}"),
        ("answer_words_in_draft", "UPDATE faq_answer SET advice_cards = '[\"none\"]' WHERE id = {frozen}"),
        ("answer_words_in_draft", "UPDATE faq_answer SET origin = 'human' WHERE status = 'submitted' AND origin = 'ai_generated'"),
        ("answer_words_in_draft", "UPDATE faq_answer SET status = 'submitted', body = 'Slipped in.' WHERE id = {draft}"),
        ("answer_words_in_draft", "UPDATE faq_answer SET status = 'draft', body = 'Slipped in.' WHERE id = {frozen}"),
        ("answer_words_in_draft", "UPDATE faq_answer SET body = 'Back again.' WHERE id = {erased_answer}"),
        ("answer_words_in_draft", "UPDATE faq_answer SET audience = 'clinician' WHERE id = {erased_answer}"),
        ("answer_moves", "UPDATE faq_answer SET status = 'approved' WHERE id = {draft}"),
        ("answer_moves", "UPDATE faq_answer SET status = 'draft' WHERE id = {erased_answer}"),
        ("answer_moves", "UPDATE faq_answer SET status = 'any' WHERE id = {frozen}"),
        ("answer_approved", "UPDATE faq_answer SET status = 'approved' WHERE id = {frozen}"),
        ("answer_published", "UPDATE faq_answer SET status = 'published' WHERE status = 'approved'"),
        ("edit_fixed", "UPDATE faq_edit SET by_id = {root} WHERE id = {draft_edit}"),
        ("edit_fixed", "UPDATE faq_edit SET changes = '{{}}' WHERE id = {draft_edit}"),
        ("edit_fixed", "UPDATE faq_edit SET changes = '' WHERE id = {frozen_edit}"),
        ("phrasing_update", "UPDATE faq_phrasing SET text = 'other' WHERE id = {frozen_phrasing}"),
        ("phrasing_update", "UPDATE faq_phrasing SET answer_id = {erased_answer} WHERE id = {draft_phrasing}"),
        ("phrasing_update", "UPDATE faq_phrasing SET id = 999999 WHERE id = {draft_phrasing}"),
        ("phrasing_delete", "DELETE FROM faq_phrasing WHERE id = {frozen_phrasing}"),
        ("citation_update", "UPDATE faq_citation SET locator = 'page 2' WHERE id = {frozen_citation}"),
        ("citation_update", "UPDATE faq_citation SET answer_id = {erased_answer} WHERE id = {draft_citation}"),
        ("citation_delete", "DELETE FROM faq_citation WHERE id = {frozen_citation}"),
        ("resource_update", "UPDATE faq_resource SET phone = '666' WHERE id = {frozen_resource}"),
        ("resource_update", "UPDATE faq_resource SET answer_id = {frozen} WHERE id = {draft_resource}"),
        ("resource_delete", "DELETE FROM faq_resource WHERE id = {frozen_resource}"),
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


def test_an_edit_is_written_in_draft_only(world: World) -> None:
    refuses("edit_in_draft", insert(world["draft_edit"], answer_id=world["frozen"].pk, by_id=world["root"].pk))


@pytest.mark.parametrize(
    ("guard", "part"), [("phrasing_insert", "phrasing"), ("citation_insert", "citation"), ("resource_insert", "resource")]
)
def test_a_part_of_the_words_is_added_in_draft_only(world: World, guard: str, part: str) -> None:
    columns = {"phrasing": {"text": "one more"}, "citation": {"source_id": world["source"].pk}, "resource": {"name": "One more"}}
    refuses(guard, insert(world[f"draft_{part}"], answer_id=world["frozen"].pk, **columns[part]))


def test_an_erasure_lets_words_become_blank_but_not_partly(world: World) -> None:
    answer = world["erased_answer"]
    assert Answer.objects.get(pk=answer.pk).body == ""
    refuses("answer_words_in_draft", update(answer, byline="Dr Nobody"))


def test_an_erased_edit_is_not_written_again(world: World) -> None:
    edit = Edit.objects.filter(answer=world["erased_answer"])[0]
    refuses("edit_fixed", update(edit, changes="{}"))


def test_a_recalled_answer_does_not_come_back_by_sql(world: World) -> None:
    returned = world["returned"].answer
    run(world, f"UPDATE faq_answer SET status = 'submitted' WHERE id = {returned.pk}")()
    refuses("answer_published", all_of(update(returned, status="approved"), update(returned, status="published")))
