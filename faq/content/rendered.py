"""Rendered HTML as a reader goes through it: blocks of words, each within its containers, and back to HTML.

Two renderings are compared by these blocks (rendered_diff.py), never as strings: what readers see is words, not tags.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from itertools import groupby
from typing import Final, Literal

from faq.content.letters import as_seen

INLINE: Final = frozenset({"a", "strong", "em", "sup", "span", "bdi", "br", "q", "code", "cite", "small"})
"""Elements within a line of words; every other one holds blocks, or is one."""
CELLS: Final = frozenset({"td", "th"})
"""Blocks that stand in their table though they are empty."""

Change = Literal["same", "added", "removed"]


@dataclass(frozen=True, eq=False)
class Node:
    """One element; two are the same only if they are the same object, so that each entry of a list is one of its own."""

    tag: str
    attributes: Mapping[str, str]

    @property
    def looks(self) -> tuple[str, str, str]:
        """What a reader notices of it: the tag, its class, where it leads."""
        return self.tag, self.attributes.get("class", ""), self.attributes.get("href", "")


@dataclass(eq=False)
class Word:
    """Letters without white space. `gap`: there is white space before it. `inline`: the elements it stands in, the outermost first.

    `key`: what makes it the same word in another rendering. `statement`: the number of the statement it belongs to, 0 for none.
    """

    text: str
    gap: bool
    inline: tuple[Node, ...]
    key: tuple[object, ...]
    statement: int = 0

    @property
    def is_mark(self) -> bool:
        """Whether it is the number of a source."""
        return any(node.attributes.get("class") == "citation" for node in self.inline)


@dataclass(eq=False)
class Block:
    """Words in a row, and the elements around them, the outermost first; the last of these is the block's own."""

    path: tuple[Node, ...]
    words: list[Word] = field(default_factory=list)

    @property
    def looks(self) -> tuple[tuple[str, str, str], ...]:
        return tuple(node.looks for node in self.path)

    @property
    def key(self) -> tuple[object, ...]:
        return (self.looks, *(word.key for word in self.words))

    @property
    def text(self) -> str:
        return "".join((" " if word.gap else "") + word.text for word in self.words).strip()


