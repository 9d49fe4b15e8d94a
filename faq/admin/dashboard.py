"""What waits for somebody: the lists on the admin's first page."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db.models import F, Max
from django.http import HttpRequest
from django.urls import reverse

from faq import workflow
from faq.admin.base import admin_url
from faq.admin.permissions import may_enter, user_of
from faq.clock import review_state
from faq.models import (
    Answer,
    Erasure,
    EvidenceAlert,
    Publication,
    StandingText,
    Submission,
    SubmissionEditor,
    TopicName,
    TopicPlacement,
    User,
)

SHOWN: Final = 8
"""Rows of a queue on the first page, so that all seven queues stand there together."""


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
    """Return everything that waits: first what the person writes, then what others ask of them; nothing for who may not enter."""
    if not may_enter(request):
        return []
    user = user_of(request)
    every_queue = (own_drafts(user), to_decide(user), to_publish(), alerts(), reviews(at), proposals(), to_confirm())
    return [queue for queue in every_queue if queue.count]


def make_queue(title: str, rows: Iterable[Any], show: Callable[[Any], Waiting], where: str, query: str = "") -> Queue:
    """Return a Queue of `rows`; `where` is the model, in lower case, in whose list all of them stand under the filter `query`."""
    waiting = list(rows)
    return Queue(title, len(waiting), [show(row) for row in waiting[:SHOWN]], reverse(f"admin:faq_{where}_changelist") + query)


def newest_submissions() -> Any:
    """Return the newest submission of each answer, without its words."""
    # Words that were submitted again since are decided about no more, whatever the status of their answer.
    rows = Submission.objects.annotate(newest=Max("answer__submissions")).filter(newest=F("pk"))
    return rows.select_related("question", "answer", "submitted_by").defer("words").order_by("submitted_at")


def submission_row(submission: Submission) -> Waiting:
    note = f"{submission.language}, {submission.audience}, by {submission.submitted_by}, {submission.submitted_at:%Y-%m-%d}"
    return Waiting(submission.answer.wording, admin_url(submission), note)


def own_drafts(user: User) -> Queue:
    rows = Answer.objects.filter(author=user, status=Answer.Status.DRAFT).order_by("-changed_at")
    return make_queue("My drafts", rows, lambda row: Waiting(row.wording, admin_url(row), f"changed {row.changed_at:%Y-%m-%d}"), "answer")


def to_decide(user: User) -> Queue:
    """Return what waits for a decision, but for words of which `user` wrote part: four eyes."""
    own = SubmissionEditor.objects.filter(user=user).values("submission")
    rows = newest_submissions().filter(answer__status=Answer.Status.SUBMITTED).exclude(pk__in=own)
    return make_queue("Awaiting a decision", rows, submission_row, "submission")


def to_publish() -> Queue:
    rows = newest_submissions().filter(answer__status=Answer.Status.APPROVED)
    return make_queue("Approved, awaiting publication", rows, submission_row, "submission", "?standing=approved")


def alerts() -> Queue:
    rows = EvidenceAlert.objects.filter(outcome="").select_related("publication", "source")
    return make_queue("Evidence alerts to look at", rows, alert_row, "evidencealert")


def alert_row(alert: EvidenceAlert) -> Waiting:
    return Waiting(alert.publication.wording, admin_url(alert), f"{alert.source.key} was {alert.state}")


def reviews(at: datetime) -> Queue:
    """Return the entries whose review is due within REVIEW_DUE_DAYS, or late."""
    # One day less: the same entries as clock.review_state calls due, and the list behind this queue (filters.ReviewDueFilter) shows.
    rows = workflow.due_reviews(at, settings.REVIEW_DUE_DAYS - 1)

    def show(row: Publication) -> Waiting:
        return Waiting(row.wording, admin_url(row), f"{review_state(row.next_review_due_on, at)}: {row.next_review_due_on}")

    return make_queue("Reviews due", rows, show, "publication", "?review=due")


def proposals() -> Queue:
    """Return the texts, names and places that wait for a second person; the link leads to the list of the first that there are any of."""
    waiting = [
        *StandingText.objects.proposed().select_related("proposed_by").order_by("proposed_at"),
        *TopicName.objects.proposed().select_related("proposed_by").order_by("proposed_at"),
        *TopicPlacement.objects.proposed().select_related("topic", "proposed_by").order_by("proposed_at"),
    ]
    where = waiting[0]._meta.model_name if waiting else "standingtext"
    return make_queue("Texts awaiting a second person", waiting, text_row, where, "?standing=proposed")


def text_row(text: StandingText | TopicName | TopicPlacement) -> Waiting:
    return Waiting(str(text), admin_url(text), f"by {text.proposed_by}")


def to_confirm() -> Queue:
    """Return restored versions, the oldest first, then erasures."""
    restored = Publication.objects.unconfirmed().order_by("published_at")
    erasures = Erasure.objects.filter(confirmed_at=None).select_related("question", "requested_by")
    rows = [Waiting(str(row), admin_url(row), f"restored on {row.published_at:%Y-%m-%d %H:%M} UTC; held") for row in restored]
    rows += [Waiting(str(row), admin_url(row), f"erasure, asked for by {row.requested_by}") for row in erasures]
    return make_queue("To be confirmed by a second person", rows, lambda row: row, "publication" if restored else "erasure")
