"""What a verb does when words are frozen or what readers see changes: Submission, Publication, Change.

The verbs of workflow call this module inside their transaction, with the content rows already locked.
"""

import json
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from pydantic import ValidationError

from faq import markdown, payload
from faq.clock import local_date
from faq.ledger import Hand
from faq.models import (
    Answer,
    Change,
    Citation,
    EvidenceAlert,
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
    Topic,
    TopicName,
    User,
)
from faq.readiness.reading import Reading
from faq.readiness.reading_grade import grade
from faq.state import Alert, State, TopicPlace, load

MAKES_VERSION: Final = (Change.Kind.PUBLISHED, Change.Kind.REPUBLISHED, Change.Kind.RESTORED)
"""The Changes that bring a new version."""

SORT_LENGTH: Final = 240
"""How many characters of the folded wording the sort key keeps."""


class WordsRefused(Exception):
    """The words of an answer break their schema; `problems` lists (field, reason)."""

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        self.problems = problems
        super().__init__("; ".join(f"{field}: {reason}" for field, reason in problems))


@dataclass(frozen=True)
class Rows:
    """The words of an answer that are rows of their own, in order; the citations with their sources."""

    phrasings: Sequence[Phrasing] = ()
    citations: Sequence[Citation] = ()
    resources: Sequence[Resource] = ()


def stored_rows(answer: Answer) -> Rows:
    """Return the rows of `answer` as the database has them."""
    return Rows(list(answer.phrasings.all()), list(answer.citations.select_related("source")), list(answer.resources.all()))


def words_of(answer: Answer, rows: Rows | None = None) -> payload.Words:
    """Return the Words that `answer` holds now, with `rows` where they are at hand; raise WordsRefused where they break the schema."""
    rows = rows or stored_rows(answer)
    resources = [resource_words(row) for row in rows.resources]
    cited = [
        {
            **{name: getattr(row.source, name) for name in ("key", "title", "publisher", "year", "url", "doi")},
            "locator": row.locator,
            "supporting_quote": row.supporting_quote,
            "number": None,
        }
        for row in rows.citations
    ]
    names = ("audience", "region", "applies_to", "short_answer", "status_lines", "advice_cards", "body", "key_facts", "care_team_questions")
    raw = {name: getattr(answer, name) for name in (*names, "quotations", "call_to_action", "update_type", "change_note")}
    raw |= {
        "language": answer.question.language,
        "question": answer.wording,
        "phrasings": [row.text for row in rows.phrasings],
        "citations": cited,
        "resources": resources,
        "translation_of": translation_of(answer),
        "provenance": {name: getattr(answer, name) for name in ("origin", "byline", "generator", "licence", "attribution")},
    }
    words = check_words(raw)
    return words.model_copy(update={"citations": markdown.number_citations(words.body, words.citations)})


def check_words(raw: dict[str, Any]) -> payload.Words:
    """Return `raw` as Words; raise WordsRefused with a reason per field."""
    try:
        return payload.Words.model_validate(raw)
    except ValidationError as error:
        raise WordsRefused(payload.problems(error)) from error


def resource_words(row: Any) -> dict[str, Any]:
    """Return the fields of a Resource that count for its kind."""
    media = row.kind in payload.MEDIA_KINDS
    names = ("captions", "duration_s", "transcript") if media else ("phone", "hours", "region", "description")
    return {name: getattr(row, name) for name in ("kind", "name", "url", *names)}


def translation_of(answer: Answer) -> dict[str, Any] | None:
    """Return the slug and version that `answer` translates, or None."""
    if not answer.translation_of_slug:
        return None
    return {"slug": answer.translation_of_slug, "version": answer.translation_of_version}


def freeze(answer: Answer, words: payload.Words, *, by: User, at: datetime) -> Submission:
    """Store the canonical bytes of `words` as the next Submission of the answer's question."""
    submission = frozen(answer, words, number=answer.question.submissions.count() + 1, by=by, at=at)
    submission.last_edit_id = answer.edits.order_by("-pk").values_list("pk", flat=True)[0]
    submission.save(force_insert=True)
    return submission


