"""What changed between two renderings of an entry, marked in the newer one: words, cells, links, marks, and what was moved.

Rows of a table and other blocks are matched first, then the words of those that resemble each other. A block that stands elsewhere now
is shown there, compared with what it was, and a line says so where it stood: it is neither new nor gone.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from html import escape
from itertools import groupby
from typing import Final, Literal, NamedTuple

from django.utils.safestring import SafeString, mark_safe

from faq.content.diff import ALIKE, LARGEST_PRODUCT, WINDOW, alike
from faq.content.rendered import Block, Change, Node, Word, Writer

MOVED_ALIKE: Final = 0.7
"""The share of words by which a block is known again at another place: more than beside its old neighbours, where the place speaks too."""
MOVED_WORDS: Final = 4
"""Shorter blocks, such as “Yes.”, stand at several places of any text."""
TOLD: Final = 12
"""Words by which a line says what was moved from there."""
NAMES: Final = {"p": "a paragraph", "li": "an entry of a list", "td": "a cell", "th": "a heading of a table", "summary": "a title"}
WHOLES: Final = frozenset({"about", "entry", "body"})
"""Classes of what holds the parts of a text."""
KindOfStep = Literal["same", "changed", "added", "removed", "moved", "left"]

Unit = list[Block]
"""A block, or all cells of a row."""


@dataclass
class Step:
    """One unit of the marked text: `old` where there was one, `new` where there is one; of what `left`, `new` is where it went."""

    kind: KindOfStep
    old: Unit = field(default_factory=list)
    new: Unit = field(default_factory=list)

    @property
    def unit(self) -> Unit:
        return self.old if self.kind in ("removed", "left") else self.new


def units_of(blocks: Sequence[Block]) -> list[Unit]:
    """Return the blocks with the cells of a row together."""
    return [list(run) for _, run in groupby(blocks, key=lambda block: row_of(block) or block)]


def row_of(block: Block) -> Node | None:
    return next((node for node in block.path if node.tag == "tr"), None)


def key_of(unit: Unit) -> tuple[object, ...]:
    return tuple(block.key for block in unit)


def words_of(unit: Unit) -> list[tuple[object, ...]]:
    return [word.key for block in unit for word in block.words]


def count_of(unit: Unit) -> Counter[str]:
    return Counter(word.text for block in unit for word in block.words)


def compare(old: Sequence[Unit], new: Sequence[Unit]) -> list[Step]:
    """Return the units of both texts in the order of reading, each with what became of it."""
    steps: list[Step] = []
    if len(old) * len(new) > LARGEST_PRODUCT:
        return [*(Step("removed", unit) for unit in old), *(Step("added", new=unit) for unit in new)]
    matcher = SequenceMatcher(None, [key_of(unit) for unit in old], [key_of(unit) for unit in new], autojunk=False)
    for kind, i1, i2, j1, j2 in matcher.get_opcodes():
        if kind == "equal":
            steps += [Step("same", before, after) for before, after in zip(old[i1:i2], new[j1:j2], strict=True)]
        else:
            steps += match(old[i1:i2], new[j1:j2])
    find_moved(steps)
    return steps


def match(old: Sequence[Unit], new: Sequence[Unit]) -> list[Step]:
    """Pair units that resemble each other, in order; the others came or went whole."""
    steps: list[Step] = []
    counted = [count_of(unit) for unit in old]
    start = 0  # pairs do not cross, so what stands before the last pair is not looked at again
    came: list[Step] = []
    for unit in new:
        count = count_of(unit)
        near = range(start, min(len(old), start + WINDOW))
        best = max(near, key=lambda place: alike(counted[place], count), default=-1)
        if best < 0 or alike(counted[best], count) < ALIKE:
            came.append(Step("added", new=unit))
            continue
        steps += [*(Step("removed", gone) for gone in old[start:best]), *came, Step("changed", old[best], unit)]
        start, came = best + 1, []
    return [*steps, *(Step("removed", gone) for gone in old[start:]), *came]


def find_moved(steps: Sequence[Step]) -> None:
    """Make of what went here and came there, nearly the same, one unit that was moved; the most alike first."""
    gone = [step for step in steps if step.kind == "removed" and len(words_of(step.old)) >= MOVED_WORDS]
    came = [step for step in steps if step.kind == "added" and len(words_of(step.new)) >= MOVED_WORDS]
    if len(gone) * len(came) > LARGEST_PRODUCT // 100:
        return
    counted = {id(step): count_of(step.unit) for step in (*gone, *came)}
    pairs = [(alike(counted[id(a)], counted[id(b)]), n, m) for n, a in enumerate(gone) for m, b in enumerate(came)]
    for likeness, n, m in sorted(pairs, key=lambda pair: -pair[0]):
        if likeness < MOVED_ALIKE:
            break
        if gone[n].kind == "removed" and came[m].kind == "added":
            gone[n].kind, gone[n].new = "left", came[m].new
            came[m].kind, came[m].old = "moved", gone[n].old


def changed_words(old: Sequence[Word], new: Sequence[Word]) -> list[tuple[Change, Word]]:
    """Return the words of both blocks in the order of reading; of words that stayed those of the newer one."""
    if len(old) * len(new) > LARGEST_PRODUCT:
        return [*(("removed", word) for word in old), *(("added", word) for word in new)]
    matcher = SequenceMatcher(None, [word.key for word in old], [word.key for word in new], autojunk=False)
    words: list[tuple[Change, Word]] = []
    for kind, i1, i2, j1, j2 in matcher.get_opcodes():
        if kind == "equal":
            words += [("same", word) for word in new[j1:j2]]
        else:
            words += [("removed", word) for word in old[i1:i2]]
            words += [("added", word) for word in new[j1:j2]]
    return words


# The marked text


class Marked(NamedTuple):
    """A text with its changes marked. `html` is safe; `changes` counts them, and the first has the id `change-1`."""

    html: SafeString
    changes: int


def marked(old: Sequence[Block], new: Sequence[Block], beside: Callable[[Sequence[int]], str]) -> Marked:
    """Return the newer text with what changed marked in it, parts without a change named by their class `unchanged`.

    `beside` returns the HTML that stands after a part, given the numbers of the statements in it.
    """
    steps = compare(units_of(old), units_of(new))
    return Marking(steps, beside).write()


def unmarked(new: Sequence[Block], beside: Callable[[Sequence[int]], str]) -> Marked:
    """Return a text as it is, with what stands `beside` its parts."""
    return Marking([Step("same", unit, unit) for unit in units_of(new)], beside, folds=False).write()


class Marking:
    """Writes the steps of a comparison as HTML."""

    def __init__(self, steps: Sequence[Step], beside: Callable[[Sequence[int]], str], *, folds: bool = True) -> None:
        self.steps = steps
        self.counted = 0
        self.beside = beside
        self.homes = containers(steps)
        self.placed = [[self.placed_path(block) for block in step.unit] for step in steps]
        self.statements = statements_by_part(zip(steps, self.placed, strict=True))
        self.folded = unchanged_parts(steps, self.placed) if folds else {}
        self.writer = Writer(dict.fromkeys(self.folded, "unchanged"), self.before, self.after)
        self.last: Node | None = None

    def placed_path(self, block: Block) -> tuple[Node, ...]:
        """Return where a block is shown: what went stands within what is left of its containers."""
        return tuple(self.homes.get(node, node) for node in block.path)

    def before(self, node: Node) -> str:
        count = self.folded.get(node, 0)
        return f'<p class="folded">{count} unchanged {"part" if count == 1 else "parts"}</p>' if count else ""

    def after(self, node: Node) -> str:
        numbers = self.statements.pop(node, ())
        return self.beside(numbers) if numbers else ""

    def write(self) -> Marked:
        for step, paths in zip(self.steps, self.placed, strict=True):
            if step.kind != "same":
                self.counted += 1
            for path, html in self.blocks(step, paths):
                self.writer.add(path, html)
        self.writer.close()
        return Marked(mark_safe("".join(self.writer.parts)), self.counted)  # noqa: S308  (every text and attribute is escaped)

    def blocks(self, step: Step, paths: Sequence[tuple[Node, ...]]) -> Iterable[tuple[tuple[Node, ...], str]]:
        """Yield (path, HTML) of the blocks of a step."""
        anchor = f'<span id="change-{self.counted}" class="change"></span>' if step.kind != "same" else ""
        if step.kind == "left":
            told = " ".join(word.text for block in step.old for word in block.words[:TOLD])
            yield paths[0], f'{anchor}<em class="moved">[From here was moved: “{escape(told)} …”]</em>'
            return
        if step.kind in ("changed", "moved"):
            note = '<em class="moved">[Moved to here]</em> ' if step.kind == "moved" else ""
            for cell, (path, words) in enumerate(self.cells(step)):
                yield path, (anchor + note + form_note(step) if cell == 0 else "") + self.writer.words(words)
            return
        change: Change = "same" if step.kind == "same" else "added" if step.kind == "added" else "removed"
        for cell, (path, block) in enumerate(zip(paths, step.unit, strict=True)):
            html = self.writer.words([(change, word) for word in block.words])
            yield path, (anchor if cell == 0 else "") + html

    def cells(self, step: Step) -> Iterable[tuple[tuple[Node, ...], list[tuple[Change, Word]]]]:
        """Yield (path, words) of a pair's blocks, cell beside cell where both rows have as many, else matched by their words."""
        if len(step.old) == len(step.new):
            for before, after in zip(step.old, step.new, strict=True):
                yield after.path, changed_words(before.words, after.words)
            return
        for cell in compare([[block] for block in step.old], [[block] for block in step.new]):
            block = cell.unit[0]
            if cell.old and cell.new:
                yield block.path, changed_words(cell.old[0].words, cell.new[0].words)
            else:
                change: Change = "added" if cell.new else "removed"
                yield self.placed_path(block), [(change, word) for word in block.words]


