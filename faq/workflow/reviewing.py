"""The reviewer's verbs on a Submission, and the publisher's: from frozen words to an approved, published version."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from faq import payload, publishing
from faq.clock import local_date
from faq.ledger import ledger
from faq.models import Answer, Change, ImportRun, Publication, Question, ReviewDecision, Submission, User, Waiver
from faq.models.people import SIGN_OFFS
from faq.readiness import Finding
from faq.workflow.drafting import given, lock_answer, set_status
from faq.workflow.rules import Kind, TransitionRefused, open_objections, require, sign_offs_lacking, unfinished
from faq.workflow.surroundings import errors_in, readiness_of
from faq.workflow.who import reviewer_of


@dataclass(frozen=True)
class Waive:
    """A reviewer's reason for letting the concern `code` about `sentence` stand."""

    code: str
    sentence: str
    reason: str


def lock_submission(pk: int) -> Submission:
    """Lock the question and answer of a Submission and return it with them."""
    submission = Submission.objects.select_related("question").get(pk=pk)
    submission.answer = lock_answer(submission.answer_id)
    return submission


def carried(question: Question) -> dict[tuple[str, str], Waiver]:
    """Return the waivers given earlier for `question` by (code, sentence): they hold while the sentence stays the same.

    A waiver about the text as a whole has no sentence to compare, so it is asked for again with each submission.
    """
    rows = Waiver.objects.filter(submission__question=question).exclude(reason="").exclude(sentence="").order_by("pk")
    return {(row.code, row.sentence): row for row in rows}


def refuse_errors(found: Sequence[Finding]) -> None:
    """Raise TransitionRefused if any finding is an error."""
    messages = [finding.message for finding in found if finding.grade == "error"]
    if messages:
        raise TransitionRefused("Not ready: " + " ".join(messages))


def settle_concerns(submission: Submission, found: Sequence[Finding], waivers: Collection[Waive]) -> list[Waiver]:
    """Return an unsaved Waiver per concern, new or carried over; raise TransitionRefused for those without one, or a waiver of nothing."""
    given_now = {(waive.code, waive.sentence): given(waive.reason, f"why the concern {waive.code} may stand") for waive in waivers}
    concerns = {(finding.code, finding.sentence): finding for finding in found if finding.grade == "concern"}
    strangers = given_now.keys() - concerns.keys()
    if strangers:
        raise TransitionRefused("No such concern: " + "; ".join(f"{code} “{sentence}”" for code, sentence in sorted(strangers)))
    earlier = carried(submission.question)
    unsettled = [finding for key, finding in concerns.items() if key not in given_now and key not in earlier]
    if unsettled:
        listed = " ".join(f"[{finding.code}] {finding.message}" for finding in unsettled)
        raise TransitionRefused(f"Change the words, or waive each concern with a reason: {listed}")
    return [
        Waiver(
            submission=submission,
            code=code,
            sentence=sentence,
            reason=given_now.get((code, sentence)) or earlier[code, sentence].reason,
            carried_from=None if (code, sentence) in given_now else earlier[code, sentence],
        )
        for code, sentence in concerns
    ]


# The verbs.


@transaction.atomic
def request_changes(submission: Submission, *, by: User, at: datetime, comment: str) -> ReviewDecision:
    """Send the words back to draft, saying what to change."""
    submission = lock_submission(submission.pk)
    require("request_changes", submission, by, at)
    set_status(submission.answer, Answer.Status.DRAFT, at)
    return decide(submission, Kind.REQUEST_CHANGES, by, at, comment=given(comment, "what to change"))


def decide(submission: Submission, kind: ReviewDecision.Kind, by: User | None, at: datetime, **columns: Any) -> ReviewDecision:
    """Append a decision about `submission` with the hash of its words."""
    with ledger(at) as hand:
        return hand.decide(kind, by, question=submission.question, submission=submission, content_hash=submission.content_hash, **columns)


