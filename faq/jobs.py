"""What the clock does: publish what is scheduled, hold what nobody confirmed, expire what is due, remind of reviews, tidy up.

Each step takes one row in one transaction, looks again under its lock, and so is safe to run twice and on two machines at once.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Final, TypeVar

from django.conf import settings
from django.core.mail import send_mail
from django.db import IntegrityError, transaction
from django.db.models import Q

from faq import workflow
from faq.clock import local_date, review_state
from faq.models import Answer, ImportFile, Publication, ReviewReminder, User

Row = TypeVar("Row")
logger = logging.getLogger(__name__)

SUBJECT: Final = "Reviews due in the question library"
FORGOTTEN_AFTER: Final = timedelta(days=1)
"""How long a file that was chosen and not imported is kept."""


def run(at: datetime) -> dict[str, int]:
    """Do every job at the moment `at`; return how many rows each one moved, and `refused`, those that need a person."""
    refused: list[str] = []
    counts = {
        "published": publish_scheduled(at, refused),
        "held": hold_unconfirmed(at, refused),
        "expired": expire_due(at, refused),
        "reminded": remind(at),
        "forgotten": forget_files(at),
    }
    for text in refused:
        logger.warning("%s", text)
    return counts | {"refused": len(refused)}


def each(rows: Iterable[Row], act: Callable[[Row], object], refused: list[str]) -> int:
    """Act on each row; count those that moved, and note refusals so that one row in trouble stops no other."""
    moved = 0
    for row in rows:
        try:
            moved += bool(act(row))
        except workflow.TransitionRefused as error:
            refused.append(f"{row}: {error}")
    return moved


def publish_scheduled(at: datetime, refused: list[str]) -> int:
    """Publish the answers whose moment has come, the earliest first; one that is refused stays scheduled."""
    rows = Answer.objects.filter(status=Answer.Status.SCHEDULED, scheduled_for__lte=at).order_by("scheduled_for", "pk")
    return each(rows, lambda answer: workflow.publish_scheduled(answer, at=at), refused)


def hold_unconfirmed(at: datetime, refused: list[str]) -> int:
    """Hold the restored versions that no second person confirmed in time."""
    rows = Publication.objects.current().filter(confirm_by__lte=at, is_held=False).order_by("pk")
    return each(rows, lambda publication: workflow.hold_unconfirmed(publication, at=at), refused)


def expire_due(at: datetime, refused: list[str]) -> int:
    """Expire what is due, or nothing where that would be too much for one run."""
    try:
        return len(workflow.expire_due(at=at))
    except workflow.TransitionRefused as error:
        refused.append(str(error))
        return 0


def remind(at: datetime) -> int:
    """Mail one digest of the review dates that became due or overdue since the last; return how many entries it names.

    A ReviewReminder row is the claim. Where the mail cannot be sent the claims are given back and the next run tries again.
    """
    claims = [claim for publication in workflow.due_reviews(at, settings.REVIEW_DUE_DAYS) if (claim := claimed(publication, at))]
    to = addresses(at)
    if not claims or not to:
        return len(claims)
    lines = [f"{claim.due_on}  {claim.state:8}  {settings.PUBLIC_URL}/questions/{claim.question.slug}/" for claim in claims]
    try:
        send_mail(SUBJECT, "\n".join(["These entries are due for review, or overdue:", "", *lines, ""]), None, to)
    except OSError:
        logger.exception("The digest could not be sent; the next run tries again.")
        ReviewReminder.objects.filter(pk__in=[claim.pk for claim in claims]).delete()
        return 0
    return len(claims)


def claimed(publication: Publication, at: datetime) -> ReviewReminder | None:
    """Claim the reminder of one entry's review date; None where it is not due or another run has claimed it."""
    state = review_state(publication.next_review_due_on, at)
    if state == "current":
        return None
    key = {"question": publication.question, "version": publication.version, "state": state, "due_on": publication.next_review_due_on}
    try:
        with transaction.atomic():
            claim, made = ReviewReminder.objects.get_or_create(**key, defaults={"claimed_at": at})
    except IntegrityError:
        return None
    return claim if made else None


def addresses(at: datetime) -> list[str]:
    """Return the mail addresses of leads and of active reviewers."""
    reviewing = Q(reviewer__revoked_at=None, reviewer__verified_until__gte=local_date(at))
    people = User.objects.filter(Q(groups__name="lead") | reviewing, is_active=True).exclude(email="")
    return sorted(set(people.values_list("email", flat=True)))


def forget_files(at: datetime) -> int:
    """Throw away the files that were chosen in the admin and not imported since; return how many. They can be chosen again."""
    return ImportFile.objects.filter(made_at__lt=at - FORGOTTEN_AFTER).delete()[0]
