"""The change feed: everything that readers can notice, row by row in the order of the chain, so that an app's copy keeps in step.

A row is made of its Change alone, so it says the same whenever it is read. That holds for a topic's feed too: where an entry belongs is
judged by the State that each Change carries, and by today's tree of topics for what stands below the topic asked for.
"""

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Concat

from faq.content.state import load_state
from faq.models import Change, Publication, PublicationTopic, StandingText, Topic
from faq.public.caching import LibraryState
from faq.public.documents import compose_views
from faq.public.entries import annotation, numbered_versions
from faq.public.entry_json import Json, moment_json
from faq.public.topic_tree import families

Kind = Change.Kind
LEFT: Final = "left"
"""The kind of a row that only a topic's feed has: the entry belongs to the topic no more."""
CLIENT_ACTIONS: Final[Mapping[str, str]] = {
    **dict.fromkeys((Kind.PUBLISHED, Kind.REPUBLISHED, Kind.RESTORED), "replace"),
    **dict.fromkeys((Kind.REAFFIRMED, Kind.RECLASSIFIED, Kind.HELD, Kind.RELEASED), "annotate"),
    **dict.fromkeys((Kind.EVIDENCE_ALERT, Kind.EVIDENCE_CLEARED, Kind.STANDING_TEXT), "annotate"),
    **dict.fromkeys((Kind.WITHDRAWN, Kind.EXPIRED, Kind.ERASED, LEFT), "purge"),
}
"""By kind of row: what a client does with its copy of the entry."""
WINDOW: Final = 500
"""Changes that a page looks at, at most, however few of them pass its filters: so every page costs about the same."""
MOST_ENTRIES: Final = 100
"""Rows of a page that embeds entries, each of which is composed for it."""
PIECE: Final = 16
"""Hexadecimal digits of a Change's hash in a cursor."""
CURSOR: Final = re.compile(f"([1-9][0-9]{{0,17}})-([0-9a-f]{{{PIECE}}})")
COLUMNS: Final = ("sequence", "kind", "at", "slug", "version", "reason", "replacement", "state", "row_hash")


# Cursors.


class Cursor(NamedTuple):
    """A place in the feed, after the Change `sequence`; `piece` begins that row's hash, which no other history has."""

    sequence: int
    piece: str

    def __str__(self) -> str:
        return f"{self.sequence}-{self.piece}" if self.sequence else "0"


BEGINNING: Final = Cursor(0, "")


def cursor_after(change: Change) -> Cursor:
    return Cursor(change.sequence, change.row_hash[:PIECE])


def cursor_of(state: LibraryState) -> Cursor:
    """Return the place after the last Change that `state` knows: whatever is read later lacks none of those before."""
    return Cursor(int(state.last_sequence), state.change_head[:PIECE])


def read_cursor(text: str) -> Cursor:
    """Return the cursor that `text` is; raise ValueError where it is none."""
    if text == str(BEGINNING):
        return BEGINNING
    parts = CURSOR.fullmatch(text)
    if parts is None:
        raise ValueError(f"{text!r} is no cursor")
    return Cursor(int(parts[1]), parts[2])


def is_known(cursor: Cursor) -> bool:
    """Whether this library's history has come past the cursor. That of a restored backup, or of another library, has not."""
    return cursor == BEGINNING or Change.objects.filter(sequence=cursor.sequence, row_hash__startswith=cursor.piece).exists()


# Filters.


@dataclass(frozen=True)
class Filter:
    """Which entries a feed is about: in any of `languages`, and in any of `topics` (with all that stand below them). None: every one."""

    languages: Collection[str] = ()
    topics: Collection[str] = ()

    def kind_of(self, change: Change) -> str:
        """Return the kind of row that a Change is in this feed; an empty string where it is none."""
        if self.languages and language_of(change) not in self.languages:
            return ""
        if not self.topics or change.kind == Kind.STANDING_TEXT or self.has_topic(change.state):
            return change.kind
        return LEFT if self.has_topic(annotation(change, "state_before")) else ""

    def has_topic(self, state: str | None) -> bool:
        return state is not None and any(place.slug in self.topics for place in load_state(state).topics)


def language_of(change: Change) -> str:
    """Return the language of the entry or of the standing text that changed."""
    return str(text_json(change)["language"] if change.kind == Kind.STANDING_TEXT else annotation(change, "language"))


