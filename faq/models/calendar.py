"""The library's calendar as a rule of the database, so that no row is kept that no reader could be shown."""

from collections.abc import Sequence

from django.db.models import CheckConstraint, Q

from faq.clock import CLOSES_AT, EARLIEST, LATEST, OPENS_AT


def in_calendar(table: str, *, days: Sequence[str] = (), moments: Sequence[str] = ()) -> CheckConstraint:
    """Return the constraint that each of these columns of `table` is empty or lies in the calendar."""
    condition = Q()
    for column in days:
        condition &= Q((f"{column}__gte", EARLIEST), (f"{column}__lte", LATEST))
    for column in moments:
        condition &= Q((f"{column}__gte", OPENS_AT), (f"{column}__lt", CLOSES_AT))
    return CheckConstraint(condition=condition, name=f"{table}_in_calendar")