@transaction.atomic
def approve(
    submission: Submission,
    *,
    by: User,
    at: datetime,
    seen_hash: str,
    next_review_due_on: date,
    waivers: Collection[Waive] = (),
    sign_off: str = "clinical",
    comment: str = "",
    expires_on: date | None = None,
) -> ReviewDecision:
    """Approve exactly the words whose hash the reviewer saw, and say when they are looked at again.

    Raises TransitionRefused for words that differ from those seen, open errors, concerns without a waiver, a sign-off outside the
    reviewer's kinds, and dates that do not lie ahead.
    """
    submission = lock_submission(submission.pk)
    require("approve", submission, by, at)
    if seen_hash != submission.content_hash or payload.digest(submission.words) != seen_hash:
        raise TransitionRefused("These are not the words you opened; read them again, then decide.")
    check_sign_off(submission, by, sign_off)
    check_dates(submission.question, at, next_review_due_on, expires_on)
    found = readiness_of(submission, at)
    refuse_errors(found)
    waived = settle_concerns(submission, found, waivers)
    said: dict[str, Any] = {"sign_off": sign_off, "comment": payload.clean_text(comment)}
    due: dict[str, Any] = {"next_review_due_on": next_review_due_on, "expires_on": expires_on}
    decision = decide(submission, Kind.APPROVE, by, at, waivers=waived, **due, **said)
    if not sign_offs_lacking(submission):
        set_status(submission.answer, Answer.Status.APPROVED, at)
    return decision


def check_sign_off(submission: Submission, by: User, sign_off: str) -> None:
    """Raise TransitionRefused unless the reviewer gives this sign-off and nobody gave it to these words yet."""
    reviewer = reviewer_of(by)
    if sign_off not in SIGN_OFFS or reviewer is None or sign_off not in reviewer.sign_offs:
        raise TransitionRefused(f"Your review scope does not cover the sign-off {sign_off}; a lead can add it.")
    if submission.decisions.filter(kind=Kind.APPROVE, sign_off=sign_off).exists():
        raise TransitionRefused(f"The {sign_off} sign-off was given to these words already.")


def refuse_past(due_on: date, at: datetime) -> None:
    """Raise TransitionRefused unless the next review lies ahead."""
    if due_on <= local_date(at):
        raise TransitionRefused("The next review must lie ahead; choose a later day.")


def check_dates(question: Question, at: datetime, due_on: date, expires_on: date | None) -> None:
    """Raise TransitionRefused unless the review lies ahead, and expiry, where a topic opts in, not before it."""
    refuse_past(due_on, at)
    if expires_on is None:
        return
    if question.topics.filter(is_safety=True).exists() or not question.topics.filter(may_expire=True).exists():
        raise TransitionRefused("Entries of these topics do not expire; leave the day of expiry empty.")
    if expires_on < due_on:
        raise TransitionRefused("An entry cannot expire before its next review; choose a later day.")


@transaction.atomic
def attest(
    submission: Submission, *, by: User, at: datetime, attested_by: str, attested_on: date, document: str, next_review_due_on: date
) -> ReviewDecision:
    """Record that somebody outside reviewed exactly these words, on which day, and in which document.

    Raises TransitionRefused for text of AI origin, where ALLOW_ATTESTATION is off, and for open errors; concerns are kept, not waived.
    """
    submission = lock_submission(submission.pk)
    require("attest", submission, by, at)
    review = checked_review(Attested(attested_by, attested_on, document, next_review_due_on), submission.origin, at)
    found = readiness_of(submission, at)
    refuse_errors(found)
    decision = decide(submission, Kind.ATTEST, by, at, waivers=concerns(submission, found), **vars(review))
    set_status(submission.answer, Answer.Status.APPROVED, at)
    return decision


@dataclass(frozen=True)
class Attested:
    """A review done elsewhere: who, on which day, which document shows it, and when the words are looked at again."""

    attested_by: str
    attested_on: date
    document: str
    next_review_due_on: date


def checked_review(review: Attested, origin: str, at: datetime) -> Attested:
    """Return the cleaned `review`; raise TransitionRefused where it may not be recorded for words of `origin`, or says too little."""
    if not settings.ALLOW_ATTESTATION:
        raise TransitionRefused("Attestation is switched off here; set ALLOW_ATTESTATION to allow it.")
    if origin != "human":
        raise TransitionRefused("Text that an AI wrote or helped to write cannot be attested; have it reviewed here.")
    if review.attested_on > local_date(at):
        raise TransitionRefused("The review cannot lie in the future; correct its date.")
    refuse_past(review.next_review_due_on, at)
    attested_by, document = given(review.attested_by, "who reviewed the words"), given(review.document, "which document shows it")
    return replace(review, attested_by=attested_by, document=document)


def concerns(submission: Submission, found: Sequence[Finding]) -> list[Waiver]:
    """Return an unsaved row per concern: beside an attestation they are kept, not waived."""
    return [Waiver(submission=submission, code=each.code, sentence=each.sentence) for each in found if each.grade == "concern"]


