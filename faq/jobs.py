"""What the clock does: publish what is scheduled, expire what is due, remind of reviews, compose, make vectors, tidy up.

Each step takes one row in one transaction, looks again under its lock, and so is safe to run twice and on two machines at once.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from django.conf import settings
from django.core.mail import send_mail
from django.db import IntegrityError, connection, transaction
from django.db.models import Q

from faq import alarms, throttle, workflow
from faq.clock import local_date, review_state
from faq.models import (
    Answer,
    Feedback,
    ImportFile,
    MissedSearch,
    Publication,
    ReaderWrite,
    Report,
    ReviewReminder,
    SignInAttempt,
    SubmittedQuestion,
    User,
)
from faq.public.links import page_url
from faq.workflow import published, publishing, vectors
from faq.workflow.phrasings import UNPUBLISHED

Row = TypeVar("Row")
logger = logging.getLogger(__name__)


@dataclass
class Trouble:
    """What a run could not do: `refused` needs a person, `failed` somebody who reads the log, `unreached` are due and told to nobody."""

    refused: list[str]
    failed: list[str]
    unreached: int = 0


Job = Callable[[datetime, Trouble], int]

SUBJECT: Final = "Reviews due in the question library"
FORGOTTEN_AFTER: Final = timedelta(days=1)
"""How long a file that was chosen and not imported is kept."""
LONGEST_ENCODING: Final = 40.0
"""Seconds that a run makes sentence vectors: the next one, a minute after it began, goes on."""


def run(at: datetime) -> dict[str, int]:
    """Do every job at the moment `at`; return how many rows each one moved, and what it could not do, as in Trouble.

    A job that fails stops no other: what it could not do is logged, and counted under `failed`.
    """
    trouble = Trouble([], [])
    counts = {name: attempt(name, job, at, trouble) for name, job in JOBS.items()}
    for text in trouble.refused:
        logger.warning("%s", text)
    return counts | {"unreached": trouble.unreached, "refused": len(trouble.refused), "failed": len(trouble.failed)}


def attempt(name: str, job: Job, at: datetime, trouble: Trouble) -> int:
    try:
        return job(at, trouble)
    except Exception:
        note_failure(name, trouble)
        return 0


def note_failure(what: str, trouble: Trouble) -> None:
    """Log the exception under way. A lost connection is given up, so that whatever comes next gets a new one."""
    logger.exception("%s failed; what comes after it goes on.", what)
    trouble.failed.append(what)
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()


def act_on_each(rows: Iterable[Row], act: Callable[[Row], object], trouble: Trouble) -> int:
    """Act on each row; count those that moved, and note refusals and failures so that one row in trouble stops no other."""
    moved = 0
    for row in rows:
        try:
            moved += bool(act(row))
        except workflow.TransitionRefused as error:
            trouble.refused.append(f"{row}: {error}")
        except Exception:
            note_failure(str(row), trouble)
    return moved


def publish_due(at: datetime, trouble: Trouble) -> int:
    """Publish the answers whose moment has come, the earliest first; one that is refused stays scheduled."""
    rows = Answer.objects.filter(status=Answer.Status.SCHEDULED, scheduled_for__lte=at).order_by("scheduled_for", "pk")
    return act_on_each(rows, lambda answer: workflow.publish_scheduled(answer, at=at), trouble)


def expire_all_due(at: datetime, trouble: Trouble) -> int:
    """Expire what is due, or nothing where that would be too much for one run."""
    try:
        due = published.allowed_to_expire(at)
    except workflow.TransitionRefused as error:
        trouble.refused.append(str(error))
        return 0
    return act_on_each(due, lambda publication: workflow.expire(publication, at=at), trouble)


def remind(at: datetime, trouble: Trouble) -> int:
    """Mail one digest of the review dates that became due or overdue since the last; return how many of them somebody was told.

    A ReviewReminder row is the claim, made before the mail, so that two machines send one. Where nobody has an address, or no server
    takes the mail, the claims are given back: the next run tries again.
    """
    due = untold(workflow.due_reviews(at, settings.REVIEW_DUE_DAYS), at)
    to = recipients(at)
    if not to:  # nothing is written every minute for nobody
        trouble.unreached += len(due)
        return 0
    claims = [claim for publication in due if (claim := claim_reminder(publication, at))]
    if claims and mail_digest(due, claims, to, trouble):
        return len(claims)
    ReviewReminder.objects.filter(pk__in=[claim.pk for claim in claims]).delete()
    trouble.unreached += len(claims)
    return 0


def untold(due: Iterable[Publication], at: datetime) -> list[Publication]:
    """Return those of `due` that nobody was reminded of yet."""
    told = set(ReviewReminder.objects.values_list("question", "version", "state", "due_on"))
    keys = {publication: reminder_key(publication, at) for publication in due}
    return [publication for publication, key in keys.items() if key["state"] != "current" and tuple(key.values()) not in told]


def reminder_key(publication: Publication, at: datetime) -> dict[str, Any]:
    """Return the columns that tell one reminder from others."""
    state = review_state(publication.next_review_due_on, at)
    return {
        "question_id": publication.question_id,
        "version": publication.version,
        "state": state,
        "due_on": publication.next_review_due_on,
    }


def mail_digest(due: Iterable[Publication], claims: Iterable[ReviewReminder], to: list[str], trouble: Trouble) -> bool:
    """Mail the digest of `claims`; return whether a server took it."""
    languages = {publication.question_id: publication.language for publication in due}
    lines = [f"{claim.due_on}  {claim.state:8}  {page_url(claim.question.slug, languages[claim.question_id])}" for claim in claims]
    try:
        return send_mail(SUBJECT, "\n".join(["These entries are due for review, or overdue:", "", *lines, ""]), None, to) > 0
    except Exception:  # whatever it is (a server away, an address that is none), nobody was reminded
        note_failure("The digest of reviews", trouble)
        return False


def claim_reminder(publication: Publication, at: datetime) -> ReviewReminder | None:
    """Claim the reminder of one entry's review date; None where another run has claimed it."""
    try:
        with transaction.atomic():
            claim, made = ReviewReminder.objects.get_or_create(**reminder_key(publication, at), defaults={"claimed_at": at})
    except IntegrityError:
        return None
    return claim if made else None


