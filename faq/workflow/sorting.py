"""What becomes of what readers sent in: their questions are sorted, their reports closed, and somebody is on duty for harm."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q, QuerySet

from faq.content.personal import personal_data
from faq.integrity.ledger import lock_ledger
from faq.models import Answer, Question, Report, Reviewer, SubmittedQuestion, User
from faq.workflow.drafts import Places, create_question, draft_of, edit
from faq.workflow.errors import TransitionRefused, raise_if_refused, require_line, require_text, verb
from faq.workflow.locks import lock_answer, lock_asked, lock_people, lock_report
from faq.workflow.phrasings import note_taken, pending_phrasings, with_phrasings
from faq.workflow.transitions import Kind, require

Outcome = SubmittedQuestion.Outcome


def alike_to(asked: SubmittedQuestion) -> QuerySet[SubmittedQuestion]:
    """Return the questions that wait and ask nearly the same as one of them, itself among them."""
    return SubmittedQuestion.objects.filter(Q(group=asked.group) | Q(pk=asked.pk), outcome="").order_by("pk")


def allowed(asked: SubmittedQuestion, verb_name: str, by: User, at: datetime, *, alike: bool) -> list[SubmittedQuestion]:
    """Lock a question that waits, with all like it where `alike`; raise TransitionRefused unless the table allows the verb."""
    locked = {row.pk: row for row in lock_asked(alike_to(asked) if alike else SubmittedQuestion.objects.filter(pk=asked.pk))}
    # One that somebody else has sorted meanwhile is not among those that wait: the table says so.
    found = locked.get(asked.pk) or SubmittedQuestion.objects.filter(pk=asked.pk).first()
    if found is None:
        raise TransitionRefused("This question is not there any more: readers' words are deleted after a set time.")
    require(verb_name, found, by, at)
    return list(locked.values())


def settle(rows: Sequence[SubmittedQuestion], outcome: Outcome, by: User, at: datetime, **columns: object) -> None:
    SubmittedQuestion.objects.filter(pk__in=[row.pk for row in rows]).update(outcome=outcome, sorted_by=by, sorted_at=at, **columns)


def how_many(rows: Sequence[SubmittedQuestion]) -> str:
    return "a reader's question" if len(rows) == 1 else f"{len(rows)} readers' questions"


@verb
def link_question(
    asked: SubmittedQuestion, *, by: User, at: datetime, slug: str, phrasing: str = "", alike: bool = True
) -> SubmittedQuestion:
    """Say which entry answers a reader's question and, where `alike`, all that ask nearly the same.

    `phrasing`: a way of asking that the entry's next version gets. Raises TransitionRefused for an entry that readers cannot see.
    """
    rows = allowed(asked, "link_question", by, at, alike=alike)
    question = Question.objects.filter(slug=slug, publications__status="current").first()
    if question is None:
        raise TransitionRefused(f"Readers cannot see an entry {slug or 'without a name'}; choose one that is in force.")
    way = checked_phrasing(phrasing)
    if way and question.language != asked.language:
        raise TransitionRefused(f"{slug} is in {question.language}, the question in {asked.language}; leave the way of asking empty.")
    settle(rows, Outcome.LINKED, by, at, question=question)
    SubmittedQuestion.objects.filter(pk=rows[0].pk).update(phrasing=way)
    with lock_ledger(at) as ledger:
        ledger.decide(Kind.LINK_QUESTION, by, question=question, about=how_many(rows))
    return SubmittedQuestion.objects.get(pk=asked.pk)


def checked_phrasing(phrasing: str) -> str:
    """Return a way of asking as it is kept, "" for none; raise TransitionRefused for what no phrasing may be, or would tell who asked."""
    if not phrasing.strip():
        return ""
    line = require_line(phrasing, "how people ask for it")
    raise_if_refused("" if len(line) <= 500 else "A way of asking has 500 characters at most; shorten it.")
    refuse_personal(line)
    return line


def refuse_personal(text: str) -> None:
    told = personal_data(text)
    raise_if_refused(f"“{told[0].text}” may tell who asked; take it out." if told else "")


@verb
def open_question(
    asked: SubmittedQuestion, *, by: User, at: datetime, wording: str, slug: str = "", topics: Places = (), alike: bool = True
) -> Answer:
    """Make a question of the library, with a draft held by `by`, of what a reader asked; it is worded anew. Raises as create_question."""
    rows = allowed(asked, "open_question", by, at, alike=alike)
    refuse_personal(wording)
    answer = create_question(slug=slug, language=asked.language, wording=wording, by=by, at=at, topics=topics)
    settle(rows, Outcome.OPENED, by, at, question=answer.question)
    return answer


@verb
def reject_question(asked: SubmittedQuestion, *, by: User, at: datetime, reason: str, alike: bool = True) -> SubmittedQuestion:
    """Say that nothing comes of a reader's question, and why."""
    rows = allowed(asked, "reject_question", by, at, alike=alike)
    why = require_text(reason, "why nothing comes of it")
    settle(rows, Outcome.REJECTED, by, at, reason=why)
    with lock_ledger(at) as ledger:
        ledger.decide(Kind.REJECT_QUESTION, by, about=how_many(rows), comment=why)
    return SubmittedQuestion.objects.get(pk=asked.pk)


