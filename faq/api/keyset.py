"""Lists of entries that go on from an entry, not from a number, so that whoever follows them misses none and meets none twice.

A cursor is a place between two entries, kept as the sort key of one of them, which may be gone by now. Pages that follow each other
share none of the list, however entries come and go meanwhile; page numbers are for jumping alone.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, NamedTuple
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import QueryDict

from faq.api.fields import fields_param
from faq.api.pagination import LARGEST_PAGE, LAST_PAGE, PAGE_SIZE, PageLinks
from faq.api.params import single, whole_number
from faq.models import Document
from faq.public.errors import InvalidParams
from faq.public.links import absolute_url
from faq.public.listing import SORT_KEYS

Pairs = tuple[tuple[str, str], ...]
QUESTION: Final = "question"
DIGEST: Final = 6
"""Bytes by which a cursor is known again. They are for slips: there is nothing in a cursor that would be worth forging."""
LONGEST_CURSOR: Final = 1_000


# Cursors.


class Cursor(NamedTuple):
    """The place behind the entry with this sort key, or before it."""

    key: str
    is_behind: bool

    def before_it(self, column: str) -> Q:
        """The condition that an entry lies before this place."""
        return Q(**{f"{column}__{'lte' if self.is_behind else 'lt'}": self.key})

    def after_it(self, column: str) -> Q:
        return Q(**{f"{column}__{'gt' if self.is_behind else 'gte'}": self.key})


def encode(cursor: Cursor, list_name: str) -> str:
    """Return a cursor of the list `list_name` as it stands in addresses: a digest and the place, in base64url (RFC 4648)."""
    place = bytes([cursor.is_behind]) + bytes.fromhex(cursor.key)
    digest = sha256(list_name.encode() + b"\0" + place).digest()[:DIGEST]
    return urlsafe_b64encode(digest + place).decode().rstrip("=")


def decode(text: str, list_name: str) -> Cursor | None:
    """Return the place that `text` names in the list `list_name`; None where it is no cursor of that list."""
    try:
        place = urlsafe_b64decode(text + "=" * (-len(text) % 4))[DIGEST:]
    except ValueError:
        return None
    cursor = Cursor(place[1:].hex(), place[:1] == b"\1")
    return cursor if encode(cursor, list_name) == text else None


def cursor_param(params: QueryDict, name: str, list_name: str) -> Cursor | None:
    text = single(params, name)
    if text is None:
        return None
    cursor = decode(text, list_name) if len(text) <= LONGEST_CURSOR else None
    if cursor is None:
        raise InvalidParams([(name, "Is no place in this list: take it whole from its `next` or `previous`, or begin at its first page.")])
    return cursor


# Pages.


@dataclass(frozen=True)
class EntryPage:
    """A page of a list of entries, as it was asked for.

    `list_pairs` are the parameters that make the list, `column` is the sort key it comes by. The page begins `after` a place, ends `before`
    one, or is found by its `number`.
    """

    path: str
    list_pairs: Pairs
    column: str
    fields: tuple[str, ...]
    size: int
    after: Cursor | None
    before: Cursor | None
    number: int

    @property
    def is_followed(self) -> bool:
        """Whether a page of the same list has led here."""
        return bool(self.after or self.before)

    def canonical(self) -> str:
        """Return the query string of the page, the same however it was asked for."""
        if self.after or self.before:
            return self.query(*(("after", self.after) if self.after else ("before", self.before)))
        return self.query("page", self.number if self.number > 1 else None)

    def query(self, name: str, place: Cursor | int | None) -> str:
        """Return the query string of the page of this list that `name` and `place` lead to, its parameters in a fixed order."""
        value = encode(place, list_name(self.path, self.list_pairs)) if isinstance(place, Cursor) else place
        fields = [("fields", ",".join(self.fields))] if self.fields else []
        return urlencode([*self.list_pairs, *fields, *([(name, value)] if value else []), ("page_size", self.size)])

    def link(self, name: str, place: Cursor) -> str:
        return absolute_url(f"{self.path}?{self.query(name, place)}")


def list_name(path: str, pairs: Pairs) -> str:
    """Return what tells a list from any other, of another library too."""
    return absolute_url(f"{path}?{urlencode(pairs)}")


def entry_page(params: QueryDict, path: str, filters: Pairs) -> EntryPage:
    """Return the page asked for, of the list that `filters` make; raise InvalidParams for what means nothing."""
    given = [name for name in ("page", "after", "before") if name in params]
    if len(given) > 1:
        raise InvalidParams([(name, f"Give one of {', '.join(given)}: each says where the page lies.") for name in given])
    ordering = ordering_param(params)
    pairs = (*filters, ("ordering", ordering)) if ordering != QUESTION else filters
    name = list_name(path, pairs)
    return EntryPage(
        path,
        pairs,
        column=SORT_KEYS[ordering],
        fields=fields_param(params),
        size=whole_number(params, "page_size", PAGE_SIZE, LARGEST_PAGE),
        after=cursor_param(params, "after", name),
        before=cursor_param(params, "before", name),
        number=whole_number(params, "page", 1, LAST_PAGE),
    )


def ordering_param(params: QueryDict) -> str:
    ordering = single(params, "ordering")
    if ordering is not None and ordering not in SORT_KEYS:
        raise InvalidParams([("ordering", f"Unknown value. Known: {', '.join(SORT_KEYS)}.")])
    return ordering or QUESTION


# Rows.


def rows_of(page: EntryPage, documents: "QuerySet[Document]") -> tuple[list[str], PageLinks]:
    """Return the slugs of a page and the links to those beside it, in one query, or in two where one of them has led here."""
    rows = documents.values_list(page.column, "slug")
    shown, goes_on = shown_of(page, rows)
    here = page.after or page.before
    first = Cursor(shown[0][0], is_behind=False) if shown else here
    last = Cursor(shown[-1][0], is_behind=True) if shown else here
    if page.before and last:
        has_next, has_previous = rows.filter(last.after_it(page.column)).exists(), goes_on
    elif page.after and first:
        has_next, has_previous = goes_on, rows.filter(first.before_it(page.column)).exists()
    else:
        has_next, has_previous = goes_on, page.number > 1
    return [slug for _, slug in shown], PageLinks(
        page.link("after", last) if has_next and last else None, page.link("before", first) if has_previous and first else None
    )


def shown_of(page: EntryPage, rows: "QuerySet[Document, tuple[str, str]]") -> tuple[list[tuple[str, str]], bool]:
    """Return (key, slug) of the entries of a page, and whether there are more, seen from where it begins."""
    if page.before:
        found = list(rows.filter(page.before.before_it(page.column)).order_by(f"-{page.column}")[: page.size + 1])
        return found[: page.size][::-1], len(found) > page.size
    if page.after:
        rows = rows.filter(page.after.after_it(page.column))
    start = (page.number - 1) * page.size
    found = list(rows.order_by(page.column)[start : start + page.size + 1])
    return found[: page.size], len(found) > page.size
