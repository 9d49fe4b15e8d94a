"""Lists a page at a time: which rows, and the addresses of the pages before and after; those of entries are in keyset.py."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from django.conf import settings
from rest_framework.exceptions import NotFound

from faq.public.links import absolute_url

PAGE_SIZE: Final = 20
LARGEST_PAGE: Final = 100
LAST_PAGE: Final = 1_000_000
"""A page number beyond any library, so that databases are never asked for an offset they cannot count."""


class PageLinks(NamedTuple):
    """The absolute addresses of the pages beside one; None where there is none."""

    next: str | None
    previous: str | None


def check_page(number: int, size: int, count: int) -> None:
    """Raise NotFound where a list of `count` rows has no page `number`; an empty one has its first."""
    if number > 1 and (number - 1) * size >= count:
        raise NotFound(f"There is no page {number}: the list has {count} rows, {size} on a page.")


@dataclass(frozen=True)
class Page:
    """One page of a list that is read by page numbers: `number` from 1, `size` rows, and the filters that make the list, as pairs."""

    number: int = 1
    size: int = PAGE_SIZE
    filters: tuple[tuple[str, str], ...] = ()

    @property
    def rows(self) -> slice:
        """The rows of the page among all."""
        return slice((self.number - 1) * self.size, self.number * self.size)

    def canonical(self, number: int | None = None) -> str:
        """Return the query string for page `number` of the list, the same however this page was asked for."""
        return urlencode([*self.filters, ("page", number or self.number), ("page_size", self.size)])

    def links(self, path: str, count: int) -> PageLinks:
        """Return the pages beside this one; raise NotFound where a list of `count` rows has no such page."""
        check_page(self.number, self.size, count)
        before = self.number - 1 if self.number > 1 else None
        after = self.number + 1 if self.rows.stop < count else None
        return PageLinks(*(absolute_url(f"{path}?{self.canonical(number)}") if number else None for number in (after, before)))


def page_json(count: int, links: PageLinks, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the JSON of one page."""
    return {
        "count": count,
        **links._asdict(),
        "library_status": settings.LIBRARY_STATUS,
        "results": rows,
    }


def link_header(links: Mapping[str, str | None]) -> dict[str, str]:
    """Return a Link header (RFC 8288) for {relation: address}; none where no address is known."""
    named = [f'<{url}>; rel="{relation}"' for relation, url in links.items() if url]
    return {"Link": ", ".join(named)} if named else {}