def known_languages() -> set[str]:
    """Return the languages that the feed ever told of: no entry comes into force before its language has standing texts."""
    return set(StandingText.objects.filter(approved_at__isnull=False).order_by().values_list("language", flat=True).distinct())


def topic_families(asked: Collection[str]) -> tuple[dict[str, set[str]], set[str]]:
    """Return the families of the topics `asked`, without those that no reader could know of, and all topics that readers may know.

    Known is what an entry is in, or was: a topic that its last entry has just left must still tell so.
    """
    here = Exists(PublicationTopic.objects.filter(topic=OuterRef("pk")))
    rows = list(Topic.objects.order_by().annotate(is_used=here).values_list("slug", "parents__slug", "is_used"))
    family = families((slug, parent) for slug, parent, _ in rows)
    used = {slug for slug, _, is_used in rows if is_used}
    known = {slug for slug, members in family.items() if members & used}
    unsure = [slug for slug in asked if slug in family and slug not in known]
    if unsure:
        told = topics_told({member for slug in unsure for member in family[slug]})
        known |= {slug for slug in unsure if family[slug] & told}
    return {slug: family[slug] for slug in asked if slug in known}, known


def topics_told(slugs: Collection[str]) -> set[str]:
    """Return those of `slugs` that any Change ever told of. It looks through them all, so it is asked of topics without entries alone."""
    place = Concat(Value('"slug":"'), OuterRef("slug"), Value('"}'))  # as the canonical JSON of a State has it, and no text within one
    told = Exists(Change.objects.filter(state__contains=place))
    return set(Topic.objects.filter(told, slug__in=slugs).order_by().values_list("slug", flat=True))


# Pages.


def read_page(since: Cursor, state: LibraryState, chosen: Filter, limit: int) -> tuple[list[tuple[Change, str]], Cursor]:
    """Return at most `limit` Changes after `since` with their kinds in the feed, and where they end. One query.

    None is newer than `state`. A filtered page may lack rows, or have none at all, and still not be the last.
    """
    is_whole = not chosen.languages and not chosen.topics
    found: list[tuple[Change, str]] = []
    end = since
    for change in changes_after(since, state, chosen)[: limit if is_whole else WINDOW]:
        end = cursor_after(change)
        if kind := chosen.kind_of(change):
            found.append((change, kind))
        if len(found) == limit:
            break
    return found, end


def changes_after(since: Cursor, state: LibraryState, chosen: Filter) -> QuerySet[Change]:
    """Return the Changes between the two, in order, with what `chosen` judges them by."""
    rows = Change.objects.filter(sequence__gt=since.sequence, sequence__lte=int(state.last_sequence)).only(*COLUMNS).order_by("sequence")
    if chosen.languages:
        rows = rows.annotate(language=Subquery(version_of_change().values("language")))
    if chosen.topics:
        before = Change.objects.filter(slug=OuterRef("slug"), sequence__lt=OuterRef("sequence")).order_by("-sequence")
        rows = rows.annotate(state_before=Subquery(before.values("state")[:1]))
    return rows


def version_of_change() -> QuerySet[Publication]:
    return Publication.objects.filter(slug=OuterRef("slug"), version=OuterRef("version")).order_by()


# Rows.


def row_json(change: Change, kind: str) -> Json:
    """Return one row. It names what changed and holds no word of it."""
    row: Json = {
        "kind": kind,
        "sequence": change.sequence,
        "slug": change.slug or None,
        "version": change.version,
        "at": moment_json(change.at),
        "reason": change.reason or None,
        "replacement": change.replacement or None,
        "client_action": CLIENT_ACTIONS[kind],
    }
    return row | ({"standing_text": text_json(change)} if kind == Kind.STANDING_TEXT else {})


def text_json(change: Change) -> Json:
    """Return which standing text changed: kind, key, language, number, and `event`, whether it `started` or `ended`."""
    text: Json = json.loads(change.state)
    return text


def embedded(changes: Collection[Change], now: datetime) -> dict[tuple[str, int], Json]:
    """Return {(slug, version): entry} as served under the version's own address, without what is withheld. Three queries."""
    wanted = {(change.slug, change.version) for change in changes if change.version}
    near = Q(slug__in={slug for slug, _ in wanted}, version__in={version for _, version in wanted})
    found = {(view.publication.slug, view.publication.version): view for view in numbered_versions(near, now) if not view.is_gone}
    views = {pair: view for pair, view in found.items() if pair in wanted}
    return {pair: composed.json for pair, composed in zip(views, compose_views(views.values()), strict=True)}
