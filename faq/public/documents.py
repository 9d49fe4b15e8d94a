"""Documents: what readers get of an entry is composed once, when it changes, and found by one query.

*Written* in the transaction that changes an entry, with the Ledger in hand: its own document, and those that name it, where its version,
its wording or its being in force changed. *Read* with a look at what it was composed from: standing texts, the moments between which it
holds, the release. A row that no longer holds is composed in memory on the spot; a GET writes nothing, and nobody is ever served
what does not hold. `workflow.publishing.compose_outdated` writes such rows anew, from time to time.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime
from typing import Final, NamedTuple

from django.db import connection
from django.db.models import Exists, Model, OuterRef, Q, Subquery
from django.urls import reverse

from faq.clock import next_review_change
from faq.models import Change, Document, DocumentLink, DocumentTerm, EntryVectors, Ledger, Publication
from faq.public import caching
from faq.public.caching import tag_of
from faq.public.entries import Entry, VersionView, build_entries, build_gone, detail_rows, original_of, view_now
from faq.public.entry_json import Json, beside_entry, beside_gone, entry_json, gone_json, links_json
from faq.public.errors import problem_json
from faq.public.listing import TopicNames, list_columns, terms_of, topic_names

FORM: Final = "json"
RELATIONS: Final = {
    "versions": "version-history",
    "latest": "latest-version",
    "previous": "predecessor-version",
    "next": "successor-version",
}
"""The links of an entry and the names that RFC 5829 has for them in a Link header."""
NOTICED_BY_OTHERS: Final = {
    Change.Kind.PUBLISHED,
    Change.Kind.REPUBLISHED,
    Change.Kind.RESTORED,
    Change.Kind.WITHDRAWN,
    Change.Kind.EXPIRED,
    Change.Kind.ERASED,
}
"""The Changes after which an entry has another version or wording, or is in force no more: others that name it say something else."""
COLUMNS: Final = [field.name for field in Document._meta.concrete_fields if not field.primary_key]
Row = tuple[str, ...]
ROWS: Final[dict[type[Model], Row]] = {DocumentLink: ("document_id", "slug"), DocumentTerm: ("document_id", "kind", "value")}
"""What stands in rows of their own beside a document."""
BATCH: Final = 100
"""Documents composed at once by `compose_outdated`: a tenth of a second under the Ledger's lock."""


# Any version, as an answer.


class Composed(NamedTuple):
    """A finished answer about one version: its HTTP status, its JSON, and what its page tells beside that."""

    status: int
    json: Json
    beside: Json


def compose_views(views: Collection[VersionView]) -> list[Composed]:
    """Return the answers for versions of one moment, in their order, in two queries for all that are not gone and two for each that is."""
    entries = iter(build_entries([view for view in views if not view.is_gone]))
    return [compose_gone(view) if view.is_gone else compose_entry(next(entries)) for view in views]


def compose_entry(entry: Entry) -> Composed:
    return Composed(200, entry_json(entry), beside_entry(entry))


def compose_gone(view: VersionView) -> Composed:
    """Return the problem details of a version that readers may not have."""
    gone, slug, number = build_gone(view), view.publication.slug, view.publication.version
    path = reverse("v1:version", args=[slug, number]) if view.is_numbered else reverse("v1:entry", args=[slug])
    detail = "This entry was taken down. `notice` says what readers are told."
    return Composed(410, problem_json(410, path, detail, **gone_json(gone)), beside_gone(gone))


def encoded(answer: Json) -> str:
    """Return JSON as it is served: nothing escaped that need not be, no white space."""
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":"))


def link_header(view: VersionView) -> str:
    """Return the Link header (RFC 8288) of a version."""
    links = links_json(view)
    return ", ".join(f'<{url}>; rel="{RELATIONS[name]}"' for name, url in links.items() if name in RELATIONS and url)


def changes_at(view: VersionView, now: datetime) -> datetime | None:
    """Return when time alone changes the answer: never once the version, or the moment asked for, has passed."""
    is_present = view.ended_at is None and not view.is_gone and view.at >= now
    return next_review_change(view.state.next_review_due_on, now) if is_present else None


# The present answer, composed and kept.


def newest_views(slugs: Collection[str], now: datetime) -> list[VersionView]:
    """Return the newest version of each of `slugs` that has one, in the order of their keys."""
    newest = Publication.objects.filter(slug=OuterRef("slug")).order_by("-version").values("pk")[:1]
    rows = detail_rows().filter(slug__in=slugs).filter(pk=Subquery(newest)).order_by("pk")
    return [view_now(publication, now) for publication in rows]


class Whole(NamedTuple):
    """An unsaved document, and what stands in rows of their own beside it."""

    document: Document
    rows: dict[type[Model], set[Row]]


