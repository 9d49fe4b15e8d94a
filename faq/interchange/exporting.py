"""The library as rows of the format: what readers are shown today, with the versions before it, and drafts as drafts."""

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from django.db.models import Prefetch

from faq import payload, publishing
from faq.interchange.entries import CITED, PLAIN, PROVENANCE
from faq.interchange.files import Row
from faq.interchange.rows import LINE
from faq.models import Answer, Publication, Question, Source, StandingText, Topic, TopicName
from faq.models.answers import OPEN
from faq.models.standing import VersionedQuerySet
from faq.payload import Words
from faq.workflow.library import SOURCE_FIELDS, TEXT_FIELDS, TOPIC_FIELDS

CHUNK: Final = 200
"""Questions read at once."""
ALWAYS: Final = ("slug", "question", "language", "audience", "origin", "body")
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Needs:
    """What a selection of entries needs: slugs of topics and of all above them, keys of sources, advice cards as (language, key)."""

    topics: set[str]
    sources: set[str]
    cards: set[tuple[str, str]]


def needs_of(slugs: Collection[str], *, drafts: bool) -> Needs:
    """Return what the rows of the entries `slugs` need that stands in rows of its own."""
    needs = Needs(set(), set(), set())
    for row in entry_rows(slugs, drafts=drafts):
        needs.topics.update(topic if isinstance(topic, str) else topic["slug"] for topic in row.get("topics", []))
        needs.sources.update(source["key"] for source in row.get("sources", []))
        needs.cards.update((row["language"], key) for key in row.get("advice_cards", []))
    above = {topic.slug: [parent.slug for parent in topic.parents.all()] for topic in Topic.objects.prefetch_related("parents")}
    waiting = list(needs.topics)
    while waiting:
        new = set(above[waiting.pop()]) - needs.topics
        needs.topics.update(new)
        waiting += new
    return needs


def missing(slugs: Collection[str]) -> list[str]:
    """Return those of `slugs` that are no question here, in order."""
    return sorted(set(slugs) - {question.slug for question in questions(slugs)})


def left_out(slugs: Collection[str], *, drafts: bool) -> list[str]:
    """Return those of `slugs` of which an export holds nothing, in order: they were taken down, or nobody approved them yet."""
    in_force = Prefetch("publications", Publication.objects.current().defer("words", "html"), to_attr="in_force")
    working = Prefetch("answers", Answer.objects.filter(status__in=OPEN if drafts else []), to_attr="working")
    rows = [vars(question) for question in questions(slugs, in_force, working)]
    return [row["slug"] for row in rows if not (row["in_force"] or row["working"])]


def topic_rows(needs: Needs | None = None) -> Iterator[Row]:
    """Yield every topic that is needed (None: every topic) after its parents, with its names in force, or else those that wait."""
    names: defaultdict[int, dict[str, Row]] = defaultdict(dict)
    for (topic, language), name in newest(TopicName.objects.all(), lambda name: (name.topic_id, name.language)).items():
        names[topic][language] = {"name": name.name, "synonyms": name.synonyms}
    needed = [topic for topic in Topic.objects.prefetch_related("parents", "codes") if needs is None or topic.slug in needs.topics]
    for topic in parents_first(needed):
        row: Row = {name: getattr(topic, name) for name in ("slug", *TOPIC_FIELDS)}
        row["parents"] = sorted(parent.slug for parent in topic.parents.all())
        row["names"] = dict(sorted(names[topic.pk].items()))
        yield row | {"codes": [{"system": code.system, "code": code.code} for code in topic.codes.all()]}


def newest(rows: VersionedQuerySet, key: Callable[[Any], Key]) -> dict[Key, Any]:
    """Return the text in force by `key`, or, where there is none, the newest that waits for approval."""
    standing = rows.filter(ends_at=None).order_by("pk")
    return {key(row): row for row in sorted(standing, key=lambda row: (row.approved_at is not None, row.number))}


def parents_first(topics: list[Topic]) -> list[Topic]:
    """Return `topics` with each one after its parents."""
    by_key = {topic.pk: topic for topic in topics}
    done: dict[int, Topic] = {}

    def visit(topic: Topic) -> None:
        for parent in topic.parents.all():
            if parent.pk not in done:
                visit(by_key[parent.pk])
        done.setdefault(topic.pk, topic)

    for topic in topics:
        visit(topic)
    return list(done.values())


