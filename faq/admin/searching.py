"""The search of lists: what somebody types finds words whatever their case, accents and quotes, on both databases alike.

Words are kept as they were written, and nothing beside them: what is looked for becomes a pattern of all letters that content.folding
makes the same. So nothing has to be kept in step, nor blanked by an erasure.
"""

import re
from collections.abc import Sequence
from functools import cache
from typing import Final, TypeVar

from django.contrib import admin
from django.contrib.admin.utils import lookup_spawns_duplicates
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils.text import smart_split, unescape_string_literal

from faq.content.folding import searchable

M = TypeVar("M", bound=Model)
LETTERS: Final = (range(0x80, 0x2E80), range(0xFB00, 0xFB07), range(0xFF00, 0xFFF0))
"""Code points that may be forms of others: alphabets, joined letters, full-width ones. Other scripts fold to themselves."""
LONGEST: Final = 3
"""Letters for which one sign may stand."""
UNCOUNTED: Final = "[\u00ad\u0300-\u036f]"
BETWEEN: Final = f"{UNCOUNTED}*"
"""What may stand behind a letter and does not count: marks without a letter of their own, soft hyphens."""
SPACE: Final = rf"(?:\s|\\n)(?:\s|\\n|{UNCOUNTED})*"
"""White space, and a line end as the JSON of words writes it."""


@cache
def forms() -> dict[str, list[str]]:
    """Return {folded: the letters that fold to it}, but for small ASCII letters and signs, which are themselves."""
    found: dict[str, list[str]] = {}
    for code in [*range(0x41, 0x5B), *(code for codes in LETTERS for code in codes)]:
        letter = chr(code)
        folded = searchable(letter)
        if folded and folded != letter:
            found.setdefault(folded, []).append(letter)
    return found


def pattern_of(typed: str) -> str:
    """Return the pattern that finds what folds as `typed` does; of regular expressions it uses what both databases know."""
    folded = searchable(typed)
    return "".join(SPACE if letter == " " else one_of(folded, place) + BETWEEN for place, letter in enumerate(folded))


def one_of(folded: str, place: int) -> str:
    """Return the pattern of the letter at a place: in any of its forms, or joined with those after it, or with some before it, whose
    sign then stands already.
    """
    begins = joined(folded, place)
    covers = [sign for start in range(max(0, place - LONGEST + 1), place) for sign in joined(folded, start, place - start + 1)]
    letter = any_of([folded[place], *forms().get(folded[place], ()), *begins])
    return f"(?:{letter}|(?<={any_of(covers)}))" if covers else letter


def joined(folded: str, start: int, least: int = 2) -> list[str]:
    """Return the signs that stand for `least` letters or more from a place on, such as ﬁ for two and ﬃ for three."""
    return [sign for end in range(start + least, min(len(folded), start + LONGEST) + 1) for sign in forms().get(folded[start:end], ())]


def any_of(letters: Sequence[str]) -> str:
    """Return the pattern of one of some letters."""
    plain = "".join(letter for letter in letters if letter.isalnum())
    signs = [escaped(letter) for letter in letters if not letter.isalnum()]
    either = "|".join([*([f"[{plain}]"] if plain else []), *signs])
    return f"(?:{either})" if signs else either


def escaped(letter: str) -> str:
    """Return a letter as a pattern; before quotes and backslashes the JSON of words has a backslash more."""
    if letter in '"\\':
        return rf"\\?\{letter}"
    return f"\\{letter}" if letter.isascii() and not letter.isalnum() else letter


class FoldedSearch(admin.ModelAdmin[M]):
    """Lists whose search finds every word that is typed, in any of `search_fields`."""

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[M], search_term: str) -> tuple[QuerySet[M], bool]:
        fields = [str(name) for name in self.get_search_fields(request)]
        for typed in smart_split(search_term):
            bit = unescape_string_literal(typed) if re.fullmatch(r"""(["']).*\1""", typed, re.DOTALL) and len(typed) > 1 else typed
            if pattern := pattern_of(bit):
                found = Q()
                for name in fields:
                    found |= Q(**{f"{name}__regex": pattern})
                queryset = queryset.filter(found)
        doubles = bool(search_term) and any(lookup_spawns_duplicates(self.opts, f"{name}__regex") for name in fields)
        return queryset, doubles
