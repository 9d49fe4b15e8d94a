"""From approved words to a version that readers see, and on: Publication, State and Change are written together, with the Ledger in hand.

The publisher's verbs stand first. What other verbs call in their transaction, with the content rows locked, follows.
"""

import json
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

from django.db import DEFAULT_DB_ALIAS, connection, transaction
from django.db.models import Max
from django.utils import timezone

from faq.clock import local_date
from faq.content.state import Alert, State, TopicPlace, load_state
from faq.content.words import Words, read_words
from faq.integrity.ledger import LedgerWriter, lock_ledger
from faq.models import (
    Answer,
    Change,
    Document,
    EvidenceAlert,
    ImportRun,
    Publication,
    PublicationTopic,
    Question,
    QuestionTopic,
    ReviewDecision,
    Source,
    Submission,
    Topic,
    TopicName,
    User,
)
from faq.models.people import CLINICAL
from faq.public import documents
from faq.readiness.reading import Reading
from faq.readiness.reading_grade import grade
from faq.workflow import origins
from faq.workflow.drafts import set_status
from faq.workflow.errors import TransitionRefused, check_calendar, verb
from faq.workflow.locks import lock_answer, lock_submission
from faq.workflow.readiness_context import errors_in, refuse_errors, refuse_errors_around
from faq.workflow.transitions import Kind, approvals, blocks_publication, require

MAKES_VERSION: Final = (Change.Kind.PUBLISHED, Change.Kind.REPUBLISHED, Change.Kind.RESTORED)
"""The Changes that bring a new version."""

SORT_LENGTH: Final = 240
"""How many characters of the folded wording the sort key keeps."""


def sort_key(wording: str, slug: str) -> str:
    """Return the key that sorts alike on every database: letters and digits of the wording without case and accents, then the slug.

    Hexadecimal digits sort the same under every collation. Marks such as “¿” do not count, so Spanish questions sort by their words.
    """
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", wording.casefold()) if letter.isalnum() or letter.isspace())
    return " ".join(plain.split())[:SORT_LENGTH].encode().hex()[: 2 * SORT_LENGTH] + "00" + slug.encode().hex()


def topic_places(question: Question, at: datetime) -> list[TopicPlace]:
    """Return the topics of `question` with their names in its language in force at `at`."""
    return places_of_each([question], at)[question.pk]


def places_of_each(questions: Collection[Question], at: datetime) -> dict[int, list[TopicPlace]]:
    """Return {key of a question: its topics as topic_places has them}, in a query and one more for each language."""
    rows: dict[int, list[QuestionTopic]] = {question.pk: [] for question in questions}
    for row in QuestionTopic.objects.filter(question__in=rows).select_related("topic"):
        rows[row.question_id].append(row)
    places: dict[int, list[TopicPlace]] = {}
    for language in {question.language for question in questions}:
        spoken = [question.pk for question in questions if question.language == language]
        names = topic_names({row.topic_id for key in spoken for row in rows[key]}, language, at)
        places |= {key: places_of(rows[key], names) for key in spoken}
    return places


def topic_names(topics: Collection[int], language: str, at: datetime) -> dict[int, str]:
    """Return {topic: its name in `language` in force at `at`} for the primary keys `topics`."""
    return dict(TopicName.objects.in_force(at).filter(topic__in=topics, language=language).values_list("topic", "name"))


def places_of(rows: Iterable[QuestionTopic], names: Mapping[int, str]) -> list[TopicPlace]:
    """Return the places that `rows` give a question."""
    return [
        TopicPlace(
            slug=row.topic.slug,
            name=names.get(row.topic_id, ""),
            kind=row.topic.kind,
            position=row.position,
            is_safety=row.topic.is_safety,
        )
        for row in rows
    ]


def source_states(words: Words) -> dict[str, str]:
    """Return {key: state} of the cited sources that no longer stand."""
    return states_of_sources([each.key for each in words.citations])


