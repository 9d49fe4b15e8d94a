"""What a reader asked for, read from the query string. Whatever means nothing here is a 400 that names what would."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, get_args

from django.http import QueryDict

from faq.api.pagination import LARGEST_PAGE, LAST_PAGE, PAGE_SIZE, Page
from faq.api.problems import Refused
from faq.clock import end_of_day, local_date
from faq.models import Publication
from faq.payload import Audience

AUDIENCES: Final = get_args(Audience)
OPEN_AUDIENCES: Final = tuple(audience for audience in AUDIENCES if audience != "clinician")
ANY: Final = "any"


@dataclass(frozen=True)
class Listing:
    """A list of entries as asked for: audiences and languages (none: every one)."""

    page: Page
    audiences: tuple[str, ...]
    languages: tuple[str, ...]


def known_only(params: QueryDict, known: Sequence[str]) -> None:
    """Raise Refused for parameters that are not `known`."""
    names = ", ".join(known) or "none"
    strangers = [(name, f"Unknown parameter. Known here: {names}.") for name in params if name not in known]
    if strangers:
        raise Refused(strangers)


def single(params: QueryDict, name: str) -> str | None:
    """Return the one value of a parameter that may not be repeated; None where it is not there."""
    values = params.getlist(name)
    if len(values) > 1:
        raise Refused([(name, "Give it once.")])
    return values[0] if values else None


def whole_number(params: QueryDict, name: str, default: int, largest: int) -> int:
    """Return a whole number from 1 to `largest`."""
    value = single(params, name)
    if value is None:
        return default
    if not re.fullmatch("[0-9]{1,9}", value) or not 1 <= int(value) <= largest:
        raise Refused([(name, f"Must be a whole number from 1 to {largest}.")])
    return int(value)


def page(params: QueryDict, filters: Sequence[tuple[str, str]] = ()) -> Page:
    """Return the page asked for, of the list that `filters` make."""
    number = whole_number(params, "page", 1, LAST_PAGE)
    return Page(number, whole_number(params, "page_size", PAGE_SIZE, LARGEST_PAGE), tuple(filters))


def listing(params: QueryDict) -> Listing:
    """Return the list of entries asked for."""
    who, codes = audiences(params), languages(params)
    named = {AUDIENCES: (ANY,), OPEN_AUDIENCES: ()}.get(who, who)
    filters = [*(("audience", value) for value in named), *(("language", value) for value in codes)]
    return Listing(page(params, filters), who, codes)


def audiences(params: QueryDict) -> tuple[str, ...]:
    """Return the audiences to bring: any of those named, or all but clinicians where none is."""
    asked = set(params.getlist("audience"))
    if asked - {*AUDIENCES, ANY}:
        raise Refused([("audience", f"Unknown value. Known: {', '.join((*AUDIENCES, ANY))}.")])
    if ANY in asked:
        return AUDIENCES
    return tuple(audience for audience in AUDIENCES if audience in asked) or OPEN_AUDIENCES


def languages(params: QueryDict) -> tuple[str, ...]:
    """Return the languages to bring. Known are those of the library: a code it has nothing in is more likely a slip than a wish."""
    asked = set(params.getlist("language"))
    if not asked:
        return ()
    known = set(Publication.objects.current().order_by().values_list("language", flat=True).distinct())
    if asked - known:
        raise Refused([("language", f"No entry is in this language. Known: {', '.join(sorted(known)) or 'none yet'}.")])
    return tuple(sorted(asked))


def as_of(params: QueryDict, now: datetime) -> datetime | None:
    """Return the moment asked about: the end of a day in the library's time zone, or `now` for today; None where none is."""
    value = single(params, "as_of")
    if value is None:
        return None
    day = calendar_day(value)
    if day is None:
        raise Refused([("as_of", "Must be a day, as YYYY-MM-DD.")])
    today = local_date(now)
    if day > today:
        raise Refused([("as_of", f"That day has not come yet; the library's date is {today}.")])
    return now if day == today else end_of_day(day)


def calendar_day(value: str) -> date | None:
    """Return the day that YYYY-MM-DD names, or None where it names none."""
    try:
        return date.fromisoformat(value) if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", value) else None
    except ValueError:
        return None
