"""What lists say in their columns: words for codes, topics by name, and how long something has waited."""

from datetime import date, datetime
from typing import Any, Final, TypeVar

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db import models
from django.db.models import OuterRef, Prefetch, QuerySet, Subquery, prefetch_related_objects
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import get_language, get_language_info

from faq.admin.base import BaseAdmin
from faq.clock import local_date
from faq.models import Assignment, Question, QuestionTopic, TopicName

ORIGINS: Final = {"human": "written by people", "ai_assisted": "AI-assisted", "ai_generated": "AI draft"}
STATUSES: Final = {"current": "in force", "superseded": "replaced", "withdrawn": "withdrawn", "expired": "expired"}
M = TypeVar("M", bound=models.Model)


def language_name(code: str) -> str:
    """Return what a language is called in the admin's own, `code` itself where Django has no name for it."""
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


def audience_name(code: str) -> str:
    return f"{code}s"


def origin_name(code: str) -> str:
    return ORIGINS.get(code, code)


def readers_of(row: Any) -> str:
    """Return whom a row's words are for: “English, patients”."""
    return f"{language_name(row.question.language)}, {audience_name(row.audience)}"


def age(moment: datetime, at: datetime) -> str:
    """Return how long ago a moment was, in its largest unit: "3 days"."""
    return timesince(moment, at, depth=1).replace("\xa0", " ")


def ago(moment: datetime) -> SafeString:
    """Return the cell that says how long ago something was, and on which day."""
    return dated(f"{age(moment, timezone.now())} ago,", moment)


def dated(said: str, day: date | datetime) -> SafeString:
    """Return the cell of something that has a day, which stays in one line."""
    return format_html('{} <span class="whole">{}</span>', said, f"{day:%Y-%m-%d}")


def named_topics(path: str = "") -> Prefetch[str, QuerySet[QuestionTopic], str]:
    """Return what fetches the topics of questions in one query, each with its name in force in the admin's language.

    `path` leads from the rows to their question, such as `question__`.
    """
    names = TopicName.objects.in_force(timezone.now()).filter(topic=OuterRef("topic"), language=get_language())
    rows = QuestionTopic.objects.select_related("topic").annotate(called=Subquery(names.values("name")[:1]))
    return Prefetch(f"{path}questiontopic_set", rows)


def topics_of(question: Question) -> str:
    """Return the names of the topics that `named_topics` fetched; the slug of one without a name."""
    rows: Any = question.questiontopic_set.all()
    return ", ".join(row.called or row.topic.slug for row in rows)


def assigned_to(assignment: Assignment | None, at: datetime) -> str:
    """Return who is to decide and by when, an empty string where that was left open."""
    if assignment is None or not (assignment.reviewer_id or assignment.due_on):
        return ""
    late = "overdue" if assignment.due_on and assignment.due_on < local_date(at) else "by"
    return f"{assignment.reviewer or 'whoever may'}, {late} {assignment.due_on}" if assignment.due_on else str(assignment.reviewer)


class WordsAdmin(BaseAdmin[M]):
    """What the lists of words share: their rows have a `question`, an `audience` and an `origin`."""

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """Fetch the topics of the rows that are shown; no other page tells them."""
        changes = super().get_changelist_instance(request)
        changes.result_list = list(changes.result_list)  # Django only ever goes through it
        prefetch_related_objects(changes.result_list, named_topics("question__"))
        return changes

    @admin.display(description="readers and topics", ordering="question__language")
    def about(self, row: Any) -> SafeString:
        return format_html('{}<span class="quiet below">{}</span>', readers_of(row), topics_of(row.question))

    @admin.display(description="origin", ordering="origin")
    def began(self, row: Any) -> str:
        return origin_name(row.origin)