def states_of_sources(keys: Collection[str]) -> dict[str, str]:
    """Return {key: state} of the sources `keys` that no longer stand."""
    return dict(Source.objects.filter(key__in=keys).exclude(state=Source.State.CURRENT).values_list("key", "state"))


def next_version(question: Question) -> int:
    """Return the number that the next version of `question` gets."""
    return 1 + (Publication.objects.filter(question=question).aggregate(Max("version"))["version__max"] or 0)


def add_version(
    ledger: LedgerWriter,
    submission: Submission,
    cause: ReviewDecision,
    kind: Change.Kind,
    *,
    reading_grade: float | None,
    run: ImportRun | None = None,
    **state: Any,
) -> Publication:
    """Make the approved bytes of `submission` the current version of its question, ending the one before.

    `cause` is the decision by which it comes into force now, `run` the import that brings it; `reading_grade` was computed before the
    Ledger was locked, for that takes time; `state` holds fields of State that differ from a fresh start.
    """
    approval = deciding_decision(submission)
    question = submission.question
    words = read_words(submission.words)
    newest = Publication.objects.filter(question=question).order_by("-version").select_related("last_change").first()
    before = load_state(newest.last_change.state) if newest else None
    states = source_states(words)
    alerts = [Alert(source=key, state=states[key], raised_at=ledger.at) for key in moved_since(approval, states)]
    around = {"topics": topic_places(question, ledger.at), "source_states": states, "alerts": alerts}
    gone = {"withheld": before.withheld, "erased": before.erased} if before else {}
    after = initial_state(question, approval, **{"version": newest.version + 1 if newest else 1} | around | gone | state)
    change = ledger.append_change(kind, question, after, cause, run=run)
    if newest and newest.status == Publication.Status.CURRENT:
        Publication.objects.filter(pk=newest.pk).update(
            status=Publication.Status.SUPERSEDED, ended_at=ledger.at, is_held=False, last_change=change
        )
    publication = create_publication(submission, approval, words, after, change, reading_grade)
    link_topics_and_sources(publication, after, words)
    raise_alerts(publication, alerts)
    return publication


def moved_since(approval: ReviewDecision, states: Collection[str]) -> list[str]:
    """Return those of the sources `states`, which stand no more, of which that was said after `approval`: its reviewer did not know."""
    if not states:
        return []
    marks = ReviewDecision.objects.filter(kind=Kind.MARK_SOURCE, sequence__gt=approval.sequence)
    told = set(marks.values_list("about", flat=True))
    return sorted(key for key in states if about_source(key) in told)


def about_source(key: str) -> str:
    """Return how decisions name the source `key` that they are about."""
    return f"source {key}"


def raise_alerts(publication: Publication, alerts: Collection[Alert]) -> None:
    """Put the `alerts` with which a version comes into force into the queue of those that wait for triage."""
    sources = Source.objects.in_bulk([alert.source for alert in alerts], field_name="key") if alerts else {}
    EvidenceAlert.objects.bulk_create(
        EvidenceAlert(publication=publication, source=sources[alert.source], state=alert.state, raised_at=alert.raised_at)
        for alert in alerts
    )


def create_publication(
    submission: Submission, decision: ReviewDecision, words: Words, state: State, change: Change, reading_grade: float | None
) -> Publication:
    """Store the version that `change` has just told; the caller links it to topics and sources."""
    columns = fixed_columns(submission, decision, words) | state_columns(state, change)
    return Publication.objects.create(**columns, reading_grade=reading_grade)


def initial_state(question: Question, decision: ReviewDecision, **state: Any) -> State:
    """Return the State of a version that comes into force by `decision`; `state` holds what else there is, or differs."""
    fresh = {
        "status": Publication.Status.CURRENT,
        "related": question.related,
        "last_reviewed_on": decision.attested_on or local_date(decision.at),
        "next_review_due_on": decision.next_review_due_on,
        "expires_on": decision.expires_on,
    }
    return State.model_validate(fresh | state)


