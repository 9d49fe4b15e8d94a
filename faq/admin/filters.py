"""Filters of lists that show, unless told otherwise, what waits for somebody."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from faq.admin import columns
from faq.admin.action_forms import topic_choices
from faq.admin.base import typed_key
from faq.clock import local_date
from faq.models import Answer, Assignment, Publication, QuestionTopic, Topic, User
from faq.models.answers import OPEN
from faq.readiness.wording_rules import GRADE_ADVICE, GRADE_CONCERN
from faq.workflow.permissions import with_descendants


class DefaultFilter(admin.SimpleListFilter):
    """A filter whose first choice holds where none was made; `options` are (value, label, condition).

    Django's own filters begin with “All”, and a list would open with what nobody has to look at any more.
    """

    options: ClassVar[tuple[tuple[str, str, Q], ...]] = ()

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(value, label) for value, label, _ in self.options]

    def choices(self, changelist: ChangeList) -> Iterator[dict[str, Any]]:  # type: ignore[override]
        chosen = self.value() or self.options[0][0]
        for value, label, _ in self.options:
            query = changelist.get_query_string({str(self.parameter_name): value})
            yield {"selected": chosen == value, "query_string": query, "display": label}

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.value() or self.options[0][0]
        # A value that is none of the choices, typed into the address, filters nothing.
        condition = next((condition for value, _, condition in self.options if value == chosen), Q())
        return queryset.filter(condition)


class SubmissionStatusFilter(DefaultFilter):
    """Where a submission stands. Needs `newest`, the key of its answer's newest submission."""

    title, parameter_name = "where it stands", "standing"
    options = (
        # An older submission of the same answer has nothing to wait for: the status is that of the newest one.
        ("awaiting", "awaiting decision", Q(answer__status=Answer.Status.SUBMITTED, newest=F("pk"))),
        ("approved", "approved, awaiting publication", Q(answer__status=Answer.Status.APPROVED, newest=F("pk"))),
        ("scheduled", "scheduled", Q(answer__status=Answer.Status.SCHEDULED, newest=F("pk"))),
        ("all", "all", Q()),
    )


class OpenAnswerFilter(DefaultFilter):
    """Whether a working copy is still open."""

    title, parameter_name = "status", "status"
    options = (
        ("open", "open", Q(status__in=OPEN)),
        *((status.value, str(status.label).lower(), Q(status=status)) for status in Answer.Status),
        ("all", "all", Q()),
    )


class VisibleFilter(DefaultFilter):
    """What readers can see of a question."""

    title, parameter_name = "readers see it", "seen"
    current = Exists(Publication.objects.current().filter(question=OuterRef("pk")))
    options = (
        ("all", "all", Q()),
        ("current", "a current entry", Q(current)),
        ("none", "no current entry", ~Q(current)),
    )


class TextStatusFilter(DefaultFilter):
    """Whether a proposed or approved text is in force."""

    title, parameter_name = "standing", "standing"
    options = (
        ("all", "all", Q()),
        ("proposed", "waits for a second person", Q(approved_at=None, ends_at=None)),
        ("force", "in force", Q(approved_at__isnull=False, ends_at=None)),
        ("ended", "ended", Q(ends_at__isnull=False)),
    )


class TriageFilter(DefaultFilter):
    """Whether an alert was looked at."""

    title, parameter_name = "triage", "triage"
    options = (("open", "to be looked at", Q(outcome="")), ("done", "looked at", ~Q(outcome="")), ("all", "all", Q()))


class PublicationStatusFilter(DefaultFilter):
    """What became of a version."""

    title, parameter_name = "status", "status"
    options = (
        ("current", "in force", Q(status=Publication.Status.CURRENT)),
        ("held", "held under a warning", Q(status=Publication.Status.CURRENT, is_held=True)),
        ("superseded", "replaced", Q(status=Publication.Status.SUPERSEDED)),
        ("withdrawn", "withdrawn", Q(status=Publication.Status.WITHDRAWN)),
        ("expired", "expired", Q(status=Publication.Status.EXPIRED)),
        ("withheld", "text withheld or erased", Q(is_withheld=True) | Q(is_erased=True)),
        ("all", "all", Q()),
    )


class ValuesFilter(admin.AllValuesFieldListFilter):
    """Every value that occurs, in words."""

    def named(self, code: str) -> str:
        raise NotImplementedError

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
        return columns.audience_name(code)


class OriginFilter(ValuesFilter):
    """By how the words began."""

    def named(self, code: str) -> str:
        return columns.origin_name(code)


