"""The verbs on standing texts, and on topics' names and places: one person proposes, another approves, and what is in force only ends."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from faq.integrity.ledger import LedgerWriter, lock_ledger
from faq.models import Publication, Question, StandingText, Topic, TopicName, TopicPlacement, User
from faq.models.standing import VersionedQuerySet
from faq.workflow.columns import check_columns, clean_field
from faq.workflow.errors import TransitionRefused, require_text, verb
from faq.workflow.locks import check_all_locked, lock_questions
from faq.workflow.permissions import any_of, is_reviewer
from faq.workflow.placements import known_parents, new_placement_row, place_details, put_in_place
from faq.workflow.published import record_topics
from faq.workflow.reopening import below, lock_all_waiting, reopen_uncovered
from faq.workflow.safety import is_needed
from faq.workflow.transitions import Kind, can_curate, require, require_right

Proposal = StandingText | TopicName | TopicPlacement
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
        return TopicPlacement.objects.filter(topic=row.topic)
    if isinstance(row, TopicName):
        return TopicName.objects.filter(topic=row.topic, language=row.language)
    line = ("kind", "key", "language", "audience", "origin")
    return StandingText.objects.filter(**{name: getattr(row, name) for name in line})


@verb
def approve_text(text: Proposal, *, by: User, at: datetime) -> Proposal:
    """Put a proposed text, name or place into force at once, as the second person; the one before ends at the same moment.

    Where a topic leaves a reviewer's scope, what waits in it with their approval is asked about again.
    """
    text, locked = lock_text(text)
    require("approve_text", text, by, at)
    with lock_ledger(at) as ledger:
        questions = questions_showing(text)
        check_all_locked(locked, [question.pk for question in questions])
        # Of a text that has ended readers may still be shown the newest version; one proposed before it must not stand behind it.
        if versions_of_text(text).filter(number__gt=text.number, approved_at__isnull=False).exists():
            raise TransitionRefused("A version that was proposed later is approved already; propose this one anew.")
        versions_of_text(text).in_force(ledger.at).update(ends_at=ledger.at)
        text.approved_by, text.approved_at, text.starts_at = by, ledger.at, ledger.at
        text.save(update_fields=["approved_by", "approved_at", "starts_at"])
        decision = ledger.decide(Kind.APPROVE_TEXT, by, **what_is_decided(text))
        if isinstance(text, StandingText):
            ledger.append_text_change(text, "started", decision)
        if isinstance(text, TopicPlacement):
            put_in_place(text)
            reopen_uncovered(ledger, locked, below(text.topic), by)
    for question in questions:
        record_topics(question, by, at)
    return text


def lock_text(text: Proposal) -> tuple[Proposal, list[int]]:
    """Lock a text, name or place; return it as it is now, and the keys of the locked questions: those that a topic name shows on, and
    those that wait below a topic's place.

    With all its versions: whoever approves one ends another with the Ledger in hand, which who ends that one waits for.
    """
    if isinstance(text, TopicPlacement):
        locked = lock_all_waiting(below(text.topic))
    else:
        locked = [question.pk for question in lock_questions([each.pk for each in questions_showing(text)])]
    stored = type(text).objects.get(pk=text.pk)
    versions = {row.pk: row for row in versions_of_text(stored).select_for_update(no_key=True).order_by("pk")}
    return versions[text.pk], locked


def questions_showing(text: Proposal) -> list[Question]:
    """Return the questions with a current entry on which a topic name shows."""
    if not isinstance(text, TopicName):
        return []
    current = Publication.objects.current().filter(topics=text.topic, language=text.language)
    return list(Question.objects.filter(pk__in=current.values("question")).order_by("pk"))


@verb
def end_text(text: Proposal, *, by: User, at: datetime, comment: str) -> Proposal:
    """End a text in force, or refuse a proposed one. What readers need is replaced, not ended, and so is a topic's place."""
    text, locked = lock_text(text)
    require("end_text", text, by, at)
    with lock_ledger(at) as ledger:
        if isinstance(text, StandingText) and text.approved_at and is_needed(text):
            raise TransitionRefused(
                "Current entries need this text, or what was taken down shows it; propose its next version and have that approved instead."
            )
        questions = questions_showing(text) if text.approved_at else []
        check_all_locked(locked, [question.pk for question in questions])
        text.ends_at = ledger.at
        text.save(update_fields=["ends_at"])
        decision = ledger.decide(Kind.END_TEXT, by, **what_is_decided(text), comment=require_text(comment, "why it ends"))
        if isinstance(text, StandingText) and text.approved_at:
            ledger.append_text_change(text, "ended", decision)
    for question in questions:
        record_topics(question, by, at)
    return text
