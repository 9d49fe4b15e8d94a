"""What lists sort entries by, and what they and search find them by: taken from the document that readers get, when it is composed."""

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from faq.clock import CLOSES_AT, LATEST, TICK
from faq.content.analysis import search_terms
from faq.content.folding import searchable, text_of_html
from faq.models import DocumentTerm, TopicName
from faq.public.entries import VersionView
from faq.public.entry_json import Json

Kind = DocumentTerm.Kind
Terms = set[tuple[str, str]]
"""(kind, value) pairs."""
TopicNames = Mapping[tuple[str, str], Sequence[str]]
"""(slug of a topic, language) to all that it is called, folded."""
SORT_KEYS: Final = {"question": "sort_key", "-published_at": "published_key", "-last_reviewed_on": "reviewed_key"}
"""The orders in which lists come, and the column of each."""


def list_columns(view: VersionView, entry: Json | None, names: TopicNames) -> dict[str, Any]:
    """Return the columns that lists and search look at; `entry` is what readers get, None where it is gone."""
    publication, state = view.publication, view.state
    said = said_in(entry) if entry else ""
    own = [searchable(each) for each in (entry["question"], *entry["phrasings"])] if entry else []
    renamed = by_other_names(view, own, names)
    wordings = wordings_text(own, renamed)
    return {
        **{name: getattr(publication, name) for name in ("language", "audience", "origin", "published_at", "sort_key")},
        "published_key": newest_first(publication.published_at, publication.slug),
        "reviewed_key": latest_first(state.last_reviewed_on, publication.slug),
        "is_listed": entry is not None,
        "last_reviewed_on": state.last_reviewed_on,
        "next_review_due_on": state.next_review_due_on,
        "folded_text": said,
        "search_terms": search_terms(publication.language, [*own, *renamed], said) if entry else "",
        "wordings": wordings,
        "wordings_hash": hashlib.sha256(wordings.encode()).hexdigest() if entry else "",
    }


def newest_first(at: datetime, slug: str) -> str:
    """Return the key that sorts later moments first, and entries of one moment by their slugs."""
    return f"{(CLOSES_AT - at) // TICK:016x}{slug.encode().hex()}"


def latest_first(day: date, slug: str) -> str:
    """The same for days."""
    return f"{(LATEST - day).days:08x}{slug.encode().hex()}"


def said_in(entry: Json) -> str:
    """Return the question, other ways of asking it, and both answers, a line each and folded, so that no search runs over two of them."""
    texts = [entry["question"], *entry["phrasings"], entry["short_answer"], text_of_html(entry["answer"]["html"])]
    return "\n".join(searchable(text) for text in texts)


def topic_names(views: Collection[VersionView], now: datetime) -> TopicNames:
    """Return what the topics of `views` are called in all languages, in one query."""
    slugs = {place.slug for view in views for place in view.state.topics}
    rows = TopicName.objects.in_force(now).filter(topic__slug__in=slugs).values_list("topic__slug", "language", "name", "synonyms")
    return {(slug, language): [searchable(each) for each in (name, *synonyms)] for slug, language, name, synonyms in rows}


def by_other_names(view: VersionView, wordings: Sequence[str], names: TopicNames) -> list[str]:
    """Return an entry's own folded `wordings` with the other names of its topics in them."""
    language = view.publication.language
    called = [names[key] for place in view.state.topics if (key := (place.slug, language)) in names]
    return [other for wording in wordings for others in called for other in with_other_names(wording, others)]


def wordings_text(own: Sequence[str], renamed: Sequence[str]) -> str:
    """Return ways of asking as a document keeps them, each once: a line each, an empty one before those by other names."""
    once = dict.fromkeys(own)
    return "\n".join([*once, "", *dict.fromkeys(each for each in renamed if each not in once)]) if once else ""


def with_other_names(wording: str, names: Sequence[str]) -> Iterator[str]:
    """Yield a folded wording with each of the other `names` in the place of the longest one that stands in it."""
    for name in sorted(names, key=len, reverse=True):
        parts = re.split(rf"(?<!\w){re.escape(name)}(?!\w)", wording, maxsplit=1)
        if len(parts) == 2:
            yield from (other.join(parts) for other in names if other != name)
            return


def terms_of(view: VersionView, entry: Json | None) -> Terms:
    """Return the terms by which lists find an entry in force; one that is gone has none."""
    if entry is None:
        return set()
    terms = {(Kind.TOPIC, place.slug) for place in view.state.topics}
    terms |= {(Kind.SOURCE, source["key"]) for source in entry["citations"]}
    terms |= {(Kind.APPLIES_TO, key) for key in entry["applies_to"]}
    terms |= {(Kind.REGION, entry["region"])} if entry["region"] else set()
    return {(str(kind), value) for kind, value in terms}
