"""What readers sent in, made by the doors that take it, and searches that found nothing."""

from datetime import datetime
from typing import Any

from faq.models import Feedback, InboxLook, MissedSearch, Publication, ReaderWrite, Report, SubmittedQuestion
from faq.workflow import inbox
from tests.factories import NOW, a

ASKED = "Can I go swimming during treatment?"


def make_asked(text: str = ASKED, *, language: str = "en", at: datetime = NOW) -> SubmittedQuestion:
    return inbox.receive_question(text, language=language, at=at)


def make_report(publication: Publication, *, harm: bool = False, text: str = "The number is wrong.", at: datetime = NOW) -> Report:
    return inbox.receive_report(publication, text=text, is_harmful=harm, at=at)


def make_feedback(publication: Publication, *, helpful: bool = True, comment: str = "", at: datetime = NOW) -> Feedback:
    return inbox.receive_feedback(publication, is_helpful=helpful, comment=comment, key="", at=at)


def fill_inbox(publication: Publication, slug: str) -> None:
    """Make a row of every sort."""
    asked = make_asked(f"{ASKED} {slug}")
    make_report(publication, harm=True)
    make_feedback(publication, comment="Too long.")
    told: dict[str, Any] = {"by": a("reviewer"), "at": NOW, "kind": "submittedquestion"}
    InboxLook.objects.create(**told, rows=[asked.pk])
    MissedSearch.objects.create(digest=slug, words=f"words {slug}", days=5, last_on=NOW.date())
    ReaderWrite.objects.create(key="0" * 64, at=NOW)