@verb
def take_phrasings(answer: Answer, *, by: User, at: datetime) -> Answer:
    """Put the ways of asking that wait for the entry's next version into a draft of it. Raises as `edit` does."""
    answer = lock_answer(answer.pk)
    require("take_phrasings", answer, by, at)
    pending = list(pending_phrasings(answer.question))
    edited = edit(answer, by=by, at=at, changes={"phrasings": with_phrasings(draft_of(answer), pending)})
    note_taken(pending, edited)
    return edited


@verb
def close_report(report: Report, *, by: User, at: datetime, reason: str) -> Report:
    """Say what came of a report. Nothing of the entry changes by it: to hold, withdraw or revise it is a verb of its own."""
    locked = lock_report(report.pk)
    require("close_report", locked, by, at)
    locked.reason = require_text(reason, "what came of it")
    locked.closed_by, locked.closed_at = by, at
    locked.save(update_fields=["reason", "closed_by", "closed_at"])
    with lock_ledger(at) as ledger:
        about = f"report {locked.pk}{' of harm' if locked.is_harmful else ''}"
        version = locked.publication.version
        ledger.decide(Kind.CLOSE_REPORT, by, question=locked.publication.question, version=version, about=about, comment=locked.reason)
    return locked


@verb
def put_on_duty(reviewer: Reviewer, *, by: User, at: datetime) -> Reviewer:
    """Have a reviewer told at once when a reader reports harm."""
    return set_duty(reviewer, "put_on_duty", Kind.PUT_ON_DUTY, by, at, is_on_duty=True)


@verb
def take_off_duty(reviewer: Reviewer, *, by: User, at: datetime) -> Reviewer:
    """Have a reviewer told of harm no more. Where nobody is on duty, all who may decide about the entry are told, and the leads."""
    return set_duty(reviewer, "take_off_duty", Kind.TAKE_OFF_DUTY, by, at, is_on_duty=False)


def set_duty(reviewer: Reviewer, verb_name: str, kind: Kind, by: User, at: datetime, *, is_on_duty: bool) -> Reviewer:
    lock_people(reviewer.user_id, by.pk)  # as whoever gives and takes the right itself does (people.py)
    locked = Reviewer.objects.select_related("user").get(pk=reviewer.pk)
    require(verb_name, locked, by, at)
    locked.is_on_duty = is_on_duty
    locked.save(update_fields=["is_on_duty"])
    with lock_ledger(at) as ledger:
        ledger.decide(kind, by, about=str(locked)[:300])
    return locked
