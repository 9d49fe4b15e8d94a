"""The topics and sources that entries need: created once, with the first entry that needs them. And what a path adds beside entries."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import Any, Final

from django.utils import timezone

from faq import workflow
from faq.interchange.entries import FileEntry
from faq.interchange.errors import Place
from faq.interchange.options import ImportOptions
from faq.interchange.plan import Plan
from faq.interchange.rows import TEXT_IDENTITY, TextRow, TopicRow
from faq.interchange.shared_texts import codes_of, guides_of, new_topic, propose_names, propose_text
from faq.interchange.transactions import own_transaction
from faq.models import Source, StandingText, Topic, TopicName, User

CHUNK: Final = 500
"""Topics looked up at once."""


class SharedRows:
    """The slugs of topics and keys of sources that the library has, as far as this import knows. `guides`: {entry: {guide: place}}."""

    def __init__(self, plan: Plan, options: ImportOptions) -> None:
        self.plan = plan
        self.reviewed = options.name_review(has_ai_text=plan.has_ai_text)
        self.guides = guides_of(plan.topics)
        self.topics: set[str] = set()
        self.sources: set[str] = set()
        self.created: list[tuple[set[str], str]] = []
        self.refresh()

    def refresh(self) -> bool:
        """Look at the library again; return whether something came from elsewhere."""
        topics, sources = set(Topic.objects.values_list("slug", flat=True)), set(Source.objects.values_list("key", flat=True))
        is_news = bool(topics - self.topics or sources - self.sources)
        self.topics |= topics
        self.sources |= sources
        return is_news

    @contextmanager
    def trying(self, *, is_rehearsal: bool) -> Iterator[None]:
        """Forget what is created inside if the transaction does not keep it: after an exception, and in a rehearsal."""
        self.created = []
        stays = False
        try:
            yield
            stays = not is_rehearsal
        finally:
            if not stays:
                for known, name in self.created:
                    known.discard(name)

    def topic_places(self, entry: FileEntry) -> dict[str, int]:
        """{topic: place in it} of the entry's own topics and of the guides that name it; a guide's order wins."""
        return entry.topics | self.guides.get(entry.slug, {})

    def create_needed(self, entries: Iterable[FileEntry], by: User, at: datetime) -> None:
        topics: dict[str, None] = {}
        sources: dict[str, None] = {}
        for entry in entries:
            for slug in self.topic_places(entry):
                self.add_missing(slug, topics)
            sources |= dict.fromkeys(citation.key for citation in entry.words.citations)
        self.create(list(topics), [key for key in sources if key in self.plan.sources and key not in self.sources], by, at)

    def add_missing(self, slug: str, missing: dict[str, None]) -> None:
        """Add the topic to those `missing`, after its parents, unless the library has it or nothing describes it.

        The plan has no circles (PlanReader.finish), so this ends.
        """
        if slug in self.topics or slug in missing or slug not in self.plan.topics:
            return
        for parent in self.plan.topics[slug][0].parents:
            self.add_missing(parent, missing)
        missing[slug] = None

    def create(self, topics: Sequence[str], sources: Sequence[str], by: User, at: datetime) -> None:
        """`topics` have their parents first."""
        if topics or sources:
            new_topics = [new_topic(self.plan.topics[slug][0]) for slug in topics]
            new_sources = [self.plan.sources[key][0].fields() for key in sources]
            workflow.create_topics_and_sources(new_topics, new_sources, by=by, at=at, reviewed=self.reviewed)
        self.created += [*((self.topics, slug) for slug in topics), *((self.sources, key) for key in sources)]
        self.topics.update(topics)
        self.sources.update(sources)

    def create_rest(self, by: User, *, is_rehearsal: bool) -> Iterator[Callable[[], None]]:
        """Yield a call for each topic and source with a row of its own that no entry needed."""
        for kind, name in self.plan.own_rows:
            if kind == "topic" and name not in self.topics:
                yield partial(self.create_alone, [name], [], self.plan.topics[name][1], by, is_rehearsal=is_rehearsal)
            if kind == "source" and name not in self.sources:
                yield partial(self.create_alone, [], [name], self.plan.sources[name][1], by, is_rehearsal=is_rehearsal)

    def create_alone(self, topics: Sequence[str], sources: Sequence[str], place: Place, by: User, *, is_rehearsal: bool) -> None:
        """In a transaction of its own; in a rehearsal with the parents that were taken back."""
        with self.trying(is_rehearsal=is_rehearsal), own_transaction(place, is_rehearsal=is_rehearsal):
            missing: dict[str, None] = {}
            for slug in topics:
                self.add_missing(slug, missing)
            self.create(list(missing), sources, by, timezone.now())


def library_additions(plan: Plan, options: ImportOptions, *, is_rehearsal: bool) -> Iterator[Callable[[], None]]:
    """Yield a call for each new standing text to propose, and for each topic of the library that may get codes or names."""
    for row, place in plan.texts:
        if place not in plan.bad_places:
            yield partial(add_text, row, place, options, is_rehearsal=is_rehearsal)
    for topic in library_topics(list(plan.topics)):
        if plan.topics[topic.slug][1] not in plan.bad_places:
            yield partial(add_to_topic, topic, plan, options, is_rehearsal=is_rehearsal)


def add_text(row: TextRow, place: Place, options: ImportOptions, *, is_rehearsal: bool) -> None:
    """Propose the text once: the same file may be imported again and again."""
    if not is_offered_already(row):
        with own_transaction(place, is_rehearsal=is_rehearsal):
            propose_text(row, place, by=options.by, at=timezone.now())


def is_offered_already(row: TextRow) -> bool:
    identity = {name: getattr(row, name) for name in TEXT_IDENTITY}
    # `propose` keeps title and text without space around them.
    same = {"title": row.title.strip(), "text": row.text.strip(), "placement": row.placement, "level": row.level}
    texts = StandingText.objects.filter(**identity, **same, required=row.required, ends_at=None)
    return any(text.sources == row.sources for text in texts)


def add_to_topic(topic: Topic, plan: Plan, options: ImportOptions, *, is_rehearsal: bool) -> None:
    row, place = plan.topics[topic.slug]
    names = missing_names(topic, row, place, plan)
    by_and_at: dict[str, Any] = {"by": options.by, "at": timezone.now()}
    with own_transaction(place, is_rehearsal=is_rehearsal):
        add_codes(topic, row, by_and_at)
        propose_names(topic, names, place, **by_and_at)


def library_topics(slugs: list[str]) -> Iterator[Topic]:
    for start in range(0, len(slugs), CHUNK):
        yield from Topic.objects.filter(slug__in=slugs[start : start + CHUNK]).prefetch_related("placements", "names")


def add_codes(topic: Topic, row: TopicRow, by_and_at: dict[str, Any]) -> None:
    """Propose the codes that the topic neither has nor, by a place that waits, is to have, beside those."""
    places = [placement for placement in topic.placements.all() if placement.ends_at is None]
    has = places[-1].code_pairs if places else []  # the newest: they come in order
    if new := [code for code in codes_of(row) if code not in has]:
        # Codes are proposed as a whole: what is not named is to go.
        workflow.edit_topic(slug=topic.slug, codes=[*has, *new], **by_and_at)


def missing_names(topic: Topic, row: TopicRow, place: Place, plan: Plan) -> dict[str, Any]:
    """Return {language: name} for languages in which `topic` has none; warn of those that differ, where the library's stays."""
    current = {name.language: name for name in topic.names.all() if name.ends_at is None}
    for language, name in row.names.items():
        if language in current and name.name.casefold() not in all_names(current[language]):
            plan.warn(place, "topics", f"{topic.slug} is called “{current[language].name}” here, not “{name.name}”; that name stays")
    return {language: name for language, name in row.names.items() if language not in current}


def all_names(name: TopicName) -> set[str]:
    return {name.name.casefold(), *(synonym.casefold() for synonym in name.synonyms)}
