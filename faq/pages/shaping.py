"""What the templates are given: an Entry, a Gone or a list, with parts put in the order a reader meets them."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language

from faq import payload
from faq.models import Publication, StandingText, Topic
from faq.pages.language import attributes, interface_for, name_of, path_in
from faq.pages.lists import PAGE_SIZE, Counts
from faq.pages.words import WORDS
from faq.representations.addresses import absolute
from faq.representations.assembly import Entry, Gone, Neighbour, Shown

LEVELS: Final = [str(level) for level in StandingText.Level.values]


class Cited(NamedTuple):
    """A source and how it stands: `current`, `superseded` or `retracted`."""

    source: payload.CitedSource
    state: str


class Fact(NamedTuple):
    """A key fact and the source it rests on, if it names one."""

    fact: payload.KeyFact
    source: payload.CitedSource | None


class Elsewhere(NamedTuple):
    """The same entry in another language."""

    language: str
    name: str
    path: str
    is_behind: bool


def by_level(cards: Iterable[StandingText]) -> list[tuple[str, list[StandingText]]]:
    """Return (level, cards), the most urgent level first, each level's cards in the order given."""
    ordered = sorted(cards, key=lambda card: LEVELS.index(card.level))
    return [(level, list(group)) for level, group in groupby(ordered, key=lambda card: card.level)]


def placed(texts: Iterable[StandingText], placement: str) -> list[StandingText]:
    """Return the disclaimers that stand before or after the answer."""
    return [text for text in texts if text.placement == placement]


def home_path(slug: str, language: str) -> str:
    """Return the path of an entry's page in its own interface language, else in the active one."""
    return path_in(reverse("pages:entry", args=[slug]), interface_for(language) or get_language() or settings.LANGUAGE_CODE)


def canonical(slug: str, language: str) -> str:
    """Return the address under which search engines keep an entry: in its own interface language, else in the default one."""
    return absolute(path_in(reverse("pages:entry", args=[slug]), interface_for(language) or settings.LANGUAGE_CODE))


def entry_context(entry: Entry) -> dict[str, Any]:
    """Return what the page of an entry or of one version shows."""
    publication, state, words = entry.shown.publication, entry.shown.state, entry.words
    cited = [Cited(each, state.source_states.get(each.key, "current")) for each in words.citations]
    sources = {each.key: each for each in words.citations}
    translations = [elsewhere(*pair) for pair in entry.translations]
    own = Elsewhere(publication.language, name_of(publication.language), home_path(publication.slug, publication.language), False)
    return {
        "shown": entry.shown,
        "publication": publication,
        "state": state,
        "words": words,
        "lang": attributes(publication.language),
        "stages": [stage(each) for each in words.applies_to],
        "is_current": entry.shown.status == Publication.Status.CURRENT,
        "disclosure": payload.DISCLOSURES[words.provenance.origin],
        "levels": by_level(entry.urgent_advice),
        "before": placed(entry.texts.disclaimers, StandingText.Placement.BEFORE),
        "after": placed(entry.texts.disclaimers, StandingText.Placement.AFTER),
        "held": entry.texts.notices.get(state.held.notice) if state.held else None,
        "alerts": sorted({alert.outcome for alert in state.alerts}),
        "numbered": [each for each in cited if each.source.number],
        "general": [each for each in cited if not each.source.number],
        "key_facts": [Fact(each, sources.get(each.source or "")) for each in words.key_facts],
        "related": [(each, home_path(each.slug, each.language)) for each in entry.related],
        "translations": translations,
        "here": next((each for each in translations if each.language == get_language()), None),
        "elsewhere": switches([own, *translations]),
        "canonical": canonical(publication.slug, publication.language),
        "alternates": alternates(entry) if translations else [],
    }


def stage(key: str) -> str:
    """Return a stage that the pages have plain words for as it is, any other with spaces between its words."""
    return key if key in WORDS["applies_to"] else key.replace("_", " ").replace("-", " ")


def elsewhere(neighbour: Neighbour, is_behind: bool) -> Elsewhere:
    """Return where a translation is found."""
    path = home_path(neighbour.slug, neighbour.language)
    return Elsewhere(neighbour.language, name_of(neighbour.language), path, is_behind)


def switches(places: Sequence[Elsewhere]) -> dict[str, str]:
    """Return {interface language: path} for the page's language switch: each leads to the entry in that language where there is one."""
    return {language: each.path for each in reversed(places) if (language := interface_for(each.language))}


def alternates(entry: Entry) -> list[tuple[str, str]]:
    """Return (language, address) of an entry and its translations, for search engines."""
    publication = entry.shown.publication
    pairs = [(publication.language, publication.slug), *((each.language, each.slug) for each, _ in entry.translations)]
    return [(language, canonical(slug, language)) for language, slug in pairs]


def gone_context(gone: Gone, shown: Shown) -> dict[str, Any]:
    """Return what stands in the place of an entry or version that is gone. Of withheld text it holds not one word."""
    publication, replacement = gone.publication, gone.replacement
    return {
        "gone": gone,
        "shown": shown,
        "lang": attributes(publication.language),
        "levels": by_level(gone.urgent_advice),
        "texts": gone.disclaimers,
        "question": "" if publication.is_withheld else publication.wording,
        "replacement_path": home_path(replacement.slug, replacement.language) if replacement else "",
    }


def versions_context(publications: Sequence[Publication]) -> dict[str, Any]:
    """Return what the list of an entry's versions shows, newest first."""
    newest = publications[0]
    return {
        "slug": newest.slug,
        "lang": attributes(newest.language),
        "question": "" if newest.is_withheld else newest.wording,
        "versions": [(each, None if each.is_withheld else payload.read(each.words)) for each in publications],
    }


def language_context(counts: Counts, language: str, path: str) -> dict[str, Any]:
    """Return how the list at `path` stands in `language`, and where the entries in other languages are listed."""
    return {
        "lang": attributes(language),
        "total": counts.in_language(language),
        "language_query": language_query(language),
        "others": [
            {"language": other, "name": name_of(other), "count": count, "path": list_path(path, other)}
            for other, count in counts.elsewhere(language)
        ],
    }


def list_path(path: str, language: str) -> str:
    """Return where the list at `path` shows the entries in `language`."""
    return path_in(path, interface_for(language) or get_language() or settings.LANGUAGE_CODE) + language_query(language)


def language_query(language: str) -> str:
    """Return the query that asks for entries in a language without an interface of its own; "" for the others."""
    return "" if interface_for(language) == language else "?" + urlencode({"language": language})


def turns(number: int, count: int, language: str) -> dict[str, Any]:
    """Return page `number`'s place in a list of `count` entries: how many pages, and the addresses of its neighbours."""
    pages = max(1, -(-count // PAGE_SIZE))
    own = {} if interface_for(language) == language else {"language": language}
    return {
        "number": number,
        "pages": pages,
        "previous": "?" + urlencode({**own, "page": number - 1}) if number > 1 else "",
        "next": "?" + urlencode({**own, "page": number + 1}) if number < pages else "",
    }


def best_name(topic: Topic, names: Mapping[str, Mapping[str, str]], language: str) -> tuple[str, str]:
    """Return the topic's name and its language: in `language`, else in any in which one is approved, else the slug's own words."""
    known = names.get(topic.slug, {})
    found = language if language in known else next(iter(known), "")
    return (known[found], found) if found else (topic.slug.replace("-", " "), "")
