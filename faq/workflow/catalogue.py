"""The verbs on topics and sources: what authors, importers and leads keep for all entries."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from pydantic import ValidationError as InvalidWords

from faq.content.reasons import problems_in
from faq.content.words import FROM_THE_SOURCE, CitedSource
from faq.integrity.ledger import LedgerWriter, lock_ledger
from faq.models import Publication, Source, Topic, TopicName, TopicPlacement, User
from faq.workflow.columns import check_columns, clean_field
from faq.workflow.drafts import check_slug
from faq.workflow.errors import WordsRefused, raise_if_refused, verb
from faq.workflow.locks import check_all_locked, lock_person, lock_questions
from faq.workflow.placements import Codes, new_placement_row, other_placement
from faq.workflow.published import record_topics
from faq.workflow.reviews import ExternalNameReview, check_record
from faq.workflow.safety import check_second_person, in_force_in, lowers_safety
from faq.workflow.standing_texts import Proposal, check_proposal, new_name_row, store_proposal, what_is_decided
from faq.workflow.transitions import Kind, can_curate, curator_or_reviewer, importer, require_right

SOURCE_FIELDS: Final = ("kind", "title", "publisher", "year", "url", "doi", "read_on", "note")
TOPIC_FIELDS: Final = ("kind", "position", "is_safety", "may_expire")
TOLD_BY_ENTRIES: Final = ("kind", "is_safety")
"""What the State of an entry says of its topics (content.state.TopicPlace), beside their names."""


@verb
def edit_topic(
    *, slug: str, by: User, at: datetime, parents: Sequence[str] | None = None, codes: Codes | None = None, **fields: Any
) -> Topic:
    """Make the topic `slug`, or change it (TOPIC_FIELDS).

    Other parents (slugs) or codes ((system, code) pairs) than it has are proposed, and wait for a second person: below a topic and by a
    code readers find entries, and a reviewer of a topic decides about all that stands below it. Entries in force tell by a Change what
    they say of it anew.
    """
    topic = Topic.objects.select_for_update(no_key=True).filter(slug=slug).first() or Topic(slug=slug)
    is_new = topic.pk is None  # asked before it is saved, which gives it a key
    is_told = not is_new and any(fields.get(name, getattr(topic, name)) != getattr(topic, name) for name in TOLD_BY_ENTRIES)
    questions = lock_questions(shown_on(topic)) if is_told else []
    by = lock_person(by)
    raise_if_refused(curator_or_reviewer(by, topic, at))
    lowered = not is_new and lowers_safety(topic, fields)
    set_topic_fields(topic, fields)
    with lock_ledger(at) as ledger:  # before the row, which may be new: two who make it meet here, not at its slug
        refuse_made(topics=[slug] if is_new else [])
        concerned = in_force_in(topic) if lowered else []
        check_all_locked([question.pk for question in questions], shown_on(topic) if is_told else [])
        if lowered and concerned:
            check_second_person(concerned, by, at)  # a reviewer need not keep the catalogue
        else:
            raise_if_refused(can_curate(by, topic, at))
        topic.save()
        ledger.decide(Kind.EDIT_TOPIC, by, **topic_decision(slug, fields))
        placement = other_placement(topic, parents, codes)
        if placement:
            check_proposal(placement, by, at)
            store_proposal(ledger, placement)
    # Refuses where it is about safety now, and an entry in force names no urgent advice.
    record_topics(questions, by, at)
    return topic


def shown_on(topic: Topic) -> list[int]:
    """Return the keys of the questions with an entry in force that belongs to `topic`."""
    return list(Publication.objects.current().filter(topics=topic).values_list("question_id", flat=True))


def refuse_made(*, topics: Sequence[str] = (), sources: Sequence[str] = ()) -> None:
    """Raise TransitionRefused where a topic (slug) or source (key) that is to be made is there by now; asked with the Ledger in hand."""
    made = [f"topic {slug}" for slug in Topic.objects.filter(slug__in=topics).values_list("slug", flat=True)]
    made += [f"source {key}" for key in Source.objects.filter(key__in=sources).values_list("key", flat=True)]
    raise_if_refused(f"Somebody else has just made the {', the '.join(made)}; look at it, then do it again." if made else "")


def set_topic_fields(topic: Topic, fields: Mapping[str, Any]) -> None:
    """Raises WordsRefused for values that the columns do not take. Nothing is saved."""
    for name in TOPIC_FIELDS:
        setattr(topic, name, fields.get(name, getattr(topic, name)))
    check_columns(topic)
    check_slug(topic.slug)


def topic_decision(slug: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    return {"about": f"topic {slug}", "details": dict(fields)}


@verb
def edit_source(*, key: str, by: User, at: datetime, **fields: Any) -> Source:
    """Make the source `key`, or correct it (SOURCE_FIELDS). Published words keep the title they were approved with."""
    source = Source.objects.select_for_update(no_key=True).filter(key=key).first() or Source(key=key)
    require_right(can_curate, by, at)
    fields = set_source_fields(source, fields)
    with lock_ledger(at) as ledger:
        refuse_made(sources=[] if source.pk else [key])
        source.save()
        ledger.decide(Kind.EDIT_SOURCE, by, **source_decision(key, **fields))
    return source


def source_decision(key: str, **fields: Any) -> dict[str, Any]:
    return {"about": f"source {key}", "details": fields}


def set_source_fields(source: Source, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Set `fields` as they are kept, and return them so; nothing is saved.

    Raises WordsRefused for values that break the columns, or with which nobody could cite the source.
    """
    for name in SOURCE_FIELDS:
        value = fields.get(name, getattr(source, name))
        setattr(source, name, clean_field(name, value) if isinstance(value, str) else value)
    cited = cited_as(source)
    for name in FROM_THE_SOURCE:
        setattr(source, name, getattr(cited, name))
    check_columns(source)
    return {name: getattr(source, name) if name in SOURCE_FIELDS else value for name, value in fields.items()}


