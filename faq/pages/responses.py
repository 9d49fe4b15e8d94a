"""How a page is answered: finished ones are kept by the worker under their tag. Pages set no cookie."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import get_language

from faq.public import caching
from faq.public.caching import STORE, Answer

HTML: Final = "text/html; charset=utf-8"


def page_tag(request: HttpRequest, *parts: str) -> str:
    """Return the tag of a page that `parts` decide, beside its address, its language and the program."""
    return caching.tag_of("page", caching.page_release(), get_language() or "", request.get_full_path(), *parts)


def page_response(
    request: HttpRequest,
    template: str,
    tag: str,
    context: Callable[[], dict[str, Any]],
    *,
    now: datetime,
    changes_at: datetime | None = None,
    noindex: bool = False,
) -> HttpResponse:
    """Return `template` with `context()`, as it is kept under `tag` or rendered now; 304 where the reader has it already.

    Caches keep it no longer than until `changes_at`.
    """
    answer = STORE.get(tag)
    if answer is None:
        body = render_to_string(template, {**context(), "noindex": noindex}, request).encode()
        answer = Answer(body, {"ETag": tag, **robots(noindex)}, changes_at)
        STORE.put(tag, answer)
    return answer.to(request, HTML, now)


def gone_response(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """Return `template` as a 410."""
    headers = {"Cache-Control": caching.cache_for_error(410), **robots(True)}
    return HttpResponse(render_to_string(template, {**context, "noindex": True}, request), status=410, headers=headers)


def robots(noindex: bool) -> dict[str, str]:
    """Return the header that keeps a page out of search engines: all pages of a demonstration, else where `noindex`."""
    return {"X-Robots-Tag": "noindex"} if noindex or settings.LIBRARY_STATUS != "live" else {}
