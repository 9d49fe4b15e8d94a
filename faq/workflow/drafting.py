"""The author's verbs: from a question to submitted words, and back."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from django.db import transaction
from pydantic import ValidationError

from faq import payload
from faq.ledger import check_moment, ledger, role_of
from faq.models import (
    Answer,
    Citation,
    Comment,
    Edit,
    Phrasing,
    Publication,
    Question,
    QuestionTopic,
    Resource,
    Source,
    Submission,
    SubmissionEditor,
    Topic,
    User,
)
from faq.publishing import Rows, WordsRefused, freeze, words_of
from faq.workflow.rules import Kind, TransitionRefused, author, require
from faq.workflow.who import editors_of

COLUMNS: Final = (
    *("audience", "region", "applies_to", "short_answer", "status_lines", "advice_cards", "body", "key_facts", "care_team_questions"),
    *("quotations", "call_to_action", "origin", "generator", "byline", "licence", "attribution", "update_type", "change_note"),
)
ROWS: Final = ("phrasings", "citations", "resources")
EDITABLE: Final = ("question", "translation_of", *COLUMNS, *ROWS)
"""The names that `edit` takes, spelled as in the interchange format."""

Places = Sequence[str] | Mapping[str, int]
"""The topics of a question: slugs, or {slug: its place among that topic's members}; a guide's members are ordered."""


def lock_question(pk: int) -> Question:
    """Lock and return the question: every verb on an entry begins here, so verbs on one entry queue up."""
    return Question.objects.select_for_update(no_key=True).get(pk=pk)


def lock_questions(pks: Sequence[int]) -> list[Question]:
    """Lock several questions in the order of their primary keys."""
    return list(Question.objects.select_for_update(no_key=True).filter(pk__in=pks).order_by("pk"))


def refuse_newcomers(locked: Collection[int], concerned: Collection[int]) -> None:
    """Raise TransitionRefused where a verb concerns a question that it has not locked.

    Asked with the Ledger in hand: what came to be concerned while the verb was waiting is seen, and nothing more can come.
    """
    if set(concerned) - set(locked):
        raise TransitionRefused("Another entry came to be concerned at this very moment; look again, then do it again.")


def lock_answer(pk: int) -> Answer:
    """Lock the answer's question, then the answer, and return it as it is now."""
    lock_question(Answer.objects.values_list("question_id", flat=True).get(pk=pk))
    return Answer.objects.select_for_update(no_key=True, of=("self",)).select_related("question", "author").get(pk=pk)


def check_slug(slug: str, language: str, wording: str) -> None:
    """Raise WordsRefused unless slug, language and wording may stand on a question."""
    raw = {"language": language, "audience": "patient", "question": wording, "body": "", "provenance": {"origin": "human"}}
    try:
        payload.Words.model_validate(raw | {"translation_of": {"slug": slug, "version": 1}})
    except ValidationError as error:
        raise WordsRefused([(field.removeprefix("translation_of."), reason) for field, reason in payload.problems(error)]) from error


def refuse_taken(slugs: Sequence[str]) -> None:
    """Raise TransitionRefused where one of `slugs` has a question already."""
    taken = Question.objects.filter(slug__in=slugs).order_by("slug").values_list("slug", flat=True).first()
    if taken:
        raise TransitionRefused(f"The slug {taken} is taken; start a revision of that question, or choose another slug.")


@transaction.atomic
def create_question(
    *,
    slug: str,
    language: str,
    wording: str,
    by: User,
    at: datetime,
    topics: Places = (),
    related: Sequence[str] = (),
    changes: Mapping[str, Any] = MappingProxyType({}),
) -> Answer:
    """Make a question with its first draft, held by the author `by`, with the words that `changes` gives as `edit` takes them.

    Raises TransitionRefused without the role, for a slug that is taken and for an unknown topic; WordsRefused for bad text.
    """
    refused = author(by, None, at)
    if refused:
        raise TransitionRefused(refused)
    answer, edit = new_draft(slug, language, wording, by, at, related, changes)
    with ledger(at) as hand:  # first, for nobody else can hold a row that is new: so two who want one slug meet here and not at its key
        refuse_taken([slug])
        answer.question.save(force_insert=True)
        place_in_topics(answer.question, topics)
        answer.save(force_insert=True)
        edit.save(force_insert=True)
        words_of(answer, add_rows(answer, changes))
        hand.decide(Kind.CREATE_QUESTION, by, question=answer.question)
    return answer


def new_draft(
    slug: str, language: str, wording: str, by: User, at: datetime, related: Sequence[str], changes: Mapping[str, Any]
) -> tuple[Answer, Edit]:
    """Return the unsaved first draft of an unsaved question, and the row that says who began it."""
    check_slug(slug, language, wording)
    question = Question(slug=slug, language=language, related=list(related), created_at=at)
    answer = Answer(question=question, author=by, wording=payload.clean_text(wording), created_at=at, changed_at=at)
    check_changes(answer, changes)
    put_words(answer, changes)
    return answer, noted(answer, Edit.Kind.STARTED, by, at, {"question": wording, **changes})


def topics_named(slugs: Collection[str]) -> dict[str, Topic]:
    """Return the topics `slugs` by slug; raise TransitionRefused for unknown ones."""
    topics = {topic.slug: topic for topic in Topic.objects.filter(slug__in=list(slugs))}
    unknown = sorted(set(slugs) - topics.keys())
    if unknown:
        raise TransitionRefused(f"Unknown topic: {', '.join(unknown)}. Make it first, or correct the name.")
    return topics


def place_in_topics(question: Question, wanted: Places) -> None:
    """Put `question` into the topics `wanted`; where no place is given it keeps the one it has, or gets 0."""
    topics = topics_named(list(wanted))
    old = {row.topic_id: row for row in QuestionTopic.objects.filter(question=question)}
    places = {topic.pk: old[topic.pk].position if topic.pk in old else 0 for topic in topics.values()}
    if isinstance(wanted, Mapping):
        places |= {topics[slug].pk: place for slug, place in wanted.items()}
    QuestionTopic.objects.filter(pk__in=[row.pk for pk, row in old.items() if places.get(pk) != row.position]).delete()
    QuestionTopic.objects.bulk_create(
        QuestionTopic(question=question, topic_id=pk, position=place)
        for pk, place in places.items()
        if pk not in old or old[pk].position != place
    )


def note_edit(answer: Answer, kind: Edit.Kind, by: User, at: datetime, changes: Mapping[str, Any]) -> None:
    """Append the row that says who touched the words; on PostgreSQL its guard locks the answer."""
    noted(answer, kind, by, at, changes).save(force_insert=True)


def noted(answer: Answer, kind: Edit.Kind, by: User, at: datetime, changes: Mapping[str, Any]) -> Edit:
    """Return the unsaved row that says who touched the words of `answer`."""
    check_moment(at)
    text = json.dumps(changes, ensure_ascii=False, sort_keys=True)
    return Edit(answer=answer, kind=kind, by=by, by_name=str(by), at=at, changes=text)


@transaction.atomic
def start_revision(question: Question, *, by: User, at: datetime) -> Answer:
    """Open a new draft of `question`, held by `by`, with the newest published words if there are any."""
    question = lock_question(question.pk)
    require("start_revision", question, by, at)
    newest = Publication.objects.filter(question=question).exclude(words="").order_by("-version").first()
    words = payload.read(newest.words) if newest else None
    wording = words.question if words else question.slug
    answer = Answer.objects.create(question=question, author=by, wording=wording, created_at=at, changed_at=at)
    note_edit(answer, Edit.Kind.STARTED, by, at, {"from_version": newest.version if newest else None})
    if words:
        write_words(answer, changes_of(words) | {"change_note": "", "update_type": "major"})
    with ledger(at) as hand:
        hand.decide(Kind.START_REVISION, by, question=question, version=newest.version if newest else None)
    return answer


def changes_of(words: payload.Words) -> dict[str, Any]:
    """Return `words` as the changes that `edit` takes, so that edit(changes_of(words)) gives the same words again."""
    raw = words.model_dump(mode="json")
    return {name: raw[name] for name in EDITABLE if name in raw} | {name: raw["provenance"][name] for name in raw["provenance"]}


@transaction.atomic
def edit(answer: Answer, *, by: User, at: datetime, changes: Mapping[str, Any]) -> Answer:
    """Change an answer's words in draft; `changes` maps names of EDITABLE to new values (CONTRACTS: interchange names).

    Citations are {key, locator, supporting_quote}; keys must be known sources. Raises WordsRefused where the outcome breaks
    the schema; then nothing is written.
    """
    answer = lock_answer(answer.pk)
    require("edit", answer, by, at)
    check_changes(answer, changes)
    note_edit(answer, Edit.Kind.EDITED, by, at, changes)
    answer.changed_at = at
    write_words(answer, changes)
    words_of(answer)
    return answer


def write_words(answer: Answer, changes: Mapping[str, Any]) -> None:
    """Put `changes` into the answer's columns and rows and save it."""
    put_words(answer, changes)
    answer.save()
    for name in ROWS:
        if name in changes:
            getattr(answer, name).all().delete()
    add_rows(answer, changes)


def put_words(answer: Answer, changes: Mapping[str, Any]) -> None:
    """Put `changes` into the answer's columns, unsaved."""
    for name in COLUMNS:
        if name in changes:
            setattr(answer, name, changes[name])
    if "question" in changes:
        answer.wording = changes["question"]
    if "translation_of" in changes:
        original = changes["translation_of"] or {"slug": "", "version": None}
        answer.translation_of_slug, answer.translation_of_version = original.get("slug", ""), original.get("version")


def check_changes(answer: Answer, changes: Mapping[str, Any]) -> None:
    """Refuse unknown names and values that would not even fit their columns, with the schema's reasons, before anything is written."""
    unknown = sorted(changes.keys() - set(EDITABLE))
    if unknown:
        raise WordsRefused([(name, f"unknown field; known are {', '.join(EDITABLE)}") for name in unknown])
    raw = {name: changes[name] for name in (*COLUMNS, "translation_of", "phrasings", "resources") if name in changes}
    provenance: dict[str, Any] = {name: raw.pop(name) for name in ("byline", "generator", "licence", "attribution") if name in raw}
    provenance["origin"] = raw.pop("origin", answer.origin)
    start: dict[str, Any] = {
        "language": answer.question.language,
        "audience": answer.audience,
        "question": changes.get("question", answer.wording),
    }
    if "citations" in changes:
        raw["citations"] = [{"title": "known by its key", "number": None, **each} for each in changes["citations"]]
    try:
        payload.Words.model_validate(start | {"body": ""} | raw | {"provenance": provenance})
    except ValidationError as error:
        raise WordsRefused(payload.problems(error)) from error


def add_rows(answer: Answer, changes: Mapping[str, Any]) -> Rows:
    """Give an answer that has none of them the phrasings, citations and resources in `changes`; return those."""
    keys = [str(each.get("key", "")) for each in changes.get("citations", ())]
    sources = {source.key: source for source in Source.objects.filter(key__in=keys)} if keys else {}
    rows = rows_in(answer, changes, sources)
    Phrasing.objects.bulk_create(rows.phrasings)
    Citation.objects.bulk_create(rows.citations)
    Resource.objects.bulk_create(rows.resources)
    return rows


def rows_in(answer: Answer, changes: Mapping[str, Any], sources: Mapping[str, Source]) -> Rows:
    """Return the unsaved phrasings, citations and resources in `changes`; `sources` has the cited ones by their keys."""
    texts = enumerate(changes.get("phrasings", ()), 1)
    resources = enumerate(changes.get("resources", ()), 1)
    return Rows(
        [Phrasing(answer=answer, position=position, text=payload.clean_text(text)) for position, text in texts],
        cited_rows(answer, changes.get("citations", ()), sources),
        [Resource(answer=answer, position=position, **resource) for position, resource in resources],
    )


def cited_rows(answer: Answer, citations: Sequence[Mapping[str, Any]], sources: Mapping[str, Source]) -> list[Citation]:
    """Return a Citation per row of `citations`; raise WordsRefused for a source that is not among `sources`."""
    keys = [str(each.get("key", "")) for each in citations]
    wrong = [("citations", f"unknown source {key}; add the source first") for key in keys if key not in sources]
    if wrong:
        raise WordsRefused(wrong)
    names = ("locator", "supporting_quote")
    return [
        Citation(answer=answer, source=sources[str(each["key"])], position=position, **{name: each.get(name, "") for name in names})
        for position, each in enumerate(citations, 1)
    ]


@transaction.atomic
def take_over(answer: Answer, *, by: User, at: datetime) -> Answer:
    """Make `by` the holder of a draft. Both count as its editors from then on."""
    answer = lock_answer(answer.pk)
    require("take_over", answer, by, at)
    note_edit(answer, Edit.Kind.TAKEN_OVER, by, at, {"from": str(answer.author)})
    answer.author, answer.changed_at = by, at
    answer.save(update_fields=["author", "changed_at"])
    with ledger(at) as hand:
        hand.decide(Kind.TAKE_OVER, by, question=answer.question)
    return answer


@transaction.atomic
def discard(answer: Answer, *, by: User, at: datetime, reason: str) -> Answer:
    """Give a draft up for good, with a reason."""
    answer = lock_answer(answer.pk)
    require("discard", answer, by, at)
    set_status(answer, Answer.Status.DISCARDED, at)
    with ledger(at) as hand:
        hand.decide(Kind.DISCARD, by, question=answer.question, comment=given(reason, "why the draft is given up"))
    return answer


@transaction.atomic
def comment(answer: Answer, *, by: User, at: datetime, text: str) -> Comment:
    """Leave a remark for colleagues beside an answer; readers never see it, and it is never changed."""
    require("comment", answer, by, at)
    check_moment(at)
    return Comment.objects.create(answer=answer, by=by, at=at, text=given(text, "what you want to tell your colleagues"))


def given(text: str, what: str) -> str:
    """Return the cleaned `text`, or raise TransitionRefused if it says nothing."""
    cleaned = payload.clean_text(text).strip()
    if not cleaned:
        raise TransitionRefused(f"Say {what}.")
    return cleaned


def set_status(answer: Answer, status: Answer.Status, at: datetime, scheduled_for: datetime | None = None) -> None:
    """Write an answer's status: the only place where it changes."""
    answer.status, answer.scheduled_for, answer.changed_at = status, scheduled_for, at
    answer.save(update_fields=["status", "scheduled_for", "changed_at"])


def set_statuses(answers: Sequence[Answer], status: Answer.Status, at: datetime) -> None:
    """Write the status of many answers: `set_status` for words that arrive together."""
    Answer.objects.filter(pk__in=[answer.pk for answer in answers]).update(status=status, scheduled_for=None, changed_at=at)


@transaction.atomic
def submit(answer: Answer, *, by: User, at: datetime, comment: str = "") -> Submission:
    """Freeze a draft's words in a Submission, with all who wrote them, for a second person to decide about."""
    answer = lock_answer(answer.pk)
    require("submit", answer, by, at)
    submission = freeze(answer, words_of(answer), by=by, at=at)
    SubmissionEditor.objects.bulk_create(editor_row(submission, person) for person in editors_of(answer).values())
    set_status(answer, Answer.Status.SUBMITTED, at)
    with ledger(at) as hand:
        decided: dict[str, Any] = {"question": answer.question, "submission": submission, "content_hash": submission.content_hash}
        hand.decide(Kind.SUBMIT, by, comment=payload.clean_text(comment), **decided)
    return submission


def editor_row(submission: Submission, person: User) -> SubmissionEditor:
    """Return the unsaved row that says that `person` wrote part of `submission`."""
    return SubmissionEditor(submission=submission, user=person, name=str(person), role=role_of(person))


@transaction.atomic
def recall(answer: Answer, *, by: User, at: datetime) -> Answer:
    """Take a submitted or approved answer back to draft; its Submission stays and is decided no more."""
    answer = lock_answer(answer.pk)
    require("recall", answer, by, at)
    submission = answer.submissions.order_by("-pk")[0]
    set_status(answer, Answer.Status.DRAFT, at)
    note_edit(answer, Edit.Kind.RECALLED, by, at, {})
    with ledger(at) as hand:
        hand.decide(Kind.RECALL, by, question=answer.question, submission=submission)
    return answer
