"""Filters of lists by what their rows hold: language, origin, topic, people, days, grade; in words and not in codes."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, ClassVar, Final

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db import models
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from faq.admin import columns
from faq.admin.action_forms import topic_choices
from faq.admin.base import typed_key
from faq.admin.filters import Options, OptionsFilter
from faq.clock import local_date
from faq.models import Answer, Assignment, Publication, QuestionTopic, Topic, User
from faq.readiness.wording_rules import GRADE_ADVICE, GRADE_CONCERN
from faq.workflow.permissions import with_descendants


class ValuesFilter(admin.AllValuesFieldListFilter):
    """Every value that occurs, in words; the empty one under a name: a link needs words (WCAG 2.4.4)."""

    def named(self, code: str) -> str:
        return code.replace("_", " ") or "none"

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        # The first choice is “All”, which Django names.
        for number, choice in enumerate(super().choices(changelist)):
            yield {**choice, "display": self.named(str(choice["display"]))} if number else choice


class LanguageFilter(ValuesFilter):
    """By language."""

    def named(self, code: str) -> str:
        return columns.language_name(code)


class AudienceFilter(ValuesFilter):
    """By whom the words are for."""

    def named(self, code: str) -> str:
        return columns.audience_name(code) if code else "everybody"


class OriginFilter(ValuesFilter):
    """By how the words began."""

    def named(self, code: str) -> str:
        return columns.origin_name(code) or "every origin"


class TopicFilter(admin.SimpleListFilter):
    """By topic, with those below it. `to_question` leads from a row to its question."""

    title, parameter_name, to_question = "topic", "topic", "question"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return topic_choices(timezone.now())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        family = with_descendants(set(Topic.objects.filter(slug=self.value()).values_list("pk", flat=True)))
        found = QuestionTopic.objects.filter(topic__in=family).values("question")
        return queryset.filter(**{f"{self.to_question}__in": found})


class QuestionTopicFilter(TopicFilter):
    """Of questions, by topic."""

    to_question = "pk"


class PersonFilter(admin.SimpleListFilter):
    """By a person, oneself first. `path` leads to them from a row; those are offered whom rows of `among` (a model, its column) name."""

    path: ClassVar[str]
    among: ClassVar[tuple[type[models.Model], str]]
    me = "me"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        model, column = self.among
        people = sorted(User.objects.filter(pk__in=model._default_manager.values(column)), key=str)
        mine = [(self.me, "me")] if request.user in people else []
        return mine + [(str(person.pk), str(person)) for person in people if person != request.user]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.value()
        if chosen is None:
            return queryset
        return queryset.filter(**{self.path: request.user.pk if chosen == self.me else typed_key(chosen)})


class HolderFilter(PersonFilter):
    """By who holds the draft."""

    title, parameter_name, path, among = "held by", "author", "author", (Answer, "author")


class ApproverFilter(PersonFilter):
    """By who approved the words, or recorded their review."""

    title, parameter_name, path, among = "approved by", "approved", "decision__by", (Publication, "decision__by")


class AssignedFilter(PersonFilter):
    """By who was asked to decide."""

    title, parameter_name, path, among = "assigned to", "assigned", "answer__assignment__reviewer", (Assignment, "reviewer")
    nobody = "nobody"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(self.nobody, "nobody"), *super().lookups(request, model_admin)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == self.nobody:
            return queryset.filter(answer__assignment__reviewer=None)
        return super().queryset(request, queryset)


class DueFilter(OptionsFilter):
    """By the day by which somebody was asked to decide."""

    title, parameter_name = "due", "due"

    def options_now(self) -> Options:
        today = local_date(timezone.now())
        return (
            ("overdue", "overdue", Q(answer__assignment__due_on__lt=today)),
            ("week", "within 7 days, or overdue", Q(answer__assignment__due_on__lte=today + timedelta(days=7))),
            ("none", "no day set", Q(answer__assignment__due_on=None)),
        )


class GradeFilter(OptionsFilter):
    """By the school grade at which words read, against what readiness asks for."""

    title, parameter_name = "reading grade", "grade"
    options = (
        ("easy", f"up to {GRADE_ADVICE:g}", Q(reading_grade__lte=GRADE_ADVICE)),
        (
            "middle",
            f"above {GRADE_ADVICE:g}, up to {GRADE_CONCERN:g}",
            Q(reading_grade__gt=GRADE_ADVICE, reading_grade__lte=GRADE_CONCERN),
        ),
        ("hard", f"above {GRADE_CONCERN:g}", Q(reading_grade__gt=GRADE_CONCERN)),
        ("none", "not told", Q(reading_grade=None)),
    )


LAGS: Final = Q(translation_of_version__lt=F("original_version"))


class TranslationFilter(OptionsFilter):
    """By how a translation stands against its original. Needs `original_version` (Publication.objects.with_original_version)."""

    title, parameter_name = "translation", "translation"
    options = (
        ("lags", "lags behind its original", LAGS),
        ("follows", "of the newest original", ~Q(translation_of_slug="") & ~LAGS),
        ("original", "is none", Q(translation_of_slug="")),
    )
