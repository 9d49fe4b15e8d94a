"""Search: the entries in force that answer a question in a patient's own words, the best first."""

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.http import HttpResponse, QueryDict
from django.utils import timezone
from rest_framework.request import Request

from faq.api.fields import fields_param, narrowed
from faq.api.filters import EntryFilters
from faq.api.params import page_param, single
from faq.api.views import ListView, list_body
from faq.content.folding import searchable
from faq.public import documents
from faq.public.caching import LibraryState
from faq.public.documents import encoded
from faq.public.entry_json import Json, advice_json
from faq.public.errors import InvalidParams
from faq.search import meaning
from faq.search.danger import urgent_advice
from faq.search.excerpts import excerpt
from faq.search.missed import note_missed
from faq.search.results import LONGEST, Found, Hit, search


def query_param(params: QueryDict) -> str:
    """Return what was asked; raise InvalidParams where there is nothing to look for, or too much."""
    query = single(params, "q") or ""
    if not searchable(query):
        raise InvalidParams([("q", "Say what to look for: a question in your own words, or a few words of it.")])
    if len(query) > LONGEST:
        raise InvalidParams([("q", f"Is longer than {LONGEST:,} characters: leave out what matters least.")])
    return query


class Search(ListView):
    """Entries in force that may answer a question, the best first; what it may have meant, and what is urgent in it."""

    known = ("q", *EntryFilters.base_filters, "fields", "page", "page_size")

    def setup(self, request: Any, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.beside = meaning.tag_parts()  # read before any row, as the state is

    def get(self, request: Request) -> HttpResponse:
        """Answer with whole entries, or with the members asked for, each with its score and the words that fit best."""
        now = timezone.now()
        state = self.library_state(now)
        query = query_param(request.query_params)
        filters = EntryFilters(request.query_params, now=now, state=state)
        filters.refuse_strangers()
        fields = fields_param(request.query_params)
        chosen = [("fields", ",".join(fields))] if fields else []
        page = page_param(request.query_params, [("q", query), *filters.canonical, *chosen])
        languages = filters.form.cleaned_data.get("language", ())
        found = search(query, filters.qs, languages, state)
        if not found.hits and not filters.canonical:
            note_missed(query, now)
        links = page.links(request.path, len(found.hits))
        rows = hit_rows(found, found.hits[page.rows], fields, now)
        told = {"did_you_mean": found.did_you_mean, "urgent_advice": advice_for(query, languages, state, now)}
        return self.answer(request, state, page, links, list_body(len(found.hits), links, rows, told), now)


def hit_rows(found: Found, hits: Sequence[Hit], fields: Sequence[str], now: datetime) -> list[str]:
    """Return the JSON of the entries that were hit: those members of each that were asked for, its score and an excerpt of it."""
    bodies = documents.bodies([hit.slug for hit in hits], now)
    scores = {hit.slug: hit.score for hit in hits}
    return [
        row.removesuffix("}") + "," + encoded({"score": scores[slug], "excerpt": excerpt_json(json.loads(body), found)}).removeprefix("{")
        for (slug, body), row in zip(bodies.items(), narrowed(bodies.values(), fields), strict=True)
    ]


def excerpt_json(entry: Json, found: Found) -> Json:
    return excerpt(entry, found.terms[entry["language"]])._asdict()


def advice_for(text: str, languages: Collection[str], state: LibraryState, now: datetime) -> list[Json]:
    """Return the urgent-advice cards to which somebody's words lead, the most urgent first."""
    return [advice_json(card) for card in urgent_advice(text, languages, state, now)]