class TopicFilter(admin.SimpleListFilter):
    """By topic, with those below it. `to_question` leads from a row to its question; empty where the rows are questions."""

    title, parameter_name, to_question = "topic", "topic", "question"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return topic_choices(timezone.now())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        family = with_descendants(set(Topic.objects.filter(slug=self.value()).values_list("pk", flat=True)))
        found = QuestionTopic.objects.filter(topic__in=family).values("question")
        return queryset.filter(**{f"{self.to_question or 'pk'}__in": found})


class QuestionTopicFilter(TopicFilter):
    """Of questions, by topic."""

    to_question = ""


class PersonFilter(admin.SimpleListFilter):
    """By a person, oneself first; `path` leads to them."""

    path: ClassVar[str]
    me = "me"

    def people(self) -> QuerySet[User]:
        """Return those who can be chosen."""
        raise NotImplementedError

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        people = sorted(self.people(), key=str)
        mine = [(self.me, "me")] if request.user in people else []
        return mine + [(str(person.pk), str(person)) for person in people if person != request.user]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.value()
        if chosen is None:
            return queryset
        return queryset.filter(**{self.path: request.user.pk if chosen == self.me else typed_key(chosen)})


class HolderFilter(PersonFilter):
    """By who holds the draft."""

    title, parameter_name, path = "held by", "author", "author"

    def people(self) -> QuerySet[User]:
        return User.objects.filter(pk__in=Answer.objects.values("author"))


class ApproverFilter(PersonFilter):
    """By who approved the words, or recorded their review."""

    title, parameter_name, path = "approved by", "approved", "decision__by"

    def people(self) -> QuerySet[User]:
        return User.objects.filter(pk__in=Publication.objects.values("decision__by"))


class AssignedFilter(PersonFilter):
    """By who was asked to decide."""

    title, parameter_name, path = "assigned to", "assigned", "answer__assignment__reviewer"
    nobody = "nobody"

    def people(self) -> QuerySet[User]:
        return User.objects.filter(pk__in=Assignment.objects.values("reviewer"))

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(self.nobody, "nobody"), *super().lookups(request, model_admin)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == self.nobody:
            return queryset.filter(answer__assignment__reviewer=None)
        return super().queryset(request, queryset)


class DueFilter(admin.SimpleListFilter):
    """By the day by which somebody was asked to decide."""

    title, parameter_name = "due", "due"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("overdue", "overdue"), ("week", "within 7 days, or overdue"), ("none", "no day set")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        today = local_date(timezone.now())
        conditions = {
            "overdue": Q(answer__assignment__due_on__lt=today),
            "week": Q(answer__assignment__due_on__lte=today + timedelta(days=7)),
            "none": Q(answer__assignment__due_on=None),
        }
        return queryset.filter(conditions.get(self.value() or "", Q()))


class GradeFilter(admin.SimpleListFilter):
    """By the school grade at which words read, against what readiness asks for."""

    title, parameter_name = "reading grade", "grade"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        asked, least = f"{GRADE_ADVICE:g}", f"{GRADE_CONCERN:g}"
        return [("easy", f"up to {asked}"), ("middle", f"above {asked}, up to {least}"), ("hard", f"above {least}"), ("none", "not told")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        conditions = {
            "easy": Q(reading_grade__lte=GRADE_ADVICE),
            "middle": Q(reading_grade__gt=GRADE_ADVICE, reading_grade__lte=GRADE_CONCERN),
            "hard": Q(reading_grade__gt=GRADE_CONCERN),
            "none": Q(reading_grade=None),
        }
        return queryset.filter(conditions.get(self.value() or "", Q()))


class TranslationFilter(admin.SimpleListFilter):
    """By how a translation stands against its original. Needs `original_version` (Publication.objects.with_original_version)."""

    title, parameter_name = "translation", "translation"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("lags", "lags behind its original"), ("follows", "of the newest original"), ("original", "is none")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        lags = Q(translation_of_version__lt=F("original_version"))
        conditions = {"lags": lags, "follows": ~Q(translation_of_slug="") & ~lags, "original": Q(translation_of_slug="")}
        return queryset.filter(conditions.get(self.value() or "", Q()))


class NamedValuesFilter(ValuesFilter):
    """Every value that occurs, the empty one under a name: a link needs words (WCAG 2.4.4)."""

    def named(self, code: str) -> str:
        return code or "none"


class ReviewDueFilter(admin.SimpleListFilter):
    """How an entry in force stands against its review date."""

    title, parameter_name = "review", "review"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("overdue", "overdue"), ("due", "due soon or overdue")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        # The dates are days of the library's time zone, not of UTC.
        today = local_date(timezone.now())
        if self.value() == "overdue":
            return queryset.filter(status=Publication.Status.CURRENT, next_review_due_on__lt=today)
        if self.value() == "due":
            return queryset.filter(
                status=Publication.Status.CURRENT, next_review_due_on__lt=today + timedelta(days=settings.REVIEW_DUE_DAYS)
            )
        return queryset
