"""Concerns are waived in each approval, one by one: what was said last time settles none of them."""

from typing import Any

import pytest

from faq import workflow
from faq.models import Erasure, Publication, Submission, Waiver
from faq.workflow import GivenWaiver, TransitionRefused, earlier_waivers
from tests.factories import NOW, a, approve, make_draft, make_reviewer, make_revision, make_submission, waive

pytestmark = pytest.mark.django_db
SENTENCE = "This helps for 5 years."
BODY = f"HER2 is a protein [^s1]. {SENTENCE}"
FIGURE = ("figure-without-mark", SENTENCE)
WHOLE = ("short-answer-missing", "")


def published(slug: str = "her2", **words: Any) -> Waiver:
    """Return the waiver of an entry in force whose only concern is about SENTENCE, unless `words` say otherwise."""
    submission = make_submission(make_draft(slug, **{"body": BODY} | words))
    concern = WHOLE if "short_answer" in words else FIGURE
    approve(submission, waivers=[waive(*concern)])
    workflow.publish(submission, by=a("publisher"), at=NOW)
    return Waiver.objects.get(submission=submission)


def next_one(slug: str = "her2", body: str = BODY + " Ask the team.") -> Submission:
    """Return the submission of a revision."""
    return make_submission(make_revision(slug, body=body))


def test_a_concern_needs_a_waiver_with_a_reason() -> None:
    submission = make_submission(short_answer="")
    with pytest.raises(TransitionRefused, match="short-answer-missing"):
        approve(submission)
    with pytest.raises(TransitionRefused, match="why the concern"):
        approve(submission, waivers=[waive("short-answer-missing", reason=" ")])
    approve(submission, waivers=[waive("short-answer-missing", reason="The body is one line.")])
    assert Waiver.objects.get().reason == "The body is one line."


def test_a_waiver_of_what_nobody_found_is_refused() -> None:
    with pytest.raises(TransitionRefused, match="No such concern"):
        approve(make_submission(), waivers=[waive("short-answer-missing")])


def test_a_waiver_of_an_earlier_version_settles_nothing() -> None:
    published()
    submission = next_one()
    with pytest.raises(TransitionRefused, match=r"waive each concern in this approval, with a reason: \[figure-without-mark\]"):
        approve(submission)
    assert not submission.decisions.filter(kind="approve").exists()


def test_the_reason_of_last_time_is_given_again_by_whoever_says_that_it_still_holds() -> None:
    earlier, reviewer = published(), make_reviewer()
    submission = next_one()
    approve(submission, by=reviewer, waivers=[GivenWaiver(*FIGURE, again=earlier.pk)])
    waiver = Waiver.objects.get(submission=submission)
    assert (waiver.reason, waiver.carried_from, waiver.decision.by) == (earlier.reason, earlier, reviewer)


def test_a_reason_given_anew_rests_on_no_earlier_one() -> None:
    published()
    submission = next_one()
    approve(submission, waivers=[waive(*FIGURE, reason="I looked it up again.")])
    waiver = Waiver.objects.get(submission=submission)
    assert (waiver.reason, waiver.carried_from) == ("I looked it up again.", None)


def test_one_word_for_all_is_not_enough() -> None:
    other = "That took 7 years."
    first = make_submission(make_draft("her2", body=f"{BODY} {other}"))
    approve(first, waivers=[waive(*FIGURE), waive("figure-without-mark", other)])
    workflow.publish(first, by=a("publisher"), at=NOW)
    earlier = earlier_waivers(first.question)
    with pytest.raises(TransitionRefused, match="“7 years”"):
        approve(next_one(body=f"{BODY} {other} Ask the team."), waivers=[GivenWaiver(*FIGURE, again=earlier[FIGURE].pk)])


def test_a_changed_sentence_has_no_last_time() -> None:
    earlier = published()
    changed = ("figure-without-mark", "This helps for 9 years.")
    submission = next_one(body="HER2 is a protein [^s1]. This helps for 9 years.")
    assert changed not in earlier_waivers(submission.question)
    with pytest.raises(TransitionRefused, match="no longer the one you read"):
        approve(submission, waivers=[waive("figure-changed", changed[1]), GivenWaiver(*changed, again=earlier.pk)])


def test_only_the_newest_reason_can_be_given_again() -> None:
    oldest = published()
    second = next_one()
    approve(second, waivers=[waive(*FIGURE, reason="I looked it up again.")])
    workflow.publish(second, by=a("publisher"), at=NOW)
    with pytest.raises(TransitionRefused, match="no longer the one you read: read it again, or give your own"):
        approve(next_one(body=BODY), waivers=[GivenWaiver(*FIGURE, again=oldest.pk)])


