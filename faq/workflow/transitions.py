"""THE rules: which verb is allowed on what, in which status, by whom. One table, consulted by every verb and every button."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.utils import timezone

from faq.models import (
    Answer,
    AudiencePolicy,
    Checklist,
    Erasure,
    EvidenceAlert,
    Publication,
    Question,
    Report,
    ReviewDecision,
    Reviewer,
    Source,
    StandingText,
    Submission,
    SubmittedQuestion,
    Topic,
    TopicName,
    TopicPlacement,
    User,
)
from faq.models.answers import OPEN
from faq.models.standing import VersionedText
from faq.workflow.errors import raise_if_refused
from faq.workflow.locks import lock_person
from faq.workflow.origins import refusal_to_restore
from faq.workflow.permissions import (
    PersonTest,
    another_author,
    another_places,
    another_reviewer,
    any_of,
    any_role,
    clinical,
    confirms,
    holds_answer,
    is_reviewer,
    may_close,
    may_decide,
    may_review,
    may_triage,
    needs,
    second_person,
)
from faq.workflow.phrasings import pending_phrasings

Kind = ReviewDecision.Kind
ThingTest = Callable[[Any], str]


@dataclass(frozen=True)
class Rule:
    """One line of the table: `who` and `when` return why not, or an empty string."""

    verb: str
    on: type[models.Model]
    label: str
    who: PersonTest
    when: ThingTest


# When. Each returns why the thing's status does not allow it, or "".


def always(thing: Any) -> str:
    return ""


def answer_in(*statuses: str) -> ThingTest:
    """Return the test of an Answer, or of the Answer of a Submission, which must be its newest."""

    def when(thing: Any) -> str:
        answer = thing.answer if isinstance(thing, Submission) else thing
        # An answer that was sent back and submitted again has the same status as before, and may have other words.
        if isinstance(thing, Submission) and newest_submission(answer) != thing.pk:
            return "These words were submitted again since; open the newest submission."
        return "" if answer.status in statuses else f"The answer is {answer.status}; this needs {' or '.join(statuses)}."

    return when


def newest_submission(answer: Answer) -> int | None:
    return answer.submissions.order_by("-pk").values_list("pk", flat=True).first()


def can_lower_origin(answer: Answer) -> str:
    if answer.origin != "ai_generated":
        return f"These words are marked {answer.origin}; only ai_generated can be lowered, to ai_assisted."
    return answer_in("draft")(answer)


def no_open_answer(question: Question) -> str:
    # The database holds to this too (answer_one_open); asked here, the refusal says whose work it is.
    answer = question.answers.filter(status__in=OPEN).first()
    return f"{answer.author} already works on this question; open that answer." if answer else ""


def publishable(submission: Submission) -> str:
    return answer_in("approved")(submission) or blocks_publication(submission)


def blocks_publication(submission: Submission) -> str:
    """Return what blocks the publication of approved words. The clock asks it too, when the moment of scheduled ones has come."""
    lacking = sign_offs_lacking(submission)
    if lacking:
        return f"Still to sign off: {', '.join(lacking)}."
    return "An objection is open; resolve it first." if open_objections(submission) else ""


def sign_offs_lacking(submission: Submission) -> list[str]:
    """Return the clinical one and those that the audience asks for, but for what was given; none beside an attestation."""
    given = approvals(submission)
    if given.filter(kind=Kind.ATTEST).exists():
        return []
    asked = set(AudiencePolicy.objects.filter(audience=submission.audience).values_list("sign_off", flat=True))
    return sorted({"clinical", *asked} - set(given.values_list("sign_off", flat=True)))


def approvals(submission: Submission) -> models.QuerySet[ReviewDecision]:
    """Return those that count of one submission, in order."""
    return approvals_that_count().filter(submission=submission).order_by("sequence")


def approvals_that_count() -> models.QuerySet[ReviewDecision]:
    """Return the approvals and attestations, of all submissions, that were given since the words were last reopened (reopening.py)."""
    later = models.Q(submission=models.OuterRef("submission"), sequence__gt=models.OuterRef("sequence"))
    reopened = models.Exists(ReviewDecision.objects.filter(later, kind=Kind.REOPEN))
    return ReviewDecision.objects.filter(~reopened, kind__in=[Kind.APPROVE, Kind.ATTEST])


def open_objections(submission: Submission) -> list[ReviewDecision]:
    return list(submission.decisions.filter(kind=Kind.OBJECT, resolutions=None))


def can_resolve(submission: Submission) -> str:
    waits = answer_in("submitted", "approved", "scheduled")(submission)
    return waits or ("" if open_objections(submission) else "No objection is open.")


def publication_in(*statuses: str) -> ThingTest:
    def when(publication: Publication) -> str:
        return "" if publication.status in statuses else f"This version is {publication.status}; open the one in force."

    return when


def can_withdraw(publication: Publication) -> str:
    """In force, or taken down with nothing after it: more of its text may then be withheld."""
    newer = Publication.objects.filter(question=publication.question_id, version__gt=publication.version).exists()
    return publication_in("current", "withdrawn")(publication) or ("A newer version came after; open that one." if newer else "")


def can_hold(publication: Publication) -> str:
    return publication_in("current")(publication) or ("It is held already." if publication.is_held else "")


def to_hold(source: Source) -> models.QuerySet[Publication]:
    """Return the entries in force that cite `source` and stand under no warning."""
    return source.publications.current().filter(is_held=False)


def has_to_hold(source: Source) -> str:
    return "" if to_hold(source).exists() else "No entry in force cites it that does not stand under a warning already."


def can_release(publication: Publication) -> str:
    if is_unconfirmed(publication):
        return "This version was restored; it stays held until another person confirms it."
    return publication_in("current")(publication) or ("" if publication.is_held else "It is not held.")


def can_restore(publication: Publication) -> str:
    if publication.status == Publication.Status.CURRENT:
        return "This version is in force."
    if publication.is_withheld or publication.is_erased:
        return "The text of this version is withheld; write a new version."
    return no_open_answer(publication.question) or refusal_to_restore(publication)


def can_confirm(publication: Publication) -> str:
    """A restored version, or a notice in somebody's own words, waits for a second person."""
    if is_unconfirmed(publication):
        return ""
    waits = not can_withdraw(publication) and pending_notice(publication)
    return "" if waits else "Nothing waits for a second person here."


