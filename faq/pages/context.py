"""What the templates are given: the document of an entry, as the API serves it, with its parts in the order a reader meets them."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language

from faq.content.words import read_words
from faq.models import Publication, StandingText, Topic
from faq.pages.language import interface_for, language_attributes_for, path_in
from faq.pages.lists import PAGE_SIZE, Counts
from faq.public.entry_json import Json
from faq.public.labels import stage
from faq.public.languages import local_name
from faq.public.links import absolute_url
from faq.public.parts import by_level, placed

MARK: Final = re.compile(r'<a [^>]*\bid="(?P<id>mark-(?P<number>[0-9]+)-[0-9]+)"')


class EntryElsewhere(NamedTuple):
    """The same entry in another language."""

    language: str
    name: str
    path: str
    is_behind: bool


class RelatedLink(NamedTuple):
    """Another entry, in its own language."""

    question: str
    language: str
    path: str


def home_path(slug: str, language: str) -> str:
    """Return the path of an entry's page in its own interface language, else in the active one."""
    return path_in(reverse("pages:entry", args=[slug]), interface_for(language) or get_language() or settings.LANGUAGE_CODE)


def canonical_url(slug: str, language: str) -> str:
    """Return the address under which search engines keep an entry: in its own interface language, else in the default one."""
    return absolute_url(path_in(reverse("pages:entry", args=[slug]), interface_for(language) or settings.LANGUAGE_CODE))


def entry_context(entry: Json, beside: Json, *, is_numbered: bool) -> dict[str, Any]:
    """Return what the page of an entry, or of one version asked for by its number, shows."""
    slug, language, citations = entry["slug"], entry["language"], entry["citations"]
    sources = {citation["key"]: citation for citation in citations}
    marks = marks_by_source(entry)
    translations = [elsewhere(other["slug"], other["language"], is_behind=other["behind"]) for other in entry["translations"]]
    own = elsewhere(slug, language, is_behind=False)
    return {
        "entry": entry,
        "is_numbered": is_numbered,
        "lang": language_attributes_for(language),
        "stages": [stage(key) for key in entry["applies_to"]],
        "is_current": entry["status"] == Publication.Status.CURRENT,
        "levels": by_level(entry["urgent_advice"]),
        "before": placed(entry["disclaimers"], StandingText.Placement.BEFORE),
        "after": placed(entry["disclaimers"], StandingText.Placement.AFTER),
        "approved_by": entry["review"]["approved_by"] or {"role": "", "name": ""},
        "alerts": sorted({alert["outcome"] for alert in entry["review"]["alerts"]}),
        "numbered": [(citation, marks[citation["key"]]) for citation in citations if citation["number"]],
        "general": [(citation, marks[citation["key"]]) for citation in citations if not citation["number"]],
        "key_facts": [(fact, sources.get(fact["source"] or "")) for fact in entry["key_facts"]],
        "held_title": beside["held_title"],
        "related": related(entry["related"], beside["related_languages"]),
        "translations": translations,
        "here": next((other for other in translations if other.language == get_language()), None),
        "elsewhere": switches([own, *translations]),
        "canonical": canonical_url(slug, language),
        "alternates": alternates(entry) if translations else [],
    }


def marks_by_source(entry: Json) -> dict[str, list[str]]:
    """Return {key: where its marks stand on the page}: those of the body, then the key facts that name it."""
    placed: dict[str, list[str]] = {citation["key"]: [] for citation in entry["citations"]}
    numbered = {str(citation["number"]): citation["key"] for citation in entry["citations"]}
    for mark in MARK.finditer(entry["answer"]["html"]):
        placed[numbered[mark["number"]]].append(mark["id"])
    for place, fact in enumerate(entry["key_facts"], start=1):
        placed.get(fact["source"] or "", []).append(f"fact-{place}")
    return placed


def related(others: Sequence[Json], languages: Sequence[str]) -> list[RelatedLink]:
    return [
        RelatedLink(other["question"], language, home_path(other["slug"], language))
        for other, language in zip(others, languages, strict=True)
    ]


def elsewhere(slug: str, language: str, *, is_behind: bool) -> EntryElsewhere:
    return EntryElsewhere(language, local_name(language), home_path(slug, language), is_behind)


def switches(places: Sequence[EntryElsewhere]) -> dict[str, str]:
    """Return {interface language: path} for the page's language switch: each leads to the entry in that language where there is one."""
    return {language: place.path for place in reversed(places) if (language := interface_for(place.language))}


def alternates(entry: Json) -> list[tuple[str, str]]:
    """Return (language, address) of an entry and its translations, for search engines."""
    return [(each["language"], canonical_url(each["slug"], each["language"])) for each in (entry, *entry["translations"])]


def gone_context(gone: Json, beside: Json, slug: str, *, is_numbered: bool) -> dict[str, Any]:
    """Return what stands in the place of an entry or version that is gone. Of withheld text it holds not one word."""
    return {
        "gone": gone,
        "beside": beside,
        "slug": slug,
        "is_numbered": is_numbered,
        "lang": language_attributes_for(gone["language"]),
        "levels": by_level(gone["urgent_advice"]),
        "replacement_path": home_path(gone["replacement"], beside["replacement_language"]) if gone["replacement"] else "",
    }


def versions_context(publications: Sequence[Publication]) -> dict[str, Any]:
    """Return what the list of an entry's versions shows, newest first."""
    newest = publications[0]
    return {
        "slug": newest.slug,
        "lang": language_attributes_for(newest.language),
        "question": "" if newest.is_withheld else newest.wording,
        "versions": [(each, None if each.is_withheld else read_words(each.words)) for each in publications],
    }


def language_context(counts: Counts, language: str, path: str) -> dict[str, Any]:
    """Return how the list at `path` stands in `language`, and where the entries in other languages are listed."""
    return {
        "lang": language_attributes_for(language),
        "total": counts.in_language(language),
        "language_query": language_query(language),
        "others": [
            {"language": other, "name": local_name(other), "count": count, "path": list_path(path, other)}
            for other, count in counts.elsewhere(language)
        ],
    }


def list_path(path: str, language: str) -> str:
    """Return where the list at `path` shows the entries in `language`."""
    return path_in(path, interface_for(language) or get_language() or settings.LANGUAGE_CODE) + language_query(language)


def language_query(language: str) -> str:
    """Return the query that asks for entries in a language without an interface of its own; "" for the others."""
    return "" if interface_for(language) == language else "?" + urlencode({"language": language})


def page_turns(number: int, count: int, language: str) -> dict[str, Any]:
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
