"""Errors as problem details (RFC 9457): what went wrong, in words, and never a stack trace or HTML.

Inside an API view an exception becomes a problem through `handler`. Whatever else goes wrong below the addresses of
`middleware.py` becomes one there. Pages get the templates 400.html, 403.html, 404.html, 500.html and 503.html.
"""

import json
import logging
import sys
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.template import TemplateDoesNotExist, loader
from django.utils.encoding import iri_to_uri
from rest_framework.exceptions import APIException, NotAcceptable

from faq.public import caching

CONTENT_TYPE: Final = "application/problem+json"
FINISHED: Final = frozenset({CONTENT_TYPE, "application/ld+json", "text/markdown"})
"""What errors below the addresses of the API are told in; Django and its middleware use none of these."""
RETRY_AFTER: Final = 5
"""Seconds after which a client may ask again when the database did not answer: longer than a blink."""
NO_DATABASE: Final = (OperationalError, InterfaceError)
"""How it shows that the database did not answer, or went away meanwhile."""
DETAILS: Final = {
    400: "The request cannot be understood.",
    403: "This is not open to you.",
    404: "There is nothing at this address.",
    405: "This address does not know that method; `Allow` names those it knows.",
    500: "Something broke here. It was recorded; asking again may help.",
    503: "The library cannot answer right now. Ask again in a few seconds.",
}

logger = logging.getLogger(__name__)


class InvalidParams(APIException):
    """A request with parameters that mean nothing here: 400 with a sentence per field."""

    status_code = 400

    def __init__(self, errors: Sequence[tuple[str, str]]) -> None:
        super().__init__(errors[0][1] if len(errors) == 1 else "Several parameters are not understood.")
        self.members = {"errors": [{"field": field, "detail": detail} for field, detail in errors]}


def problem_json(status: int, path: str, detail: str = "", **members: Any) -> dict[str, Any]:
    """Return problem details with further `members`."""
    phrase = HTTPStatus(status).phrase
    start = {"type": "about:blank", "title": phrase, "status": status, "detail": detail or DETAILS.get(status, f"{phrase}.")}
    return start | {"instance": iri_to_uri(path)} | members


def problem(request: HttpRequest, status: int, detail: str = "", **members: Any) -> HttpResponse:
    """Return the problem `status` as an answer; caches may keep it as `caching.cache_for_error` says."""
    return problem_response(status, json.dumps(problem_json(status, request.path, detail, **members), ensure_ascii=False))


def problem_response(status: int, body: str) -> HttpResponse:
    """Return finished problem details as an answer."""
    return HttpResponse(body, status=status, content_type=CONTENT_TYPE, headers={"Vary": caching.VARY, **headers_of(status)})


def headers_of(status: int) -> dict[str, str]:
    """Return how long an error may be kept, and when to ask again."""
    later = {"Retry-After": str(RETRY_AFTER)} if status == HTTPStatus.SERVICE_UNAVAILABLE else {}
    return {"Cache-Control": caching.cache_for_error(status), **later}


def gone_response(body: bytes, content_type: str) -> HttpResponse:
    """Return what is left of a document that is gone, in a form of its own."""
    headers = {"Vary": caching.VARY, "Cache-Control": caching.cache_for_error(HTTPStatus.GONE)}
    return HttpResponse(body, status=HTTPStatus.GONE, content_type=content_type, headers=headers)


def is_finished(response: HttpResponse) -> bool:
    """Whether an error is told as it is meant to be: as a problem, or as a document that is gone in a form of its own."""
    return response.get("Content-Type", "").partition(";")[0] in FINISHED


def exception_handler(exc: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """Return the problem that an exception of an API view means; None for a fault of ours, which Django then logs."""
    request = context["request"]
    if isinstance(exc, NotAcceptable):
        forms = ", ".join(renderer.media_type for renderer in exc.available_renderers or ())
        return problem(request, 406, f"None of the forms in Accept is known here. Known: {forms}.")
    if isinstance(exc, APIException):
        answer = problem(request, exc.status_code, str(exc.detail), **getattr(exc, "members", {}))
        if wait := getattr(exc, "wait", None):
            answer["Retry-After"] = str(wait)
        return answer
    if isinstance(exc, Http404 | PermissionDenied):
        return problem(request, 404 if isinstance(exc, Http404) else 403)
    if isinstance(exc, NO_DATABASE):
        logger.error("%s: the database did not answer", request.path, exc_info=exc)
        return problem(request, 503)
    return None


# Pages.


def error_page(request: HttpRequest | None, status: int) -> HttpResponse:
    """Return the page for `status`, or one plain line where there is no template."""
    try:
        text: str = loader.render_to_string(f"{status}.html", request=request)
        kind = "text/html"
    except TemplateDoesNotExist:
        text, kind = HTTPStatus(status).phrase, "text/plain"
    return HttpResponse(text, status=status, content_type=f"{kind}; charset=utf-8", headers=headers_of(status))


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 400 outside the API; without the request, which may be what is broken."""
    return error_page(None, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 403 outside the API."""
    return error_page(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404 outside the API."""
    return error_page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500 outside the API, or 503 where the database did not answer; without the request, so that nothing it would look up can
    break again.
    """
    return error_page(None, 503 if isinstance(sys.exc_info()[1], NO_DATABASE) else 500)
