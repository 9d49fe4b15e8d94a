"""The pages for patients: the front page, topics, entries and their versions. Reading needs no account, no cookie and no script."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from faq.api import caching
from faq.models import Publication, Topic
from faq.pages import answering, lists, shaping
from faq.representations import assembly
from faq.representations.assembly import Shown


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show when to get help, the topics, what is new, and where entries in other languages are."""
    now, language = timezone.now(), asked_language(request)

    def context() -> dict[str, Any]:
        counts = lists.counted(Publication.objects.current())
        check_language(request, counts, language)
        used = lists.used_topics(language)
        first = lists.safety_first(language, used)
        return shaping.language_context(counts, language, request.path) | {
            "first": first,
            "topics": lists.topics_by_kind(language, used, now),
            "newest": lists.newest(language, first),
            "clinicians": lists.clinicians(language) if counts.for_clinicians(language) else [],
        }

    return answering.page(request, "pages/home.html", answering.list_tag(request), context, now=now)


@require_safe
def topic(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a topic that entries in force use: its introduction, its entries, and the topics above and below."""
    now, language = timezone.now(), asked_language(request)
    found = lists.public_topic(slug)
    if found is None:
        raise Http404
    counts = lists.counted(lists.in_topic(found))
    check_language(request, counts, language)
    number = page_number(request, counts.in_language(language))

    def context() -> dict[str, Any]:
        return {
            **shaping.language_context(counts, language, request.path),
            **shaping.turns(number, counts.in_language(language), language),
            **topic_context(found, language, number, now),
        }

    return answering.page(request, "pages/topic.html", answering.list_tag(request), context, now=now)


def topic_context(topic: Topic, language: str, number: int, now: datetime) -> dict[str, Any]:
    """Return what a topic's page shows beside its languages, in four queries."""
    near = lists.relatives(topic)
    names = lists.names_of([topic, *near], now)
    named = [(each, *shaping.best_name(each, names, language)) for each in near]
    name, name_language = shaping.best_name(topic, names, language)
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
    return answer(request, assembly.present(slug, timezone.now()))


@require_safe
def version(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Show one version for ever, unless its text is withheld; above it stands what became of it."""
    return answer(request, assembly.version(slug, number, timezone.now()))


def answer(request: HttpRequest, shown: Shown | None) -> HttpResponse:
    """Show a version, or the notice in its place; 404 where there is none."""
    if shown is None:
        raise Http404
    if shown.is_gone:
        return answering.gone(request, "pages/gone.html", shaping.gone_context(assembly.gone(shown), shown))
    found = assembly.entries([shown])[0]
    return answering.page(
        request,
        "pages/entry.html",
        caching.entry_tag(found, f"{answering.form()} {shown.is_numbered}"),
        lambda: shaping.entry_context(found),
        now=shown.at,
        flip=caching.entry_flip(found, shown.at),
        noindex=shown.is_numbered,
    )


@require_safe
def versions(request: HttpRequest, slug: str) -> HttpResponse:
    """List every version of an entry, newest first."""
    found = list(Publication.objects.filter(slug=slug).order_by("-version"))
    if not found:
        raise Http404
    tag = answering.list_tag(request)
    return answering.page(request, "pages/versions.html", tag, lambda: shaping.versions_context(found), now=timezone.now(), noindex=True)


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
