"""A question is made without knowing how the library names things: its address, its topics, the entries beside it."""

from functools import partial
from html import unescape
from typing import Any

import pytest
from django.db import connection

from faq import workflow
from faq.models import Answer, Question
from faq.workflow.slugs import LONGEST, UNSPELLED, free_slug, slug_of
from tests.admin_client import done, form_in, page_of, refusals, see, send, verb_of
from tests.factories import NOW, a, make_author, make_draft, make_lead, make_topic
from tests.racing import others

pytestmark = pytest.mark.django_db
ADD = "/admin/faq/question/add/"


def new_question(**typed: Any) -> Any:
    return send(make_author(), ADD, **{"wording": "What is HER2?", "language": "en"} | typed)


# Its address


def test_a_question_without_a_slug_gets_one_of_its_own_words() -> None:
    done(new_question(wording="¿Qué es “HER2”, y por qué no me lo dicen?", language="es"))
    assert Question.objects.get().slug == "que-es-her2-y-por-que-no-me-lo-dicen"


def test_a_slug_that_is_typed_is_taken_as_it_is() -> None:
    done(new_question(slug="her2"))
    assert Question.objects.get().slug == "her2"


def test_the_same_words_again_get_a_number() -> None:
    for _ in range(3):
        done(new_question())
    assert set(Question.objects.values_list("slug", flat=True)) == {"what-is-her2", "what-is-her2-2", "what-is-her2-3"}


def test_a_long_question_is_cut_between_words_and_one_without_latin_letters_has_an_address_too() -> None:
    long = slug_of("word " * 100)
    assert len(long) <= LONGEST
    assert set(long.split("-")) == {"word"}
    assert slug_of("什么是 HER 二?") == "her"
    assert slug_of("什么是?") == UNSPELLED
    assert slug_of("Don't I’ll") == "dont-ill"


def test_a_word_longer_than_an_address_does_not_leave_it_without_one() -> None:
    workflow.create_question(language="en", wording="x" * 300, by=a("author"), at=NOW)
    assert Question.objects.get().slug == UNSPELLED
    assert free_slug("x" * 300) == f"{UNSPELLED}-2"


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one writer in at a time")
@pytest.mark.usefixtures("threads_see_it")
def test_two_who_ask_the_same_at_once_get_two_addresses() -> None:
    ask = partial(workflow.create_question, language="en", wording="What is HER2?", by=a("author"), at=NOW)
    with others(partial(ask, by=make_author())) as outcomes:
        ask()
    assert [type(outcome) for outcome in outcomes] == [Answer]
    assert set(Question.objects.values_list("slug", flat=True)) == {"what-is-her2", "what-is-her2-2"}


# Topics


def test_topics_are_chosen_by_their_names_and_one_without_a_name_by_its_slug() -> None:
    make_topic("her2-positive", name="HER2-positive cancer")
    workflow.edit_topic(slug="nameless", by=a("author"), at=NOW, kind="test")
    page = see(make_author(), ADD)
    assert "HER2-positive cancer (Condition)" in page
    assert "nameless (Test)" in page


def test_two_topics_of_one_name_are_told_apart() -> None:
    for slug in ("pain", "pain-after"):
        make_topic(slug, name="Pain")
    page = see(make_author(), ADD)
    assert "Pain (Condition): pain-after" in page


def test_a_name_that_nobody_approved_is_not_shown() -> None:
    topic = make_topic("pain", name="Pain")
    workflow.propose(by=a("lead"), at=NOW, topic=topic, language="en", name="Ache")
    assert "Ache" not in see(make_author(), ADD)


# Related entries


def test_related_entries_are_chosen_by_their_questions() -> None:
    make_draft("one", question="What is one?")
    make_draft("two", question="What is two?")
    page = see(make_author(), ADD)
    assert '<option value="two">What is two?</option>' in page
    done(new_question(wording="Three?", related=["two", "what is ONE?", ""]))
    assert Question.objects.get(slug="three").related == ["two", "one"]


def test_words_that_name_no_question_are_answered_with_those_that_have_them_and_nothing_is_lost() -> None:
    make_draft("her2-tests", question="How are tests for HER2 done?")
    refused = new_question(related=["her2 tests", "Nonsense?"])
    said = unescape(" ".join(refusals(refused)))
    assert "“How are tests for HER2 done?” (her2-tests)" in said
    assert "No question is worded “Nonsense?”" in said
    assert form_in(refused.content.decode())["related"][:2] == ["her2 tests", "Nonsense?"]


def test_two_questions_of_the_same_words_are_told_apart_by_their_slugs() -> None:
    for slug in ("one", "uno"):
        make_draft(slug, question="What is one?")
    assert "Give the slug of the one you mean: one, uno." in " ".join(refusals(new_question(related=["What is one?"])))


def test_topics_and_related_entries_are_changed_the_same_way() -> None:
    make_topic("her2")
    make_draft("two", question="What is two?")
    question = make_draft("one").question
    done(send(make_lead(), verb_of(question, "reclassify"), topics=["her2"], related=["What is two?"]))
    question = Question.objects.get(slug="one")
    assert (question.related, question.topics.get().slug) == (["two"], "her2")
    page = see(make_author(), verb_of(question, "reclassify"))
    assert form_in(page)["related"] == ["two", "", "", ""]
    assert done(send(make_lead(), verb_of(question, "reclassify"))) == page_of(question)
    assert Question.objects.get(slug="one").related == ["two"]


def test_an_erased_draft_offers_no_wording() -> None:
    answer = make_draft("one")
    Answer.objects.filter(pk=answer.pk).update(wording="", words="")
    assert 'value="one"' not in see(make_author(), ADD)
