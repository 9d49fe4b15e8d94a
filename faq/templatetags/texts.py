"""How a text of an entry is shown, on the pages and in the admin alike: its line ends, its telephone numbers, the address of a DOI."""

import re
from typing import Final

from django import template
from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import SafeString, mark_safe

from faq.content.doi import bare_doi, doi_address
from faq.content.letters import RIGHT_TO_LEFT
from faq.content.telephone import Piece, isolated, pieces, whole_number

register = template.Library()

MAIL: Final = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
"""Without the signs by which an address of a mail says more than to whom it goes, such as `?cc=`."""
PAGE: Final = re.compile(r"https?://\S+")
EMPTY_LINES: Final = re.compile(r"\n(?:[^\S\n]*\n)+")


@register.filter
def paragraphs(text: str) -> SafeString:
    """Return a plain text as paragraphs: an empty line begins the next one, any other line end is a line break."""
    whole = [isolated(escape(paragraph)).replace("\n", "<br>") for paragraph in EMPTY_LINES.split(text.strip()) if paragraph]
    return mark_safe("\n".join(f"<p>{paragraph}</p>" for paragraph in whole))  # noqa: S308  (escaped above)


@register.filter
def numbers(text: str) -> SafeString:
    """Return a text of one line, or sanitised HTML marked as safe, with its telephone numbers kept from left to right."""
    return mark_safe(isolated(conditional_escape(text)))  # noqa: S308  (escaped unless it was safe)


@register.filter
def phone(field: str) -> SafeString:
    """Return a field for telephone numbers with a link for each that can surely be dialled."""
    return mark_safe("".join(shown(piece) for piece in pieces(field)))  # noqa: S308  (each piece is escaped)


@register.filter
def contact(text: str) -> SafeString:
    """Return how somebody is reached with a link where it is a mail address, a page or a telephone number, and nothing else."""
    if MAIL.fullmatch(text):
        return format_html('<a href="mailto:{}">{}</a>', text, text)
    if PAGE.fullmatch(text):
        return format_html('<a href="{}" rel="noopener noreferrer">{}</a>', text, text)
    return phone(text) if whole_number(text) else numbers(text)


def shown(piece: Piece) -> SafeString:
    if piece.address:
        return format_html('<a class="phone" href="{}"><bdi dir="ltr">{}</bdi></a>', piece.address, piece.text)
    runs_left_to_right = any(letter.isalnum() for letter in piece.text) and not RIGHT_TO_LEFT.search(re.sub(r"\d", "", piece.text))
    text = format_html('<bdi dir="ltr">{}</bdi>', piece.text.strip()) if runs_left_to_right else numbers(piece.text)
    return format_html('<span class="phone">{}</span>', text) if text.strip() and any(map(str.isalnum, piece.text)) else text


@register.filter
def doi(value: str) -> SafeString:
    """Return a DOI with a link to where it leads; words that were approved long ago may hold one with a prefix, or something else."""
    address = doi_address(value)
    link = '<a href="{}" rel="noopener noreferrer">DOI {}</a>'
    return format_html(link, address, bare_doi(value)) if address else format_html("DOI {}", value)
