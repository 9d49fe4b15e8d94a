"""What waits for publication is asked about again once something happened: to its entry, or to the right of who approved it.

A withdrawal or a hold says that the entry's words were wrong in some way, and a revocation that their reviewer should not have
decided: whoever approved other words for the same question beforehand did not know. A question that comes to stand where its reviewer's
scope does not reach was approved by nobody who knows that topic. Those words go back to `submitted`, off the schedule too, and what was
given to them before counts no more (transitions.approvals). That a verification runs out on its day voids nothing.
"""

from collections.abc import Collection, Iterable

from django.db.models import OuterRef, Q, Subquery

from faq.integrity.ledger import LedgerWriter
from faq.models import Answer, QuestionTopic, Submission, Topic, User
from faq.workflow.drafts import set_status
from faq.workflow.locks import check_all_locked, lock_questions
from faq.workflow.permissions import out_of_scope, with_descendants
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


def lock_all_waiting(condition: Q | None = None) -> list[int]:
    """Lock the questions, with their answers, at which somebody may be approving just now; return the questions' keys.

    `condition` on `question`, if not all are meant.
    """
    waiting = Answer.objects.filter(condition or Q(), status__in=WAITING)
    locked = lock_questions(list(waiting.values_list("question_id", flat=True)))
    lock_waiting([question.pk for question in locked])
    return [question.pk for question in locked]


def approved_by(user: User) -> list[Submission]:
    """Return the submissions that wait with an approval of `user` that counts."""
    given = newest_submissions(Q(decisions__kind=Kind.APPROVE, decisions__by=user))
    return [each for each in {each.pk: each for each in given}.values() if approvals(each).filter(by=user).exists()]


def below(topic: Topic) -> Q:
    """Return the condition that a question stands in `topic`, or in one below it."""
    family = with_descendants({topic.pk})
    return Q(question__in=QuestionTopic.objects.filter(topic__in=family).values("question"))


def reopen_uncovered(ledger: LedgerWriter, locked: Collection[int], condition: Q, by: User) -> None:
    """Ask again about what waits where one who approved it has no review scope over the topics that its question stands in by now."""
    waiting = [each for each in newest_submissions(condition) if is_uncovered(each)]
    check_all_locked(locked, [each.question_id for each in waiting])
    reopen(ledger, waiting, by, "The question stands in topics by now that who approved these words does not review")


def is_uncovered(submission: Submission) -> bool:
    """Return whether a reviewer whose approval counts could no more give it. Who attested another's decision decided nothing."""
    given = approvals(submission).filter(kind=Kind.APPROVE).select_related("by")
    return any(out_of_scope(each.by, submission.question) for each in given if each.by)


def reopen(ledger: LedgerWriter, waiting: Iterable[Submission], by: User, what_happened: str) -> None:
    """Ask again about those of the locked submissions `waiting` that somebody approved already."""
    for submission in waiting:
        if not approvals(submission).exists():
            continue
        about = {"question": submission.question, "submission": submission, "content_hash": submission.content_hash}
        ledger.decide(Kind.REOPEN, by, comment=f"{what_happened}: read these words again, and approve them anew if they stand.", **about)
        if submission.answer.status != Answer.Status.SUBMITTED:
            set_status(submission.answer, Answer.Status.SUBMITTED, ledger.at)
