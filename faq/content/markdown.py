"""Markdown to the HTML readers see: CommonMark with tables, numbered citations and three kinds of box.

Raw HTML, images and relative links are off. What markdown-it makes is cleaned once more by an allow-list (`sanitise`), so that
one broken half does not let anything through.
"""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

import nh3
from markdown_it.token import Token

from faq.content.markdown_parser import PARSER, finish, inline_text
from faq.content.words import CitedSource

# The first two labels stand before the author's title: colour alone does not say what kind of box it is (WCAG 1.4.1).
BOX_LABELS = {
    "en": {
        "source": "Source",
        "table": "Table",
        "worked-example": "Invented example",
        "pitfall": "Common pitfall",
        "sensitive": "Figures that can be hard to read",
    },
    "es": {
        "source": "Fuente",
        "table": "Tabla",
        "worked-example": "Ejemplo inventado",
        "pitfall": "Error frecuente",
        "sensitive": "Cifras que pueden ser difíciles de leer",
    },
}

SOURCE_ANCHOR = re.compile(r"#source-[0-9]+")
OWN_ID = re.compile(r"mark-[0-9]+-[0-9]+|lead|section(-[^\W_]+)+")
"""Of marks, and of sections (sections.py)."""

BLOCKS = {"p", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "hr", "div", "section", "details", "summary"}
TAGS = BLOCKS | {"table", "thead", "tbody", "tr", "th", "td"} | {"strong", "em", "a", "sup", "br", "span"}
# Without "*" the sanitiser would add `lang` and `title` of its own accord.
ATTRIBUTES = {
    "*": {"id"},
    "a": {"href", "aria-label", "lang"},
    "ol": {"start"},
    "li": {"value"},
    "div": {"aria-label", "lang"},
    "table": {"lang"},
    "section": {"aria-label"},
    "span": {"lang"},
}
ATTRIBUTE_VALUES = {"div": {"role": {"region"}, "tabindex": {"0"}}, "th": {"scope": {"col"}}, "span": {"dir": {"ltr"}}}
ALIGNED = {"align-left", "align-center", "align-right"}
CLASSES = {
    "sup": {"citation"},
    "section": {"worked-example", "pitfall"},
    "details": {"sensitive"},
    "p": {"container-title"},
    "div": {"table"},
    "th": ALIGNED,
    "td": ALIGNED,
}

CLEANER = nh3.Cleaner(
    tags=TAGS,
    attributes=ATTRIBUTES,
    tag_attribute_values=ATTRIBUTE_VALUES,
    allowed_classes=CLASSES,
    attribute_filter=lambda tag, name, value: value if name != "id" or OWN_ID.fullmatch(value) else None,
    url_schemes={"https", "http", "mailto", "tel"},
    url_relative=lambda url: url if SOURCE_ANCHOR.fullmatch(url) else None,
    # The address of a page names an illness: other sites do not learn it. Not `nofollow`: every link was reviewed.
    link_rel="noopener noreferrer",
)


def sanitise(html: str) -> str:
    """Return `html` with every tag, attribute, class and address outside the allow-list taken out."""
    return CLEANER.clean(storable(html))


def storable(text: str) -> str:
    """Return `text` with half surrogates, which UTF-8 cannot hold, as question marks."""
    return text.encode("utf-8", "replace").decode()


def render(body: str, citations: Sequence[CitedSource], *, language: str, heading_level: int = 2) -> str:
    """Return the sanitised HTML of a Markdown `body`; never raises.

    The shallowest heading of the body becomes `<h{heading_level}>` (2 to 6), the others keep their distance to it.
    A mark links to `#source-N`, which the page's list of sources must hold; a mark without a source is shown as `[?]`.
    """
    tokens = parse(body)
    set_levels(tokens, max(2, heading_level))
    return to_html(tokens, environment(tokens, citations, language))


def set_levels(tokens: Sequence[Token], first: int) -> None:
    """Give the headings the tags `h{first}` to `h6`."""
    for position, level in headings(tokens, first):
        tokens[position].tag = tokens[position + 2].tag = f"h{level}"


