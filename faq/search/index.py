"""The ranking of the entries of one language for a query.

Each way of asking is scored by itself (BM25), so that an entry with many is not at a loss, times the share of it that the query covers:
"HER2" alone is no good match for a long question. An entry has the score of its best one, and a share of that of all it says. Document
frequencies are of entries. What was measured of this and of other designs stands in CONTRIBUTING.md.
"""

from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from faq.content.analysis import ASPECT, OVERVIEW, SearchTerms, analyser

Ints = NDArray[np.int32]
Floats = NDArray[np.float32]
SATURATION: Final = 1.2
"""BM25's k1: how soon it no longer matters how often a word stands there."""
WORDING_LENGTH, ANSWER_LENGTH = 0.3, 0.75
"""BM25's b: how much a long text is at a loss. A way of asking little, for what it says beside the query counts against it anyway."""
ANSWER_SHARE: Final = 0.5
"""How much what an entry says counts beside how it may be asked."""
ASPECT_WEIGHT: Final = 1.3
"""How much an aspect counts beside a word that is as frequent."""
DIGITS: Final = 3
"""Of a score: entries that differ by less are alike."""


class EntryTerms(NamedTuple):
    """What the index needs of one entry: the terms of all its ways of asking, one after the other, of the `lengths`; and its `words`.

    `counts` says how often it says each word; `wordings_hash` tells its wordings from others.
    """

    slug: str
    wordings: Ints
    lengths: Ints
    words: Ints
    counts: Ints
    wordings_hash: str = ""


class Numbers(dict[str, int]):
    """Numbers texts from 0 as they come; `new` is told each one that is."""

    def __init__(self, new: Callable[[str], object] = bool) -> None:
        super().__init__()
        self.new = new

    def __missing__(self, text: str) -> int:
        number = self[text] = len(self)
        self.new(text)
        return number


class Vocabulary:
    """The numbers of the words and terms of one language. It only grows; what it knows was published, and is no word of a reader's."""

    def __init__(self, language: str) -> None:
        self.language, self.analyser = language, analyser(language)
        self.terms = Numbers()
        self.words = Numbers(self.add_term)
        self.term_of = array("i")
        """The term of each word, -1 for one that says nothing."""

    def add_term(self, word: str) -> None:
        term = self.analyser.stem(word)
        self.term_of.append(self.terms[term] if term else -1)

    def entry_terms(self, slug: str, kept: SearchTerms, wordings_hash: str = "") -> EntryTerms:
        wordings = [ints(map(self.terms.__getitem__, wording)) for wording in kept.wordings]
        words = ints(map(self.words.__getitem__, kept.words))
        counts = np.fromstring(kept.counts, np.int32, sep=" ")
        return EntryTerms(slug, np.concatenate(wordings), ints(map(len, wordings)), words, counts, wordings_hash)


def ints(numbers: Iterable[int]) -> Ints:
    return np.fromiter(numbers, dtype=np.int32)