def frozen(answer: Answer, words: payload.Words, *, number: int, by: User, at: datetime) -> Submission:
    """Return an unsaved Submission with the canonical bytes of `words`; it lacks the edit after which they were frozen."""
    text = payload.canonical(words)
    return Submission(
        answer=answer,
        question=answer.question,
        number=number,
        words=text,
        content_hash=payload.digest(text),
        schema_version=words.schema_version,
        language=words.language,
        audience=words.audience,
        origin=words.provenance.origin,
        submitted_by=by,
        submitted_at=at,
    )


def fold(wording: str, slug: str) -> str:
    """Return the key that sorts alike on every database: letters and digits of the wording without case and accents, then the slug.

    Hexadecimal digits sort the same under every collation. Marks such as “¿” do not count, so Spanish questions sort by their words.
    """
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", wording.casefold()) if letter.isalnum() or letter.isspace())
    return " ".join(plain.split())[:SORT_LENGTH].encode().hex()[: 2 * SORT_LENGTH] + "00" + slug.encode().hex()


def topic_places(question: Question, at: datetime) -> list[TopicPlace]:
    """Return the topics of `question` with their names in its language in force at `at`."""
    rows = list(QuestionTopic.objects.filter(question=question).select_related("topic"))
    return places_of(rows, names_of([row.topic_id for row in rows], question.language, at))


def names_of(topics: Collection[int], language: str, at: datetime) -> dict[int, str]:
    """Return {topic: its name in `language` in force at `at`} for the primary keys `topics`."""
    return dict(TopicName.objects.in_force(at).filter(topic__in=topics, language=language).values_list("topic", "name"))


def places_of(rows: Iterable[QuestionTopic], names: Mapping[int, str]) -> list[TopicPlace]:
    """Return the places that `rows` give a question."""
    return [TopicPlace(slug=row.topic.slug, name=names.get(row.topic_id, ""), kind=row.topic.kind, position=row.position) for row in rows]


def source_states(words: payload.Words) -> dict[str, str]:
    """Return {key: state} of the cited sources that no longer stand."""
    return states_of([each.key for each in words.citations])


def states_of(keys: Collection[str]) -> dict[str, str]:
    """Return {key: state} of the sources `keys` that no longer stand."""
    return dict(Source.objects.filter(key__in=keys).exclude(state=Source.State.CURRENT).values_list("key", "state"))


def open_alerts(publication: Publication) -> list[Alert]:
    """Return the alerts of `publication` that triage has not found harmless, oldest first."""
    rows = EvidenceAlert.objects.filter(publication=publication).exclude(outcome=EvidenceAlert.Outcome.UNAFFECTED).select_related("source")
    return [Alert(source=row.source.key, state=row.state, raised_at=row.raised_at, outcome=row.outcome) for row in rows]


def publish(
    hand: Hand, submission: Submission, decision: ReviewDecision, kind: Change.Kind, *, run: ImportRun | None = None, **state: Any
) -> Publication:
    """Make the approved bytes of `submission` the current version of its question, ending the one before.

    `decision` is the approval or attestation the version rests on, `run` the import that brings it; `state` holds fields of State
    that differ from a fresh start.
    """
    question = submission.question
    words = payload.read(submission.words)
    newest = Publication.objects.filter(question=question).order_by("-version").select_related("last_change").first()
    before = load(newest.last_change.state) if newest else None
    around = {"topics": topic_places(question, hand.at), "source_states": source_states(words)}
    gone = {"withheld": before.withheld, "erased": before.erased} if before else {}
    after = fresh_state(question, decision, **{"version": newest.version + 1 if newest else 1} | around | gone | state)
    change = hand.tell(kind, question, after, run=run)
    if newest and newest.status == Publication.Status.CURRENT:
        Publication.objects.filter(pk=newest.pk).update(
            status=Publication.Status.SUPERSEDED, ended_at=hand.at, is_held=False, confirm_by=None, last_change=change
        )
    publication = put_out(submission, decision, words, after, change)
    follow(publication, after, words)
    return publication


def put_out(submission: Submission, decision: ReviewDecision, words: payload.Words, state: State, change: Change) -> Publication:
    """Store the version that `change` has just told; the caller links it to topics and sources."""
    return Publication.objects.create(**fixed_columns(submission, decision, words), **derived(words), **columns_of(state, change))


