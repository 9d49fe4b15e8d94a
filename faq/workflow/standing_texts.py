"""The verbs on standing texts, and on topics' names and places: one person proposes, another approves, and what is in force only ends."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any, Final, TypeVar

from faq.integrity.ledger import LedgerWriter, lock_ledger
from faq.models import Publication, PublicationTopic, Question, StandingText, Topic, TopicName, TopicPlacement, User
from faq.models.standing import VersionedQuerySet
from faq.workflow.columns import check_columns, clean_field
from faq.workflow.errors import TransitionRefused, raise_if_refused, require_text, verb
from faq.workflow.locks import check_all_locked, lock_questions
from faq.workflow.permissions import any_of, is_reviewer
from faq.workflow.placements import known_parents, new_placement_row, place_details, put_in_place
from faq.workflow.published import record_topics
from faq.workflow.reopening import below, lock_all_waiting, reopen_uncovered
from faq.workflow.safety import is_needed
from faq.workflow.seen import seal
from faq.workflow.transitions import Kind, can_curate, require, require_each, require_right, told_of_each

Proposal = StandingText | TopicName | TopicPlacement
ProposalT = TypeVar("ProposalT", StandingText, TopicName, TopicPlacement, Proposal)
TEXT_FIELDS: Final = ("kind", "key", "language", "audience", "origin", "placement", "required", "level", "title", "text", "sources")


@verb
def propose(*, by: User, at: datetime, topic: Topic | None = None, **fields: Any) -> Proposal:
    """Propose the next version of a standing text (TEXT_FIELDS), of the name of `topic` (language, name, synonyms), or of its place:
    parents (slugs) and codes ((system, code) pairs), as a whole.

    Raises TransitionRefused without a role, WordsRefused for fields that break their schema.
    """
    require_right(any_of(can_curate, is_reviewer), by, at)
    row = new_row(topic, fields)
    check_proposal(row, by, at)
    with lock_ledger(at) as ledger:  # before the row, which is new: two who propose the same text meet here, not at its number
        store_proposal(ledger, row)
    return row


def new_row(topic: Topic | None, fields: Mapping[str, Any]) -> Proposal:
    """Return an unsaved proposal without a number."""
    if topic is None:
        return new_text_row(fields)
    return new_placement_row(topic, fields["parents"], fields["codes"]) if "codes" in fields else new_name_row(topic, fields)


def check_proposal(row: Proposal, by: User, at: datetime) -> None:
    """Make `row` a proposal by `by`; raise WordsRefused for what its columns do not take, TransitionRefused for parents that cannot be."""
    row.number, row.proposed_by, row.proposed_at = 1, by, at
    check_columns(row)
    if isinstance(row, TopicPlacement):
        known_parents(row)


def store_proposal(ledger: LedgerWriter, row: Proposal) -> None:
    row.number = versions_of_text(row).count() + 1
    row.save(force_insert=True)
    ledger.decide(Kind.PROPOSE, row.proposed_by, **what_is_decided(row))


def what_is_decided(row: Proposal) -> dict[str, Any]:
    """Return what a decision says it is about; of a place also what that is, since no Change of an entry tells it."""
    return {"about": str(row)[:300]} | ({"details": place_details(row)} if isinstance(row, TopicPlacement) else {})


def new_text_row(fields: Mapping[str, Any]) -> StandingText:
    """Return an unsaved StandingText without a number."""
    row = StandingText(**{name: fields[name] for name in TEXT_FIELDS if name in fields})
    row.title, row.text = clean_field("title", row.title), clean_field("text", row.text)
    return row


def new_name_row(topic: Topic, fields: Mapping[str, Any]) -> TopicName:
    """Return an unsaved TopicName without a number."""
    name, synonyms = clean_field("name", fields["name"]), [clean_field("synonyms", each) for each in fields.get("synonyms", ())]
    return TopicName(topic=topic, language=fields["language"], name=name, synonyms=synonyms)


def versions_of_text(row: Proposal) -> VersionedQuerySet:
    """Return all versions of the text that `row` is one of."""
    if isinstance(row, TopicPlacement):
        return TopicPlacement.objects.filter(topic=row.topic_id)
    if isinstance(row, TopicName):
        return TopicName.objects.filter(topic=row.topic_id, language=row.language)
    line = ("kind", "key", "language", "audience", "origin")
    return StandingText.objects.filter(**{name: getattr(row, name) for name in line})


@verb
def approve_text(text: Proposal, *, by: User, at: datetime) -> Proposal:
    """Put a proposed text, name or place into force at once, as the second person; the one before ends at the same moment.

    Where a topic leaves a reviewer's scope, what waits in it with their approval is asked about again.
    """
    [text], locked = lock_texts([text])
    require("approve_text", text, by, at)
    with lock_ledger(at) as ledger:
        questions = questions_showing([text])
        check_all_locked(locked, [question.pk for question in questions])
        raise_if_refused(overtaken(text))
        put_into_force(text, by, ledger.at)
        decision = ledger.decide(Kind.APPROVE_TEXT, by, **what_is_decided(text))
        if isinstance(text, StandingText):
            ledger.append_text_change(text, "started", decision)
        if isinstance(text, TopicPlacement):
            put_in_place(text)
            reopen_uncovered(ledger, locked, below(text.topic), by)
    record_topics(questions, by, at)
    return text


@verb
def approve_names(seen: Mapping[int, str], *, by: User, at: datetime) -> list[TopicName]:
    """Put proposed names of several topics into force at once, each as approve_text does; all or none.

    `seen`: {key: what seen_names said of it as the reviewer read it}. One refusal names all that stand in the way, each with its reason.
    """
    rows = list(TopicName.objects.filter(pk__in=seen).order_by("pk"))
    raise_if_refused("" if rows else "Choose names that wait for a second person.")
    raise_if_refused("One of these names is not there any more; choose them anew." if len(rows) < len(seen) else "")
    names, locked = lock_texts(rows)
    require_each("approve_text", names, by, at)
    with lock_ledger(at) as ledger:
        questions = questions_showing(names)
        check_all_locked(locked, [question.pk for question in questions])
        raise_if_refused(told_of_each(names, refusals_of_names(names, seen)))
        for name in names:
            put_into_force(name, by, ledger.at)
        ledger.decide_each(Kind.APPROVE_TEXT, by, [what_is_decided(name) for name in names])
    record_topics(questions, by, at)
    return names


def refusals_of_names(names: Sequence[TopicName], seen: Mapping[int, str]) -> list[str]:
    """Return for each name why it cannot come into force together with the others, or an empty string."""
    times = Counter(line_of(name) for name in names)
    one = "These are names of one topic in one language; choose one of them."
    now = seen_names(names)
    moved = "It is not as you saw it; look at it again."
    return [
        (one if times[line_of(name)] > 1 else "") or overtaken(name) or (moved if now[name.pk] != seen[name.pk] else "") for name in names
    ]


def seen_names(names: Collection[TopicName]) -> dict[int, str]:
    """Return {key: a mark of what somebody sees of a name}: itself, and the name in force that it would replace."""
    replaced = names_replaced(names)
    shown = ("topic_id", "language", "number", "name", "synonyms")
    return {
        name.pk: seal([*(getattr(name, column) for column in shown), replaced[name.pk].pk if name.pk in replaced else None])
        for name in names
    }


def names_replaced(names: Collection[TopicName]) -> dict[int, TopicName]:
    """Return {key of a name: the one in force of the same topic and language}; none for a topic that has no name in that language."""
    present = TopicName.objects.present().filter(topic__in={name.topic_id for name in names})
    rows = {line_of(row): row for row in present}
    return {name.pk: rows[line_of(name)] for name in names if line_of(name) in rows}


def line_of(name: TopicName) -> tuple[int, str]:
    """Return what makes two names versions of one."""
    return name.topic_id, name.language


def overtaken(text: Proposal) -> str:
    """Return why a text that waits may come into force no more, or an empty string; asked with the Ledger in hand."""
    # Of a text that has ended readers may still be shown the newest version; one proposed before it must not stand behind it.
    later = versions_of_text(text).filter(number__gt=text.number, approved_at__isnull=False).exists()
    return "A version that was proposed later is approved already; propose this one anew." if later else ""


def put_into_force(text: Proposal, by: User, at: datetime) -> None:
    """End the version before and begin with `text`, at the Ledger's moment `at`."""
    versions_of_text(text).in_force(at).update(ends_at=at)
    text.approved_by, text.approved_at, text.starts_at = by, at, at
    text.save(update_fields=["approved_by", "approved_at", "starts_at"])


