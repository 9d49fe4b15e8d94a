"""The library as rows of the format: what readers are shown today, with the versions before it, and drafts as drafts."""

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from django.db.models import Prefetch

from faq.content.words import DraftWords, as_draft, flat, read_words
from faq.interchange.entries import PLAIN, PROVENANCE, REQUIRED
from faq.interchange.files import Row
from faq.interchange.rows import TEXT_IDENTITY
from faq.models import Answer, Publication, Question, Source, StandingText, Topic, TopicName, TopicPlacement
from faq.models.answers import OPEN
from faq.models.standing import VersionedQuerySet
from faq.workflow.catalogue import SOURCE_FIELDS, TOPIC_FIELDS
from faq.workflow.drafts import draft_of
from faq.workflow.standing_texts import TEXT_FIELDS

CHUNK: Final = 200
"""Questions read at once."""
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Needs:
    """What a selection of entries needs: slugs of topics with all above them, keys of sources, and (language, key) of advice cards."""

    topics: set[str]
    sources: set[str]
    cards: set[tuple[str, str]]


def needs_of(slugs: Collection[str], *, drafts: bool) -> Needs:
    needs = Needs(set(), set(), set())
    for row in entry_rows(slugs, drafts=drafts):
        needs.topics.update(topic if isinstance(topic, str) else topic["slug"] for topic in row.get("topics", []))
        needs.sources.update(source["key"] for source in row.get("sources", []))
        needs.cards.update((row["language"], key) for key in row.get("advice_cards", []))
    parents = {placement.topic.slug: placement.parent_slugs for placement in newest_placements().values()}
    waiting = list(needs.topics)
    while waiting:
        new = set(parents.get(waiting.pop(), [])) - needs.topics
        needs.topics.update(new)
        waiting += new
    return needs


def unknown_slugs(slugs: Collection[str]) -> list[str]:
    return sorted(set(slugs) - {question.slug for question in questions(slugs)})


def left_out(slugs: Collection[str], *, drafts: bool) -> list[str]:
    """Return those of `slugs` of which an export holds nothing: they were taken down, or nobody approved them yet."""
    in_force = Prefetch("publications", Publication.objects.current().defer("words"), to_attr="in_force")
    working = Prefetch("answers", Answer.objects.filter(status__in=OPEN if drafts else []), to_attr="working")
    rows = [vars(question) for question in questions(slugs, in_force, working)]
    return [row["slug"] for row in rows if not (row["in_force"] or row["working"])]


def topic_rows(needs: Needs | None = None) -> Iterator[Row]:
    """Yield topics after their parents, with their places and names in force, or else those that wait. `needs` None: every topic."""
    names: defaultdict[int, dict[str, Row]] = defaultdict(dict)
    for (topic, language), name in newest_texts(TopicName.objects.all(), lambda name: (name.topic_id, name.language)).items():
        names[topic][language] = {"name": name.name, "synonyms": name.synonyms}
    placements = newest_placements()
    needed = {topic.slug: topic for topic in Topic.objects.all() if needs is None or topic.slug in needs.topics}
    places = {slug: placements.get(topic.pk, TopicPlacement()) for slug, topic in needed.items()}
    for slug in parents_first({slug: place.parent_slugs for slug, place in places.items()}):
        row: Row = {name: getattr(needed[slug], name) for name in ("slug", *TOPIC_FIELDS)}
        row["parents"] = places[slug].parent_slugs
        row["names"] = dict(sorted(names[needed[slug].pk].items()))
        yield row | {"codes": [{"system": system, "code": code} for system, code in places[slug].code_pairs]}


def newest_placements() -> dict[int, TopicPlacement]:
    """Return by the key of its topic the place in force, or else the newest that waits."""
    return newest_texts(TopicPlacement.objects.select_related("topic"), lambda placement: int(placement.topic_id))


def newest_texts(rows: VersionedQuerySet, key: Callable[[Any], Key]) -> dict[Key, Any]:
    """Return the text in force by `key`, or, where there is none, the newest that waits for approval."""
    not_ended = rows.filter(ends_at=None).order_by("pk")
    # Of rows with the same key the dict keeps the last: the one in force, which is approved, comes after all that wait.
    return {key(row): row for row in sorted(not_ended, key=lambda row: (row.approved_at is not None, row.number))}


