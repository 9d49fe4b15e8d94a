"""The first reading of a path: everything that can be known to be wrong before anything is written, and what entries share."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from faq.content.words import FROM_THE_SOURCE, DraftWords, Words
from faq.interchange.entries import FileEntry, entry_from_row
from faq.interchange.entry_actions import LastVersions, action_for, is_superseded_later
from faq.interchange.errors import Place, RowError, RowErrors
from faq.interchange.options import ImportOptions, Stage, review_day
from faq.interchange.records import Record, records
from faq.interchange.rows import SourceRow, TextRow, TopicRow, join_topics, read_row
from faq.interchange.shared_texts import in_order
from faq.interchange.transactions import refusals_as_errors
from faq.models import Question, Source, Topic
from faq.readiness import Context, errors
from faq.workflow import responsible
from faq.workflow.drafts import frozen_words
from faq.workflow.readiness_context import SharedContext, context_of, shared_context
from faq.workflow.review_dates import check_review_day

NOT_HUMAN = "is text that an AI wrote or helped to write; it cannot be attested: import it as a draft, and have it reviewed here"


@dataclass
class Plan:
    """What a path holds. `topics` and `sources` are those described there, the first of each with what later rows add.

    `own_rows`: (kind, slug or key) of those with a row of their own, which are imported though no entry needs them. `originals`: slugs
    of entries that others translate. `slugs`: of all entries, the bad ones too, for whoever relates to one need not change. `entries`:
    how many have no error of their own. `has_ai_text`: whether any has text of AI origin. Dicts of None are sets that keep their order.
    """

    topics: dict[str, tuple[TopicRow, Place]] = field(default_factory=dict)
    sources: dict[str, tuple[SourceRow, Place]] = field(default_factory=dict)
    own_rows: dict[tuple[str, str], None] = field(default_factory=dict)
    texts: list[tuple[TextRow, Place]] = field(default_factory=list)
    last_versions: LastVersions = field(default_factory=dict)
    originals: set[str] = field(default_factory=set)
    slugs: set[str] = field(default_factory=set)
    entries: int = 0
    has_ai_text: bool = False
    bad_places: dict[Place, None] = field(default_factory=dict)
    errors: list[RowError] = field(default_factory=list)
    warnings: dict[str, None] = field(default_factory=dict)

    def refuse(self, place: Place, errors: Iterable[RowError]) -> None:
        self.bad_places[place] = None
        self.errors += errors

    def warn(self, place: Place, field: str, text: str) -> None:
        """Say, once, what was decided where two rows differ, or what is kept beside a review."""
        self.warnings.setdefault(f"{place.error(field, text)}")

    def add_topic(self, row: TopicRow, place: Place) -> None:
        """The first row about a topic stays, with what later ones add (join_topics)."""
        if row.slug not in self.topics:
            self.topics[row.slug] = row, place
        elif self.topics[row.slug][0] != row:
            joined, warnings = join_topics(self.topics[row.slug][0], row)
            self.topics[row.slug] = joined, self.topics[row.slug][1]
            for warning in warnings:
                self.warn(place, "topics", warning)

    def add_source(self, row: SourceRow, place: Place) -> None:
        first, first_place = self.sources.setdefault(row.key, (row, place))
        if first != row:
            self.warn(place, "sources", f"{row.key} stands otherwise in {first_place.file}:{first_place.line}; that row stays")


class PlanReader:
    """Makes a Plan of the records of one path.

    What only a later row can settle is kept until `finish`: names that nothing describes so far, and conflicts with the library that
    a later version of the same entry makes needless.
    """

    def __init__(self, options: ImportOptions, at: datetime) -> None:
        self.options, self.at, self.plan = options, at, Plan()
        self.topics = dict(Topic.objects.values_list("slug", "is_safety"))
        self.sources = set(Source.objects.values_list("key", flat=True))
        # An error of readiness names a source by its title only where that was retracted: titles of current sources are not needed.
        self.outdated_sources = {
            row.pop("key"): row for row in Source.objects.exclude(state=Source.State.CURRENT).values("key", "state", *FROM_THE_SOURCE)
        }
        self.source_states = {key: row.pop("state") for key, row in self.outdated_sources.items()}
        self.contexts: dict[tuple[str, str, str], SharedContext] = {}
        self.questions = set(Question.objects.values_list("slug", flat=True))
        self.seen: dict[tuple[str, bool, int], Place] = {}
        self.unexplained: list[tuple[Place, str, str, Collection[str]]] = []
        self.conflicts: list[tuple[FileEntry, RowErrors]] = []

    def read(self, record: Record | RowErrors) -> None:
        if isinstance(record, RowErrors):
            self.plan.refuse(Place(record.errors[0].file, record.errors[0].line), record.errors)
            return
        try:
            getattr(self, f"read_{record.kind}")(record)
        except RowErrors as row_errors:
            self.plan.refuse(record.place, row_errors.errors)

    def read_topic(self, record: Record) -> None:
        row = read_row(TopicRow, record.row, record.place)
        self.plan.add_topic(row, record.place)
        self.plan.own_rows["topic", row.slug] = None
        self.note_unexplained(record.place, "parents", row.parents, self.topics)

    def read_source(self, record: Record) -> None:
        row = read_row(SourceRow, record.row, record.place)
        self.plan.add_source(row, record.place)
        self.plan.own_rows["source", row.key] = None

    def read_standing_text(self, record: Record) -> None:
        self.plan.texts.append((read_row(TextRow, record.row, record.place), record.place))

    def read_entry(self, record: Record) -> None:
        self.plan.slugs.add(str(record.row.get("slug")))
        entry = entry_from_row(record.row, record.place)
        key = (entry.slug, entry.is_draft, entry.version)
        first = self.seen.setdefault(key, record.place)
        if first is not record.place:
            reason = f"{entry.slug} stands in {first.file}:{first.line} already; give a later version its number, or take one out"
            raise RowErrors([record.place.error("slug", reason)])
        self.plan.has_ai_text |= entry.words.provenance.origin != "human"
        self.read_described(entry)
        self.check(entry)
        plan, original = self.plan, entry.words.translation_of
        plan.entries += 1
        plan.last_versions[entry.slug] = max(plan.last_versions.get(entry.slug, (False, 0)), (entry.is_draft, entry.version))
        plan.originals |= {original.slug} if original else set()

    def read_described(self, entry: FileEntry) -> None:
        for topic in entry.described_topics:
            self.plan.add_topic(topic, entry.place)
            self.note_unexplained(entry.place, "topics", topic.parents, self.topics)
        for source in entry.described_sources:
            self.plan.add_source(source, entry.place)
        self.note_unexplained(entry.place, "topics", entry.topics, self.topics)
        if entry.slug not in self.questions:  # where an entry is here, what it relates to is the library's
            self.note_unexplained(entry.place, "related", entry.related, self.questions)
        self.note_unexplained(entry.place, "sources", [citation.key for citation in entry.words.citations], self.sources)

    def note_unexplained(self, place: Place, field: str, names: Iterable[str], in_library: Collection[str]) -> None:
        """Keep those of `names` that the library lacks and the path has not described so far; a later row may do so."""
        described = {"sources": self.plan.sources, "related": self.plan.slugs}.get(field, self.plan.topics)
        self.unexplained += [(place, field, name, described) for name in names if name not in in_library and name not in described]

    def check(self, entry: FileEntry) -> None:
        """Raise RowErrors where the entry cannot go as far as the import is asked to take it."""
        stage = self.options.stage_of(entry)
        if stage >= Stage.ATTESTED and entry.words.provenance.origin != "human":
            raise RowErrors([entry.place.error("origin", NOT_HUMAN)])
        if entry.slug in self.questions or entry.words.translation_of or entry.words.provenance.responsible:
            self.check_against_library(entry)
        if stage >= Stage.ATTESTED:
            with refusals_as_errors(entry.place, "next_review_due_on"):
                check_review_day(review_day(entry, self.at), self.at)
            words = frozen_words(self.answered(entry), self.outdated_sources)
            findings = errors(words, self.context(entry, words))
            if findings:
                raise RowErrors(entry.place.error(finding.field, finding.message) for finding in findings)

    def answered(self, entry: FileEntry) -> DraftWords:
        """Return the words of an entry as they come in: where it does not say who answers for them, the library does."""
        if entry.words.provenance.responsible:
            return entry.words
        question = Question.objects.filter(slug=entry.slug).first() if entry.slug in self.questions else None
        return responsible.answered(entry.words, responsible.of_question(question) if question else responsible.of_settings())

    def context(self, entry: FileEntry, words: Words) -> Context:
        """What all entries of one language, audience and origin share is asked of the database once."""
        kind = (words.language, words.audience, words.provenance.origin)
        if kind not in self.contexts:
            self.contexts[kind] = shared_context(words, self.at, with_medicines=False)
        return context_of(words, self.contexts[kind], is_safety=self.is_safety(entry), source_states=self.source_states)

    def check_against_library(self, entry: FileEntry) -> None:
        try:
            with refusals_as_errors(entry.place):
                action_for(entry, self.options, {}, self.at)
        except RowErrors as row_errors:
            self.conflicts.append((entry, row_errors))

    def is_safety(self, entry: FileEntry) -> bool:
        described = self.plan.topics
        return any(self.topics.get(slug) or (slug in described and described[slug][0].is_safety) for slug in entry.topics)

    def finish(self) -> Plan:
        """Raises RowErrors for topics in a circle."""
        for place, field_name, name, described in self.unexplained:
            if name not in described:
                kind = {"sources": "source", "related": "entry"}.get(field_name, "topic")
                self.plan.refuse(
                    place,
                    [
                        place.error(
                            field_name, f"unknown {kind} {name}; {'bring' if kind == 'entry' else 'describe'} it, or correct the name"
                        )
                    ],
                )
        for entry, row_errors in self.conflicts:
            if not is_superseded_later(entry, self.options, self.plan.last_versions):
                self.plan.refuse(entry.place, row_errors.errors)
        in_order(self.plan.topics)  # raises for the circle; the order itself is not needed here
        return self.plan


def plan_of(path: Path, options: ImportOptions, at: datetime) -> Plan:
    """Raises RowErrors where the path cannot be read as a whole; what is wrong with single rows is in the Plan."""
    reader = PlanReader(options, at)
    for record in records(path):
        reader.read(record)
    return reader.finish()