class Reader(HTMLParser):
    """Takes rendered HTML apart. `sources`: {number of a source: its key}, for marks are told by what they lead to."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        super().__init__(convert_charrefs=True)
        self.sources = sources
        self.blocks: list[Block] = []
        self.path: list[Node] = []
        self.inline: list[Node] = []
        self.block: Block | None = None
        self.gap = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs})
        if tag == "br":
            self.add("", (*self.inline, node), ("br",))
        elif tag in INLINE:
            self.inline.append(node)
        elif tag == "hr":
            self.blocks.append(Block((*self.path, node)))
            self.block = None
        else:
            self.path.append(node)
            self.block = None

    def handle_endtag(self, tag: str) -> None:
        if tag in INLINE:
            if self.inline and tag != "br":
                self.inline.pop()
            return
        path = tuple(self.path)
        if tag in CELLS and not (self.blocks and self.blocks[-1].path[: len(path)] == path):
            self.blocks.append(Block(path))
        self.path.pop()
        self.block = None

    def handle_data(self, data: str) -> None:
        if not data.strip() and self.block is None:
            return
        for letters, is_space in self.pieces(data):
            if is_space:
                self.gap = True
            else:
                self.add(letters, tuple(self.inline), self.key_of(letters))

    @staticmethod
    def pieces(data: str) -> Iterator[tuple[str, bool]]:
        # A no-break space is no gap: "37.5 °C" is one word to whoever wrote it so.
        for is_space, run in groupby(data, key=lambda letter: letter in " \t\n\r\f"):
            yield "".join(run), is_space

    def key_of(self, letters: str) -> tuple[object, ...]:
        if any(node.attributes.get("class") == "citation" for node in self.inline):
            return ("source", self.sources.get(letters, letters))
        # Of elements such as bdi, which keep numbers in their direction, a reader sees nothing.
        return (letters, *(node.looks for node in self.inline if node.tag not in ("bdi", "span") or node.attributes.get("class")))

    def add(self, letters: str, inline: tuple[Node, ...], key: tuple[object, ...]) -> None:
        if self.block is None:
            self.block = Block(tuple(self.path))
            self.blocks.append(self.block)
            self.gap = False
        self.block.words.append(Word(letters, self.gap, inline, key))
        self.gap = False


FIELD: Final = "data-field"
"""The attribute of an element that says which field of the Words it shows."""


def mark_statements(blocks: Sequence[Block], stated: Sequence[tuple[str, str]]) -> set[int]:
    """Give the words of each (field, sentence) its number, from 1 in the order given; return the numbers of those that were found.

    Letters and digits alone are compared: what parts them (a cell's border, a mark, a label's colon) is not in the sentence.
    """
    found: set[int] = set()
    for name in dict.fromkeys(name for name, _ in stated):
        letters: list[tuple[str, Word]] = [
            (letter, word)
            for block in blocks
            if any(node.attributes.get(FIELD) == name for node in block.path)
            for word in block.words
            if not word.is_mark
            for letter in as_seen(word.text)
            if letter.isalnum()
        ]
        text, start = "".join(letter for letter, _ in letters), 0
        for number, (field_of, sentence) in enumerate(stated, start=1):
            wanted = "".join(letter for letter in as_seen(sentence) if letter.isalnum())
            if field_of != name or not wanted:
                continue
            place = text.find(wanted, start)
            place = place if place >= 0 else text.find(wanted)
            if place < 0:
                continue
            found.add(number)
            start = place + len(wanted)
            for _, word in letters[place:start]:
                word.statement = word.statement or number
    return found


def blocks_of(html: str, sources: Mapping[str, str]) -> list[Block]:
    """Return the blocks of well-formed `html` in the order of reading."""
    reader = Reader(sources)
    reader.feed(html)
    reader.close()
    return reader.blocks


# Back to HTML


@dataclass
class Writer:
    """Puts blocks together again: what two blocks in a row both stand in is opened once.

    `classes` {node: class that it is given besides}; `before` and `after` return HTML that stands before a node opens and after it closes.
    """

    classes: Mapping[Node, str] = field(default_factory=dict)
    before: Callable[[Node], str] = lambda node: ""
    after: Callable[[Node], str] = lambda node: ""
    parts: list[str] = field(default_factory=list)
    open: list[Node] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)

    def add(self, path: Sequence[Node], html: str) -> None:
        """Write a block: leave what it does not stand in, enter what it stands in, and put `html` there."""
        shared = 0
        while shared < min(len(path), len(self.open)) and self.open[shared] is path[shared]:
            shared += 1
        self.close(shared)
        for node in path[shared:]:
            self.parts += [self.before(node), self.tag(node, self.classes.get(node, ""))]
            if node.tag != "hr":
                self.open.append(node)
        self.parts.append(html)

    def close(self, depth: int = 0) -> None:
        while len(self.open) > depth:
            node = self.open.pop()
            self.parts += [f"</{node.tag}>", self.after(node)]

    def tag(self, node: Node, extra: str = "") -> str:
        """Return the opening tag; an id stands on a page once, though its element may be opened again."""
        attributes = dict(node.attributes)
        if extra:
            attributes["class"] = f"{attributes.get('class', '')} {extra}".strip()
        name = attributes.get("id", "")
        if name in self.ids:
            del attributes["id"]
        elif name:
            self.ids.add(name)
        return f"<{node.tag}" + "".join(f' {name}="{escape(value)}"' for name, value in attributes.items()) + ">"

    def words(self, words: Sequence[tuple[Change, Word]]) -> str:
        """Return words as HTML, those that came or went marked, and those of a statement in an element that a link can lead to."""
        html = ""
        for (change, statement, inline), run in groupby(words, key=lambda pair: (pair[0], pair[1].statement, pair[1].inline)):
            html += self.run(change, statement, inline, [word for _, word in run])
        return html

    def run(self, change: Change, statement: int, inline: Sequence[Node], words: Sequence[Word]) -> str:
        text = "".join((" " if word.gap and n else "") + escape(word.text, quote=False) for n, word in enumerate(words))
        nodes = [node for node in inline if node.tag != "br"]
        breaks = "<br>" if any(node.tag == "br" for node in inline) else ""
        inner = "".join(map(self.tag, nodes)) + text + breaks + "".join(f"</{node.tag}>" for node in reversed(nodes))
        if statement:
            inner = self.tag(Node("span", {"id": f"statement-{statement}", "class": "statement"})) + inner + "</span>"
        if change != "same":
            inner = f"<ins>{inner}</ins>" if change == "added" else f"<del>{inner}</del>"
        return (" " if words[0].gap else "") + inner
