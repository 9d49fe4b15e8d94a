"""Which topics stand below one, and which a code belongs to.

Both are asked when a list is: the topics above one and its codes change without a Change of any entry. There are few of them.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from django.db.models import Q

from faq.models import Topic, TopicCode

SHORTEST_ICD: Final = 3
"""Signs of a category of the International Classification of Diseases (C50), below which every further sign is a finer code."""


def families(topics: Iterable[tuple[str, str | None]]) -> dict[str, set[str]]:
    """Return {topic: itself and all that stand below it}, from (topic, parent) pairs in which each topic stands at least once."""
    children: dict[str, set[str]] = {}
    for slug, parent in topics:
        children.setdefault(slug, set())
        if parent:
            children.setdefault(parent, set()).add(slug)
    return {slug: below(slug, children) for slug in children}


def below(slug: str, children: Mapping[str, set[str]]) -> set[str]:
    found, layer = {slug}, {slug}
    while layer:  # `found` also ends the walk where the rows hold a circle
        layer = {child for each in layer for child in children[each]} - found
        found |= layer
    return found


def all_families() -> dict[str, set[str]]:
    """Return the families of all topics, those of drafts too."""
    return families(Topic.objects.order_by().values_list("slug", "parents__slug"))


# Codes.


def topics_coded(codes: Iterable[tuple[str, str]]) -> set[str]:
    """Return the topics that have one of the `codes`, pairs of system and code, or one above it."""
    condition = Q(pk__in=[])
    for system, code in codes:
        condition |= Q(codes__system__iexact=system, codes__code__in=spellings(system, code))
    return set(Topic.objects.filter(condition).order_by().values_list("slug", flat=True))


def code_systems(topics: Collection[int]) -> list[str]:
    """Return the systems of the codes that `topics` have, which are named by their primary keys."""
    return sorted({system for system, topic in TopicCode.objects.order_by().values_list("system", "topic_id") if topic in topics})


def spellings(system: str, code: str) -> set[str]:
    """Return `code` and, in the classification of diseases, every code above it, each as people write it: C50.9, C509, C50, C50.-.

    Which code stands above which is told by the code itself there (ICD-10-CM Official Guidelines, I.A.2: categories, subcategories and
    codes are each a sign longer). Other systems have no such order that a code shows.
    """
    if not system.casefold().startswith("icd"):
        return {code, code.upper()}
    signs = code.upper().rstrip("-").replace(".", "")
    above = [signs[:length] for length in range(SHORTEST_ICD, len(signs) + 1)] or [signs]
    # Codes for causes in ICD-9 have their point a sign later: E880.9.
    pointed = [f"{each[:place]}.{each[place:]}" for each in above for place in (3, 4) if len(each) > place]
    return {f"{each}{end}" for each in (*above, *pointed) for end in ("", "-", ".-")}
