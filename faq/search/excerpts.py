"""Where an entry says something of what was asked: a sentence of it, and which of its words were meant."""

import re
from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import Any, Final, NamedTuple

from faq.content.analysis import analyser
from faq.content.folding import fold, text_of_html

LONGEST: Final = 300
"""Code points of an excerpt."""
READ: Final = 8_000
"""Code points of an answer's HTML that are looked through: all of the longest would take longer than the search."""
BEGINNING: Final = 3
"""Letters that a word shares with its term, whatever its ending."""
LETTERS: Final = {"a": "aàáâäãå", "c": "cç", "e": "eèéêë", "i": "iìíîï", "n": "nñ", "o": "oòóôöõ", "u": "uùúûü", "y": "yýÿ"}
"""What a letter of a folded word may be in the text."""
SENTENCE: Final = re.compile(r"[^.!?…\n]+(?:[.!?…]+(?=\s|$)|[.!?…]|\n|$)*")


class Excerpt(NamedTuple):
    """A piece of an entry's words; `ranges` are the [start, end) of the words that were asked for, in Unicode code points."""

    text: str
    ranges: list[tuple[int, int]]


def excerpt(entry: dict[str, Any], terms: Collection[str]) -> Excerpt:
    """Return the sentence of an entry's JSON that has most of `terms`, of several the first; the short answer where none has any."""
    language, wanted = entry["language"], frozenset(terms)
    candidates = beginning_like(wanted)
    best, shared = Excerpt("", []), 0
    for text in sentences(entry):
        found = candidates.finditer(text) if candidates else ()
        ranges = [(match.start(), match.end(), term) for match in found if (term := term_of(language, match[0])) in wanted]
        if len(said := {term for _, _, term in ranges}) > shared or not best.text:
            best, shared = Excerpt(text, [(start, end) for start, end, _ in ranges]), len(said)
    return shortened(best)


@lru_cache(maxsize=100)
def beginning_like(terms: frozenset[str]) -> re.Pattern[str] | None:
    """Return a pattern for words that begin as one of `terms` does: to take the term of every word of an answer would take too long."""
    beginnings = {
        "".join(f"[{LETTERS[letter]}]" if letter in LETTERS else re.escape(letter) for letter in term[:BEGINNING]) for term in terms
    }
    listed = "|".join(sorted(beginnings))
    return re.compile(rf"(?<![^\W_])(?:{listed})[^\W_]*", re.IGNORECASE) if listed else None


def sentences(entry: dict[str, Any]) -> Iterator[str]:
    """Yield the sentences of the short answer and of the answer, with single spaces."""
    html = entry["answer"]["html"]
    whole = html if len(html) <= READ else html[:READ].rpartition("<")[0]  # no tag is cut
    for text in (entry["short_answer"], text_of_html(whole)):
        yield from (said for match in SENTENCE.finditer(text) if (said := " ".join(match[0].split())))


def shortened(found: Excerpt) -> Excerpt:
    """Return an excerpt that is not too long: the part around the first word that was asked for, between whole words."""
    if len(found.text) <= LONGEST:
        return found
    first = found.ranges[0][0] if found.ranges else 0
    start = found.text.rfind(" ", 0, max(0, min(first - LONGEST // 3, len(found.text) - LONGEST))) + 1
    end = found.text.rfind(" ", start, start + LONGEST - 1)
    end = end if end > start else start + LONGEST - 1
    text = f"{'…' if start else ''}{found.text[start:end]}…"
    moved = len(text) - 1 - end
    return Excerpt(text, [(a + moved, b + moved) for a, b in found.ranges if a >= start and b <= end])


@lru_cache(maxsize=50_000)
def term_of(language: str, word: str) -> str:
    """Return the term of a word of an entry, "" for one that says nothing."""
    return analyser(language).stem(fold(word))
