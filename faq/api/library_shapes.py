"""What the API answers beside entries, as the OpenAPI document describes it: topics, sources, standing texts, hashes, diffs, the feed."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from faq.api.shapes import Entry, Level, PageShape, Placement, Shape, SourceState, Status, TopicKind

LibraryStatus = Literal["demonstration", "live"]
Hash = Field(pattern="^sha256:[0-9a-f]{64}$")


class TopicNameShape(Shape):
    """How a topic is called in one language."""

    name: str
    synonyms: list[str]


class TopicLinks(Shape):
    """Absolute addresses: of this answer, the topic's page (null where no entry is in it itself), and its entries."""

    self: str
    html: str | None
    entries: str


class TopicRow(Shape):
    """A topic that entries in force are in, or in one below it."""

    slug: str
    kind: TopicKind
    position: int = Field(description="The order in which topics of one parent are read.")
    names: dict[str, TopicNameShape] = Field(description="By language.")
    parents: list[str] = Field(description="Slugs.")
    codes: list[str] = Field(description="`SYSTEM|CODE`, as the filter `code` takes it.")
    entries: int = Field(description="Entries in force in it and below it, those for clinicians left out.")
    links: TopicLinks


class TopicAnswer(TopicRow):
    """One topic."""

    library_status: LibraryStatus


class TopicPage(PageShape):
    """A page of topics."""

    results: list[TopicRow]


class CitingEntry(Shape):
    """An entry in force that cites the source."""

    slug: str
    version: int
    question: str


class SourceLinks(Shape):
    """Absolute addresses: of this answer, and of the entries that cite the source."""

    self: str
    entries: str


class SourceRow(Shape):
    """A source as the newest version that cites it froze it, with how it stands today."""

    key: str
    title: str
    publisher: str
    year: int | None
    url: str
    doi: str
    state: SourceState
    entries: list[CitingEntry]
    links: SourceLinks


class SourceAnswer(SourceRow):
    """One source."""

    library_status: LibraryStatus


class SourcePage(PageShape):
    """A page of sources."""

    results: list[SourceRow]


class StandingTextRow(Shape):
    """A text that stands beside many entries: each entry carries those that it needs."""

    kind: Literal["disclaimer", "glossary", "notice", "advice_card"]
    key: str
    language: str
    audience: Literal["patient", "caregiver", "clinician", "any"]
    origin: Literal["human", "ai_assisted", "ai_generated", "any"]
    placement: Placement | None
    required: bool
    level: Level | None
    title: str
    text: str
    sources: list[str] = Field(description="Keys.")
    version: int
    starts_at: datetime | None


class StandingTextPage(PageShape):
    """A page of standing texts."""

    results: list[StandingTextRow]


class HashLinks(Shape):
    """Absolute addresses: of this version, and of the entry."""

    self: str
    latest: str


class VersionWithHash(Shape):
    """What became of a version that had these words."""

    slug: str
    version: int
    status: Status
    held: bool
    withheld: bool
    erased: bool
    published_at: datetime
    ended_at: datetime | None
    links: HashLinks


class HashAnswer(Shape):
    """What became of words by their hash."""

    content_hash: str = Hash
    versions: list[VersionWithHash]
    library_status: LibraryStatus


class Piece(Shape):
    """A piece of text: in both versions, in the newer alone, or in the older alone."""

    op: Literal["equal", "insert", "delete"]
    text: str


class ChangedField(Shape):
    """A field that differs. `equal` and `insert` put together are the newer text to the letter, `equal` and `delete` the older."""

    field: str
    parts: list[Piece]


class DiffLinks(Shape):
    """Absolute addresses."""

    self: str
    version: str
    against: str


class Diff(Shape):
    """What version `version` has other than version `against`, field by field."""

    slug: str
    version: int
    against: int
    fields: list[ChangedField]
    links: DiffLinks
    library_status: LibraryStatus


class TextOfChange(Shape):
    """Which standing text came into force (`started`) or `ended`."""

    kind: Literal["disclaimer", "glossary", "notice", "advice_card", "topic_text", "danger_phrases"]
    key: str
    language: str
    number: int
    event: Literal["started", "ended"]


KINDS = Literal[
    "published",
    "republished",
    "reaffirmed",
    "reclassified",
    "withdrawn",
    "expired",
    "held",
    "released",
    "restored",
    "evidence_alert",
    "evidence_cleared",
    "standing_text",
    "erased",
    "left",
]


class ChangeRow(Shape):
    """One thing that happened. `slug` and `version` are null for a standing text; `left` stands in feeds of a topic alone."""

    kind: KINDS
    sequence: int
    slug: str | None
    version: int | None
    at: datetime
    reason: str | None
    replacement: str | None
    client_action: Literal["replace", "annotate", "purge"] = Field(description="What to do with your copy of the entry.")
    standing_text: TextOfChange = Field(description="Of a row about a standing text alone.")
    entry: Entry | None = Field(description="With `include=entry`: the version of the row, null where its text is withheld.")  # type: ignore[valid-type]


class Feed(Shape):
    """Rows after a cursor, the oldest first. Ask `next` again: at once where `has_more`, later where not."""

    next: str
    has_more: bool
    library_status: LibraryStatus
    results: list[ChangeRow]


SOMETIMES = {"ChangeRow": ("standing_text", "entry"), "InvalidProblem": ("errors",)}
"""Members that are left out where they say nothing, by shape."""
