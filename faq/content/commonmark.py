"""Markdown for elsewhere, that any reader of CommonMark shows as our pages do: texts are escaped, a body is written anew.

A body is not passed on as it was typed, for our parser leaves out what takes signs away (markdown_parser.py): elsewhere `> 38 °C` would
lose its sign, `2*5 mg and 3*4 mg` their stars, a list of days its numbers. It is written from what our parser reads. A box becomes a
quotation that begins with its label; a mark becomes `[1]`, linked by reference to the definition `[1]: address` where there is one;
tables, which CommonMark lacks and GitHub's dialect has, stay tables.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import quote

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from faq.content.markdown import BOX_LABELS, base, headings, parse
from faq.content.markdown_parser import inline_text

ENTITY: Final = re.compile(r"&(?=#?[0-9A-Za-z]+;)")
ANYWHERE: Final = re.compile(r"[\\`*_\[\]<~|#]|&(?=[#0-9A-Za-z]|\Z)")
"""Signs that may be markup wherever they stand, whatever piece of text comes next."""
AT_START: Final = re.compile(
    r"^(?P<space>[ \t]*)(?:(?P<sign>[-+](?=[\s-]|$)|>|=(?==*[ \t]*$)|:(?=-))|(?P<number>[0-9]{1,9})(?P<dot>[.)])(?=\s|$))", re.MULTILINE
)
"""Signs that are markup at the start of a line alone: of a list, a quotation, a line below a heading or below a table's."""
EMPTY_LINES: Final = re.compile(r"\n(?:[^\S\n]*\n)+")
UNSAFE: Final = re.compile(r"[\s<>()\\`\"|]")
"""What would end or change the address of a link."""
MARKERS: Final = {"bullet_list": ("-", "+"), "ordered_list": (".", ")")}
RULES: Final = {"left": ":--", "center": ":-:", "right": "--:"}
READER: Final = MarkdownIt("commonmark").enable("table")
"""How others read: CommonMark with all its rules."""
READER.parse("*warm*")  # the first use compiles the rules, which two threads must not do at once


# Texts.


def escaped(text: str) -> str:
    """Return a plain text of one line, which may stand where a line begins."""
    return at_start(within(text.strip()))


def paragraphs(text: str) -> str:
    """Return a plain text as paragraphs: an empty line begins the next one, any other line end stays one."""
    return "\n\n".join("\\\n".join(escaped(line) for line in part.split("\n")) for part in EMPTY_LINES.split(text.strip()))


def within(text: str) -> str:
    """Return a piece of plain text, without its line ends."""
    return ANYWHERE.sub(r"\\\g<0>", re.sub(r"[\t-\r]", " ", text))


def at_start(text: str) -> str:
    """Return text whose signs are escaped but for those that are markup only where a line begins."""
    return AT_START.sub(lambda found: f"{found['space']}{found['number'] or ''}\\{found['sign'] or found['dot']}", text)


def link(text: str, address: str) -> str:
    """Return a link of Markdown text to an address; the text alone where there is none."""
    return f"[{text}]({safe(address)})" if address else text


def safe(address: str) -> str:
    return ENTITY.sub("&amp;", UNSAFE.sub(lambda sign: quote(sign[0], safe=""), address))


def definition(number: int, address: str) -> str:
    """Return what the marks of source `number` link to."""
    return f"[{number}]: {safe(address)}"


def mark(number: int, *, linked: bool) -> str:
    return rf"[\[{number}\]][{number}]" if linked else rf"\[{number}\]"


def bullet(*blocks: str) -> str:
    """Return blocks of Markdown as one item of a list; "" where none says anything."""
    text = "\n\n".join(filter(None, blocks))
    return "\n".join(indented("- ", text.split("\n"))) if text else ""


def quotation(*blocks: str) -> str:
    """Return blocks of Markdown as a quotation; "" where none says anything."""
    text = "\n\n".join(filter(None, blocks))
    return "\n".join(quoted(text.split("\n"))) if text else ""


def indented(marker: str, lines: Sequence[str]) -> list[str]:
    first, *rest = lines or [""]
    return [(marker + first).rstrip(), *(" " * len(marker) + line if line else "" for line in rest)]


def quoted(lines: Iterable[str]) -> list[str]:
    return [f"> {line}".rstrip() for line in lines]


# Bodies.


def body(markdown: str, numbers: Mapping[str, int], linked: Collection[int], *, language: str, heading_level: int) -> str:
    """Return a body whose shallowest heading is of `heading_level`; `linked` are the numbers of sources that have a `definition`."""
    tokens = parse(markdown)
    for position, level in headings(tokens, heading_level):
        tokens[position].tag = tokens[position + 2].tag = f"h{level}"
    labels = BOX_LABELS.get(base(language), BOX_LABELS["en"])
    return "\n".join(Body(numbers, linked, labels).blocks(SyntaxTreeNode(tokens).children))


