"""What brings urgent advice to readers is lowered by no author alone: safety topics, entries' places in them, cards that a 410 shows."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from faq import verify, workflow
from faq.models import Publication, StandingText, Topic, User
from faq.workflow import TransitionRefused
from faq.workflow.readiness_context import readiness_of
from tests.factories import (
    NOW,
    a,
    approve,
    make_author,
    make_draft,
    make_importer,
    make_lead,
    make_publication,
    make_reviewer,
    make_revision,
    make_submission,
    make_text,
    make_topic,
    waive,
)

pytestmark = pytest.mark.django_db

CURATORS: list[Callable[[], User]] = [lambda: a("author"), make_author, make_importer, make_lead]


def make_dangerous(slug: str = "her2", **topic: Any) -> Publication:
    """Make an entry in force in the safety topic `danger`, about symptoms."""
    make_topic("danger", kind="symptom", is_safety=True, **topic)
    submission = make_submission(make_draft(slug, topics=["danger"], advice_cards=["fever"]))
    approve(submission)
    return workflow.publish(submission, by=a("publisher"), at=NOW)


def edit_danger(by: User, **fields: Any) -> Topic:
    return workflow.edit_topic(slug="danger", by=by, at=NOW, **fields)


def place(publication: Publication, by: User, *topics: str) -> None:
    workflow.reclassify(publication.question, by=by, at=NOW, topics=topics, related=[])


def withdraw(publication: Publication) -> None:
    workflow.withdraw(publication, by=a("reviewer"), at=NOW, reason="outdated")


def end(text: StandingText) -> None:
    workflow.end_text(text, by=a("lead"), at=NOW, comment="Not used any more.")


@pytest.mark.parametrize("curator", CURATORS)
@pytest.mark.parametrize("fields", [{"is_safety": False}, {"may_expire": True}, {"kind": "research"}])
def test_nobody_who_keeps_the_catalogue_makes_a_topic_with_entries_in_force_less_safe(
    curator: Callable[[], User], fields: dict[str, Any]
) -> None:
    make_dangerous()
    with pytest.raises(TransitionRefused, match=r"her2 is in force.*ask a reviewer who gives the clinical sign-off"):
        edit_danger(curator(), **fields)
    topic = Topic.objects.get(slug="danger")
    assert (topic.is_safety, topic.may_expire, topic.kind) == (True, False, "symptom")


def test_a_clinical_reviewer_who_wrote_none_of_it_does() -> None:
    make_dangerous()
    edit_danger(a("reviewer"), is_safety=False)
    assert not Topic.objects.get(slug="danger").is_safety
    assert list(verify.faults()) == []


@pytest.mark.parametrize(
    ("reviewer", "refused"),
    [
        (lambda: make_reviewer(user=a("author")), "You wrote part"),
        (lambda: make_reviewer(sign_offs=["plain_language"]), "needs a reviewer with the clinical sign-off"),
        (lambda: make_reviewer(languages=["es"]), "does not cover the language en"),
        (lambda: make_reviewer(topics=["heart"]), "does not cover the topics danger"),
    ],
)
def test_a_reviewer_does_who_is_clinical_in_scope_and_no_author(reviewer: Callable[[], User], refused: str) -> None:
    make_topic("heart")
    publication = make_dangerous()
    person = reviewer()
    with pytest.raises(TransitionRefused, match=refused):
        edit_danger(person, is_safety=False)
    with pytest.raises(TransitionRefused, match=refused):
        place(publication, person, "heart")


def test_a_reviewer_changes_nothing_else_of_a_topic() -> None:
    make_dangerous()
    with pytest.raises(TransitionRefused, match="role of author or importer or lead"):
        edit_danger(a("reviewer"), position=3)
    with pytest.raises(TransitionRefused, match="role of author or importer or lead"):
        workflow.edit_topic(slug="new", by=a("reviewer"), at=NOW, kind="symptom", may_expire=True)


def test_a_topic_without_entries_in_force_is_changed_as_ever() -> None:
    withdraw(make_dangerous())
    assert not edit_danger(a("author"), is_safety=False, may_expire=True, position=2).is_safety


def test_safety_is_raised_by_an_author_but_not_over_entries_without_urgent_advice() -> None:
    make_topic("danger")
    publication = make_publication("her2", advice_cards=["fever"])
    place(publication, a("author"), "danger")
    edit_danger(a("author"), is_safety=True)
    assert Topic.objects.get(slug="danger").is_safety
    make_topic("heart")
    for slug in ("plain", "plainer"):
        place(make_publication(slug), a("author"), "heart")
    with pytest.raises(TransitionRefused, match="Without: plain, plainer"):
        workflow.edit_topic(slug="heart", by=a("author"), at=NOW, is_safety=True)


@pytest.mark.parametrize("curator", CURATORS)
def test_no_entry_in_force_leaves_its_last_safety_topic_by_an_authors_hand(curator: Callable[[], User]) -> None:
    publication = make_dangerous()
    make_topic("heart")
    for topics in ([], ["heart"]):
        with pytest.raises(TransitionRefused, match="less safe"):
            place(publication, curator(), *topics)
    assert [topic.slug for topic in publication.question.topics.all()] == ["danger"]
    place(publication, a("reviewer"), "heart")
    assert [topic.slug for topic in publication.topics.all()] == ["heart"]


def test_an_entry_may_move_from_one_safety_topic_to_another() -> None:
    publication = make_dangerous()
    make_topic("peril", is_safety=True)
    place(publication, a("author"), "peril", "danger")
    place(publication, a("author"), "peril")
    assert [topic.slug for topic in publication.topics.all()] == ["peril"]


def test_no_entry_with_a_day_of_expiry_enters_a_topic_that_lets_it_go() -> None:
    make_topic("news", may_expire=True)
    make_topic("heart")
    submission = make_submission(make_draft("her2", topics=["news"]))
    day = NOW.date() + timedelta(days=30)
    approve(submission, next_review_due_on=day, expires_on=day)
    publication = workflow.publish(submission, by=a("publisher"), at=NOW)
    place(publication, a("author"), "heart")
    with pytest.raises(TransitionRefused, match="less safe"):
        place(publication, a("author"), "news")


def test_what_a_card_says_at_a_410_does_not_end() -> None:
    withdraw(make_publication("her2", advice_cards=["fever"]))
    with pytest.raises(TransitionRefused, match="need this text"):
        end(StandingText.objects.get(key="fever"))
    end(StandingText.objects.get(key="routine"))


def test_a_card_of_a_withheld_version_or_an_erased_one_does_not_end() -> None:
    publication = make_publication("her2", advice_cards=["fever"])
    workflow.withdraw(publication, by=a("reviewer"), at=NOW, reason="unsafe", withhold=[1])
    submission = make_submission(make_revision("her2", advice_cards=[]))
    approve(submission, waivers=[waive(found.code, found.sentence) for found in readiness_of(submission, NOW)])
    workflow.publish(submission, by=a("publisher"), at=NOW)
    with pytest.raises(TransitionRefused, match="need this text"):
        end(StandingText.objects.get(key="fever"))
    erasure = workflow.erase(publication, by=a("lead"), at=NOW, legal_basis="A court order")
    workflow.confirm_erasure(erasure, by=a("reviewer"), at=NOW)
    with pytest.raises(TransitionRefused, match="need this text"):
        end(StandingText.objects.get(key="fever"))


@pytest.mark.parametrize("key", ["withdrawn", "erased", "not-medical-advice", "ask-your-team"])
def test_a_notice_and_a_disclaimer_that_a_410_shows_do_not_end(key: str) -> None:
    withdraw(make_publication("her2"))
    with pytest.raises(TransitionRefused, match="need this text"):
        end(StandingText.objects.get(key=key))


def test_the_next_version_of_a_needed_card_takes_its_place() -> None:
    withdraw(make_publication("her2", advice_cards=["fever"]))
    make_text(kind="advice_card", key="fever", language="en", level="emergency", title="Fever of 38 °C", text="Call at once.")
    assert StandingText.objects.in_force(NOW).get(key="fever").number == 2
