"""The admin site: desks instead of applications, and what waits for somebody on the first page.

It stands outside faq/admin, because Django makes the site while that package is being imported to register its models.
"""

from typing import Any, Final

from django.conf import settings
from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils import timezone

DESKS: Final = (
    ("Review desk", ("Submission", "Publication", "EvidenceAlert", "Erasure", "ReviewReminder", "AudiencePolicy")),
    ("Library", ("Question", "Answer", "Topic", "TopicName", "Source", "StandingText")),
    ("People", ("User", "Reviewer", "Group")),
    ("Audit", ("ReviewDecision", "Change", "Edit", "Waiver", "SubmissionEditor", "ImportRun", "ImportFile", "Ledger", "LogEntry")),
)
THE_REST: Final = "Details"
"""The desk of every model that no other desk names: rows that belong to others."""


class LibrarySite(AdminSite):
    """Django's admin as the library uses it."""

    site_header = "Question library"
    site_title = "Question library"
    index_title = "What waits"
    enable_nav_sidebar = True

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Return the desks as Django has applications: a dictionary with a name and its models each."""
        models = {model["object_name"]: model for app in super().get_app_list(request) for model in app["models"]}
        desks = [(name, [models.pop(each) for each in names if each in models]) for name, names in DESKS]
        desks.append((THE_REST, list(models.values())))
        return [{"name": name, "app_label": name.lower().replace(" ", "-"), "app_url": "", "models": rows} for name, rows in desks if rows]

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Say on every page whether this is a demonstration, and whose days are meant."""
        return super().each_context(request) | {"is_demonstration": not settings.IS_LIVE, "library_time_zone": settings.LIBRARY_TIME_ZONE}

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Show what waits above the desks."""
        from faq.admin.imports import import_url
        from faq.admin.queue import queues

        context = {"queues": queues(request, timezone.now()), "import_url": import_url(request)}
        return super().index(request, (extra_context or {}) | context)

    def app_index(self, request: HttpRequest, app_label: str, extra_context: dict[str, Any] | None = None) -> Any:
        """Lead to the first page: there are no applications here."""
        return redirect("admin:index")