def test_a_reason_that_a_colleague_gave_meanwhile_is_read_before_it_is_given_again() -> None:
    earlier = published()
    submission, both = next_one(), make_reviewer(sign_offs=("clinical", "plain_language"))
    approve(submission, by=both, sign_off="plain_language", waivers=[waive(*FIGURE, reason="Said plainly.")])
    with pytest.raises(TransitionRefused, match="no longer the one you read"):
        approve(submission, waivers=[GivenWaiver(*FIGURE, again=earlier.pk)])
    assert earlier_waivers(submission.question)[FIGURE].reason == "Said plainly."


def test_each_sign_off_waives_for_itself() -> None:
    submission = make_submission(body=BODY)
    both = make_reviewer(sign_offs=("clinical", "plain_language"))
    approve(submission, by=both, sign_off="plain_language", waivers=[waive(*FIGURE)])
    with pytest.raises(TransitionRefused, match="figure-without-mark"):
        approve(submission)


def test_words_that_were_reopened_are_waived_anew() -> None:
    published()
    waiting = next_one()
    approve(waiting, waivers=[waive(*FIGURE)])
    workflow.hold(Publication.objects.get(), by=a("reviewer"), at=NOW, comment="Checking.")
    with pytest.raises(TransitionRefused, match="figure-without-mark"):
        approve(waiting)


def test_a_waiver_of_another_entry_is_not_last_time() -> None:
    published()
    elsewhere = published("other")
    with pytest.raises(TransitionRefused, match="no longer the one you read"):
        approve(next_one(), waivers=[GivenWaiver(*FIGURE, again=elsewhere.pk)])


def test_what_was_said_of_the_text_as_a_whole_is_said_anew() -> None:
    earlier = published(body="HER2 is a protein [^s1].", short_answer="")
    submission = next_one(body="HER2 is a protein [^s1]. Ask the team.")
    assert earlier_waivers(submission.question)[WHOLE] == earlier
    with pytest.raises(TransitionRefused, match="about the text as a whole: say anew"):
        approve(submission, waivers=[GivenWaiver(*WHOLE, again=earlier.pk)])
    approve(submission, waivers=[waive(*WHOLE, reason="Still one line.")])
    assert Waiver.objects.get(submission=submission).carried_from is None


def test_a_reason_of_one_s_own_and_that_of_last_time_are_not_both_given() -> None:
    earlier = published()
    with pytest.raises(TransitionRefused, match="either that the reason of last time still holds, or your own"):
        approve(next_one(), waivers=[GivenWaiver(*FIGURE, "I looked it up.", earlier.pk)])


def test_a_concern_kept_beside_an_attestation_is_nobody_s_reason() -> None:
    submission = make_submission(make_draft("her2", body=BODY))
    review: dict[str, Any] = {"attested_by": "Dr Roe", "attested_on": NOW.date(), "document": "Minutes 7"}
    workflow.attest(submission, by=a("importer"), at=NOW, next_review_due_on=NOW.date().replace(year=2027), **review)
    workflow.publish(submission, by=a("publisher"), at=NOW)
    kept = Waiver.objects.get()
    assert earlier_waivers(submission.question) == {}
    with pytest.raises(TransitionRefused, match="no longer the one you read"):
        approve(next_one(), waivers=[GivenWaiver(*FIGURE, again=kept.pk)])


def test_a_reason_that_was_erased_is_not_given_again() -> None:
    erased = published()
    version = Publication.objects.get()
    workflow.withdraw(version, by=a("reviewer"), at=NOW, reason="legal")
    workflow.erase(Publication.objects.get(), by=a("lead"), at=NOW, legal_basis="A court's order.")
    workflow.confirm_erasure(Erasure.objects.get(), by=a("reviewer"), at=NOW)
    answer = workflow.start_revision(version.question, by=a("author"), at=NOW)
    changes = {"question": "What is it?", "short_answer": "It is.", "body": BODY, "citations": [{"key": "s1"}], "licence": "CC BY 4.0"}
    submission = make_submission(workflow.edit(answer, by=a("author"), at=NOW, changes=changes))
    assert earlier_waivers(submission.question) == {}
    with pytest.raises(TransitionRefused, match="no longer the one you read"):
        approve(submission, waivers=[GivenWaiver(*FIGURE, again=erased.pk)])


def test_to_reaffirm_or_confirm_a_version_waives_nothing() -> None:
    published()
    version = Publication.objects.get()
    workflow.reaffirm({version.pk: version.content_hash}, by=a("reviewer"), at=NOW, next_review_due_on=NOW.date().replace(year=2027))
    workflow.withdraw(Publication.objects.get(), by=a("reviewer"), at=NOW, reason="error")
    restored = workflow.restore(Publication.objects.get(), by=a("reviewer"), at=NOW, comment="It was right.")
    workflow.confirm(restored, by=make_reviewer(), at=NOW)
    assert Waiver.objects.count() == 1
