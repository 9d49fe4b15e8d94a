"""The interface's language is part of the address (`/es/…` is Spanish), so that one address is one page for every reader and cache."""

from django.conf import settings
from django.utils.encoding import escape_uri_path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from faq.public.languages import direction
from faq.public.middleware import language_of


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


def language_attributes_for(language: str) -> SafeString:
    """Return ` lang="…" dir="…"` for a part in a language that is not the page's, nothing where it is or is not known."""
    if language in ("", get_language()):
        return SafeString("")
    return format_html(' lang="{}" dir="{}"', language, direction(language))
