"""The outermost door: refuses addresses that no database can keep, and lets no error leave the API in another form than a problem."""

import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Final
from urllib.parse import unquote_to_bytes

from django.http import HttpRequest, HttpResponse
from django.middleware.common import CommonMiddleware

from faq.api import problems

API_PATHS: Final = ("/api/", "/infobutton/")
BROKEN: Final = "The address must be UTF-8 without NUL characters."
CUT: Final = "There is nothing at this address. The addresses of the library end in a slash."
SAFE: Final = ("GET", "HEAD", "OPTIONS")
QUOTED_AGAIN: Final = re.compile("%[89A-F][0-9A-F]", re.IGNORECASE)


class Boundary:
    """Middleware, outside all that may answer with an error."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer 400 to a broken address; below API_PATHS look at no cookie, and turn any error that is none yet into a problem."""
        is_api = request.path_info.startswith(API_PATHS)
        if not is_clean(request):
            return problems.problem(request, 400, BROKEN) if is_api else problems.bad_request(request)
        if not is_api:
            return self.get_response(request)
        request.META.pop("HTTP_COOKIE", None)  # nobody is signed in here, so that one answer is right for all
        response = self.get_response(request)
        is_error = response.status_code >= 400 and response.get("Content-Type") != problems.CONTENT_TYPE
        return translated(request, response) if is_error else response


class Slashes(CommonMiddleware):
    """Django's own, but for whom it leads to the address with a slash: who reads, and not who sends something, which would be lost."""

    def should_redirect_with_slash(self, request: HttpRequest) -> bool:
        """Return whether the address lacks a slash with which it would be one of ours, and may be asked for again."""
        return request.method in SAFE and super().should_redirect_with_slash(request)


def is_clean(request: HttpRequest) -> bool:
    """Whether path and query are UTF-8 without NUL and without halves of surrogate pairs, once unquoted.

    The query comes quoted, as bytes in Latin-1 (PEP 3333). The path comes unquoted, and Django has quoted again what was no UTF-8 in it;
    no address of ours holds a percent sign, so none is refused for one that was meant.
    """
    query = unquote_to_bytes(request.META.get("QUERY_STRING", "").encode("latin-1", "replace"))
    try:
        text = request.path_info + query.decode()
    except UnicodeDecodeError:
        return False
    return "\x00" not in text and not QUOTED_AGAIN.search(request.path_info)


def translated(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Return the problem of an error's status, with the headers that belong to it."""
    is_cut = response.status_code == HTTPStatus.NOT_FOUND and not request.path_info.endswith("/")
    problem = problems.problem(request, response.status_code, CUT if is_cut else "")
    for name in ("Allow", "Retry-After"):
        if name in response:
            problem[name] = response[name]
    return problem