def compose(slugs: Collection[str], now: datetime) -> list[Whole]:
    """Return the documents of `slugs` as they stand at `now`; there is none for a slug that never was an entry.

    In four queries, and two for each entry that is gone.
    """
    views = newest_views(slugs, now)
    names = topic_names(views, now)
    return [whole(view, composed, names, now) for view, composed in zip(views, compose_views(views), strict=True)]


def whole(view: VersionView, composed: Composed, names: TopicNames, now: datetime) -> Whole:
    body, beside = encoded(composed.json), encoded(composed.beside)
    entry = composed.json if composed.status == 200 else None
    slug = view.publication.slug
    document = Document(
        slug=slug,
        status=composed.status,
        body=body,
        beside=beside,
        tag=tag_of(FORM, body, beside),
        link_header=link_header(view) if entry else "",
        last_change=view.publication.last_change_id,
        standing_sequence=view.standing_sequence,
        release=caching.release(),
        composed_at=now,
        changes_at=changes_at(view, now),
        **list_columns(view, entry, names),
    )
    links: set[Row] = {(slug, name) for name in names_in(view)}
    terms: set[Row] = {(slug, *term) for term in terms_of(view, entry)}
    return Whole(document, {DocumentLink: links, DocumentTerm: terms})


def names_in(view: VersionView) -> set[str]:
    """Return the slugs of entries of which the document of `view` says something; of translations it is their original's."""
    ended = view.state.ended
    named = {original_of(view.publication), *view.state.related, ended.replacement if ended else ""}
    return named - {""}


def keep(slugs: Collection[str], now: datetime) -> int:
    """Compose and store the documents of `slugs`; return how many there are. The caller has the Ledger in hand.

    Without it two composers could store their documents in another order than they read what those are made of, and they would wait for
    publishers who wait for them.
    """
    composed = compose(slugs, now)
    Document.objects.bulk_create([each.document for each in composed], update_conflicts=True, unique_fields=["slug"], update_fields=COLUMNS)
    for model in ROWS:
        keep_rows(model, {row for each in composed for row in each.rows[model]}, rows_of(model, [each.document.slug for each in composed]))
    drop_vectors({each.document.slug: each.document.wordings_hash for each in composed})
    return len(composed)


def drop_vectors(wordings: Mapping[str, str]) -> None:
    """Delete the sentence vectors of entries (slug to the hash of their wordings) that were made of other wordings.

    They would not count any more. But words that were withdrawn or erased must not stay on in numbers that can be read back (Morris et al.
    2023), not for the minute until the clock makes new ones.
    """
    kept = EntryVectors.objects.filter(slug__in=wordings).values_list("slug", "made_of")
    if gone := [slug for slug, made_of in kept if made_of != wordings[slug]]:
        EntryVectors.objects.filter(slug__in=gone).delete()


def rows_of(model: type[Model], slugs: Collection[str]) -> dict[Row, int]:
    """Return {row: its key} of what is stored beside the documents `slugs`; a row begins with the document's slug."""
    rows = model._default_manager.filter(document__in=slugs).values_list("pk", *ROWS[model])
    return {tuple(row): key for key, *row in rows}


def keep_rows(model: type[Model], wanted: Collection[Row], here: Mapping[Row, int]) -> None:
    """Make the rows beside some documents those `wanted`; `here` are those that are stored."""
    gone = [key for row, key in here.items() if row not in wanted]
    if gone:
        model._default_manager.filter(pk__in=gone).delete()
    new = sorted(row for row in wanted if row not in here)
    model._default_manager.bulk_create(model(**dict(zip(ROWS[model], row, strict=True))) for row in new)


def keep_changed(changed: Mapping[str, Collection[Change.Kind]], now: datetime) -> None:
    """Compose the documents of the entries that have just `changed` (slug to kinds of Changes), and of those that name them."""
    if not changed:
        return
    noticed = [slug for slug, kinds in changed.items() if NOTICED_BY_OTHERS.intersection(kinds)]
    keep({*changed, *naming(noticed)}, now)


def naming(slugs: Collection[str]) -> set[str]:
    """Return the slugs of the documents that say something of the entries `slugs`, as related, as translation or as replacement."""
    if not slugs:
        return set()
    originals = Publication.objects.filter(slug__in=slugs).exclude(translation_of_slug="").values_list("translation_of_slug", flat=True)
    return set(DocumentLink.objects.filter(slug__in={*slugs, *originals}).values_list("document", flat=True))