def recipients(at: datetime) -> list[str]:
    """Return the mail addresses of leads and of active reviewers."""
    reviewing = Q(reviewer__revoked_at=None, reviewer__verified_until__gte=local_date(at))
    people = User.objects.filter(Q(groups__name="lead") | reviewing, is_active=True).exclude(email="")
    return sorted(set(people.values_list("email", flat=True)))


def tell_of_harm(at: datetime, trouble: Trouble) -> int:
    """Mail what a request could not: the server for mail was away, or nobody had an address yet."""
    reports = alarms.untold()
    told = act_on_each(reports, lambda report: alarms.tell_of_harm(report, at), trouble)
    trouble.unreached += len(reports) - told
    return told


def compose(at: datetime, trouble: Trouble) -> int:
    return publishing.compose_outdated(at)


def encode(at: datetime, trouble: Trouble) -> int:
    return vectors.make_vectors(LONGEST_ENCODING)


def delete_old_files(at: datetime, trouble: Trouble) -> int:
    """Throw away the files that were chosen in the admin and not imported since; return how many. They can be chosen again.

    Old tries to sign in go with them, uncounted."""
    SignInAttempt.objects.filter(at__lt=at - FORGOTTEN_AFTER).delete()
    return ImportFile.objects.filter(made_at__lt=at - FORGOTTEN_AFTER).delete()[0]


def delete_readers_words(at: datetime, trouble: Trouble) -> int:
    """Delete what readers wrote READER_TEXT_DAYS ago; return how many texts went.

    A way of asking that waits for its entry's next version is an editor's words, and stays until then; so does an open report.
    """
    ReaderWrite.objects.filter(at__lt=at - throttle.KEPT).delete()
    before = at - timedelta(days=settings.READER_TEXT_DAYS)
    MissedSearch.objects.filter(last_on__lt=local_date(before)).delete()
    asked = SubmittedQuestion.objects.filter(asked_at__lt=before)
    pending = asked.filter(UNPUBLISHED)
    emptied = pending.exclude(text="").update(text="", terms="")
    deleted, _rows = asked.exclude(pk__in=pending.values("pk")).delete()
    comments = Feedback.objects.filter(sent_at__lt=before).exclude(comment="").update(comment="")
    reports = Report.objects.filter(closed_at__lt=before).exclude(text="").update(text="")
    return emptied + deleted + comments + reports


JOBS: Final[dict[str, Job]] = {
    "published": publish_due,
    "expired": expire_all_due,
    "reminded": remind,
    "alarmed": tell_of_harm,
    "composed": compose,
    "forgotten": delete_old_files,
    "readers_words_deleted": delete_readers_words,
    "encoded": encode,
}
"""What each counts, and the job, in this order."""
