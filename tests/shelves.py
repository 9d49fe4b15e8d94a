"""Shelves of search made of a few texts, without a database."""

from collections.abc import Mapping, Sequence

from faq.content.analysis import read_search_terms, search_terms
from faq.content.folding import searchable
from faq.search.index import Vocabulary
from faq.search.library import Shelf

Texts = Mapping[str, Sequence[str]]
"""By slug: the ways of asking for an entry, and last what it says."""


def shelf_of(texts: Texts, language: str = "en", vocabulary: Vocabulary | None = None) -> Shelf:
    """Return the shelf of entries, their terms numbered by `vocabulary` where one is given."""
    vocabulary = vocabulary or Vocabulary(language)
    rows = {slug: kept(wordings, said, language) for slug, (*wordings, said) in texts.items()}
    return Shelf(vocabulary, {slug: vocabulary.entry_terms(slug, read_search_terms(row)) for slug, row in rows.items()})


def kept(wordings: Sequence[str], said: str, language: str = "en") -> str:
    """Return what a document keeps of such an entry."""
    folded = [searchable(wording) for wording in wordings]
    return search_terms(language, folded, "\n".join([*folded, searchable(said)]))


def found(shelf: Shelf, query: str, most: int = 10) -> list[str]:
    """Return the slugs that a query finds on a shelf, the best first."""
    folded, analyser = shelf.spelling.repaired(searchable(query)), shelf.index.vocabulary.analyser
    scores = shelf.index.scores(analyser.question_terms(folded), analyser.terms(folded))
    return [slug for slug, _ in shelf.index.best(scores, most)]