def is_unconfirmed(publication: Publication) -> bool:
    return Publication.objects.unconfirmed().filter(pk=publication.pk).exists()


def pending_notice(publication: Publication) -> ReviewDecision | None:
    """Return the withdrawal whose own notice text waits for a second person, or None."""
    # A confirmation after the withdrawal is the second person, who has then been there.
    kinds = [Kind.WITHDRAW, Kind.CONFIRM]
    last = (
        ReviewDecision.objects.filter(question=publication.question, version=publication.version, kind__in=kinds)
        .order_by("-sequence")
        .first()
    )
    return last if last and last.kind == Kind.WITHDRAW and "notice_text" in last.details else None


def can_erase(publication: Publication) -> str:
    # A restored version repeats the submission of an earlier one, so the same words may be in force under another number.
    if Publication.objects.current().filter(submission=publication.submission_id).exists():
        return "These words are in force; withdraw the entry first."
    return (
        "An erasure of this version was asked for already."
        if publication.question.erasures.filter(version=publication.version).exists()
        else ""
    )


def can_confirm_erasure(erasure: Erasure) -> str:
    if erasure.confirmed_at:
        return "This erasure was confirmed already."
    # A draft may repeat the words, and nobody can take them out of what is being reviewed.
    waits = no_open_answer(erasure.question)
    return f"{waits} It may hold these words too: have it discarded or published first." if waits else ""


def proposed(text: VersionedText) -> str:
    return "" if text.approved_at is None and text.ends_at is None else "This text was decided already; propose its next version."


def not_ended(text: VersionedText) -> str:
    return "This text has ended already." if text.ends_at else ""


def not_triaged(alert: EvidenceAlert) -> str:
    return "This alert was looked at already." if alert.outcome else ""


