"""Words that stand nowhere in the library, repaired to what stands there: a reader's slip, told as “did you mean”."""

from collections import Counter
from functools import cache
from typing import Final

import numpy as np
from rapidfuzz.distance import OSA
from spellchecker import SpellChecker

from faq.content.analysis import WORD
from faq.content.folding import fold
from faq.search.index import Index

SHORTEST: Final = 4
"""Letters that a word must have to be repaired: shorter ones have too many neighbours."""
LONG: Final = 8
"""Letters from which on two slips are taken for one word, and not one alone."""


COMMON: Final = 20_000
"""Words of a language that are taken for meant though no entry has them: rarer ones are slips of a word of medicine as often as not."""


@cache
def common_words(language: str) -> frozenset[str]:
    """Return the commonest words of a language, folded; none of a language that pyspellchecker has no list of."""
    try:
        counts = SpellChecker(language=language.partition("-")[0]).word_frequency
    except ValueError:
        return frozenset()
    return frozenset(fold(word) for word, _ in Counter(counts.dictionary).most_common(COMMON))


class Spelling:
    """The words that stand in the entries of an index."""

    def __init__(self, index: Index) -> None:
        counts = index.word_counts
        self.index, self.common = index, common_words(index.vocabulary.language)
        self.said = [word for word, number in index.vocabulary.words.items() if counts[number] and may_be_a_slip(word)]
        numbers = [index.vocabulary.words[word] for word in self.said]
        self.frequency = counts[numbers]
        terms = np.array(index.vocabulary.term_of, np.int32)[numbers]
        self.asked = np.where(terms < 0, 0, index.wordings.frequency[terms])
        """In the ways of asking for how many entries each word stands: whoever asks more likely means one of these."""
        self.lengths = np.array([len(word) for word in self.said], np.int16)
        self.letters = np.array([letters_of(word) for word in self.said], np.uint64)

    def knows(self, word: str) -> bool:
        """Whether a word, or another form of it, stands in an entry, is common, or says nothing."""
        if word in self.common:
            return True
        term = self.index.vocabulary.analyser.stem(word)
        return not term or self.index.stands(term)

    def nearest(self, word: str) -> str:
        """Return the word of the library that `word` is most likely a slip of; itself where none is near enough."""
        slips = 1 if len(word) < LONG else 2
        # Each slip changes two letters of the word at the most, so few are left to be measured.
        unlike = np.bitwise_count(self.letters ^ np.uint64(letters_of(word)))
        near = np.flatnonzero((np.abs(self.lengths - len(word)) <= slips) & (unlike <= 2 * slips))
        found = [
            (distance, *self.unlikeliness(word, place), self.said[place])
            for place in map(int, near)
            if (distance := OSA.distance(word, self.said[place], score_cutoff=slips)) <= slips
        ]
        return min(found)[-1] if found else word

    def unlikeliness(self, word: str, place: int) -> tuple[bool, bool, int, int]:
        """Return what tells words that are as near apart: slips are of vowels and doubled letters mostly, seldom of the first letter."""
        near = self.said[place]
        return bones(near) != bones(word), near[0] != word[0], -int(self.asked[place]), -int(self.frequency[place])

    def repaired(self, folded: str) -> str:
        """Return a folded text with its unknown words repaired."""
        unknown = {word for word in WORD.findall(folded) if may_be_a_slip(word) and not self.knows(word)}
        meant = {word: self.nearest(word) for word in unknown}
        return WORD.sub(lambda match: meant.get(match[0], match[0]), folded)


def may_be_a_slip(word: str) -> bool:
    return len(word) >= SHORTEST and word.isalpha()


def bones(word: str) -> str:
    """Return a folded word without its vowels and without the second of two like letters."""
    return "".join(letter for letter, before in zip(word, f" {word}", strict=False) if letter not in "aeiouy" and letter != before)


def letters_of(word: str) -> int:
    """Return the set of a word's letters as bits; letters that share one only let through more than they need."""
    bits = 0
    for letter in word:
        bits |= 1 << (ord(letter) % 64)
    return bits
