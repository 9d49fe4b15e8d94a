"""A worker's index of all entries in force, kept in step with the feed of Changes.

The index is derived, and each worker has its own. Every search says for which state of the library it asks; where the chain has grown
since, the entries that Changes tell of are taken anew, and where it has not merely grown (a restored backup), all of them are. Sentence
vectors come later than their entries, and no Change tells of them: they are followed by their keys, which grow too.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from copy import copy
from threading import Lock
from typing import Final

from django.db import DatabaseError
from django.db.models import Q
from django.utils import timezone

from faq.content.analysis import read_search_terms
from faq.models import Change, Document, EntryVectors
from faq.public.caching import LibraryState, library_state
from faq.search.danger import detectors_at
from faq.search.index import EntryTerms, Index, Vocabulary
from faq.search.meaning import EntryMeaning, Meanings, encoder, is_understood, last_vectors, read_vectors
from faq.search.spelling import Spelling

CHUNK: Final = 2_000
"""Documents that are read from the database at once."""


Changed = Mapping[str, EntryTerms | None]
"""Entries taken anew, by slug; None stands for one that is gone."""
NewMeanings = Mapping[str, EntryMeaning]


class Shelf:
    """The entries of one language, at least one: never changed, but replaced by another one."""

    def __init__(self, vocabulary: Vocabulary, entries: Mapping[str, EntryTerms]) -> None:
        self.entries = entries
        self.index = Index(vocabulary, [entries[slug] for slug in sorted(entries)])
        self.spelling = Spelling(self.index)
        self.meanings: Meanings | None = None

    def with_meanings(self, meanings: NewMeanings) -> "Shelf":
        """Return the same shelf with those of `meanings` that were made of the wordings of its entries as they stand."""
        slugs = [entry.slug for entry in self.index.entries]
        valid = {slug: found for slug in slugs if (found := meanings.get(slug)) and found.made_of == self.entries[slug].wordings_hash}
        other = copy(self)
        other.meanings = Meanings(valid, slugs) if valid else None
        return other


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
        self.vectors_known = (0, 0)
        """The last row of vectors that was looked at, and the sequence of the shelves for which it was."""
        self.shelves: Mapping[str, Shelf] = {}

    def at(self, state: LibraryState) -> Mapping[str, Shelf]:
        """Return the shelves as they stand at `state`, or after it."""
        with self.lock:
            if state.change_head != self.head:
                self.follow(state)
            if model := encoder():
                self.follow_vectors(model.identity)
            return self.shelves

    def follow(self, state: LibraryState) -> None:
        """Take what has changed. Rows are read after the state was: they can be newer than it, and are then read once more."""
        if not self.is_of_this_chain():
            self.shelves, self.sequence, self.vectors_known = {}, 0, (0, 0)
        elif int(state.last_sequence) <= self.sequence:
            return  # asked by somebody who had read the state before others brought the index further
        changed: dict[str, dict[str, EntryTerms | None]] = {}
        vocabularies = {language: shelf.index.vocabulary for language, shelf in self.shelves.items()}
        for slug, language, kept, wordings_hash in changed_since(self.sequence):
            vocabulary = vocabularies.get(language) or vocabularies.setdefault(language, Vocabulary(language))
            terms = vocabulary.entry_terms(slug, read_search_terms(kept), wordings_hash) if kept else None
            changed.setdefault(language, {})[slug] = terms
        made = {language: shelf_with(vocabularies[language], self.shelves.get(language), entries) for language, entries in changed.items()}
        self.shelves = {language: shelf for language, shelf in {**self.shelves, **self.with_old_meanings(made)}.items() if shelf}
        self.head, self.sequence = state.change_head, int(state.last_sequence)

    def with_old_meanings(self, made: Mapping[str, Shelf | None]) -> dict[str, Shelf | None]:
        """Return shelves made anew with what those before them had of vectors, but for entries that have other wordings now."""
        old = {language: shelf.meanings for language, shelf in self.shelves.items() if shelf.meanings}
        return {
            language: shelf.with_meanings(old[language].entries) if shelf and language in old else shelf for language, shelf in made.items()
        }

    def follow_vectors(self, identity: str) -> None:
        """Take the vectors that the model `identity` made since, and those of entries that have changed.

        The latter may have been there before: of an entry that the shelf did not know yet they did not count.
        """
        last = last_vectors()
        if (last, self.sequence) == self.vectors_known:
            return
        new = dict(vectors_since(*self.vectors_known, identity))
        self.shelves = {language: shelf_with_new(shelf, language, new) for language, shelf in self.shelves.items()}
        self.vectors_known = last, self.sequence

    def is_of_this_chain(self) -> bool:
        """Whether the chain holds all that this index knows."""
        return Change.objects.filter(sequence=self.sequence, row_hash=self.head).exists()


def shelf_with_new(shelf: Shelf, language: str, new: NewMeanings) -> Shelf:
    """Return a shelf with those of the `new` vectors that are for its entries."""
    if not is_understood(language) or new.keys().isdisjoint(shelf.entries):
        return shelf
    return shelf.with_meanings({**(shelf.meanings.entries if shelf.meanings else {}), **new})


def changed_since(sequence: int) -> Iterator[tuple[str, str, str, str]]:
    """Yield (slug, language, search terms, hash of its wordings) of the entries whose last Change came after `sequence`; of one that is
    gone no terms."""
    rows = Document.objects.filter(last_change__gt=sequence).order_by().values_list("slug", "language", "search_terms", "wordings_hash")
    yield from rows.iterator(chunk_size=CHUNK)


def vectors_since(last: int, sequence: int, identity: str) -> Iterator[tuple[str, EntryMeaning]]:
    """Yield (slug, vectors) of the rows after `last`, and of the entries whose last Change came after `sequence`."""
    changed = Document.objects.filter(last_change__gt=sequence).values("slug")
    rows = EntryVectors.objects.filter(Q(pk__gt=last) | Q(slug__in=changed), encoder=identity).order_by()
    for slug, made_of, own, vectors in rows.values_list("slug", "made_of", "own", "vectors").iterator(chunk_size=CHUNK):
        yield slug, read_vectors(made_of, own, vectors)


LIBRARY: Final = SearchLibrary()


def warm_up() -> None:
    """Make the index, and what hears danger, before the first search asks. Where there is no table yet, that search makes them."""
    now = timezone.now()
    with suppress(DatabaseError):
        LIBRARY.at(library_state(now))
        detectors_at(now)
