"""The second tier of search: how near a query and the ways of asking for each entry are in meaning, where there is a model to tell.

Vectors are made ahead by `workflow.vectors` and read by `library`. Whatever is not there (no model, no vectors yet, a language that the
model was not trained on) is found by words alone, as without this module.
"""

import logging
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from django.conf import settings
from numpy.typing import DTypeLike, NDArray

from faq.models import EntryVectors
from faq.search.minilm import WIDTH, Encoder, Floats, Ints

logger = logging.getLogger(__name__)

LANGUAGE: Final = "en"
"""The language that the model was trained on."""
Stored = NDArray[np.float16]
STORED: Final = np.dtype("<f2")
"""Numbers as rows keep them: half the bytes, and cosines differ by less than 0.001."""
WORDS_SHARE: Final = np.float32(0.5)
"""How much words count beside meaning. What was measured of this and of other designs stands in CONTRIBUTING.md."""
LIKE_ENOUGH: Final = np.float32(0.4)
"""The cosine from which on an entry is found that shares no word with the query."""
MOST_LIKELY: Final = 200
"""Entries whose wordings by other names are looked at: the best by words, and as many by words and meaning without these."""
SENTENCE: Final = re.compile(r"(?<=[.!?…])\s+")
SHORTEST: Final = 3
"""Words of a sentence that says something by itself."""
MOST_READ: Final = 500
"""Characters of a query that are encoded, its first sentence in any case: about 100 tokens, and 30 milliseconds."""


def is_understood(language: str) -> bool:
    return language.partition("-")[0] == LANGUAGE


def encoder() -> Encoder | None:
    """Return the model in use; None where there is none, or none that can be read."""
    return encoder_in(settings.SEARCH_MODEL) if settings.SEARCH_MODEL else None


@lru_cache(maxsize=1)
def encoder_in(folder: Path) -> Encoder | None:
    """Read the model once for a process. Whoever asks a question gets an answer without it, so a fault is told to the log alone."""
    try:
        return Encoder(folder)
    except (OSError, ValueError, ImportError):
        logger.exception("SEARCH_MODEL cannot be used; search finds by words alone until the service is started anew.")
        return None


def last_vectors() -> int:
    """Return the key of the last row of vectors; 0 where there is none."""
    return EntryVectors.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def tag_parts() -> tuple[str, ...]:
    """Return what an answer depends on beside the state of the library: the model, and which vectors there are. No Change tells of them."""
    model = encoder()
    return (model.identity, str(last_vectors())) if model else ()


class EntryMeaning(NamedTuple):
    """The vectors of an entry's own wordings and of those by other names, as rows; and the hash of the wordings."""

    made_of: str
    own: Floats | Stored
    renamed: Stored


def read_vectors(made_of: str, own: int, stored: bytes | memoryview) -> EntryMeaning:
    rows = np.frombuffer(stored, STORED).reshape(-1, WIDTH)
    return EntryMeaning(made_of, rows[:own], rows[own:])


class Rows:
    """Rows of several entries in one matrix, and where those of each begin and end."""

    def __init__(self, parts: Sequence[Floats | Stored], dtype: DTypeLike) -> None:
        lengths = np.array([len(part) for part in parts], np.int64)
        self.ends: Ints = np.add.accumulate(lengths)
        self.starts: Ints = self.ends - lengths
        self.matrix: NDArray[Any] = np.concatenate(parts, dtype=dtype)

    def part(self, entry: int) -> NDArray[Any]:
        return self.matrix[self.starts[entry] : self.ends[entry]]

    def likeness(self, vectors: Floats) -> Floats:
        """Return the cosine of each entry's nearest row to the nearest of `vectors`. Each entry must have a row."""
        nearest: Floats = np.maximum.reduceat((self.matrix @ vectors.T).max(axis=1), self.starts)
        return nearest


class Meanings:
    """The vectors of a shelf, beside its entries in their order. It never changes.

    Of wordings by other names there are several times as many as of others. They are looked at last, where an entry is likely, and stay as
    they were stored: all of them in a form that can be multiplied would take longer to read from memory than all the rest of a search.
    """

    def __init__(self, entries: Mapping[str, EntryMeaning], slugs: Sequence[str]) -> None:
        """Of the entries `slugs` some may have no vectors; at least one has."""
        self.size = len(slugs)
        self.places: Ints = np.array([place for place, slug in enumerate(slugs) if slug in entries], np.int64)
        known = [slugs[place] for place in self.places]
        self.own = Rows([entries[slug].own for slug in known], np.float32)
        self.renamed = Rows([entries[slug].renamed for slug in known], STORED)
        # Pieces of the new matrices, so that those before can go.
        self.entries = {
            slug: EntryMeaning(entries[slug].made_of, self.own.part(place), self.renamed.part(place)) for place, slug in enumerate(known)
        }

    def likeness(self, vectors: Floats, words: Floats) -> Floats:
        """Return the cosine of each entry's nearest wording to the nearest of `vectors`; NaN where it has no vectors.

        Of an entry that is nearer by another name it is the mean of both, for many names are many chances. `words` are its scores.
        """
        near, words = self.own.likeness(vectors), words[self.places]
        likely = np.union1d(highest(words), highest(weighed(words, near)))
        likely = likely[self.renamed.ends[likely] > self.renamed.starts[likely]]
        if len(likely):
            renamed = Rows([self.renamed.part(entry) for entry in likely], np.float32).likeness(vectors)
            near[likely] = (near[likely] + np.maximum(near[likely], renamed)) / 2
        likeness = np.full(self.size, np.nan, np.float32)
        likeness[self.places] = near
        return likeness


def highest(values: Floats) -> Ints:
    """Return the places of the MOST_LIKELY highest values, in no order."""
    return np.argpartition(-values, MOST_LIKELY)[:MOST_LIKELY] if len(values) > MOST_LIKELY else np.arange(len(values))


def weighed(words: Floats, likeness: Floats) -> Floats:
    """Return scores by words, the best of which is 1, and by cosine."""
    return WORDS_SHARE * words / np.float32(words.max() or 1) + (1 - WORDS_SHARE) * likeness


def together(words: Floats, likeness: Floats) -> Floats:
    """Return the scores of entries by words and by meaning, on the scale of `words`, so that they compare with those of other shelves.

    Where the cosine is not known (NaN), meaning is taken to be as near as words are: what was published a moment ago is at no loss.
    """
    scale = np.float32(words.max() or 1)
    near: Floats = np.where(np.isnan(likeness), words / scale * np.nanmax(likeness), likeness)
    near[(words == 0) & (near < LIKE_ENOUGH)] = 0
    return scale * weighed(words, near)


def passages(folded: str) -> list[str]:
    """Return what of a query is encoded: each of its sentences, for a letter says much that it does not ask.

    Of a long one the sentences that are questions come first, then the others in their order, as many as MOST_READ takes.
    """
    sentences = [each for each in SENTENCE.split(folded) if len(each.split()) >= SHORTEST] or [folded]
    read = 0
    chosen: list[str] = []
    for sentence in sorted(sentences, key=lambda each: not each.endswith("?")):
        read += len(sentence)
        if not chosen or read <= MOST_READ:
            chosen.append(sentence)
    return chosen