def fixed_columns(submission: Submission, decision: ReviewDecision, words: Words) -> dict[str, Any]:
    """Return the columns of a Publication that never change: the bytes, who decided, and what lists look for."""
    return {
        "question": submission.question,
        "slug": submission.question.slug,
        "submission": submission,
        "decision": decision,
        "decision_kind": decision.kind,
        "decided_at": decision.at,
        "decided_by_role": decision.by_role,
        "decided_by_name": decision.by_name if decision.name_is_public else "",
        **{name: getattr(decision, name) for name in ("attested_by", "attested_on", "document")},
        **{name: getattr(submission, name) for name in ("words", "content_hash", "schema_version", "language", "audience", "origin")},
        "wording": words.question,
        "sort_key": sort_key(words.question, submission.question.slug),
        "translation_of_slug": words.translation_of.slug if words.translation_of else "",
        "translation_of_version": words.translation_of.version if words.translation_of else None,
    }


def grade_of(words: Words) -> float | None:
    """Return the reading grade of the body, in years of school; None where the language or the length has none."""
    return grade([sentence.text for sentence in Reading(words).body], words.language)


def state_columns(state: State, change: Change) -> dict[str, Any]:
    """Return the columns of a new Publication that follow its State."""
    names = ("version", "status", "last_reviewed_on", "next_review_due_on", "expires_on")
    moved = {"is_held": state.held is not None, "published_at": change.at, "last_change": change}
    return {name: getattr(state, name) for name in names} | moved


def link_topics_and_sources(publication: Publication, state: State, words: Words) -> None:
    """Link a new Publication to the topics of its State and the sources of its Words."""
    add_topics(publication, state)
    sources = Source.objects.filter(key__in=[each.key for each in words.citations]).values_list("pk", flat=True)
    links = Publication.sources.through
    links._default_manager.bulk_create(links(publication_id=publication.pk, source_id=pk) for pk in sources)


def rows_of_topics(state: State) -> set[tuple[str, int]]:
    """Return the (topic, position) of the rows that a Publication has by its `state`."""
    return {(place.slug, place.position) for place in state.topics}


def replace_topics(publication: Publication, state: State) -> None:
    """Make the topic rows of `publication` those of `state`."""
    PublicationTopic.objects.filter(publication=publication).delete()
    add_topics(publication, state)


def add_topics(publication: Publication, state: State) -> None:
    """Put a `publication` that has no topic rows into the topics of `state`."""
    topics = dict(Topic.objects.filter(slug__in=[place.slug for place in state.topics]).values_list("slug", "pk"))
    PublicationTopic.objects.bulk_create(
        PublicationTopic(publication=publication, topic_id=topics[place.slug], position=place.position) for place in state.topics
    )


def update_state(
    ledger: LedgerWriter, publication: Publication, kind: Change.Kind, cause: ReviewDecision, *, reason: str = "", **state: Any
) -> Change:
    """Give `publication` a new State, told by one Change, which `cause` causes: `state` replaces fields of its last Change."""
    before = load_state(publication.last_change.state)
    after = State.model_validate(before.model_dump() | state)
    change = ledger.append_change(kind, publication.question, after, cause, reason=reason)
    Publication.objects.filter(pk=publication.pk).update(
        status=after.status,
        ended_at=after.ended.at if after.ended else None,
        last_reviewed_on=after.last_reviewed_on,
        next_review_due_on=after.next_review_due_on,
        expires_on=after.expires_on,
        is_held=after.held is not None,
        is_withheld=publication.version in after.withheld,
        is_erased=publication.version in after.erased,
        last_change=change,
    )
    # What the State before said of these is what stands in their rows: an import's names of topics move a thousand entries at once.
    if (after.withheld, after.erased) != (before.withheld, before.erased):
        mark_other_versions(publication, after, change)
    if rows_of_topics(after) != rows_of_topics(before):
        replace_topics(publication, after)
    publication.refresh_from_db()
    return change


