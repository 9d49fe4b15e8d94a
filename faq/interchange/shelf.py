"""The topics and sources that entries need: made once, when the first entry that needs them comes."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial

from django.utils import timezone

from faq import workflow
from faq.interchange.entries import Entry
from faq.interchange.faults import Place
from faq.interchange.plan import Plan
from faq.interchange.shared_texts import guides_of, new_topic
from faq.interchange.transactions import own_transaction
from faq.models import Source, Topic, User


class Shelf:
    """What the library and this import have by now. `guides`: {entry: {guide: place}}."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.guides = guides_of(plan.topics)
        self.topics: set[str] = set()
        self.sources: set[str] = set()
        self.made: list[tuple[set[str], str]] = []
        self.look_again()

    def look_again(self) -> bool:
        """Look at what the library has; return whether something came that was not known here."""
        topics, sources = set(Topic.objects.values_list("slug", flat=True)), set(Source.objects.values_list("key", flat=True))
        is_news = bool(topics - self.topics or sources - self.sources)
        self.topics |= topics
        self.sources |= sources
        return is_news

    @contextmanager
    def trying(self, *, is_rehearsal: bool = False) -> Iterator[None]:
        """Forget what is made inside if it does not stay: after an exception, and in a rehearsal."""
        self.made = []
        stays = False
        try:
            yield
            stays = not is_rehearsal
        finally:
            for known, name in () if stays else self.made:
                known.discard(name)

    def place(self, entry: Entry) -> dict[str, int]:
        """Return the topics of `entry`, with those guides that name it."""
        return entry.topics | self.guides.get(entry.slug, {})

    def make(self, entries: Iterable[Entry], by: User, at: datetime) -> None:
        """Make the topics and sources that `entries` need and the library lacks."""
        topics: dict[str, None] = {}
        sources: dict[str, None] = {}
        for entry in entries:
            for slug in self.place(entry):
                self.lack(slug, topics)
            sources |= dict.fromkeys(each.key for each in entry.words.citations)
        self.put(list(topics), [key for key in sources if key in self.plan.sources and key not in self.sources], by, at)

    def lack(self, slug: str, lacking: dict[str, None]) -> None:
        """Add the topic `slug`, after its parents, to those `lacking`, unless it is there or nothing describes it."""
        if slug in self.topics or slug in lacking or slug not in self.plan.topics:
            return
        for parent in self.plan.topics[slug][0].parents:
            self.lack(parent, lacking)
        lacking[slug] = None

    def put(self, topics: Sequence[str], sources: Sequence[str], by: User, at: datetime) -> None:
        """Make new topics, parents first, and new sources."""
        if topics or sources:
            new = [new_topic(self.plan.topics[slug][0]) for slug in topics]
            workflow.shelve(new, [self.plan.sources[key][0].fields() for key in sources], by=by, at=at)
        self.made += [*((self.topics, slug) for slug in topics), *((self.sources, key) for key in sources)]
        self.topics.update(topics)
        self.sources.update(sources)

    def rest(self, by: User, *, is_rehearsal: bool) -> Iterator[Callable[[], None]]:
        """Yield a call for each topic and source with a row of its own that no entry needed."""
        for kind, name in self.plan.own:
            if kind == "topic" and name not in self.topics:
                yield partial(self.make_alone, [name], [], self.plan.topics[name][1], by, is_rehearsal=is_rehearsal)
            if kind == "source" and name not in self.sources:
                yield partial(self.make_alone, [], [name], self.plan.sources[name][1], by, is_rehearsal=is_rehearsal)

    def make_alone(self, topics: Sequence[str], sources: Sequence[str], place: Place, by: User, *, is_rehearsal: bool) -> None:
        """Make one thing in a transaction of its own; in a rehearsal with the parents that were taken back."""
        with self.trying(is_rehearsal=is_rehearsal), own_transaction(place, is_rehearsal=is_rehearsal):
            lacking: dict[str, None] = {}
            for slug in topics:
                self.lack(slug, lacking)
            self.put(list(lacking), sources, by, timezone.now())
