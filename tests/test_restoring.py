"""A restored version: held until another person, who may decide about these words, confirms it, and with the dates of its newest review."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from faq import jobs, verify, workflow
from faq.clock import local_date
from faq.content.state import Held, load_state
from faq.integrity.ledger import backdating
from faq.models import Publication, User
from faq.workflow import TransitionRefused
from tests.factories import (
    NOW,
    a,
    approve,
    make_author,
    make_draft,
    make_publication,
    make_reviewer,
    make_revision,
    make_standing_texts,
    make_submission,
    make_text,
    make_topic,
)

pytestmark = pytest.mark.django_db
TODAY = local_date(NOW)


def again(publication: Publication) -> Publication:
    """Return the version as the database has it."""
    return Publication.objects.select_related("last_change").get(pk=publication.pk)


def restore(publication: Publication, **arguments: Any) -> Publication:
    """Restore as the reviewer would."""
    told: dict[str, Any] = {"by": a("reviewer"), "at": NOW, "comment": "The new one was wrong."}
    return workflow.restore(again(publication), **told | arguments)


def superseded(**changes: Any) -> Publication:
    """Return the first of two versions."""
    first = make_publication("her2", **changes)
    make_publication("her2", short_answer="HER2 is a protein on cells.")
    return first


def held(publication: Publication) -> Held | None:
    """Return what the version's State says of a hold."""
    return load_state(again(publication).last_change.state).held


# Held until another person confirms it.


def test_a_restored_version_is_held_from_the_first_moment(client: Client) -> None:
    restored = restore(superseded())
    assert (again(restored).is_held, held(restored)) == (True, Held(since=NOW, notice="held"))
    told = client.get("/api/v1/entries/her2/").json()["review"]["held"]
    assert told == {"since": "2026-03-02T12:00:00Z", "notice": "This answer is being checked. Ask the care team before acting on it."}
    assert list(verify.faults(html=True)) == []


def test_no_time_that_passes_lifts_the_hold_and_no_release_does() -> None:
    restored = restore(superseded())
    jobs.run(NOW + timedelta(days=400))
    for reviewer in (a("reviewer"), make_reviewer()):
        with pytest.raises(TransitionRefused, match="stays held until another person confirms it"):
            workflow.release(again(restored), by=reviewer, at=NOW, comment="Fine.")
    with pytest.raises(TransitionRefused, match="held already"):
        workflow.hold(again(restored), by=a("reviewer"), at=NOW, comment="Again.")
    assert again(restored).is_held


def test_another_persons_confirmation_lifts_the_hold() -> None:
    restored = restore(superseded())
    workflow.confirm(restored, by=make_reviewer(), at=NOW)
    assert (again(restored).is_held, held(restored), again(restored).last_change.kind) == (False, None, "released")
    with pytest.raises(TransitionRefused, match="Nothing waits"):
        workflow.confirm(again(restored), by=make_reviewer(), at=NOW)
    assert list(verify.faults()) == []


def test_a_confirmed_version_can_be_held_and_released_as_any_other() -> None:
    restored = restore(superseded())
    workflow.confirm(restored, by=make_reviewer(), at=NOW)
    workflow.hold(again(restored), by=make_reviewer(), at=NOW, comment="A reader wrote.")
    workflow.release(again(restored), by=make_reviewer(), at=NOW, comment="It is right.")
    assert not again(restored).is_held


def test_each_restoration_waits_for_a_confirmation_of_its_own() -> None:
    first = superseded()
    workflow.confirm(restore(first), by=make_reviewer(), at=NOW)
    once_more = restore(Publication.objects.get(slug="her2", version=2))
    assert again(once_more).is_held


def editor_of_her2() -> User:
    """Return an author with a review scope who wrote at the entry's first words."""
    return make_reviewer(user=a("author"))


@pytest.mark.parametrize(
    ("person", "told"),
    [
        (lambda: a("reviewer"), "You asked for this"),
        (editor_of_her2, "You wrote part of these words"),
        (lambda: make_reviewer(languages=["es"]), "does not cover the language en"),
        (lambda: make_reviewer(topics=["lungs"]), "does not cover the topics hearts"),
        (lambda: make_reviewer(sign_offs=["patient_reader", "translation"]), "clinical sign-off"),
        (lambda: a("lead"), "active reviewer"),
    ],
)
def test_who_confirms_is_another_person_who_may_decide_about_these_words(person: Any, told: str) -> None:
    make_topic("hearts")
    make_topic("lungs")
    restored = restore(superseded(topics=["hearts"]))
    with pytest.raises(TransitionRefused, match=told):
        workflow.confirm(restored, by=person(), at=NOW)
    assert again(restored).is_held


