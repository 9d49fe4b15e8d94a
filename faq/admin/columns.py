"""What lists say in their columns: words for codes, topics by name, and how long something has waited."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Final

from django.conf import settings
from django.db.models import OuterRef, Prefetch, QuerySet, Subquery
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, get_language_info

from faq.clock import local_date
from faq.models import Assignment, QuestionTopic, TopicName

ORIGINS: Final = {"human": "written by people", "ai_assisted": "AI-assisted", "ai_generated": "AI draft"}
STATUSES: Final = {"current": "in force", "superseded": "replaced", "withdrawn": "withdrawn", "expired": "expired"}
AUDIENCES: Final = {"patient": "patients", "clinician": "clinicians"}


def language_name(code: str) -> str:
    """Return what a language is called in the admin's own, `code` itself where Django has no name for it."""
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return dict(settings.LANGUAGES).get(code, code)


def audience_name(code: str) -> str:
    return AUDIENCES.get(code, f"{code}s")


def origin_name(code: str) -> str:
    return ORIGINS.get(code, code)


def readers_of(row: Any) -> str:
    """Return whom a row's words are for: “English, patients”."""
    return f"{language_name(row.language)}, {audience_name(row.audience)}"


def readers_and_topics(readers: str, topics: Iterable[Any]) -> SafeString:
    """Return the cell that says whom words are for and what they are about, as `named_topics` fetched it."""
    return format_html('{}<span class="quiet below">{}</span>', readers, topics_of(topics))


def dated(said: str, day: date | datetime) -> SafeString:
    """Return the cell of something that has a day, which stays in one line."""
    return format_html('{} <span class="whole">{}</span>', said, f"{day:%Y-%m-%d}")


def named_topics(path: str) -> Prefetch[str, QuerySet[QuestionTopic], str]:
    """Return what fetches the topics of a list's questions in one query, each with its name in force in the admin's language.

    `path` leads to the question, such as `question__`; empty where the rows are questions.
    """
    names = TopicName.objects.in_force(timezone.now()).filter(topic=OuterRef("topic"), language=get_language())
    rows = QuestionTopic.objects.select_related("topic").annotate(called=Subquery(names.values("name")[:1]))
    return Prefetch(f"{path}questiontopic_set", rows)


def topics_of(rows: Iterable[Any]) -> str:
    """Return the names of the topics that `named_topics` fetched; the slug of one without a name."""
    return ", ".join(row.called or row.topic.slug for row in rows)


def assigned_to(assignment: Assignment | None, at: datetime) -> str:
    """Return who is to decide and by when, an empty string where that was left open."""
    if assignment is None or not (assignment.reviewer_id or assignment.due_on):
        return ""
    late = "overdue" if assignment.due_on and assignment.due_on < local_date(at) else "by"
    return f"{assignment.reviewer or 'whoever may'}, {late} {assignment.due_on}" if assignment.due_on else str(assignment.reviewer)


def assignment_of(answer: Any) -> Assignment | None:
    return getattr(answer, "assignment", None)  # the other side of a OneToOneField raises where there is no row
