"""Rules of readiness about Markdown: whatever somebody typed is seen by readers as it was meant, or a finding names the place."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final
from urllib.parse import urlsplit

from markdown_it.common.utils import unescapeAll
from markdown_it.token import Token

from faq.content.markdown import storable
from faq.content.markdown_parser import BOXES, inline_text
from faq.readiness import wording
from faq.readiness.reading import Found, Reading
from faq.readiness.sentences import Sentence

ADDRESS_AS_NAME: Final = re.compile(r"(?:https?://|(?<![\w.@-]))((?:[\w-]+\.)+[a-z]{2,})(?![\w@-])", re.IGNORECASE)
"""An address in the name of a link, and its host."""
BOX_LINE: Final = re.compile(r"\s*:{3,}\s*(?!:)(\S.*)")
MARK_SIGN: Final = "\ufffc"
"""Stands for a citation mark while a line is looked at."""
MARKUP: Final = frozenset("*_#-|:[]()\\&;!")
"""Signs that shape a text and may stand for themselves nowhere that they would be missed: bullets that could be one are asked about."""
AS_TYPED: Final = (
    ("a citation", r"\[[0-9]{1,4}(?:\s*[,–-]\s*[0-9]{1,4})*\]"),
    ("a link", r"!?\[[^\[\]\n]*\](?:\([^()\n]*\)?|\[[^\[\]\n]*\]?)|^\s*\[[^\]\n]+\]:\s"),
    ("a footnote", rf"^\s*{MARK_SIGN}:|\[\^"),
    ("bold or struck out", r"\*\*|(?<!\w)__(?=[^\W_])|(?<=[^\W_])__(?!\w)|~~|\+\+\w|==\w[^=\n]*=="),
    ("a raised or lowered sign", r"\^[^\s^]{1,20}\^|(?<!~)~[^\s~]{1,20}~(?!~)"),
    ("code", r"`|^\s*~{3,}"),
    ("a quotation", r"^\s*>\s*[^\s\d=>≥≤<]|\[![A-Za-z]+\]"),
    ("a heading or a line", r"^\s*(?:={2,}|-{2})\s*$|^\s*#{2,}[^\s#]|^\s*=+ .* =+\s*$|'''"),
    ("an entry of a list", r"^\s*\+\s+[^\W\d]|^\s*\[[ xX]\]\s"),
    ("a table", r"^\s*\|.*\|\s*$|^\s*\|?\s*:?-{3,}:?\s*\|"),
    (
        "markup of another program",
        r"\{[:#.%{]|[%}]\}|\$\$|\[\[|\]\]|^\s*(?:!!!|\?\?\?|\.\.)\s\w|\[/?(?:b|i|u|url|img|quote|list|size|color)[\]=]",
    ),
    ("a sign by its name", r"&(?:#[0-9]+|#[xX][0-9a-fA-F]+|[A-Za-z][A-Za-z0-9]{1,30});|&(?:nbsp|lt|gt|amp|le|ge)\b"),
)
"""What other programs, or a slip of the hand, would make something of, and a pattern for it: readers see it as it stands."""
PATTERNS: Final = tuple((what, re.compile(pattern, re.MULTILINE)) for what, pattern in AS_TYPED)
NUMBER: Final = re.compile(r"[0-9±~]")
DEGREES: Final = re.compile(r"[0-9][0-9.,]*\s*(?:°|º|degrees\b|grados\b|SD\b|DE\b)")


def unseen(reading: Reading) -> Iterator[Found]:
    """Letters and signs that stand in the text and on no page, such as cells beyond the heading of a table."""
    lines = storable(reading.words.body).split("\n")
    bare = set(range(len(lines)))
    for first, last, shown in shown_by_lines(reading.tokens):
        bare.difference_update(range(first, last))
        typed = "\n".join(lines[first:last])
        if visible(unescapeAll(typed)) - visible(shown):
            yield told_unseen(typed)
    for line in sorted(bare):
        if visible(lines[line]):
            yield told_unseen(lines[line])


def told_unseen(typed: str) -> Found:
    message = (
        "Readers would not see all of this. In a table give the heading as many cells as the row, or write \\| for a stroke in a cell."
    )
    return "text-unseen", message, "body", typed.strip()


def visible(text: str) -> Counter[str]:
    return Counter(sign for sign in text if not sign.isspace() and sign not in MARKUP)


def shown_by_lines(tokens: Sequence[Token]) -> Iterator[tuple[int, int, str]]:
    """Yield (first line, line after the last, what is made of it): the words shown, with marks, addresses and numbers."""
    numbers, row, cells = "", (0, 0), ""
    for token in tokens:
        first, last = token.map or (0, 0)
        if token.type == "list_item_open":
            numbers += f"{token.info}{token.markup} "
        elif token.type == "tr_open":
            row, cells = (first, last), ""
        elif token.type == "tr_close":
            yield *row, cells
        elif token.type == "inline" and row != (0, 0) and first == row[0]:
            cells += made_of(token.children or [])
        elif token.type == "inline":
            yield first, last, numbers + made_of(token.children or [])
            numbers = ""
        elif token.type.startswith("container_") and token.nesting == 1:
            yield first, first + 1, f"{token.info} {made_of(token.children or [])}"


def made_of(children: Sequence[Token]) -> str:
    """Return what inline tokens show, with the marks and addresses that were typed for them."""
    return "".join(
        child.content if child.type == "citation" else unescapeAll(child.meta.get("address", "")) + inline_text([child])
        for child in children
    )


def as_typed(reading: Reading) -> Iterator[Found]:
    """Markup that nothing is made of, in the body, and any markup in fields of plain text."""
    typed = [("body", line_text(token.children or [])) for token in reading.tokens if token.children]
    typed += [(sentence.where, sentence.text) for sentence in [*reading.fields, *other_voices(reading)]]
    for where, text in typed:
        for found, what in ((found, what) for what, pattern in PATTERNS for found in pattern.finditer(text)):
            sign = found[0].strip().replace(MARK_SIGN, "")
            message = f"“{sign}” looks like {what}, and readers see it as typed: {ADVICE[where == 'body']}"
            yield "markup-as-typed", message, where, line_around(found)


def line_around(found: re.Match[str]) -> str:
    """Return the line of the text in which `found` begins, without signs for marks."""
    text, start = found.string, found.start() + len(found[0]) - len(found[0].lstrip())
    return text[text.rfind("\n", 0, start) + 1 :].partition("\n")[0].replace(MARK_SIGN, "").strip()


ADVICE: Final = {
    True: "write it as FORMAT.md says, or in words. A link is [name](https://…), whole and without a title.",
    False: "this field is plain text.",
}


def line_text(children: Sequence[Token]) -> str:
    """Return the words of inline tokens by lines, as they were typed, with a sign for each citation mark."""
    signs = {"softbreak": "\n", "citation": MARK_SIGN}
    return "".join(signs.get(child.type) or inline_text([child]) for child in children)


def other_voices(reading: Reading) -> Iterator[Sentence]:
    """Yield the texts beside the body that do not speak for the library."""
    yield Sentence(reading.words.question, where="question")
    yield from (Sentence(text, where=f"phrasings.{n}") for n, text in enumerate(reading.words.phrasings))
    yield from (Sentence(quotation.text, where=f"quotations.{n}") for n, quotation in enumerate(reading.words.quotations))


def links(reading: Reading) -> Iterator[Found]:
    """Links that lead nowhere, or elsewhere than they seem to."""
    for name, address in reading.links:
        if not address:
            yield "link-broken", "This link leads nowhere: [name](https://…).", "body", name
        elif doubt := misleading(name, address):
            message = f"This link leads to {address}, {doubt}. Write the address that is meant, or say why this is it."
            yield "link-misleading", message, "body", name


def misleading(name: str, href: str) -> str:
    """Return why a reader might be led elsewhere than the link seems to lead, or an empty string."""
    try:
        parts = urlsplit(href)
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return "which is no address that browsers read alike"
    if "@" in parts.netloc:
        return "where what stands before the @ is no part of where it leads"
    if not host.isascii() or any(label.startswith("xn--") for label in host.split(".")):
        return "whose letters may look like others"
    told = ADDRESS_AS_NAME.search(name)
    if host and told and told[1].lower().removeprefix("www.") != host:
        return f"and is called {told[0].strip()}"
    return ""


def signs(reading: Reading) -> Iterator[Found]:
    """Bullets that may have been meant as a minus, a dash or the star of a note: those that readers no longer see as such."""
    has_star = any("*" in inline_text(token.children or []) for token in reading.tokens)
    for marker, items in bullet_lists(reading.tokens):
        alone = len(items) == 1
        for words in filter(None, items):
            if marker == "-" and (DEGREES.match(words) or (alone and NUMBER.match(words))):
                message = "The dash before this became a bullet. Write − for minus, “to” for a range, or waive this if it is a list."
                yield "sign-or-bullet", message, "body", words
            elif marker == "*" and alone and has_star:
                message = "The star before this became a bullet. Write \\* for the star of a note, or waive this if it is a list."
                yield "sign-or-bullet", message, "body", words


def bullet_lists(tokens: Sequence[Token]) -> Iterator[tuple[str, list[str]]]:
    """Yield (bullet, first words of each entry) of every list with bullets, inner ones first."""
    lists: list[list[str]] = []
    for token in tokens:
        if token.type in ("bullet_list_open", "ordered_list_open"):
            lists.append([])
        elif token.type == "list_item_open":
            lists[-1].append("")
        elif token.type == "inline" and lists and lists[-1] and not lists[-1][-1]:
            lists[-1][-1] = inline_text(token.children or []).strip()
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            items = lists.pop()
            if token.type == "bullet_list_close":
                yield token.markup, items


def not_shown(reading: Reading) -> Iterator[Found]:
    """Images and raw HTML, which readers do not see as meant."""
    for child in reading.inline:
        if child.type == "image":
            alternative = inline_text(child.children or [])
            yield (
                "image",
                f"Pictures are not shown, only their text: say in words what this one shows, and take it out: {child.meta['address']}",
                "body",
                alternative,
            )
    for sentence in reading.all:
        if tag := wording.raw_html(sentence.text):
            yield "raw-html", f"HTML is shown as typed: write “{tag}” as Markdown, or take it out.", sentence.where, sentence.text


def boxes(reading: Reading) -> Iterator[Found]:
    """Boxes with an unknown name, whose text stands open, and boxes never closed, which swallow the rest."""
    for sentence in reading.body:
        if BOX_LINE.match(sentence.text):
            yield (
                "box-broken",
                f"No box of this name: write ::: and one of {', '.join(BOXES)}, on a line of its own.",
                "body",
                sentence.text,
            )
    depth: list[Token] = []
    for token in reading.tokens:
        if token.type.startswith("container_") and token.nesting == 1:
            depth.append(token)
        elif token.type.startswith("container_"):
            opened = depth.pop()
            # The closing token carries the line that closed the box; where there was none, it carries a piece of some other line.
            if len(token.markup) < len(opened.markup) or token.markup.strip(":"):
                yield "box-broken", "Close this box with a line of its own that holds only :::", "body", f"{opened.markup}{opened.info}"


RULES = (unseen, as_typed, links, signs, not_shown, boxes)
