"""What the database refuses to a person is told in a sentence, like what a rule refuses; a fault of the program is not hidden."""

from typing import Any

import pytest
from django.db import IntegrityError

from faq import workflow
from faq.models import AudiencePolicy, Publication, StandingText
from faq.workflow import TransitionRefused, publishing, standing_texts
from faq.workflow.errors import guards_as_refusals, verb
from tests.factories import NOW, a, make_publication, make_standing_texts

pytestmark = pytest.mark.django_db


def propose(text: str, number: int = 0) -> Any:
    return workflow.propose(by=a("lead"), at=NOW, kind="notice", key="late", language="en", text=text)


def test_a_version_that_lacks_a_sign_off_asked_for_since_is_not_restored() -> None:
    first = make_publication("her2")
    make_publication("her2")
    workflow.ask_sign_off(audience="patient", sign_off="plain_language", by=a("lead"), at=NOW)
    with pytest.raises(TransitionRefused, match="sign"):
        workflow.restore(Publication.objects.get(pk=first.pk), by=a("reviewer"), at=NOW, comment="It was right.")
    assert Publication.objects.count() == 2


def test_a_guard_speaks_in_its_own_words() -> None:
    publication = make_publication("her2")

    @verb
    def rewrite(publication: Publication) -> None:
        Publication.objects.filter(pk=publication.pk).update(words="Take twice as much.")

    with pytest.raises(TransitionRefused, match="The library refused this: published words never change; nothing was changed"):
        rewrite(publication)


def test_two_proposals_of_one_text_with_one_number_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    make_standing_texts()
    propose("One.")
    monkeypatch.setattr(standing_texts, "versions_of_text", lambda row: StandingText.objects.none())
    with pytest.raises(TransitionRefused, match="Somebody else has just made the same"):
        propose("Two.")


def test_two_rows_with_one_key_are_a_sentence() -> None:
    with pytest.raises(TransitionRefused, match="Somebody else"), guards_as_refusals():
        AudiencePolicy.objects.bulk_create(AudiencePolicy(audience="patient", sign_off="translation") for _ in range(2))


def test_a_fault_of_the_program_is_not_hidden() -> None:
    with pytest.raises(IntegrityError), guards_as_refusals():
        StandingText.objects.create(kind="notice", key="x", language="en", text="X.", number=-1, proposed_by=a("lead"), proposed_at=NOW)


def test_of_two_proposals_the_older_is_not_approved_after_the_newer() -> None:
    one, two = propose("One."), propose("Two.")
    workflow.approve_text(two, by=a("reviewer"), at=NOW)
    with pytest.raises(TransitionRefused, match="proposed later is approved already"):
        workflow.approve_text(one, by=a("reviewer"), at=NOW)
    assert StandingText.objects.in_force(NOW).get(key="late").text == "Two."
    workflow.end_text(one, by=a("lead"), at=NOW, comment="The other one it is.")


def test_both_proposals_come_into_force_in_their_order() -> None:
    one, two = propose("One."), propose("Two.")
    for text in (one, two):
        workflow.approve_text(text, by=a("reviewer"), at=NOW)
    assert StandingText.objects.in_force(NOW).get(key="late").text == "Two."
    assert publishing.standing_event(two.changes.get()) == "started"
