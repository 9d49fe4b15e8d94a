"""The public reads of the API: entries, how they stood, and every version they had. No transaction, no cookie, no drafts."""

from datetime import datetime, timedelta
from typing import Any, ClassVar, Final, NamedTuple

from django.conf import settings
from django.db.models import Count, Max, Min, Q, Subquery
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from faq.api import caching, query
from faq.api.pagination import Around, Page, link_header, listed
from faq.api.problems import TakenDown
from faq.clock import local_date, next_flip
from faq.markdown import RENDERER_VERSION
from faq.models import Ledger, Publication
from faq.models.publications import PublicationQuerySet
from faq.representations import assembly
from faq.representations.entry import Json, entry_json, gone_json, links_json, version_json

FORM: Final = "json"
RELATIONS: Final = {
    "versions": "version-history",
    "latest": "latest-version",
    "previous": "predecessor-version",
    "next": "successor-version",
}
"""The links of an entry and the names that RFC 5829 has for them in a Link header."""


class Read(APIView):
    """A public GET that knows the parameters `known` and no others."""

    http_method_names = ["get", "head", "options"]
    known: ClassVar[tuple[str, ...]] = ()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse unknown parameters before anything is looked up."""
        super().initial(request, *args, **kwargs)
        query.known_only(request.query_params, self.known)

    def options(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Response:
        """Say with `Allow` alone what may be asked here."""
        return Response(status=204)


# One entry.


class EntryDetail(Read):
    """The entry in force, or as it stood on a day."""

    known = ("as_of",)

    def get(self, request: Request, slug: str) -> HttpResponse | Response:
        """Answer with the entry; 404 where there was none, 410 where it was taken down."""
        now = timezone.now()
        at = query.as_of(request.query_params, now)
        shown = assembly.as_of(slug, at, now) if at else assembly.present(slug, now)
        return answer(request, shown, now, "There was no such entry on that day." if at else "There is no such entry.")


class VersionDetail(Read):
    """One version, for ever."""

    def get(self, request: Request, slug: str, number: int) -> HttpResponse | Response:
        """Answer with the version; 404 where there was none, 410 where its text is withheld."""
        now = timezone.now()
        return answer(request, assembly.version(slug, number, now), now, "There is no such version.")


def answer(request: Request, shown: assembly.Shown | None, now: datetime, missing: str) -> HttpResponse | Response:
    """Answer with the version found; raise NotFound (with the sentence `missing`) or TakenDown where readers may not have it."""
    if shown is None:
        raise NotFound(missing)
    if shown.is_gone:
        raise TakenDown(gone_json(assembly.gone(shown)))
    [entry] = assembly.entries([shown])
    links = {RELATIONS[name]: url for name, url in links_json(shown).items() if name in RELATIONS}
    headers = {"Cache-Control": caching.until(caching.entry_flip(entry, now), now), **link_header(links)}
    return caching.conditional(request, caching.entry_tag(entry, FORM), headers, lambda: entry_json(entry))


# Lists.


class Census(NamedTuple):
    """What a list's tag and pages rest on: how many rows, the last sequence of all (0 without rows), when time alone changes one next."""

    total: int
    head: int
    flip: datetime | None


class EntryList(Read):
    """The entries in force, in the order of their wording, a page at a time."""

    known = ("page", "page_size", "audience", "language")

    def get(self, request: Request) -> HttpResponse | Response:
        """Answer with whole entries."""
        now = timezone.now()
        asked = query.listing(request.query_params)
        chosen = of_listing(asked)
        known = census(chosen, now)
        around = asked.page.around(request.path, known.total)
        flip = known.flip.isoformat() if known.flip else None
        tag = caching.tag(FORM, "entries", asked.page.canonical(), RENDERER_VERSION, known.total, known.head, flip)
        headers = {"Cache-Control": caching.until(known.flip, now), **page_links(around)}
        return caching.conditional(request, tag, headers, lambda: listed(known.total, around, rows_json(chosen, asked.page, now)))


def of_listing(asked: query.Listing) -> PublicationQuerySet:
    """Return the entries in force that a listing brings."""
    chosen = Publication.objects.current().filter(audience__in=asked.audiences)
    return chosen.filter(language__in=asked.languages) if asked.languages else chosen


def census(chosen: PublicationQuerySet, now: datetime) -> Census:
    """Count `chosen`. The review state that flips next is that of the first entry due from today on, or of the first not due yet."""
    today = local_date(now)
    found = chosen.aggregate(
        count=Count("pk"),
        head=Max(Subquery(Ledger.objects.values("last_sequence")[:1])),
        due=Min("next_review_due_on", filter=Q(next_review_due_on__gte=today)),
        ahead=Min("next_review_due_on", filter=Q(next_review_due_on__gte=today + timedelta(days=settings.REVIEW_DUE_DAYS))),
    )
    flips = [next_flip(day, now) for day in (found["due"], found["ahead"]) if day]
    return Census(found["count"], found["head"] or 0, min((flip for flip in flips if flip), default=None))


def rows_json(chosen: PublicationQuerySet, page: Page, now: datetime) -> list[Json]:
    """Return the entries of one page. Their keys are found first, so that whole texts are not sorted."""
    keys = chosen.order_by("sort_key").values("pk")[page.rows]
    found = assembly.rows().filter(pk__in=keys).order_by("sort_key")
    return [entry_json(entry) for entry in assembly.entries([assembly.shown_now(each, now) for each in found])]


class VersionList(Read):
    """Every version that an entry ever had, the newest first."""

    known = ("page", "page_size")

    def get(self, request: Request, slug: str) -> HttpResponse | Response:
        """Answer with a line for each version; whole texts are found under each line's own address."""
        now = timezone.now()
        page = query.page(request.query_params)
        versions = Publication.objects.filter(slug=slug).order_by("-version")
        known = versions.aggregate(count=Count("pk"), head=Max("last_change"))
        if not known["count"]:
            raise NotFound("There is no such entry.")
        around = page.around(request.path, known["count"])
        tag = caching.tag(FORM, slug, page.canonical(), known["count"], known["head"])
        headers = {"Cache-Control": caching.until(None, now), **page_links(around)}
        return caching.conditional(
            request, tag, headers, lambda: listed(known["count"], around, [version_json(each) for each in versions[page.rows]])
        )


def page_links(around: Around) -> dict[str, str]:
    """Return the Link header of a list."""
    return link_header({"next": around.next, "prev": around.previous})