def cited_as(source: Source) -> CitedSource:
    """Return how words that cite `source` say it, its DOI without a prefix; raise WordsRefused for what they would refuse."""
    # A column takes what the Words refuse, such as an address without https://; nobody could then submit words that cite it.
    try:
        return CitedSource.model_validate({name: getattr(source, name) for name in ("key", *FROM_THE_SOURCE)} | {"number": None})
    except InvalidWords as error:
        raise WordsRefused(problems_in(error)) from error


@dataclass(frozen=True)
class NewTopic:
    """A topic that is not there yet: TOPIC_FIELDS, parents (slugs), (system, code) pairs, and {language: {name, synonyms}}."""

    slug: str
    fields: Mapping[str, Any]
    parents: Sequence[str]
    codes: Sequence[tuple[str, str]]
    names: Mapping[str, Mapping[str, Any]]


@verb
def create_topics_and_sources(
    topics: Sequence[NewTopic],
    sources: Sequence[Mapping[str, Any]],
    *,
    by: User,
    at: datetime,
    reviewed: ExternalNameReview | None = None,
) -> None:
    """Make many new topics, parents first, with their places and names proposed, and many new sources (`key` and SOURCE_FIELDS).

    The rows are those that edit_topic, propose and edit_source leave for each; places and names wait for a second person as ever, but for
    names that were `reviewed` elsewhere. One verb for all of them, so that thousands come in with a few statements.
    """
    require_right(can_curate, by, at)
    if reviewed:
        require_right(importer, by, at)
        reviewed = check_record(reviewed, at)
    rows = {new.slug: Topic(slug=new.slug) for new in topics}
    names = [new_name_row(rows[new.slug], {**name, "language": language}) for new in topics for language, name in new.names.items()]
    placements = [new_placement_row(rows[new.slug], new.parents, new.codes) for new in topics if new.parents or new.codes]
    cited = [Source(key=fields["key"]) for fields in sources]
    for new in topics:
        set_topic_fields(rows[new.slug], new.fields)
    proposals: list[Proposal] = [*placements, *names]
    for proposal in proposals:
        proposal.number, proposal.proposed_by, proposal.proposed_at = 1, by, at
        check_columns(proposal)
    kept = [set_source_fields(source, fields) for source, fields in zip(cited, sources, strict=True)]
    with lock_ledger(at) as ledger:
        refuse_made(topics=list(rows), sources=[source.key for source in cited])
        Topic.objects.bulk_create(rows.values())
        check_parents_named(topics)
        TopicPlacement.objects.bulk_create(placements)
        TopicName.objects.bulk_create(names)
        Source.objects.bulk_create(cited)
        ledger.decide_each(Kind.EDIT_TOPIC, by, [topic_decision(new.slug, new.fields) for new in topics])
        ledger.decide_each(Kind.PROPOSE, by, [what_is_decided(proposal) for proposal in proposals])
        ledger.decide_each(Kind.EDIT_SOURCE, by, [source_decision(**fields) for fields in kept])
        if reviewed:
            attest_names(ledger, names, by, reviewed)


def attest_names(ledger: LedgerWriter, names: Sequence[TopicName], by: User, reviewed: ExternalNameReview) -> None:
    """Put names of new topics into force, with a decision each that says who reviewed them elsewhere. None of them shows anywhere yet."""
    decisions = ledger.decide_each(Kind.ATTEST_TEXT, by, [what_is_decided(name) | vars(reviewed) for name in names])
    for name, decision in zip(names, decisions, strict=True):
        name.attestation, name.approved_at, name.starts_at = decision, ledger.at, ledger.at
    TopicName.objects.bulk_update(names, ["attestation", "approved_at", "starts_at"], batch_size=500)


def check_parents_named(topics: Iterable[NewTopic]) -> None:
    """Raise TransitionRefused for a parent that is neither in the library nor among the new ones, which are stored by now."""
    wanted = {parent for new in topics for parent in new.parents}
    known = set(Topic.objects.filter(slug__in=wanted).values_list("slug", flat=True)) if wanted else set()
    raise_if_refused(f"Unknown topic: {', '.join(sorted(wanted - known))}. Make it first." if wanted - known else "")
