"""When a day begins and ends in the library's time zone (`LIBRARY_TIME_ZONE`), and how a review date stands."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings


def zone() -> ZoneInfo:
    """Return the library's time zone."""
    return ZoneInfo(settings.LIBRARY_TIME_ZONE)


def local_date(at: datetime) -> date:
    """Return the day that the aware moment `at` falls on in the library's time zone."""
    return at.astimezone(zone()).date()


def start_of_day(day: date) -> datetime:
    """Return the first moment of `day` in the library's time zone."""
    return datetime.combine(day, time.min, zone())


def end_of_day(day: date) -> datetime:
    """Return the last moment (by the microsecond) of `day` in the library's time zone."""
    return start_of_day(day + timedelta(days=1)) - timedelta(microseconds=1)


def review_state(due_on: date, at: datetime) -> str:
    """Return `current`, `due` (the last REVIEW_DUE_DAYS days up to and with `due_on`) or `overdue` (after it)."""
    today = local_date(at)
    if today > due_on:
        return "overdue"
    return "due" if today > due_on - timedelta(days=settings.REVIEW_DUE_DAYS) else "current"


def next_flip(due_on: date, at: datetime) -> datetime | None:
    """Return the next moment after `at` at which time alone changes the review state; None once it is overdue."""
    flips = (start_of_day(due_on - timedelta(days=settings.REVIEW_DUE_DAYS - 1)), start_of_day(due_on + timedelta(days=1)))
    return next((moment for moment in flips if moment > at), None)
