"""The forms in which an entry is told, and which of them a client gets: by `?format=`, else by Accept.

The JSON is finished when it is found. Any other form is made of it when it is first asked for, and kept by the worker.
"""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from faq.api import params
from faq.public import caching, errors
from faq.public.caching import STORE, Answer
from faq.public.documents import Found, encoded
from faq.public.errors import InvalidParams
from faq.public.jsonld import entry_jsonld, gone_jsonld
from faq.public.markdown_form import entry_markdown, gone_markdown

FORMAT: Final = "format"
"""The parameter that names a form."""
QUOTED: Final = re.compile(r'"(?:[^"\\]|\\.?)*(?:"|$)', re.DOTALL)
QUALITY: Final = re.compile(r"0?\.[0-9]{1,6}|0\.?|1(?:\.0{0,6})?")
"""A weight (RFC 9110, 12.4.2), also without its 0, as old clients of Java send it."""
TABLE: Final = re.compile(r"^[> ]*\| :?-", re.MULTILINE)
"""The line below a table's heading. In any text of ours the bar is escaped."""


# Which form.


class FormNegotiation(DefaultContentNegotiation):
    """Chooses one of a view's renderers."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """Return the form that `?format=` names, or that Accept prefers; raise InvalidParams or NotAcceptable where it is not there."""
        known, name = list(renderers), params.single(request.query_params, FORMAT)
        if name is None:
            chosen = preferred(request.META.get("HTTP_ACCEPT", ""), known)
            if chosen is None:
                raise NotAcceptable(available_renderers=known)
        else:
            chosen = next((each for each in known if each.format == name), None)
            if chosen is None:
                raise InvalidParams([(FORMAT, f"Unknown form. Known here: {', '.join(str(each.format) for each in known)}.")])
        return chosen, str(chosen.media_type)


def preferred(accept: str, renderers: Iterable[BaseRenderer]) -> BaseRenderer | None:
    """Return the form that the header prefers (RFC 9110, 12.5.1): of those it likes as well, the one it names most exactly, then first.

    Without a header any form would do, and the first is given.
    """
    ranges = media_ranges(accept) if accept.strip() else {"*/*": (1.0, 0)}
    ranked = [(rank, each) for each in renderers if (rank := rank_of(str(each.media_type), ranges))[0] > 0]
    return max(ranked, key=lambda pair: pair[0])[1] if ranked else None


def media_ranges(accept: str) -> dict[str, tuple[float, int]]:
    """Return {media range: (weight, minus its place)}; of a range named twice, the first. Parameters but the weight do not matter."""
    found: dict[str, tuple[float, int]] = {}
    for place, each in enumerate(QUOTED.sub("", accept).split(",")):
        name, *parameters = (part.strip().lower() for part in each.split(";"))
        weights = [text.removeprefix("q=") for text in parameters if text.startswith("q=")] or ["1"]
        if QUALITY.fullmatch(weights[0]):
            found.setdefault("*/*" if name == "*" else name, (float(weights[0]), -place))
    return found


def rank_of(media_type: str, ranges: Mapping[str, tuple[float, int]]) -> tuple[float, int, int]:
    """Return (weight, exactness, minus the place) of the most exact range that a media type falls into; a weight of 0 refuses it."""
    for exactness, name in ((2, media_type), (1, f"{media_type.partition('/')[0]}/*"), (0, "*/*")):
        if name in ranges:
            weight, place = ranges[name]
            return weight, exactness, place
    return 0.0, 0, 0


# The forms beside JSON.


class DocumentForm(BaseRenderer):
    """A form made of a document: of its JSON and what stands beside it."""

    charset = None

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None) -> bytes:
        """Return a document (`Found`) in this form; nothing for an answer that is none, as to OPTIONS."""
        return self.text(data.status, json.loads(data.body), json.loads(data.beside)).encode() if data else b""

    def text(self, status: int, document: dict[str, Any], beside: dict[str, Any]) -> str:
        raise NotImplementedError

    def content_type(self, body: bytes) -> str:
        """Return the Content-Type of a body in this form."""
        return str(self.media_type)


class JsonLdForm(DocumentForm):
    """JSON-LD in the words of schema.org."""

    media_type = "application/ld+json"
    format = "jsonld"

    def text(self, status: int, document: dict[str, Any], beside: dict[str, Any]) -> str:
        return encoded((entry_jsonld if status == 200 else gone_jsonld)(document, beside))


class MarkdownForm(DocumentForm):
    """Markdown: CommonMark, and GitHub's where there is a table, which CommonMark lacks (variants of RFC 7764)."""

    media_type = "text/markdown"
    format = "md"

    def text(self, status: int, document: dict[str, Any], beside: dict[str, Any]) -> str:
        return (entry_markdown if status == 200 else gone_markdown)(document, beside)

    def content_type(self, body: bytes) -> str:
        variant = "GFM" if TABLE.search(body.decode()) else "CommonMark"
        return f"{self.media_type}; charset=utf-8; variant={variant}"


def form_answer(request: HttpRequest | Request, form: DocumentForm, found: Found, now: datetime) -> HttpResponse:
    """Return a document in a form, as it is kept or made now."""
    if found.status != 200:
        body = form.render(found)
        return errors.gone_response(body, form.content_type(body))
    # Words of the interface are in it, so what shapes those shapes its tag.
    tag = caching.tag_of(str(form.format), caching.page_release(), found.tag)
    kept = STORE.get(tag)
    headers = {"Link": found.link_header, "ETag": tag, "Vary": caching.VARY}
    answer = kept or Answer(form.render(found), headers, found.changes_at)
    if kept is None:
        STORE.put(tag, answer)
    return answer.to(request, form.content_type(answer.body), now)