@transaction.atomic
def object(submission: Submission, *, by: User, at: datetime, comment: str) -> ReviewDecision:  # noqa: A001  (the verb's name)
    """Object to words that wait for publication; they are not published until the objection is resolved."""
    submission = lock_submission(submission.pk)
    require("object", submission, by, at)
    return decide(submission, Kind.OBJECT, by, at, comment=given(comment, "what you object to"))


@transaction.atomic
def resolve(submission: Submission, *, by: User, at: datetime, comment: str) -> list[ReviewDecision]:
    """Resolve every open objection to a Submission, saying how."""
    submission = lock_submission(submission.pk)
    require("resolve", submission, by, at)
    text = given(comment, "how the objection was resolved")
    return [decide(submission, Kind.RESOLVE, by, at, comment=text, resolves=each) for each in open_objections(submission)]


@transaction.atomic
def publish(submission: Submission, *, by: User, at: datetime, run: ImportRun | None = None) -> Publication:
    """Make approved words the current version; `run` is the import that brings them.

    Readiness is asked again: a source may have been retracted since.
    """
    submission = lock_submission(submission.pk)
    require("publish", submission, by, at)
    return bring_out(submission, by, at, run)


def bring_out(submission: Submission, by: User | None, at: datetime, run: ImportRun | None = None) -> Publication:
    """Publish a locked, approved Submission; raise TransitionRefused where something has come up since approval."""
    words = payload.read(submission.words)
    with ledger(at) as hand:
        # Asked with the Ledger in hand: a source cannot be retracted, nor a text ended, between the question and the publication.
        refuse_errors(errors_in(words, submission.question, at))
        check_original(words)
        kind = Change.Kind.REPUBLISHED if run else Change.Kind.PUBLISHED
        publication = publishing.publish(hand, submission, deciding(submission), kind, run=run)
        columns: dict[str, Any] = {"question": submission.question, "submission": submission, "version": publication.version}
        hand.decide(Kind.PUBLISH, by, content_hash=submission.content_hash, **columns)
    set_status(submission.answer, Answer.Status.PUBLISHED, at)
    return publication


def deciding(submission: Submission) -> ReviewDecision:
    """Return the decision a publication rests on: the attestation, the clinical approval, or else the last one."""
    decisions = list(submission.decisions.filter(kind__in=[Kind.APPROVE, Kind.ATTEST]).order_by("sequence"))
    return next((each for each in decisions if each.kind == Kind.ATTEST or each.sign_off == "clinical"), decisions[-1])


def check_original(words: payload.Words) -> None:
    """Raise TransitionRefused if a translation names a version that was never published, or that readers may not see any more."""
    original = words.translation_of
    if original is None:
        return
    named = f"{original.slug} version {original.version}, which this translates,"
    published = Publication.objects.filter(slug=original.slug, version=original.version).first()
    if published is None:
        raise TransitionRefused(f"{named} was never published.")
    if published.is_withheld or not Publication.objects.current().filter(slug=original.slug).exists():
        raise TransitionRefused(f"{named} was taken down; discard the translation, or translate the words in force.")


@transaction.atomic
def schedule(submission: Submission, *, by: User, at: datetime, moment: datetime) -> Answer:
    """Have approved words published by the clock at `moment`, an aware moment ahead."""
    submission = lock_submission(submission.pk)
    require("schedule", submission, by, at)
    if moment <= at:
        raise TransitionRefused("The moment of publication must lie ahead; publish now, or choose a later one.")
    set_status(submission.answer, Answer.Status.SCHEDULED, at, moment)
    decide(submission, Kind.SCHEDULE, by, at, details={"moment": moment})
    return submission.answer


@transaction.atomic
def unschedule(submission: Submission, *, by: User, at: datetime) -> Answer:
    """Take approved words off the schedule; they wait for a publisher again."""
    submission = lock_submission(submission.pk)
    require("unschedule", submission, by, at)
    set_status(submission.answer, Answer.Status.APPROVED, at)
    decide(submission, Kind.UNSCHEDULE, by, at)
    return submission.answer


@transaction.atomic
def publish_scheduled(answer: Answer, *, at: datetime) -> Publication | None:
    """Publish a scheduled answer whose moment has come; None where it is not scheduled any more or its moment lies ahead.

    Raises TransitionRefused where something has come up since; the job reports it and the answer stays scheduled.
    """
    answer = lock_answer(answer.pk)
    if answer.status != Answer.Status.SCHEDULED or answer.scheduled_for is None or answer.scheduled_for > at:
        return None
    submission = answer.submissions.select_related("question").order_by("-pk")[0]
    submission.answer = answer
    refused = unfinished(submission)
    if refused:
        raise TransitionRefused(refused)
    return bring_out(submission, None, at)