def test_a_notice_in_somebodys_own_words_is_confirmed_in_its_language_by_a_clinical_reviewer() -> None:
    publication = make_publication()
    workflow.withdraw(publication, by=a("reviewer"), at=NOW, reason="unsafe", notice_text="The dose named here was wrong.")
    for stranger in (make_reviewer(languages=["es"]), make_reviewer(sign_offs=["patient_reader"])):
        with pytest.raises(TransitionRefused, match=r"scope|clinical"):
            workflow.confirm(again(publication), by=stranger, at=NOW)
    workflow.confirm(again(publication), by=make_reviewer(), at=NOW)


def test_without_its_notice_nothing_is_restored() -> None:
    first = superseded()
    with pytest.raises(TransitionRefused, match="no approved notice “checking” in en"):
        restore(first, notice="checking")
    make_text(key="checking", text="We look at this page.")
    assert held(restore(first, notice="checking")) == Held(since=NOW, notice="checking")


# Dates.


@pytest.fixture
def past() -> Any:
    """Let the tests play days."""
    token = backdating.set(True)
    yield
    backdating.reset(token)


def reaffirm(publication: Publication, at: Any, days: int) -> Any:
    """Reaffirm for so many days; return the day that was given."""
    due_on = local_date(at) + timedelta(days=days)
    workflow.reaffirm({publication.pk: publication.content_hash}, by=a("reviewer"), at=at, next_review_due_on=due_on)
    return due_on


@pytest.mark.usefixtures("past")
def test_the_newest_review_of_the_same_words_counts_under_whatever_number() -> None:
    first, later = superseded(), NOW + timedelta(days=20)
    third = restore(first)
    workflow.confirm(third, by=make_reviewer(), at=NOW)
    due_on = reaffirm(again(third), later, 90)
    make_publication("her2", at=later, short_answer="HER2 sits on cells.")
    fourth = restore(first, at=later + timedelta(days=1))
    assert (fourth.last_reviewed_on, fourth.next_review_due_on) == (local_date(later), due_on)


@pytest.mark.usefixtures("past")
def test_a_day_of_review_that_has_passed_gives_way_to_the_usual_one() -> None:
    first = superseded()
    restored = restore(first, at=NOW + timedelta(days=800))
    assert restored.last_reviewed_on == TODAY
    assert restored.next_review_due_on == TODAY + timedelta(days=800 + 182)


@pytest.mark.usefixtures("past")
def test_words_that_expired_are_not_restored() -> None:
    make_topic("news", may_expire=True)
    submission = make_submission(make_draft("her2", topics=["news"]))
    approve(submission, next_review_due_on=TODAY + timedelta(days=5), expires_on=TODAY + timedelta(days=9))
    publication = workflow.publish(submission, by=a("publisher"), at=NOW)
    make_publication("her2")
    early = restore(publication, at=NOW + timedelta(days=7))
    assert (early.next_review_due_on, early.expires_on) == (TODAY + timedelta(days=9), TODAY + timedelta(days=9))
    make_publication("her2", at=NOW + timedelta(days=8))
    with pytest.raises(TransitionRefused, match=f"These words expired on {TODAY + timedelta(days=9)}; write a new version"):
        restore(publication, at=NOW + timedelta(days=10))


# Translations.


def translated() -> tuple[Publication, Publication]:
    """Return an original and its translation, both withdrawn."""
    original = make_publication("her2")
    make_standing_texts("es")
    translation = make_publication("her2-es", language="es", translation_of={"slug": "her2", "version": 1})
    workflow.withdraw(original, by=a("reviewer"), at=NOW, reason="error")
    return original, translation


def test_a_translation_is_not_restored_while_its_original_is_down() -> None:
    original, translation = translated()
    with pytest.raises(TransitionRefused, match="her2 version 1, which this translates, was taken down"):
        restore(translation)
    restore(original)
    assert again(restore(translation)).is_held


def test_a_translation_of_words_that_were_taken_down_does_not_come_back_with_other_words_in_force() -> None:
    original, translation = translated()
    submission = make_submission(make_revision("her2", by=make_author()))
    approve(submission)
    workflow.publish(submission, by=a("publisher"), at=NOW)
    assert again(original).status == "withdrawn"
    with pytest.raises(TransitionRefused, match="was taken down"):
        restore(translation)
