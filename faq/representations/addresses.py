"""The absolute addresses of an entry. None is stored: the host is that of PUBLIC_URL at the time of the answer."""

from django.conf import settings
from django.urls import reverse
from django.utils import translation


def absolute(path: str) -> str:
    """Return `path` below the library's public address."""
    return f"{settings.PUBLIC_URL}{path}"


def entry(slug: str) -> str:
    """Return where the entry in force is found."""
    return absolute(reverse("v1:entry", args=[slug]))


def versions(slug: str) -> str:
    """Return where the list of the entry's versions is found."""
    return absolute(reverse("v1:versions", args=[slug]))


def version(slug: str, number: int) -> str:
    """Return where one version is found, for ever."""
    return absolute(reverse("v1:version", args=[slug, number]))


def page(slug: str, language: str, number: int | None = None) -> str:
    """Return the page of an entry or of one version: in the entry's own language if the interface speaks it, else in the default one."""
    base = language.split("-")[0]
    with translation.override(base if base in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE):
        return absolute(reverse("pages:version", args=[slug, number]) if number else reverse("pages:entry", args=[slug]))
