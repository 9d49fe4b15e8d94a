"""What one version of an entry has other than another one."""

from django.http import HttpResponse
from django.utils import timezone
from rest_framework.exceptions import NotFound
from rest_framework.request import Request

from faq.api import params
from faq.api.catalogue import WholeView
from faq.api.pagination import LAST_PAGE
from faq.content.words import read_words
from faq.public import documents
from faq.public.diff_json import fields_json
from faq.public.entries import VersionView, numbered_version
from faq.public.errors import problem_response
from faq.public.links import diff_url, entry_url, version_url, versions_url


class VersionDiff(WholeView):
    """What changed from one version to another: from the one before, unless `against` names another."""

    known = ("against",)

    def get(self, request: Request, slug: str, number: int) -> HttpResponse:
        """Answer with the fields that differ; 404 where either version never was, 410 where the text of either is withheld."""
        now = timezone.now()
        state = self.library_state(now)
        against = params.whole_number(request.query_params, "against", number - 1, LAST_PAGE)
        views = {each: numbered_version(slug, each, now) for each in {number, against}}
        after, before = views[number], views[against]
        if after is None:
            raise NotFound("There is no such version.")
        if before is None:
            raise NotFound(f"There is no version {against}." if against else "Nothing came before version 1; name another with `against`.")
        for view in (after, before):
            if view.is_gone:
                return gone(request, view)
        url = diff_url(slug, number, against)
        body = {
            "slug": slug,
            "version": number,
            "against": against,
            "fields": fields_json(read_words(before.publication.words), read_words(after.publication.words)),
            "links": {"self": url, "version": version_url(slug, number), "against": version_url(slug, against)},
        }
        links = {"version-history": versions_url(slug), "latest-version": entry_url(slug)}
        return self.whole(request, state, body, now, canonical=url, links=links)


def gone(request: Request, view: VersionView) -> HttpResponse:
    """Return the problem of a version whose text is withheld, as under its own address."""
    problem = documents.compose_gone(view).json
    detail = f"The text of version {view.publication.version} is withheld. `notice` says what readers are told."
    return problem_response(410, documents.encoded(problem | {"detail": detail, "instance": request.path}))
