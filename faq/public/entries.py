"""One entry as readers meet it: a version, how it stood, the standing texts in force and its neighbours.

Every representation and every page starts here, so that none of them can leave out a disclaimer or show withheld text.
One query finds the version, two more make it whole (`build_entries`, `build_gone`), however many they are.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Final, NamedTuple

from django.db.models import Model, OuterRef, Q, Subquery

from faq.clock import review_state
from faq.content.state import Ended, State, load_state
from faq.content.words import Words, read_words
from faq.models import Change, Publication, StandingText
from faq.models.publications import PublicationQuerySet

ENDED: Final = (Publication.Status.WITHDRAWN, Publication.Status.EXPIRED)
Kind = StandingText.Kind


@dataclass(frozen=True)
class VersionView:
    """A version to be shown `now`, as it stood `then` (None: as it stands now).

    `is_numbered`: asked for by its number, so that it stays open after the entry was taken down.
    """

    publication: Publication
    state: State
    status: str
    now: datetime
    then: datetime | None = None
    is_numbered: bool = False

    @property
    def at(self) -> datetime:
        """The moment whose disclaimers, cards and notices count."""
        return self.then or self.now

    @property
    def is_gone(self) -> bool:
        """Whether readers are told why they cannot read it: its text is withheld, or the entry was taken down."""
        return self.publication.is_withheld or (self.status in ENDED and not self.is_numbered)

    @property
    def ended_at(self) -> datetime | None:
        """When this version stopped being current, as far as was known at the moment asked for."""
        return self.publication.ended_at if self.status != Publication.Status.CURRENT else None

    @property
    def review_state(self) -> str:
        """`current`, `due` or `overdue`; a version that ended keeps the state it ended with."""
        return review_state(self.state.next_review_due_on, self.ended_at or self.at)

    @property
    def standing_sequence(self) -> int:
        """The sequence of the last Change to any standing text when the row was read."""
        return int(annotation(self.publication, "standing_sequence"))

    @property
    def newest_version(self) -> int:
        """The number of the newest version of the same entry."""
        return int(annotation(self.publication, "newest_version"))


class RelatedEntry(NamedTuple):
    """What an entry says of another one."""

    slug: str
    version: int
    language: str
    wording: str
    translation_of_slug: str
    translation_of_version: int | None

    @property
    def original(self) -> str:
        """The slug of the entry that this one translates, or its own."""
        return self.translation_of_slug or self.slug


@dataclass(frozen=True)
class Texts:
    """The standing texts of one entry: disclaimers in the order they are read, advice cards and notices by key."""

    disclaimers: list[StandingText]
    cards: dict[str, StandingText]
    notices: dict[str, StandingText]


@dataclass(frozen=True)
class Entry:
    """A version with all that is shown beside it."""

    view: VersionView
    texts: Texts
    related: list[RelatedEntry]
    translations: list[tuple[RelatedEntry, bool]]
    """The same entry in other languages, and whether each was made from an older version than the original's."""

    @cached_property
    def words(self) -> Words:
        """The words of this version."""
        return read_words(self.view.publication.words)

    @property
    def urgent_advice(self) -> list[StandingText]:
        """The advice cards that the words name, in that order."""
        return [self.texts.cards[key] for key in self.words.advice_cards if key in self.texts.cards]


@dataclass(frozen=True)
class Gone:
    """Why a version cannot be read: the notice, when and for what reason, what replaces it, and the advice that stays."""

    publication: Publication
    ended: Ended
    notice: str
    replacement: RelatedEntry | None
    urgent_advice: list[StandingText]
    disclaimers: list[StandingText]


def annotation(row: Model, name: str) -> Any:
    """Return what a queryset added to the row under `name`."""
    return vars(row)[name]


# Which version.


def detail_rows() -> PublicationQuerySet:
    """Return the publications with their last Change and what a detail needs beside them."""
    return Publication.objects.select_related("last_change").with_standing_sequence().with_newest_version()


def view_now(publication: Publication, now: datetime) -> VersionView:
    """Return a row of `detail_rows` as it stands at `now`."""
    return VersionView(publication, load_state(publication.last_change.state), publication.status, now)


def version_as_of(slug: str, at: datetime, now: datetime) -> VersionView | None:
    """Return what readers met under `slug` at the moment `at`, withheld text judged now; None before the first publication.

    Of the present moment the present State tells, and not the moments of Changes: where a clock was wrong they may lie ahead.
    """
    if at >= now:
        newest = detail_rows().filter(slug=slug).order_by("-version").first()
        return view_now(newest, now) if newest else None
    publication = detail_rows().as_of(slug, at).first()
    if publication is None:
        return None
    state = load_state(annotation(publication, "state_then"))
    return VersionView(publication, state, state.status, now, then=at)


def numbered_version(slug: str, number: int, now: datetime) -> VersionView | None:
    """Return version `number` of `slug` with the last State it had itself, under the standing texts of `now`."""
    return next(iter(numbered_versions(Q(slug=slug, version=number), now)), None)


def numbered_versions(condition: Q, now: datetime) -> list[VersionView]:
    """Return the versions that `condition` names, each as `numbered_version` does, in one query."""
    own = Change.objects.filter(slug=OuterRef("slug"), version=OuterRef("version")).order_by("-sequence").values("state")[:1]
    rows = detail_rows().filter(condition).annotate(own_state=Subquery(own)).order_by("pk")
    return [VersionView(row, load_state(annotation(row, "own_state")), row.status, now, is_numbered=True) for row in rows]


# What is shown beside it.


