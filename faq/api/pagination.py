"""Lists a page at a time: which rows, and the addresses of the pages before and after."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from django.conf import settings
from rest_framework.exceptions import NotFound

from faq.representations.addresses import absolute

PAGE_SIZE: Final = 20
LARGEST_PAGE: Final = 100
LAST_PAGE: Final = 1_000_000
"""A page number beyond any library, so that databases are never asked for an offset they cannot count."""


class Around(NamedTuple):
    """The absolute addresses of the pages beside one; None where there is none."""

    next: str | None
    previous: str | None


@dataclass(frozen=True)
class Page:
    """One page of a list: `number` from 1, `size` rows, and the filters that make the list, as pairs in a fixed order."""

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

    def around(self, path: str, count: int) -> Around:
        """Return the pages beside this one; raise NotFound where a list of `count` rows has no such page (an empty one has its first)."""
        if self.number > 1 and self.rows.start >= count:
            raise NotFound(f"There is no page {self.number}: the list has {count} rows, {self.size} on a page.")
        before = self.number - 1 if self.number > 1 else None
        after = self.number + 1 if self.rows.stop < count else None
        return Around(*(absolute(f"{path}?{self.canonical(number)}") if number else None for number in (after, before)))


def listed(count: int, around: Around, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the JSON of one page."""
    return {
        "count": count,
        **around._asdict(),
        "library_status": settings.LIBRARY_STATUS,
        "results": rows,
    }


def link_header(links: Mapping[str, str | None]) -> dict[str, str]:
    """Return a Link header (RFC 8288) for {relation: address}; none where no address is known."""
    named = [f'<{url}>; rel="{relation}"' for relation, url in links.items() if url]
    return {"Link": ", ".join(named)} if named else {}
