"""What readers send in, taken or refused: questions, reports, opinions. Nobody is signed in here, so these are no verbs of a person.

Refusals are for readers, in the interface's language. Nothing personal is kept that can be found, and no address at all.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext, gettext_lazy

from faq.content.analysis import analyser
from faq.content.folding import searchable
from faq.content.letters import is_blank
from faq.content.personal import BIRTH, LINK, MAIL, NAME, NUMBER, PHONE, PLACE, Personal, personal_data
from faq.content.texts import clean_text
from faq.models import Feedback, Publication, Report, SubmittedQuestion
from faq.workflow.errors import WordsRefused

LONGEST_QUESTION: Final = 2_000
LONGEST_REPORT: Final = 2_000
LONGEST_COMMENT: Final = 1_000
"""Characters of what a reader sends."""
ALIKE: Final = 0.5
"""The share of their words, taken together, that two questions have in common where they ask nearly the same."""
COMPARED: Final = 5_000
"""Questions that a new one is compared with, the newest of those that wait: in about 20 milliseconds."""
KINDS: Final[Mapping[str, object]] = {
    MAIL: gettext_lazy("a mail address"),
    PHONE: gettext_lazy("a telephone number"),
    NUMBER: gettext_lazy("a number that may be yours alone"),
    NAME: gettext_lazy("a name"),
    BIRTH: gettext_lazy("a date of birth"),
    PLACE: gettext_lazy("a home address"),
    LINK: gettext_lazy("an address on the internet"),
}


def no_reply() -> str:
    """Return what is said first, and again with every answer: nobody is waiting at the other end."""
    return gettext("We cannot reply to you. If you feel ill now, call your care team, or the emergency number where you are.")


def received() -> str:
    told = gettext("Thank you. Somebody of the team reads it. We do not know who you are, and delete what you wrote after %(days)d days.")
    return told % {"days": settings.READER_TEXT_DAYS}


class KeyReused(Exception):
    """An Idempotency-Key came once more, with something else."""


def taken(text: str, field: str, longest: int, *, required: bool = True) -> str:
    """Return a reader's text as it is kept; raise WordsRefused, which says what to do, where it says nothing, too much, or who they are."""
    try:
        cleaned = clean_text(text).strip()
    except ValueError:
        raise refused(field, gettext("The text holds signs that cannot be kept. Please type it again.")) from None
    if is_blank(cleaned):
        if required:
            raise refused(field, gettext("Please write something first."))
        return ""
    if len(cleaned) > longest:
        told = {"longest": longest, "length": len(cleaned)}
        sentence = gettext("This is longer than %(longest)d characters (it has %(length)d). Please leave out what matters least.")
        raise refused(field, sentence % told)
    if found := personal_data(cleaned):
        raise refused(field, " ".join(map(pointed_at, found)))
    return cleaned


def refused(field: str, sentence: str) -> WordsRefused:
    return WordsRefused([(field, sentence)])


def pointed_at(found: Personal) -> str:
    """Return the sentence that points at something personal, so that whoever wrote it finds it and takes it out."""
    told = {"text": found.text, "start": found.start + 1, "kind": KINDS[found.kind]}
    return gettext("“%(text)s” (character %(start)d) looks like %(kind)s. Please take it out: we do not want to know who you are.") % told


def check_question(text: str) -> str:
    """Return a question as it is kept; raise WordsRefused where it cannot be."""
    return taken(text, "text", LONGEST_QUESTION)


@transaction.atomic
def receive_question(text: str, *, language: str, at: datetime) -> SubmittedQuestion:
    """Keep a question for the team, beside those that wait and ask nearly the same. Raises WordsRefused."""
    cleaned = check_question(text)
    terms = terms_of(cleaned, language)
    row = SubmittedQuestion.objects.create(text=cleaned, language=language, asked_at=at, terms=" ".join(sorted(terms)))
    row.group = group_of(terms, language) or row.pk
    row.save(update_fields=["group"])
    return row


def terms_of(text: str, language: str) -> frozenset[str]:
    return frozenset(analyser(language).question_terms(searchable(text)))


def group_of(terms: frozenset[str], language: str) -> int:
    """Return the group of the question most like it among those that wait, 0 where none is like it."""
    waiting = SubmittedQuestion.objects.filter(outcome="", language=language).exclude(group=0).exclude(terms="")
    best, group = ALIKE, 0
    for kept, number in waiting.order_by("-pk").values_list("terms", "group")[:COMPARED]:
        others = frozenset(kept.split())
        share = len(terms & others) / len(terms | others)
        if share >= best:  # of those that are alike to the same degree the oldest, whose group is the larger
            best, group = share, number
    return group


def receive_report(publication: Publication, *, text: str, is_harmful: bool, at: datetime) -> Report:
    """Keep a report about a version. Raises WordsRefused."""
    cleaned = taken(text, "text", LONGEST_REPORT)
    return Report.objects.create(publication=publication, text=cleaned, is_harmful=is_harmful, sent_at=at)


def receive_feedback(publication: Publication, *, is_helpful: bool, comment: str, key: str, at: datetime) -> Feedback:
    """Keep an opinion on a version; one that comes again under its `key` (Idempotency-Key; "" for none) is the same one.

    Raises WordsRefused, and KeyReused where the key came with something else before.
    """
    cleaned = taken(comment, "comment", LONGEST_COMMENT, required=False)
    said = {"publication": publication, "is_helpful": is_helpful, "comment": cleaned}
    if not key:
        return Feedback.objects.create(**said, sent_at=at)
    # get_or_create looks again where the same came twice at once, and the other was first.
    row, _made = Feedback.objects.get_or_create(key=hashlib.sha256(key.encode()).hexdigest(), defaults={**said, "sent_at": at})
    if any(getattr(row, name) != value for name, value in said.items()):
        raise KeyReused
    return row