class Postings:
    """Which texts have which terms, and how often. A text belongs to an entry; several may belong to one."""

    def __init__(self, terms: Ints, texts: Ints, counts: Ints, owners: Ints, size: int) -> None:
        """Parallel arrays `terms`, `texts` and `counts`; `owners`: the entry of each text, in order; `size` terms are known."""
        entries = int(owners[-1]) + 1
        keys = terms.astype(np.int64) * len(owners) + texts
        order = np.argsort(keys)
        keys = keys[order]
        first = np.flatnonzero(np.diff(keys, prepend=-1))  # a term may stand there several times, as "treat" and as "treated"
        self.counts = np.add.reduceat(counts[order], first).astype(np.float32)
        self.texts = (keys[first] % len(owners)).astype(np.int32)
        terms = (keys[first] // len(owners)).astype(np.int32)
        self.starts = np.searchsorted(terms, np.arange(size + 1))
        lengths = np.bincount(self.texts, weights=self.counts, minlength=len(owners))
        self.lengths = (lengths / max(1.0, lengths.mean())).astype(np.float32)
        """How long each text is, the mean being 1."""
        is_first = np.diff(terms.astype(np.int64) * entries + owners[self.texts], prepend=-1) > 0  # sorted by term, then by entry
        self.frequency = np.bincount(terms[is_first], minlength=size)
        """In how many entries each term stands."""
        # BM25's weight of a term, never negative (Robertson and Zaragoza 2009).
        self.idf = np.log1p((entries - self.frequency + 0.5) / (self.frequency + 0.5)).astype(np.float32)
        self.mass = np.bincount(self.texts, weights=self.idf[terms], minlength=len(owners)).astype(np.float32)
        """The sum of the idf of each text's terms."""

    def score(self, query: Mapping[int, float], length_weight: float) -> tuple[Floats, Floats]:
        """Return, for each text, its BM25 score for `query` (term to weight), and the sum of the idf of the terms that it shares."""
        scores, shared = np.zeros(len(self.lengths), np.float32), np.zeros(len(self.lengths), np.float32)
        for term, weight in query.items():
            here = slice(self.starts[term], self.starts[term + 1])
            texts, counts = self.texts[here], self.counts[here]
            damped = counts + SATURATION * (1 - length_weight + length_weight * self.lengths[texts])
            scores[texts] += np.float32(weight * (SATURATION + 1)) * self.idf[term] * counts / damped
            shared[texts] += self.idf[term]
        return scores, shared


class Index:
    """The entries of one language, at least one, ranked for queries. It never changes, though its vocabulary goes on growing."""

    def __init__(self, vocabulary: Vocabulary, entries: Sequence[EntryTerms]) -> None:
        self.vocabulary, self.entries = vocabulary, entries
        self.known = len(vocabulary.terms)
        self.wordings, self.answers = self.post_wordings(), self.post_answers()
        self.first_wordings = np.concatenate([[0], np.cumsum([len(each.lengths) for each in entries])[:-1]])
        """Where the wordings of each entry begin."""
        self.word_counts = np.bincount(np.concatenate([each.words for each in entries]), minlength=len(vocabulary.words))
        """In how many entries each word stands."""

    def post_wordings(self) -> Postings:
        """Return the ways of asking for the entries."""
        lengths = np.concatenate([each.lengths for each in self.entries])
        terms = np.concatenate([each.wordings for each in self.entries])
        texts = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)
        owners = np.repeat(np.arange(len(self.entries), dtype=np.int32), [len(each.lengths) for each in self.entries])
        return Postings(terms, texts, np.ones(len(terms), np.int32), owners, self.known)

    def post_answers(self) -> Postings:
        """Return all that the entries say."""
        owners = np.arange(len(self.entries), dtype=np.int32)
        words = np.concatenate([each.words for each in self.entries])
        counts = np.concatenate([each.counts for each in self.entries])
        texts = np.repeat(owners, [len(each.words) for each in self.entries])
        terms = np.array(self.vocabulary.term_of, np.int32)[words]
        telling = (terms >= 0) & (counts > 0)
        return Postings(terms[telling], texts[telling], counts[telling], owners, self.known)

    def stands(self, term: str) -> bool:
        """Whether a term stands in an entry, or in a way of asking for it; the vocabulary also has those of entries that are gone."""
        number = self.vocabulary.terms.get(term, self.known)
        return number < self.known and bool(self.answers.frequency[number] or self.wordings.frequency[number])

    def weights(self, terms: Iterable[str]) -> dict[int, float]:
        """Return {number: weight} of the terms that stand anywhere, however often each is said. Several aspects share the weight of one."""
        asked = sorted(set(terms))  # in one order, so that sums come out alike in every worker
        share = ASPECT_WEIGHT / max(1, sum(term.startswith(ASPECT) for term in asked))
        return {self.vocabulary.terms[term]: share if term.startswith(ASPECT) else 1.0 for term in asked if self.stands(term)}

    def scores(self, asked: Sequence[str], said: Sequence[str]) -> Floats:
        """Return the score of each entry: `asked` are the query's terms as a way of asking, `said` those of its words."""
        weights = self.weights(asked)
        if not weights.keys() - {self.vocabulary.terms.get(OVERVIEW)}:  # a question that says nothing asks for no overview either
            return np.zeros(len(self.entries), np.float32)
        scores, shared = self.wordings.score(weights, WORDING_LENGTH)
        covered = shared / np.maximum(self.wordings.mass, np.float32(1e-6))
        best = np.maximum.reduceat(scores * covered, self.first_wordings)
        answers, _ = self.answers.score(self.weights(said), ANSWER_LENGTH)
        together: Floats = best + np.float32(ANSWER_SHARE) * answers
        return together

    def best(self, scores: Floats, most: int) -> list[tuple[str, float]]:
        """Return (slug, score) of the best entries, `most` of them; those of one score by their slugs."""
        rounded = np.round(scores, DIGITS)
        least = max(10.0**-DIGITS, np.partition(rounded, -most)[-most] if most < len(rounded) else 0.0)
        places = np.flatnonzero(rounded >= np.float32(least))
        ranked = sorted((-float(rounded[place]), self.entries[int(place)].slug) for place in places)
        return [(slug, round(-score, DIGITS)) for score, slug in ranked[:most]]
