"""The second tier of search: how near a query and the ways of asking for each entry are in meaning, where there is a model to tell.

Vectors are made ahead by `workflow.vectors` and read by `library`. Whatever is not there (no model, no vectors yet, a language that the
model was not trained on) is found by words alone, as without this module.
"""

import logging
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

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
    """The vectors of an entry's wordings, as rows, its `own` before those by other names; and the hash of the wordings."""

    made_of: str
    own: int
    vectors: Floats | Stored


def read_vectors(made_of: str, own: int, stored: bytes | memoryview) -> EntryMeaning:
    return EntryMeaning(made_of, own, np.frombuffer(stored, STORED).reshape(-1, WIDTH))


class Meanings:
    """The vectors of a shelf in one matrix, beside its entries in their order. It never changes."""

    def __init__(self, entries: Mapping[str, EntryMeaning], slugs: Sequence[str]) -> None:
        """Of the entries `slugs` some may have no vectors; at least one has."""
        self.size = len(slugs)
        self.places: Ints = np.array([place for place, slug in enumerate(slugs) if slug in entries], np.int64)
        known = [(slugs[place], entries[slugs[place]]) for place in self.places]
        lengths = np.array([len(entry.vectors) for _, entry in known], np.int64)
        ends: Ints = np.add.accumulate(lengths)
        self.starts: Ints = ends - lengths
        own = np.array([entry.own for _, entry in known], np.int64)
        self.is_own = np.arange(ends[-1]) < np.repeat(self.starts + own, lengths)
        self.matrix: Floats = np.concatenate([entry.vectors for _, entry in known], dtype=np.float32)
        # Pieces of the new matrix, so that the one before it can go.
        pieces = zip(known, self.starts, ends, strict=True)
        self.entries = {slug: EntryMeaning(entry.made_of, entry.own, self.matrix[start:end]) for (slug, entry), start, end in pieces}

    def likeness(self, vectors: Floats) -> Floats:
        """Return the cosine of each entry's nearest wording to the nearest of `vectors`; NaN where it has no vectors.

        Of an entry that is nearer by another name it is the mean of both, for many names are many chances.
        """
        cosines = (self.matrix @ vectors.T).max(axis=1)
        nearest = np.maximum.reduceat(cosines, self.starts)
        own = np.maximum.reduceat(np.where(self.is_own, cosines, np.float32(-1)), self.starts)
        likeness = np.full(self.size, np.nan, np.float32)
        likeness[self.places] = (own + nearest) / 2
        return likeness


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
