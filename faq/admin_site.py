"""The admin site: a menu by subject instead of applications, and what waits for somebody on the first page.

It stands outside faq/admin, because Django makes the site while that package is being imported to register its models.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache

from faq import unsaved
from faq.public.errors import error_page
from faq.sign_in import SignInForm

MENU: Final = (
    ("Review", ("Submission", "Publication", "EvidenceAlert", "ReviewDecision"), {"reviewer", "publisher"}),
    ("Readers", ("SubmittedQuestion", "Report", "Feedback", "MissedSearch"), {"reviewer", "author"}),
    ("Library", ("Question", "Answer", "Source", "Topic", "StandingText"), {"author", "importer"}),
    ("Names and places", ("TopicName", "TopicPlacement"), set[str]()),
    ("People", ("User", "Reviewer", "Group", "AudiencePolicy", "Checklist"), set[str]()),
    ("Imports", ("ImportRun", "ImportFile"), {"importer"}),
    (
        "Audit",
        (
            "Assignment",
            "Change",
            "Edit",
            "Waiver",
            "Erasure",
            "ReviewReminder",
            "SubmissionEditor",
            "Ledger",
            "SignInAttempt",
            "ReaderWrite",
            "InboxLook",
            "LogEntry",
        ),
        set[str](),
    ),
)
"""(heading, names of models, whose work it is) of each section, in this order; leads, auditors and superusers have them all."""
THE_REST: Final = "Details"
"""The section of every model that MENU does not name: rows that belong to others."""
NAMES: Final = {
    "Submission": "Waiting",
    "Publication": "Published",
    "EvidenceAlert": "Alerts",
    "ReviewDecision": "History",
    "SubmittedQuestion": "Readers' questions",
}
"""What the menu calls lists that are named after their rows otherwise."""
ALL: Final = "lists"
"""The parameter of the first page that shows the whole menu to anybody: everything may be read by all who may enter."""
CAME_BACK: Final = (
    "Nothing was done yet: your session had ended, or you signed in anew, before this was sent. What you typed stands in the form below. "
    "Look it over, and press its button again."
)
WITHOUT_WORDS: Final = "Nothing was done: your session had ended, or you signed in anew, before this was sent. Press the button again."


class LibrarySite(AdminSite):
    """Django's admin as the library uses it."""

    site_header = "Question library"
    site_title = "Question library"
    index_title = "What waits"
    enable_nav_sidebar = True
    login_form = SignInForm

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Return the sections of the person's menu in the form in which Django has applications."""
        from faq.admin.permissions import OVERSEEING, parts_of, user_of

        # Of all applications, whatever app_label says: Group and LogEntry are Django's and stand among ours.
        models = {model["object_name"]: model for app in super().get_app_list(request) for model in app["models"]}
        if not models:
            return []  # for who may not enter
        for name in NAMES.keys() & models.keys():
            models[name] = models[name] | {"name": NAMES[name]}
        parts = OVERSEEING if ALL in request.GET else parts_of(user_of(request))
        sections = [(heading, [models.pop(name) for name in names if name in models], whose) for heading, names, whose in MENU]
        sections.append((THE_REST, list(models.values()), set()))
        return [
            {"name": heading, "app_label": heading.lower().replace(" ", "-"), "app_url": "", "models": rows}
            for heading, rows, whose in sections
            if rows and parts & (whose | OVERSEEING)
        ]

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Say on every page whether this is a demonstration, and whose days are meant."""
        return super().each_context(request) | {"is_demonstration": not settings.IS_LIVE, "library_time_zone": settings.LIBRARY_TIME_ZONE}

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Let nobody lose what they typed: what comes without a session leads through the log-in page back to its form."""
        usual = super().admin_view(view, cacheable)

        @wraps(usual)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if unsaved.signs_in(request) and not self.has_permission(request):
                response = self.ask_to_sign_in(request)
                if not self.has_permission(request):
                    return response
            # Two log-in pages may have been sent: the second finds somebody signed in, and is no order to the page behind it either.
            if unsaved.signs_in(request):
                # Past Django's csrf_protect, which would take back the token that signing in has made anew.
                return self.show_again(request, never_cache(view), *args, **kwargs)
            if request.method == "POST" and not self.has_permission(request) and not is_for_leaving(request):
                return self.ask_to_sign_in(request)
            return usual(request, *args, **kwargs)

        return guarded

    def ask_to_sign_in(self, request: HttpRequest) -> HttpResponse:
        """Try to sign in with what a log-in page sent, or show one; it is sent to this same address and carries what was typed."""
        typed, is_log_in = unsaved.typed_in(request), unsaved.signs_in(request)
        if not is_log_in:
            unsaved.make_readable(request, typed)
        response: HttpResponse = self.login(request, {"carried": unsaved.carried(typed)})
        return response if is_log_in else refused(response)

    def show_again(self, request: HttpRequest, view: Callable[..., Any], *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the page with what was typed, and change nothing."""
        unsaved.make_readable(request, unsaved.typed_in(request))
        response: HttpResponse = view(request, *args, **kwargs)
        context = getattr(response, "context_data", None) or {}
        form = context.get("form") or context.get("adminform")  # ours, and Django's for accounts
        messages.warning(request, CAME_BACK if getattr(form, "is_bound", False) else WITHOUT_WORDS)
        return response

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        # Imported here: the site exists before faq.admin is imported, and these modules register their models with it.
        from faq.admin.dashboard import lately, queues
        from faq.admin.imports import import_url
        from faq.admin.permissions import OVERSEEING, parts_of, user_of

        context = {
            "queues": queues(request, timezone.now()),
            "lately": lately(request),
            "import_url": import_url(request),
            "has_all_lists": ALL in request.GET or bool(parts_of(user_of(request)) & OVERSEEING),
        }
        return super().index(request, (extra_context or {}) | context)

    def app_index(self, request: HttpRequest, app_label: str, extra_context: dict[str, Any] | None = None) -> Any:
        """Lead to the first page: there are no applications here."""
        return redirect("admin:index")


def is_for_leaving(request: HttpRequest) -> bool:
    return request.resolver_match is not None and request.resolver_match.url_name == "logout"


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a POST without a valid token. In the admin that is mostly somebody who has signed in anew since the page was opened.

    What another site sent is refused before its token is looked at (a `reason` about Origin or Referer), and is shown to nobody.
    """
    match, site = request.resolver_match, admin.site
    is_ours = match is not None and match.namespace == "admin" and reason.startswith("CSRF ")
    if match is None or not is_ours or not isinstance(site, LibrarySite) or request.method != "POST":
        return error_page(request, 403)
    is_signed_in = site.has_permission(request)
    if match.url_name == "logout" or (match.url_name == "login" and is_signed_in):
        messages.warning(request, WITHOUT_WORDS)
        return redirect("admin:index")
    # Before anything else looks at it: LoginView checks the token once more, and would come back here for ever.
    unsaved.make_readable(request, unsaved.typed_in(request))
    if match.url_name != "login" and not is_signed_in:
        return refused(site.ask_to_sign_in(request))
    return refused(site.show_again(request, match.func, *match.args, **match.kwargs))


def refused(response: HttpResponse) -> HttpResponse:
    """Say in the status, too, that nothing was done with what was sent."""
    response.status_code = 403 if response.status_code == 200 else response.status_code
    return response