def not_revoked(reviewer: Reviewer) -> str:
    return "This review scope was revoked already." if reviewer.revoked_at else ""


def not_sorted(asked: SubmittedQuestion) -> str:
    return "Somebody has sorted this question already; look at what came of it." if asked.outcome else ""


def not_closed(report: Report) -> str:
    return "This report was closed already." if report.closed_at else ""


def on_duty(is_asked: bool) -> ThingTest:
    def when(reviewer: Reviewer) -> str:
        if reviewer.is_on_duty != is_asked:
            return "This reviewer is not on duty." if is_asked else "This reviewer is on duty already."
        return "" if is_asked else not_revoked(reviewer)

    return when


def takes_phrasings(answer: Answer) -> str:
    waits = answer_in("draft")(answer)
    return waits or ("" if pending_phrasings(answer.question).exists() else "No way of asking waits for this entry.")


author, publisher, importer, lead = needs("author"), needs("publisher"), needs("importer"), needs("lead")
can_curate = needs("author", "importer", "lead")
lead_or_reviewer = any_of(lead, is_reviewer)
curator_or_reviewer = any_of(can_curate, is_reviewer)

TABLE = (
    Rule("start_revision", Question, "Start a revision", author, no_open_answer),
    Rule("reclassify", Question, "Change topics and related entries", any_of(needs("author", "lead", "importer"), is_reviewer), always),
    # Which words each of the two may change: responsible.open_to.
    Rule("edit", Answer, "Edit", any_of(holds_answer, lead), answer_in("draft")),
    Rule("take_over", Answer, "Take over", another_author, answer_in("draft")),
    Rule("take_phrasings", Answer, "Take in how readers ask", holds_answer, takes_phrasings),
    Rule("lower_origin", Answer, "Mark as AI-assisted", holds_answer, can_lower_origin),
    Rule("comment", Answer, "Comment", any_role, always),
    Rule("discard", Answer, "Discard", any_of(holds_answer, lead), answer_in("draft")),
    Rule("submit", Answer, "Submit for review", holds_answer, answer_in("draft")),
    Rule("recall", Answer, "Take back to draft", holds_answer, answer_in("submitted", "approved")),
    Rule("assign", Submission, "Assign", lead, answer_in("submitted")),
    Rule("request_changes", Submission, "Request changes", may_decide, answer_in("submitted", "approved")),
    Rule("approve", Submission, "Approve", may_decide, answer_in("submitted")),
    Rule("attest", Submission, "Attest a review done elsewhere", importer, answer_in("submitted")),
    # An objection only stops words, so those who wrote them may raise one; to resolve it takes somebody who did not.
    Rule("object", Submission, "Object", may_review, answer_in("submitted", "approved", "scheduled")),
    Rule("resolve", Submission, "Resolve the objections", clinical(may_decide), can_resolve),
    Rule("publish", Submission, "Publish", publisher, publishable),
    Rule("schedule", Submission, "Schedule", publisher, publishable),
    Rule("unschedule", Submission, "Take off the schedule", any_of(publisher, may_review), answer_in("scheduled")),
    # What stops words or warns is any reviewer's; what brings words nearer to readers, or takes a warning off, takes a clinical one.
    Rule("withdraw", Publication, "Withdraw", is_reviewer, can_withdraw),
    Rule("hold", Publication, "Hold under a warning", is_reviewer, can_hold),
    Rule("release", Publication, "Release the hold", clinical(may_decide), can_release),
    Rule("restore", Publication, "Restore this version", clinical(may_decide), can_restore),
    Rule("confirm", Publication, "Confirm", clinical(confirms), can_confirm),
    Rule("reaffirm", Publication, "Reaffirm", clinical(may_decide), publication_in("current")),
    Rule("erase", Publication, "Ask for erasure", lead_or_reviewer, can_erase),
    Rule("confirm_erasure", Erasure, "Confirm the erasure", second_person, can_confirm_erasure),
    Rule("mark_source", Source, "Mark as superseded or retracted", clinical(is_reviewer), always),
    Rule("triage_alert", EvidenceAlert, "Say what it means", clinical(may_triage), not_triaged),
    Rule("hold_citing", Source, "Hold all entries that cite it", is_reviewer, has_to_hold),
    Rule("edit_source", Source, "Edit", can_curate, always),
    # A reviewer may lower the safety of a topic with entries in force, and nothing else (catalogue.edit_topic).
    Rule("edit_topic", Topic, "Edit", curator_or_reviewer, always),
    Rule("approve_text", StandingText, "Approve", clinical(another_reviewer), proposed),
    Rule("approve_text", TopicName, "Approve", clinical(another_reviewer), proposed),
    Rule("end_text", StandingText, "End", lead_or_reviewer, not_ended),
    Rule("end_text", TopicName, "End", lead_or_reviewer, not_ended),
    Rule("approve_text", TopicPlacement, "Approve", clinical(another_places), proposed),
    # One in force gives way to the next alone: without any, nobody could say where the topic stands.
    Rule("end_text", TopicPlacement, "Refuse", lead_or_reviewer, proposed),
    Rule("edit_checklist", Checklist, "Edit", lead, always),
    Rule("drop_sign_off", AudiencePolicy, "Ask for it no more", lead, always),
    Rule("revoke_reviewer", Reviewer, "Revoke", lead, not_revoked),
    Rule("put_on_duty", Reviewer, "Put on duty for harm", lead, on_duty(False)),
    Rule("take_off_duty", Reviewer, "Take off duty", lead, on_duty(True)),
    Rule("link_question", SubmittedQuestion, "An entry answers it", curator_or_reviewer, not_sorted),
    Rule("open_question", SubmittedQuestion, "Open a new question", author, not_sorted),
    Rule("reject_question", SubmittedQuestion, "Reject", curator_or_reviewer, not_sorted),
    Rule("close_report", Report, "Close", may_close, not_closed),
)
RULES = {(rule.on, rule.verb): rule for rule in TABLE}
"""Verbs that need no thing yet (create_question, propose, grant_reviewer, ask_sign_off) ask `require_right` with the same `needs`."""