def lock_texts(texts: Sequence[ProposalT]) -> tuple[list[ProposalT], list[int]]:
    """Lock texts of one table, in the order given; return them as they are now, and the keys of the locked questions: those that a topic
    name shows on, and those that wait below a topic's place.

    With all their versions: whoever approves one ends another with the Ledger in hand, which who ends that one waits for.
    """
    if isinstance(texts[0], TopicPlacement):
        locked = lock_all_waiting(below(texts[0].topic))
    else:
        locked = [question.pk for question in lock_questions([each.pk for each in questions_showing(texts)])]
    model = type(texts[0])
    stored = model._default_manager.filter(pk__in=[text.pk for text in texts])
    versions = reduce(or_, (versions_of_text(text) for text in stored))
    rows = {row.pk: row for row in versions.select_for_update(no_key=True).order_by("pk")}
    return [rows[text.pk] for text in texts], locked


def questions_showing(texts: Sequence[Proposal]) -> list[Question]:
    """Return the questions with a current entry on which one of these topic names shows, by key."""
    lines = {line_of(text) for text in texts if isinstance(text, TopicName)}
    if not lines:
        return []
    shown = PublicationTopic.objects.filter(publication__status=Publication.Status.CURRENT, topic__in={topic for topic, _ in lines})
    rows = shown.values_list("topic", "publication__language", "publication__question")
    return list(
        Question.objects.filter(pk__in={question for topic, language, question in rows if (topic, language) in lines}).order_by("pk")
    )


@verb
def end_text(text: Proposal, *, by: User, at: datetime, comment: str) -> Proposal:
    """End a text in force, or refuse a proposed one. What readers need is replaced, not ended, and so is a topic's place."""
    [text], locked = lock_texts([text])
    require("end_text", text, by, at)
    with lock_ledger(at) as ledger:
        if isinstance(text, StandingText) and text.approved_at and is_needed(text):
            raise TransitionRefused(
                "Current entries need this text, or what was taken down shows it; propose its next version and have that approved instead."
            )
        questions = questions_showing([text]) if text.approved_at else []
        check_all_locked(locked, [question.pk for question in questions])
        text.ends_at = ledger.at
        text.save(update_fields=["ends_at"])
        decision = ledger.decide(Kind.END_TEXT, by, **what_is_decided(text), comment=require_text(comment, "why it ends"))
        if isinstance(text, StandingText) and text.approved_at:
            ledger.append_text_change(text, "ended", decision)
    record_topics(questions, by, at)
    return text
