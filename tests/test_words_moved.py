"""No save writes over words that its author never saw: `edit` is told what was seen, and looks under the Answer's lock."""

import json
from functools import partial

import pytest
from django.db import connection

from faq import workflow
from faq.content.words import flattened
from faq.models import Answer, Edit
from faq.workflow import WordsMoved, seen_of
from faq.workflow.drafts import draft_of
from tests.factories import NOW, a, make_draft, make_lead
from tests.racing import others

pytestmark = pytest.mark.django_db


def stored(answer: Answer) -> dict[str, object]:
    return flattened(json.loads(Answer.objects.get(pk=answer.pk).words))


def test_words_that_were_seen_are_written_over() -> None:
    answer = make_draft()
    workflow.edit(answer, by=answer.author, at=NOW, changes={"body": "New."}, seen=seen_of(answer))
    assert stored(answer)["body"] == "New."


def test_words_saved_since_are_not_written_over_and_nothing_is_kept_of_the_second_save() -> None:
    answer = make_draft()
    seen = seen_of(answer)
    workflow.edit(answer, by=answer.author, at=NOW, changes={"body": "First."}, seen=seen)
    edits = Edit.objects.count()
    with pytest.raises(WordsMoved, match=r"saved since you opened these: by the-author, 2026-03-02 12:00 UTC") as refused:
        workflow.edit(answer, by=answer.author, at=NOW, changes={"body": "Second."}, seen=seen)
    assert (refused.value.moved, refused.value.stored["body"]) == (["body"], "First.")
    assert (stored(answer)["body"], Edit.objects.count()) == ("First.", edits)


def test_another_field_counts_too_for_a_sentence_may_rest_on_it() -> None:
    answer = make_draft()
    seen = seen_of(answer)
    workflow.edit(answer, by=answer.author, at=NOW, changes={"short_answer": "No."}, seen=seen)
    with pytest.raises(WordsMoved) as refused:
        workflow.edit(answer, by=answer.author, at=NOW, changes={"body": "As said in short."}, seen=seen)
    assert refused.value.moved == ["short_answer"]


def test_what_a_lead_changed_beside_the_words_counts_too() -> None:
    answer = make_draft()
    seen = seen_of(answer)
    named = {"name": "The library", "contact": "desk@faq.example"}
    workflow.edit(answer, by=make_lead(), at=NOW, changes={"responsible": named}, seen=seen)
    with pytest.raises(WordsMoved):
        workflow.edit(answer, by=answer.author, at=NOW, changes={"body": "Mine."}, seen=seen)


def test_a_save_that_is_sent_twice_goes_through() -> None:
    answer = make_draft()
    seen = seen_of(answer)
    for _ in range(2):
        workflow.edit(answer, by=answer.author, at=NOW, changes={"body": "New."}, seen=seen)
    assert stored(answer)["body"] == "New."
    assert Edit.objects.filter(changes__contains="New.").count() == 1


def test_whoever_saw_the_newest_words_writes_over_them() -> None:
    answer = make_draft()
    workflow.edit(answer, by=answer.author, at=NOW, changes={"body": "First."})
    seen = seen_of(Answer.objects.get(pk=answer.pk))
    workflow.edit(answer, by=answer.author, at=NOW, changes={"body": "Second."}, seen=seen)
    assert stored(answer)["body"] == "Second."


def test_whoever_says_that_they_saw_nothing_writes_over_nothing() -> None:
    answer = make_draft()
    with pytest.raises(WordsMoved):
        workflow.edit(answer, by=answer.author, at=NOW, changes={"body": "Mine."}, seen={})


def test_a_draft_taken_over_without_other_words_has_not_moved() -> None:
    answer = make_draft()
    seen = seen_of(answer)
    recalled = workflow.recall(workflow.submit(answer, by=answer.author, at=NOW).answer, by=answer.author, at=NOW)
    workflow.edit(recalled, by=answer.author, at=NOW, changes={"body": "New."}, seen=seen)
    assert draft_of(Answer.objects.get(pk=answer.pk)).body == "New."


def test_whoever_changes_nothing_wrote_none_of_the_words() -> None:
    answer = make_draft()
    body = stored(answer)["body"]
    lead = make_lead()
    workflow.edit(answer, by=lead, at=NOW, changes={"body": body}, seen=seen_of(answer))
    assert not Edit.objects.filter(by=lead).exists()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one writer in at a time")
@pytest.mark.usefixtures("threads_see_it")
def test_of_two_windows_that_save_at_the_same_moment_the_second_is_told() -> None:
    answer, author = make_draft(), a("author")
    save = partial(workflow.edit, answer, by=author, at=NOW, seen=seen_of(answer))
    with others(partial(save, changes={"body": "Second."})) as outcomes:
        save(changes={"body": "First."})
    assert [type(outcome) for outcome in outcomes] == [WordsMoved]
    assert stored(answer)["body"] == "First."
