"""Whether somebody's words speak of danger, learned from examples that reviewers approve.

A standing text of the kind `danger_phrases` holds examples, one a line, of what people type; its key is that of the urgent-advice card to
which they lead, or HARMLESS: what looks alike and is none. Of these a linear model is made (kernel ridge regression, in closed form), anew
in each state of the library: new examples take effect when they are approved, and nothing is learned from readers. It looks at words, at
words one after the other, and at pieces of words, which misspelt ones share.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import chain
from typing import Final

import numpy as np
from numpy.typing import NDArray

from faq.content import english, spanish
from faq.content.analysis import WORD, analyser, words_in
from faq.content.folding import searchable
from faq.models import StandingText
from faq.public.caching import COUNTS, LibraryState
from faq.public.parts import LEVELS

HARMLESS: Final = "harmless"
"""What the key of a text begins with that holds what is none; there may be several, for each has its limit of characters."""
FEVER: Final = " fevertemperature "
TEMPERATURE: Final = re.compile(
    r"(?<![\d.,])(?:3[89](?:[.,]\d)?|4[0-2][.,]\d|10[0-5](?:[.,]\d)?)(?![\d.,]*\d)(?!\s*(?:%|per ?cent|por ciento))"
)
"""38 °C or 100 °F and above, which is one word whatever the figure."""
SENTENCE: Final = re.compile(r"(?<=[.!?…])\s+|\n")
LONGEST_GRAM: Final = 3
"""Words of a phrase that counts as a whole."""
PIECES: Final = (3, 4, 5)
"""Letters of pieces of words."""
RIDGE: Final = 1.0
"""How much the model is held back from learning its examples by heart."""
MISTAKEN: Final = 0.02
"""The share of harmless examples at which an alarm is raised, each judged by a model without it (leave one out)."""
HALFWAY: Final = 0.5
"""The part of what the dangerous examples themselves score from which on it is danger anyway: few examples judge each other badly."""
BLOCK: Final = 2_000
BESIDE: Final = 0.15
"""How much less than the best card's another card's score may be, for both to be shown."""


CONTRACTIONS: Final = {"en": english.CONTRACTIONS, "es": spanish.CONTRACTIONS}
Grams = Counter[str]
Floats = NDArray[np.float64]


class Reader:
    """Takes texts of one language apart into grams."""

    def __init__(self, language: str) -> None:
        known = CONTRACTIONS.get(language.partition("-")[0], ())
        self.contractions = [(re.compile(pattern), plain) for pattern, plain in known]
        self.stem = analyser(language).any_stem

    def passages(self, text: str) -> list[Grams]:
        """Return what is judged by itself: the whole text, and each of its sentences where there are several."""
        sentences = [grams for sentence in SENTENCE.split(text) if (grams := self.grams(sentence))]
        whole: Grams = Counter()
        for grams in sentences:
            whole.update(grams)
        return [whole, *sentences] if len(sentences) > 1 else [whole]

    def grams(self, sentence: str) -> Grams:
        folded = searchable(sentence)
        for pattern, plain in self.contractions:
            folded = pattern.sub(plain, folded)
        tokens = WORD.findall(TEMPERATURE.sub(FEVER, folded))
        return Counter(chain(self.phrases(tokens), pieces(tokens)))

    def phrases(self, tokens: Sequence[str]) -> Iterator[str]:
        """Yield phrases of up to LONGEST_GRAM words."""
        stems = [self.stem(token) for token in tokens]
        for length in range(1, LONGEST_GRAM + 1):
            yield from (" ".join(["w", *stems[start : start + length]]) for start in range(len(stems) - length + 1))


def pieces(tokens: Sequence[str]) -> Iterator[str]:
    """Yield the pieces of words, their beginnings and ends marked by a space."""
    for token in tokens:
        word = f" {token} "
        yield from (f"c{word[start : start + length]}" for length in PIECES for start in range(len(word) - length + 1))


class Detector:
    """The model of one language; `examples` are those of each card, by its key, and of HARMLESS."""

    def __init__(self, language: str, examples: Mapping[str, Sequence[str]]) -> None:
        self.language, self.reader = language, Reader(language)
        self.keys = sorted(key for key, lines in examples.items() if key != HARMLESS and lines)
        rows = [(key, grams) for key, lines in sorted(examples.items()) for line in lines for grams in self.taught(key, line)]
        rows.append((HARMLESS, Counter()))  # where no example says so, at least nothing is harmless
        told = [grams for _, grams in rows]
        frequency = Counter(chain.from_iterable(told))
        self.numbers = {
            gram: number for number, gram in enumerate(sorted(gram for gram, times in frequency.items() if times > 1 or gram[0] != "c"))
        }
        self.idf = np.array([np.log((1 + len(told)) / (1 + frequency[gram])) + 1 for gram in self.numbers])
        self.weights, self.offsets, self.limit = self.learned([key for key, _ in rows], [self.vector(grams) for grams in told])

    def taught(self, key: str, line: str) -> list[Grams]:
        """Return what an example teaches: of a harmless one each sentence is harmless too."""
        passages = self.reader.passages(line)
        return passages if key == HARMLESS else passages[:1]

    def vector(self, grams: Grams) -> tuple[NDArray[np.int64], Floats]:
        """Return the numbers of known grams and their weights, those of phrases and those of pieces each of length 1."""
        known = [(self.numbers[gram], 1 + np.log(count), gram[0] == "c") for gram, count in grams.items() if gram in self.numbers]
        places = np.array([place for place, _, _ in known], np.int64)
        values = np.array([value for _, value, _ in known]) * self.idf[places] if known else np.zeros(0)
        is_piece = np.array([piece for _, _, piece in known], bool)
        for part in (is_piece, ~is_piece):
            if length := float(np.sqrt((values[part] ** 2).sum())):
                values[part] /= length
        return places, values

    def learned(self, keys: Sequence[str], vectors: Sequence[tuple[NDArray[np.int64], Floats]]) -> tuple[Floats, Floats, float]:
        """Return the weights of the grams, for danger at all and for each card; what is added; and the score from which on it is danger."""
        is_danger = np.array([key != HARMLESS for key in keys])
        answers = np.stack([np.where(is_danger, 1.0, -1.0), *(np.where(np.array(keys) == key, 1.0, -1.0) for key in self.keys)], axis=1)
        # Either kind counts as much as the other, however many examples there are of each.
        share = np.where(is_danger, is_danger.mean(), (~is_danger).mean())
        ridge = RIDGE * 2 * share
        alike = np.ones((len(keys), len(keys)), np.float32)
        for _, block in self.blocks(vectors):
            alike += block @ block.T
        inverse = np.linalg.inv(alike.astype(np.float64) + np.diag(ridge))
        duals = inverse @ answers
        left_out = answers[:, 0] - duals[:, 0] / np.diag(inverse)
        own = answers[:, 0] - ridge * duals[:, 0]  # what the model itself says of its examples
        limit = float(np.quantile(left_out[~is_danger], 1 - MISTAKEN))
        if is_danger.any():
            limit = min(limit, HALFWAY * float(own[is_danger].mean()))
        weights = np.zeros((len(self.numbers), duals.shape[1]))
        for columns, block in self.blocks(vectors):
            weights[columns] = block.T @ duals
        return weights, duals.sum(axis=0), limit

    def blocks(self, vectors: Sequence[tuple[NDArray[np.int64], Floats]]) -> Iterator[tuple[slice, NDArray[np.float32]]]:
        """Yield the matrix of vectors a BLOCK of columns at a time: whole it would take hundreds of megabytes."""
        rows = np.repeat(np.arange(len(vectors)), [len(places) for places, _ in vectors])
        places, values = (np.concatenate(each) for each in zip(*vectors, strict=True))
        for start in range(0, len(self.numbers), BLOCK):
            here = (places >= start) & (places < start + BLOCK)
            block = np.zeros((len(vectors), min(BLOCK, len(self.numbers) - start)), np.float32)
            block[rows[here], places[here] - start] = values[here]
            yield slice(start, start + BLOCK), block

    def cards(self, text: str) -> list[str]:
        """Return the keys of the cards to which a text leads, the best first; none where it speaks of no danger."""
        if not self.keys:
            return []
        found: dict[str, float] = {}
        for places, values in map(self.vector, self.reader.passages(text)):
            danger, *by_card = values @ self.weights[places] + self.offsets
            if danger > self.limit:
                scores = dict(zip(self.keys, by_card, strict=True))
                best = max(scores.values())
                found |= {key: max(score, found.get(key, score)) for key, score in scores.items() if score >= best - BESIDE}
        return sorted(found, key=lambda key: (-found[key], key))


def urgent_advice(text: str, languages: Collection[str], state: LibraryState, now: datetime) -> list[StandingText]:
    """Return the advice cards in force to which somebody's words lead, the most urgent first; of some `languages`, or of all."""
    detectors = COUNTS.get(state, "danger", lambda: detectors_at(now))
    asked = [detector for detector in detectors.values() if not languages or detector.language in languages]
    found = {(key, detector.language) for detector in spoken(text, asked) for key in detector.cards(text)}
    if not found:
        return []
    cards = StandingText.objects.in_force(now).filter(kind=StandingText.Kind.ADVICE_CARD, key__in={key for key, _ in found})
    told = [card for card in cards if (card.key, card.language) in found]
    return sorted(told, key=lambda card: (LEVELS.index(card.level), card.key, card.language))


def spoken(text: str, detectors: Sequence[Detector]) -> list[Detector]:
    """Return those of the languages of which a text has most small words; all of them where it has none."""
    words = set(words_in(searchable(text)))
    small = [len(words & analyser(detector.language).stop) for detector in detectors]
    return [detector for detector, count in zip(detectors, small, strict=True) if count == max(small)]


def detectors_at(now: datetime) -> dict[str, Detector]:
    """Return {language: its detector} of the examples in force."""
    texts: dict[str, list[tuple[str, str]]] = {}
    rows = StandingText.objects.in_force(now).filter(kind=StandingText.Kind.DANGER_PHRASES).order_by("language", "key", "pk")
    for language, key, text in rows.values_list("language", "key", "text"):
        texts.setdefault(language, []).append((key, text))
    return {language: detector_of(language, tuple(told)) for language, told in texts.items()}


@lru_cache(maxsize=8)
def detector_of(language: str, texts: tuple[tuple[str, str], ...]) -> Detector:
    """Return the detector made of some texts (key, examples), made once: it takes a second or two."""
    examples: dict[str, list[str]] = {}
    for key, text in texts:
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        examples.setdefault(HARMLESS if key.startswith(HARMLESS) else key, []).extend(lines)
    return Detector(language, examples)
