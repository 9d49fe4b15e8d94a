"""What a query finds: entries in force, the best first, and what it may have meant by words that the library does not know."""

from collections.abc import Collection, Sequence
from typing import Final, NamedTuple

from django.db.models import QuerySet

from faq.content.folding import searchable
from faq.models import Document
from faq.public.caching import LibraryState
from faq.search.index import Floats
from faq.search.library import LIBRARY, Shelf
from faq.search.meaning import encoder, passages, together

LONGEST: Final = 2_000
"""Characters of a query: whole letters are asked."""
MOST: Final = 50
"""Entries that one query finds: nobody reads on for longer, and an app that wants all has the lists."""
OFFERED: Final = 5
"""Entries that are shown to whoever asks something of the team, before it is kept."""
TAIL: Final = 0.2
"""The part of the best score below which an entry is a chance hit; the first LEAST are shown all the same."""
LEAST: Final = 3


class Hit(NamedTuple):
    """An entry that was found; a higher `score` is a better match, and only scores of one query can be compared."""

    slug: str
    score: float


class Found(NamedTuple):
    """The hits; the terms that were looked for in each language; the query as it was read in that of the best hit, None if unchanged."""

    hits: list[Hit]
    terms: dict[str, list[str]]
    did_you_mean: str | None


def for_readers() -> QuerySet[Document]:
    """Return the entries in force but for those that are written for clinicians."""
    return Document.objects.filter(is_listed=True).exclude(audience="clinician")


def search(query: str, documents: QuerySet[Document], languages: Collection[str], state: LibraryState) -> Found:
    """Return what `query` finds among `documents`, of some `languages` or of all, in the library as it stands at `state`."""
    folded = searchable(query)
    shelves = {language: shelf for language, shelf in LIBRARY.at(state).items() if not languages or language in languages}
    read = {language: shelf.spelling.repaired(folded) for language, shelf in shelves.items()}
    terms = {language: shelf.index.vocabulary.analyser.terms(read[language]) for language, shelf in shelves.items()}
    ranked = [(shelf.index, scores_of(shelf, read[language], terms[language])) for language, shelf in shelves.items()]
    first = [Hit(*each) for index, scores in ranked for each in index.best(scores, MOST)]
    hits = in_force(documents, first)
    if 2 * len(hits) < len(first) >= MOST:
        # A filter that keeps few of many: what it keeps is looked for among all.
        every = [Hit(*each) for index, scores in ranked for each in index.best(scores, len(index.entries))]
        filtered = set(documents.values_list("slug", flat=True))
        hits = [hit for hit in every if hit.slug in filtered]
    best = sorted(hits, key=lambda hit: (-hit.score, hit.slug))[:MOST]
    kept = [hit for place, hit in enumerate(best) if place < LEAST or hit.score >= TAIL * best[0].score]
    meant = next((read[language] for language, shelf in shelves.items() if best and best[0].slug in shelf.entries), folded)
    return Found(kept, terms, meant if meant != folded else None)


def search_for_readers(query: str, language: str, state: LibraryState) -> tuple[Found, bool]:
    """Return what `query` finds in `language`, else in any other, and whether it was another."""
    found = search(query, for_readers(), [language], state)
    if found.hits:
        return found, False
    elsewhere = search(query, for_readers(), [], state)
    return elsewhere, bool(elsewhere.hits)


def scores_of(shelf: Shelf, folded: str, terms: Sequence[str]) -> Floats:
    """Return the score of each entry of a shelf for a folded query: by words, and by meaning where there are vectors."""
    words = shelf.index.scores(shelf.index.vocabulary.analyser.question_terms(folded), terms)
    model = encoder() if shelf.meanings else None
    return together(words, shelf.meanings.likeness(model.encode(passages(folded)), words)) if shelf.meanings and model else words


def in_force(documents: QuerySet[Document], hits: list[Hit]) -> list[Hit]:
    """Return the hits that are among `documents` at this moment: what was withdrawn just now is found no more."""
    kept = set(documents.filter(slug__in=[hit.slug for hit in hits]).values_list("slug", flat=True))
    return [hit for hit in hits if hit.slug in kept]