def mark_other_versions(publication: Publication, state: State, change: Change) -> None:
    """Mark the other versions whose text `state` withholds or says is erased."""
    for row in Publication.objects.filter(question=publication.question).exclude(pk=publication.pk):
        marks = {"is_withheld": row.version in state.withheld, "is_erased": row.version in state.erased}
        if marks != {"is_withheld": row.is_withheld, "is_erased": row.is_erased}:
            Publication.objects.filter(pk=row.pk).update(last_change=change, **marks)


@contextmanager
def entry_changes(at: datetime) -> Iterator[LedgerWriter]:
    """Lock the Ledger, and compose anew, before it is let go, what readers get of every entry that was changed meanwhile.

    In the same transaction, so that no document is ever older than the last Change of its entry; under the Ledger's lock, so that of two
    verbs whose entries name each other the second composes what the first has left.
    """
    with lock_ledger(at) as ledger:
        yield ledger
        documents.keep_changed(ledger.changed, ledger.at)


def decide_on_submission(
    submission: Submission, kind: ReviewDecision.Kind, by: User | None, at: datetime, **columns: Any
) -> ReviewDecision:
    """Append a decision about `submission` with the hash of its words."""
    with lock_ledger(at) as ledger:
        return ledger.decide(kind, by, question=submission.question, submission=submission, content_hash=submission.content_hash, **columns)


def decide_on_version(
    ledger: LedgerWriter, publication: Publication, kind: ReviewDecision.Kind, by: User | None, **columns: Any
) -> ReviewDecision:
    """Append a decision about one version."""
    return ledger.decide(kind, by, **about_version(publication), **columns)


def about_version(publication: Publication) -> dict[str, Any]:
    """Return the columns of a decision about one version."""
    about = {"question": publication.question, "submission": publication.submission, "version": publication.version}
    return about | {"content_hash": publication.content_hash}


def standing_event(change: Change) -> str:
    """Return whether a Change of a standing text `started` or `ended` it."""
    return str(json.loads(change.state)["event"])


def details_of(decision: ReviewDecision) -> dict[str, Any]:
    """Return what else the verb recorded in a decision."""
    details: dict[str, Any] = json.loads(decision.details or "{}")
    return details


def compose_outdated(at: datetime, *, everything: bool = False) -> int:
    """Compose the documents that do not hold at `at`, or all of them; return how many.

    Batch by batch, each with the Ledger in hand as verbs do it, for verbs wait meanwhile: safe to stop, and safe beside publishers.
    """
    composed = 0
    for slugs in documents.outdated(at, everything=everything):
        with transaction.atomic(), lock_ledger(at):
            composed += documents.keep(slugs, at)
    return composed


def compose_after_migrate(*, using: str, **_: Any) -> None:
    """Receive `post_migrate`: compose what a release has changed, and entries without a document, which no list would show."""
    if using == DEFAULT_DB_ALIAS and Document._meta.db_table in connection.introspection.table_names():
        compose_outdated(timezone.now())


def grade_again() -> int:
    """Compute the reading grade of every version anew, after a release that counts otherwise; return how many changed."""
    changed = 0
    for publication in Publication.objects.exclude(words="").only("words", "reading_grade").order_by("pk").iterator(chunk_size=200):
        fresh = grade_of(read_words(publication.words))
        if fresh != publication.reading_grade:
            changed += Publication.objects.filter(pk=publication.pk).update(reading_grade=fresh)
    return changed


@verb
def publish(submission: Submission, *, by: User, at: datetime, run: ImportRun | None = None) -> Publication:
    """Make approved words the current version; `run` is the import that brings them.

    Readiness is asked again: a source may have been retracted since.
    """
    wrong = errors_in(submission, at)
    submission = lock_submission(submission.pk)
    require("publish", submission, by, at)
    refuse_errors(wrong)
    return publish_locked(submission, by, at, run)


