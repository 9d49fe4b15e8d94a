"""The lists answer a lead's questions, in words and not in codes: by topic, language, origin, grade, reviewer and translation."""

from typing import Any

import pytest

from faq import workflow
from faq.models import Publication, Topic
from tests.admin_client import see, signed_in
from tests.factories import (
    NOW,
    a,
    approve,
    make_draft,
    make_publication,
    make_reviewer,
    make_standing_texts,
    make_submission,
    make_topic,
    make_user,
)

pytestmark = pytest.mark.django_db


def listed(model: str, query: str = "") -> list[str]:
    """Return the questions' slugs that a list shows to a lead, in its order."""
    rows = signed_in(make_user("lead")).get(f"/admin/faq/{model}/{query}").context["cl"].result_list
    return [row.slug if model in ("question", "publication") else row.question.slug for row in rows]


def test_by_topic_with_those_below() -> None:
    make_topic("organs", name="Organs")
    make_topic("hearts", name="Hearts", parents=["organs"])
    make_publication("heart", topics=["hearts"])
    make_publication("bone")
    make_submission(make_draft("heart-too", topics=["hearts"]))
    assert Topic.objects.get(slug="hearts").parents.exists()
    for topic in ("organs", "hearts"):
        assert listed("publication", f"?topic={topic}") == ["heart"]
        assert listed("submission", f"?topic={topic}") == listed("answer", f"?topic={topic}") == ["heart-too"]
        assert set(listed("question", f"?topic={topic}")) == {"heart", "heart-too"}
    assert listed("publication", "?topic=none-of-them") == []


@pytest.mark.parametrize("query", ["Zymurgy", "how is it said", "Fermented"], ids=["question", "phrasing", "body"])
@pytest.mark.parametrize("model", ["publication", "submission", "answer", "question"])
def test_question_phrasings_and_body_are_searched(model: str, query: str) -> None:
    said: dict[str, Any] = {
        "question": "What is zymurgy?",
        "phrasings": ["how is it said"],
        "body": "It is fermented [^s1].",
        "citations": [{"key": "s1"}],
    }
    make_publication("found", **said) if model == "publication" else make_submission(make_draft("found", **said))
    make_publication("missed") if model == "publication" else make_submission(make_draft("missed"))
    assert listed(model, f"?q={query}") == ["found"]


def test_by_language_and_origin_in_words() -> None:
    make_publication("english")
    make_draft("drafted", origin="ai_generated")
    page = see(make_user("lead"), "/admin/faq/publication/") + see(make_user("lead"), "/admin/faq/answer/")
    for words in ("English, patients", "written by people", "AI draft", "in force (version\N{NO-BREAK SPACE}1)"):
        assert words in page
    for code in (">en<", ">ai_generated<", ">patient<", ">current<"):
        assert code not in page
    assert listed("publication", "?origin=human") == ["english"]
    assert listed("answer", "?origin=ai_generated") == ["drafted"]


def test_topics_are_told_by_name() -> None:
    make_topic("hearts", name="The heart")
    make_publication("heart", topics=["hearts"])
    assert "The heart" in see(make_user("lead"), "/admin/faq/publication/")
    assert "The heart" in see(make_user("lead"), "/admin/faq/question/")


def test_by_reading_grade() -> None:
    grades = {"easy": 5.9, "middle": 7.0, "hard": 8.1, "none": None}
    for slug, grade in grades.items():
        make_publication(slug)
        Publication.objects.filter(slug=slug).update(reading_grade=grade)
    for slug in grades:
        assert listed("publication", f"?grade={slug}") == [slug]


def test_by_who_approved() -> None:
    reviewer = make_reviewer()
    make_publication("mine")
    publication = Publication.objects.get(slug="mine")
    approver = publication.decision.by
    assert approver is not None
    assert listed("publication", f"?approved={approver.pk}") == ["mine"]
    assert listed("publication", f"?approved={reviewer.pk}") == []
    assert str(approver) in see(make_user("lead"), "/admin/faq/publication/")


def test_a_translation_that_lags_is_found_and_told() -> None:
    make_publication("original")
    make_standing_texts("es")
    submission = make_submission(make_draft("traducida", language="es", translation_of={"slug": "original", "version": 1}))
    approve(submission, by=make_reviewer(languages=["en", "es"]))
    workflow.publish(submission, by=a("publisher"), at=NOW)
    assert listed("publication", "?translation=follows") == ["traducida"]
    assert listed("publication", "?translation=lags") == []
    make_publication("original")
    assert listed("publication", "?translation=lags") == ["traducida"]
    assert listed("publication", "?translation=follows") == []
    assert listed("publication", "?translation=original") == ["original"]
    assert "of original, version 1; lags behind version 2" in see(make_user("lead"), "/admin/faq/publication/")


def test_drafts_by_who_holds_them() -> None:
    draft = make_draft("one")
    make_draft("two", by=make_user("author"))
    assert listed("answer", f"?author={draft.author_id}") == ["one"]
    rows = signed_in(draft.author).get("/admin/faq/answer/?author=me").context["cl"].result_list
    assert [row.question.slug for row in rows] == ["one"]


def test_the_list_says_what_is_chosen_without_opening_a_filter() -> None:
    make_publication("one")
    page = see(make_user("lead"), "/admin/faq/publication/?language=en")
    assert "<summary>Language: <strong>English</strong></summary>" in page
    assert "<summary>Status: <strong>in force</strong></summary>" in page
    assert "Clear all filters" in page


def test_dates_have_one_form() -> None:
    make_publication("one")
    for address in ("/admin/faq/change/", "/admin/faq/answer/?status=all", "/admin/faq/edit/"):
        assert f"{NOW:%Y-%m-%d}" in see(make_user("lead"), address)
