"""One entry of a file as the verbs take it: the only place where the format's entry is read, for load_demo and import_entries alike."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from pydantic import ValidationError

from faq.clock import read_day
from faq.content.reasons import problems_in
from faq.content.texts import as_number, is_slug
from faq.content.words import CitedKey, DraftWords, Provenance, flat, required_fields
from faq.interchange.errors import Place, RowErrors
from faq.interchange.files import Row
from faq.interchange.rows import SourceRow, TopicRow, read_row
from faq.workflow import responsible

PROVENANCE: Final = tuple(Provenance.model_fields)
PLAIN: Final = tuple(name for name in DraftWords.model_fields if name not in ("schema_version", "citations", "provenance"))
"""The words that stand in a file under their own names. `sources` are the citations; PROVENANCE stands beside them, not nested."""
REQUIRED: Final = ("slug", *(name for shape in (DraftWords, Provenance) for name in required_fields(shape) if name != "provenance"))
KNOWN: Final = ("slug", "version", "status", *PLAIN, *PROVENANCE, "sources", "topics", "related", "next_review_due_on")
CITED: Final = tuple(CitedKey.model_fields)


@dataclass(frozen=True)
class FileEntry:
    """One version of one entry, checked as far as a file alone allows.

    `topics`: slug to the place in it (0: none).
    `described_topics`, `described_sources`: those that the entry describes and does not merely name.
    """

    slug: str
    version: int
    is_draft: bool
    words: DraftWords
    topics: dict[str, int]
    related: list[str]
    next_review_due_on: date | None
    described_topics: list[TopicRow]
    described_sources: list[SourceRow]
    place: Place

    def changes(self) -> dict[str, Any]:
        """All of the words, as `workflow.edit` takes them: what the file leaves out becomes empty, but for who answers for them."""
        return {name: value for name, value in flat(self.words).items() if name != responsible.FIELD or value}


def entry_from_row(row: Row, place: Place) -> FileEntry:
    """Raises RowErrors with an error per field."""
    errors = [place.error(name, f"unknown field; known are {', '.join(KNOWN)}") for name in row if name not in KNOWN]
    errors += [place.error(name, "is missing") for name in REQUIRED if row.get(name) is None]
    errors += [place.error(name, reason) for name, reason in wrong_around_words(row)]
    if errors:
        raise RowErrors(errors)
    topics = [topic if isinstance(topic, dict) else {"slug": topic} for topic in row.get("topics") or []]
    sources = [source if isinstance(source, dict) else {"key": source} for source in row.get("sources") or []]
    due = row.get("next_review_due_on")
    return FileEntry(
        slug=str(row["slug"]),
        version=as_number(row.get("version", 1)),
        is_draft=row.get("status") == "draft",
        words=words_in_row(row, sources, place),
        topics={str(topic["slug"]): as_number(topic.get("place", 0)) for topic in topics},
        related=list(map(str, row.get("related") or [])),
        next_review_due_on=read_day(due) if due else None,
        described_topics=described_topics(topics, row["language"], place),
        described_sources=described_sources(sources, place),
        place=place,
    )


def described_topics(topics: Sequence[Row], language: str, place: Place) -> list[TopicRow]:
    """In an entry `name` and `synonyms` of a topic are those in the entry's `language`."""
    described = []
    for number, topic in enumerate(topics):
        row = {name: value for name, value in topic.items() if name not in ("name", "synonyms", "place")}
        if topic.get("name") is not None:
            row["names"] = {**(row.get("names") or {}), language: {"name": topic["name"], "synonyms": topic.get("synonyms") or []}}
        if topic.keys() - {"slug", "place"}:
            described.append(read_row(TopicRow, row, place, f"topics.{number}."))
    return described


def described_sources(sources: Sequence[Row], place: Place) -> list[SourceRow]:
    """A source with nothing but what a citation has (CITED) is named, not described: the library or another row knows the rest."""
    described = []
    for number, source in enumerate(sources):
        row = {name: value for name, value in source.items() if name == "key" or name not in CITED}
        if len(row) > 1:
            described.append(read_row(SourceRow, row, place, f"sources.{number}."))
    return described


def words_in_row(row: Row, sources: Sequence[Row], place: Place) -> DraftWords:
    raw = {name: row[name] for name in PLAIN if row.get(name) is not None}
    raw["provenance"] = {name: row[name] for name in PROVENANCE if row.get(name) is not None}
    raw["citations"] = [{name: source[name] for name in CITED if source.get(name) is not None} for source in sources]
    try:
        return DraftWords.model_validate(raw)
    except ValidationError as error:
        raise RowErrors([place.error(name_in_file(name), reason) for name, reason in problems_in(error)]) from error


def name_in_file(name: str) -> str:
    """Files call the `citations` of the Words `sources`, since they may describe them too."""
    return name.replace("citations", "sources", 1)


def wrong_around_words(row: Row) -> Iterator[tuple[str, str]]:
    """Yield (field, reason) for the fields beside the Words, and for `sources`, which hold more than the citations of the Words."""
    if "slug" in row and not (isinstance(row["slug"], str) and is_slug(row["slug"])):
        yield "slug", "use lower-case letters, digits and hyphens between them, at most 100 characters"
    version = as_number(row.get("version", 1))
    if type(version) is not int or version < 1:  # not isinstance, to which True is a number
        yield "version", "must be a whole number from 1"
    if row.get("status") not in (None, "draft"):
        yield "status", "may only be “draft”: what becomes of words is decided here, not in a file"
    try:
        read_day(row.get("next_review_due_on") or "2000-01-01")
    except ValueError as error:
        yield "next_review_due_on", str(error)
    yield from wrong_names("topics", row.get("topics"), "slug")
    yield from wrong_names("sources", row.get("sources"), "key")
    related = row.get("related") or []
    if not (isinstance(related, list) and all(isinstance(slug, str) and is_slug(slug) for slug in related)):
        yield "related", "must be a list of slugs"


def wrong_names(field: str, rows: Any, key: str) -> Iterator[tuple[str, str]]:
    """Yield (field, reason) unless `rows` is a list of names, or of mappings that hold `key`, and no name stands twice."""
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
        if isinstance(row, dict) and type(as_number(row.get("place", 0))) is not int:
            yield f"{field}.{number}.place", "must be a whole number"
