"""What readers send in from the pages: a question, a report, an opinion. No account, no cookie, no script; nobody replies."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from faq import alarms, throttle
from faq.models import Publication
from faq.pages import responses
from faq.pages.context import home_path
from faq.pages.language import language_attributes_for
from faq.pages.search import hits_on_page, urgent
from faq.public import caching
from faq.public.errors import error_page
from faq.public.origin import is_from_elsewhere
from faq.search.results import OFFERED, search_for_readers
from faq.sign_in import address_of
from faq.workflow import inbox
from faq.workflow.errors import WordsRefused

Keep = Callable[[], Any]
takes = require_http_methods(["GET", "HEAD", "POST"])


def own_pages_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Refuse what a page of another site sends, in place of Django's token, for which every reader would get a cookie."""

    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST" and is_from_elsewhere(request):
            return error_page(request, 403)
        return view(request, *args, **kwargs)

    return csrf_exempt(takes(guarded))


def shown(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200, wait: int = 0) -> HttpResponse:
    """Return a page about what somebody sent, which nobody keeps."""
    told = {"no_reply": inbox.no_reply(), "days": settings.READER_TEXT_DAYS, "noindex": True, **context}
    headers = {"Cache-Control": "no-store", **responses.robots(True), **({"Retry-After": str(wait)} if wait else {})}
    return HttpResponse(render_to_string(template, told, request), status=status, headers=headers)


def keep(request: HttpRequest, what: str, template: str, context: dict[str, Any], receive: Keep, at: datetime) -> HttpResponse | None:
    """Keep what was sent; return None, or the form with what was typed and why it was refused."""
    try:
        throttle.take(what, address_of(request), at, receive)
    except throttle.TooMany as refused:
        minutes = -(-refused.wait // 60)
        fault = gettext("Too much was sent from where you are. Please send it again in %(minutes)d minutes.") % {"minutes": minutes}
        return shown(request, template, {**context, "fault": fault}, status=429, wait=refused.wait)
    except WordsRefused as refused:
        return shown(request, template, {**context, "fault": refused.problems[0][1]}, status=400)
    return None


# A question.


@own_pages_only
def ask(request: HttpRequest) -> HttpResponse:
    """Take a question that no entry answers. What was found comes first; the second button says that none of it fits."""
    if request.method != "POST":
        return shown(
            request, "pages/ask.html", {"text": request.GET.get("q", "")[: inbox.LONGEST_QUESTION], "longest": inbox.LONGEST_QUESTION}
        )
    now, language = timezone.now(), get_language() or settings.LANGUAGE_CODE
    text = request.POST.get("text", "")
    context: dict[str, Any] = {"text": text, "longest": inbox.LONGEST_QUESTION}
    try:
        cleaned = inbox.check_question(text)
    except WordsRefused as refused:
        return shown(request, "pages/ask.html", {**context, "fault": refused.problems[0][1]}, status=400)
    state = caching.library_state(now)
    context["urgent"] = urgent(cleaned, language, state, now)
    if "none_of_these" not in request.POST:
        found, _is_elsewhere = search_for_readers(cleaned, language, state)
        if found.hits:
            hits = hits_on_page([hit.slug for hit in found.hits[:OFFERED]], now)
            return shown(request, "pages/ask.html", {**context, "hits": hits})
    refused_page = keep(
        request, "question", "pages/ask.html", context, lambda: inbox.receive_question(cleaned, language=language, at=now), now
    )
    return refused_page or shown(request, "pages/thanks.html", {**context, "received": inbox.received()})


# About an entry.


def entry_of(request: HttpRequest) -> Publication:
    """Return the version that somebody writes about; raise Http404 where there never was one."""
    sent = request.POST if request.method == "POST" else request.GET
    number = sent.get("version", "")
    version = int(number) if number.isascii() and number.isdigit() and len(number) < 7 else 0
    publication = Publication.objects.filter(slug=sent.get("slug", "")[:100], version=version).select_related("question").first()
    if publication is None:
        raise Http404
    return publication


def about(publication: Publication) -> dict[str, Any]:
    """Return what the forms about an entry show of it: nothing of words that are withheld."""
    return {
        "slug": publication.slug,
        "version": publication.version,
        "question": "" if publication.is_withheld or publication.is_erased else publication.wording,
        "path": home_path(publication.slug, publication.language),
        "lang": language_attributes_for(publication.language),
    }


@own_pages_only
def report(request: HttpRequest) -> HttpResponse:
    """Take in that something is wrong with an entry; where somebody may come to harm, whoever is on duty is told at once."""
    publication = entry_of(request)
    context = {**about(publication), "text": request.POST.get("text", ""), "harm": "harm" in request.POST, "longest": inbox.LONGEST_REPORT}
    if request.method != "POST":
        return shown(request, "pages/report.html", context)
    now, kept = timezone.now(), []

    def receive() -> None:
        kept.append(inbox.receive_report(publication, text=context["text"], is_harmful=context["harm"], at=now))

    if refused := keep(request, "report", "pages/report.html", context, receive, now):
        return refused
    if kept[0].is_harmful:
        alarms.tell_of_harm(kept[0], now)
    return thanked(request, context, context["text"], now)


@own_pages_only
def feedback(request: HttpRequest) -> HttpResponse:
    """Take in whether an entry helped."""
    publication = entry_of(request)
    context = {**about(publication), "comment": request.POST.get("comment", ""), "longest": inbox.LONGEST_COMMENT}
    said = request.POST.get("helpful", "")
    if request.method != "POST" or said not in ("yes", "no"):
        return shown(request, "pages/feedback.html", context)
    now = timezone.now()
    opinion = {"is_helpful": said == "yes", "comment": context["comment"], "key": ""}
    refused = keep(request, "feedback", "pages/feedback.html", context, lambda: inbox.receive_feedback(publication, **opinion, at=now), now)
    return refused or thanked(request, context, context["comment"], now)


def thanked(request: HttpRequest, context: dict[str, Any], text: str, now: datetime) -> HttpResponse:
    """Show that it was taken, above it what is urgent in it."""
    told = urgent(text, get_language() or settings.LANGUAGE_CODE, caching.library_state(now), now)
    return shown(request, "pages/thanks.html", {**context, "received": inbox.received(), "urgent": told})