def containers(steps: Sequence[Step]) -> dict[Node, Node]:
    """Return {element of the older text: the same of the newer one}, as the blocks say that stand in both."""
    homes: dict[Node, Node] = {}
    for step in steps:
        if step.kind not in ("same", "changed"):
            continue
        for before, after in zip(step.old, step.new, strict=False):
            for old, new in zip(before.path, after.path, strict=False):
                if old.tag != new.tag:
                    break
                homes.setdefault(old, new)
    return homes


def form_note(step: Step) -> str:
    """Return a note where the words stand in another form than before, such as a paragraph that was a heading."""
    old, new = step.old[0], step.new[0]
    if [node.looks[:2] for node in old.path] == [node.looks[:2] for node in new.path]:
        return ""
    was = NAMES.get(old.path[-1].tag, "a heading" if old.path[-1].tag[:1] == "h" else "")
    return f'<em class="moved">[Was {was or "shown in another form"}]</em> '


def part_of(path: Sequence[Node]) -> Node:
    """Return the element that is folded as a whole: a child of the text itself, of its body, or of what is told beside it."""
    return next((node for node in path if not WHOLES.intersection(node.attributes.get("class", "").split())), path[-1])


def statements_by_part(placed: Iterable[tuple[Step, Sequence[tuple[Node, ...]]]]) -> dict[Node, list[int]]:
    """Return {part: the numbers of the statements that begin in it}, in order."""
    seen: set[int] = set()
    parts: dict[Node, list[int]] = {}
    for step, paths in placed:
        for path, block in zip(paths, step.unit, strict=True):
            for word in block.words:
                if word.statement and word.statement not in seen:
                    seen.add(word.statement)
                    parts.setdefault(part_of(path), []).append(word.statement)
    return parts


def unchanged_parts(steps: Sequence[Step], placed: Sequence[Sequence[tuple[Node, ...]]]) -> Mapping[Node, int]:
    """Return {part without a change: how many follow in a row, for the first of them, else 0}; a heading stays with a changed part."""
    order: dict[Node, bool] = {}
    for step, paths in zip(steps, placed, strict=True):
        for path in paths:
            part = part_of(path)
            # The question stays in sight: it says what the words below it answer, and holds their headings together.
            order[part] = order.get(part, False) or step.kind != "same" or part.attributes.get("class") == "question"
    parts = list(order)
    for this, following in zip(reversed(parts[:-1]), reversed(parts[1:]), strict=True):
        if this.tag in ("h2", "h3", "h4", "h5", "h6") and order[following]:
            order[this] = True
    folded: dict[Node, int] = {}
    for is_changed, run in groupby(parts, key=lambda part: order[part]):
        row = list(run)
        if not is_changed:
            folded |= {part: 0 if n else len(row) for n, part in enumerate(row)}
    return folded