def refusal(verb: str, thing: models.Model, user: User, at: datetime) -> str:
    """Raises KeyError for a verb that the table does not have for such a thing."""
    rule = RULES[type(thing), verb]
    return rule.who(user, thing, at) or rule.when(thing)


def require(verb: str, thing: models.Model, by: User, at: datetime) -> User:
    """Raise TransitionRefused unless the table allows the verb, asked by a verb that has locked `thing` and has not taken the Ledger.

    The person's account is locked too and read afresh, so that the right is theirs until the verb is through; it is returned.
    """
    person = lock_person(by)
    raise_if_refused(refusal(verb, thing, person, at))
    return person


def require_each(verb: str, things: Sequence[models.Model], by: User, at: datetime) -> User:
    """Do the same for many things at once: the refusal names each that stands in the way, and why."""
    person = lock_person(by)
    raise_if_refused(told_of_each(things, [refusal(verb, thing, person, at) for thing in things]))
    return person


def told_of_each(things: Sequence[models.Model], reasons: Sequence[str]) -> str:
    """Return the reasons for which some of the `things` are refused, each once, after the names of all whom it keeps; "" without any."""
    kept: dict[str, list[str]] = {}
    for thing, reason in zip(things, reasons, strict=True):
        if reason:
            kept.setdefault(reason, []).append(str(thing))
    return " ".join(f"{', '.join(names)}: {reason}" for reason, names in kept.items())


def require_right(who: PersonTest, by: User, at: datetime) -> None:
    """Do the same for a verb whose thing is still to be made, so that the table has no line for it: the person alone is tested."""
    raise_if_refused(who(lock_person(by), None, at))


def available(thing: models.Model, user: User) -> list[Rule]:
    """Return the rules whose verbs `user` may use on `thing` now: the buttons to show."""
    at = timezone.now()
    return [rule for rule in TABLE if rule.on is type(thing) and not refusal(rule.verb, thing, user, at)]
