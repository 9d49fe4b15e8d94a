"""One entry of a file as what the verbs take: the only place where the format's entry is read. load_demo and import_entries use it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from pydantic import ValidationError

from faq import payload
from faq.interchange.faults import Faulty, Place
from faq.interchange.files import Row
from faq.interchange.rows import SourceRow, TopicRow, read
from faq.payload import Words
from faq.workflow.drafting import changes_of

REQUIRED: Final = ("slug", "question", "language", "audience", "origin", "body")
PROVENANCE: Final = ("origin", "byline", "generator", "licence", "attribution")
PLAIN: Final = (
    *("question", "language", "audience", "region", "applies_to", "translation_of", "phrasings", "short_answer", "status_lines"),
    *(
        "advice_cards",
        "body",
        "key_facts",
        "care_team_questions",
        "quotations",
        "resources",
        "call_to_action",
        "update_type",
        "change_note",
    ),
)
"""The Words that stand in a file under their own names. `sources` are the citations; PROVENANCE stands beside them, not nested."""
KNOWN: Final = ("slug", "version", "status", *PLAIN, *PROVENANCE, "sources", "topics", "related", "next_review_due_on")
CITED: Final = ("key", "locator", "supporting_quote")


@dataclass(frozen=True)
class Entry:
    """One version of one entry, checked as far as a file alone allows.

    `words`: as payload has them, but the citations' titles are still those of the file. `topics`: slug to the place in it (0: none).
    `described_topics`, `described_sources`: those that the entry describes and does not merely name.
    """

    slug: str
    version: int
    is_draft: bool
    words: Words
    topics: dict[str, int]
    related: list[str]
    next_review_due_on: date | None
    described_topics: list[TopicRow]
    described_sources: list[SourceRow]
    place: Place

    def changes(self) -> dict[str, Any]:
        """Return all of the entry's words as the changes that `workflow.edit` takes; what the file leaves out becomes empty."""
        cited = [{name: getattr(each, name) for name in CITED} for each in self.words.citations]
        return changes_of(self.words) | {"citations": cited}


def entry_of(row: Row, place: Place) -> Entry:
    """Return the entry that `row` describes; raise Faulty with a fault per field."""
    faults = [place.fault(name, f"unknown field; known are {', '.join(KNOWN)}") for name in row if name not in KNOWN]
    faults += [place.fault(name, "is missing") for name in REQUIRED if row.get(name) is None]
    faults += [place.fault(name, reason) for name, reason in places_wrong(row)]
    if faults:
        raise Faulty(faults)
    topics = [topic if isinstance(topic, dict) else {"slug": topic} for topic in row.get("topics") or []]
    sources = [source if isinstance(source, dict) else {"key": source} for source in row.get("sources") or []]
    due = row.get("next_review_due_on")
    return Entry(
        slug=row["slug"],
        version=row.get("version", 1),
        is_draft=row.get("status") == "draft",
        words=words_of(row, sources, place),
        topics={topic["slug"]: topic.get("place", 0) for topic in topics},
        related=list(row.get("related") or []),
        next_review_due_on=date.fromisoformat(due) if due else None,
        described_topics=described_topics(topics, row["language"], place),
        described_sources=described_sources(sources, place),
        place=place,
    )


def described_topics(topics: Sequence[Row], language: str, place: Place) -> list[TopicRow]:
    """Return the topics that an entry in `language` describes: there `name` and `synonyms` stand for that language's names."""
    found = []
    for number, topic in enumerate(topics):
        row = {name: value for name, value in topic.items() if name not in ("name", "synonyms", "place")}
        if topic.get("name") is not None:
            row["names"] = {**(row.get("names") or {}), language: {"name": topic["name"], "synonyms": topic.get("synonyms") or []}}
        if topic.keys() - {"slug", "place"}:
            found.append(read(TopicRow, row, place, f"topics.{number}."))
    return found


def described_sources(sources: Sequence[Row], place: Place) -> list[SourceRow]:
    """Return the sources that an entry describes: what it says of them beside where it cites them."""
    found = []
    for number, source in enumerate(sources):
        row = {name: value for name, value in source.items() if name == "key" or name not in CITED}
        if len(row) > 1:
            found.append(read(SourceRow, row, place, f"sources.{number}."))
    return found


def words_of(row: Row, sources: Sequence[Row], place: Place) -> Words:
    """Return the Words of `row`; raise Faulty with a fault per field, under the names that the file uses."""
    raw = {name: row[name] for name in PLAIN if row.get(name) is not None}
    raw["provenance"] = {name: row[name] for name in PROVENANCE if row.get(name) is not None}
    raw["citations"] = [cited(source) for source in sources]
    try:
        return Words.model_validate(raw)
    except ValidationError as error:
        named = [(name_in_file(name), reason) for name, reason in payload.problems(error)]
        raise Faulty([place.fault(name, reason) for name, reason in named]) from error


def cited(source: Row) -> Row:
    """Return the citation that a file's `source` makes; its number comes from the body, its title from the library."""
    kept = {name: source[name] for name in (*CITED, "title", "publisher", "year", "url", "doi") if source.get(name) is not None}
    return {"title": str(source.get("key", "")), "number": None} | kept


def name_in_file(name: str) -> str:
    """Return the file's name of a field of the Words."""
    return name.replace("citations", "sources", 1).removeprefix("provenance.")


def places_wrong(row: Row) -> Iterator[tuple[str, str]]:
    """Yield (field, reason) for what stands around the Words: address, version, status, topics, related entries, sources, review day."""
    if "slug" in row and not (isinstance(row["slug"], str) and payload.is_slug(row["slug"])):
        yield "slug", "use lower-case letters, digits and hyphens between them, at most 100 characters"
    version = row.get("version", 1)
    if type(version) is not int or version < 1:
        yield "version", "must be a whole number from 1"
    if row.get("status") not in (None, "draft"):
        yield "status", "may only be “draft”: what becomes of words is decided here, not in a file"
    try:
        date.fromisoformat(row.get("next_review_due_on") or "2000-01-01")
    except (TypeError, ValueError):
        yield "next_review_due_on", "must be a day as YYYY-MM-DD"
    yield from named_wrong("topics", row.get("topics"), "slug")
    yield from named_wrong("sources", row.get("sources"), "key")
    related = row.get("related") or []
    if not (isinstance(related, list) and all(isinstance(slug, str) and payload.is_slug(slug) for slug in related)):
        yield "related", "must be a list of slugs"


def named_wrong(field: str, rows: Any, key: str) -> Iterator[tuple[str, str]]:
    """Yield (field, reason) unless `rows` is a list of names, or of mappings that hold `key`, each once."""
    if rows is not None and not isinstance(rows, list):
        yield field, "must be a list"
        return
    seen: set[str] = set()
    for number, row in enumerate(rows or []):
        value = row.get(key) if isinstance(row, dict) else row
        if not isinstance(value, str) or not value:
            yield f"{field}.{number}.{key}", "is missing"
        elif value in seen:
            yield f"{field}.{number}.{key}", f"{value} is named twice"
        else:
            seen.add(value)
        if isinstance(row, dict) and type(row.get("place", 0)) is not int:
            yield f"{field}.{number}.place", "must be a whole number"
