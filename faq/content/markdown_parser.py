"""The Markdown parser: CommonMark with tables, citation marks and boxes, less what a text about health never wants.

Left out is all that takes signs away without making anything that such a text needs: quotations (`> 5 cm`), bullets made of `+`,
headings made by a line below them, code, definitions of links, titles of links, and emphasis inside words and between numbers
(`2*5 mg`). What looks like one of these stands on the page as it was typed, and readiness names it.

One parser serves all threads: it keeps no state between calls. What a rendering needs to know comes in `env`: `numbers` of the
sources by key, `language` of the text, `labels` in that language, else in English, which `english` then says as an attribute (WCAG 3.1.2),
and `seen`, a count of the marks so far.
"""

import re
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

from markdown_it import MarkdownIt, helpers
from markdown_it.common.utils import escapeHtml
from markdown_it.helpers.parse_link_title import _State as NoTitle
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock, list_block
from markdown_it.rules_inline import StateInline, autolink, image, link
from markdown_it.rules_inline.emphasis import tokenize as emphasis
from markdown_it.token import Token
from mdit_py_plugins.container import container_plugin

BOXES = ("worked-example", "pitfall", "sensitive")
# A mark is `[^key]`. At most 200 characters: a bracket that is opened and never closed must not be searched to the end of the text.
MARK = re.compile(r"\[\^\s*([^\[\]\s](?:[^\[\]\n]{0,198}[^\[\]\s])?)\s*\]")
BULLET = re.compile(r"(?:[-*]|1[.)])[ \t]+\S")
UNWANTED = ("blockquote", "code", "fence", "html_block", "lheading", "reference", "backticks", "html_inline")
"""CommonMark's rules that are off. Indented code is one: pasted text is often indented."""
# Whole addresses only: where a relative one leads depends on the page or the app that shows it.
# Of a telephone number everything is dialled, the (0) of +44 (0)20 too, so that it holds nothing but what is to be.
SAFE_LINK = re.compile(r"https?://[^\s/]|mailto:[^\s@]+@|tel:\+?[0-9]+(?:[.-][0-9]+)*(?:;ext=[0-9]+)?$", re.IGNORECASE)


def box_title(token: Token) -> str:
    """Return the title of the box that `token` opens, as typed; its words stand in `token.children`."""
    # What stands after `:::` is the name of the box and then its title.
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
    return token.content if token.type == "text" else ""


# The parser's own rules


def _citation_rule(state: StateInline, silent: bool) -> bool:
    mark = MARK.match(state.src, state.pos, state.posMax)
    if not mark:
        return False
    if not silent:  # markdown-it's sign that it only asks whether the rule would take this
        token = state.push("citation", "", 0)
        token.content = mark[0]
        token.meta = {"key": mark[1]}
    state.pos = mark.end()
    return True


def _emphasis_rule(state: StateInline, silent: bool) -> bool:
    """CommonMark's emphasis, but not inside words of letters with capitals, nor next to what a sum or a formula may go on with."""
    start = end = state.pos
    while not silent and end < state.posMax and state.src[end] == "*":
        end += 1
    before, after = state.src[start - 1 : start], state.src[end : end + 1]
    if end > start and (is_of_a_word(before) or before in tuple(")]}%°²³")) and (is_of_a_word(after) or after in tuple("({")):
        state.pending += state.src[start:end]
        state.pos = end
        return True
    return emphasis(state, silent)


def is_of_a_word(letter: str) -> bool:
    """Whether a word or number would go on with `letter`. Scripts without capitals, as Chinese, set no spaces between words."""
    return letter.isdigit() or letter.lower() != letter.upper()


def _recorded(rule: Callable[[StateInline, bool], bool]) -> Callable[[StateInline, bool], bool]:
    """Return the rule of a link or picture, which also notes in the token's `meta["address"]` what it takes from the text beside words."""

    def recording(state: StateInline, silent: bool) -> bool:
        start, known = state.pos, len(state.tokens)
        if not rule(state, silent):
            return False
        for token in state.tokens[known:] if not silent else ():
            if token.type in ("link_open", "image") and "address" not in token.meta:
                bracket = state.src.find("[", start, state.pos)
                closing = -1 if rule is autolink else state.md.helpers.parseLinkLabel(state, bracket, rule is link)
                token.meta["address"] = state.src[closing + 1 if closing >= 0 else start : state.pos]
                break
        return True

    return recording