def source_rows(needs: Needs | None = None) -> Iterator[Row]:
    """Yield every source that is needed (None: every source)."""
    for source in Source.objects.order_by("key").iterator():
        if needs and source.key not in needs.sources:
            continue
        row = {name: getattr(source, name) for name in ("key", *SOURCE_FIELDS)}
        yield filled(row | {"read_on": source.read_on.isoformat() if source.read_on else None})


def text_rows(needs: Needs | None = None) -> Iterator[Row]:
    """Yield every standing text in force, or else the one that waits for approval, by language; with `needs` its advice cards alone."""
    texts = newest(StandingText.objects.all(), lambda text: tuple(getattr(text, name) for name in LINE))
    for text in sorted(texts.values(), key=lambda text: (text.language, text.kind, text.key, text.audience, text.origin)):
        if needs and (text.kind != StandingText.Kind.ADVICE_CARD or (text.language, text.key) not in needs.cards):
            continue
        yield filled({name: getattr(text, name) for name in TEXT_FIELDS})


def filled(row: Row, *always: str) -> Row:
    """Return `row` without the fields that say nothing, but with those of `always`."""
    return {name: value for name, value in row.items() if name in always or value not in (None, "", [], {}, False)}


def entry_rows(slugs: Collection[str] | None = None, *, drafts: bool) -> Iterator[Row]:
    """Yield the versions of every entry in force, oldest first, then, with `drafts`, the words somebody works on.

    `slugs`: only these entries; None for all. Entries that were taken down are left out: an import would put them up again.
    """
    for question in questions(slugs):
        around = places_of(question)
        published = versions_of(question)
        for number, publication in enumerate(published, 1):
            dates = {"next_review_due_on": publication.next_review_due_on.isoformat()} if number == len(published) else {}
            versioned = {"version": publication.version} if number > 1 else {}
            yield entry_row(question.slug, payload.read(publication.words), around | versioned | dates)
        for answer in question.answers.filter(status__in=OPEN) if drafts else ():
            yield entry_row(question.slug, publishing.words_of(answer), around | {"status": "draft"})


def questions(slugs: Collection[str] | None, *around: "Prefetch[Any]") -> Iterator[Question]:
    """Yield the questions `slugs` (None: all) with their topics and what stands `around` them, in the order of their addresses."""
    rows = Question.objects.order_by("slug").prefetch_related("questiontopic_set__topic", *around)
    named = sorted(slugs or [])
    for start in range(0, len(named), CHUNK):
        yield from rows.filter(slug__in=named[start : start + CHUNK])
    last = ""
    while slugs is None and (chunk := list(rows.filter(slug__gt=last)[:CHUNK])):
        yield from chunk
        last = chunk[-1].slug


def places_of(question: Question) -> Row:
    """Return what stands around the words: topics, with the place where there is one, and related entries."""
    topics = [
        row.topic.slug if not row.position else {"slug": row.topic.slug, "place": row.position} for row in question.questiontopic_set.all()
    ]
    return {"topics": topics, "related": question.related}


def versions_of(question: Question) -> list[Publication]:
    """Return the versions of an entry in force, oldest first; of versions with the same words the last, so that those stay in force."""
    rows = list(Publication.objects.filter(question=question).order_by("version"))
    if not rows or rows[-1].status != Publication.Status.CURRENT:
        return []
    last = {row.content_hash: row.version for row in rows}
    return [row for row in rows if row.version == last[row.content_hash] and not row.is_withheld and row.words]


def entry_row(slug: str, words: Words, around: Row) -> Row:
    """Return one version as a row of the format."""
    raw: Row = words.model_dump(mode="json")
    row = {"slug": slug} | {name: around.pop(name) for name in ("version", "status") if name in around}
    row |= {name: raw[name] for name in PLAIN if name != "body"} | {name: raw["provenance"][name] for name in PROVENANCE}
    row["sources"] = [filled({name: source[name] for name in CITED}) for source in raw["citations"]]
    return filled(row | around | {"body": raw["body"]}, *ALWAYS)
