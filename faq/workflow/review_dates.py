"""The day of the next review: which one is offered, and which a verb takes. Every verb that sets one asks here."""

from datetime import date, datetime, timedelta

from django.conf import settings

from faq.clock import LATEST, local_date
from faq.workflow.errors import TransitionRefused


def review_interval(origin: str) -> int:
    """Return the days until the next review that words of an `origin` usually get: half as many where an AI took part."""
    return settings.REVIEW_INTERVAL_DAYS if origin == "human" else max(1, settings.REVIEW_INTERVAL_DAYS // 2)


def offered_review_day(origin: str, at: datetime) -> date:
    return local_date(at) + timedelta(days=review_interval(origin))


def latest_review_day(at: datetime) -> date:
    """Return the last day that a decision of the moment `at` may name."""
    return min(local_date(at) + timedelta(days=settings.REVIEW_LONGEST_DAYS), LATEST)


def check_review_day(due_on: date, at: datetime) -> None:
    """Raise TransitionRefused for a day that a decision of the moment `at` may not name for the next review."""
    if due_on <= local_date(at):
        raise TransitionRefused("The next review must lie ahead; choose a later day.")
    if due_on > latest_review_day(at):
        raise TransitionRefused(f"The next review may be on {latest_review_day(at)} at the latest; choose that day or an earlier one.")
