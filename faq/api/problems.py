"""Errors as problem details (RFC 9457): what went wrong, in words, and never a stack trace or HTML.

Inside an API view an exception becomes a problem through `handler`. Whatever else goes wrong below the addresses of
`boundary.py` becomes one there. Pages get the templates 400.html, 403.html, 404.html and 500.html.
"""

import json
import logging
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.template import TemplateDoesNotExist, loader
from django.utils.encoding import iri_to_uri
from rest_framework.exceptions import APIException, NotAcceptable

from faq.api import caching

CONTENT_TYPE: Final = "application/problem+json"
RETRY_AFTER: Final = 5
"""Seconds after which a client may ask again when the database did not answer: shorter than its pool waits, longer than a blink."""
DETAILS: Final = {
    400: "The request cannot be understood.",
    403: "This is not open to you.",
    404: "There is nothing at this address.",
    405: "This address does not know that method; `Allow` names those it knows.",
    500: "Something broke here. It was recorded; asking again may help.",
    503: "The library cannot answer right now. Ask again in a few seconds.",
}

logger = logging.getLogger(__name__)


class Refused(APIException):
    """A request with parameters that mean nothing here: 400 with a sentence per field."""

    status_code = 400

    def __init__(self, errors: Sequence[tuple[str, str]]) -> None:
        super().__init__(errors[0][1] if len(errors) == 1 else "Several parameters are not understood.")
        self.members = {"errors": [{"field": field, "detail": detail} for field, detail in errors]}


class TakenDown(APIException):
    """An entry that may not be shown any more: 410 with `members`, which say why and what helps instead."""

    status_code = 410
    default_detail = "This entry was taken down. `notice` says what readers are told."

    def __init__(self, members: dict[str, Any]) -> None:
        super().__init__()
        self.members = members


def problem(request: HttpRequest, status: int, detail: str = "", **members: Any) -> HttpResponse:
    """Return the problem `status` with further `members`; caches may keep it as `caching.of_status` says."""
    phrase = HTTPStatus(status).phrase
    start = {"type": "about:blank", "title": phrase, "status": status, "detail": detail or DETAILS.get(status, f"{phrase}.")}
    body = start | {"instance": iri_to_uri(request.path)} | members
    headers = {"Vary": caching.VARY, "Cache-Control": caching.of_status(status)}
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = str(RETRY_AFTER)
    return HttpResponse(json.dumps(body, ensure_ascii=False), status=status, content_type=CONTENT_TYPE, headers=headers)


def handler(exc: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """Return the problem that an exception of an API view means; None for a fault of ours, which Django then logs."""
    request = context["request"]
    if isinstance(exc, NotAcceptable):
        forms = ", ".join(renderer.media_type for renderer in exc.available_renderers or ())
        return problem(request, 406, f"None of the forms in Accept is known here. Known: {forms}.")
    if isinstance(exc, APIException):
        return problem(request, exc.status_code, str(exc.detail), **getattr(exc, "members", {}))
    if isinstance(exc, Http404 | PermissionDenied):
        return problem(request, 404 if isinstance(exc, Http404) else 403)
    if isinstance(exc, OperationalError | InterfaceError):
        logger.error("%s: the database did not answer", request.path, exc_info=exc)
        return problem(request, 503)
    return None


# Pages.


def page(request: HttpRequest | None, status: int) -> HttpResponse:
    """Return the page for `status`, or one plain line where there is no template."""
    try:
        text: str = loader.render_to_string(f"{status}.html", request=request)
        kind = "text/html"
    except TemplateDoesNotExist:
        text, kind = HTTPStatus(status).phrase, "text/plain"
    headers = {"Cache-Control": caching.of_status(status)}
    return HttpResponse(text, status=status, content_type=f"{kind}; charset=utf-8", headers=headers)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 400 outside the API; without the request, which may be what is broken."""
    return page(None, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 403 outside the API."""
    return page(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404 outside the API."""
    return page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500 outside the API; without the request, so that nothing it would look up can break again."""
    return page(None, 500)
