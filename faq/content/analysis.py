"""Texts as search sees them: words without case, accents and endings, each in the language it is written in.

What a question asks about its thing ("is there a cure for …", "how is … treated") becomes a term of its own, an aspect, so that ways of
asking that share no word meet.
"""

import re
from collections import Counter
from collections.abc import Collection, Mapping
from functools import cache
from threading import Lock
from typing import Final, NamedTuple

import Stemmer

from faq.content import english, spanish

WORD: Final = re.compile(r"[^\W_]+")
COMPOUND: Final = re.compile(r"[^\W_]+(?:-[^\W_]+)+")
"""Words joined by hyphens: whoever writes "tdm1" means "T-DM1"."""
ASPECT: Final = "@"
"""What the term of an aspect begins with, and no word does."""
OVERVIEW: Final = f"{ASPECT}overview"


class Tongue(NamedTuple):
    """What is known of a language: words that say nothing, aspects, and the name that Snowball's stemmers have for it."""

    stop: frozenset[str]
    aspects: Mapping[str, str]
    stemmer: str


TONGUES: Final = {
    "en": Tongue(english.STOP, english.ASPECTS, "english"),
    "es": Tongue(spanish.STOP, spanish.ASPECTS, "spanish"),
}
PLAIN: Final = Tongue(frozenset(), {}, "")
"""Any other language: words as they stand."""


class Analyser:
    """Takes the texts of one language apart."""

    def __init__(self, language: str) -> None:
        tongue = TONGUES.get(language.partition("-")[0], PLAIN)
        self.stop = tongue.stop
        self.stemmer = Stemmer.Stemmer(tongue.stemmer) if tongue.stemmer else None
        self.aspects = {f"{ASPECT}{name}": re.compile(rf"\b(?:{pattern})(?!\w)") for name, pattern in tongue.aspects.items()}
        self.lock = Lock()  # Snowball's stemmers are for one thread at a time

    def stem(self, word: str) -> str:
        """Return the term of a word; "" for one that says nothing."""
        return "" if word in self.stop else self.any_stem(word)

    def any_stem(self, word: str) -> str:
        """Return a word without its ending."""
        if self.stemmer is None:
            return word
        with self.lock:
            return str(self.stemmer.stemWord(word))

    def terms(self, folded: str) -> list[str]:
        """Return the terms of a folded text, in its order, those of compounds after them."""
        return [term for word in words_in(folded) if (term := self.stem(word))]

    def question_terms(self, folded: str) -> list[str]:
        """Return the terms of a way of asking: the aspects that it names, else that of an overview, and its other words."""
        if not self.aspects:
            return self.terms(folded)
        rest, aspects = self.split(folded)
        named = [aspect for aspect in aspects if aspect != OVERVIEW] or [OVERVIEW]
        return [*named, *self.terms(rest)]

    def split(self, folded: str) -> tuple[str, list[str]]:
        """Return a text without the words that name an aspect, and these aspects; of two that overlap the longer name counts."""
        found = [
            (match.start() - match.end(), match.start(), match.end(), name)
            for name, pattern in self.aspects.items()
            for match in pattern.finditer(folded)
        ]
        rest, aspects = folded, []
        for _, start, end, name in sorted(found):
            if rest[start:end] == folded[start:end]:
                rest = rest[:start] + " " * (end - start) + rest[end:]
                aspects.append(name)
        return rest, list(dict.fromkeys(aspects))


def words_in(folded: str) -> list[str]:
    """Return the words of a folded text, and compounds without their hyphens."""
    words = WORD.findall(folded)
    return words + [each.replace("-", "") for each in COMPOUND.findall(folded)] if "-" in folded else words


@cache
def analyser(language: str) -> Analyser:
    return Analyser(language)


class SearchTerms(NamedTuple):
    """What search needs of an entry: its ways of asking as terms, and the words of all that it says with their counts."""

    wordings: list[list[str]]
    words: list[str]
    counts: str


def search_terms(language: str, wordings: Collection[str], said: str) -> str:
    """Return what search needs of an entry's folded texts, as a document keeps it: words, their counts, then a line for each wording.

    A word of a wording alone is counted 0 times: the entry does not say it.
    """
    taken = analyser(language)
    counts = {**dict.fromkeys((word for wording in wordings for word in words_in(wording)), 0), **Counter(words_in(said))}
    asked = dict.fromkeys(" ".join(taken.question_terms(wording)) for wording in wordings)
    return "\n".join([" ".join(counts), " ".join(map(str, counts.values())), *asked])


def read_search_terms(kept: str) -> SearchTerms:
    words, counts, *wordings = kept.split("\n")
    return SearchTerms([wording.split() for wording in wordings], words.split(), counts)
