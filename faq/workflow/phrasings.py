"""Ways of asking that readers used, on their way into the next version of the entry that answers them."""

from collections.abc import Iterable
from typing import Final

from django.db.models import Q, QuerySet

from faq.content.folding import searchable
from faq.content.words import DraftWords
from faq.models import Answer, Question, SubmittedQuestion

WAITS: Final = (Q(taken_into=None) | Q(taken_into__status=Answer.Status.DISCARDED)) & ~Q(phrasing="")
"""That a phrasing waits for a draft: none has it, or one that was given up."""
UNPUBLISHED: Final = (Q(taken_into=None) | ~Q(taken_into__status=Answer.Status.PUBLISHED)) & ~Q(phrasing="")
"""That it is in no version yet; the draft that has it may still be given up."""


def pending_phrasings(question: Question) -> QuerySet[SubmittedQuestion]:
    """Return the sorted questions whose phrasing waits for the entry's next version, in the order in which they were asked."""
    return SubmittedQuestion.objects.filter(WAITS, question=question).order_by("pk")


def with_phrasings(draft: DraftWords, pending: Iterable[SubmittedQuestion]) -> list[str]:
    """Return the phrasings of a draft and, behind them, those that wait and are not among its ways of asking yet."""
    known = {searchable(text) for text in (draft.question, *draft.phrasings)}
    added = {searchable(row.phrasing): row.phrasing for row in pending}
    return [*draft.phrasings, *(text for folded, text in added.items() if folded not in known)]


def note_taken(pending: Iterable[SubmittedQuestion], answer: Answer) -> None:
    SubmittedQuestion.objects.filter(pk__in=[row.pk for row in pending]).update(taken_into=answer)
