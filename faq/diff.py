"""What changed between two versions of an entry: paragraphs are matched first, then the words of those that resemble each other.

A change of white space within a paragraph counts, because in Markdown it can change what readers see.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Final, Literal, NamedTuple

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from faq.payload import Part, Words

ALIKE: Final = 0.4
"""The share of words two paragraphs must have in common to be shown as one that was changed."""
WINDOW: Final = 20
"""How many paragraphs ahead a changed one is looked for."""
LARGEST: Final = 4_000_000
"""Above this product of word counts a paragraph is shown as replaced: difflib's time grows with it."""

Change = Literal["same", "added", "removed"]


class Piece(NamedTuple):
    """A stretch of text and what became of it."""

    change: Change
    text: str


Paragraph = list[Piece]


@dataclass(frozen=True)
class Difference:
    """One field of the Words that differs, paragraph by paragraph in the order of reading."""

    field: str
    paragraphs: list[Paragraph]

    @property
    def label(self) -> str:
        """The field's name for people."""
        return self.field.replace("_", " ").capitalize()

    @property
    def html(self) -> SafeString:
        """The paragraphs as HTML with `<ins>` and `<del>`; see `as_html`."""
        if all(is_same(each) for each in self.paragraphs):
            return format_html("<p>{}</p>", "Only blank lines between paragraphs differ.")
        return as_html(self.paragraphs)


def differences(before: Words, after: Words) -> list[Difference]:
    """Return what differs, field by field in the order of the Words; an empty list for the same words."""
    pairs = ((name, getattr(before, name), getattr(after, name)) for name in Words.model_fields)
    return [Difference(name, compare(as_text(old), as_text(new))) for name, old, new in pairs if old != new]


def as_text(value: Any) -> str:
    """Return a value of the Words as text to compare: a paragraph per member of a list, a line per field of a part."""
    if isinstance(value, Part):
        named = ((name, getattr(value, name)) for name in type(value).model_fields)
        return "\n".join(f"{name.replace('_', ' ')}: {as_text(each)}" for name, each in named if each not in (None, "", []))
    if isinstance(value, list):
        return "\n\n".join(as_text(each) for each in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def compare(before: str, after: str) -> list[Paragraph]:
    """Return the paragraphs of both texts, each as pieces that stayed, came or went."""
    old, new = paragraphs(before), paragraphs(after)
    found: list[Paragraph] = []
    for step, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if step == "equal":
            found += [[Piece("same", text)] for text in old[i1:i2]]
        else:
            found += match(old[i1:i2], new[j1:j2])
    return found


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of `text`, which blank lines separate."""
    return [part for part in re.split(r"\n(?:[ \t]*\n)+", text) if part]


def match(old: Sequence[str], new: Sequence[str]) -> Iterator[Paragraph]:
    """Pair changed paragraphs that resemble each other, in order; the others came or went whole."""
    counted = [Counter(tokens(text)) for text in old]
    start = 0
    came: list[Paragraph] = []
    for text in new:
        count = Counter(tokens(text))
        near = range(start, min(len(old), start + WINDOW))
        best = max(near, key=lambda n: alike(counted[n], count), default=-1)
        if best < 0 or alike(counted[best], count) < ALIKE:
            came.append([Piece("added", text)])
            continue
        yield from (*gone(old[start:best]), *came, compare_words(old[best], text))
        start, came = best + 1, []
    yield from (*gone(old[start:]), *came)


def gone(old: Sequence[str]) -> list[Paragraph]:
    """Return paragraphs that were taken out whole."""
    return [[Piece("removed", text)] for text in old]


def alike(one: Counter[str], other: Counter[str]) -> float:
    """Return the share of words that two paragraphs have in common, 0 to 1."""
    return 2 * (one & other).total() / max(1, one.total() + other.total())


def tokens(text: str) -> list[str]:
    """Return the words of `text`, each with the white space before it, so that joined they give `text` again."""
    return re.findall(r"\s*\S+|\s+$", text)


def compare_words(before: str, after: str) -> Paragraph:
    """Return one paragraph as pieces, word by word."""
    old, new = tokens(before), tokens(after)
    if len(old) * len(new) > LARGEST:
        return [Piece("removed", before), Piece("added", after)]
    pieces: Paragraph = []
    for step, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if step == "equal":
            pieces.append(Piece("same", "".join(old[i1:i2])))
            continue
        pieces += [Piece("removed", "".join(old[i1:i2]))] if i2 > i1 else []
        pieces += [Piece("added", "".join(new[j1:j2]))] if j2 > j1 else []
    return pieces


def as_html(found: Sequence[Paragraph]) -> SafeString:
    """Return paragraphs as HTML, everything escaped; a run of unchanged ones is folded, but for its neighbours of a change."""
    parts: list[SafeString] = []
    folded: list[SafeString] = []
    for number, paragraph in enumerate(found):
        beside = found[max(0, number - 1) : number + 2]
        if all(is_same(each) for each in beside):
            folded.append(paragraph_html(paragraph))
            continue
        parts += unfold(folded)
        folded = []
        parts.append(paragraph_html(paragraph))
    return mark_safe("".join(parts + unfold(folded)))  # noqa: S308  (each part was made by format_html)


def is_same(paragraph: Paragraph) -> bool:
    """Return whether nothing changed in a paragraph."""
    return all(piece.change == "same" for piece in paragraph)


def unfold(folded: Sequence[SafeString]) -> list[SafeString]:
    """Return unchanged paragraphs behind a line that tells how many they are, or nothing for none."""
    if not folded:
        return []
    counted = "1 paragraph unchanged" if len(folded) == 1 else f"{len(folded)} paragraphs unchanged"
    inner = format_html_join("", "{}", ((each,) for each in folded))
    return [format_html("<details><summary>{}</summary>{}</details>", counted, inner)]


def paragraph_html(paragraph: Paragraph) -> SafeString:
    """Return one paragraph with `<ins>` and `<del>`."""
    tags = {"same": "{}", "added": "<ins>{}</ins>", "removed": "<del>{}</del>"}
    return format_html("<p>{}</p>", format_html_join("", "{}", ((format_html(tags[change], text),) for change, text in paragraph)))
