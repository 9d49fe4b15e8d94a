"""The pages for patients: the front page, topics, entries and their versions. Reading needs no account, no cookie and no script."""

import json
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from faq.models import Publication, Topic
from faq.pages import lists, responses
from faq.pages.context import best_name, entry_context, gone_context, language_context, page_turns, versions_context
from faq.public import caching, documents
from faq.public.caching import COUNTS, end_of_local_day
from faq.public.documents import Found
from faq.public.entries import numbered_version
from faq.public.guide import guide_html


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show when to get help, the topics, what is new, and where entries in other languages are."""
    now, language = timezone.now(), asked_language(request)
    state = caching.library_state(now)  # read before any row

    def context() -> dict[str, Any]:
        counts = COUNTS.get(state, "entries", lambda: lists.count_entries(Publication.objects.current()))
        check_language(request, counts, language)
        used = COUNTS.get(state, ("topics", language), lambda: lists.used_topics(language))
        first = lists.safety_first(language, used)
        return language_context(counts, language, request.path) | {
            "first": first,
            "topics": lists.topics_by_kind(language, used, now),
            "newest": lists.newest_entries(language, first),
            "clinicians": lists.clinician_entries(language) if counts.for_clinicians(language) else [],
        }

    tag = responses.page_tag(request, *state)
    return responses.page_response(request, "pages/home.html", tag, context, now=now, changes_at=end_of_local_day(now))


@require_safe
def topic(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a topic that entries in force use: its introduction, its entries, and the topics above and below."""
    now, language = timezone.now(), asked_language(request)
    tag = responses.page_tag(request, *caching.library_state(now))

    def context() -> dict[str, Any]:
        found = lists.public_topic(slug)
        if found is None:
            raise Http404
        counts = lists.count_entries(lists.in_topic(found))
        check_language(request, counts, language)
        number = page_number(request, counts.in_language(language))
        return {
            **language_context(counts, language, request.path),
            **page_turns(number, counts.in_language(language), language),
            **topic_context(found, language, number, now),
        }

    return responses.page_response(request, "pages/topic.html", tag, context, now=now, changes_at=end_of_local_day(now))


def topic_context(topic: Topic, language: str, number: int, now: datetime) -> dict[str, Any]:
    """Return what a topic's page shows beside its languages, in four queries."""
    near = lists.relatives(topic)
    names = lists.topic_names_by_slug([topic, *near], now)
    named = [(each, *best_name(each, names, language)) for each in near]
    name, name_language = best_name(topic, names, language)
    entries = lists.page_of(topic, language, number)
    return {
        "topic": topic,
        "name": name,
        "name_language": name_language,
        "introduction": lists.introduction(topic, language, now),
        "parents": [row for row in named if row[0].is_parent],
        "children": [row for row in named if not row[0].is_parent],
        "for_readers": [each for each in entries if each.publication.audience != lists.CLINICIAN],
        "for_clinicians": [each for each in entries if each.publication.audience == lists.CLINICIAN],
    }


@require_safe
def entry(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the entry in force, or why it is gone."""
    now = timezone.now()
    found = documents.find(slug, now)
    if found is None:
        raise Http404
    return respond(request, slug, found, now)


@require_safe
def version(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Show one version for ever, unless its text is withheld; above it stands what became of it."""
    now = timezone.now()
    view = numbered_version(slug, number, now)
    if view is None:
        raise Http404
    return respond(request, slug, documents.answer_about(view, now), now, is_numbered=True)


def respond(request: HttpRequest, slug: str, found: Found, now: datetime, *, is_numbered: bool = False) -> HttpResponse:
    """Show a document, or the notice in its place."""
    if found.status != 200:
        context = gone_context(json.loads(found.body), json.loads(found.beside), slug, is_numbered=is_numbered)
        return responses.gone_response(request, "pages/gone.html", context)
    return responses.page_response(
        request,
        "pages/entry.html",
        responses.page_tag(request, found.tag),
        lambda: entry_context(json.loads(found.body), json.loads(found.beside), is_numbered=is_numbered),
        now=now,
        changes_at=found.changes_at,
        noindex=is_numbered,
    )


@require_safe
def versions(request: HttpRequest, slug: str) -> HttpResponse:
    """List every version of an entry, newest first."""
    now = timezone.now()
    tag = responses.page_tag(request, *caching.library_state(now))
    found = list(Publication.objects.filter(slug=slug).order_by("-version"))
    if not found:
        raise Http404
    return responses.page_response(request, "pages/versions.html", tag, lambda: versions_context(found), now=now, noindex=True)


@require_safe
def developers(request: HttpRequest) -> HttpResponse:
    """Tell developers how to begin, in the interface's language."""
    language = get_language() or "en"
    html = guide_html(language)
    tag = responses.page_tag(request, html)
    return responses.page_response(request, "pages/developers.html", tag, lambda: {"guide": mark_safe(html)}, now=timezone.now())  # noqa: S308  (our own text)


def asked_language(request: HttpRequest) -> str:
    """Return the language whose entries a list shows: the interface's, or the one in `?language=`, which the interface may not speak."""
    return request.GET.get("language") or get_language() or ""


def check_language(request: HttpRequest, counts: lists.Counts, language: str) -> None:
    """Raise Http404 for a `?language=` in which there is nothing to list."""
    if request.GET.get("language") and not counts.in_language(language):
        raise Http404


def page_number(request: HttpRequest, count: int) -> int:
    """Return the page asked for, from 1; raise Http404 where the list of `count` entries has no such page."""
    text = request.GET.get("page", "1")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
    if not 0 < number <= max(1, -(-count // lists.PAGE_SIZE)):
        raise Http404
    return number
