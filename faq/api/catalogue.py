"""The smaller public reads: topics, sources, standing texts, and what became of words by their hash."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.utils import timezone
from rest_framework.exceptions import NotFound
from rest_framework.request import Request

from faq.api import params
from faq.api.pagination import link_header
from faq.api.views import JSON, ListView, list_body
from faq.models import StandingText
from faq.public import caching, catalogue
from faq.public.caching import COUNTS, STORE, Answer
from faq.public.documents import FORM, encoded
from faq.public.entry_json import Json
from faq.public.errors import InvalidParams
from faq.public.links import hash_path

PAGED: Final = ("page", "page_size")
SHA_256: Final = re.compile("(?:sha256:)?([0-9A-Fa-f]{64})")


class WholeView(ListView):
    """One thing made of many rows: its tag is made as that of a list, and it has no pages."""

    def whole(
        self, request: Request, state: Sequence[str], body: Json, now: datetime, *, canonical: str = "", links: dict[str, str] | None = None
    ) -> HttpResponse:
        """Keep a finished answer, and give it. `canonical` is the one path and query that asks for it, where others do too."""
        tag = caching.tag_of(*state, FORM, canonical or request.path)
        headers = {"ETag": tag, "Vary": caching.VARY, **link_header(links or {})}
        finished = encoded(body | {"library_status": settings.LIBRARY_STATUS})
        answer = Answer(finished.encode(), headers, caching.end_of_local_day(now))
        STORE.put(self.key(request, state), answer)
        return answer.to(request, JSON, now)


# Topics.


def public_topics(state: tuple[str, ...]) -> list[catalogue.PublicTopic]:
    """Return the topics of the library in one state, found once for all pages."""
    return COUNTS.get(state, "topics", catalogue.public_topics)


class TopicList(ListView):
    """The topics that entries in force are in, and those above them, in the order of their positions."""

    known = PAGED

    def get(self, request: Request) -> HttpResponse:
        """Answer with a page of topics."""
        now = timezone.now()
        state = self.library_state(now)
        page = params.page_param(request.query_params)
        topics = public_topics(state)
        links = page.links(request.path, len(topics))
        rows = catalogue.topics_json(topics[page.rows])
        return self.answer(request, state, page, links, list_body(len(topics), links, [encoded(row) for row in rows]), now)


class TopicDetail(WholeView):
    """One topic."""

    def get(self, request: Request, slug: str) -> HttpResponse:
        """Answer with the topic; 404 where no entry in force is in it or below it, or nobody approved a name."""
        now = timezone.now()
        state = self.library_state(now)
        topics = [topic for topic in public_topics(state) if topic.slug == slug]
        if not topics:
            raise NotFound("There is no such topic.")
        return self.whole(request, state, catalogue.topics_json(topics)[0], now)


# Sources.


class SourceList(ListView):
    """The sources that versions cite, by key."""

    known = PAGED

    def get(self, request: Request) -> HttpResponse:
        """Answer with a page of sources."""
        now = timezone.now()
        state = self.library_state(now)
        page = params.page_param(request.query_params)
        sources = catalogue.public_sources()
        count = COUNTS.get(state, "sources", sources.count)
        links = page.links(request.path, count)
        rows = catalogue.sources_json(sources[page.rows])
        return self.answer(request, state, page, links, list_body(count, links, [encoded(row) for row in rows]), now)


class SourceDetail(WholeView):
    """One source."""

    def get(self, request: Request, key: str) -> HttpResponse:
        """Answer with the source; 404 where no version cites it that can be read."""
        now = timezone.now()
        state = self.library_state(now)
        found = catalogue.sources_json(catalogue.public_sources().filter(key=key))
        if not found:
            raise NotFound("There is no such source.")
        return self.whole(request, state, found[0], now)


# Standing texts.


class StandingTextList(ListView):
    """The disclaimers, glossary terms, notices and advice cards in force."""

    known = (*PAGED, "kind", "language")

    def get(self, request: Request) -> HttpResponse:
        """Answer with a page of texts."""
        now = timezone.now()
        state = self.library_state(now)
        texts, filters = chosen_texts(request.query_params)
        page = params.page_param(request.query_params, filters)
        count = COUNTS.get(state, ("standing texts", *filters), texts.count)
        links = page.links(request.path, count)
        rows = [encoded(catalogue.text_json(text)) for text in texts[page.rows]]
        return self.answer(request, state, page, links, list_body(count, links, rows), now)


def chosen_texts(asked: QueryDict) -> "tuple[QuerySet[StandingText], list[tuple[str, str]]]":
    """Return the texts asked for, and the filters as pairs in a fixed order; raise InvalidParams for values that no text can have."""
    texts = catalogue.texts_in_force()
    kinds = one_of(asked, "kind", catalogue.TOLD_KINDS)
    languages = asked.getlist("language")
    if languages:
        known = sorted(set(texts.order_by().values_list("language", flat=True).distinct()))
        languages = one_of(asked, "language", known)
        texts = texts.filter(language__in=languages)
    if kinds:
        texts = texts.filter(kind__in=kinds)
    return texts, [*(("kind", kind) for kind in kinds), *(("language", language) for language in languages)]


def one_of(asked: QueryDict, name: str, known: Sequence[str]) -> list[str]:
    """Return the values of a parameter that may be repeated, in the order of those `known`; raise InvalidParams for any other."""
    values = set(asked.getlist(name))
    if values - set(known):
        raise InvalidParams([(name, f"Unknown value. Known: {', '.join(known) or 'none yet'}.")])
    return [value for value in known if value in values]


# What became of words.


class HashDetail(WholeView):
    """What became of words that a reader's program has kept, by their SHA-256."""

    def get(self, request: Request, sha256: str) -> HttpResponse:
        """Answer with each version that had them; 400 for what is no SHA-256, 404 where they were never published here."""
        match = SHA_256.fullmatch(sha256)
        if match is None:
            raise InvalidParams([("sha256", "Must be a SHA-256: 64 hexadecimal digits, with or without `sha256:` before them.")])
        now, digest = timezone.now(), match[1].lower()
        state = self.library_state(now)
        versions = list(catalogue.versions_with_hash(digest))
        if not versions:
            raise NotFound("No words with this hash were ever published here.")
        return self.whole(request, state, {"content_hash": f"sha256:{digest}", "versions": versions}, now, canonical=hash_path(digest))
