"""Words that were reviewed elsewhere arrive: many new questions at once, from nothing to published.

What comes of it is row for row what `create_question`, `submit`, `attest` and `publish` leave for each (test_arriving.py compares
them), asked of the same tests. It is a verb of its own because those four lock and ask again at each step, as people's steps lie
days apart; here one transaction makes everything, so nobody else can see it, let alone change it, before it is done.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from faq import publishing
from faq.ledger import Hand, ledger
from faq.models import (
    Answer,
    Change,
    Citation,
    Edit,
    ImportRun,
    Phrasing,
    Publication,
    PublicationTopic,
    Question,
    QuestionTopic,
    Resource,
    ReviewDecision,
    Source,
    Submission,
    SubmissionEditor,
    Topic,
    User,
)
from faq.payload import Words
from faq.publishing import Rows
from faq.readiness import Finding, findings
from faq.workflow.drafting import editor_row, new_draft, refuse_taken, rows_in, set_statuses, topics_named
from faq.workflow.reviewing import Attested, check_original, checked_review, concerns, refuse_errors
from faq.workflow.rules import Kind, TransitionRefused, author, importer, publisher
from faq.workflow.surroundings import Surroundings, context_of, surroundings


@dataclass(frozen=True)
class Arrival:
    """A new question with all its words as `edit` takes them, its places in topics, and the review done elsewhere."""

    slug: str
    language: str
    changes: Mapping[str, Any]
    topics: Mapping[str, int]
    related: Sequence[str]
    review: Attested


@dataclass
class Making:
    """What one arrival becomes: its rows, unsaved at first; `states` of its sources that no longer stand, and what readiness found."""

    review: Attested
    answer: Answer
    edit: Edit
    rows: Rows
    words: Words
    places: list[QuestionTopic]
    submission: Submission
    states: dict[str, str] = field(default_factory=dict)
    found: list[Finding] = field(default_factory=list)

    @property
    def question(self) -> Question:
        """The question that is made."""
        return self.answer.question

    def about(self) -> dict[str, Any]:
        """Return the columns that tie a decision to the words."""
        return {"question": self.question, "submission": self.submission, "content_hash": self.submission.content_hash}


@transaction.atomic
def bring_in(arrivals: Sequence[Arrival], *, by: User, at: datetime, run: ImportRun | None = None) -> list[Publication]:
    """Make the questions of `arrivals`, record their reviews, and publish them; `run` is the import that brings them.

    All or none. Raises TransitionRefused and WordsRefused as the four verbs do.
    """
    refused = author(by, None, at) or importer(by, None, at) or publisher(by, None, at)
    if refused:
        raise TransitionRefused(refused)
    with ledger(at) as hand:
        refuse_taken([arrival.slug for arrival in arrivals])
        making = list(made(arrivals, by, at))
        look_at(making, at)
        store_drafts(making)
        hand.decide_each(Kind.CREATE_QUESTION, by, [{"question": each.question} for each in making])
        submit(hand, making, by, at)
        decisions = attest(hand, making, by, at)
        return publish(hand, making, decisions, by, at, run)


def made(arrivals: Sequence[Arrival], by: User, at: datetime) -> Iterator[Making]:
    """Yield the unsaved rows of each arrival."""
    topics = topics_named({slug for arrival in arrivals for slug in arrival.topics})
    keys = {cited["key"] for arrival in arrivals for cited in arrival.changes.get("citations", ())}
    sources = {source.key: source for source in Source.objects.filter(key__in=keys)}
    for arrival in arrivals:
        review = checked_review(arrival.review, arrival.changes["origin"], at)
        wording = arrival.changes["question"]
        answer, edit = new_draft(arrival.slug, arrival.language, wording, by, at, arrival.related, arrival.changes)
        rows = rows_in(answer, arrival.changes, sources)
        words = publishing.words_of(answer, rows)
        submission = publishing.frozen(answer, words, number=1, by=by, at=at)
        yield Making(review, answer, edit, rows, words, places(answer.question, arrival.topics, topics), submission)


def places(question: Question, wanted: Mapping[str, int], topics: Mapping[str, Topic]) -> list[QuestionTopic]:
    """Return the unsaved places of `question`, in the order in which they are read (QuestionTopic.Meta)."""
    rows = [QuestionTopic(question=question, topic=topics[slug], position=position) for slug, position in wanted.items()]
    return sorted(rows, key=lambda row: (row.position, row.topic.position, row.topic.slug))


def look_at(making: Sequence[Making], at: datetime) -> None:
    """Ask readiness about each text; raise TransitionRefused for errors, and for a translation of what was never published."""
    around: dict[tuple[str, str, str], Surroundings] = {}
    moved = publishing.states_of({cited.key for each in making for cited in each.words.citations})
    for each in making:
        words = each.words
        kind = (words.language, words.audience, words.provenance.origin)
        if kind not in around:
            around[kind] = surroundings(words, at)
        each.states = {cited.key: moved[cited.key] for cited in words.citations if cited.key in moved}
        is_safety = any(row.topic.is_safety for row in each.places)
        each.found = findings(words, context_of(words, around[kind], is_safety=is_safety, source_states=each.states))
        refuse_errors(each.found)
        check_original(words)


def store_drafts(making: Sequence[Making]) -> None:
    """Store questions with their places, and drafts with all that belongs to them."""
    Question.objects.bulk_create(each.question for each in making)
    QuestionTopic.objects.bulk_create(row for each in making for row in each.places)
    Answer.objects.bulk_create(each.answer for each in making)
    Edit.objects.bulk_create(each.edit for each in making)
    Phrasing.objects.bulk_create(row for each in making for row in each.rows.phrasings)
    Citation.objects.bulk_create(row for each in making for row in each.rows.citations)
    Resource.objects.bulk_create(row for each in making for row in each.rows.resources)


def submit(hand: Hand, making: Sequence[Making], by: User, at: datetime) -> None:
    """Freeze the words; nobody but `by` wrote them."""
    for each in making:
        each.submission.last_edit = each.edit
    Submission.objects.bulk_create(each.submission for each in making)
    SubmissionEditor.objects.bulk_create(editor_row(each.submission, by) for each in making)
    set_statuses([each.answer for each in making], Answer.Status.SUBMITTED, at)
    hand.decide_each(Kind.SUBMIT, by, [each.about() for each in making])


def attest(hand: Hand, making: Sequence[Making], by: User, at: datetime) -> list[ReviewDecision]:
    """Record the reviews, each with the concerns that stand beside it; return the decisions."""
    reviews = [each.about() | vars(each.review) | {"waivers": concerns(each.submission, each.found)} for each in making]
    decisions = hand.decide_each(Kind.ATTEST, by, reviews)
    set_statuses([each.answer for each in making], Answer.Status.APPROVED, at)
    return decisions


def publish(
    hand: Hand, making: Sequence[Making], decisions: Sequence[ReviewDecision], by: User, at: datetime, run: ImportRun | None
) -> list[Publication]:
    """Make the words the first versions, each with its Change."""
    kind = Change.Kind.REPUBLISHED if run else Change.Kind.PUBLISHED
    languages = {each.question.language for each in making}
    topics = {row.topic_id for each in making for row in each.places}
    names = {language: publishing.names_of(topics, language, hand.at) for language in languages}
    published = []
    for each, decision in zip(making, decisions, strict=True):
        places = publishing.places_of(each.places, names[each.question.language])
        state = publishing.fresh_state(each.question, decision, version=1, topics=places, source_states=each.states)
        change = hand.tell(kind, each.question, state, run=run)
        published.append(publishing.put_out(each.submission, decision, each.words, state, change))
    hand.decide_each(Kind.PUBLISH, by, [each.about() | {"version": 1} for each in making])
    follow(making, published)
    set_statuses([each.answer for each in making], Answer.Status.PUBLISHED, at)
    return published


def follow(making: Sequence[Making], published: Sequence[Publication]) -> None:
    """Link the new versions to their topics and sources."""
    links = Publication.sources.through
    pairs = list(zip(making, published, strict=True))
    PublicationTopic.objects.bulk_create(
        PublicationTopic(publication=publication, topic=row.topic, position=row.position)
        for each, publication in pairs
        for row in each.places
    )
    links._default_manager.bulk_create(
        links(publication_id=publication.pk, source_id=cited.source_id) for each, publication in pairs for cited in each.rows.citations
    )
