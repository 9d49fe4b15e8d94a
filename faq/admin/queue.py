"""What waits for somebody: the lists on the admin's first page."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Final

from django.conf import settings
from django.db.models import F, Max, Q
from django.http import HttpRequest
from django.urls import reverse

from faq import workflow
from faq.admin.access import person, sees_desks
from faq.admin.desk import address
from faq.clock import review_state
from faq.models import Answer, Erasure, EvidenceAlert, Publication, StandingText, Submission, SubmissionEditor, TopicName, User

SHOWN: Final = 8


@dataclass(frozen=True)
class Waiting:
    """One thing that waits: its words, where it is opened, and a remark."""

    label: str
    url: str
    note: str = ""


@dataclass(frozen=True)
class Queue:
    """A list of what waits; `rows` are the first of `count`, and `url` leads to all of them."""

    title: str
    count: int
    rows: list[Waiting]
    url: str


def queues(request: HttpRequest, at: datetime) -> list[Queue]:
    """Return everything that waits: first what the person writes, then what others ask of them. Nothing for who sees no desk."""
    if not sees_desks(request):
        return []
    user = person(request)
    made = (mine(user), to_decide(user), to_publish(), alerts(), reviews(at), texts(), to_confirm())
    return [queue for queue in made if queue.count]


def queue(title: str, rows: Iterable[Any], show: Callable[[Any], Waiting], where: str, query: str = "") -> Queue:
    """Return a Queue of `rows`, the first of them shown."""
    found = list(rows)
    return Queue(title, len(found), [show(row) for row in islice(found, SHOWN)], reverse(f"admin:faq_{where}_changelist") + query)


def newest() -> Any:
    """Return the newest submission of each answer, without its words."""
    rows = Submission.objects.annotate(newest=Max("answer__submissions")).filter(newest=F("pk"))
    return rows.select_related("question", "answer", "submitted_by").defer("words").order_by("submitted_at")


def submission_row(submission: Submission) -> Waiting:
    """Return a submission as it waits."""
    note = f"{submission.language}, {submission.audience}, by {submission.submitted_by}, {submission.submitted_at:%Y-%m-%d}"
    return Waiting(submission.answer.wording, address(submission), note)


def mine(user: User) -> Queue:
    """Return the person's own drafts."""
    rows = Answer.objects.filter(author=user, status=Answer.Status.DRAFT).order_by("-changed_at")
    return queue("My drafts", rows, lambda row: Waiting(row.wording, address(row), f"changed {row.changed_at:%Y-%m-%d}"), "answer")


def to_decide(user: User) -> Queue:
    """Return what others submitted and nobody decided about."""
    own = SubmissionEditor.objects.filter(user=user).values("submission")
    rows = newest().filter(answer__status=Answer.Status.SUBMITTED).exclude(pk__in=own)
    return queue("Awaiting a decision", rows, submission_row, "submission")


def to_publish() -> Queue:
    """Return what was approved and waits for a publisher."""
    rows = newest().filter(answer__status=Answer.Status.APPROVED)
    return queue("Approved, awaiting publication", rows, submission_row, "submission", "?standing=approved")


def alerts() -> Queue:
    """Return the evidence alerts that nobody looked at."""
    rows = EvidenceAlert.objects.filter(outcome="").select_related("publication", "source")
    return queue("Evidence alerts to look at", rows, alert_row, "evidencealert")


def alert_row(alert: EvidenceAlert) -> Waiting:
    """Return an alert as it waits."""
    return Waiting(alert.publication.wording, address(alert), f"{alert.source.key} was {alert.state}")


def reviews(at: datetime) -> Queue:
    """Return the entries whose review is near or late."""
    rows = workflow.due_reviews(at, settings.REVIEW_DUE_DAYS - 1)

    def show(row: Publication) -> Waiting:
        return Waiting(row.wording, address(row), f"{review_state(row.next_review_due_on, at)}: {row.next_review_due_on}")

    return queue("Reviews due", rows, show, "publication", "?review=due")


def texts() -> Queue:
    """Return the standing texts and topic names that wait for a second person."""
    texts = list(StandingText.objects.proposed().select_related("proposed_by").order_by("proposed_at"))
    names = list(TopicName.objects.proposed().select_related("proposed_by").order_by("proposed_at"))
    where = "standingtext" if texts else "topicname"
    return queue("Texts awaiting a second person", [*texts, *names], text_row, where, "?standing=proposed")


def text_row(text: StandingText | TopicName) -> Waiting:
    """Return a proposed text as it waits."""
    return Waiting(str(text), address(text), f"by {text.proposed_by}")


def to_confirm() -> Queue:
    """Return restored versions and erasures that wait for a second person."""
    restored = Publication.objects.current().filter(~Q(confirm_by=None)).order_by("confirm_by")
    erasures = Erasure.objects.filter(confirmed_at=None).select_related("question", "requested_by")
    rows = [Waiting(str(row), address(row), f"restored; held from {row.confirm_by:%Y-%m-%d %H:%M} UTC") for row in restored]
    rows += [Waiting(str(row), address(row), f"erasure, asked for by {row.requested_by}") for row in erasures]
    return queue("To be confirmed by a second person", rows, lambda row: row, "publication" if restored else "erasure")
