"""What a reader asked for, read from the query string. Whatever means nothing here is a 400 that names what would."""

import re
from collections.abc import Sequence
from datetime import date, datetime

from django.http import QueryDict

from faq.api.pagination import LARGEST_PAGE, LAST_PAGE, PAGE_SIZE, Page
from faq.clock import end_of_day, local_date
from faq.public.errors import InvalidParams


def refuse_unknown(params: QueryDict, known: Sequence[str]) -> None:
    """Raise Refused for parameters that are not `known`."""
    names = ", ".join(known) or "none"
    strangers = [(name, f"Unknown parameter. Known here: {names}.") for name in params if name not in known]
    if strangers:
        raise InvalidParams(strangers)


def single(params: QueryDict, name: str) -> str | None:
    """Return the one value of a parameter that may not be repeated; None where it is not there."""
    values = params.getlist(name)
    if len(values) > 1:
        raise InvalidParams([(name, "Give it once.")])
    return values[0] if values else None


def whole_number(params: QueryDict, name: str, default: int, largest: int) -> int:
    """Return a whole number from 1 to `largest`."""
    value = single(params, name)
    if value is None:
        return default
    if not re.fullmatch("[0-9]{1,9}", value) or not 1 <= int(value) <= largest:
        raise InvalidParams([(name, f"Must be a whole number from 1 to {largest}.")])
    return int(value)


def page_param(params: QueryDict, filters: Sequence[tuple[str, str]] = ()) -> Page:
    """Return the page asked for, of the list that `filters` make, which is read by page numbers."""
    number = whole_number(params, "page", 1, LAST_PAGE)
    return Page(number, whole_number(params, "page_size", PAGE_SIZE, LARGEST_PAGE), tuple(filters))


def as_of_param(params: QueryDict, now: datetime) -> datetime | None:
    """Return the moment asked about: the end of a day in the library's time zone, or `now` for today; None where none is."""
    value = single(params, "as_of")
    if value is None:
        return None
    day = calendar_day(value)
    if day is None:
        raise InvalidParams([("as_of", "Must be a day, as YYYY-MM-DD.")])
    today = local_date(now)
    if day > today:
        raise InvalidParams([("as_of", f"That day has not come yet; the library's date is {today}.")])
    return now if day == today else end_of_day(day)


def calendar_day(value: str) -> date | None:
    """Return the day that YYYY-MM-DD names, or None where it names none."""
    try:
        return date.fromisoformat(value) if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", value) else None
    except ValueError:
        return None