def fresh_state(question: Question, decision: ReviewDecision, **state: Any) -> State:
    """Return the State of a version that comes into force by `decision`; `state` holds what else there is, or differs."""
    fresh = {
        "status": Publication.Status.CURRENT,
        "related": question.related,
        "last_reviewed_on": decision.attested_on or local_date(decision.at),
        "next_review_due_on": decision.next_review_due_on,
        "expires_on": decision.expires_on,
    }
    return State.model_validate(fresh | state)


def fixed_columns(submission: Submission, decision: ReviewDecision, words: payload.Words) -> dict[str, Any]:
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
        "sort_key": fold(words.question, submission.question.slug),
        "translation_of_slug": words.translation_of.slug if words.translation_of else "",
        "translation_of_version": words.translation_of.version if words.translation_of else None,
    }


def derived(words: payload.Words) -> dict[str, Any]:
    """Return the columns that can be made again from the words at any time: HTML and reading grade."""
    return {
        "html": markdown.render(words.body, words.citations, language=words.language),
        "renderer_version": markdown.RENDERER_VERSION,
        "reading_grade": grade([sentence.text for sentence in Reading(words).body], words.language),
    }


def columns_of(state: State, change: Change) -> dict[str, Any]:
    """Return the columns of a new Publication that follow its State."""
    names = ("version", "status", "last_reviewed_on", "next_review_due_on", "expires_on", "confirm_by")
    return {name: getattr(state, name) for name in names} | {"published_at": change.at, "last_change": change}


def follow(publication: Publication, state: State, words: payload.Words) -> None:
    """Link a new Publication to the topics of its State and the sources of its Words."""
    place(publication, state)
    sources = Source.objects.filter(key__in=[each.key for each in words.citations]).values_list("pk", flat=True)
    links = Publication.sources.through
    links._default_manager.bulk_create(links(publication_id=publication.pk, source_id=pk) for pk in sources)


def classify(publication: Publication, state: State) -> None:
    """Make the topic rows of `publication` those of `state`."""
    PublicationTopic.objects.filter(publication=publication).delete()
    place(publication, state)


def place(publication: Publication, state: State) -> None:
    """Put a `publication` that has no topic rows into the topics of `state`."""
    topics = dict(Topic.objects.filter(slug__in=[place.slug for place in state.topics]).values_list("slug", "pk"))
    PublicationTopic.objects.bulk_create(
        PublicationTopic(publication=publication, topic_id=topics[place.slug], position=place.position) for place in state.topics
    )


def move(hand: Hand, publication: Publication, kind: Change.Kind, *, reason: str = "", **state: Any) -> Change:
    """Give `publication` a new State: the fields in `state` replace those of its last Change; one Change tells it."""
    after = State.model_validate(load(publication.last_change.state).model_dump() | state)
    change = hand.tell(kind, publication.question, after, reason=reason)
    Publication.objects.filter(pk=publication.pk).update(
        status=after.status,
        ended_at=after.ended.at if after.ended else None,
        last_reviewed_on=after.last_reviewed_on,
        next_review_due_on=after.next_review_due_on,
        expires_on=after.expires_on,
        confirm_by=after.confirm_by,
        is_held=after.held is not None,
        is_withheld=publication.version in after.withheld,
        is_erased=publication.version in after.erased,
        last_change=change,
    )
    mark_older(publication, after, change)
    classify(publication, after)
    publication.refresh_from_db()
    return change


def mark_older(publication: Publication, state: State, change: Change) -> None:
    """Mark the other versions whose text `state` withholds or says is erased."""
    for row in Publication.objects.filter(question=publication.question).exclude(pk=publication.pk):
        marks = {"is_withheld": row.version in state.withheld, "is_erased": row.version in state.erased}
        if marks != {"is_withheld": row.is_withheld, "is_erased": row.is_erased}:
            Publication.objects.filter(pk=row.pk).update(last_change=change, **marks)


def standing_event(change: Change) -> str:
    """Return whether a Change of a standing text `started` or `ended` it."""
    return str(json.loads(change.state)["event"])


def details_of(decision: ReviewDecision) -> dict[str, Any]:
    """Return what else the verb recorded in a decision."""
    details: dict[str, Any] = json.loads(decision.details or "{}")
    return details


def render_again(publications: Iterable[Publication]) -> int:
    """Make the derived columns of `publications` again; return how many rows changed."""
    count = 0
    for publication in publications:
        if publication.words:
            count += Publication.objects.filter(pk=publication.pk).update(**derived(payload.read(publication.words)))
    return count
