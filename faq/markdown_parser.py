"""The Markdown parser: CommonMark with tables, citation marks and boxes, and how each of its tokens looks as HTML.

One parser serves all threads: it keeps no state between calls. What a rendering needs to know comes in `env`: `numbers` of the
sources by key, `labels` of the language, and `seen`, a count of the marks so far.
"""

import re
from collections.abc import Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock, list_block, reference
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.container import container_plugin

BOXES = ("worked-example", "pitfall", "sensitive")
MARK = re.compile(r"\[\^\s*([^\[\]\s](?:[^\[\]\n]{0,198}[^\[\]\s])?)\s*\]")
BULLET = re.compile(r"(?:[-*+]|1[.)])[ \t]+\S")
SAFE_LINK = re.compile(r"https?://[^\s/]|mailto:[^\s@]+@|tel:\+?[0-9]", re.IGNORECASE)


def box_title(token: Token) -> str:
    """Return the title an author gave to a box, from its opening token; "" if none."""
    return " ".join(token.info.split()[1:])


def inline_text(children: Sequence[Token]) -> str:
    """Return the words of inline tokens, without marks; the alternative text stands for an image."""
    return "".join(_inline_word(child) for child in children)


def _inline_word(token: Token) -> str:
    if token.type == "softbreak":
        return " "
    if token.type == "hardbreak":
        return "\n"
    if token.type == "image":
        return inline_text(token.children or [])
    return token.content if token.type in ("text", "code_inline") else ""


# The parser's own rules


def _citation_rule(state: StateInline, silent: bool) -> bool:
    found = MARK.match(state.src, state.pos, state.posMax)
    if not found:
        return False
    if not silent:
        token = state.push("citation", "", 0)
        token.content = found[0]
        token.meta = {"key": found[1]}
    state.pos = found.end()
    return True


def _reference_rule(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """CommonMark's link definitions, except `[^key]: …`, which would vanish from the page without a word."""
    return not state.src.startswith("[^", state.bMarks[start] + state.tShift[start]) and reference(state, start, end, silent)


def _list_rule(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """CommonMark's list, which may also be indented as a whole, as pasted ones are: where it begins is its margin."""
    margin = state.blkIndent
    if state.sCount[start] - margin >= 4:
        state.blkIndent = state.sCount[start]
    found = list_block(state, start, end, silent)
    state.blkIndent = margin
    return found


def _paragraph_rule(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """CommonMark's paragraph, but a list ends it also where it is indented so far that CommonMark would think of code."""
    ends = state.md.block.ruler.getRules("paragraph")
    before, state.parentType = state.parentType, "paragraph"
    line = start + 1
    while line < state.lineMax and not state.isEmpty(line):
        deep = state.sCount[line] - state.blkIndent > 3 and not BULLET.match(state.src, state.bMarks[line] + state.tShift[line])
        if not deep and state.sCount[line] >= 0 and any(rule(state, line, state.lineMax, True) for rule in ends):
            break
        line += 1
    opened = state.push("paragraph_open", "p", 1)
    opened.map = [start, line]
    inline = state.push("inline", "", 0)
    inline.content, inline.map, inline.children = state.getLines(start, line, state.blkIndent, False).strip(), [start, line], []
    state.push("paragraph_close", "p", -1)
    state.line, state.parentType = line, before
    return True


# What each token looks like; the signature is markdown-it's


def _show_citation(self: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    key = tokens[index].meta["key"]
    number = env["numbers"].get(key)
    if number is None:
        return "[?]"
    env["seen"][key] += 1
    # Two marks side by side would read as one number.
    comma = ", " if index and tokens[index - 1].type == "citation" else ""
    attributes = f'href="#source-{number}" id="mark-{number}-{env["seen"][key]}" aria-label="{env["labels"]["source"]} {number}"'
    return f'<sup class="citation">{comma}<a {attributes}>{number}</a></sup>'


def _show_image(self: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    return escapeHtml(inline_text(tokens[index].children or []))


def _show_code(self: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    return f"<pre><code>{escapeHtml(tokens[index].content)}</code></pre>\n"


def _show_box(self: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    token = tokens[index]
    name = token.type.removeprefix("container_").removesuffix("_open").removesuffix("_close")
    if token.nesting == -1:
        return "</details>\n" if name == "sensitive" else "</section>\n"
    title, label = box_title(token), env["labels"][name]
    if name == "sensitive":
        return f'<details class="sensitive"><summary>{escapeHtml(title or label)}</summary>\n'
    heading = escapeHtml(title if label.casefold() in title.casefold() else f"{label}: {title}".removesuffix(": "))
    return f'<section class="{name}" aria-label="{heading}"><p class="container-title">{heading}</p>\n'


def _show_table(self: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    if tokens[index].nesting == -1:
        return "</table></div>\n"
    env["tables"] = env.get("tables", 0) + 1
    label = f"{env['labels']['table']} {env['tables']}"
    # A wide table scrolls by itself; without tabindex that is impossible from a keyboard (WCAG 2.1.1).
    return f'<div class="table" tabindex="0" role="region" aria-label="{label}"><table>\n'


def _show_cell(self: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    token = tokens[index]
    empty = not tokens[index + token.nesting].content
    tag = "td" if empty else token.tag  # an empty heading cell is announced as a heading without a name
    if token.nesting == -1:
        return f"</{tag}>\n"
    scope = ' scope="col"' if tag == "th" else ""
    # The alignment comes as a style, which a strict Content-Security-Policy forbids.
    align = str(token.attrGet("style") or "").removeprefix("text-align:")
    return f"<{tag}{scope}" + (f' class="align-{align}">' if align else ">")


def _build() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "xhtmlOut": False}).enable("table")
    # Indented code is off: patients' pages hold no programs, and pasted text is often indented.
    parser.disable(["code", "html_block", "html_inline"])
    parser.inline.ruler.before("link", "citation", _citation_rule)
    parser.block.ruler.at("reference", _reference_rule)
    parser.block.ruler.at("paragraph", _paragraph_rule)
    parser.block.ruler.at("list", _list_rule, {"alt": ["paragraph", "reference", "blockquote"]})
    parser.validateLink = lambda url: SAFE_LINK.match(url) is not None  # type: ignore[method-assign]
    for name in BOXES:
        container_plugin(parser, name, render=_show_box)
    for kind in ("th", "td"):
        parser.add_render_rule(f"{kind}_open", _show_cell)
        parser.add_render_rule(f"{kind}_close", _show_cell)
    for rule, show in (("citation", _show_citation), ("image", _show_image), ("fence", _show_code)):
        parser.add_render_rule(rule, show)
    parser.add_render_rule("table_open", _show_table)
    parser.add_render_rule("table_close", _show_table)
    parser.parse("*warm*")  # the first use compiles the rules, which two threads must not do at once
    return parser


PARSER = _build()