def _list_rule(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """CommonMark's list, which may also be indented as a whole, as pasted ones are: where it begins is its margin. `+` is a sign."""
    if state.src.startswith("+", state.bMarks[start] + state.tShift[start]):
        return False
    margin = state.blkIndent
    if state.sCount[start] - margin >= 4:
        state.blkIndent = state.sCount[start]
    is_list = list_block(state, start, end, silent)
    state.blkIndent = margin
    return is_list


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
    attributes = (
        f'href="#source-{number}" id="mark-{number}-{env["seen"][key]}" aria-label="{env["labels"]["source"]} {number}"{env["english"]}'
    )
    return f'<sup class="citation">{comma}<a {attributes}>{number}</a></sup>'


def _show_image(self: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    return escapeHtml(inline_text(tokens[index].children or []))


def _id_of(token: Token) -> str:
    """The id that sections.py gives a block, as an attribute."""
    return f' id="{name}"' if (name := token.attrGet("id")) else ""


def _show_box(self: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    token = tokens[index]
    name = token.type.removeprefix("container_").removesuffix("_open").removesuffix("_close")
    if token.nesting == -1:
        return "</details>\n" if name == "sensitive" else "</section>\n"
    label, words = env["labels"][name], inline_text(token.children or [])
    shown = f'<span dir="ltr"{env["english"]}>{label}</span>' if env["english"] else label
    title = self.renderInline(token.children or [], options, env)
    # Figures that can be hard to read stay folded until somebody asks for them.
    if name == "sensitive":
        return f'<details class="sensitive"{_id_of(token)}><summary>{title or shown}</summary>\n'
    is_said = label.casefold() in words.casefold()
    heading = title if is_said else f"{shown}: {title}" if words else shown
    # The name of a section cannot say that half of it is in another language; its first line does.
    named = "" if env["english"] else f' aria-label="{escapeHtml(words if is_said else f"{label}: {words}".removesuffix(": "))}"'
    return f'<section class="{name}"{_id_of(token)}{named}><p class="container-title">{heading}</p>\n'


def _show_table(self: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    if tokens[index].nesting == -1:
        return "</table></div>\n"
    env["tables"] = env.get("tables", 0) + 1
    label = f"{env['labels']['table']} {env['tables']}"
    # A wide table scrolls by itself; without tabindex that is impossible from a keyboard (WCAG 2.1.1).
    own = f' lang="{escapeHtml(env["language"])}"' if env["english"] else ""
    block = f'{_id_of(tokens[index])} tabindex="0" role="region" aria-label="{label}"{env["english"]}'
    return f'<div class="table"{block}><table{own}>\n'


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
    parser.disable(UNWANTED)
    parser.helpers = SimpleNamespace(  # type: ignore[assignment]
        parseLinkLabel=helpers.parseLinkLabel, parseLinkDestination=helpers.parseLinkDestination, parseLinkTitle=lambda *_: NoTitle()
    )
    parser.inline.ruler.before("link", "citation", _citation_rule)
    parser.inline.ruler.at("emphasis", _emphasis_rule)
    for name, taking in (("link", link), ("image", image), ("autolink", autolink)):
        parser.inline.ruler.at(name, _recorded(taking))
    parser.block.ruler.at("paragraph", _paragraph_rule)
    parser.block.ruler.at("list", _list_rule, {"alt": ["paragraph", "reference", "blockquote"]})
    parser.validateLink = lambda url: SAFE_LINK.match(url) is not None  # type: ignore[method-assign]
    for name in BOXES:
        container_plugin(parser, name, render=_show_box)
    for kind in ("th", "td"):
        parser.add_render_rule(f"{kind}_open", _show_cell)
        parser.add_render_rule(f"{kind}_close", _show_cell)
    for rule, show in (("citation", _show_citation), ("image", _show_image)):
        parser.add_render_rule(rule, show)
    parser.add_render_rule("table_open", _show_table)
    parser.add_render_rule("table_close", _show_table)
    parser.parse("*warm*")  # the first use compiles the rules, which two threads must not do at once
    return parser


PARSER = _build()


# What no rule of markdown-it does


def finish(tokens: Sequence[Token]) -> None:
    """Read the titles of boxes as Markdown, and give items of lists the numbers that were typed where counting would not come to them."""
    lists: list[list[Token]] = []
    for token in tokens:
        if token.type.startswith("container_") and token.nesting == 1:
            token.children = PARSER.parseInline(box_title(token), {})[0].children
        elif token.type in ("ordered_list_open", "bullet_list_open"):
            lists.append([])
        elif token.type == "list_item_open":
            lists[-1].append(token)
        elif token.type == "ordered_list_close":
            number(lists.pop())
        elif token.type == "bullet_list_close":
            lists.pop()


def number(items: Sequence[Token]) -> None:
    """Tell numbers such as those of days ("1.", "8.", "22."), which HTML would count as 1, 2, 3. "1." on every item asks to be counted."""
    typed = [int(item.info) for item in items]
    if set(typed) == {1} or typed == list(range(typed[0], typed[0] + len(typed))):
        return
    for item, value in zip(items, typed, strict=True):
        item.attrSet("value", str(value))
