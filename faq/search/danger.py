"""Whether somebody's words speak of danger, learned from examples that reviewers approve.

A standing text of the kind `danger_phrases` holds examples, one a line, of what people type; its key is that of the urgent-advice card to
which they lead, or HARMLESS: what looks alike and is none. Of these a linear model is made (kernel ridge regression), anew in each state of
the library: new examples take effect when they are approved, and nothing is learned from readers. It looks at words, at words one after the
other and near each other, at what is denied, and at pieces of words, which misspelt ones share.
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
from faq.content.folding import searchable, word_set
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
FARTHEST: Final = 4
"""Words from one of a pair to the other."""
DENIED: Final = 4
"""Words after one that denies which count as denied."""
PIECES: Final = (3, 4, 5)
"""Letters of pieces of words."""
SHARES: Final = {"w": 1.0, "n": 1.0, "p": 0.5, "c": 0.5}
"""How much the grams of a kind count together: phrases, what is denied or not, pairs, and pieces of words."""
RIDGE: Final = 1.0
"""How much the model is held back from learning its examples by heart."""
LIMIT: Final = 0.05
"""The score from which on a text speaks of danger: 1 is what the examples of it are, -1 what the harmless ones are. It was chosen on texts
that the model had not seen: lower it raises many more alarms, higher it passes more danger over."""
AMONG_OTHERS: Final = 0.15
"""How much more a sentence has to score that stands among others: of the many in a letter each could raise an alarm by chance."""
BESIDE: Final = 0.25
"""How much less than the best card's another card's score may be, for both to be shown."""
MOST: Final = 4
"""Cards to which a sentence leads at the most: whoever is in danger has no time to read them all."""
STEPS: Final = 100
"""Steps towards the solution of the model at the most; about half as many are taken."""
EXACT: Final = 1e-6
"""The mean of the squares by which answers may be missed."""
TINY: Final = 1e-12
BLOCK: Final = 1_000
RARE: Final = 40
"""Texts that share a gram up to which they are compared in pairs; whatever stands in more is compared at once, as a matrix."""

CONTRACTIONS: Final = {"en": english.CONTRACTIONS, "es": spanish.CONTRACTIONS}
DENIALS: Final = {
    "en": word_set("no not never nothing without none nor neither"),
    "es": word_set("no nunca jamas sin ni nada ningun ninguna tampoco"),
}
"""Words after which what follows is denied."""
Grams = Counter[str]
Floats = NDArray[np.float64]
Matrix = NDArray[np.float32]
Places = NDArray[np.int64]
KINDS: Final = "".join(SHARES)


class Reader:
    """Takes texts of one language apart into grams."""

    def __init__(self, language: str) -> None:
        tongue = language.partition("-")[0]
        self.contractions = [(re.compile(pattern), plain) for pattern, plain in CONTRACTIONS.get(tongue, ())]
        self.denials = DENIALS.get(tongue, frozenset())
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
        if not tokens:
            return Counter()
        stems = [self.stem(token) for token in tokens]
        marked = self.marked(tokens, stems)
        return Counter(chain(phrases("w", ["<", *stems, ">"], LONGEST_GRAM), phrases("n", marked, 2), pairs(stems), pieces(tokens)))

    def marked(self, tokens: Sequence[str], stems: Sequence[str]) -> list[str]:
        """Return the stems, those marked that are denied: “no fever” has little to do with “fever, no doctor”."""
        marked, left = [], 0
        for token, stem in zip(tokens, stems, strict=True):
            denies = token in self.denials
            marked.append(f"no-{stem}" if left and not denies else stem)
            left = DENIED if denies else max(left - 1, 0)
        return marked


def phrases(kind: str, words: Sequence[str], longest: int) -> Iterator[str]:
    """Yield phrases of up to `longest` words."""
    for length in range(1, longest + 1):
        yield from (" ".join([kind, *words[start : start + length]]) for start in range(len(words) - length + 1))


def pairs(words: Sequence[str]) -> Iterator[str]:
    """Yield pairs of words with others between them."""
    for distance in range(2, FARTHEST + 1):
        yield from (f"p {one} {other}" for one, other in zip(words, words[distance:], strict=False))


def pieces(tokens: Sequence[str]) -> Iterator[str]:
    """Yield the pieces of words, their beginnings and ends marked by a space."""
    for token in tokens:
        word = f" {token} "
        yield from (f"c{word[start : start + length]}" for length in PIECES for start in range(len(word) - length + 1))


class Vectors:
    """Texts as sparse vectors of their grams: of each entry the text, the gram and the value, gram by gram."""

    def __init__(self, vectors: Sequence[tuple[Places, Floats]], size: int) -> None:
        rows = np.repeat(np.arange(len(vectors)), [len(places) for places, _ in vectors])
        places, values = (np.concatenate(each) for each in zip(*vectors, strict=True))
        order = np.argsort(places, kind="stable")
        self.rows, self.places, self.values = rows[order], places[order], values[order].astype(np.float32)
        self.texts = len(vectors)
        self.starts = np.searchsorted(self.places, np.arange(size + 1))

    def blocks(self, end: int) -> Iterator[Matrix]:
        """Yield the matrix of the first `end` grams a BLOCK of columns at a time: whole it would take hundreds of megabytes."""
        for first in range(0, end, BLOCK):
            last = min(first + BLOCK, end)
            here = slice(self.starts[first], self.starts[last])
            block = np.zeros((self.texts, last - first), np.float32)
            block[self.rows[here], self.places[here] - first] = self.values[here]
            yield block

    def alike(self) -> Matrix:
        """Return how much each text is like each other; grams are numbered from the commonest on."""
        counts = np.diff(self.starts)
        common = int((counts > RARE).sum())
        found = np.ones((self.texts, self.texts), np.float32)  # all have in common that somebody types them
        for block in self.blocks(common):
            for start in range(0, self.texts, BLOCK):
                found[start : start + BLOCK] += block[start : start + BLOCK] @ block.T
        for count in range(1, RARE + 1):
            entries = self.starts[:-1][counts == count][:, None] + np.arange(count)
            rows, values = self.rows[entries], self.values[entries]
            np.add.at(found.reshape(-1), rows[:, :, None] * self.texts + rows[:, None, :], values[:, :, None] * values[:, None, :])
        return found


class Detector:
    """The model of one language; `examples` are those of each card, by its key, and of HARMLESS."""

    def __init__(self, language: str, examples: Mapping[str, Sequence[str]]) -> None:
        self.language, self.reader = language, Reader(language)
        self.keys = sorted(key for key, lines in examples.items() if key != HARMLESS and lines)
        rows = [(key, grams) for key, lines in sorted(examples.items()) for line in sorted(lines) for grams in self.taught(key, line)]
        rows.append((HARMLESS, Counter()))  # where no example says so, at least nothing is harmless
        told = [grams for _, grams in rows]
        frequency = Counter(chain.from_iterable(told))
        known = sorted((-times, gram) for gram, times in frequency.items() if times > 1 or gram[0] != "c")
        self.numbers = {gram: number for number, (_, gram) in enumerate(known)}
        self.rarest = float(np.log(1 + len(told))) + 1
        self.idf = self.rarest - np.log1p([-times for times, _ in known])
        self.weights, self.offsets = self.learned([key for key, _ in rows], [self.vector(grams) for grams in told])

    def taught(self, key: str, line: str) -> list[Grams]:
        """Return what an example teaches: of a harmless one each sentence is harmless too."""
        passages = self.reader.passages(line)
        return passages if key == HARMLESS else passages[:1]

    def vector(self, grams: Grams) -> tuple[Places, Floats]:
        """Return the numbers of known grams and their values; together with those of unknown ones each kind has the length of its share."""
        kinds = np.array([KINDS.index(gram[0]) for gram in grams], np.int64)
        numbers = np.array([self.numbers.get(gram, -1) for gram in grams], np.int64)
        known = numbers >= 0
        values = (1 + np.log(np.array(list(grams.values()), np.float64))) * self.rarest
        values[known] *= self.idf[numbers[known]] / self.rarest
        squares = np.bincount(kinds, values**2, len(KINDS))
        values *= np.sqrt(np.array(list(SHARES.values())) / np.maximum(squares, TINY))[kinds]
        return numbers[known], values[known]

    def learned(self, keys: Sequence[str], vectors: Sequence[tuple[Places, Floats]]) -> tuple[Floats, Floats]:
        """Return the weights of the grams, for danger at all and for each card, and what is added."""
        is_danger = np.array([key != HARMLESS for key in keys])
        answers = np.stack([np.where(is_danger, 1.0, -1.0), *(np.where(np.array(keys) == key, 1.0, -1.0) for key in self.keys)], axis=1)
        # Either kind counts as much as the other, however many examples there are of each.
        ridge = RIDGE * 2 * np.where(is_danger, is_danger.mean(), (~is_danger).mean())
        texts = Vectors(vectors, len(self.numbers))
        alike = texts.alike()
        alike[np.diag_indices_from(alike)] += ridge
        duals = solved(alike, answers)
        weights = [np.bincount(texts.places, texts.values * column[texts.rows], len(self.numbers)) for column in duals.T]
        return np.stack(weights, axis=1), duals.sum(axis=0)

    def cards(self, text: str) -> list[str]:
        """Return the keys of the cards to which a text leads, the best first; none where it speaks of no danger."""
        if not self.keys:
            return []
        found: dict[str, float] = {}
        for number, (places, values) in enumerate(map(self.vector, self.reader.passages(text))):
            danger, *by_card = values @ self.weights[places] + self.offsets
            if danger > LIMIT + (AMONG_OTHERS if number else 0):
                best = sorted(zip(by_card, self.keys, strict=True), reverse=True)[:MOST]
                found |= {key: max(score, found.get(key, score)) for score, key in best if score >= best[0][0] - BESIDE}
        return sorted(found, key=lambda key: (-found[key], key))


def solved(matrix: Matrix, answers: Floats) -> Floats:
    """Return x of matrix @ x = answers by conjugate gradients, each column by itself: in a fraction of the time that exact means take."""
    found = np.zeros_like(answers)
    rest, way = answers.copy(), answers.copy()
    size = (rest**2).sum(axis=0)
    for _ in range(STEPS):
        if size.max() <= EXACT * len(answers):
            break
        image = (matrix @ way.astype(np.float32)).astype(np.float64)
        step = size / np.maximum((way * image).sum(axis=0), TINY)
        found += step * way
        rest -= step * image
        before, size = size, (rest**2).sum(axis=0)
        way = rest + size / np.maximum(before, TINY) * way
    return found


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
    """Return the detector made of some texts (key, examples), made once: it takes some two seconds."""
    examples: dict[str, list[str]] = {}
    for key, text in texts:
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        examples.setdefault(HARMLESS if key.startswith(HARMLESS) else key, []).extend(lines)
    return Detector(language, examples)
