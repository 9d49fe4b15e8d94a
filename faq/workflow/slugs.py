"""The address of a question for which nobody chose one: its own words, with a number where another question has them already."""

import itertools
import re
import unicodedata
from typing import Final

from faq.models import Question

LONGEST: Final = 80
"""Letters of the words that an address keeps; the column has room for a number behind them."""
UNSPELLED: Final = "question"
"""For a wording without a letter of an address, such as one in Chinese."""


def slug_of(wording: str) -> str:
    """Return the words of `wording` as an address has them: small plain letters and figures, hyphens between words."""
    plain = unicodedata.normalize("NFKD", re.sub(r"['’]", "", wording).casefold()).encode("ascii", "ignore").decode()
    kept = ""
    for word in re.findall(r"[a-z0-9]+", plain):
        if len(kept) + len(word) >= LONGEST:
            break
        kept += f"-{word}" if kept else word
    return kept or UNSPELLED


def free_slug(wording: str) -> str:
    """Return the address of a new question. Asked with the Ledger in hand, so that two who ask the same at once get two."""
    wanted = slug_of(wording)
    taken = set(Question.objects.filter(slug__startswith=wanted).values_list("slug", flat=True))
    numbered = (f"{wanted}-{number}" for number in itertools.count(2))
    return next(slug for slug in itertools.chain([wanted], numbered) if slug not in taken)
