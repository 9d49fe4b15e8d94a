"""What readers' programs are told beside entries: topics, sources, standing texts, and what became of words by their hash.

Nothing here was approved by one person alone: names, parents and codes of topics, titles that a version froze, texts in force. What is
told depends on entries: a topic is public where an entry in force is in it or in a topic below it, a source where a version cites it
whose text readers may have.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import Final, NamedTuple

from django.db.models import OuterRef, QuerySet, Subquery

from faq.content.words import FROM_THE_SOURCE, read_words
from faq.models import Publication, PublicationTopic, Source, StandingText, Topic, TopicCode, TopicName
from faq.public.entry_json import Json, moment_json
from faq.public.links import entries_url, entry_url, source_url, topic_page_url, topic_url, version_url

CLINICIAN: Final = "clinician"
TOLD_KINDS: Final = ("disclaimer", "glossary", "notice", "advice_card")
"""The kinds of standing texts that are told here; the introduction of a topic stands on its page."""


# Topics.


class PublicTopic(NamedTuple):
    """A topic that readers may know. `parents` are slugs; `entries` counts those in force in it and below it, but for clinicians'.

    `is_used`: an entry in force is in it, and not only below it, so that it has a page.
    """

    pk: int
    slug: str
    kind: str
    position: int
    parents: list[str]
    entries: int
    is_used: bool


def public_topics() -> list[PublicTopic]:
    """Return the topics that readers may know, by position and slug, in four queries.

    Each has a name in force in some language, and an entry in force in it or below it. Those that no entry names are told for what
    stands below them: a second person approved that it does, and an app finds its way down from there.
    """
    parents: defaultdict[int, list[int]] = defaultdict(list)
    for below, above in Topic.parents.through._default_manager.values_list("from_topic_id", "to_topic_id"):
        parents[below].append(above)
    uses = entries_in_topics()
    entries: defaultdict[int, set[int]] = defaultdict(set)
    for topic, publications in uses.items():
        for each in all_above(topic, parents):
            entries[each] |= publications
    named = set(TopicName.objects.present().order_by().values_list("topic_id", flat=True).distinct())
    rows = {row[0]: row for row in Topic.objects.order_by("position", "slug").values_list("pk", "slug", "kind", "position")}
    slugs = {pk: slug for pk, slug, *_ in rows.values() if pk in entries and pk in named}
    known = {pk: sorted(slugs[parent] for parent in parents[pk] if parent in slugs) for pk in slugs}
    return [PublicTopic(*rows[pk], parents=known[pk], entries=len(entries[pk]), is_used=pk in uses) for pk in slugs]


def entries_in_topics() -> dict[int, set[int]]:
    """Return {topic: entries in force in it, but for clinicians'}; a topic with none but theirs has an empty set."""
    rows = PublicationTopic.objects.filter(publication__status=Publication.Status.CURRENT).order_by()
    uses: defaultdict[int, set[int]] = defaultdict(set)
    for topic, publication, audience in rows.values_list("topic_id", "publication_id", "publication__audience"):
        uses[topic] |= {publication} if audience != CLINICIAN else set()
    return uses


def all_above(topic: int, parents: Mapping[int, Collection[int]]) -> set[int]:
    """Return the topic and all that stand above it."""
    found: set[int] = set()
    layer = {topic}
    while layer:
        found |= layer
        layer = {parent for each in layer for parent in parents.get(each, ())} - found
    return found


def topics_json(topics: Collection[PublicTopic]) -> list[Json]:
    """Return topics with their names and codes in force, in two queries for all."""
    keys = [topic.pk for topic in topics]
    names: defaultdict[int, Json] = defaultdict(dict)
    for row in TopicName.objects.present().filter(topic__in=keys).order_by("language"):
        names[row.topic_id][row.language] = {"name": row.name, "synonyms": row.synonyms}
    codes: defaultdict[int, list[str]] = defaultdict(list)
    for code in TopicCode.objects.filter(topic__in=keys):
        codes[code.topic_id].append(str(code))
    return [
        {
            "slug": topic.slug,
            "kind": topic.kind,
            "position": topic.position,
            "names": names[topic.pk],
            "parents": topic.parents,
            "codes": codes[topic.pk],
            "entries": topic.entries,
            "links": {
                "self": topic_url(topic.slug),
                "html": topic_page_url(topic.slug) if topic.is_used else None,
                "entries": entries_url(topic=topic.slug),
            },
        }
        for topic in topics
    ]


# Sources.


def public_sources() -> "QuerySet[Source]":
    """Return the sources that readers may know, each with `newest`: the key of the newest version that cites it and can be read."""
    citing = Publication.objects.filter(sources=OuterRef("pk"), is_withheld=False).order_by("-pk").values("pk")[:1]
    return Source.objects.annotate(newest=Subquery(citing)).filter(newest__isnull=False).order_by("key")


def sources_json(sources: Collection[Source]) -> list[Json]:
    """Return sources as the newest version that cites each froze them, in two queries for all.

    The library's own row may have been corrected since by one person alone; of that its state is told, which takes a reviewer.
    """
    newest = {source.pk: vars(source)["newest"] for source in sources}
    words = dict(Publication.objects.filter(pk__in=newest.values()).order_by().values_list("pk", "words"))
    citing = Publication.objects.current().filter(sources__in=newest, is_withheld=False).order_by("sort_key")
    entries: defaultdict[int, list[Json]] = defaultdict(list)
    for source, slug, version, question in citing.values_list("sources", "slug", "version", "wording"):
        entries[source].append({"slug": slug, "version": version, "question": question})
    frozen = {pk: {cited.key: cited for cited in read_words(text).citations} for pk, text in words.items()}
    return [
        {
            "key": source.key,
            **frozen[newest[source.pk]][source.key].model_dump(mode="json", include=set(FROM_THE_SOURCE)),
            "state": source.state,
            "entries": entries[source.pk],
            "links": {"self": source_url(source.key), "entries": entries_url(audience="any", source=source.key)},
        }
        for source in sources
    ]


# Standing texts.


def texts_in_force() -> "QuerySet[StandingText]":
    """Return the standing texts that readers may meet beside entries, in an order that stays as texts come and go."""
    rows: QuerySet[StandingText] = StandingText.objects.present().filter(kind__in=TOLD_KINDS)
    return rows.order_by("kind", "key", "language", "audience", "origin")


def text_json(text: StandingText) -> Json:
    """Return one standing text; `any` stands for every audience or origin, and null where a kind has no placement or level."""
    return {
        "kind": text.kind,
        "key": text.key,
        "language": text.language,
        "audience": text.audience or "any",
        "origin": text.origin or "any",
        "placement": text.placement or None,
        "required": text.required,
        "level": text.level or None,
        "title": text.title,
        "text": text.text,
        "sources": text.sources,
        "version": text.number,
        "starts_at": moment_json(text.starts_at) if text.starts_at else None,
    }


# What became of words.


def versions_with_hash(digest: str) -> Iterator[Json]:
    """Yield what became of each version that had the words of this SHA-256 (hexadecimal digits), by entry and version; no word of them."""
    for publication in Publication.objects.filter(content_hash=digest).defer("words").order_by("slug", "version"):
        yield {
            "slug": publication.slug,
            "version": publication.version,
            "status": publication.status,
            "held": publication.is_held,
            "withheld": publication.is_withheld,
            "erased": publication.is_erased,
            "published_at": moment_json(publication.published_at),
            "ended_at": moment_json(publication.ended_at) if publication.ended_at else None,
            "links": {"self": version_url(publication.slug, publication.version), "latest": entry_url(publication.slug)},
        }
