"""The interface's language is part of the address (`/es/…` is Spanish), so that one address is one page for every reader and cache."""

from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.encoding import escape_uri_path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, get_language_info

from faq.representations.languages import direction

NAMES: Final = {
    "am": "አማርኛ",
    "fil": "Filipino",
    "ht": "Kreyòl ayisyen",
    "ps": "پښتو",
    "so": "Soomaali",
    "ti": "ትግርኛ",
    "yi": "ייִדיש",
    "zh": "中文",
}
"""Languages that patients ask for and Django has no name for."""


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


def path_in(path: str, language: str) -> str:
    """Return the path, quoted for a link, of the same page in the interface language `language`; it never names another host."""
    active = language_of(path)
    bare = path if active == settings.LANGUAGE_CODE else path.removeprefix(f"/{active}")
    prefix = "" if language == settings.LANGUAGE_CODE else f"/{language}"
    return f"{prefix}/{escape_uri_path(bare.lstrip('/'))}"


def interface_for(language: str) -> str | None:
    """Return the interface language in which an entry in `language` is at home; None where the interface does not speak it."""
    base = language.split("-")[0]
    return base if base in dict(settings.LANGUAGES) else None


def name_of(language: str) -> str:
    """Return what speakers of `language` call it; its code where nobody told us."""
    try:
        return str(get_language_info(language.lower())["name_local"])
    except KeyError:
        return NAMES.get(language.split("-")[0], language)


def attributes(language: str) -> SafeString:
    """Return ` lang="…" dir="…"` for a part in a language that is not the page's, nothing where it is or is not known."""
    if language in ("", get_language()):
        return SafeString("")
    return format_html(' lang="{}" dir="{}"', language, direction(language))
