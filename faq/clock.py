"""When a day begins and ends in the library's time zone (`LIBRARY_TIME_ZONE`), which days it knows, and how a review date stands."""

from bisect import bisect_left
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings

EARLIEST: Final = date(1900, 1, 1)
LATEST: Final = date(2100, 12, 31)
"""The library's calendar. A day outside is a slip of the keyboard, and near the ends of Python's own calendar (the years 1 and 9999)
no other time zone can be reckoned with, nor the day before or after: whoever showed such a date would fail."""
OPENS_AT: Final = datetime(1900, 1, 1, tzinfo=UTC)
CLOSES_AT: Final = datetime(2101, 1, 1, tzinfo=UTC)
"""The same for moments, for everybody at once, so that a database can hold them to it: from the first on, and before the second."""
TICK: Final = timedelta(microseconds=1)
"""As fine as the databases keep a moment."""


def zone() -> ZoneInfo:
    return ZoneInfo(settings.LIBRARY_TIME_ZONE)


def local_date(at: datetime) -> date:
    return at.astimezone(zone()).date()


# The calendar.


def calendar_fault(value: date | datetime) -> str:
    """Return why the library takes no such day or moment, or an empty string."""
    within = OPENS_AT <= value < CLOSES_AT if isinstance(value, datetime) else EARLIEST <= value <= LATEST
    return "" if within else f"must lie in the years {EARLIEST.year} to {LATEST.year}"


def read_day(text: str) -> date:
    """Return the day that YYYY-MM-DD names; raise ValueError, which says what is asked for, for anything else."""
    try:
        day = date.fromisoformat(text)
    except (TypeError, ValueError):
        raise ValueError("must be a day as YYYY-MM-DD") from None
    if fault := calendar_fault(day):
        raise ValueError(fault)
    return day


# Days.


def start_of_day(day: date) -> datetime:
    """Return, in UTC, the moment from which on the local date is `day` or later, for good.

    Not simply midnight. Where clocks go forward over it that hour does not exist, nor does a day that a zone leaves out on its way over
    the date line, which begins and ends at once. Where they go back over it there are two midnights, and the second is meant if the day
    before has come back in between.
    """
    # In UTC: between two moments of one zone Python counts what clocks show and not what passes, an hour too much when they go back.
    second, first = (datetime.combine(day, time.min, zone()).replace(fold=fold).astimezone(UTC) for fold in (1, 0))
    for midnight in (second, first):
        if local_date(midnight - TICK) < day <= local_date(midnight):
            return midnight
    # Clocks went forward from before midnight to after it (Toronto in 1919, from 23:30): the day begins in between, with the change.
    seconds = range(int((first - second).total_seconds()))
    return second + timedelta(seconds=bisect_left(seconds, True, key=lambda n: local_date(second + timedelta(seconds=n)) >= day))


def end_of_day(day: date) -> datetime:
    """Return, in UTC, the last moment at which the local date is `day` or earlier."""
    return start_of_day(day + timedelta(days=1)) - TICK


# Review dates.

REVIEW_STATES: Final = ("current", "due", "overdue")


def review_state(due_on: date, at: datetime) -> str:
    """Return `current`, `due` (the last REVIEW_DUE_DAYS days up to and with `due_on`) or `overdue` (after it)."""
    days_left = (due_on - local_date(at)).days
    if days_left < 0:
        return "overdue"
    return "due" if days_left < settings.REVIEW_DUE_DAYS else "current"


def days_in_review_state(state: str, at: datetime) -> tuple[date, date]:
    """Return the first and the last day on which what is in `state` at `at` is due; there is none where the last lies before the first."""
    today = local_date(at)
    soon = today + timedelta(days=settings.REVIEW_DUE_DAYS)
    days = {"overdue": (EARLIEST, today - timedelta(days=1)), "due": (today, soon - timedelta(days=1)), "current": (soon, LATEST)}
    return days[state]


def next_review_change(due_on: date, at: datetime) -> datetime | None:
    """Return the next moment after `at` at which time alone changes the review state; None once it is overdue."""
    today = local_date(at)
    days_left = (due_on - today).days
    # The first day that counts as due, and the day after the last.
    flips = (days_left - settings.REVIEW_DUE_DAYS + 1, days_left + 1)
    return next((start_of_day(today + timedelta(days=days)) for days in flips if days > 0), None)
