"""The database keeps the origin of words: what an AI wrote at is never a person's alone again."""

from collections.abc import Iterator
from typing import Any

import pytest

from faq import workflow
from faq.content.words import canonical_text
from faq.models import Answer, Submission
from faq.workflow.drafts import edited_draft, frozen_words
from tests.factories import NOW, a, make_draft, make_submission
from tests.guarding import World, all_of, append_change, insert, passes, refuses, undone, update, world_of

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    yield from world_of(django_db_blocker)


def saying(answer: Answer, origin: str) -> dict[str, Any]:
    """Return the columns of `answer` that say another origin."""
    return {"words": canonical_text(edited_draft(answer.words, {"origin": origin})), "origin": origin}


@pytest.mark.parametrize(("origin", "less"), [("ai_generated", "human"), ("ai_assisted", "human"), ("ai_generated", "ai_assisted")])
def test_the_origin_of_a_draft_falls_by_no_update(world: World, origin: str, less: str) -> None:
    with undone():
        draft = make_draft("by-ai", origin=origin)
        refuses("answer_origin_update", update(draft, **saying(draft, less)))


@pytest.mark.parametrize(("origin", "more"), [("human", "ai_assisted"), ("ai_assisted", "ai_generated")])
def test_it_may_rise(world: World, origin: str, more: str) -> None:
    with undone():
        draft = make_draft("by-ai", origin=origin)
        assert passes(update(draft, **saying(draft, more)))


def test_an_old_reason_lowers_it_no_second_time(world: World) -> None:
    with undone():
        draft = workflow.lower_origin(make_draft("by-ai", origin="ai_generated"), by=a("author"), at=NOW, comment="Written anew.")
        draft = workflow.edit(draft, by=a("author"), at=NOW, changes={"origin": "ai_generated"})
        assert passes(update(draft, **saying(draft, "ai_assisted")))  # the decision is still the last of the Ledger
        make_submission(make_draft("another"))
        refuses("answer_origin_update", update(draft, **saying(draft, "ai_assisted")))


def test_no_human_answer_begins_after_one_of_ai_origin_not_even_a_discarded_one(world: World) -> None:
    with undone():
        given_up = workflow.discard(make_draft("by-ai", origin="ai_generated"), by=a("author"), at=NOW, reason="Not needed.")
        refuses("answer_origin_insert", insert(world["draft"], question_id=given_up.question_id))


def test_nothing_is_submitted_as_human_where_the_answer_says_ai(world: World) -> None:
    with undone():
        draft = make_draft("by-ai", origin="ai_assisted")
        human = canonical_text(frozen_words(edited_draft(draft.words, {"origin": "human"}), {}))
        columns = {"answer_id": draft.pk, "question_id": draft.question_id, "number": 1, "words": human, "origin": "human"}
        last_edit = draft.edits.order_by("-pk").values_list("pk", flat=True)[0]
        refuses("submission_origin", insert(world["submitted"], last_edit_id=last_edit, **columns))


def test_no_human_version_comes_back_after_one_of_ai_origin(world: World) -> None:
    first = world["turned"]
    told = append_change(world, question_id=first.question_id, slug=first.slug, version=3)
    again = insert(first, version=3, status="current", ended_at=None, last_change_id=world["change"].sequence)
    refuses("publication_origin", all_of(told, again))


def test_no_translation_of_a_text_of_ai_origin_is_published_as_human(world: World) -> None:
    of = {"translation_of_slug": "turned", "translation_of_version": 2}
    refuses("publication_origin", all_of(append_change(world), insert(world["version"], **of)))
    assert passes(all_of(append_change(world), insert(world["version"], **of | {"translation_of_version": 1})))


def test_an_erasure_of_a_human_version_is_not_kept_back_by_a_later_ai(world: World) -> None:
    with undone():
        order = workflow.erase(world["turned"], by=a("lead"), at=NOW, legal_basis="A court's order.")
        workflow.confirm_erasure(order, by=a("reviewer"), at=NOW)
        assert Submission.objects.get(pk=world["turned"].submission_id).words == ""
