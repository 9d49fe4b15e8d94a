"""What changed between two versions of an entry: paragraphs are matched first, then the words of those that resemble each other.

A change of white space within a paragraph counts, because in Markdown it can change what readers see.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from typing import Any, Final, Literal, NamedTuple

from faq.content.words import Part, Words

ALIKE: Final = 0.4
"""The share of words two paragraphs must have in common to be shown as one that was changed."""
WINDOW: Final = 20
"""How many paragraphs ahead a changed one is looked for."""
LARGEST_PRODUCT: Final = 4_000_000
"""Above this product of word counts a paragraph is shown as replaced, and of paragraphs a text: difflib's time grows with it."""

ChangeType = Literal["same", "added", "removed"]


class Piece(NamedTuple):
    """A stretch of text and what became of it."""

    change: ChangeType
    text: str


DiffParagraph = list[Piece]


@dataclass(frozen=True)
class Difference:
    """One field of the Words that differs, as text before and after."""

    field: str
    before: str
    after: str

    @property
    def pieces(self) -> list[Piece]:
        """Every letter of both texts: without the pieces that went they are the text after, without those that came the one before."""
        pieces = [piece for chunk in align(chunks(self.before), chunks(self.after)) for piece in chunk]
        runs = groupby(pieces, key=lambda piece: piece.change)
        return [Piece(change, "".join(piece.text for piece in run)) for change, run in runs]


def differences(before: Words, after: Words) -> list[Difference]:
    """Return what differs, field by field in the order of the Words; an empty list for the same words."""
    pairs = ((name, getattr(before, name), getattr(after, name)) for name in Words.model_fields)
    return [Difference(name, as_text(old), as_text(new)) for name, old, new in pairs if old != new]


def as_text(value: Any) -> str:
    """Return a value of the Words as text to compare: a paragraph per member of a list, a line per field of a part."""
    if isinstance(value, Part):
        named = ((name, getattr(value, name)) for name in type(value).model_fields)
        return "\n".join(f"{name.replace('_', ' ')}: {as_text(held)}" for name, held in named if held not in (None, "", []))
    if isinstance(value, list):
        return "\n\n".join(as_text(member) for member in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def align(old: Sequence[str], new: Sequence[str]) -> list[DiffParagraph]:
    if len(old) * len(new) > LARGEST_PRODUCT:
        return [*removed_paragraphs(old), *([Piece("added", text)] for text in new)]
    compared: list[DiffParagraph] = []
    for step, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if step == "equal":
            compared += [[Piece("same", text)] for text in old[i1:i2]]
        else:
            compared += match(old[i1:i2], new[j1:j2])
    return compared


def chunks(text: str) -> list[str]:
    """Return the paragraphs of `text`, each with what parts it from the next, so that joined they give `text` again."""
    parts = re.split(r"(\n(?:[ \t]*\n)+)", text)
    return [chunk for chunk in map("".join, zip(parts[::2], [*parts[1::2], ""], strict=True)) if chunk]


def match(old: Sequence[str], new: Sequence[str]) -> Iterator[DiffParagraph]:
    """Pair changed paragraphs that resemble each other, in order; the others came or went whole."""
    counted = [Counter(tokens(text)) for text in old]
    start = 0  # in `old`: pairs do not cross, so what stands before the last pair is not looked at again
    came: list[DiffParagraph] = []
    for text in new:
        count = Counter(tokens(text))
        near = range(start, min(len(old), start + WINDOW))
        best = max(near, key=lambda n: alike(counted[n], count), default=-1)
        if best < 0 or alike(counted[best], count) < ALIKE:
            came.append([Piece("added", text)])
            continue
        yield from (*removed_paragraphs(old[start:best]), *came, compare_words(old[best], text))
        start, came = best + 1, []
    yield from (*removed_paragraphs(old[start:]), *came)


def removed_paragraphs(old: Sequence[str]) -> list[DiffParagraph]:
    return [[Piece("removed", text)] for text in old]


def alike(one: Counter[str], other: Counter[str]) -> float:
    """Return the share of words that two paragraphs have in common, 0 to 1."""
    return 2 * (one & other).total() / max(1, one.total() + other.total())


def tokens(text: str) -> list[str]:
    """Return the words of `text`, each with the white space before it, so that joined they give `text` again."""
    return re.findall(r"\s*\S+|\s+$", text)


def compare_words(before: str, after: str) -> DiffParagraph:
    old, new = tokens(before), tokens(after)
    if len(old) * len(new) > LARGEST_PRODUCT:
        return [Piece("removed", before), Piece("added", after)]
    pieces: DiffParagraph = []
    # `autojunk` would pass over words that are often repeated in a long text, and show more as changed than is.
    for step, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if step == "equal":
            pieces.append(Piece("same", "".join(old[i1:i2])))
            continue
        pieces += [Piece("removed", "".join(old[i1:i2]))] if i2 > i1 else []
        pieces += [Piece("added", "".join(new[j1:j2]))] if j2 > j1 else []
    return pieces
