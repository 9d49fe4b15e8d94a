"""Ways of asking that readers used, on their way into the next version of the entry that answers them."""

from collections.abc import Iterable

from django.db.models import QuerySet

from faq.content.folding import searchable
from faq.content.words import DraftWords
from faq.models import Answer, Question, SubmittedQuestion


def pending_phrasings(question: Question) -> QuerySet[SubmittedQuestion]:
    """Return the sorted questions whose phrasing no draft of the entry has taken in, in the order in which they were asked."""
    return SubmittedQuestion.objects.filter(question=question, taken_into=None).exclude(phrasing="").order_by("pk")


def with_phrasings(draft: DraftWords, pending: Iterable[SubmittedQuestion]) -> list[str]:
    """Return the phrasings of a draft and, behind them, those that wait and are not among its ways of asking yet."""
    known = {searchable(text) for text in (draft.question, *draft.phrasings)}
    added = {searchable(row.phrasing): row.phrasing for row in pending}
    return [*draft.phrasings, *(text for folded, text in added.items() if folded not in known)]


def note_taken(pending: Iterable[SubmittedQuestion], answer: Answer) -> None:
    SubmittedQuestion.objects.filter(pk__in=[row.pk for row in pending]).update(taken_into=answer)
