"""What readers sent in: questions to sort, reports to close, opinions, and searches that found nothing. Who saw their words is noted."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import truncatechars
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from faq import workflow
from faq.admin import columns
from faq.admin.base import BaseAdmin, M, admin_url, read_only
from faq.admin.filters import DefaultFilter
from faq.admin.inbox_forms import nearest_entries
from faq.admin.permissions import user_of
from faq.admin.value_filters import LanguageFilter
from faq.models import Feedback, InboxLook, MissedSearch, Publication, ReaderWrite, Report, SubmittedQuestion

SHOWN: Final = 140
"""Characters of a reader's text in a list."""


class InboxAdmin(BaseAdmin[M]):
    """Rows with readers' own words: each time some are shown, a row says to whom."""

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        changes = super().get_changelist_instance(request)
        changes.result_list = list(changes.result_list)  # Django only ever goes through it
        self.note_look(request, changes.result_list)
        return changes

    def read_page(self, request: HttpRequest, thing: M, read_only: str) -> HttpResponse:
        self.note_look(request, self.seen_with(thing))
        return super().read_page(request, thing, read_only)

    def verb_page(self, request: HttpRequest, thing: M, verb: str, form: Any, at: datetime) -> TemplateResponse:
        self.note_look(request, self.seen_with(thing))
        return super().verb_page(request, thing, verb, form, at)

    def seen_with(self, thing: M) -> Iterable[Any]:
        """Return the rows that the page of one shows."""
        return [thing]

    def note_look(self, request: HttpRequest, rows: Iterable[Any]) -> None:
        keys = [row.pk for row in rows]
        if keys:
            InboxLook.objects.create(by=user_of(request), at=timezone.now(), kind=self.opts.model_name or "", rows=keys)


# Questions.


class SortedFilter(DefaultFilter):
    """Whether somebody has sorted a question."""

    title, parameter_name = "sorted", "sorted"
    options = (
        ("waiting", "to be sorted", Q(outcome="")),
        *((outcome.value, str(outcome.label), Q(outcome=outcome)) for outcome in SubmittedQuestion.Outcome if outcome.value),
        ("all", "all", Q()),
    )


IN_GROUP: Final = SubmittedQuestion.objects.filter(group=OuterRef("group"), outcome="").order_by().values("group")
TIMES: Final = Coalesce(Subquery(IN_GROUP.annotate(count=Count("pk")).values("count")), Value(0))
"""How many wait and ask nearly the same."""


@admin.register(SubmittedQuestion)
class SubmittedQuestionAdmin(InboxAdmin[SubmittedQuestion]):
    """The sorting desk: what most people ask, and no entry answers, stands on top."""

    list_display = ("words", "alike", "spoken", "asked", "standing", "leads_to")
    list_filter = (SortedFilter, ("language", LanguageFilter))
    list_select_related = ("question",)
    search_fields = ("text", "phrasing", "question__slug")
    fields = ("language", "asked_at", "standing", "question", "phrasing", "reason", "sorted_by", "sorted_at")
    readonly_fields = ("standing",)
    detail_template = "admin/faq/detail_asked.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[SubmittedQuestion]:
        """Count with each those that wait and ask nearly the same."""
        return super().get_queryset(request).annotate(times=TIMES)

    def get_ordering(self, request: HttpRequest) -> tuple[Any, ...]:
        """The largest groups first, each together."""
        return (TIMES.desc(), "group", "pk")

    def heading(self, thing: SubmittedQuestion) -> str:
        return truncatechars(thing.text, SHOWN) or "A question whose words were deleted"

    def seen_with(self, thing: SubmittedQuestion) -> list[SubmittedQuestion]:
        return list({row.pk: row for row in [thing, *workflow.alike_to(thing)]}.values())

    @admin.display(description="asked")
    def words(self, asked: SubmittedQuestion) -> str:
        return truncatechars(asked.text, SHOWN) or "(words deleted)"

    @admin.display(description="ask nearly the same")
    def alike(self, asked: Any) -> int:
        return int(asked.times)

    @admin.display(description="language", ordering="language")
    def spoken(self, asked: SubmittedQuestion) -> str:
        return columns.language_name(asked.language)

    @admin.display(description="asked on", ordering="asked_at")
    def asked(self, asked: SubmittedQuestion) -> SafeString:
        return columns.ago(asked.asked_at)

    @admin.display(description="what came of it")
    def standing(self, asked: SubmittedQuestion) -> str:
        return str(asked.get_outcome_display())

    @admin.display(description="leads to", ordering="question__slug")
    def leads_to(self, asked: SubmittedQuestion) -> str:
        return asked.question.slug if asked.question else ""

    def detail_context(self, thing: SubmittedQuestion, at: datetime) -> dict[str, Any]:
        waits = [] if thing.outcome else [row for row in workflow.alike_to(thing) if row.pk != thing.pk]
        return {"asked": thing, "alike": waits, "nearest": [(entry, admin_url(entry)) for entry in nearest_entries(thing, at)]}