def environment(tokens: Sequence[Token], citations: Sequence[CitedSource], language: str) -> dict[str, Any]:
    """Return what one rendering of all `tokens` needs to know (markdown_parser), and what it counts as it goes."""
    is_spoken = base(language) in BOX_LABELS
    return {
        "numbers": _numbers(keys(tokens), citations),
        "labels": BOX_LABELS[base(language) if is_spoken else "en"],
        "seen": Counter[str](),
        "language": language,
        "english": "" if is_spoken else ' lang="en"',
    }


def to_html(tokens: Sequence[Token], env: dict[str, Any]) -> str:
    return sanitise(PARSER.renderer.render(tokens, PARSER.options, env))


def parse(body: str) -> list[Token]:
    """Return the block tokens of a Markdown `body`; marks are inline tokens of type `citation` with `meta["key"]`."""
    tokens = PARSER.parse(storable(body) + "\n", {})
    finish(tokens)
    return tokens


def base(language: str) -> str:
    """Return `es` for `es-MX`."""
    return language.split("-")[0]


def marks(body: str) -> list[str]:
    """Return the distinct keys of the citation marks in `body`, in order of first appearance."""
    return keys(parse(body))


def keys(tokens: Sequence[Token]) -> list[str]:
    return list(dict.fromkeys(child.meta["key"] for token in tokens for child in token.children or [] if child.type == "citation"))


def number_citations(body: str, citations: Sequence[CitedSource]) -> list[CitedSource]:
    """Return `citations` with `number` set from 1 in the order of their first marks, those first, None for unmarked ones."""
    known = {source.key for source in citations}
    numbers = {key: n for n, key in enumerate((key for key in marks(body) if key in known), start=1)}
    numbered = [source.model_copy(update={"number": numbers.get(source.key)}) for source in citations]
    return sorted(numbered, key=lambda source: source.number or len(numbered) + 1)


def plain_of_tokens(tokens: Sequence[Token], *, sensitive: bool = True) -> str:
    """Return the words of parsed `tokens` without marks and markup, a line per paragraph, entry of a list or row of a table.

    Titles of boxes are kept. With `sensitive=False` the boxes of that kind are left out, as in an excerpt.
    """
    lines: list[str] = []
    hidden = 0  # how many open boxes hide what is read: they may stand within each other
    in_row = False
    for token in tokens:
        hidden += token.nesting if token.type.startswith("container_sensitive") and not sensitive else 0
        text = "" if hidden else _block_text(token)
        if text and in_row:
            lines[-1] += f" | {text}" if lines[-1] else text
        elif text or token.type == "tr_open":
            lines.append(text)
        in_row = token.type == "tr_open" or (in_row and token.type != "tr_close")
    return "\n".join(line for line in lines if line)


def headings(tokens: Sequence[Token], first: int = 2) -> list[tuple[int, int]]:
    """Return the position of each opening heading token and the level at which it is shown, `first` to 6.

    Its words are the next token, its end the one after.
    """
    typed = [(position, int(token.tag[1])) for position, token in enumerate(tokens) if token.type == "heading_open"]
    shallowest = min((level for _, level in typed), default=1)
    return [(position, min(6, first + level - shallowest)) for position, level in typed]


def _block_text(token: Token) -> str:
    if token.type == "inline":
        return inline_text(token.children or []).strip()
    if token.type.startswith("container_") and token.nesting == 1:
        return inline_text(token.children or [])
    return ""


def _numbers(keys: Sequence[str], citations: Sequence[CitedSource]) -> dict[str, int]:
    """Return key to number: the stored numbers, or, where a marked source has none yet, those it will get."""
    known = {source.key: source.number for source in citations}
    marked = [key for key in keys if key in known]
    stored = {key: number for key in marked if (number := known[key]) is not None}
    return stored if len(stored) == len(marked) else {key: n for n, key in enumerate(marked, start=1)}
