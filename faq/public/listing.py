"""What lists sort entries by, and what they choose them by: taken from the document that readers get, when it is composed."""

from datetime import date, datetime
from typing import Any, Final

from faq.clock import CLOSES_AT, LATEST, TICK
from faq.content.folding import searchable, text_of_html
from faq.models import DocumentTerm
from faq.public.entries import VersionView
from faq.public.entry_json import Json

Kind = DocumentTerm.Kind
Terms = set[tuple[str, str]]
"""(kind, value) pairs."""
SORT_KEYS: Final = {"question": "sort_key", "-published_at": "published_key", "-last_reviewed_on": "reviewed_key"}
"""The orders in which lists come, and the column of each."""


def list_columns(view: VersionView, entry: Json | None) -> dict[str, Any]:
    """Return the columns that lists look at; `entry` is what readers get, None where it is gone."""
    publication, state = view.publication, view.state
    return {
        **{name: getattr(publication, name) for name in ("language", "audience", "origin", "published_at", "sort_key")},
        "published_key": newest_first(publication.published_at, publication.slug),
        "reviewed_key": latest_first(state.last_reviewed_on, publication.slug),
        "is_listed": entry is not None,
        "last_reviewed_on": state.last_reviewed_on,
        "next_review_due_on": state.next_review_due_on,
        "folded_text": said_in(entry) if entry else "",
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


def terms_of(view: VersionView, entry: Json | None) -> Terms:
    """Return the terms by which lists find an entry in force; one that is gone has none."""
    if entry is None:
        return set()
    terms = {(Kind.TOPIC, place.slug) for place in view.state.topics}
    terms |= {(Kind.SOURCE, source["key"]) for source in entry["citations"]}
    terms |= {(Kind.APPLIES_TO, key) for key in entry["applies_to"]}
    terms |= {(Kind.REGION, entry["region"])} if entry["region"] else set()
    return {(str(kind), value) for kind, value in terms}
