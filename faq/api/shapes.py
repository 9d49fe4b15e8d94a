"""What the API answers, as the OpenAPI document describes it. The fields of the Words come from faq.content.words, the one list.

Nothing is answered through these classes: answers are composed once (faq/public), and `tests/test_openapi.py` holds every answer of the
demonstration against them, member by member.
"""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, Field, create_model

from faq.content.words import CitedSource, Provenance, Words

Hash = Field(pattern="^sha256:[0-9a-f]{64}$", examples=["sha256:" + "0" * 60 + "beef"])
Level = Literal["emergency", "urgent", "routine"]
Placement = Literal["before", "after"]
TopicKind = Literal["condition", "medicine", "test", "symptom", "living_with", "research", "guide"]
SourceState = Literal["current", "superseded", "retracted"]
Status = Literal["current", "superseded", "withdrawn", "expired"]
Reason = Literal["unsafe", "outdated", "source_retracted", "duplicate", "legal", "error", "other", "expired"]


class Shape(BaseModel):
    """A JSON object. Members may be added later; none goes, and none changes its meaning, within version 1."""


# Parts of an entry.


class UrgentAdvice(Shape):
    """An urgent-advice card. Show it above the answer, the most urgent first, in any form and also beside a 410."""

    level: Level = Field(description="`emergency`: call the emergency number; `urgent`: the care team, now.")
    signs: str = Field(description="What somebody may notice.")
    action: str = Field(description="What they do then.")


class Disclaimer(Shape):
    """A disclaimer. Show every one, word for word, where `placement` says."""

    key: str
    placement: Placement
    text: str
    version: int = Field(description="The number of this text: it changes apart from the entry.")


class Section(Shape):
    """The part of the answer from one heading to the next. The HTML of the sections, joined, is `answer.html`."""

    id: str = Field(description="The `id` of its first element, which is the heading where there is one.")
    heading: str = Field(description="Plain text; empty for what stands before the first heading.")
    html: str
    citations: list[int] = Field(description="The numbers of the citations that this part names.")


class AnswerText(Shape):
    """The answer itself: as it was approved (`markdown`), and as HTML of a small safe set of elements without scripts or styles."""

    markdown: str = Field(description="The approved bytes, part of `content_hash`.")
    html: str = Field(description="Links are absolute, or `#source-N`: the citation whose `number` is N.")
    sections: list[Section]


class Translation(Shape):
    """The same entry in another language."""

    language: str
    slug: str
    version: int
    behind: bool = Field(description="It was made from an older version than the original's.")


class TopicOfEntry(Shape):
    """A topic of the entry, named in the entry's language."""

    slug: str
    name: str
    kind: TopicKind


class Citation(CitedSource):
    """A source as it was when the words were approved. `number` is its mark in the answer, null for a general source."""

    source_state: SourceState = Field(description="How the source stands today; everything else is frozen.")


class Related(Shape):
    """Another entry worth reading."""

    slug: str
    question: str


class Disclosure(Shape):
    """Whether an AI took part, in a public vocabulary; computed from `origin`, never typed."""

    vocabulary: Literal["w3c-cg-ai-content-disclosure"]
    as_of: str
    value: Literal["human-only", "ai-assisted"]


class ProvenanceOfEntry(Provenance):
    """Where the words come from, who answers for them, and under which licence they may be used."""

    disclosure: Disclosure
    digital_source_type: str = Field(description="IPTC's term for the same, as a URI.")


class Approver(Shape):
    """Who approved the words: the role always, the name where the person agrees."""

    role: str
    name: str | None


class Alert(Shape):
    """A cited source no longer stands, and what a reviewer found about this entry; `outcome` is empty until one has looked."""

    source: str
    state: SourceState
    raised_at: datetime
    outcome: Literal["", "unaffected", "minor", "affected"]


class Held(Shape):
    """The entry is being checked and stays up under this warning. Show `notice` above the answer."""

    since: datetime
    notice: str


class Review(Shape):
    """Who stands behind the words, and how long. `attested`: reviewed elsewhere, as `document` shows; then nobody approved it here."""

    state: Literal["current", "due", "overdue"] = Field(description="Changes with the date alone.")
    decision: Literal["approved", "attested"]
    approved_by: Approver | None
    approved_at: datetime | None
    attested_by: str | None
    attested_on: date | None
    document: str | None
    last_reviewed_on: date
    next_review_due_on: date
    expires_on: date | None
    alerts: list[Alert]
    held: Held | None


class EndedEntry(Shape):
    """Why the entry of this version was taken down."""

    reason: Reason
    notice: str


class EntryLinks(Shape):
    """Absolute addresses: of this answer, its page, all versions, the version in force, and the versions beside this one."""

    self: str
    html: str
    versions: str
    latest: str
    previous: str | None
    next: str | None


