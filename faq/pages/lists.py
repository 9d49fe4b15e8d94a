"""What the front page and the topic pages list: entries in force, by language, and the topics that they use.

A topic is public only where an entry in force uses it; a draft's topic is found nowhere here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import groupby
from typing import Any, Final, NamedTuple

from django.db.models import Count, Exists, OuterRef, Q

from faq.content.words import Words, read_words
from faq.models import Publication, StandingText, Topic, TopicName
from faq.models.publications import PublicationQuerySet

CLINICIAN: Final = "clinician"
FIRST_SHOWN: Final = 6
"""How many entries each part of the front page shows."""
PAGE_SIZE: Final = 50
"""How many entries a page of a topic shows."""


@dataclass(frozen=True)
class ListedEntry:
    """One entry in a list."""

    publication: Publication

    @cached_property
    def words(self) -> Words:
        """The words of the entry."""
        return read_words(self.publication.words)


class TopicLink(NamedTuple):
    """One topic in a list, and how many entries it has in the language of the list."""

    slug: str
    kind: str
    name: str
    entries: int


class TopicUse(NamedTuple):
    """What the front page needs of a topic that entries use: whether it is about safety, its kind, and how many use it."""

    is_safety: bool
    kind: str
    entries: int


@dataclass(frozen=True)
class Counts:
    """How many entries in force there are, by language and audience."""

    rows: dict[tuple[str, str], int]

    def in_language(self, language: str) -> int:
        """Return how many are in `language`."""
        return sum(count for (each, _), count in self.rows.items() if each == language)

    def for_clinicians(self, language: str) -> int:
        """Return how many in `language` are written for clinicians."""
        return self.rows.get((language, CLINICIAN), 0)

    def elsewhere(self, language: str) -> list[tuple[str, int]]:
        """Return (language, number) of every other language, by code."""
        others = sorted({each for each, _ in self.rows if each != language})
        return [(each, self.in_language(each)) for each in others]


def count_entries(publications: PublicationQuerySet) -> Counts:
    """Count `publications` in one query."""
    rows = publications.order_by().values_list("language", "audience").annotate(count=Count("pk"))
    return Counts({(language, audience): count for language, audience, count in rows})


def list_entries(publications: PublicationQuerySet) -> list[ListedEntry]:
    """Read `publications` for a list, in one query."""
    return [ListedEntry(each) for each in publications.only("slug", "language", "audience", "words", "is_held", "published_at")]


# The front page


def for_readers(language: str) -> PublicationQuerySet:
    """Return the entries in force in `language` that are not written for clinicians."""
    return Publication.objects.current().filter(language=language).exclude(audience=CLINICIAN)


def used_topics(language: str) -> dict[int, TopicUse]:
    """Return the topics that entries in force in `language` use, by primary key, in one query."""
    using = Publication.objects.current().filter(language=language, topics__isnull=False).order_by()
    rows = using.values_list("topics", "topics__is_safety", "topics__kind").annotate(count=Count("pk"))
    return {topic: TopicUse(*row) for topic, *row in rows}


def safety_first(language: str, used: Mapping[int, TopicUse]) -> list[ListedEntry]:
    """Return the entries on when to get help: those of safety topics about symptoms, the ones that serve most of them first."""
    safety = [topic for topic, each in used.items() if each.is_safety and each.kind == Topic.Kind.SYMPTOM]
    serving = for_readers(language).filter(topics__in=safety).annotate(served=Count("topics"))
    return list_entries(serving.order_by("-served", "sort_key")[:FIRST_SHOWN])


def newest_entries(language: str, shown: Iterable[ListedEntry]) -> list[ListedEntry]:
    """Return the entries published last, without those `shown` already."""
    seen = [each.publication.pk for each in shown]
    return list_entries(for_readers(language).exclude(pk__in=seen).order_by("-published_at", "sort_key")[:FIRST_SHOWN])


def clinician_entries(language: str) -> list[ListedEntry]:
    """Return the entries for clinicians that were published last."""
    found = Publication.objects.current().filter(language=language, audience=CLINICIAN)
    return list_entries(found.order_by("-published_at", "sort_key")[:FIRST_SHOWN])


def topics_by_kind(language: str, used: Mapping[int, TopicUse], at: datetime) -> list[tuple[str, list[TopicLink]]]:
    """Return (kind, topics) for those `used` that have a name in `language`."""
    names = TopicName.objects.in_force(at).filter(language=language).order_by("topic__position", "topic__slug")
    rows = names.values_list("topic", "topic__slug", "name")
    found = [TopicLink(slug, used[topic].kind, name, used[topic].entries) for topic, slug, name in rows if topic in used]
    kinds = [Topic.Kind.GUIDE, *Topic.Kind.values]  # who is new here begins with a guide
    found.sort(key=lambda row: kinds.index(row.kind))
    return [(kind, list(group)) for kind, group in groupby(found, key=lambda row: row.kind)]


# One topic


def public_topic(slug: str) -> Topic | None:
    """Return the topic `slug` if an entry in force uses it."""
    return Topic.objects.filter(slug=slug, publications__status=Publication.Status.CURRENT).distinct().first()


def relatives(topic: Topic) -> list[Any]:
    """Return the public topics directly above and below `topic`; `is_parent` tells them apart."""
    used = Exists(Publication.objects.current().filter(topics=OuterRef("pk")))
    links = Topic.parents.through._default_manager
    above, below = links.filter(from_topic=topic).values("to_topic"), links.filter(to_topic=topic).values("from_topic")
    near = Topic.objects.filter(used, Q(pk__in=above) | Q(pk__in=below)).annotate(is_parent=Q(pk__in=above))
    return list(near.order_by("position", "slug"))


def topic_names_by_slug(topics: Iterable[Topic], at: datetime) -> dict[str, dict[str, str]]:
    """Return {slug: {language: name}} of the names in force."""
    rows = TopicName.objects.in_force(at).filter(topic__in=[each.pk for each in topics])
    names: dict[str, dict[str, str]] = {}
    for slug, language, name in rows.order_by("language").values_list("topic__slug", "language", "name"):
        names.setdefault(slug, {})[language] = name
    return names


def introduction(topic: Topic, language: str, at: datetime) -> StandingText | None:
    """Return the introduction of `topic` in force in `language`."""
    texts = StandingText.objects.in_force(at).filter(kind=StandingText.Kind.TOPIC_TEXT, key=topic.slug, language=language)
    found: StandingText | None = texts.filter(audience="", origin="").order_by("-number").first()
    return found


def in_topic(topic: Topic) -> PublicationQuerySet:
    """Return the entries in force in `topic`."""
    return Publication.objects.current().filter(topics=topic)


def page_of(topic: Topic, language: str, number: int) -> list[ListedEntry]:
    """Return page `number`, from 1, of the topic's entries in `language`: those for clinicians last, else as the topic orders them."""
    first = (number - 1) * PAGE_SIZE
    rows = in_topic(topic).filter(language=language).annotate(is_last=Q(audience=CLINICIAN))
    return list_entries(rows.order_by("is_last", "publicationtopic__position", "sort_key")[first : first + PAGE_SIZE])