# Reports.


class ClosedFilter(DefaultFilter):
    """Whether somebody has closed a report."""

    title, parameter_name = "standing", "standing"
    options = (
        ("open", "open", Q(closed_at=None)),
        ("closed", "closed", Q(closed_at__isnull=False)),
        ("all", "all", Q()),
    )


@admin.register(Report)
class ReportAdmin(InboxAdmin[Report]):
    """What readers say is wrong; harm first."""

    list_display = ("words", "harm", "publication", "sent", "standing")
    list_filter = (ClosedFilter, "is_harmful")
    list_select_related = ("publication", "closed_by")
    search_fields = ("text", "reason", "publication__slug")
    fields = ("publication", "is_harmful", "sent_at", "told_at", "closed_by", "closed_at", "reason")
    ordering = ("-is_harmful", "sent_at")
    detail_template = "admin/faq/detail_report.html"

    @admin.display(description="what is wrong")
    def words(self, report: Report) -> str:
        return truncatechars(report.text, SHOWN) or "(words deleted)"

    @admin.display(description="harm", boolean=True, ordering="is_harmful")
    def harm(self, report: Report) -> bool:
        return report.is_harmful

    @admin.display(description="sent", ordering="sent_at")
    def sent(self, report: Report) -> SafeString:
        return columns.ago(report.sent_at)

    @admin.display(description="standing", ordering="closed_at")
    def standing(self, report: Report) -> str:
        return f"closed by {report.closed_by}" if report.closed_at else "open"

    def page(self, request: HttpRequest, thing: Report, at: datetime) -> dict[str, Any]:
        """Offer beside the report what can be done with the entry now: to hold it, and to take it down."""
        told = super().page(request, thing, at)
        current = Publication.objects.current().filter(question=thing.publication.question_id).select_related("question").first()
        return {**told, "current": current, "ways_on": [*told["ways_on"], *ways_to_stop(current, request)]}

    def detail_context(self, thing: Report, at: datetime) -> dict[str, Any]:
        return {"report": thing, "publication_url": admin_url(thing.publication)}


def ways_to_stop(current: Publication | None, request: HttpRequest) -> list[tuple[str, str]]:
    """Return (address, label) of the verbs with which this person may warn of the entry in force, or take it down."""
    rules = workflow.available(current, user_of(request)) if current else []
    stops = [rule for rule in rules if rule.verb in ("hold", "withdraw")]
    return [(reverse("admin:faq_publication_verb", args=[current.pk, rule.verb]), rule.label) for rule in stops if current]


# Opinions.


@admin.register(Feedback)
class FeedbackAdmin(InboxAdmin[Feedback]):
    """Whether versions helped. How often each did stands beside it."""

    list_display = ("publication", "is_helpful", "comment", "sent")
    list_filter = ("is_helpful",)
    list_select_related = ("publication",)
    search_fields = ("comment", "publication__slug")
    exclude = ("key",)

    @admin.display(description="sent", ordering="sent_at")
    def sent(self, feedback: Feedback) -> SafeString:
        return columns.ago(feedback.sent_at)


# Searches.


@admin.register(MissedSearch)
class MissedSearchAdmin(BaseAdmin[MissedSearch]):
    """What was looked for on several days, and not found; the most wanted first."""

    list_display = ("words", "days", "last_on")
    search_fields = ("words",)
    exclude = ("digest",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[MissedSearch]:
        return super().get_queryset(request).exclude(words="")


read_only(
    InboxLook,
    list_display=("at", "by", "kind", "how_many"),
    list_filter=("kind",),
    list_select_related=("by",),
    search_fields=("by__username",),
    how_many=admin.display(description="rows shown")(lambda self, look: len(look.rows)),
)
read_only(ReaderWrite, list_display=("key", "at"))
