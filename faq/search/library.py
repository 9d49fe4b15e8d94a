"""A worker's index of all entries in force, kept in step with the feed of Changes.

The index is derived, and each worker has its own. Every search says for which state of the library it asks; where the chain has grown
since, the entries that Changes tell of are taken anew, and where it has not merely grown (a restored backup), all of them are.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from threading import Lock
from typing import Final

from django.db import DatabaseError
from django.utils import timezone

from faq.content.analysis import read_search_terms
from faq.models import Change, Document
from faq.public.caching import LibraryState, library_state
from faq.search.danger import detectors_at
from faq.search.index import EntryTerms, Index, Vocabulary
from faq.search.spelling import Spelling

CHUNK: Final = 2_000
"""Documents that are read from the database at once."""


Changed = Mapping[str, EntryTerms | None]
"""Entries taken anew, by slug; None stands for one that is gone."""


class Shelf:
    """The entries of one language, at least one: never changed, but replaced by another one."""

    def __init__(self, vocabulary: Vocabulary, entries: Mapping[str, EntryTerms]) -> None:
        self.entries = entries
        self.index = Index(vocabulary, [entries[slug] for slug in sorted(entries)])
        self.spelling = Spelling(self.index)


def shelf_with(vocabulary: Vocabulary, old: Shelf | None, changed: Changed) -> Shelf | None:
    """Return a shelf after changes to its entries; None where none is left."""
    entries = {**(old.entries if old else {}), **changed}
    left = {slug: entry for slug, entry in entries.items() if entry}
    return Shelf(vocabulary, left) if left else None


class SearchLibrary:
    """The shelves of one worker, by language. It is safe for the threads of that worker: who asks first brings it up to date."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.head, self.sequence = "", 0
        self.shelves: Mapping[str, Shelf] = {}

    def at(self, state: LibraryState) -> Mapping[str, Shelf]:
        """Return the shelves as they stand at `state`, or after it."""
        with self.lock:
            if state.change_head != self.head:
                self.follow(state)
            return self.shelves

    def follow(self, state: LibraryState) -> None:
        """Take what has changed. Rows are read after the state was: they can be newer than it, and are then read once more."""
        if not self.is_of_this_chain():
            self.shelves, self.sequence = {}, 0
        elif int(state.last_sequence) <= self.sequence:
            return  # asked by somebody who had read the state before others brought the index further
        changed: dict[str, dict[str, EntryTerms | None]] = {}
        vocabularies = {language: shelf.index.vocabulary for language, shelf in self.shelves.items()}
        for slug, language, kept in changed_since(self.sequence):
            vocabulary = vocabularies.get(language) or vocabularies.setdefault(language, Vocabulary(language))
            changed.setdefault(language, {})[slug] = vocabulary.entry_terms(slug, read_search_terms(kept)) if kept else None
        made = {language: shelf_with(vocabularies[language], self.shelves.get(language), entries) for language, entries in changed.items()}
        self.shelves = {language: shelf for language, shelf in {**self.shelves, **made}.items() if shelf}
        self.head, self.sequence = state.change_head, int(state.last_sequence)

    def is_of_this_chain(self) -> bool:
        """Whether the chain holds all that this index knows."""
        return Change.objects.filter(sequence=self.sequence, row_hash=self.head).exists()


def changed_since(sequence: int) -> Iterator[tuple[str, str, str]]:
    """Yield (slug, language, search terms) of the entries whose last Change came after `sequence`; of one that is gone no terms."""
    rows = Document.objects.filter(last_change__gt=sequence).order_by().values_list("slug", "language", "search_terms")
    yield from rows.iterator(chunk_size=CHUNK)


LIBRARY: Final = SearchLibrary()


def warm_up() -> None:
    """Make the index, and what hears danger, before the first search asks. Where there is no table yet, that search makes them."""
    now = timezone.now()
    with suppress(DatabaseError):
        LIBRARY.at(library_state(now))
        detectors_at(now)