def holding(now: datetime) -> Q:
    """Return the condition that a document still says what is so at `now`."""
    standing = Subquery(Ledger.objects.values("standing_sequence")[:1])
    return Q(release=caching.release(), standing_sequence=standing) & Q(composed_at__lte=now) & (Q(changes_at=None) | Q(changes_at__gt=now))


def outdated(now: datetime, *, everything: bool = False) -> Iterator[list[str]]:
    """Yield, BATCH by BATCH, the slugs whose document is missing or does not hold at `now`, or all slugs."""
    entries = Publication.objects.filter(version=1).order_by("slug")  # every entry has one
    if not everything:
        entries = entries.filter(~Exists(Document.objects.filter(holding(now), slug=OuterRef("slug"))))
    last = ""
    while batch := list(entries.filter(slug__gt=last).values_list("slug", flat=True)[:BATCH]):
        yield batch
        last = batch[-1]


def differing(slugs: Collection[str], now: datetime) -> Iterator[tuple[str, str]]:
    """Yield (slug, reason) where a stored document is missing, or is served and differs from what composing gives at `now`."""
    stored = Document.objects.in_bulk(slugs)
    served = set(Document.objects.filter(holding(now), slug__in=slugs).values_list("slug", flat=True))
    rows = {model: rows_of(model, slugs).keys() for model in ROWS}
    for fresh in compose(slugs, now):
        slug = fresh.document.slug
        if slug not in stored:
            yield slug, "is missing; run `manage.py compose`"
        elif slug in served and (wrong := difference(stored[slug], fresh, rows)):
            yield slug, f"has another {wrong} than composing gives; run `manage.py compose --all`"


def difference(kept: Document, fresh: Whole, rows: Mapping[type[Model], Collection[Row]]) -> str:
    """Return what of a document `kept`, beside which stand those of `rows` that begin with its slug, is not as in `fresh`; or ""."""
    columns = [name for name in COLUMNS if name != "composed_at" and getattr(kept, name) != getattr(fresh.document, name)]
    sets = [model for model in ROWS if {row for row in rows[model] if row[0] == kept.slug} != fresh.rows[model]]
    return next(iter([*columns, *(f"set of {model._meta.verbose_name}s" for model in sets)]), "")


# Found.


class Found(NamedTuple):
    """A document as it is served."""

    status: int
    body: str
    beside: str
    tag: str
    link_header: str
    changes_at: datetime | None


ROW: Final = (
    "SELECT d.status, d.body, d.beside, d.tag, d.link_header, d.changes_at,"
    " d.release = %s AND d.standing_sequence = l.standing_sequence"
    " AND d.composed_at <= %s AND (d.changes_at IS NULL OR d.changes_at > %s)"
    " FROM faq_document d, faq_ledger l WHERE d.slug = %s AND l.id = 1"
)
"""Written out, for Django takes longer to compile a query than the database to answer this one."""


def find(slug: str, now: datetime) -> Found | None:
    """Return what readers get under `slug` at `now`, in one query; None where there never was an entry."""
    moment = connection.ops.adapt_datetimefield_value(now)
    with connection.cursor() as cursor:
        cursor.execute(ROW, [caching.release(), moment, moment, slug])
        row = cursor.fetchone()
    if row:
        status, body, beside, tag, links, changes, holds = row
        if holds:
            return Found(status, body, beside, tag, links, as_moment(changes))
    return next((found_in(each.document) for each in compose([slug], now)), None)


def answer_about(view: VersionView, now: datetime) -> Found:
    """Return an old version, or how an entry stood, composed on demand as documents are."""
    [composed] = compose_views([view])
    body, beside = encoded(composed.json), encoded(composed.beside)
    return Found(composed.status, body, beside, tag_of(FORM, body, beside), link_header(view), changes_at(view, now))


def as_moment(value: datetime | None) -> datetime | None:
    """Return a moment of a raw query: SQLite's is in UTC without saying so."""
    return value.replace(tzinfo=UTC) if value and value.tzinfo is None else value


def found_in(document: Document) -> Found:
    return Found(document.status, document.body, document.beside, document.tag, document.link_header, document.changes_at)


def bodies(slugs: Collection[str], now: datetime) -> dict[str, str]:
    """Return {slug: JSON} of the listed entries `slugs`, in their order, each as it holds at `now`; none of one taken down meanwhile."""
    kept = Document.objects.filter(holding(now), slug__in=slugs).order_by().values_list("slug", "is_listed", "body")
    rows = {slug: body if is_listed else None for slug, is_listed, body in kept}
    lacking = [slug for slug in slugs if slug not in rows]
    rows |= {each.document.slug: each.document.body for each in compose(lacking, now) if each.document.is_listed} if lacking else {}
    return {slug: body for slug in slugs if (body := rows.get(slug)) is not None}
