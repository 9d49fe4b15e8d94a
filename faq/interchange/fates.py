"""What an import does with one entry: the rules by which words in a file meet words in the library."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from faq import payload, publishing
from faq.interchange.entries import Entry
from faq.interchange.faults import Faulty
from faq.interchange.wanted import Stage, Wanted
from faq.markdown import number_citations
from faq.models import Answer, Publication, Question, Source
from faq.models.answers import OPEN
from faq.payload import CitedSource, Words
from faq.workflow import rules

STAGES = {"draft": Stage.DRAFT, "submitted": Stage.SUBMITTED, "approved": Stage.ATTESTED, "scheduled": Stage.ATTESTED}
Last = dict[str, tuple[bool, int]]
"""{slug: (is a draft, version)} of the last row about it in the path."""


@dataclass(frozen=True)
class Fate:
    """`create` a question, `edit` its draft, `revise` it, `advance` the words that wait already, or do `nothing`."""

    does: Literal["create", "edit", "revise", "advance", "nothing"]
    question: Question | None = None
    answer: Answer | None = None


def words_here(entry: Entry) -> Words:
    """Return the entry's Words as the library would freeze them: sources it has already keep the titles they have here."""
    names = ("key", "title", "publisher", "year", "url", "doi")
    known = {row["key"]: row for row in Source.objects.filter(key__in=[each.key for each in entry.words.citations]).values(*names)}
    cited = [CitedSource.model_validate(each.model_dump() | known.get(each.key, {})) for each in entry.words.citations]
    return entry.words.model_copy(update={"citations": number_citations(entry.words.body, cited)})


def fate_of(entry: Entry, wanted: Wanted, last: Last, at: datetime) -> Fate:
    """Return what happens to `entry`; raise Faulty or TransitionRefused where the library holds something that stands against it.

    Words that were published once, in whatever version, are never brought in again: an old file does not undo a newer version.
    """
    question = Question.objects.filter(slug=entry.slug).first()
    if is_passed_over(entry, wanted, last):
        return Fate("nothing", question)
    if question is None:
        return Fate("create")
    if question.language != entry.words.language:
        reason = f"{entry.slug} is a question in {question.language} here, and a question's language never changes"
        raise Faulty([entry.place.fault("language", reason)])
    content_hash = payload.digest(payload.canonical(words_here(entry)))
    if Publication.objects.filter(question=question, content_hash=content_hash).exists():
        return Fate("nothing", question)
    answer = question.answers.filter(status__in=OPEN).select_related("question", "author").first()
    return fate_of_open(entry, wanted, answer, content_hash, at) if answer else fate_of_closed(entry, wanted, question, at)


def is_passed_over(entry: Entry, wanted: Wanted, last: Last) -> bool:
    """Return whether a later row about the same entry makes this one needless: there is one draft, and it has the last words."""
    return wanted.stage < Stage.PUBLISHED and last.get(entry.slug, (False, 0)) > (entry.is_draft, entry.version)


def fate_of_open(entry: Entry, wanted: Wanted, answer: Answer, content_hash: str, at: datetime) -> Fate:
    """Return what happens to an entry on whose question somebody works."""
    is_draft = answer.status == Answer.Status.DRAFT
    if is_draft:
        there = payload.digest(payload.canonical(publishing.words_of(answer)))
    else:
        there = answer.submissions.values_list("content_hash", flat=True)[0]
    if there == content_hash:
        does: Literal["nothing", "advance"] = "nothing" if STAGES[answer.status] >= wanted.stage_of(entry) else "advance"
        if does == "advance" and is_draft:
            rules.allow(rules.refusal("submit", answer, wanted.by, at))
        return Fate(does, answer.question, answer)
    if not is_draft:
        reason = "other words of this entry wait for a decision here; have them decided or taken back first"
        raise Faulty([entry.place.fault("slug", reason)])
    rules.allow(rules.refusal("edit", answer, wanted.by, at))
    return Fate("edit", answer.question, answer)


def fate_of_closed(entry: Entry, wanted: Wanted, question: Question, at: datetime) -> Fate:
    """Return what happens to an entry on whose question nobody works."""
    newest = Publication.objects.filter(question=question).order_by("-version").first()
    if newest and newest.status != Publication.Status.CURRENT and wanted.stage_of(entry) == Stage.PUBLISHED:
        reason = "was taken down here; bring it in as a draft, so that people decide whether it comes back"
        raise Faulty([entry.place.fault("slug", reason)])
    rules.allow(rules.refusal("start_revision", question, wanted.by, at))
    return Fate("revise", question)
