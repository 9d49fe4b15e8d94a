"""The outermost doors: broken addresses, the language of an address, errors of the API as problems, and who may read from elsewhere."""

import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Final
from urllib.parse import unquote_to_bytes

from corsheaders.middleware import CorsMiddleware
from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.common import CommonMiddleware
from django.utils import translation
from django.utils.functional import cached_property

from faq.public import errors

API_PATHS: Final = ("/api/", "/infobutton/")
BROKEN: Final = "The address must be UTF-8 without NUL characters."
CUT: Final = "There is nothing at this address. The addresses of the library end in a slash."
SAFE: Final = ("GET", "HEAD", "OPTIONS")
QUOTED_AGAIN: Final = re.compile("%[89A-F][0-9A-F]", re.IGNORECASE)


class ApiErrorsMiddleware:
    """Middleware, outside all that may answer with an error."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer 400 to a broken address; below API_PATHS look at no cookie, and turn any error that is none yet into a problem."""
        is_api = request.path_info.startswith(API_PATHS)
        if not is_clean(request):
            return errors.problem(request, 400, BROKEN) if is_api else errors.bad_request(request)
        if not is_api:
            return self.get_response(request)
        request.META.pop("HTTP_COOKIE", None)  # nobody is signed in here, so that one answer is right for all
        response = self.get_response(request)
        is_error = response.status_code >= 400 and not errors.is_finished(response)
        return translated(request, response) if is_error else response


class AppendSlash(CommonMiddleware):
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
    problem = errors.problem(request, response.status_code, CUT if is_cut else "")
    for name in ("Allow", "Retry-After"):
        if name in response:
            problem[name] = response[name]
    return problem


class PublicCors(CorsMiddleware):
    """The library's middleware but for `Vary: Origin`, which would make shared caches keep an answer for each site that asks."""

    def add_response_headers(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Add the CORS headers, and leave Vary as the view set it."""
        vary = response.get("Vary")
        super().add_response_headers(request, response)
        if vary is None:
            del response["Vary"]
        else:
            response["Vary"] = vary
        return response


class ContentSecurityPolicy(CSPMiddleware):
    """The library's middleware, with one policy for every answer: no view has a nonce or rules of its own, so it is put together once."""

    @cached_property
    def policy(self) -> str:
        """The value of the header."""
        return str(build_policy())

    def process_request(self, request: HttpRequest) -> None:
        """Prepare no nonce."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Add the header, but not to the pages that Django shows while DEBUG is on, which style themselves."""
        if not settings.DEBUG or response.status_code not in (HTTPStatus.NOT_FOUND, HTTPStatus.INTERNAL_SERVER_ERROR):
            response.headers.setdefault(HEADER, self.policy)
        return response


class LanguageFromPath:
    """Middleware: activate the language named by the first part of the path, else the default; browser and cookie have no say."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in the path's language; HTML that names no language of its own says so in Content-Language."""
        language = language_of(request.path_info)
        request.LANGUAGE_CODE = language
        with translation.override(language):
            response = self.get_response(request)
        if response.get("Content-Type", "").startswith("text/html"):
            response.headers.setdefault("Content-Language", language)
        return response


def language_of(path: str) -> str:
    """The code of the interface language that `path` asks for: `/es/topics/` gives `es`, `/topics/` the default."""
    first = path.split("/")[1:2]
    return first[0] if first and first[0] in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