def publish_locked(submission: Submission, by: User | None, at: datetime, run: ImportRun | None = None) -> Publication:
    """Publish a locked, approved Submission; raise TransitionRefused where something has come up since approval."""
    words = read_words(submission.words)
    reading_grade = grade_of(words)
    with entry_changes(at) as ledger:
        refuse_errors_around(words, submission.question, at)
        check_original(words, submission.question)
        kind = Change.Kind.REPUBLISHED if run else Change.Kind.PUBLISHED
        about: dict[str, Any] = {"question": submission.question, "submission": submission, "version": next_version(submission.question)}
        decision = ledger.decide(Kind.PUBLISH, by, content_hash=submission.content_hash, **about)
        publication = add_version(ledger, submission, decision, kind, reading_grade=reading_grade, run=run)
    set_status(submission.answer, Answer.Status.PUBLISHED, at)
    return publication


def deciding_decision(submission: Submission) -> ReviewDecision:
    """Return the decision a publication rests on: the attestation, the clinical approval, or else the last one."""
    decisions = list(approvals(submission))
    return next((each for each in decisions if each.kind == Kind.ATTEST or each.sign_off == CLINICAL), decisions[-1])


def check_original(words: Words, question: Question) -> None:
    """Raise TransitionRefused if a translation names a version that does not stand, or that is nearer to AI than what the translation
    says of itself.
    """
    check_original_stands(words)
    if words.translation_of and (reason := origins.refusal(question, words)):
        raise TransitionRefused(f"The origin {reason}.")


def check_original_stands(words: Words) -> None:
    """Raise TransitionRefused if a translation names a version that was never published, or that was taken down, alone or with its entry.

    Where the same words were restored since, under another number, they stand.
    """
    original = words.translation_of
    if original is None:
        return
    named = f"{original.slug} version {original.version}, which this translates,"
    published = Publication.objects.filter(slug=original.slug, version=original.version).first()
    if published is None:
        raise TransitionRefused(f"{named} was never published.")
    current = Publication.objects.current().filter(slug=original.slug).first()
    gone = published.status == Publication.Status.WITHDRAWN and current and current.content_hash != published.content_hash
    if published.is_withheld or current is None or gone:
        raise TransitionRefused(f"{named} was taken down; discard the translation, or translate the words in force.")


@verb
def schedule(submission: Submission, *, by: User, at: datetime, moment: datetime) -> Answer:
    """Have approved words published by the clock at `moment`, an aware moment ahead."""
    submission = lock_submission(submission.pk)
    require("schedule", submission, by, at)
    check_calendar(moment, "The moment of publication")
    if moment <= at:
        raise TransitionRefused("The moment of publication must lie ahead; publish now, or choose a later one.")
    set_status(submission.answer, Answer.Status.SCHEDULED, at, moment)
    decide_on_submission(submission, Kind.SCHEDULE, by, at, details={"moment": moment})
    return submission.answer


@verb
def unschedule(submission: Submission, *, by: User, at: datetime) -> Answer:
    """Take approved words off the schedule; they wait for a publisher again."""
    submission = lock_submission(submission.pk)
    require("unschedule", submission, by, at)
    set_status(submission.answer, Answer.Status.APPROVED, at)
    decide_on_submission(submission, Kind.UNSCHEDULE, by, at)
    return submission.answer


@verb
def publish_scheduled(answer: Answer, *, at: datetime) -> Publication | None:
    """Publish a scheduled answer whose moment has come; None where it is not scheduled any more or its moment lies ahead.

    Raises TransitionRefused where something has come up since; the job reports it and the answer stays scheduled.
    """
    newest = answer.submissions.select_related("question").order_by("-pk")
    asked = newest[0]
    wrong = errors_in(asked, at)
    answer = lock_answer(answer.pk)
    submission = newest[0]
    is_due = answer.status == Answer.Status.SCHEDULED and answer.scheduled_for is not None and answer.scheduled_for <= at
    if not is_due or submission.pk != asked.pk:  # other words were scheduled meanwhile: the next run asks about those
        return None
    submission.answer = answer
    refuse_errors(wrong)
    refused = blocks_publication(submission)
    if refused:
        raise TransitionRefused(refused)
    return publish_locked(submission, None, at)
