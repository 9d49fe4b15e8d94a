"""The change feed: what readers can notice since a cursor, row by row, so that an app's copy of the library keeps in step."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponse, QueryDict
from django.utils import timezone
from rest_framework.exceptions import APIException
from rest_framework.request import Request

from faq.api import params
from faq.api.pagination import PageLinks
from faq.api.views import ListView
from faq.public import feed
from faq.public.documents import encoded
from faq.public.errors import InvalidParams
from faq.public.feed import BEGINNING, MOST_ENTRIES, Cursor, Filter, is_known, read_cursor
from faq.public.links import absolute_url

ROWS: Final = 100
MOST_ROWS: Final = 500
ENTRY: Final = "entry"
NO_CURSOR: Final = "Must be a cursor, as `next` of the feed or the header Library-Cursor of a list gave it."
RESET: Final = (
    "This cursor is none of this library's history: a backup was restored, or it is another library. Begin anew: keep the header"
    " Library-Cursor of the first page of entries/, read all pages, put them in the place of your copy, and follow from that cursor."
)


class FeedReset(APIException):
    """A cursor that this library never gave, or gave in a history that was lost: 409, and the client begins anew."""

    status_code = 409

    def __init__(self) -> None:
        super().__init__(RESET)
        self.members = {"type": absolute_url("/api/docs/#feed-reset"), "title": "The feed begins anew"}


@dataclass(frozen=True)
class FeedParams:
    """A page of the feed as asked for: `named` are the filters as pairs, in a fixed order."""

    since: Cursor
    limit: int
    chosen: Filter
    named: Sequence[tuple[str, str]]
    with_entries: bool

    @property
    def most_rows(self) -> int:
        """How many rows the page has at most: fewer than `limit` where each brings an entry."""
        return min(self.limit, MOST_ENTRIES) if self.with_entries else self.limit

    def canonical(self, since: Cursor | None = None) -> str:
        """Return the query string for the page, or for the one after `since`."""
        embedding = [("include", ENTRY)] if self.with_entries else []
        return urlencode([*self.named, *embedding, ("limit", self.limit), ("since", str(since or self.since))])


class ChangeFeed(ListView):
    """Rows after a cursor, the oldest first; `next` is where to ask again, at once where `has_more`, else later."""

    known = ("since", "limit", "language", "topic", "include")

    def get(self, request: Request) -> HttpResponse:
        """Answer with a page; 409 where the cursor is not of this library's history."""
        now = timezone.now()
        state = self.library_state(now)
        asked = feed_params(request.query_params)
        if not is_known(asked.since):
            raise FeedReset
        found, end = feed.read_page(asked.since, state, asked.chosen, asked.most_rows)
        rows = [feed.row_json(change, kind) for change, kind in found]
        if asked.with_entries:
            entries = feed.embedded([change for change, _ in found], now)
            rows = [row | {ENTRY: entries.get((row["slug"], row["version"]))} for row in rows]
        has_more = end.sequence < int(state.last_sequence)
        address = absolute_url(f"{request.path}?{asked.canonical(end)}")
        body = encoded({"next": address, "has_more": has_more, "library_status": settings.LIBRARY_STATUS, "results": rows})
        return self.answer(request, state, asked, PageLinks(address if has_more else None, None), body, now, end)


def feed_params(query: QueryDict) -> FeedParams:
    """Return the page asked for."""
    languages, slugs = language_param(query), sorted(set(query.getlist("topic")))
    chosen = Filter(languages, topic_param(slugs))
    named = [*(("language", code) for code in languages), *(("topic", slug) for slug in slugs)]
    limit = params.whole_number(query, "limit", ROWS, MOST_ROWS)
    return FeedParams(since_param(query), limit, chosen, named, include_param(query))


def since_param(query: QueryDict) -> Cursor:
    """Return the cursor to go on from; without one the feed starts at its beginning."""
    value = params.single(query, "since")
    try:
        return BEGINNING if value is None else read_cursor(value)
    except ValueError:
        raise InvalidParams([("since", NO_CURSOR)]) from None


def language_param(query: QueryDict) -> tuple[str, ...]:
    """Return the languages to tell of. Known is each that ever had a text in force, though its last entry may be gone."""
    asked = set(query.getlist("language"))
    known = feed.known_languages() if asked else set()
    if asked - known:
        raise InvalidParams([("language", f"No text was ever in this language. Known: {', '.join(sorted(known)) or 'none yet'}.")])
    return tuple(sorted(asked))


def topic_param(asked: Sequence[str]) -> frozenset[str]:
    """Return the topics to tell of: those `asked`, and all that stand below them today."""
    if not asked:
        return frozenset()
    family, known = feed.topic_families(asked)
    if len(family) < len(asked):
        raise InvalidParams([("topic", f"No entry was ever in this topic. Known: {', '.join(sorted(known)) or 'none yet'}.")])
    return frozenset().union(*family.values())


def include_param(query: QueryDict) -> bool:
    """Return whether each row brings its version of the entry."""
    asked = set(query.getlist("include"))
    if asked - {ENTRY}:
        raise InvalidParams([("include", f"Unknown value. Known: {ENTRY}.")])
    return bool(asked)
