"""THE rules: which verb is allowed on what, in which status, by whom. One table, consulted by every verb and every button."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.utils import timezone

from faq.models import (
    Answer,
    AudiencePolicy,
    Erasure,
    EvidenceAlert,
    Publication,
    Question,
    ReviewDecision,
    Reviewer,
    Source,
    StandingText,
    Submission,
    Topic,
    TopicName,
    User,
)
from faq.models.answers import OPEN
from faq.workflow.who import (
    Who,
    another_author,
    another_reviewer,
    any_of,
    colleague,
    holds_answer,
    is_reviewer,
    lock_people,
    may_decide,
    may_review,
    may_triage,
    needs,
    second_person,
)

Kind = ReviewDecision.Kind


class TransitionRefused(Exception):
    """A verb was refused; the text says why and what to do."""


When = Callable[[Any], str]


@dataclass(frozen=True)
class Rule:
    """One line of the table: `who` and `when` return why not, or an empty string."""

    verb: str
    on: type[models.Model]
    label: str
    who: Who
    when: When


# When. Each returns why the thing's status does not allow it, or "".


def always(thing: Any) -> str:
    """Test nothing."""
    return ""


def answer_in(*statuses: str) -> When:
    """Return the test that an Answer, or a Submission's newest-submission Answer, has one of `statuses`."""

    def when(thing: Any) -> str:
        answer = thing.answer if isinstance(thing, Submission) else thing
        if isinstance(thing, Submission) and newest_submission(answer) != thing.pk:
            return "These words were submitted again since; open the newest submission."
        return "" if answer.status in statuses else f"The answer is {answer.status}; this needs {' or '.join(statuses)}."

    return when


def newest_submission(answer: Answer) -> int | None:
    """Return the primary key of the answer's newest Submission."""
    return answer.submissions.order_by("-pk").values_list("pk", flat=True).first()


def no_open_answer(question: Question) -> str:
    """Test that nobody works on `question` already."""
    answer = question.answers.filter(status__in=OPEN).first()
    return f"{answer.author} already works on this question; open that answer." if answer else ""


def publishable(submission: Submission) -> str:
    """Test that a Submission is approved with every sign-off, is the newest, and has no open objection."""
    return answer_in("approved")(submission) or unfinished(submission)


def unfinished(submission: Submission) -> str:
    """Return what still blocks publication of approved words: a sign-off or an objection."""
    lacking = sign_offs_lacking(submission)
    if lacking:
        return f"Still to sign off: {', '.join(lacking)}."
    return "An objection is open; resolve it first." if open_objections(submission) else ""


def sign_offs_lacking(submission: Submission) -> list[str]:
    """Return the sign-offs that the audience asks for and nobody has given; none for an attestation."""
    if submission.decisions.filter(kind=Kind.ATTEST).exists():
        return []
    asked = set(AudiencePolicy.objects.filter(audience=submission.audience).values_list("sign_off", flat=True))
    return sorted({"clinical", *asked} - set(submission.decisions.filter(kind=Kind.APPROVE).values_list("sign_off", flat=True)))


def open_objections(submission: Submission) -> list[ReviewDecision]:
    """Return the objections to `submission` that nobody resolved, oldest first."""
    return list(submission.decisions.filter(kind=Kind.OBJECT, resolutions=None))


def can_resolve(submission: Submission) -> str:
    """Test that an objection to words that wait is open."""
    waits = answer_in("submitted", "approved", "scheduled")(submission)
    return waits or ("" if open_objections(submission) else "No objection is open.")


def publication_in(*statuses: str) -> When:
    """Return the test that a Publication has one of `statuses`."""

    def when(publication: Publication) -> str:
        return "" if publication.status in statuses else f"This version is {publication.status}; open the one in force."

    return when


def can_withdraw(publication: Publication) -> str:
    """Test that an entry is in force, or was taken down and nothing came after: more of its text may then be withheld."""
    newer = Publication.objects.filter(question=publication.question_id, version__gt=publication.version).exists()
    return publication_in("current", "withdrawn")(publication) or ("A newer version came after; open that one." if newer else "")


def can_hold(publication: Publication) -> str:
    """Test that a current entry is not held yet."""
    return publication_in("current")(publication) or ("It is held already." if publication.is_held else "")


def can_release(publication: Publication) -> str:
    """Test that a current entry is held."""
    return publication_in("current")(publication) or ("" if publication.is_held else "It is not held.")


def can_restore(publication: Publication) -> str:
    """Test that an earlier version's text may be shown again."""
    if publication.status == Publication.Status.CURRENT:
        return "This version is in force."
    if publication.is_withheld or publication.is_erased:
        return "The text of this version is withheld; write a new version."
    return no_open_answer(publication.question)


def can_confirm(publication: Publication) -> str:
    """Test that a restored version or a notice in somebody's own words waits for a second person."""
    if publication.status == Publication.Status.CURRENT and publication.confirm_by is not None:
        return ""
    waits = not can_withdraw(publication) and pending_notice(publication)
    return "" if waits else "Nothing waits for a second person here."


def pending_notice(publication: Publication) -> ReviewDecision | None:
    """Return the withdrawal whose own notice text waits for a second person, or None."""
    kinds = [Kind.WITHDRAW, Kind.CONFIRM]
    last = (
        ReviewDecision.objects.filter(question=publication.question, version=publication.version, kind__in=kinds)
        .order_by("-sequence")
        .first()
    )
    return last if last and last.kind == Kind.WITHDRAW and "notice_text" in last.details else None


