"""The first reading of a path: everything that can be known to be wrong before anything is written, and what entries share."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from faq.interchange.entries import Entry, entry_of
from faq.interchange.fates import fate_of, is_passed_over
from faq.interchange.faults import Fault, Faulty, Place
from faq.interchange.records import Record, records
from faq.interchange.rows import SourceRow, TextRow, TopicRow, join, read
from faq.interchange.shared_texts import in_order
from faq.interchange.transactions import refusals
from faq.interchange.wanted import Stage, Wanted
from faq.models import Question, Source, Topic
from faq.readiness import Context, errors
from faq.workflow.surroundings import Surroundings, context_of, surroundings

NOT_HUMAN = "is text that an AI wrote or helped to write; it cannot be attested: import it as a draft, and have it reviewed here"


@dataclass
class Plan:
    """What a path holds. `topics` and `sources` are those described there, the first of each with what later rows add.

    `own`: slugs and keys with a row of their own, which come in though no entry needs them. `last`: {slug: (is a draft, version) of
    its last row}. `originals`: entries that others translate. `bad`: places not to import.
    """

    topics: dict[str, tuple[TopicRow, Place]] = field(default_factory=dict)
    sources: dict[str, tuple[SourceRow, Place]] = field(default_factory=dict)
    own: dict[tuple[str, str], None] = field(default_factory=dict)
    texts: list[tuple[TextRow, Place]] = field(default_factory=list)
    last: dict[str, tuple[bool, int]] = field(default_factory=dict)
    originals: set[str] = field(default_factory=set)
    entries: int = 0
    bad: dict[Place, None] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    warnings: dict[str, None] = field(default_factory=dict)

    def refuse(self, place: Place, faults: Iterable[Fault]) -> None:
        """Note what is wrong with the row at `place`."""
        self.bad[place] = None
        self.faults += faults

    def warn(self, place: Place, field: str, text: str) -> None:
        """Note, once, what was decided where two rows differ."""
        self.warnings.setdefault(f"{place.fault(field, text)}")

    def learn_topic(self, row: TopicRow, place: Place) -> None:
        """Take in a topic: the first row about it stays, with what `row` adds."""
        if row.slug not in self.topics:
            self.topics[row.slug] = row, place
        elif self.topics[row.slug][0] != row:
            joined, warnings = join(self.topics[row.slug][0], row)
            self.topics[row.slug] = joined, self.topics[row.slug][1]
            for warning in warnings:
                self.warn(place, "topics", warning)

    def learn_source(self, row: SourceRow, place: Place) -> None:
        """Take in a source: the first row about it stays."""
        first, where = self.sources.setdefault(row.key, (row, place))
        if first != row:
            self.warn(place, "sources", f"{row.key} stands otherwise in {where.file}:{where.line}; that row stays")


class Reader:
    """Makes a Plan of the records of one path."""

    def __init__(self, wanted: Wanted, at: datetime) -> None:
        self.wanted, self.at, self.plan = wanted, at, Plan()
        self.topics = dict(Topic.objects.values_list("slug", "is_safety"))
        self.sources = set(Source.objects.values_list("key", flat=True))
        self.states = dict(Source.objects.exclude(state=Source.State.CURRENT).values_list("key", "state"))
        self.around: dict[tuple[str, str, str], Surroundings] = {}
        self.questions = set(Question.objects.values_list("slug", flat=True))
        self.seen: set[tuple[str, bool, int]] = set()
        self.named: list[tuple[Place, str, str, Collection[str]]] = []
        self.against: list[tuple[Entry, Faulty]] = []

    def take(self, record: Record | Faulty) -> None:
        """Take in one record, or what is wrong with it."""
        if isinstance(record, Faulty):
            self.plan.refuse(Place(record.faults[0].file, record.faults[0].line), record.faults)
            return
        try:
            getattr(self, f"take_{record.kind}")(record)
        except Faulty as faulty:
            self.plan.refuse(record.place, faulty.faults)

    def take_topic(self, record: Record) -> None:
        """Take in a row about a topic."""
        row = read(TopicRow, record.row, record.place)
        self.plan.learn_topic(row, record.place)
        self.plan.own["topic", row.slug] = None
        self.needs(record.place, "parents", row.parents, self.topics)

    def take_source(self, record: Record) -> None:
        """Take in a row about a source."""
        row = read(SourceRow, record.row, record.place)
        self.plan.learn_source(row, record.place)
        self.plan.own["source", row.key] = None

    def take_standing_text(self, record: Record) -> None:
        """Take in a standing text."""
        self.plan.texts.append((read(TextRow, record.row, record.place), record.place))

    def take_entry(self, record: Record) -> None:
        """Take in an entry; all that is known of it without writing is checked here."""
        entry = entry_of(record.row, record.place)
        key = (entry.slug, entry.is_draft, entry.version)
        if key in self.seen:
            raise Faulty([record.place.fault("slug", f"{entry.slug} stands twice; give a later version its number")])
        self.seen.add(key)
        self.learn(entry)
        self.check(entry)
        plan, original = self.plan, entry.words.translation_of
        plan.entries += 1
        plan.last[entry.slug] = max(plan.last.get(entry.slug, (False, 0)), (entry.is_draft, entry.version))
        plan.originals |= {original.slug} if original else set()

    def learn(self, entry: Entry) -> None:
        """Take in what an entry describes beside its words, and note what it only names."""
        for topic in entry.described_topics:
            self.plan.learn_topic(topic, entry.place)
            self.needs(entry.place, "topics", topic.parents, self.topics)
        for source in entry.described_sources:
            self.plan.learn_source(source, entry.place)
        self.needs(entry.place, "topics", entry.topics, self.topics)
        self.needs(entry.place, "sources", [each.key for each in entry.words.citations], self.sources)

    def needs(self, place: Place, field: str, names: Iterable[str], known: Collection[str]) -> None:
        """Note the `names` that are neither in the library nor, so far, described by the path."""
        described = self.plan.sources if field == "sources" else self.plan.topics
        self.named += [(place, field, name, described) for name in names if name not in known and name not in described]

    def check(self, entry: Entry) -> None:
        """Raise Faulty where the entry cannot go as far as wanted."""
        stage = self.wanted.stage_of(entry)
        if stage >= Stage.ATTESTED and entry.words.provenance.origin != "human":
            raise Faulty([entry.place.fault("origin", NOT_HUMAN)])
        if entry.slug in self.questions:
            self.check_against_library(entry)
        if stage >= Stage.ATTESTED:
            found = errors(entry.words, self.context(entry))
            if found:
                raise Faulty(entry.place.fault(each.field, each.message) for each in found)

    def context(self, entry: Entry) -> Context:
        """Return what readiness must know beside the words to find errors."""
        words = entry.words
        kind = (words.language, words.audience, words.provenance.origin)
        if kind not in self.around:
            self.around[kind] = surroundings(words, self.at, with_medicines=False)
        return context_of(words, self.around[kind], is_safety=self.is_safety(entry), source_states=self.states)

    def check_against_library(self, entry: Entry) -> None:
        """Note where the library holds something that stands against the entry; a later row may make that needless."""
        try:
            with refusals(entry.place):
                fate_of(entry, self.wanted, {}, self.at)
        except Faulty as faulty:
            self.against.append((entry, faulty))

    def is_safety(self, entry: Entry) -> bool:
        """Return whether one of the entry's topics is a safety topic, here or in the path."""
        described = self.plan.topics
        return any(self.topics.get(slug) or (slug in described and described[slug][0].is_safety) for slug in entry.topics)

    def finish(self) -> Plan:
        """Return the Plan, with what only the whole path shows: names that nothing explains, and what the library is against.

        Raises Faulty for topics in a circle.
        """
        for place, where, name, described in self.named:
            if name not in described:
                unknown = "topic" if described is self.plan.topics else "source"
                self.plan.refuse(place, [place.fault(where, f"unknown {unknown} {name}; describe it, or correct the name")])
        for entry, faulty in self.against:
            if not is_passed_over(entry, self.wanted, self.plan.last):
                self.plan.refuse(entry.place, faulty.faults)
        in_order(self.plan.topics)
        return self.plan


def plan_of(path: Path, wanted: Wanted, at: datetime) -> Plan:
    """Return what `path` holds and what is wrong with it; raise Faulty where it cannot be read as a whole."""
    reader = Reader(wanted, at)
    for record in records(path):
        reader.take(record)
    return reader.finish()
