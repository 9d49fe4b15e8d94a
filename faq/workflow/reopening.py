"""What waits for publication is asked about again once something happened: to its entry, or to the right of who approved it.

A withdrawal or a hold says that the entry's words were wrong in some way, and a revocation that their reviewer should not have
decided: whoever approved other words for the same question beforehand did not know. Those words go back to `submitted`, off the schedule
too, and what was given to them before counts no more (transitions.approvals). That a verification runs out on its day voids nothing.
"""

from collections.abc import Collection, Iterable

from django.db.models import OuterRef, Q, Subquery

from faq.integrity.ledger import LedgerWriter
from faq.models import Answer, Submission, User
from faq.workflow.drafts import set_status
from faq.workflow.locks import lock_questions
from faq.workflow.transitions import Kind, approvals

WAITING = (Answer.Status.SUBMITTED, Answer.Status.APPROVED, Answer.Status.SCHEDULED)


def lock_waiting(questions: Collection[int]) -> list[Submission]:
    """Lock the answers of locked questions that wait for approval or publication; return their newest submissions."""
    locked = Answer.objects.select_for_update(no_key=True).filter(question__in=questions, status__in=WAITING).order_by("pk")
    return newest_submissions(Q(answer__in=[answer.pk for answer in locked]))


def newest_submissions(condition: Q) -> list[Submission]:
    newest = Submission.objects.filter(answer=OuterRef("answer")).order_by("-pk").values("pk")[:1]
    rows = Submission.objects.filter(condition, answer__status__in=WAITING, pk=Subquery(newest))
    return list(rows.select_related("answer", "question").order_by("question_id"))


def lock_all_waiting() -> list[int]:
    """Lock the questions, with their answers, at which somebody may be approving just now; return the questions' keys."""
    locked = lock_questions(list(Answer.objects.filter(status__in=WAITING).values_list("question_id", flat=True)))
    lock_waiting([question.pk for question in locked])
    return [question.pk for question in locked]


def approved_by(user: User) -> list[Submission]:
    """Return the submissions that wait with an approval of `user` that counts."""
    given = newest_submissions(Q(decisions__kind=Kind.APPROVE, decisions__by=user))
    return [each for each in {each.pk: each for each in given}.values() if approvals(each).filter(by=user).exists()]


def reopen(ledger: LedgerWriter, waiting: Iterable[Submission], by: User, what_happened: str) -> None:
    """Ask again about those of the locked submissions `waiting` that somebody approved already."""
    for submission in waiting:
        if not approvals(submission).exists():
            continue
        about = {"question": submission.question, "submission": submission, "content_hash": submission.content_hash}
        ledger.decide(Kind.REOPEN, by, comment=f"{what_happened}: read these words again, and approve them anew if they stand.", **about)
        if submission.answer.status != Answer.Status.SUBMITTED:
            set_status(submission.answer, Answer.Status.SUBMITTED, ledger.at)
