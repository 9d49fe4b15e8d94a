"""What the templates of the pages need beside Django's own tags: dates written out, languages, plain words."""

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from faq.pages.language import language_attributes_for, path_in
from faq.public import labels
from faq.public.languages import direction, local_name

register = template.Library()


for words in (labels.day, labels.duration, labels.in_words):
    register.filter(words)


@register.filter
def language_name(code: str) -> str:
    """Return the name of a language in that language."""
    return local_name(code)


@register.filter
def language_attributes(code: str) -> SafeString:
    """Return the attributes of a part in the language `code`."""
    return language_attributes_for(code)


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
