"""The reviewer's verbs on a Submission: what a second person decides about frozen words, and reviews done elsewhere."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, TypeVar

from django.conf import settings

from faq.clock import local_date
from faq.content.words import digest
from faq.models import Answer, Publication, Question, ReviewDecision, Submission, User
from faq.models.people import CLINICAL, SIGN_OFFS
from faq.workflow.checklists import require_points
from faq.workflow.drafts import set_status
from faq.workflow.errors import TransitionRefused, check_calendar, raise_if_refused, require_line, require_text, stored_text, verb
from faq.workflow.locks import lock_submission
from faq.workflow.permissions import out_of_scope, reviewer_of
from faq.workflow.publishing import decide_on_submission
from faq.workflow.readiness_context import readiness_of, refuse_errors
from faq.workflow.review_dates import check_review_day
from faq.workflow.sentence_checks import check_details, require_checks
from faq.workflow.transitions import Kind, approvals, open_objections, require, sign_offs_lacking
from faq.workflow.waivers import GivenWaiver, kept_concerns, resolve_concerns


@dataclass(frozen=True)
class ExternalReview:
    """A review done elsewhere: who, on which day, which document shows it, and when the words are looked at again."""

    attested_by: str
    attested_on: date
    document: str
    next_review_due_on: date


@dataclass(frozen=True)
class ExternalNameReview:
    """A review done elsewhere of names of topics, which have no day of a next one."""

    attested_by: str
    attested_on: date
    document: str


ReviewT = TypeVar("ReviewT", ExternalReview, ExternalNameReview)


# The verbs, in the order of a review.


@verb
def request_changes(submission: Submission, *, by: User, at: datetime, comment: str, checked: Collection[str] = ()) -> ReviewDecision:
    """Send the words back to draft, saying what to change; what was `checked` (sentence_checks.py) need not be checked again."""
    submission = lock_submission(submission.pk)
    require("request_changes", submission, by, at)
    said = {"comment": require_text(comment, "what to change"), "details": check_details(submission, checked, at)}
    set_status(submission.answer, Answer.Status.DRAFT, at)
    return decide_on_submission(submission, Kind.REQUEST_CHANGES, by, at, **said)


@verb
def approve(
    submission: Submission,
    *,
    by: User,
    at: datetime,
    seen_hash: str,
    next_review_due_on: date,
    waivers: Collection[GivenWaiver] = (),
    checked: Collection[str] = (),
    checklist: Collection[str] = (),
    sign_off: str = CLINICAL,
    comment: str = "",
    expires_on: date | None = None,
) -> ReviewDecision:
    """Approve exactly the words whose hash the reviewer saw, and say when they are looked at again.

    `checked`: the places of the statements that were held against their sources (sentence_checks.py); `checklist`: the points that were
    ticked, as they are worded. Raises TransitionRefused for words that differ from those seen, open errors, concerns without a waiver in
    `waivers`, sentences that want a check and have none, points without a tick, a sign-off outside the reviewer's kinds, and dates that do
    not lie ahead or too far ahead.
    """
    submission = lock_submission(submission.pk)
    require("approve", submission, by, at)
    # The stored hash is not taken at its word: it is made again from the bytes that would be approved.
    if seen_hash != submission.content_hash or digest(submission.words) != seen_hash:
        raise TransitionRefused("These are not the words you opened; read them again, then decide.")
    check_sign_off(submission, by, sign_off)
    check_dates(submission.question, at, next_review_due_on, expires_on)
    findings = readiness_of(submission, at)
    refuse_errors(findings)
    waived = resolve_concerns(submission, findings, waivers)
    # Whoever looks at the language, or as a patient would, answers for no claim.
    details = require_checks(submission, by, checked, at) if sign_off == CLINICAL else check_details(submission, checked, at)
    details |= require_points(sign_off, checklist)
    said: dict[str, Any] = {"sign_off": sign_off, "comment": stored_text(comment), "details": details}
    due: dict[str, Any] = {"next_review_due_on": next_review_due_on, "expires_on": expires_on}
    decision = decide_on_submission(submission, Kind.APPROVE, by, at, waivers=waived, **due, **said)
    # Again with the Ledger in hand: a topic may have left the scope while this waited, and whoever moved it saw no approval to ask about.
    raise_if_refused(out_of_scope(by, submission.question))
    # After the decision: the database moves an answer to approved by a decision that stands already.
    if not sign_offs_lacking(submission):
        set_status(submission.answer, Answer.Status.APPROVED, at)
    return decision


@verb
def attest(
    submission: Submission, *, by: User, at: datetime, attested_by: str, attested_on: date, document: str, next_review_due_on: date
) -> ReviewDecision:
    """Record that somebody outside reviewed exactly these words, on which day, and in which document.

    Raises TransitionRefused for text of AI origin, where ALLOW_ATTESTATION is off, and for open errors; concerns are kept, not waived.
    """
    submission = lock_submission(submission.pk)
    require("attest", submission, by, at)
    review = check_external_review(ExternalReview(attested_by, attested_on, document, next_review_due_on), submission.origin, at)
    check_review_is_newer(submission, review.attested_on)
    findings = readiness_of(submission, at)
    refuse_errors(findings)
    decision = decide_on_submission(submission, Kind.ATTEST, by, at, waivers=kept_concerns(submission, findings), **vars(review))
    set_status(submission.answer, Answer.Status.APPROVED, at)
    return decision


@verb
def object(  # noqa: A001  (the verb's name)
    submission: Submission, *, by: User, at: datetime, comment: str, checked: Collection[str] = ()
) -> ReviewDecision:
    """Object to words that wait: nothing is published until the objection is resolved. `checked` as in request_changes."""
    submission = lock_submission(submission.pk)
    require("object", submission, by, at)
    said = {"comment": require_text(comment, "what you object to"), "details": check_details(submission, checked, at)}
    return decide_on_submission(submission, Kind.OBJECT, by, at, **said)


@verb
def resolve(submission: Submission, *, by: User, at: datetime, comment: str) -> list[ReviewDecision]:
    """Resolve every open objection to a Submission, saying how."""
    submission = lock_submission(submission.pk)
    require("resolve", submission, by, at)
    text = require_text(comment, "how the objection was resolved")
    return [
        decide_on_submission(submission, Kind.RESOLVE, by, at, comment=text, resolves=objection)
        for objection in open_objections(submission)
    ]


# What the verbs share: the sign-off and the dates.


def check_sign_off(submission: Submission, by: User, sign_off: str) -> None:
    reviewer = reviewer_of(by)
    if sign_off not in SIGN_OFFS or reviewer is None or sign_off not in reviewer.sign_offs:
        raise TransitionRefused(f"Your review scope does not cover the sign-off {sign_off}; a lead can add it.")
    if approvals(submission).filter(sign_off=sign_off).exists():
        raise TransitionRefused(f"The {sign_off} sign-off was given to these words already.")


def check_dates(question: Question, at: datetime, due_on: date, expires_on: date | None) -> None:
    check_review_day(due_on, at)
    if expires_on is None:
        return
    # One safety topic outweighs any number that opt in: urgent advice must not vanish because nobody looked at it.
    if question.topics.filter(is_safety=True).exists() or not question.topics.filter(may_expire=True).exists():
        raise TransitionRefused("Entries of these topics do not expire; leave the day of expiry empty.")
    if expires_on < due_on:
        raise TransitionRefused("An entry cannot expire before its next review; choose a later day.")
    check_calendar(expires_on, "The day of expiry")


# What the verbs share: a review done elsewhere.


def check_external_review(review: ExternalReview, origin: str, at: datetime) -> ExternalReview:
    """Return the cleaned `review`; raise TransitionRefused where it may not be recorded for words of `origin`, or says too little."""
    checked = check_record(review, at)
    if origin != "human":
        raise TransitionRefused("Text that an AI wrote or helped to write cannot be attested; have it reviewed here.")
    check_review_day(review.next_review_due_on, at)
    return checked


def check_record(review: ReviewT, at: datetime) -> ReviewT:
    """Return a cleaned review done elsewhere; raise TransitionRefused where none may be recorded here, or it says too little."""
    if not settings.ALLOW_ATTESTATION:
        raise TransitionRefused("Attestation is switched off here; set ALLOW_ATTESTATION to allow it.")
    if review.attested_on > local_date(at):
        raise TransitionRefused("The review cannot lie in the future; correct its date.")
    check_calendar(review.attested_on, "The day of the review")
    return replace(
        review,
        attested_by=require_line(review.attested_by, "who reviewed the words"),
        document=require_line(review.document, "which document shows it"),
    )


def check_review_is_newer(submission: Submission, attested_on: date) -> None:
    """Raise TransitionRefused where a review done elsewhere knew nothing of what happened to these words since."""
    same = Publication.objects.filter(question=submission.question, content_hash=submission.content_hash)
    if same.filter(is_withheld=True).exists():
        raise TransitionRefused("These words were withheld; no review done elsewhere brings them back. Have them approved here.")
    reopened = submission.decisions.filter(kind=Kind.REOPEN).order_by("-sequence").first()
    if reopened and attested_on < local_date(reopened.at):
        raise TransitionRefused(f"These words were asked about again on {local_date(reopened.at)}; they need a review since.")
