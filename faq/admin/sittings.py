"""Who edited an answer, as people remember it: each time that somebody sat down to write, however often the page saved meanwhile.

Every save is a row for ever, for any of them may be what was submitted, and whoever made one has written the words. Rows that would be
put together afterwards could say less than was seen; so they are put together where they are shown, and nowhere else.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from faq.models import Edit

PAUSE: Final = timedelta(minutes=30)
"""Whoever stops for longer has begun anew."""


@dataclass
class Sitting:
    """Edits of one person and one kind, with no long pause between them."""

    first: Edit
    last: Edit
    count: int = 1

    def takes(self, edit: Edit) -> bool:
        """Whether `edit`, the next one in time, belongs to this sitting."""
        is_alike = edit.by_id == self.last.by_id and edit.kind == self.last.kind == Edit.Kind.EDITED
        return is_alike and edit.at - self.last.at <= PAUSE


def sittings(edits: Iterable[Edit]) -> list[Sitting]:
    """Return the sittings of `edits`, which come in the order in which they were made; the newest first."""
    found: list[Sitting] = []
    for edit in edits:
        if found and found[-1].takes(edit):
            found[-1].last = edit
            found[-1].count += 1
        else:
            found.append(Sitting(edit, edit))
    return found[::-1]
