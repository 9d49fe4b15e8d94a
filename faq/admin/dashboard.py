"""What waits for somebody: the lists on the admin's first page, each person's own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any, Final

from django.conf import settings
from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import truncatechars
from django.urls import reverse
from django.utils import timezone

from faq import workflow
from faq.admin.base import admin_url
from faq.admin.columns import age, assigned_to, language_name, origin_name, readers_of
from faq.admin.permissions import OVERSEEING, may_enter, parts_of, user_of
from faq.clock import local_date, review_state
from faq.models import (
    Answer,
    Erasure,
    EvidenceAlert,
    Publication,
    Question,
    Report,
    ReviewDecision,
    StandingText,
    Submission,
    SubmissionEditor,
    SubmittedQuestion,
    TopicName,
    TopicPlacement,
    User,
)
from faq.workflow.permissions import is_reviewer, reviewer_of, within_scope
from faq.workflow.reopening import WAITING
from faq.workflow.sent_back import SENT_BACK, sent_back_to_draft
from faq.workflow.transitions import Kind, approvals_that_count, curator_or_reviewer

SHOWN: Final = 8
"""Rows of a list on the first page, so that all lists stand there together."""
REASON: Final = 300
"""Characters of a reason that stand on the first page; the draft shows all of it, above its form."""
SUBMITTED: Final = attrgetter("submitted_at")
Rows = Sequence[Any] | QuerySet[Any]


@dataclass(frozen=True)
class Waiting:
    """One thing that waits: its words, where it is opened, a remark, and what somebody said of it."""

    label: str
    url: str
    note: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Queue:
    """A list of what waits; `rows` are the first of `count`, `url` leads to all of them, `oldest` says how long the first has waited."""

    title: str
    count: int
    rows: list[Waiting]
    url: str
    oldest: str = ""


def queues(request: HttpRequest, at: datetime) -> list[Queue]:
    """Return what waits for this person, what is asked of them first; nothing for who may not enter."""
    if not may_enter(request):
        return []
    user = user_of(request)
    # Harm comes before whatever somebody was about to do.
    return [queue for queue in [*harm(user, at), *own_work(user, at), *asked_of(user, at), *sent_in(user, at)] if queue.count]


def asked_of(user: User, at: datetime) -> list[Queue]:
    """Return what others wait for: for reviewers within their scope, for leads, auditors and superusers all of it."""
    parts = parts_of(user)
    oversees = bool(parts & OVERSEEING)
    reviewer = None if is_reviewer(user, None, at) else reviewer_of(user)
    found = [to_publish(at)] if oversees or "publisher" in parts else []
    if reviewer is None and not oversees:
        return found
    # A lead who reviews as well looks after everything, and decides within their scope.
    scope = within_scope(reviewer) if reviewer else Q()
    seen = Q() if oversees else scope
    return [
        *(to_decide(user, scope, at) if reviewer else [undecided(at)]),
        *found,
        objections(seen, at),
        alerts(seen, at),
        reviews(seen, at),
        proposals(user),
        to_confirm(),
    ]


def make_queue(
    title: str,
    rows: Rows,
    where: str,
    query: str = "",
    *,
    show: Callable[[Any], Waiting],
    waits: Callable[[Any], datetime] | None = None,
    at: datetime | None = None,
) -> Queue:
    """Return a Queue of `rows`, of which the first waits longest: at `at`, since the moment `waits` tells of it.

    The list of the model `where`, under `query`, has all of them.
    """
    count = rows.count() if isinstance(rows, QuerySet) else len(rows)
    first = list(rows[:SHOWN])
    oldest = age(waits(first[0]), at) if first and waits and at else ""
    return Queue(title, count, [show(row) for row in first], reverse(f"admin:faq_{where}_changelist") + query, oldest)


# What the person writes.


def own_work(user: User, at: datetime) -> list[Queue]:
    """Return the drafts that came back, the other drafts, and what the person submitted and others decide about."""
    decided = ReviewDecision.objects.filter(submission__answer=OuterRef("pk"), kind__in=SENT_BACK, resolutions=None)
    drafts = Answer.objects.filter(author=user, status=Answer.Status.DRAFT).annotate(came_back=Exists(decided)).order_by("-changed_at")
    sent = newest_submissions().filter(answer__author=user, answer__status__in=[Answer.Status.SUBMITTED, Answer.Status.APPROVED])
    return [
        make_queue("Sent back to me", drafts.filter(came_back=True), "answer", show=sent_back_row),
        make_queue("My drafts", drafts.filter(came_back=False), "answer", show=draft_row),
        make_queue("Submitted by me", sent, "submission", "?standing=all", show=own_submission_row, waits=SUBMITTED, at=at),
    ]


def draft_row(answer: Answer) -> Waiting:
    return Waiting(answer.wording, admin_url(answer), f"changed {answer.changed_at:%Y-%m-%d}")


def sent_back_row(answer: Answer) -> Waiting:
    """Return a draft with the newest reason for which it came back."""
    last = sent_back_to_draft(answer)[0]
    return Waiting(answer.wording, admin_url(answer), f"{last.by_name}, {last.at:%Y-%m-%d}", truncatechars(last.comment, REASON))


def own_submission_row(submission: Submission) -> Waiting:
    status = "approved, awaiting publication" if submission.answer.status == Answer.Status.APPROVED else "awaiting a decision"
    return Waiting(submission.answer.wording, admin_url(submission), f"{status}, {submission.submitted_at:%Y-%m-%d}")


# What is decided about.


def newest_submissions() -> Any:
    """Return the newest submission of each answer, without its words, the one that waits longest first."""
    # Words that were submitted again since are decided about no more, whatever the status of their answer.
    rows = Submission.objects.annotate(newest=Max("answer__submissions")).filter(newest=F("pk"))
    rows = rows.select_related("question", "answer__assignment__reviewer", "submitted_by")
    return rows.defer("words", "answer__words").order_by("submitted_at", "pk")


def submission_row(submission: Submission) -> Waiting:
    origin = origin_name(submission.origin) if submission.origin != "human" else ""
    about = [readers_of(submission), origin, f"by {submission.submitted_by}", f"{submission.submitted_at:%Y-%m-%d}"]
    assigned = assigned_to(workflow.assignment_of(submission.answer), timezone.now())
    about += [f"assigned to {assigned}"] if assigned else []
    return Waiting(submission.answer.wording, admin_url(submission), ", ".join(filter(None, about)))


def submissions(title: str, condition: Q, query: str, at: datetime) -> Queue:
    rows = newest_submissions().filter(condition)
    return make_queue(title, rows, "submission", query, show=submission_row, waits=SUBMITTED, at=at)


def within(scope: Q, question: str = "question") -> Q:
    """Return the condition `scope` on questions as one on what has a `question`."""
    return Q(**{f"{question}__in": Question.objects.filter(scope)}) if scope else Q()


def to_decide(user: User, scope: Q, at: datetime) -> list[Queue]:
    """Return what `user` may decide about: within their scope, nothing of it written by them (four eyes), nothing given to it yet.

    First what was assigned to them, the most urgent first; then what is anybody's, and what others did not decide in time.
    """
    own = SubmissionEditor.objects.filter(user=user).values("submission")
    given = approvals_that_count().filter(by=user, kind=Kind.APPROVE).values("submission")
    waits = Q(answer__status=Answer.Status.SUBMITTED) & within(scope) & ~Q(pk__in=own) & ~Q(pk__in=given)
    mine = Q(answer__assignment__reviewer=user)
    theirs = Q(answer__assignment__reviewer__isnull=False) & ~mine
    left = ~mine & (~theirs | Q(answer__assignment__due_on__lt=local_date(at)))
    urgent = newest_submissions().filter(waits, mine).order_by(F("answer__assignment__due_on").asc(nulls_last=True), "submitted_at", "pk")
    return [
        make_queue("Assigned to me", urgent, "submission", "?assigned=me", show=submission_row),
        submissions("Waiting for my decision", waits & left, "", at),
    ]


def undecided(at: datetime) -> Queue:
    return submissions("Awaiting a decision", Q(answer__status=Answer.Status.SUBMITTED), "", at)


def to_publish(at: datetime) -> Queue:
    return submissions("Approved, awaiting publication", Q(answer__status=Answer.Status.APPROVED), "?standing=approved", at)


def objections(scope: Q, at: datetime) -> Queue:
    """Return the words on their way to readers that somebody objected to, until the objection is resolved."""
    open_ones = ReviewDecision.objects.filter(kind=Kind.OBJECT, resolutions=None).values("submission")
    waits = Q(answer__status__in=WAITING, pk__in=open_ones) & within(scope)
    return submissions("Objections to resolve", waits, "?standing=all", at)


# What is in force.


def alerts(scope: Q, at: datetime) -> Queue:
    rows = EvidenceAlert.objects.filter(within(scope, "publication__question"), outcome="").select_related("publication", "source")
    waits = attrgetter("raised_at")
    return make_queue("Evidence alerts to look at", rows.order_by("raised_at"), "evidencealert", show=alert_row, waits=waits, at=at)


def alert_row(alert: EvidenceAlert) -> Waiting:
    return Waiting(alert.publication.wording, admin_url(alert), f"{alert.source.key} was {alert.state}")


def reviews(scope: Q, at: datetime) -> Queue:
    """Return the entries whose review is due within REVIEW_DUE_DAYS, or late; the latest first."""
    # One day less: the same entries as clock.review_state calls due, and the list behind this queue (filters.ReviewDueFilter) shows.
    due = workflow.due_reviews(at, settings.REVIEW_DUE_DAYS - 1)
    inside = set(Question.objects.filter(scope).values_list("pk", flat=True)) if scope and due else set()
    rows = [row for row in due if not scope or row.question_id in inside]
    overdue = sum(review_state(row.next_review_due_on, at) == "overdue" for row in rows)

    def show(row: Publication) -> Waiting:
        return Waiting(row.wording, admin_url(row), f"{review_state(row.next_review_due_on, at)}: {row.next_review_due_on}")

    title = f"Reviews due, {overdue} of them overdue" if overdue else "Reviews due"
    return make_queue(title, rows, "publication", "?review=due", show=show)


def proposals(user: User) -> Queue:
    """Return the texts, names and places of others that wait for a second person; the link leads to the list of the first that waits."""
    waiting = [
        *StandingText.objects.proposed().exclude(proposed_by=user).select_related("proposed_by").order_by("proposed_at"),
        *TopicName.objects.proposed().exclude(proposed_by=user).select_related("proposed_by").order_by("proposed_at"),
        *TopicPlacement.objects.proposed().exclude(proposed_by=user).select_related("topic", "proposed_by").order_by("proposed_at"),
    ]
    where = waiting[0]._meta.model_name if waiting else "standingtext"
    return make_queue("Texts awaiting a second person", waiting, where or "", "?standing=proposed", show=text_row)


def text_row(text: StandingText | TopicName | TopicPlacement) -> Waiting:
    return Waiting(str(text), admin_url(text), f"by {text.proposed_by}")


def to_confirm() -> Queue:
    """Return restored versions, the oldest first, then erasures."""
    restored = Publication.objects.unconfirmed().order_by("published_at")
    erasures = Erasure.objects.filter(confirmed_at=None).select_related("question", "requested_by")
    rows = [Waiting(str(row), admin_url(row), f"restored on {row.published_at:%Y-%m-%d %H:%M} UTC; held") for row in restored]
    rows += [Waiting(str(row), admin_url(row), f"erasure, asked for by {row.requested_by}") for row in erasures]
    return make_queue("To be confirmed by a second person", rows, "publication" if restored else "erasure", show=lambda row: row)


# What readers sent in. Their words stand on no page that everybody opens: whoever looks at them is noted.


def harm(user: User, at: datetime) -> list[Queue]:
    """Return the open reports of harm: for reviewers within their scope, for leads, auditors and superusers all of them."""
    oversees = bool(parts_of(user) & OVERSEEING)
    reviewer = None if is_reviewer(user, None, at) else reviewer_of(user)
    if reviewer is None and not oversees:
        return []
    scope = Q() if oversees or reviewer is None else within_scope(reviewer)
    rows = Report.objects.filter(within(scope, "publication__question"), is_harmful=True, closed_at=None)
    rows = rows.select_related("publication").order_by("sent_at")
    title = "Readers report harm: you are on duty" if reviewer and reviewer.is_on_duty else "Readers report harm"
    return [make_queue(title, rows, "report", show=report_row, waits=attrgetter("sent_at"), at=at)]


def report_row(report: Report) -> Waiting:
    told = f"version {report.publication.version}, sent {report.sent_at:%Y-%m-%d %H:%M} UTC"
    return Waiting(report.publication.wording or report.publication.slug, admin_url(report), told)


def sent_in(user: User, at: datetime) -> list[Queue]:
    """Return the other reports, and the questions of readers that nobody has sorted, what most people ask first."""
    if curator_or_reviewer(user, None, at):
        return []
    reports = Report.objects.filter(is_harmful=False, closed_at=None).select_related("publication").order_by("sent_at")
    groups = SubmittedQuestion.objects.filter(outcome="").order_by().values("group", "language")
    counted = groups.annotate(times=Count("pk"), first=Min("pk")).order_by("-times", "first")
    return [
        make_queue("Readers report that something is wrong", reports, "report", show=report_row, waits=attrgetter("sent_at"), at=at),
        make_queue("Readers' questions to sort", counted, "submittedquestion", show=group_row),
    ]


def group_row(group: dict[str, Any]) -> Waiting:
    readers = "1 reader asks" if group["times"] == 1 else f"{group['times']} readers ask nearly the same"
    url = reverse("admin:faq_submittedquestion_change", args=[group["first"]])
    return Waiting(f"{readers}, in {language_name(group['language'])}", url)


# What was done.


def lately(request: HttpRequest) -> list[Waiting]:
    """Return the newest decisions of this person, each leading to what it was about."""
    if not may_enter(request):
        return []
    rows = (
        ReviewDecision.objects.filter(by=user_of(request))
        .select_related("question", "submission__answer")
        .defer("submission__words", "submission__answer__words")
    )
    return [done_row(row) for row in rows.order_by("-sequence")[:SHOWN]]


def done_row(decision: ReviewDecision) -> Waiting:
    where = decision.submission or decision.question or decision
    version = f", version {decision.version}" if decision.version else ""
    about = decision.submission.answer.wording if decision.submission else decision.question or decision.about
    return Waiting(f"{decision.get_kind_display()}: {about}{version}", admin_url(where), f"{decision.at:%Y-%m-%d %H:%M} UTC")