@dataclass(frozen=True)
class Body:
    """What a body is written with: numbers of its sources by key, those that have an address, and the labels of boxes."""

    numbers: Mapping[str, int]
    linked: Collection[int]
    labels: Mapping[str, str]

    # Blocks: lists of lines.

    def blocks(self, nodes: Sequence[SyntaxTreeNode]) -> list[str]:
        """Return nodes one below the other, with an empty line between them."""
        found: list[list[str]] = []
        marker, kind_before = "", ""
        for node in nodes:
            if node.type in MARKERS:
                # Two lists in a row stay two by another marker.
                lines, marker = self.items(node, marker if kind_before == node.type else "")
            else:
                lines = self.block(node)
            found.append(lines)
            kind_before = node.type
        return "\n\n".join("\n".join(lines) for lines in found).split("\n") if found else []

    def block(self, node: SyntaxTreeNode) -> list[str]:
        if node.type == "heading":
            return [f"{'#' * int(node.tag[1])} {' '.join(self.inline(node).split())}".rstrip()]
        if node.type == "hr":
            return ["***"]
        if node.type == "table":
            return self.table(node)
        if node.type.startswith("container_"):
            return quoted([self.box_label(node), *(["", *inner] if (inner := self.blocks(node.children)) else [])])
        return self.inline(node).split("\n")

    def items(self, node: SyntaxTreeNode, marker_before: str) -> tuple[list[str], str]:
        """Return the lines of a list, and the last marker used.

        Items keep the numbers that our pages show: where counting would not come to one, another marker begins a new list.
        """
        marker, number = next_marker(node.type, marker_before), int(node.attrs.get("start", 1))
        lines: list[str] = []
        for item in node.children:
            typed = int(item.attrs.get("value", number))
            if lines and typed != number:
                marker = next_marker(node.type, marker)
                lines.append("")
            lead = f"{marker} " if node.type == "bullet_list" else f"{typed}{marker} "
            lines += indented(lead, self.blocks(item.children))
            number = typed + 1
        return lines, marker

    def table(self, node: SyntaxTreeNode) -> list[str]:
        rows = [row.children for part in node.children for row in part.children]
        head, *body = [f"| {' | '.join(self.inline(cell) for cell in row)} |" for row in rows]
        return [head, f"| {' | '.join(RULES.get(alignment(cell), '---') for cell in rows[0])} |", *body]

    def box_label(self, node: SyntaxTreeNode) -> str:
        """Return the first line of a box, as on our pages; figures that are folded there are announced by their label."""
        children = node.nester_tokens.opening.children if node.nester_tokens else None
        label, title = self.labels[node.type.removeprefix("container_")], self.spans(SyntaxTreeNode(children or []).children)
        if label.casefold() in inline_text(children or []).casefold():
            return title
        return f"**{label}:** {title}" if title else f"**{label}**"

    # Inline: text in one piece.

    def inline(self, node: SyntaxTreeNode) -> str:
        """Return the words of a block; stress is left out where others would read its signs as something else."""
        nodes = [child for part in node.children for child in part.children]
        while nodes and not inline_text(nodes[-1].to_tokens()).strip() and nodes[-1].type in ("text", "softbreak", "hardbreak"):
            nodes.pop()  # else a line break would stand at the end, which is none there but a sign
        return self.spans(nodes)

    def spans(self, nodes: Sequence[SyntaxTreeNode]) -> str:
        plain = at_start(self.written(nodes, stress=False))
        stressed = at_start(self.written(nodes, stress=True))
        return stressed if stressed == plain or self.read(stressed) == self.read(plain) else plain

    def written(self, nodes: Iterable[SyntaxTreeNode], *, stress: bool) -> str:
        text = ""
        for node in nodes:
            piece = self.span(node, stress=stress)
            if text.endswith("!") and piece.startswith("["):  # which would be a picture
                text = text[:-1] + r"\!"
            text += piece
        return text

    def span(self, node: SyntaxTreeNode, *, stress: bool) -> str:
        if node.type in ("softbreak", "hardbreak"):
            return "\n" if node.type == "softbreak" else "\\\n"
        if node.type == "citation":
            number = self.numbers.get(node.meta["key"])
            return mark(number, linked=number in self.linked) if number else r"\[?\]"
        if node.type == "link":  # which can hold no other, so marks within it are words alone
            return link(replace(self, linked=()).written(node.children, stress=stress), str(node.attrGet("href") or ""))
        if node.type in ("em", "strong"):
            inner = self.written(node.children, stress=stress)
            return f"{node.markup}{inner}{node.markup}" if stress else inner
        return within(inline_text(node.to_tokens()))

    def read(self, text: str) -> str:
        """Return the words that others read in it."""
        references = {str(number): {"href": "#", "title": ""} for number in self.linked}
        return inline_text(READER.parseInline(text, {"references": references})[0].children or [])


def next_marker(kind: str, before: str) -> str:
    one, other = MARKERS[kind]
    return other if before == one else one


def alignment(cell: SyntaxTreeNode) -> str:
    return str(cell.attrGet("style") or "").removeprefix("text-align:")
