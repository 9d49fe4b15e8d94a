"""What an import does with one entry: the rules by which words in a file meet words in the library."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from faq.content.words import Responsible, Words, canonical_text, digest, read_words
from faq.interchange.entries import FileEntry
from faq.interchange.errors import RowErrors
from faq.interchange.options import ImportOptions, Stage
from faq.models import Answer, Publication, Question
from faq.models.answers import OPEN
from faq.workflow import origins, responsible, transitions
from faq.workflow.drafts import frozen_words, told_of_sources, words_of
from faq.workflow.errors import WordsRefused, raise_if_refused
from faq.workflow.permissions import holds_answer

STAGE_OF_STATUS = {"draft": Stage.DRAFT, "submitted": Stage.SUBMITTED, "approved": Stage.ATTESTED, "scheduled": Stage.ATTESTED}
LastVersions = dict[str, tuple[bool, int]]
"""{slug: (is a draft, version)} of the last version of it in the path; a draft comes after all numbers."""


@dataclass(frozen=True)
class EntryAction:
    """`create` a question, `edit` its draft, `revise` its published words, `advance` words that wait already, or do `nothing`."""

    kind: Literal["create", "edit", "revise", "advance", "nothing"]
    question: Question | None = None
    answer: Answer | None = None

    def words_before(self) -> Words | None:
        """Return the words that an entry takes the place of, None where there are none, or none that are whole."""
        if self.kind in ("edit", "advance") and self.answer:
            return whole_words(self.answer)
        newest = Publication.objects.filter(question=self.question).order_by("-version").first() if self.kind == "revise" else None
        return read_words(newest.words) if newest and newest.words else None


def whole_words(answer: Answer) -> Words | None:
    """Return the words of an answer as a submission would freeze them, None where something is missing."""
    try:
        return words_of(answer)
    except WordsRefused:
        return None


def action_for(entry: FileEntry, options: ImportOptions, last: LastVersions, at: datetime) -> EntryAction:
    """Raises RowErrors or TransitionRefused where the library holds something that stands against the entry.

    Words that were published once, in whatever version, are never imported again: an old file does not undo a newer version.
    """
    question = Question.objects.filter(slug=entry.slug).first()
    if is_superseded_later(entry, options, last):
        return EntryAction("nothing", question)
    if question is None:
        check_origin(entry, Question())
        check_responsible(entry, responsible.of_settings(), options, at)
        return EntryAction("create")
    if question.language != entry.words.language:
        reason = f"{entry.slug} is a question in {question.language} here, and a question's language never changes"
        raise RowErrors([entry.place.error("language", reason)])
    # With the titles that the library has: what the file says of a source that the library knows does not come in.
    words = frozen_words(entry.words, told_of_sources(entry.words))
    published = Publication.objects.filter(question=question)
    named = {None, responsible.of_settings(), *map(responsible.named_in, published.exclude(words="").values_list("words", flat=True))}
    if published.filter(content_hash__in=[hash_with(words, each) for each in named]).exists():
        return EntryAction("nothing", question)
    answer = question.answers.filter(status__in=OPEN).select_related("question", "author").first()
    return action_on_open(entry, words, options, answer, at) if answer else action_on_closed(entry, options, question, at)


def hash_with(words: Words, here: Responsible | None) -> str:
    """Return the hash of a file's `words` once they are in the library: who answers for them stays `here` where the file names nobody."""
    return digest(canonical_text(words if words.provenance.responsible else responsible.answered(words, here)))


def check_origin(entry: FileEntry, question: Question) -> None:
    """Raise RowErrors for an origin that `edit` would refuse: a file that is read first stops before anything is written."""
    if reason := origins.refusal(question, entry.words):
        raise RowErrors([entry.place.error("origin", reason)])


def check_responsible(entry: FileEntry, here: Responsible | None, options: ImportOptions, at: datetime) -> None:
    """Raise RowErrors for a file that names another than `here` where its importer is no lead, as `edit` would refuse it."""
    named = entry.words.provenance.responsible
    if named and (reason := responsible.refusal(here, named, options.by, at)):
        raise RowErrors([entry.place.error(responsible.FIELD, reason)])


def is_superseded_later(entry: FileEntry, options: ImportOptions, last: LastVersions) -> bool:
    """Whether a later row about the same entry makes this one needless: a question has one open draft, and that gets the last words.

    Where entries are published each version is published in turn.
    """
    return options.stage < Stage.PUBLISHED and last.get(entry.slug, (False, 0)) > (entry.is_draft, entry.version)


def action_on_open(entry: FileEntry, words: Words, options: ImportOptions, answer: Answer, at: datetime) -> EntryAction:
    is_draft, here = answer.status == Answer.Status.DRAFT, responsible.named_in(answer.words)
    # The words of a draft are not frozen yet, so they are hashed as a submission would freeze them now.
    open_hash = digest(canonical_text(words_of(answer))) if is_draft else answer.submissions.values_list("content_hash", flat=True)[0]
    if open_hash == hash_with(words, here):
        kind: Literal["nothing", "advance"] = "nothing" if STAGE_OF_STATUS[answer.status] >= options.stage_of(entry) else "advance"
        # The verbs ask for leave again. It is asked here so that the first reading of a path finds a refusal before anything is written.
        if kind == "advance" and is_draft:
            raise_if_refused(transitions.refusal("submit", answer, options.by, at))
        return EntryAction(kind, answer.question, answer)
    if not is_draft:
        reason = "other words of this entry wait for a decision here; have them decided or taken back first"
        raise RowErrors([entry.place.error("slug", reason)])
    raise_if_refused(holds_answer(options.by, answer, at))
    check_origin(entry, answer.question)
    check_responsible(entry, here, options, at)
    return EntryAction("edit", answer.question, answer)


def action_on_closed(entry: FileEntry, options: ImportOptions, question: Question, at: datetime) -> EntryAction:
    newest = Publication.objects.filter(question=question).order_by("-version").first()
    if newest and newest.status != Publication.Status.CURRENT and options.stage_of(entry) == Stage.PUBLISHED:
        reason = "was taken down here; bring it in as a draft, so that people decide whether it comes back"
        raise RowErrors([entry.place.error("slug", reason)])
    raise_if_refused(transitions.refusal("start_revision", question, options.by, at))
    check_origin(entry, question)
    check_responsible(entry, responsible.of_question(question), options, at)
    return EntryAction("revise", question)
