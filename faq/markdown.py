"""Markdown to the HTML readers see: CommonMark with tables, numbered citations and three kinds of box.

Raw HTML, images and relative links are off. What markdown-it makes is cleaned once more by an allow-list (`sanitise`), so that
one broken half does not let anything through.
"""

import re
from collections import Counter
from collections.abc import Sequence

import nh3
from markdown_it.token import Token

from faq.markdown_parser import PARSER, box_title, inline_text
from faq.payload import CitedSource

# Raise it whenever the same Markdown could give other HTML: a rule here or in markdown_parser, a label, the allow-list, another
# release of markdown-it-py, mdit-py-plugins or nh3. Stored HTML made by an older renderer is then made again.
RENDERER_VERSION = "1"

# The first two labels stand before the author's title: colour alone does not say what kind of box it is (WCAG 1.4.1).
LABELS = {
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
MARK_ID = re.compile(r"mark-[0-9]+-[0-9]+")

BLOCKS = {"p", "h2", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol", "li", "pre", "hr", "div", "section", "details", "summary"}
TAGS = BLOCKS | {"table", "thead", "tbody", "tr", "th", "td"} | {"strong", "em", "code", "a", "sup", "br"}
# Without "*" the sanitiser would add `lang` and `title` of its own accord.
ATTRIBUTES = {"*": set[str](), "a": {"href", "id", "aria-label"}, "ol": {"start"}, "div": {"aria-label"}, "section": {"aria-label"}}
ATTRIBUTE_VALUES = {"div": {"role": {"region"}, "tabindex": {"0"}}, "th": {"scope": {"col"}}}
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
    attribute_filter=lambda tag, name, value: value if name != "id" or MARK_ID.fullmatch(value) else None,
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
    for position, level in headings(tokens, max(2, heading_level)):
        tokens[position].tag = tokens[position + 2].tag = f"h{level}"
    env = {"numbers": _numbers(keys(tokens), citations), "labels": labels(language), "seen": Counter[str]()}
    return sanitise(PARSER.renderer.render(tokens, PARSER.options, env))


def parse(body: str) -> list[Token]:
    """Return the block tokens of a Markdown `body`; marks are inline tokens of type `citation` with `meta["key"]`."""
    # The rule for boxes reads one letter past a last line that is empty inside a quotation; a line end stands there for it.
    return PARSER.parse(storable(body) + "\n", {})


def labels(language: str) -> dict[str, str]:
    """Return the words the renderer itself adds, in `language` (`es-MX` is read as `es`), else in English."""
    return LABELS.get(language.split("-")[0], LABELS["en"])


def marks(body: str) -> list[str]:
    """Return the distinct keys of the citation marks in `body`, in order of first appearance; marks in code are none."""
    return keys(parse(body))


def keys(tokens: Sequence[Token]) -> list[str]:
    """Return the distinct keys of the marks in parsed `tokens`, in order of first appearance."""
    return list(dict.fromkeys(child.meta["key"] for token in tokens for child in token.children or [] if child.type == "citation"))


def number_citations(body: str, citations: Sequence[CitedSource]) -> list[CitedSource]:
    """Return `citations` with `number` set from 1 in the order of their first marks, those first, None for unmarked ones."""
    known = {each.key for each in citations}
    numbers = {key: n for n, key in enumerate((key for key in marks(body) if key in known), start=1)}
    numbered = [each.model_copy(update={"number": numbers.get(each.key)}) for each in citations]
    return sorted(numbered, key=lambda each: each.number or len(numbered) + 1)


def plain_text(body: str, *, sensitive: bool = True) -> str:
    """Return the words of `body` without marks and markup, a line per paragraph, entry of a list or row of a table.

    Titles of boxes are kept. With `sensitive=False` the boxes of that kind are left out, as in excerpts and feeds.
    """
    return plain(parse(body), sensitive=sensitive)


def plain(tokens: Sequence[Token], *, sensitive: bool = True) -> str:
    """Return the plain text of parsed `tokens`; see `plain_text`."""
    lines: list[str] = []
    hidden = 0
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
    found = [(position, int(token.tag[1])) for position, token in enumerate(tokens) if token.type == "heading_open"]
    shallowest = min((level for _, level in found), default=1)
    return [(position, min(6, first + level - shallowest)) for position, level in found]


def _block_text(token: Token) -> str:
    if token.type == "inline":
        return inline_text(token.children or []).strip()
    if token.type.startswith("container_") and token.nesting == 1:
        return box_title(token)
    return token.content.strip() if token.type in ("fence", "code_block") else ""


def _numbers(keys: Sequence[str], citations: Sequence[CitedSource]) -> dict[str, int]:
    """Return key to number: the stored numbers, or, where a marked source has none yet, those it will get."""
    known = {each.key: each.number for each in citations}
    marked = [key for key in keys if key in known]
    stored = {key: number for key in marked if (number := known[key]) is not None}
    return stored if len(stored) == len(marked) else {key: n for n, key in enumerate(marked, start=1)}