class StateOfEntry(Shape):
    """What an entry says beside its Words."""

    slug: str = Field(description="The address of the entry, for ever.", examples=["what-does-her2-positive-mean"])
    version: int
    status: Status
    direction: Literal["ltr", "rtl"]
    translations: list[Translation]
    urgent_advice: list[UrgentAdvice]
    answer: AnswerText
    disclaimers: list[Disclaimer]
    topics: list[TopicOfEntry]
    citations: list[Citation]
    related: list[Related]
    provenance: ProvenanceOfEntry
    review: Review
    published_at: datetime
    ended_at: datetime | None
    ended: EndedEntry | None
    offline_days: int = Field(description="Days after which a client that could not reach the service hides the entry.")
    content_hash: str = Field(
        pattern="^sha256:[0-9a-f]{64}$", description="SHA-256 of the Words; “How to check a hash” says how it is computed."
    )
    library_status: Literal["demonstration", "live"]
    links: EntryLinks


SAME = {name: (field.annotation, field) for name, field in Words.model_fields.items() if name not in ("body", "citations", "provenance")}
make: Any = create_model  # types cannot say what is made of a list of fields
many: Any = list
Entry: type[BaseModel] = make("Entry", __base__=StateOfEntry, __doc__="One version of an entry, whole.", **SAME)
EntryRow: type[BaseModel] = make(
    "EntryRow", __base__=Entry, __doc__="An entry in force, whole; with `fields`, only the members asked for and those that always stand."
)
ALWAYS = ("slug", "status", "language", "version", "provenance", "disclaimers", "urgent_advice", "review", "links")
"""The members of a row that `fields` never leaves out."""


class Excerpt(Shape):
    """A sentence of the entry that speaks of what was asked."""

    text: str = Field(description="Plain text.")
    ranges: list[tuple[int, int]] = Field(description="Where the words that were asked for begin and end in it, in Unicode code points.")


class HitOfSearch(Shape):
    """What search tells of an entry that it found."""

    score: float = Field(description="How well it fits; only scores of one answer can be compared.")
    excerpt: Excerpt


SearchRow: type[BaseModel] = make(
    "SearchRow", __base__=(EntryRow, HitOfSearch), __doc__="An entry in force that may answer the question, as in lists of entries."
)


# Lists.


class PageShape(Shape):
    """One page of a list. Follow `next` until it is null."""

    count: int
    next: str | None
    previous: str | None
    library_status: Literal["demonstration", "live"]


EntryPage: type[BaseModel] = make("EntryPage", __base__=PageShape, __doc__="A page of entries.", results=(many[EntryRow], ...))


class SearchAnswer(PageShape):
    """What search tells beside its hits. Show `urgent_advice` above them: what was asked itself speaks of danger."""

    did_you_mean: str | None = Field(description="The question as it was looked for, where words of it were repaired.")
    urgent_advice: list[UrgentAdvice]


SearchPage: type[BaseModel] = make(
    "SearchPage", __base__=SearchAnswer, __doc__="A page of what search found, the best matches first.", results=(many[SearchRow], ...)
)


class VersionLine(Shape):
    """One version in an entry's history. Of a version whose text is withheld, no word is told."""

    slug: str
    version: int
    status: Status
    withheld: bool
    language: str
    question: str | None
    update_type: Literal["major", "minor"] | None
    change_note: str | None
    published_at: datetime
    ended_at: datetime | None
    content_hash: str = Hash
    links: dict[Literal["self"], str]


class VersionPage(PageShape):
    """A page of versions, the newest first."""

    results: list[VersionLine]


# Errors.


class FieldError(Shape):
    """What is wrong with one parameter, and what it may be."""

    field: str
    detail: str


class Problem(Shape):
    """An error (RFC 9457). `detail` is for people; a 400 says in `errors` what each parameter may be."""

    type: str
    title: str
    status: int
    detail: str
    instance: str


class InvalidProblem(Problem):
    """A request that is not understood."""

    errors: list[FieldError] = Field(default=[], description="Missing where the address itself is broken.")


class GoneLinks(Shape):
    """Absolute addresses; `replacement` is null where nothing replaces the entry."""

    versions: str
    replacement: str | None


class Gone(Problem):
    """The entry was taken down, or this version's text is withheld. Show `notice`, urgent advice and disclaimers in its place."""

    notice: str
    reason: Reason
    withdrawn_at: datetime
    replacement: str | None = Field(description="The slug of the entry to read instead.")
    urgent_advice: list[UrgentAdvice]
    disclaimers: list[Disclaimer]
    language: str
    library_status: Literal["demonstration", "live"]
    links: GoneLinks