def parents_first(parents: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the topics (slugs), each after its parents. Every parent must be among them, as needs_of sees to it.

    Places that wait may make a circle, which nobody has approved: there a topic comes before one of its parents.
    """
    done: dict[str, None] = {}
    begun: set[str] = set()

    def visit(slug: str) -> None:
        if slug not in begun:
            begun.add(slug)
            for parent in parents[slug]:
                visit(parent)
            done[slug] = None

    for slug in parents:
        visit(slug)
    return list(done)


def source_rows(needs: Needs | None = None) -> Iterator[Row]:
    for source in Source.objects.order_by("key").iterator():
        if needs and source.key not in needs.sources:
            continue
        row = {name: getattr(source, name) for name in ("key", *SOURCE_FIELDS)}
        yield filled(row | {"read_on": source.read_on.isoformat() if source.read_on else None})


def text_rows(needs: Needs | None = None) -> Iterator[Row]:
    """Yield standing texts in force, or else those that wait for approval, by language; with `needs` only the advice cards it names."""
    texts = newest_texts(StandingText.objects.all(), lambda text: tuple(getattr(text, name) for name in TEXT_IDENTITY))
    for text in sorted(texts.values(), key=lambda text: (text.language, text.kind, text.key, text.audience, text.origin)):
        if needs and (text.kind != StandingText.Kind.ADVICE_CARD or (text.language, text.key) not in needs.cards):
            continue
        yield filled({name: getattr(text, name) for name in TEXT_FIELDS})


def filled(row: Row, *always: str) -> Row:
    return {name: value for name, value in row.items() if name in always or value not in (None, "", [], {}, False)}


def entry_rows(slugs: Collection[str] | None = None, *, drafts: bool) -> Iterator[Row]:
    """Yield the versions of every entry in force, oldest first, then, with `drafts`, the words somebody works on.

    `slugs` None: all entries. Those that were taken down are left out: an import would put them up again. Related entries that are left
    out are not named either: an import into an empty library would ask for them.
    """
    written = written_slugs(slugs, drafts=drafts)
    for question in questions(slugs):
        classification = classification_of(question, written)
        published = versions_of(question)
        for number, publication in enumerate(published, 1):
            # The last is the version in force, and only that is reviewed again.
            dates = {"next_review_due_on": publication.next_review_due_on.isoformat()} if number == len(published) else {}
            version = {"version": publication.version} if number > 1 else {}
            yield entry_row(question.slug, as_draft(read_words(publication.words)), classification | version | dates)
        for answer in question.answers.filter(status__in=OPEN) if drafts else ():
            yield entry_row(question.slug, draft_of(answer), classification | {"status": "draft"})


def questions(slugs: Collection[str] | None, *prefetches: "Prefetch[Any]") -> Iterator[Question]:
    """Yield questions with their topics and `prefetches`, by slug. `slugs` None: all questions."""
    rows = Question.objects.order_by("slug").prefetch_related("questiontopic_set__topic", *prefetches)
    chosen = sorted(slugs or [])
    for start in range(0, len(chosen), CHUNK):
        yield from rows.filter(slug__in=chosen[start : start + CHUNK])
    last = ""
    while slugs is None and (chunk := list(rows.filter(slug__gt=last)[:CHUNK])):
        yield from chunk
        last = chunk[-1].slug


def written_slugs(slugs: Collection[str] | None, *, drafts: bool) -> set[str]:
    """Return the slugs of those among `slugs` (None: all) of which something is written."""
    written = set(Publication.objects.current().filter(is_withheld=False).exclude(words="").values_list("slug", flat=True))
    if drafts:
        written |= set(Answer.objects.filter(status__in=OPEN).values_list("question__slug", flat=True))
    return written if slugs is None else written & set(slugs)


def classification_of(question: Question, written: Collection[str]) -> Row:
    """Topics, with the place where there is one, and related entries: what belongs to the question and not to a version."""
    topics = [
        row.topic.slug if not row.position else {"slug": row.topic.slug, "place": row.position} for row in question.questiontopic_set.all()
    ]
    return {"topics": topics, "related": [slug for slug in question.related if slug in written]}


def versions_of(question: Question) -> list[Publication]:
    """Return the versions of an entry in force, oldest first, and none of an entry that was taken down.

    An import brings the same words in once. So of versions with the same words only the last is written: where an old version was
    restored, its words would else come in first, and newer ones would be in force after the import.
    """
    rows = list(Publication.objects.filter(question=question).order_by("version"))
    if not rows or rows[-1].status != Publication.Status.CURRENT:
        return []
    last_version = {row.content_hash: row.version for row in rows}
    return [row for row in rows if row.version == last_version[row.content_hash] and not row.is_withheld and row.words]


def entry_row(slug: str, words: DraftWords, beside: Row) -> Row:
    """`beside` has the fields that are no words. The body comes last, as in an entry file."""
    raw = flat(words) | {"language": words.language}
    row = {"slug": slug} | {name: beside.pop(name) for name in ("version", "status") if name in beside}
    row |= {name: raw[name] for name in (*PLAIN, *PROVENANCE) if name != "body"}
    row["sources"] = [filled(source) for source in raw["citations"]]
    return filled(row | beside | {"body": raw["body"]}, *REQUIRED)