def can_erase(publication: Publication) -> str:
    """Test that a version's words may be blanked: never those in force."""
    if Publication.objects.current().filter(submission=publication.submission_id).exists():
        return "These words are in force; withdraw the entry first."
    return (
        "An erasure of this version was asked for already."
        if publication.question.erasures.filter(version=publication.version).exists()
        else ""
    )


def not_confirmed(erasure: Erasure) -> str:
    """Test that an erasure still waits."""
    return "This erasure was confirmed already." if erasure.confirmed_at else ""


def proposed(text: StandingText | TopicName) -> str:
    """Test that a text waits for approval."""
    return "" if text.approved_at is None and text.ends_at is None else "This text was decided already; propose its next version."


def not_ended(text: StandingText | TopicName) -> str:
    """Test that a text has not ended."""
    return "This text has ended already." if text.ends_at else ""


def not_triaged(alert: EvidenceAlert) -> str:
    """Test that an alert still waits."""
    return "This alert was looked at already." if alert.outcome else ""


def not_revoked(reviewer: Reviewer) -> str:
    """Test that a reviewer is not revoked."""
    return "This review scope was revoked already." if reviewer.revoked_at else ""


author, publisher, importer, lead = needs("author"), needs("publisher"), needs("importer"), needs("lead")
curator = needs("author", "importer", "lead")
steward = any_of(lead, is_reviewer)

TABLE = (
    Rule("start_revision", Question, "Start a revision", author, no_open_answer),
    Rule("reclassify", Question, "Change topics and related entries", any_of(needs("author", "lead", "importer"), is_reviewer), always),
    Rule("edit", Answer, "Edit", holds_answer, answer_in("draft")),
    Rule("take_over", Answer, "Take over", another_author, answer_in("draft")),
    Rule("comment", Answer, "Comment", colleague, always),
    Rule("discard", Answer, "Discard", any_of(holds_answer, lead), answer_in("draft")),
    Rule("submit", Answer, "Submit for review", holds_answer, answer_in("draft")),
    Rule("recall", Answer, "Take back to draft", holds_answer, answer_in("submitted", "approved")),
    Rule("request_changes", Submission, "Request changes", may_decide, answer_in("submitted", "approved")),
    Rule("approve", Submission, "Approve", may_decide, answer_in("submitted")),
    Rule("attest", Submission, "Attest a review done elsewhere", importer, answer_in("submitted")),
    Rule("object", Submission, "Object", may_review, answer_in("submitted", "approved", "scheduled")),
    Rule("resolve", Submission, "Resolve the objections", may_decide, can_resolve),
    Rule("publish", Submission, "Publish", publisher, publishable),
    Rule("schedule", Submission, "Schedule", publisher, publishable),
    Rule("unschedule", Submission, "Take off the schedule", any_of(publisher, may_review), answer_in("scheduled")),
    Rule("withdraw", Publication, "Withdraw", is_reviewer, can_withdraw),
    Rule("hold", Publication, "Hold under a warning", is_reviewer, can_hold),
    Rule("release", Publication, "Release the hold", is_reviewer, can_release),
    Rule("restore", Publication, "Restore this version", may_decide, can_restore),
    Rule("confirm", Publication, "Confirm", second_person, can_confirm),
    Rule("reaffirm", Publication, "Reaffirm", may_decide, publication_in("current")),
    Rule("erase", Publication, "Ask for erasure", steward, can_erase),
    Rule("confirm", Erasure, "Confirm the erasure", second_person, not_confirmed),
    Rule("mark_source", Source, "Mark as superseded or retracted", is_reviewer, always),
    Rule("triage_alert", EvidenceAlert, "Say what it means", may_triage, not_triaged),
    Rule("edit_source", Source, "Edit", curator, always),
    Rule("edit_topic", Topic, "Edit", curator, always),
    Rule("approve_text", StandingText, "Approve", another_reviewer, proposed),
    Rule("approve_text", TopicName, "Approve", another_reviewer, proposed),
    Rule("end_text", StandingText, "End", steward, not_ended),
    Rule("end_text", TopicName, "End", steward, not_ended),
    Rule("drop_sign_off", AudiencePolicy, "Ask for it no more", lead, always),
    Rule("revoke_reviewer", Reviewer, "Revoke", lead, not_revoked),
)
RULES = {(rule.on, rule.verb): rule for rule in TABLE}
"""Verbs that need no thing yet (create_question, propose, grant_reviewer, ask_sign_off) test their role with the same `needs`."""


def allow(refused: str) -> None:
    """Raise TransitionRefused with the reason `refused` unless it is empty."""
    if refused:
        raise TransitionRefused(refused)


def refusal(verb: str, thing: models.Model, user: User, at: datetime) -> str:
    """Return why the table does not allow `verb` on `thing` by `user` at the moment `at`, or an empty string."""
    rule = RULES[type(thing), verb]
    return rule.who(user, thing, at) or rule.when(thing)


def require(verb: str, thing: models.Model, by: User, at: datetime) -> None:
    """Raise TransitionRefused unless the table allows the verb, asked by a verb that has locked `thing` and has not taken the Ledger.

    The person's account is locked too and read afresh, so that the right is theirs until the verb is through.
    """
    allow(refusal(verb, thing, lock_people(by.pk).get(by.pk, by), at))


def available(thing: models.Model, user: User) -> list[Rule]:
    """Return the rules whose verbs `user` may use on `thing` now: the buttons to show."""
    at = timezone.now()
    return [rule for rule in TABLE if rule.on is type(thing) and not refusal(rule.verb, thing, user, at)]
