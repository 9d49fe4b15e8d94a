"""The rendered body cut at its headings, for apps that show an answer part by part.

The HTML of the sections, joined, is that of the answer: nothing is lost and nothing said twice. Each section is whole HTML, for it is cut
only between blocks: a heading within a box or a list begins none. Its first element bears its id, the heading where there is one.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final, NamedTuple

from markdown_it.token import Token

from faq.content.markdown import environment, keys, parse, set_levels, to_html
from faq.content.markdown_parser import inline_text
from faq.content.words import CitedSource

LEAD: Final = "lead"
"""The id of what stands before the first heading, which has none: no other section can have it, for theirs begin with PREFIX."""
PREFIX: Final = "section-"
"""Keeps the ids of headings apart from all others of a page."""
UNNAMED: Final = "part"
"""In the place of a heading without a letter or figure."""
LONGEST: Final = 60
"""Characters of a heading that its id keeps."""
ACCENTS: Final = re.compile("[\u0300-\u036f]")


class Section(NamedTuple):
    """A stretch of the answer; `heading` is plain text, "" for the lead; `citations`: the numbers of its marks, in order of appearance."""

    id: str
    heading: str
    html: str
    citations: list[int]


def sections(body: str, citations: Sequence[CitedSource], *, language: str) -> list[Section]:
    """Return the sections of a Markdown `body`, none of an empty one; never raises. As `markdown.render`, but for the ids."""
    tokens = parse(body)
    set_levels(tokens, 2)
    env = environment(tokens, citations, language)
    taken = Counter[str]()
    return [section(part, env, taken) for part in parts(tokens)]


def parts(tokens: Sequence[Token]) -> list[Sequence[Token]]:
    """Return `tokens` cut before each heading that stands in no box and no list."""
    cuts = [place for place, token in enumerate(tokens) if begins_section(token)]
    bounds = sorted({0, *cuts, len(tokens)})
    return [tokens[start:end] for start, end in pairwise(bounds)]


def begins_section(token: Token) -> bool:
    return token.type == "heading_open" and token.level == 0


def section(part: Sequence[Token], env: dict[str, Any], taken: Counter[str]) -> Section:
    """Return the section of some tokens; `env` and `taken` go from each to the next, for marks, tables and ids are counted through."""
    heading = inline_text(part[1].children or []).strip() if begins_section(part[0]) else ""
    name = free(PREFIX + (id_of(heading) or UNNAMED), taken) if begins_section(part[0]) else LEAD
    part[0].attrSet("id", name)
    numbers = [env["numbers"][key] for key in keys(part) if key in env["numbers"]]
    return Section(name, heading, to_html(part, env), numbers)


def id_of(heading: str) -> str:
    """Return the words of a heading with hyphens between them: the same words have the same id in every version."""
    plain = unicodedata.normalize("NFC", ACCENTS.sub("", unicodedata.normalize("NFKD", heading)))
    return "-".join(re.findall(r"[^\W_]+", plain.casefold()))[:LONGEST].rstrip("-")


def free(name: str, taken: Counter[str]) -> str:
    """Return `name`, or with a number where another section has it."""
    taken[name] += 1
    return name if taken[name] == 1 else free(f"{name}-{taken[name]}", taken)
