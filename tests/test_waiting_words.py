"""Words that wait for publication are asked about again once their entry was taken down or held, or their reviewer lost the right."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from faq import jobs, verify, workflow
from faq.clock import local_date
from faq.integrity.ledger import backdating
from faq.models import Answer, AudiencePolicy, Publication, ReviewDecision, Submission
from faq.workflow import TransitionRefused
from tests.factories import (
    NOW,
    a,
    approve,
    make_approved,
    make_draft,
    make_importer,
    make_publication,
    make_reviewer,
    make_revision,
    make_standing_texts,
    make_submission,
    make_topic,
    place_topic,
    reviewer_row,
)

pytestmark = pytest.mark.django_db
SAID: dict[str, Any] = {"at": NOW, "comment": "A reader wrote."}
TOMORROW = NOW + timedelta(days=1)


@pytest.fixture(autouse=True)
def past() -> Iterator[None]:
    """Let the tests play days."""
    token = backdating.set(True)
    yield
    backdating.reset(token)


def waiting(slug: str = "her2", **changes: Any) -> Submission:
    """Return approved words for an entry that has a version in force."""
    if not Publication.objects.filter(slug=slug).exists():
        make_publication(slug)
    return make_approved(make_revision(slug, **changes or {"short_answer": "HER2 sits on cells."}))


def in_force(slug: str = "her2") -> Publication:
    """Return the version in force."""
    return Publication.objects.get(slug=slug, status="current")


def status(submission: Submission) -> str:
    """Return the status of the answer now."""
    return Answer.objects.get(pk=submission.answer_id).status


def publish(submission: Submission, at: Any = NOW) -> Publication:
    """Publish as the publisher would."""
    return workflow.publish(submission, by=a("publisher"), at=at)


def withdraw(publication: Publication, **arguments: Any) -> Any:
    """Withdraw as another reviewer would."""
    told: dict[str, Any] = {"by": make_reviewer(), "at": NOW, "reason": "unsafe"}
    return workflow.withdraw(publication, **told | arguments)


STOPS: dict[str, Callable[[Publication], object]] = {
    "withdraw": withdraw,
    "hold": lambda publication: workflow.hold(publication, by=make_reviewer(sign_offs=["patient_reader"]), **SAID),
}


@pytest.mark.parametrize("verb", STOPS)
def test_words_approved_before_a_withdrawal_or_hold_are_approved_anew(verb: str) -> None:
    submission = waiting()
    STOPS[verb](in_force())
    assert status(submission) == "submitted"
    with pytest.raises(TransitionRefused, match="The answer is submitted; this needs approved"):
        publish(submission)
    anew = approve(submission, by=make_reviewer())
    version = publish(submission)
    assert (version.version, version.is_held, version.decision) == (2, False, anew)
    assert list(verify.faults(html=True)) == []


@pytest.mark.parametrize("verb", STOPS)
def test_what_is_scheduled_comes_off_the_schedule(verb: str) -> None:
    submission = waiting()
    workflow.schedule(submission, by=a("publisher"), at=NOW, moment=TOMORROW)
    STOPS[verb](in_force())
    assert jobs.run(TOMORROW)["published"] == 0
    assert status(submission) == "submitted"
    assert not Publication.objects.filter(version=2).exists()


def test_the_decision_that_asks_again_says_why() -> None:
    submission = waiting()
    reviewer = make_reviewer()
    withdraw(in_force(), by=reviewer)
    said = ReviewDecision.objects.get(kind="reopen")
    assert (said.submission, said.by, said.content_hash) == (submission, reviewer, submission.content_hash)
    assert said.comment == "her2 version 1 was taken down (unsafe): read these words again, and approve them anew if they stand."


def test_sign_offs_given_before_are_all_given_anew() -> None:
    AudiencePolicy.objects.create(audience="patient", sign_off="patient_reader")
    make_draft("her2")
    submission = make_submission(Answer.objects.get())
    reader = make_reviewer(sign_offs=["patient_reader"])
    approve(submission)
    approve(submission, by=reader, sign_off="patient_reader")
    publish(submission)
    newer = make_submission(make_revision("her2"))
    approve(newer, by=reader, sign_off="patient_reader")
    workflow.hold(in_force(), by=make_reviewer(), **SAID)
    approve(newer)
    assert status(newer) == "submitted"
    approve(newer, by=reader, sign_off="patient_reader")
    assert publish(newer).version == 2


def test_words_that_nobody_approved_and_those_of_other_entries_wait_on_as_they_did() -> None:
    make_publication("her2")
    submission, other = make_submission(make_revision("her2")), waiting("other")
    withdraw(in_force())
    assert (status(submission), status(other)) == ("submitted", "approved")
    assert not ReviewDecision.objects.filter(kind="reopen").exists()


def test_an_approval_given_after_the_withdrawal_counts() -> None:
    make_publication("her2")
    withdraw(in_force())
    assert publish(waiting()).version == 2


def test_withheld_words_come_back_under_no_approval_given_before() -> None:
    first = make_publication("her2")
    make_publication("her2", short_answer="HER2 sits on cells.")
    same = waiting(short_answer="HER2 is a protein that can make cells grow.")
    assert same.content_hash == first.content_hash
    withdraw(in_force(), withhold=[1])
    with pytest.raises(TransitionRefused, match="this needs approved"):
        publish(same)


def test_the_same_words_under_another_number_are_withheld_too() -> None:
    first = make_publication("her2")
    make_publication("her2", short_answer="HER2 sits on cells.")
    workflow.restore(Publication.objects.get(pk=first.pk), by=a("reviewer"), at=NOW, comment="Better.")
    withdraw(in_force(), withhold=[3])
    assert list(Publication.objects.order_by("version").values_list("is_withheld", flat=True)) == [True, False, True]
    with pytest.raises(TransitionRefused, match="withheld"):
        workflow.restore(Publication.objects.get(version=1), by=a("reviewer"), at=NOW, comment="Better.")


def attest(submission: Submission, at: Any, days_ago: int) -> ReviewDecision:
    """Record a review done elsewhere some days ago."""
    told: dict[str, Any] = {"attested_by": "Dr Roe", "attested_on": local_date(at) - timedelta(days=days_ago), "document": "Minutes 7"}
    return workflow.attest(submission, by=make_importer(), at=at, next_review_due_on=local_date(at) + timedelta(days=90), **told)


def test_a_review_done_elsewhere_counts_no_more_either() -> None:
    make_publication("her2")
    submission = make_submission(make_revision("her2"))
    attest(submission, NOW, 3)
    workflow.hold(in_force(), by=make_reviewer(), **SAID)
    assert status(submission) == "submitted"
    with pytest.raises(TransitionRefused, match="asked about again on 2026-03-02; they need a review since"):
        attest(submission, TOMORROW, 3)
    attest(submission, TOMORROW, 0)
    assert publish(submission, TOMORROW).attested_on == local_date(TOMORROW)


def test_withheld_words_are_not_attested() -> None:
    make_publication("her2")
    withdraw(in_force(), withhold=[1])
    answer = workflow.start_revision(Publication.objects.get().question, by=a("author"), at=NOW)
    submission = make_submission(workflow.edit(answer, by=a("author"), at=NOW, changes={"update_type": "major"}))
    assert submission.content_hash == Publication.objects.get().content_hash
    with pytest.raises(TransitionRefused, match="These words were withheld"):
        attest(submission, NOW, 0)
    approve(submission)
    assert publish(submission).version == 2


# The right of who approved.


def test_an_approval_by_a_reviewer_who_was_revoked_since_is_given_anew() -> None:
    submission, reviewer = make_submission(), make_reviewer()
    approve(submission, by=reviewer)
    workflow.schedule(submission, by=a("publisher"), at=NOW, moment=TOMORROW)
    workflow.revoke_reviewer(reviewer_row(reviewer), by=a("lead"), at=NOW, comment="Struck off.")
    assert jobs.run(TOMORROW)["published"] == 0
    assert status(submission) == "submitted"
    assert f"The review scope of {reviewer}" in ReviewDecision.objects.get(kind="reopen").comment
    workflow.grant_reviewer(
        reviewer, by=a("lead"), at=NOW, profession="Nurse", languages=["en"], verified_until=local_date(TOMORROW), all_topics=True
    )
    assert status(submission) == "submitted"
    approve(submission)
    assert publish(submission, TOMORROW).decision.by == a("reviewer")


@pytest.mark.parametrize("smaller", [{"languages": ["es"]}, {"sign_offs": ["translation"]}, {"topics": ["lungs"], "all_topics": False}])
def test_an_approval_that_a_smaller_scope_covers_no_more_is_given_anew(smaller: dict[str, Any]) -> None:
    make_topic("lungs")
    submission, reviewer = make_submission(), make_reviewer()
    approve(submission, by=reviewer)
    same: dict[str, Any] = {"profession": "Nurse", "languages": ["en"], "verified_until": local_date(TOMORROW), "all_topics": True}
    workflow.grant_reviewer(reviewer, by=a("lead"), at=NOW, **same)
    assert status(submission) == "approved"
    workflow.grant_reviewer(reviewer, by=a("lead"), at=NOW, **same | smaller)
    assert status(submission) == "submitted"


def test_a_revocation_leaves_what_was_published_and_what_others_approved() -> None:
    published, submission, reviewer = make_publication(), make_approved(), make_reviewer()
    workflow.revoke_reviewer(reviewer_row(reviewer), by=a("lead"), at=NOW, comment="Left.")
    assert (in_force(published.slug).status, status(submission)) == ("current", "approved")


def test_a_verification_that_runs_out_between_approval_and_publication_voids_nothing() -> None:
    submission = make_submission()
    approve(submission, by=make_reviewer(verified_until=local_date(NOW)))
    assert publish(submission, NOW + timedelta(days=9)).version == 1


# Where the question stands.


def approved_within(topics: list[str]) -> Submission:
    """Return words in `topics`, on the schedule, approved by one who reviews `hearts` and what stands below it."""
    for slug in ("hearts", "valves", "lungs"):
        make_topic(slug)
    place_topic("valves", parents=["hearts"])
    submission = make_submission(make_draft("beats", topics=topics))
    approve(submission, by=make_reviewer(topics=["hearts"]))
    workflow.schedule(submission, by=a("publisher"), at=NOW, moment=TOMORROW)
    return submission


def test_words_taken_out_of_their_approvers_topics_are_approved_anew() -> None:
    submission = approved_within(["hearts"])
    workflow.reclassify(submission.question, by=a("author"), at=NOW, topics=["lungs"], related=[])
    assert status(submission) == "submitted"
    told = ReviewDecision.objects.get(kind="reopen")
    assert (told.submission, "does not review" in told.comment) == (submission, True)
    assert jobs.run(TOMORROW)["published"] == 0
    approve(submission, by=make_reviewer(topics=["lungs"]))
    assert publish(submission, TOMORROW).version == 1


@pytest.mark.parametrize("topics", [["hearts", "valves"], ["valves"]])
def test_words_that_stay_within_their_approvers_topics_wait_on(topics: list[str]) -> None:
    submission = approved_within(["hearts"])
    workflow.reclassify(submission.question, by=a("author"), at=NOW, topics=topics, related=[])
    assert status(submission) == "scheduled"


def test_words_whose_topic_leaves_its_parent_are_approved_anew() -> None:
    submission = approved_within(["valves"])
    place_topic("valves", parents=["lungs"])
    assert status(submission) == "submitted"


def test_a_topic_that_moves_beside_them_leaves_words_as_they_are() -> None:
    submission = approved_within(["hearts"])
    place_topic("valves", parents=["lungs"])
    assert status(submission) == "scheduled"


def test_a_decision_taken_elsewhere_stands_wherever_the_question_stands() -> None:
    """Whoever attested it decided nothing, and has no review scope."""
    make_topic("lungs")
    submission = make_submission()
    attest(submission, NOW, 3)
    workflow.reclassify(submission.question, by=a("author"), at=NOW, topics=["lungs"], related=[])
    assert status(submission) == "approved"


# Translations.


def chain() -> list[Publication]:
    """Return an entry, its translation, and a translation of that."""
    make_publication("her2")
    make_standing_texts("es")
    make_publication("her2-es", language="es", translation_of={"slug": "her2", "version": 1})
    make_publication("her2-easy", translation_of={"slug": "her2-es", "version": 1})
    return [in_force(slug) for slug in ("her2", "her2-es", "her2-easy")]


def states() -> dict[str, tuple[str, bool]]:
    """Return status and withholding by slug."""
    return {each.slug: (each.status, each.is_withheld) for each in Publication.objects.all()}


def test_a_translation_of_a_translation_goes_with_the_first_original() -> None:
    gone = withdraw(chain()[0], withhold=[1])
    assert [each.slug for each in gone] == ["her2", "her2-es", "her2-easy"]
    assert states() == dict.fromkeys(("her2", "her2-es", "her2-easy"), ("withdrawn", True))
    assert list(verify.faults(html=True)) == []


def test_where_a_translation_is_kept_those_made_from_it_stay() -> None:
    withdraw(chain()[0], withhold=[1], keep_translations={"her2-es": "The fault is in the English words alone."})
    assert states() == {"her2": ("withdrawn", True), "her2-es": ("current", False), "her2-easy": ("current", False)}


def test_the_last_of_the_line_can_be_kept_alone() -> None:
    withdraw(chain()[0], keep_translations={"her2-easy": "It was written anew."})
    assert {slug: each[0] for slug, each in states().items()} == {"her2": "withdrawn", "her2-es": "withdrawn", "her2-easy": "current"}


def test_text_withheld_later_takes_that_of_translations_which_are_down_already() -> None:
    first, spanish, easy = chain()
    withdraw(spanish, reason="outdated")
    withdraw(first)
    assert not any(withheld for _, withheld in states().values())
    withdraw(Publication.objects.get(pk=first.pk), withhold=[1])
    assert states() == dict.fromkeys(("her2", "her2-es", "her2-easy"), ("withdrawn", True))
    ended = [Publication.objects.get(pk=each.pk).last_change.reason for each in (spanish, easy)]
    assert ended == ["outdated", "outdated"]
    assert list(verify.faults(html=True)) == []


def test_new_words_of_a_translation_that_goes_are_asked_about_again() -> None:
    first, spanish, _ = chain()
    submission = waiting("her2-es", short_answer="HER2 está en las células.")
    withdraw(first)
    assert (status(submission), Publication.objects.get(pk=spanish.pk).status) == ("submitted", "withdrawn")
