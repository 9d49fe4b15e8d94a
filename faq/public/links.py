"""The absolute addresses of entries and of what stands beside them. None is stored: the host is that of PUBLIC_URL when it is asked."""

from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from faq.public.languages import interface_of


def absolute_url(path: str) -> str:
    """Return `path` below the library's public address."""
    return f"{settings.PUBLIC_URL}{path}"


def entry_url(slug: str) -> str:
    """Return where the entry in force is found."""
    return absolute_url(reverse("v1:entry", args=[slug]))


def versions_url(slug: str) -> str:
    """Return where the list of the entry's versions is found."""
    return absolute_url(reverse("v1:versions", args=[slug]))


def version_url(slug: str, number: int) -> str:
    """Return where one version is found, for ever."""
    return absolute_url(reverse("v1:version", args=[slug, number]))


def diff_url(slug: str, number: int, against: int) -> str:
    """Return where it is told what version `number` has other than version `against`."""
    return absolute_url(reverse("v1:diff", args=[slug, number])) + f"?against={against}"


def entries_url(**filters: str) -> str:
    """Return where the entries that `filters` leave are listed."""
    return absolute_url(reverse("v1:entries")) + f"?{urlencode(filters)}"


def topic_url(slug: str) -> str:
    """Return where a topic is found."""
    return absolute_url(reverse("v1:topic", args=[slug]))


def topic_page_url(slug: str) -> str:
    """Return where the page of a topic is found, in the default language of the interface."""
    with translation.override(settings.LANGUAGE_CODE):
        return absolute_url(reverse("pages:topic", args=[slug]))


def source_url(key: str) -> str:
    """Return where a source is found."""
    return absolute_url(reverse("v1:source", args=[key]))


def hash_path(digest: str) -> str:
    """Return the one path under which it is told what became of the words with this SHA-256."""
    return reverse("v1:hash", args=[f"sha256:{digest}"])


def page_url(slug: str, language: str, number: int | None = None) -> str:
    """Return where the page of an entry or of one version is found."""
    return absolute_url(page_path(slug, language, number))


def page_path(slug: str, language: str, number: int | None = None) -> str:
    """Return the path of that page: in the entry's own language if the interface speaks it, else in the default one."""
    with translation.override(interface_of(language)):
        return reverse("pages:version", args=[slug, number]) if number else reverse("pages:entry", args=[slug])
