"""Parts of a document as readers meet them in any form: what they must know first, urgent advice by level, disclaimers by place."""

from collections.abc import Iterable
from itertools import groupby
from typing import Final, NamedTuple
from urllib.parse import parse_qs, urlsplit

from django.utils.translation import gettext

from faq.models import Publication, StandingText
from faq.public.entry_json import Json
from faq.public.labels import day, in_words

LEVELS: Final = [str(level) for level in StandingText.Level.values]


class Notice(NamedTuple):
    """What a reader must know before reading on; `title` may be empty."""

    title: str
    text: str


def notices(entry: Json, beside: Json) -> list[Notice]:
    """Return what stands before an entry beside its disclaimers: an old version, a warning, a late check, a source that moved."""
    first = [*demonstration(entry), *of_a_day(entry)]
    return first + (about_now(entry, beside) if entry["status"] == Publication.Status.CURRENT else about_the_end(entry))


def of_a_day(entry: Json) -> list[Notice]:
    """Return that an entry asked for with `as_of` may be another one today, which nothing but its own address tells."""
    return [
        Notice("", gettext("This is what stood here on %(date)s. It may have changed since.") % {"date": day(asked)})
        for asked in parse_qs(urlsplit(entry["links"]["self"]).query).get("as_of", [])
    ]


def about_now(entry: Json, beside: Json) -> list[Notice]:
    review = entry["review"]
    found = [Notice(beside["held_title"], review["held"]["notice"])] if review["held"] and review["held"]["notice"] else []
    if review["state"] == "overdue":
        late = gettext("It was to be checked again by %(date)s. Something in it may have changed since.")
        found.append(Notice(gettext("We are late checking this page"), late % {"date": day(review["next_review_due_on"])}))
    outcomes = sorted({alert["outcome"] for alert in review["alerts"]})
    found += [Notice("", text) for outcome in outcomes if (text := in_words(outcome, "alert"))]
    return found


def about_the_end(entry: Json) -> list[Notice]:
    """Return that a version was replaced, or that it was taken down and why."""
    date = {"date": day(entry["ended_at"])}
    if entry["status"] == Publication.Status.SUPERSEDED:
        replaced = gettext("It was replaced on %(date)s and may be wrong today.") % date
        return [Notice(gettext("This is an old version"), replaced)]
    down = gettext("We have not stood behind it since %(date)s. Please do not rely on it.") % date
    found = [Notice(gettext("This answer was taken down"), down)]
    ended = entry["ended"] or {"notice": "", "reason": ""}
    return found + [Notice("", text) for text in (ended["notice"], in_words(ended["reason"], "reason")) if text]


def demonstration(document: Json) -> list[Notice]:
    """Return that nobody may rely on a document of a demonstration, as every page of one says; nothing in a live library."""
    if document["library_status"] == "live":
        return []
    text = gettext("No clinician has checked what stands here. Please do not use it for decisions about your health.")
    return [Notice(gettext("This is a demonstration."), text)]


def by_level(cards: Iterable[Json]) -> list[tuple[str, list[Json]]]:
    """Return (level, cards), the most urgent level first, each level's cards in the order given."""
    ordered = sorted(cards, key=lambda card: LEVELS.index(card["level"]))
    return [(level, list(group)) for level, group in groupby(ordered, key=lambda card: card["level"])]


def placed(disclaimers: Iterable[Json], placement: str) -> list[Json]:
    return [text for text in disclaimers if text["placement"] == placement]


def gone_title(gone: Json, beside: Json) -> str:
    """Return what stands in the place of the question where an entry or version is gone."""
    if beside["is_erased"]:
        return gettext("The words of this version were removed")
    if gone["reason"] == "expired":
        return gettext("This answer is no longer shown")
    return gettext("This version is no longer shown") if is_numbered(gone) else gettext("This answer was taken down")


def is_numbered(gone: Json) -> bool:
    """Whether what is gone was asked for by its number."""
    return not gone["links"]["versions"].endswith(f"{gone['instance']}versions/")
