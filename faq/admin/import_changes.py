"""What an import would do with each entry, as the preview tells it: its name, and what of its words would change."""

from typing import Final, NamedTuple

from django.urls import reverse

from faq.content.diff import Difference, Piece, differences
from faq.interchange.importer import ImportedEntry
from faq.models import Question

SHOWN: Final = 100
"""Entries of which the changes are shown; all are named."""
BESIDE: Final = 80
"""Letters of unchanged text that stand on either side of a change."""
OUTCOMES: Final = {"created": "will be made", "new_version": "will get new words", "unchanged": "is here already"}
GOES_FURTHER: Final = "will go further, its words as they are"


class ChangedField(NamedTuple):
    """One field of the words, by a name that people read, and what would change in it."""

    name: str
    pieces: list[Piece]


class EntryChange(NamedTuple):
    """One entry of the file; `url` leads to its question where the library has it. `is_told`: whether `fields` says all that changes."""

    slug: str
    url: str
    what: str
    fields: list[ChangedField]
    is_told: bool


def entry_changes(imported: list[ImportedEntry]) -> list[EntryChange]:
    """Return what would become of each entry of a rehearsal, in the order of the file."""
    pages = dict(Question.objects.filter(slug__in=[entry.slug for entry in imported]).values_list("slug", "pk"))
    found, told = [], 0
    for entry in imported:
        fields = changed_fields(entry) if told < SHOWN else None
        told += fields is not None
        url = reverse("admin:faq_question_change", args=[pages[entry.slug]]) if entry.slug in pages else ""
        what = GOES_FURTHER if fields == [] else OUTCOMES[entry.outcome]
        found.append(EntryChange(entry.slug, url, what, fields or [], fields is not None or entry.outcome != "new_version"))
    return found


def changed_fields(entry: ImportedEntry) -> list[ChangedField] | None:
    """Return what changes in an entry's words, None where there is nothing whole to compare."""
    if entry.before is None or entry.after is None:
        return None
    return [ChangedField(each.field.replace("_", " "), near_changes(each)) for each in differences(entry.before, entry.after)]


def near_changes(difference: Difference) -> list[Piece]:
    """Return the pieces of a difference, unchanged text but for BESIDE letters next to each change left out."""
    pieces = difference.pieces
    last = len(pieces) - 1
    return [shortened(piece, number == 0, number == last) if piece.change == "same" else piece for number, piece in enumerate(pieces)]


def shortened(piece: Piece, is_first: bool, is_last: bool) -> Piece:
    """Leave out the middle of an unchanged text, or the end of it that no change is next to."""
    head, tail = "" if is_first else piece.text[:BESIDE], "" if is_last else piece.text[-BESIDE:]
    if len(piece.text) <= len(head) + len(tail):
        return piece
    return Piece("same", f"{head} … {tail}" if head and tail else f"{head}…{tail}")
