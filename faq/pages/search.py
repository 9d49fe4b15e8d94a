"""The search page: a question in somebody's own words, and the entries that may answer it. It works without a script."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from faq.content.folding import searchable
from faq.pages import responses
from faq.pages.context import home_path
from faq.pages.language import language_attributes_for
from faq.pages.views import asked_language
from faq.public import caching, documents
from faq.public.caching import LibraryState, end_of_local_day
from faq.public.entry_json import Json, advice_json
from faq.public.parts import by_level
from faq.search import meaning
from faq.search.danger import urgent_advice
from faq.search.missed import note_missed
from faq.search.results import LONGEST, search_for_readers

PAGE_SIZE: Final = 10


class HitOnPage(NamedTuple):
    """An entry that was found, with its document, in its own language."""

    entry: Json
    path: str
    lang: SafeString


@require_safe
def search_page(request: HttpRequest) -> HttpResponse:
    """Show what was found, above it what is urgent in the question itself; without a question, how to ask one."""
    now, language = timezone.now(), asked_language(request)
    state = caching.library_state(now)
    query = request.GET.get("q", "").strip()
    tag = responses.page_tag(request, *state, *meaning.tag_parts())
    return responses.page_response(
        request,
        "pages/search.html",
        tag,
        lambda: {"query": query, "most": LONGEST, "is_too_long": len(query) > LONGEST} | answer(query, language, request, state, now),
        now=now,
        changes_at=end_of_local_day(now),
        noindex=True,
    )


def answer(query: str, language: str, request: HttpRequest, state: LibraryState, now: datetime) -> dict[str, Any]:
    """Return what the page tells of a query: nothing of an empty one, or of one that is too long."""
    if not searchable(query) or len(query) > LONGEST:
        return {}
    found, is_elsewhere = search_for_readers(query, language, state)
    if not found.hits:
        note_missed(query, now)
    number = page_number(request, len(found.hits))
    page = found.hits[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    return {
        "asked": True,
        "asking": urlencode({"q": query}),
        "hits": hits_on_page([hit.slug for hit in page], now),
        "is_elsewhere": is_elsewhere,
        "meant": found.did_you_mean,
        "urgent": urgent(query, language, state, now),
        "previous": turn(query, request, number - 1) if number > 1 else "",
        "next": turn(query, request, number + 1) if number * PAGE_SIZE < len(found.hits) else "",
    }


def page_number(request: HttpRequest, count: int) -> int:
    """Return the page asked for; the first where there is no such page: what was found has changed since, or somebody typed."""
    text = request.GET.get("page", "")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 1
    return number if 0 < (number - 1) * PAGE_SIZE < count else 1


def turn(query: str, request: HttpRequest, number: int) -> str:
    language = {"language": request.GET["language"]} if request.GET.get("language") else {}
    return "?" + urlencode({"q": query, **language, "page": number})


def hits_on_page(slugs: Sequence[str], now: datetime) -> list[HitOnPage]:
    entries = [json.loads(body) for body in documents.bodies(slugs, now).values()]
    return [HitOnPage(each, home_path(each["slug"], each["language"]), language_attributes_for(each["language"])) for each in entries]


def urgent(query: str, language: str, state: LibraryState, now: datetime) -> dict[str, Any]:
    """Return the advice to which a query leads: in the language of the page, else in the one in which it was put."""
    cards = urgent_advice(query, [], state, now)
    spoken = language if any(card.language == language for card in cards) else next((card.language for card in cards), language)
    return {
        "levels": by_level(advice_json(card) for card in cards if card.language == spoken),
        "lang": language_attributes_for(spoken),
    }
