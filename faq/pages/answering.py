"""How a page is answered: its tag, how long it keeps, and what search engines are told. Pages set no cookie."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.template.loader import render_to_string
from django.utils.translation import get_language

from faq.api import caching
from faq.models import Ledger

PACKAGE = Path(__file__).resolve().parent
MAKERS = (PACKAGE, PACKAGE.parent / "templatetags", PACKAGE.parent / "locale", PACKAGE.parent.parent / "templates")
"""The folders whose files shape a page."""


@cache
def release() -> str:
    """Return a fingerprint of the files that shape a page, so that no tag outlives a change to them."""
    files = sorted(path for folder in MAKERS for path in folder.rglob("*") if path.suffix in {".html", ".mo", ".py"})
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in files)).hexdigest()[:16]


def form() -> str:
    """Return what a tag calls a page in the active interface language."""
    return f"page {release()} {get_language()}"


def list_tag(request: HttpRequest) -> str:
    """Return the tag of a page that lists entries, in one query.

    The decisions count too: a topic's place or its name can change without a Change to any entry.
    """
    heads = Ledger.objects.values_list("last_sequence", "decision_sequence").first()
    return caching.tag(form(), request.get_full_path(), heads)


def page(
    request: HttpRequest,
    template: str,
    tag: str,
    context: Callable[[], dict[str, Any]],
    *,
    now: datetime,
    flip: datetime | None = None,
    noindex: bool = False,
) -> HttpResponse:
    """Return 304 where the reader has the page already, else `template` with `context()`; kept no longer than until `flip`."""
    headers = {"ETag": tag, "Cache-Control": caching.until(flip, now), **robots(noindex)}
    if caching.is_known(request, tag):
        return HttpResponseNotModified(headers=headers)
    return HttpResponse(render_to_string(template, {**context(), "noindex": noindex}, request), headers=headers)


def gone(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """Return `template` as a 410."""
    headers = {"Cache-Control": caching.of_status(410), **robots(True)}
    return HttpResponse(render_to_string(template, {**context, "noindex": True}, request), status=410, headers=headers)


def robots(noindex: bool) -> dict[str, str]:
    """Return the header that keeps a page out of search engines: all pages of a demonstration, else where `noindex`."""
    return {"X-Robots-Tag": "noindex"} if noindex or settings.LIBRARY_STATUS != "live" else {}
