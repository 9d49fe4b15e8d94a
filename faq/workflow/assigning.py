"""Whose decision submitted words wait for, and until when: a lead shares the work out, and nobody gains or loses a right by it."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from faq.clock import local_date
from faq.integrity.ledger import lock_ledger
from faq.models import Answer, Assignment, Question, Reviewer, Submission, SubmissionEditor, User
from faq.workflow.errors import check_calendar, raise_if_refused, verb
from faq.workflow.locks import lock_questions, lock_submission
from faq.workflow.permissions import may_review, within_scope, wrote
from faq.workflow.transitions import Kind, require


@verb
def assign(
    submissions: Sequence[Submission], *, by: User, at: datetime, reviewer: User | None, due_on: date | None = None
) -> list[Submission]:
    """Say who is to decide about each of these words (None: whoever may), and the day by which; all or none.

    It stays with an answer that comes back and is submitted again. Raises TransitionRefused for words that wait for no decision, a
    person who may not decide about them, and a day that has passed.
    """
    lock_questions([submission.question_id for submission in submissions])
    rows = [lock_submission(pk) for pk in sorted({submission.pk for submission in submissions})]
    raise_if_refused("" if rows else "Choose submissions that wait for a decision.")
    check_due_day(due_on, at)
    for row in rows:
        require("assign", row, by, at)
        raise_if_refused(refusal_to_assign(reviewer, row, at) if reviewer else "")
    for row in rows:
        Assignment.objects.update_or_create(answer=row.answer, defaults={"reviewer": reviewer, "due_on": due_on})
    with lock_ledger(at) as ledger:
        ledger.decide_each(Kind.ASSIGN, by, [what_is_decided(row, reviewer, due_on) for row in rows])
    return rows


def what_is_decided(row: Submission, reviewer: User | None, due_on: date | None) -> dict[str, Any]:
    """Return the columns of the decision, which tells the day of that time in words."""
    about: dict[str, Any] = {"question": row.question, "submission": row, "about": str(reviewer or "whoever may decide")[:300]}
    return about | ({"details": {"due_on": str(due_on)}} if due_on else {})


def check_due_day(due_on: date | None, at: datetime) -> None:
    if due_on is None:
        return
    check_calendar(due_on, "The day by which it is due")
    raise_if_refused(f"{due_on} has passed; choose a later day." if due_on < local_date(at) else "")


def assignment_of(answer: Answer) -> Assignment | None:
    return getattr(answer, "assignment", None)  # the other side of a OneToOneField raises where there is no row


def may_be_assigned(submissions: Sequence[Submission], at: datetime) -> list[User]:
    """Return the people who may decide about all of these words, by name."""
    questions, rows = {row.question_id for row in submissions}, [row.pk for row in submissions]
    active = Reviewer.objects.filter(revoked_at=None, verified_until__gte=local_date(at), user__is_active=True)
    people = []
    for reviewer in active.select_related("user"):
        covered = Question.objects.filter(within_scope(reviewer), pk__in=questions).count() == len(questions)
        if covered and not SubmissionEditor.objects.filter(submission__in=rows, user=reviewer.user).exists():
            people.append(reviewer.user)
    return sorted(people, key=str)


def refusal_to_assign(reviewer: User, submission: Submission, at: datetime) -> str:
    """Return why `reviewer`, of whom another person speaks, may not decide about these words, or an empty string."""
    slug = submission.question.slug
    if wrote(reviewer, submission):
        return f"{reviewer} wrote part of {slug}; choose somebody else."
    return f"{reviewer} has no review scope that covers {slug}; choose somebody else." if may_review(reviewer, submission, at) else ""