def build_entries(views: Sequence[VersionView]) -> list[Entry]:
    """Return versions of one moment as Entries, in two queries for all."""
    if not views:
        return []
    notices = {told.notice for view in views for told in (view.state.held, view.state.ended) if told}
    texts_for = standing_texts({view.publication.language for view in views}, notices, views[0].at)
    near = related_entries(views, views[0].then)
    return [build_entry(view, texts_for(view.publication), near) for view in views]


def build_entry(view: VersionView, texts: Texts, near: dict[str, RelatedEntry]) -> Entry:
    """Return one Entry with its own of all the neighbours found."""
    slug, original = view.publication.slug, original_of(view.publication)
    group = sorted(each for each in near.values() if each.original == original and each.slug != slug)
    newest = near[original].version if original in near else 0
    translations = [(each, 0 < (each.translation_of_version or newest) < newest) for each in group]
    related = [near[key] for key in view.state.related if key in near and key != slug]
    return Entry(view, texts, related, sorted(translations, key=lambda pair: (pair[0].language, pair[0].slug)))


def original_of(publication: Publication) -> str:
    """Return the slug of the entry that this one translates, or its own."""
    return publication.translation_of_slug or publication.slug


def related_entries(views: Iterable[VersionView], then: datetime | None) -> dict[str, RelatedEntry]:
    """Return by slug the entries in force that `views` name as related or share an original with."""
    originals = {original_of(view.publication) for view in views}
    slugs = originals.union(*(view.state.related for view in views))
    named = Q(slug__in=slugs) | Q(translation_of_slug__in=originals)
    return {each.slug: each for each in visible_versions(named & in_force_at(then))}


def visible_versions(condition: Q) -> list[RelatedEntry]:
    """Return the versions that may be named to readers."""
    return [
        RelatedEntry(*row) for row in Publication.objects.filter(condition, is_withheld=False).order_by().values_list(*RelatedEntry._fields)
    ]


def in_force_at(then: datetime | None) -> Q:
    """Return the condition that a version was current at the moment `then`; None means now.

    A version is current exactly while it has no end (the constraint publication_ended_whole). Asking for the end, not the status,
    keeps SQLite from reading the index of all current entries for the sake of a few slugs.
    """
    if then is None:
        return Q(ended_at=None)
    return Q(published_at__lte=then) & (Q(ended_at=None) | Q(ended_at__gt=then))


# Standing texts.


def standing_texts(languages: Iterable[str], notices: Iterable[str], at: datetime) -> Callable[[Publication], Texts]:
    """Return a function that gives each version its Texts in force `at`, found in one query.

    A notice that has ended since it was put up still says why an entry is held or down.
    """
    in_force_then = Q(ends_at=None) | Q(ends_at__gt=at)
    wanted = Q(in_force_then, kind__in=[Kind.DISCLAIMER, Kind.ADVICE_CARD]) | Q(kind=Kind.NOTICE, key__in=notices)
    rows = StandingText.objects.filter(wanted, language__in=languages, starts_at__lte=at).order_by("number")
    texts = list(rows)
    return lambda publication: choose(texts, publication)


def choose(texts: Iterable[StandingText], publication: Publication) -> Texts:
    """Return the Texts for one version; of several with one key, the one most narrowly meant for it stands."""
    fitting = [
        text
        for text in texts
        if text.language == publication.language and text.audience in ("", publication.audience) and text.origin in ("", publication.origin)
    ]
    fitting.sort(key=lambda text: (bool(text.audience) + bool(text.origin), text.number))
    by_key: dict[str, dict[str, StandingText]] = {Kind.DISCLAIMER: {}, Kind.ADVICE_CARD: {}, Kind.NOTICE: {}}
    for text in fitting:
        by_key[text.kind][text.key] = text
    before = StandingText.Placement.BEFORE
    disclaimers = sorted(by_key[Kind.DISCLAIMER].values(), key=lambda text: (text.placement != before, not text.required, text.key))
    return Texts(disclaimers, by_key[Kind.ADVICE_CARD], by_key[Kind.NOTICE])


def notice_text(texts: Texts, key: str) -> str:
    """Return the text of the notice `key`, empty where there never was one."""
    return texts.notices[key].text if key in texts.notices else ""


# What is gone.


def build_gone(view: VersionView) -> Gone:
    """Return why the version cannot be read, in two queries. `view.is_gone` holds. Withheld text is judged, and spoken of, now."""
    publication, ended = view.publication, ending(view)
    at = view.now if publication.is_withheld else view.at
    texts = standing_texts([publication.language], [ended.notice], at)(publication)
    replacements = visible_versions(Q(slug=ended.replacement) & in_force_at(None)) if ended.replacement else []
    return Gone(
        publication=publication,
        ended=ended,
        notice=ended.notice_text or notice_text(texts, ended.notice),
        replacement=replacements[0] if replacements else None,
        urgent_advice=remaining_advice(publication, texts),
        disclaimers=texts.disclaimers,
    )


def ending(view: VersionView) -> Ended:
    """Return when and why the version went: as known at the moment asked for, or, where its text is withheld, as known now."""
    publication, change = view.publication, view.publication.last_change
    ended = load_state(change.state).ended if publication.is_withheld else view.state.ended
    if ended is None:  # the entry is in force in other words
        ended = Ended(at=change.at, reason=change.reason or "other", notice="withdrawn")
    return ended.model_copy(update={"notice": "erased", "notice_text": "", "reason": "legal"}) if publication.is_erased else ended


def remaining_advice(publication: Publication, texts: Texts) -> list[StandingText]:
    """Return the advice cards that the words named; where the words were erased, every card for an emergency."""
    if publication.words:
        keys = read_words(publication.words).advice_cards
        return [texts.cards[key] for key in keys if key in texts.cards]
    return [card for card in texts.cards.values() if card.level == StandingText.Level.EMERGENCY]
