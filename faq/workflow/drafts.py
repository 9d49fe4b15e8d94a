"""The author's verbs: from a question to submitted words, and back."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from faq.content import markdown
from faq.content.reasons import problems_in
from faq.content.texts import is_slug
from faq.content.words import (
    AT_LEAST,
    EDITABLE,
    FROM_THE_SOURCE,
    DraftWords,
    Words,
    as_draft,
    canonical_text,
    digest,
    edited,
    read_draft,
    read_words,
)
from faq.integrity.ledger import check_moment, lock_ledger, role_of
from faq.models import (
    Answer,
    Citation,
    Comment,
    Edit,
    Publication,
    Question,
    QuestionTopic,
    Source,
    Submission,
    SubmissionEditor,
    Topic,
    User,
)
from faq.workflow import origins, responsible
from faq.workflow.errors import TransitionRefused, WordsRefused, raise_if_refused, require_text, stored_text, verb
from faq.workflow.locks import lock_answer, lock_question
from faq.workflow.permissions import editors_of
from faq.workflow.phrasings import note_taken, pending_phrasings, with_phrasings
from faq.workflow.seen import new_in
from faq.workflow.slugs import UNSPELLED, free_slug
from faq.workflow.transitions import Kind, author, refusal, require, require_right

Places = Sequence[str] | Mapping[str, int]
"""The topics of a question: slugs, or {slug: its place among that topic's members}; a guide's members are ordered."""


# The words of a draft.


@contextmanager
def schema_refusals() -> Iterator[None]:
    """Turn what breaks the schema into WordsRefused, a reason per field."""
    try:
        yield
    except ValidationError as error:
        raise WordsRefused(problems_in(error)) from error


def draft_of(answer: Answer) -> DraftWords:
    """Return the words as people edit them; raise WordsRefused where they break the present schema."""
    with schema_refusals():
        return read_draft(answer.words)


def words_of(answer: Answer) -> Words:
    """Return the Words that a submission of `answer` would freeze now; raise WordsRefused where they break the present schema."""
    draft = draft_of(answer)
    return frozen_words(draft, told_of_sources(draft))


def told_of_sources(draft: DraftWords) -> dict[str, dict[str, Any]]:
    """Return {key: FROM_THE_SOURCE} of the sources that `draft` cites and the library has."""
    rows = Source.objects.filter(key__in=[cited.key for cited in draft.citations]).values("key", *FROM_THE_SOURCE)
    return {row.pop("key"): row for row in rows}


def frozen_words(draft: DraftWords, told: Mapping[str, Mapping[str, Any]]) -> Words:
    """Return `draft` with the titles of its sources and their numbers; a source that nothing is `told` of goes by its key."""
    cited = [cited.model_dump() | {"number": None, "title": cited.key} | dict(told.get(cited.key, {})) for cited in draft.citations]
    with schema_refusals():
        words = Words.model_validate(draft.model_dump() | {"citations": cited})
    return words.model_copy(update={"citations": markdown.number_citations(words.body, words.citations)})


def edited_draft(text: str, changes: Mapping[str, Any]) -> DraftWords:
    """Return the stored draft `text` with `changes`, by the names of EDITABLE; raise WordsRefused for unknown names and bad values."""
    unknown = sorted(changes.keys() - set(EDITABLE))
    if unknown:
        raise WordsRefused([(name, f"unknown field; known are {', '.join(EDITABLE)}") for name in unknown])
    with schema_refusals():
        return edited(text, changes)


def revised(words: Words) -> DraftWords:
    """Return published `words` as their revision begins: what was said of that version's change is not said of the next."""
    return responsible.begun(as_draft(words).model_copy(update={"change_note": "", "update_type": "major"}))


def empty_draft(question: Question) -> DraftWords:
    """Return the draft of a question that never had published words, or whose words were erased."""
    # A question's wording cannot be empty, and of one that was erased nothing is left but the slug.
    return responsible.begun(edited_draft(json.dumps(AT_LEAST | {"language": question.language}), {"question": question.slug}))


def changed_draft(answer: Answer, person: User, at: datetime, changes: Mapping[str, Any]) -> DraftWords:
    """Return what `changes` by `person` would make of an answer's words; raise as `edit` does where they may not."""
    draft = edited_draft(answer.words, changes)
    responsible.check_edit(changes.keys(), draft, answer, person, at)
    origins.check(answer.question, draft)
    return draft


def previewed(answer: Answer, *, by: User, at: datetime, changes: Mapping[str, Any]) -> Words:
    """Return the Words that a submission would freeze after an `edit` with `changes`; raise as that does, and lock and write nothing."""
    raise_if_refused(refusal("edit", answer, by, at))
    draft = changed_draft(answer, by, at, changes)
    found_sources(draft)
    return frozen_words(draft, told_of_sources(draft))


def set_words(answer: Answer, draft: DraftWords) -> None:
    """Put `draft` into the columns of `answer`, unsaved."""
    answer.words = canonical_text(draft)
    answer.wording, answer.audience, answer.origin = draft.question, draft.audience, draft.provenance.origin


def store_words(answer: Answer, draft: DraftWords, at: datetime) -> None:
    answer.changed_at = at
    set_words(answer, draft)
    answer.save(update_fields=["words", "wording", "audience", "origin", "changed_at"])


def cited_sources(draft: DraftWords, sources: Mapping[str, Source]) -> list[Source]:
    """Return those of `sources` (by key) that `draft` cites; raise WordsRefused for one that is not there."""
    keys = [cited.key for cited in draft.citations]
    unknown = [("citations", f"unknown source {key}; add the source first") for key in keys if key not in sources]
    if unknown:
        raise WordsRefused(unknown)
    return [sources[key] for key in keys]


def found_sources(draft: DraftWords) -> list[Source]:
    """Return the sources that `draft` cites; raise WordsRefused for one that the library lacks."""
    known = Source.objects.filter(key__in=[cited.key for cited in draft.citations])
    return cited_sources(draft, {source.key: source for source in known})


def cite(answer: Answer, draft: DraftWords) -> None:
    """Make the citations of a stored `answer` those of its words; raise WordsRefused for a source that the library lacks."""
    sources = {source.pk: source for source in found_sources(draft)}
    cited = dict(answer.citations.values_list("source", "pk"))
    gone = [pk for source, pk in cited.items() if source not in sources]
    if gone:
        Citation.objects.filter(pk__in=gone).delete()
    Citation.objects.bulk_create(Citation(answer=answer, source=source) for pk, source in sources.items() if pk not in cited)


# The verbs, in the order of an entry's life.


@verb
def create_question(
    *,
    slug: str = "",
    language: str,
    wording: str,
    by: User,
    at: datetime,
    topics: Places = (),
    related: Sequence[str] = (),
    coming: Collection[str] = (),
    changes: Mapping[str, Any] = MappingProxyType({}),
) -> Answer:
    """Make a question with its first draft, held by the author `by`, with the words that `changes` gives as `edit` takes them.

    Without a `slug` one is made from the wording. `coming`: slugs that come with this one, to which it may relate before they are there.
    Raises TransitionRefused without the role, for a slug that is taken and for an unknown topic; WordsRefused for bad text and unknown
    related entries.
    """
    require_right(author, by, at)
    check_related(related, coming)
    answer, edit, draft = new_draft(slug or UNSPELLED, language, wording, by, at, related, changes)
    with lock_ledger(at) as ledger:  # first, for nobody else can hold a row that is new: two who want one slug meet here, not at its key
        answer.question.slug = slug or free_slug(draft.question)
        refuse_taken([answer.question.slug])
        answer.question.save(force_insert=True)
        place_in_topics(answer.question, topics)
        answer.save(force_insert=True)
        edit.save(force_insert=True)
        cite(answer, draft)
        ledger.decide(Kind.CREATE_QUESTION, by, question=answer.question)
    return answer


@verb
def edit(answer: Answer, *, by: User, at: datetime, changes: Mapping[str, Any], seen: Mapping[str, str] | None = None) -> Answer:
    """Change an answer's words in draft; `changes` maps names of EDITABLE to new values, as JSON has them.

    Citations are {key, locator, supporting_quote}; keys must be known sources. A lead may change who answers for any draft. `seen`: what
    seen_of told whoever typed them; WordsMoved is raised where somebody saved other words since. Raises WordsRefused where the outcome
    breaks the schema; then nothing is written.
    """
    answer = lock_answer(answer.pk)
    person = require("edit", answer, by, at)
    if seen is not None:
        changes = new_in(answer, changes, seen)
        if not changes:
            return answer  # an Edit without any would make the person one of those who wrote the words
    draft = changed_draft(answer, person, at, changes)
    note_edit(answer, Edit.Kind.EDITED, by, at, changes)
    store_words(answer, draft, at)
    cite(answer, draft)
    return answer


@verb
def lower_origin(answer: Answer, *, by: User, at: datetime, comment: str) -> Answer:
    """Mark words that an AI drafted as AI-assisted; the reviewer reads in `comment` what people did to them."""
    answer = lock_answer(answer.pk)
    require("lower_origin", answer, by, at)
    changes = {"origin": "ai_assisted"}
    draft = edited_draft(answer.words, changes)
    note_edit(answer, Edit.Kind.EDITED, by, at, changes)
    with lock_ledger(at) as ledger:
        why = require_text(comment, "what people did to these words")
        ledger.decide(Kind.LOWER_ORIGIN, by, question=answer.question, comment=why, details={"answer": answer.pk})
        store_words(answer, draft, at)  # after the decision: the database lets the origin fall by the one just taken alone
    return answer


@verb
def take_over(answer: Answer, *, by: User, at: datetime) -> Answer:
    """Make `by` the holder of a draft. Both count as its editors from then on."""
    answer = lock_answer(answer.pk)
    require("take_over", answer, by, at)
    note_edit(answer, Edit.Kind.TAKEN_OVER, by, at, {"from": str(answer.author)})
    answer.author, answer.changed_at = by, at
    answer.save(update_fields=["author", "changed_at"])
    with lock_ledger(at) as ledger:
        ledger.decide(Kind.TAKE_OVER, by, question=answer.question)
    return answer


@verb
def comment(answer: Answer, *, by: User, at: datetime, text: str) -> Comment:
    """Leave a remark for colleagues beside an answer; readers never see it, and it is never changed."""
    require("comment", answer, by, at)
    check_moment(at)  # most verbs leave that to the Ledger, which a remark does not touch
    return Comment.objects.create(answer=answer, by=by, at=at, text=require_text(text, "what you want to tell your colleagues"))


@verb
def submit(answer: Answer, *, by: User, at: datetime, comment: str = "") -> Submission:
    """Freeze a draft's words in a Submission, with all who wrote them, for a second person to decide about."""
    answer = lock_answer(answer.pk)
    require("submit", answer, by, at)
    # Frozen before the status moves: the database takes a Submission of a draft only.
    words = words_of(answer)
    origins.check(answer.question, words)  # once more: what it translates may have been published since
    submission = freeze(answer, words, by=by, at=at)
    SubmissionEditor.objects.bulk_create(editor_row(submission, person) for person in editors_of(answer).values())
    set_status(answer, Answer.Status.SUBMITTED, at)
    with lock_ledger(at) as ledger:
        decided: dict[str, Any] = {"question": answer.question, "submission": submission, "content_hash": submission.content_hash}
        ledger.decide(Kind.SUBMIT, by, comment=stored_text(comment), **decided)
    return submission


@verb
def recall(answer: Answer, *, by: User, at: datetime) -> Answer:
    """Take a submitted or approved answer back to draft; its Submission stays and is decided no more."""
    answer = lock_answer(answer.pk)
    require("recall", answer, by, at)
    submission = answer.submissions.order_by("-pk")[0]
    set_status(answer, Answer.Status.DRAFT, at)
    note_edit(answer, Edit.Kind.RECALLED, by, at, {})  # after the status: the database takes an Edit of a draft only
    with lock_ledger(at) as ledger:
        ledger.decide(Kind.RECALL, by, question=answer.question, submission=submission)
    return answer


@verb
def discard(answer: Answer, *, by: User, at: datetime, reason: str) -> Answer:
    """Give a draft up for good, with a reason."""
    answer = lock_answer(answer.pk)
    require("discard", answer, by, at)
    set_status(answer, Answer.Status.DISCARDED, at)
    with lock_ledger(at) as ledger:
        ledger.decide(Kind.DISCARD, by, question=answer.question, comment=require_text(reason, "why the draft is given up"))
    return answer


@verb
def start_revision(question: Question, *, by: User, at: datetime) -> Answer:
    """Open a new draft of `question`, held by `by`, with the newest published words if there are any, and what readers asked since."""
    question = lock_question(question.pk)
    require("start_revision", question, by, at)
    newest = Publication.objects.filter(question=question).exclude(words="").order_by("-version").first()
    draft = origins.raised(question, revised(read_words(newest.words)) if newest else empty_draft(question))
    pending = list(pending_phrasings(question))
    draft = draft.model_copy(update={"phrasings": with_phrasings(draft, pending)})
    answer = Answer(question=question, author=by, created_at=at, changed_at=at)
    set_words(answer, draft)
    answer.save(force_insert=True)
    note_taken(pending, answer)
    note_edit(answer, Edit.Kind.STARTED, by, at, {"from_version": newest.version if newest else None})
    cite(answer, draft)
    with lock_ledger(at) as ledger:
        ledger.decide(Kind.START_REVISION, by, question=question, version=newest.version if newest else None)
    return answer


# What the verbs share: a new question and its topics.


def check_slug(slug: str) -> None:
    if not is_slug(slug):
        raise WordsRefused([("slug", "use lower-case letters, digits and hyphens between them, at most 100 characters")])


def check_related(slugs: Collection[str], known: Collection[str] = ()) -> None:
    """Raise WordsRefused for the slug of a related entry that no entry could have, or that none has; those of `known` need none."""
    if not all(is_slug(slug) for slug in slugs):
        raise WordsRefused([("related", "name each entry by its slug: lower-case letters, digits and hyphens between them")])
    asked = set(slugs) - set(known)
    unknown = asked - set(Question.objects.filter(slug__in=asked).values_list("slug", flat=True)) if asked else asked
    if unknown:
        raise WordsRefused([("related", f"there is no entry {', '.join(sorted(unknown))}; make it first, or correct its slug")])


def refuse_taken(slugs: Sequence[str]) -> None:
    taken = Question.objects.filter(slug__in=slugs).order_by("slug").values_list("slug", flat=True).first()
    if taken:
        raise TransitionRefused(f"The slug {taken} is taken; start a revision of that question, or choose another slug.")


def new_draft(
    slug: str, language: str, wording: str, by: User, at: datetime, related: Sequence[str], changes: Mapping[str, Any]
) -> tuple[Answer, Edit, DraftWords]:
    """Return the unsaved first draft of an unsaved question, the row that says who began it, and its words."""
    check_slug(slug)
    start = json.dumps(AT_LEAST | {"language": language})
    draft = edited_draft(start, {"question": wording, **responsible.at_the_beginning(), **changes})
    responsible.check_beginning(draft, by, at)
    question = Question(slug=slug, language=language, related=list(related), created_at=at)
    origins.check(question, draft)
    answer = Answer(question=question, author=by, created_at=at, changed_at=at)
    set_words(answer, draft)
    return answer, new_edit(answer, Edit.Kind.STARTED, by, at, {"question": wording, **changes}), draft


def place_in_topics(question: Question, wanted: Places) -> None:
    """Put `question` into the topics `wanted`; where no place is given it keeps the one it has, or gets 0."""
    topics = topics_named(list(wanted))
    old = {row.topic_id: row for row in QuestionTopic.objects.filter(question=question)}
    places = {topic.pk: old[topic.pk].position if topic.pk in old else 0 for topic in topics.values()}
    if isinstance(wanted, Mapping):
        places |= {topics[slug].pk: place for slug, place in wanted.items()}
    # A row that moves is made anew, so that two statements do for however many topics.
    QuestionTopic.objects.filter(pk__in=[row.pk for pk, row in old.items() if places.get(pk) != row.position]).delete()
    QuestionTopic.objects.bulk_create(
        QuestionTopic(question=question, topic_id=pk, position=place)
        for pk, place in places.items()
        if pk not in old or old[pk].position != place
    )


def topics_named(slugs: Collection[str]) -> dict[str, Topic]:
    """Return the topics `slugs` by slug; raise TransitionRefused for unknown ones."""
    topics = {topic.slug: topic for topic in Topic.objects.filter(slug__in=list(slugs))}
    unknown = sorted(set(slugs) - topics.keys())
    if unknown:
        raise TransitionRefused(f"Unknown topic: {', '.join(unknown)}. Make it first, or correct the name.")
    return topics


# What the verbs share: who edited, frozen words, and the status.


def note_edit(answer: Answer, kind: Edit.Kind, by: User, at: datetime, changes: Mapping[str, Any]) -> None:
    new_edit(answer, kind, by, at, changes).save(force_insert=True)


def new_edit(answer: Answer, kind: Edit.Kind, by: User, at: datetime, changes: Mapping[str, Any]) -> Edit:
    """Return it unsaved; raise ValueError for another moment than now (an edit takes no Ledger, which would ask)."""
    check_moment(at)
    text = json.dumps(changes, ensure_ascii=False, sort_keys=True)
    return Edit(answer=answer, kind=kind, by=by, by_name=str(by), at=at, changes=text)


def freeze(answer: Answer, words: Words, *, by: User, at: datetime) -> Submission:
    # The question is locked, so nobody else takes this number meanwhile.
    submission = new_submission(answer, words, number=answer.question.submissions.count() + 1, by=by, at=at)
    submission.last_edit_id = answer.edits.order_by("-pk").values_list("pk", flat=True)[0]
    submission.save(force_insert=True)
    return submission


def new_submission(answer: Answer, words: Words, *, number: int, by: User, at: datetime) -> Submission:
    """Return it unsaved; it lacks `last_edit`, the edit after which the words were frozen."""
    text = canonical_text(words)
    return Submission(
        answer=answer,
        question=answer.question,
        number=number,
        words=text,
        content_hash=digest(text),
        schema_version=words.schema_version,
        language=words.language,
        audience=words.audience,
        origin=words.provenance.origin,
        submitted_by=by,
        submitted_at=at,
    )


def editor_row(submission: Submission, person: User) -> SubmissionEditor:
    # Name and role are copied: what people see later is who it was on that day.
    return SubmissionEditor(submission=submission, user=person, name=str(person), role=role_of(person))


def set_status(answer: Answer, status: Answer.Status, at: datetime, scheduled_for: datetime | None = None) -> None:
    """The only place where a status changes, beside `set_statuses` for words that arrive together."""
    answer.status, answer.scheduled_for, answer.changed_at = status, scheduled_for, at
    answer.save(update_fields=["status", "scheduled_for", "changed_at"])


def set_statuses(answers: Sequence[Answer], status: Answer.Status, at: datetime) -> None:
    Answer.objects.filter(pk__in=[answer.pk for answer in answers]).update(status=status, scheduled_for=None, changed_at=at)
