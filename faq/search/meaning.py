"""The second tier of search: how near a query and the ways of asking for each entry are in meaning, where there is a model to tell.

Vectors are made ahead by `workflow.vectors` and read by `library`. Whatever is not there (no model, no vectors yet, a language that the
model was not trained on) is found by words alone, as without this module.
"""

import logging
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from django.conf import settings

from faq.models import EntryVectors
from faq.search.minilm import WIDTH, Encoder, Floats, Ints

logger = logging.getLogger(__name__)

LANGUAGE: Final = "en"
"""The language that the model was trained on."""
STORED: Final = np.dtype("<f2")
"""Numbers as rows keep them: half the bytes, and cosines differ by less than 0.001."""
WORDS_SHARE: Final = np.float32(0.3)
"""How much words count beside meaning."""
LIKE_ENOUGH: Final = np.float32(0.4)
"""The cosine from which on an entry is found that shares no word with the query."""


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
    """The vectors of an entry's wordings, as rows, and the hash of the wordings that they were made of."""

    made_of: str
    vectors: Floats


def read_vectors(made_of: str, stored: bytes | memoryview) -> EntryMeaning:
    return EntryMeaning(made_of, np.frombuffer(stored, STORED).astype(np.float32).reshape(-1, WIDTH))


class Meanings:
    """The vectors of a shelf in one matrix, beside its entries in their order. It never changes."""

    def __init__(self, entries: Mapping[str, EntryMeaning], slugs: Sequence[str]) -> None:
        """Of the entries `slugs` some may have no vectors; at least one has."""
        self.size = len(slugs)
        self.places: Ints = np.array([place for place, slug in enumerate(slugs) if slug in entries], np.int64)
        known = [slugs[place] for place in self.places]
        lengths = np.array([len(entries[slug].vectors) for slug in known])
        ends = np.cumsum(lengths)
        self.starts: Ints = ends - lengths
        self.matrix: Floats = np.concatenate([entries[slug].vectors for slug in known])
        # Pieces of the new matrix, so that the one before it can go.
        pieces = zip(known, self.starts, ends, strict=True)
        self.entries = {slug: EntryMeaning(entries[slug].made_of, self.matrix[start:end]) for slug, start, end in pieces}

    def likeness(self, vector: Floats) -> Floats:
        """Return the cosine of each entry's nearest wording; NaN where it has no vectors."""
        nearest = np.full(self.size, np.nan, np.float32)
        nearest[self.places] = np.maximum.reduceat(self.matrix @ vector, self.starts)
        return nearest


def together(words: Floats, likeness: Floats) -> Floats:
    """Return the scores of entries by words and meaning, on the scale of `words`, so that they compare with those of other shelves.

    Where the cosine is not known (NaN), meaning is taken to be as near as words are: what was published a moment ago is at no loss.
    """
    scale = np.float32(words.max() or 1)
    by_words = words / scale
    near: Floats = np.where(np.isnan(likeness), by_words * np.nanmax(likeness), likeness).astype(np.float32)
    near[(words == 0) & (near < LIKE_ENOUGH)] = 0
    scores: Floats = scale * (WORDS_SHARE * by_words + (1 - WORDS_SHARE) * near)
    return scores
