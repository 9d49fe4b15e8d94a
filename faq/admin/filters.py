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

from faq.clock import local_date
from faq.models import Answer, Publication
from faq.models.answers import OPEN

Options = tuple[tuple[str, str, Q], ...]


class OptionsFilter(admin.SimpleListFilter):
    """A filter by conditions: `options` are (value, label, condition)."""

    options: ClassVar[Options] = ()

    def options_now(self) -> Options:
        """Return `options`, or what takes their place where conditions are about today."""
        return self.options

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(value, label) for value, label, _ in self.options_now()]

    def chosen(self) -> str:
        return self.value() or ""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        # A value that is none of the choices, typed into the address, filters nothing.
        return queryset.filter(next((condition for value, _, condition in self.options_now() if value == self.chosen()), Q()))


class DefaultFilter(OptionsFilter):
    """A filter whose first choice holds where none was made.

    Django's own filters begin with “All”, and a list would open with what nobody has to look at any more.
    """

    def chosen(self) -> str:
        return self.value() or self.options[0][0]

    def choices(self, changelist: ChangeList) -> Iterator[dict[str, Any]]:  # type: ignore[override]
        for value, label, _ in self.options:
            query = changelist.get_query_string({str(self.parameter_name): value})
            yield {"selected": self.chosen() == value, "query_string": query, "display": label}


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


class ReviewDueFilter(OptionsFilter):
    """How an entry in force stands against its review date."""

    title, parameter_name = "review", "review"

    def options_now(self) -> Options:
        # The dates are days of the library's time zone, not of UTC.
        today = local_date(timezone.now())
        in_force = Q(status=Publication.Status.CURRENT)
        soon = today + timedelta(days=settings.REVIEW_DUE_DAYS)
        return (
            ("overdue", "overdue", in_force & Q(next_review_due_on__lt=today)),
            ("due", "due soon or overdue", in_force & Q(next_review_due_on__lt=soon)),
        )
