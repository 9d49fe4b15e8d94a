"""What the templates of the pages need beside Django's own tags: dates written out, telephone links, languages, plain words."""

import re
from datetime import date, datetime

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.utils.dates import MONTHS
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext, pgettext

from faq.clock import local_date
from faq.pages.language import attributes, name_of, path_in
from faq.pages.words import WORDS
from faq.representations.languages import direction

register = template.Library()

DIALLED = re.compile(r"\+?[0-9][0-9 ().\-\u2010\u2011\u00a0]*")
"""A telephone number and nothing else; whatever holds a letter, a comma or a second number is left for people to dial."""


@register.filter
def day(value: date | datetime | str) -> str:
    """Return a date written out in the active language; `value` may be ISO text, also of a year or a month alone.

    A moment is shown as its day in the library's time zone.
    """
    if isinstance(value, str):
        if len(value) < 10:
            return partial_day(value)
        value = datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
    if isinstance(value, datetime):
        value = local_date(value)
    return date_format(value, pgettext("date format", "j F Y"))


def partial_day(value: str) -> str:
    """Return YYYY or YYYY-MM written out."""
    year, _, month = value.partition("-")
    if not month:
        return year
    return pgettext("date format", "%(month)s %(year)s") % {"month": MONTHS[int(month)], "year": year}


@register.filter
def phone_link(value: str) -> str:
    """Return the tel: address of a telephone number, "" where `value` is anything that a wrong number could come of."""
    if not DIALLED.fullmatch(value.strip()):
        return ""
    number = value.replace("(0)", "") if value.strip().startswith("+") else value
    return "tel:" + re.sub(r"[^+0-9]", "", number)


@register.filter
def duration(seconds: int) -> str:
    """Return a length in seconds as minutes and seconds in words."""
    minutes, rest = divmod(seconds, 60)
    parts = []
    if minutes:
        parts.append(ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes})
    if rest or not minutes:
        parts.append(ngettext("%(count)d second", "%(count)d seconds", rest) % {"count": rest})
    return " ".join(parts)


@register.filter
def in_words(value: str, kind: str) -> str:
    """Return what readers are told for a `value` of the vocabulary `kind`: "" where there is nothing to say."""
    return gettext(str(WORDS[kind][value])) if value in WORDS[kind] else ""


@register.filter
def language_name(code: str) -> str:
    """Return the name of a language in that language."""
    return name_of(code)


@register.filter
def language_attributes(code: str) -> SafeString:
    """Return the attributes of a part in the language `code`."""
    return attributes(code)


@register.simple_tag
def is_demonstration() -> bool:
    """Return whether the library is a demonstration."""
    return settings.LIBRARY_STATUS != "live"


@register.simple_tag
def page_direction() -> str:
    """Return the writing direction of the active language."""
    return direction(get_language() or settings.LANGUAGE_CODE)


@register.simple_tag(takes_context=True)
def language_links(context: template.Context) -> list[dict[str, str]]:
    """Return code, name and path of this page in every other interface language; a page may bring its own in `elsewhere`."""
    request = context.get("request")
    path = request.path if isinstance(request, HttpRequest) else "/"
    own = context.get("elsewhere") or {}
    active = get_language()
    return [
        {"code": code, "name": name, "path": own.get(code) or path_in(path, code)} for code, name in settings.LANGUAGES if code != active
    ]
