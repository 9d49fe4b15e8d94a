"""What was said when earlier words came back from their review, for whoever writes the next ones and whoever reads them.

Words come back when changes are requested, when somebody objects and nobody resolves it, and when they are asked about again
(reopening.py). What was published since is a new beginning: readiness and the diff compare with that.
"""

from typing import Final

from django.db.models import Max

from faq.models import Answer, Question, ReviewDecision, Submission
from faq.workflow.transitions import Kind

SENT_BACK: Final = (Kind.REQUEST_CHANGES, Kind.OBJECT, Kind.REOPEN)


def sent_back_before(submission: Submission) -> list[ReviewDecision]:
    """Return, the newest first, what was decided against earlier words of the question, since those last published before these."""
    return decided_against(submission.question, before=submission.number)


def sent_back_to_draft(answer: Answer) -> list[ReviewDecision]:
    """Return, the newest first, what was decided against words submitted since the last published ones, while `answer` is in draft."""
    return decided_against(answer.question) if answer.status == Answer.Status.DRAFT else []


def decided_against(question: Question, before: int | None = None) -> list[ReviewDecision]:
    """Return the decisions on submissions numbered below `before`, each with its submission, the words of which are not fetched yet."""
    earlier = Submission.objects.filter(question=question)
    if before is not None:
        earlier = earlier.filter(number__lt=before)
    published = earlier.exclude(publications=None).aggregate(last=Max("number"))["last"] or 0
    decided = ReviewDecision.objects.filter(submission__in=earlier.filter(number__gt=published), kind__in=SENT_BACK, resolutions=None)
    return list(decided.select_related("submission").defer("submission__words").order_by("-sequence"))
