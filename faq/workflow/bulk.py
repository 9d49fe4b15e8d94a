"""Words that were reviewed elsewhere arrive: many new questions at once, from nothing to published.

What comes of it is row for row what `create_question`, `submit`, `attest` and `publish` leave for each (test_bulk.py compares
them), asked of the same tests. It is a verb of its own because those four lock and ask again at each step, as people's steps lie
days apart; here one transaction makes everything, so nobody else can see it, let alone change it, before it is done.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from faq.content.words import FROM_THE_SOURCE, Words
from faq.integrity.ledger import LedgerWriter
from faq.models import (
    Answer,
    Change,
    Citation,
    Edit,
    ImportRun,
    Publication,
    PublicationTopic,
    Question,
    QuestionTopic,
    ReviewDecision,
    Source,
    Submission,
    SubmissionEditor,
    Topic,
    User,
)
from faq.readiness import Context, Finding, errors_around, findings
from faq.workflow import publishing
from faq.workflow.drafts import (
    check_related,
    cited_sources,
    editor_row,
    frozen_words,
    new_draft,
    new_submission,
    refuse_taken,
    set_statuses,
    topics_named,
)
from faq.workflow.errors import verb
from faq.workflow.publishing import check_original, entry_changes
from faq.workflow.readiness_context import SharedContext, context_of, refuse_errors, shared_context
from faq.workflow.reviews import ExternalReview, check_external_review
from faq.workflow.transitions import Kind, author, importer, publisher, require_right
from faq.workflow.waivers import kept_concerns


@dataclass(frozen=True)
class NewEntry:
    """A new question with all its words as `edit` takes them, its places in topics, and the review done elsewhere."""

    slug: str
    language: str
    changes: Mapping[str, Any]
    topics: Mapping[str, int]
    related: Sequence[str]
    review: ExternalReview


@dataclass
class PendingRows:
    """What one arrival becomes: its rows, unsaved at first; `states` of its sources that no longer stand, and what readiness found."""

    review: ExternalReview
    answer: Answer
    edit: Edit
    sources: list[Source]
    words: Words
    places: list[QuestionTopic]
    submission: Submission
    states: dict[str, str] = field(default_factory=dict)
    found: list[Finding] = field(default_factory=list)
    reading_grade: float | None = None

    @property
    def question(self) -> Question:
        """The question that is made."""
        return self.answer.question

    def about(self) -> dict[str, Any]:
        """Return the columns that tie a decision to the words."""
        return {"question": self.question, "submission": self.submission, "content_hash": self.submission.content_hash}


@verb
def publish_new(
    arrivals: Sequence[NewEntry], *, by: User, at: datetime, run: ImportRun | None = None, coming: Collection[str] = ()
) -> list[Publication]:
    """Make the questions of `arrivals`, record their reviews, and publish them; `run` is the import that brings them.

    All or none. `coming`: slugs that come later, to which these may relate. Raises TransitionRefused and WordsRefused as the four verbs do.
    """
    for who in (author, importer, publisher):
        require_right(who, by, at)
    check_related({slug for arrival in arrivals for slug in arrival.related}, {*coming, *(arrival.slug for arrival in arrivals)})
    making = list(pending_rows(arrivals, by, at))
    check_readiness(making, at)
    with entry_changes(at) as ledger:
        refuse_taken([arrival.slug for arrival in arrivals])
        check_around(making, at)
        store_drafts(making)
        ledger.decide_each(Kind.CREATE_QUESTION, by, [{"question": each.question} for each in making])
        submit_all(ledger, making, by, at)
        decisions = attest_all(ledger, making, by, at)
        return publish_all(ledger, making, decisions, by, at, run)


def pending_rows(arrivals: Sequence[NewEntry], by: User, at: datetime) -> Iterator[PendingRows]:
    """Yield the unsaved rows of each arrival."""
    topics = topics_named({slug for arrival in arrivals for slug in arrival.topics})
    keys = {cited["key"] for arrival in arrivals for cited in arrival.changes.get("citations", ())}
    sources = {source.key: source for source in Source.objects.filter(key__in=keys)}
    told = {key: {name: getattr(source, name) for name in FROM_THE_SOURCE} for key, source in sources.items()}
    for arrival in arrivals:
        review = check_external_review(arrival.review, arrival.changes["origin"], at)
        wording = arrival.changes["question"]
        answer, edit, draft = new_draft(arrival.slug, arrival.language, wording, by, at, arrival.related, arrival.changes)
        cited, words = cited_sources(draft, sources), frozen_words(draft, told)
        submission = new_submission(answer, words, number=1, by=by, at=at)
        yield PendingRows(review, answer, edit, cited, words, new_places(answer.question, arrival.topics, topics), submission)


def new_places(question: Question, wanted: Mapping[str, int], topics: Mapping[str, Topic]) -> list[QuestionTopic]:
    """Return the unsaved places of `question`, in the order in which they are read (QuestionTopic.Meta)."""
    rows = [QuestionTopic(question=question, topic=topics[slug], position=position) for slug, position in wanted.items()]
    return sorted(rows, key=lambda row: (row.position, row.topic.position, row.topic.slug))


def check_readiness(making: Sequence[PendingRows], at: datetime) -> None:
    """Ask readiness about each text before anything is locked, for that takes time; raise TransitionRefused for errors."""
    for each, context in with_contexts(making, at):
        each.found = findings(each.words, context)
        refuse_errors(each.found)
        each.reading_grade = publishing.grade_of(each.words)


def check_around(making: Sequence[PendingRows], at: datetime) -> None:
    """Ask again, with the Ledger in hand, what may have changed; raise TransitionRefused for a translation of what was never published."""
    topics = topics_named({row.topic.slug for each in making for row in each.places})
    for row in (row for each in making for row in each.places):
        row.topic = topics[row.topic.slug]
    for each, context in with_contexts(making, at, with_medicines=False):
        refuse_errors(errors_around(each.words, context))
        check_original(each.words, each.question)


def with_contexts(making: Sequence[PendingRows], at: datetime, *, with_medicines: bool = True) -> Iterator[tuple[PendingRows, Context]]:
    """Yield each arrival with what readiness must know beside it, and note the states of its sources."""
    shared: dict[tuple[str, str, str], SharedContext] = {}
    moved = publishing.states_of_sources({cited.key for each in making for cited in each.words.citations})
    for each in making:
        words = each.words
        kind = (words.language, words.audience, words.provenance.origin)
        if kind not in shared:
            shared[kind] = shared_context(words, at, with_medicines=with_medicines)
        each.states = {cited.key: moved[cited.key] for cited in words.citations if cited.key in moved}
        is_safety = any(row.topic.is_safety for row in each.places)
        yield each, context_of(words, shared[kind], is_safety=is_safety, source_states=each.states)


def store_drafts(making: Sequence[PendingRows]) -> None:
    """Store questions with their places, and drafts with all that belongs to them."""
    Question.objects.bulk_create(each.question for each in making)
    QuestionTopic.objects.bulk_create(row for each in making for row in each.places)
    Answer.objects.bulk_create(each.answer for each in making)
    Edit.objects.bulk_create(each.edit for each in making)
    Citation.objects.bulk_create(Citation(answer=each.answer, source=source) for each in making for source in each.sources)


def submit_all(ledger: LedgerWriter, making: Sequence[PendingRows], by: User, at: datetime) -> None:
    """Freeze the words; nobody but `by` wrote them."""
    for each in making:
        each.submission.last_edit = each.edit
    Submission.objects.bulk_create(each.submission for each in making)
    SubmissionEditor.objects.bulk_create(editor_row(each.submission, by) for each in making)
    set_statuses([each.answer for each in making], Answer.Status.SUBMITTED, at)
    ledger.decide_each(Kind.SUBMIT, by, [each.about() for each in making])


def attest_all(ledger: LedgerWriter, making: Sequence[PendingRows], by: User, at: datetime) -> list[ReviewDecision]:
    """Record the reviews, each with the concerns that stand beside it; return the decisions."""
    reviews = [each.about() | vars(each.review) | {"waivers": kept_concerns(each.submission, each.found)} for each in making]
    decisions = ledger.decide_each(Kind.ATTEST, by, reviews)
    set_statuses([each.answer for each in making], Answer.Status.APPROVED, at)
    return decisions


def publish_all(
    ledger: LedgerWriter, making: Sequence[PendingRows], decisions: Sequence[ReviewDecision], by: User, at: datetime, run: ImportRun | None
) -> list[Publication]:
    """Make the words the first versions, each with its Change."""
    kind = Change.Kind.REPUBLISHED if run else Change.Kind.PUBLISHED
    languages = {each.question.language for each in making}
    topics = {row.topic_id for each in making for row in each.places}
    names = {language: publishing.topic_names(topics, language, ledger.at) for language in languages}
    causes = ledger.decide_each(Kind.PUBLISH, by, [each.about() | {"version": 1} for each in making])
    published = []
    for each, decision, cause in zip(making, decisions, causes, strict=True):
        places = publishing.places_of(each.places, names[each.question.language])
        state = publishing.initial_state(each.question, decision, version=1, topics=places, source_states=each.states)
        change = ledger.append_change(kind, each.question, state, cause, run=run)
        published.append(publishing.create_publication(each.submission, decision, each.words, state, change, each.reading_grade))
    link_all(making, published)
    set_statuses([each.answer for each in making], Answer.Status.PUBLISHED, at)
    return published


def link_all(making: Sequence[PendingRows], published: Sequence[Publication]) -> None:
    """Link the new versions to their topics and sources."""
    links = Publication.sources.through
    pairs = list(zip(making, published, strict=True))
    PublicationTopic.objects.bulk_create(
        PublicationTopic(publication=publication, topic=row.topic, position=row.position)
        for each, publication in pairs
        for row in each.places
    )
    links._default_manager.bulk_create(
        links(publication_id=publication.pk, source_id=source.pk) for each, publication in pairs for source in each.sources
    )
