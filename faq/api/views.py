"""The public reads of the API: entries, how they stood, and every version they had. No transaction, no cookie, no drafts.

A view first tries the short way: a plain GET is answered with finished bytes, found by one query. Whatever is not plain (a parameter to
refuse, a form to negotiate, an entry that is not there) goes the whole way through Django REST framework.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar, Final, Protocol

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from rest_framework.exceptions import NotFound
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from faq.api import params
from faq.api.fields import narrowed
from faq.api.filters import ListFilters
from faq.api.forms import FORMAT, DocumentForm, FormNegotiation, JsonLdForm, MarkdownForm, form_answer
from faq.api.keyset import entry_page, rows_of
from faq.api.pagination import PageLinks, check_page, link_header, page_json
from faq.models import Publication
from faq.public import caching, documents
from faq.public.caching import COUNTS, STORE, Answer, LibraryState
from faq.public.documents import FORM, Found, encoded
from faq.public.entries import VersionView, numbered_version, version_as_of
from faq.public.entry_json import Json, version_json
from faq.public.errors import NO_DATABASE, problem_response
from faq.public.feed import Cursor, cursor_of

JSON: Final = "application/json"
PLAIN_ACCEPT: Final = frozenset({"", "*/*", JSON})
"""What Accept holds where there is nothing to negotiate."""


class PublicView(APIView):
    """A public GET that knows the parameters `known` and no others but `format`, which names one of its renderers."""

    http_method_names = ["get", "head", "options"]
    known: ClassVar[tuple[str, ...]] = ()
    content_negotiation_class = FormNegotiation

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer the short way where that is possible."""
        if request.method in ("GET", "HEAD") and request.META.get("HTTP_ACCEPT", "") in PLAIN_ACCEPT:
            try:
                answer = self.short_way(request, **kwargs)
            except NO_DATABASE:
                answer = None  # asked again below, where it becomes a 503
            if answer is not None:
                return answer
        return super().dispatch(request, *args, **kwargs)

    def short_way(self, request: HttpRequest, **kwargs: Any) -> HttpResponse | None:
        """Return a finished answer, or None where the whole way is needed."""
        return None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse unknown parameters before anything is looked up."""
        super().initial(request, *args, **kwargs)
        params.refuse_unknown(request.query_params, (*self.known, FORMAT))

    def options(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Response:
        """Say with `Allow` alone what may be asked here."""
        return Response(status=204)


# One entry.


class EntryView(PublicView):
    """An entry, in any of its forms."""

    renderer_classes = (JSONRenderer, JsonLdForm, MarkdownForm)


class EntryDetail(EntryView):
    """The entry in force, or as it stood on a day."""

    known = ("as_of",)

    def short_way(self, request: HttpRequest, **kwargs: Any) -> HttpResponse | None:
        if request.META["QUERY_STRING"]:
            return None
        now = timezone.now()
        found = documents.find(kwargs["slug"], now)
        return entry_answer(request, found, now) if found else None

    def get(self, request: Request, slug: str) -> HttpResponse:
        """Answer with the entry; 404 where there was none, 410 where it was taken down."""
        now = timezone.now()
        at = params.as_of_param(request.query_params, now)
        if at:
            return version_answer(request, version_as_of(slug, at, now), now, "There was no such entry on that day.")
        found = documents.find(slug, now)
        if found is None:
            raise NotFound("There is no such entry.")
        return entry_answer(request, found, now)


def entry_answer(request: HttpRequest | Request, found: Found, now: datetime) -> HttpResponse:
    """Return a document in the form that was chosen; where none was, as it was composed."""
    form = getattr(request, "accepted_renderer", None)
    if isinstance(form, DocumentForm):
        return form_answer(request, form, found, now)
    if found.status != 200:
        return problem_response(found.status, found.body)
    headers = {"Link": found.link_header, "ETag": found.tag, "Vary": caching.VARY}
    return Answer(found.body.encode(), headers, found.changes_at).to(request, JSON, now)


class VersionDetail(EntryView):
    """One version, for ever."""

    def get(self, request: Request, slug: str, number: int) -> HttpResponse:
        """Answer with the version; 404 where there was none, 410 where its text is withheld."""
        now = timezone.now()
        return version_answer(request, numbered_version(slug, number, now), now, "There is no such version.")


def version_answer(request: Request, view: VersionView | None, now: datetime, missing: str) -> HttpResponse:
    """Compose the version found, as documents are composed, and answer with it; raise NotFound with the sentence `missing`."""
    if view is None:
        raise NotFound(missing)
    return entry_answer(request, documents.answer_about(view, now), now)


# Lists.


class Question(Protocol):
    """What a list was asked for: all ways of asking for the same come to one query string."""

    def canonical(self) -> str: ...


class ListView(PublicView):
    """A list. A worker keeps its finished answers by the question as it was sent; their tag is that of the question it comes to."""

    state: LibraryState | None = None
    beside: tuple[str, ...] = ()
    """What else decides the answer, beside the state and the question."""

    def short_way(self, request: HttpRequest, **kwargs: Any) -> HttpResponse | None:
        now = timezone.now()
        self.state = caching.library_state(now)
        answer = STORE.get(self.key(request, self.state))
        return answer.to(request, JSON, now) if answer else None

    def library_state(self, now: datetime) -> LibraryState:
        """Return the state under which the answer is kept, read once for a request and before any row."""
        return self.state or caching.library_state(now)

    def key(self, request: HttpRequest | Request, state: Sequence[str]) -> str:
        return caching.tag_of(*state, *self.beside, FORM, request.path, "sent", request.META["QUERY_STRING"])

    def answer(
        self, request: Request, state: LibraryState, page: Question, links: PageLinks, body: str, now: datetime, end: Cursor | None = None
    ) -> HttpResponse:
        """Keep a finished list, and answer with it. From its cursor on (`end`, or that of `state`) the feed tells whatever it lacks."""
        headers = {
            "ETag": caching.tag_of(*state, *self.beside, FORM, request.path, page.canonical()),
            "Vary": caching.VARY,
            "Library-Cursor": str(end or cursor_of(state)),
            **link_header({"next": links.next, "prev": links.previous}),
        }
        answer = Answer(body.encode(), headers, caching.end_of_local_day(now))
        STORE.put(self.key(request, state), answer)
        return answer.to(request, JSON, now)


class EntryList(ListView):
    """The entries in force that the filters keep, in the order of their wording or the one asked for, a page at a time."""

    filterset_class = ListFilters
    known = (*ListFilters.base_filters, "ordering", "fields", "page", "page_size", "after", "before")

    def get(self, request: Request) -> HttpResponse:
        """Answer with whole entries, or with the members asked for."""
        now = timezone.now()
        state = self.library_state(now)
        filters = ListFilters(request.query_params, now=now, state=state)
        page = entry_page(request.query_params, request.path, filters.canonical)
        if not page.is_followed:  # whoever is led through a list comes to its end, though its last topic may go on the way
            filters.refuse_strangers()
        count = COUNTS.get(state, filters.canonical, filters.qs.count)
        check_page(page.number, page.size, count)
        slugs, links = rows_of(page, filters.qs) if count else ([], PageLinks(None, None))
        body = list_body(count, links, narrowed(documents.bodies(slugs, now).values(), page.fields))
        return self.answer(request, state, page, links, body, now)


def list_body(count: int, links: PageLinks, rows: list[str], beside: Json | None = None) -> str:
    """Return the JSON of one page, of `rows` that are JSON already; before them stands what is told `beside`."""
    head = encoded({**(beside or {}), **page_json(count, links, [])})
    return head.removesuffix("[]}") + "[" + ",".join(rows) + "]}"


class VersionList(ListView):
    """Every version that an entry ever had, the newest first."""

    known = ("page", "page_size")

    def get(self, request: Request, slug: str) -> HttpResponse:
        """Answer with a line for each version; whole texts are found under each line's own address."""
        now = timezone.now()
        state = self.library_state(now)
        page = params.page_param(request.query_params)
        versions = Publication.objects.filter(slug=slug).order_by("-version")
        count = versions.aggregate(count=Count("pk"))["count"]
        if not count:
            raise NotFound("There is no such entry.")
        links = page.links(request.path, count)
        body = list_body(count, links, [encoded(version_json(publication)) for publication in versions[page.rows]])
        return self.answer(request, state, page, links, body, now)
