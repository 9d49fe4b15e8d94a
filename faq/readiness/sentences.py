"""The sentences of a text, and what stands around them: the ground on which the readiness rules work."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from markdown_it.token import Token

from faq.content.folding import word_set
from faq.content.letters import as_seen
from faq.content.markdown_parser import inline_text

STAND_IN = "\ue000"  # stands for a citation mark while a text is split; a letter of nobody's alphabet
SPACES = re.compile(r"\s+")
MARK_GAP = re.compile(rf"\s*{STAND_IN}")
# A full stop with what closes after it, and the marks that still belong to the sentence: `It is 12 in 100. [^a] Ask …`
END = re.compile(rf"""(?P<stop>[.!?…]+)[)\]"'»”’]*(?:\s?{STAND_IN})*(?=\s|$)""")
LAST_WORD = re.compile(r"""[^\s("'\[«“‘¿¡]+$""")
FIRST_WORD = re.compile(r"""[\s("'\[«“‘¿¡*]*(\w*)""")
INITIALISM = re.compile(r"(?:\w\.)+\w|EE", re.IGNORECASE)


# Abbreviations that no sentence ends with: a name, a number or an example follows.
NEVER_LAST = word_set(
    "dr drs dra dras mr mrs ms prof sr sra srta sres st sta vs e.g i.e ej p.ej approx aprox cf al ca dept gen col incl máx mín"
)
# Abbreviations only where a number follows: "see No. 5", but "He said no. Then he left."
BEFORE_NUMBER = word_set("no nos núm nº n.º n.o fig figs vol pág págs p pp art ext tel tfno cap ch sec eq ref")
# After these a single capital is no initial of a name, so the full stop behind it ends the sentence.
LETTERED = word_set("vitamin hepatitis influenza type group grade stage phase class part plan vitamina gripe tipo grupo grado fase clase")
# After "U.S." or "a.m." a capital letter alone does not show a new sentence; one of these words does.
OPENERS = word_set(
    "the this these those that it its in if a an you your they there for but and ask call some most many when after we he she "
    "el la los las un una en si es esto esta este estos estas se no hay pero y para por cuando después pregunte llame"
)


@dataclass(frozen=True)
class Sentence:
    """One sentence of the Words, without its marks.

    `keys` are those of the marks that vouch for it. `kind` is paragraph, entry (of a list), row (of a table) or heading.
    `block` counts paragraphs, whole lists and whole tables; a heading counts too, so neighbours are one apart.
    """

    text: str
    keys: frozenset[str] = frozenset()
    where: str = "body"
    kind: str = "paragraph"
    box: str = ""
    block: int = 0


def split(text: str) -> list[str]:
    """Return the sentences of a plain text, in order, with single spaces; a line end always ends one."""
    return [SPACES.sub(" ", part).strip() for line in text.split("\n") for part in _cut(line) if part.strip()]


def _cut(line: str) -> Iterator[str]:
    start = 0
    for end in END.finditer(line):
        if _ends(line, start, end):
            yield line[start : end.end()]
            start = end.end()
    yield line[start:]


def _ends(line: str, start: int, end: re.Match[str]) -> bool:
    following = FIRST_WORD.match(line, end.end())
    word_after = following[1] if following else ""
    if word_after[:1].islower():  # whatever the mark was, the sentence goes on: "(?) and", "… but"
        return False
    if end["stop"] != ".":
        return True
    before = LAST_WORD.search(line, max(start, end.start() - 30), end.start())
    return before is None or _ends_after(before[0], word_after, line[max(start, before.start() - 40) : before.start()].strip())


def _ends_after(word: str, word_after: str, earlier: str) -> bool:
    bare = word.lower()
    if bare in NEVER_LAST or (word.isdigit() and not earlier):
        return False
    if bare in BEFORE_NUMBER:
        return not word_after[:1].isdigit()
    if INITIALISM.fullmatch(word):
        return word_after.lower() in OPENERS
    if len(word) == 1 and word.isupper():  # "J. Smith", but "vitamin C. Ask …"
        return earlier.split(" ")[-1].lower() in LETTERED
    return True


@dataclass
class _Reader:
    """Walks the tokens once; what is open at a moment is kept here."""

    sentences: list[Sentence] = field(default_factory=list)
    boxes: list[str] = field(default_factory=list)
    lists: int = 0
    in_heading: bool = False
    in_header_row: bool = False
    row: list[Token] | None = None
    cover: list[frozenset[str]] = field(default_factory=list)
    block: int = 0

    def read(self, tokens: Sequence[Token]) -> list[Sentence]:
        for token in tokens:
            if token.type == "inline":
                self._inline(token)
            elif token.type.startswith("container_"):
                self._box(token)
            elif token.type in ("bullet_list_open", "ordered_list_open", "bullet_list_close", "ordered_list_close"):
                self._list(token)
            elif token.type in ("heading_open", "heading_close"):
                self.in_heading = token.nesting == 1
            elif token.type in ("table_open", "table_close", "thead_open", "thead_close", "tr_open", "tr_close"):
                self._table(token)
        return self.sentences

    def _inline(self, token: Token) -> None:
        if self.row is not None:
            self.row.append(token)
            return
        if not self.lists:
            self.block += 1
        kind = "heading" if self.in_heading else "entry" if self.lists else "paragraph"
        self._add([token], kind)

    def _add(self, cells: Sequence[Token], kind: str) -> None:
        # Marks become stand-ins while the text is cut, so that each part can be given the keys of the marks that fell to it.
        keys = [child.meta["key"] for cell in cells for child in cell.children or [] if child.type == "citation"]
        text = " | ".join(part for part in (_with_stand_ins(cell.children or []) for cell in cells) if part.strip())
        covered = frozenset().union(*self.cover)
        parts = [text.replace("\n", " ")] if kind == "row" else [part for line in text.split("\n") for part in _cut(line)]
        for part in parts:
            count = part.count(STAND_IN)
            own, keys = keys[:count], keys[count:]
            words = SPACES.sub(" ", MARK_GAP.sub("", part)).strip()
            if words:
                self.sentences.append(Sentence(words, covered | set(own), "body", kind, self.boxes[-1] if self.boxes else "", self.block))

    def _box(self, token: Token) -> None:
        if token.nesting == -1:
            self.boxes.pop()
            return
        self.boxes.append(token.type.removeprefix("container_").removesuffix("_open"))
        self.block += 1
        if token.children:
            self._add([token], "heading")

    def _list(self, token: Token) -> None:
        if token.nesting == -1:
            self.lists -= 1
            self.cover.pop()
            return
        self.block += not self.lists
        self.lists += 1
        self.cover.append(self._introduction())

    def _introduction(self) -> frozenset[str]:
        """Return the marks of a sentence that ends in a colon: it and the list or table after it are one statement."""
        last = self.sentences[-1] if self.sentences else None
        return last.keys if last and last.text.endswith(":") and last.kind != "heading" else frozenset()

    def _table(self, token: Token) -> None:
        if token.type == "table_open":
            self.block += not self.lists
            self.cover.append(self._introduction())
        elif token.type == "table_close":
            self.cover.pop()
        elif token.type == "thead_open":
            self.in_header_row = True
        elif token.type == "tr_open":
            self.row = []
        elif token.type == "tr_close":
            self._add(self.row or [], "row")
            self.row = None
            if self.in_header_row and self.sentences:  # a mark in the header row vouches for the whole table
                self.cover[-1] |= self.sentences[-1].keys if self.sentences[-1].kind == "row" else frozenset()
                self.in_header_row = False


def _with_stand_ins(children: Sequence[Token]) -> str:
    return "".join(STAND_IN if child.type == "citation" else as_seen(inline_text([child])).replace(STAND_IN, "") for child in children)


def body_sentences(tokens: Sequence[Token]) -> list[Sentence]:
    """Return the sentences of a parsed body (`markdown.parse`), in order. A row of a table is one sentence."""
    return _Reader().read(tokens)


def field_sentences(where: str, text: str) -> list[Sentence]:
    # A stand-in that somebody typed would be taken for a mark.
    return [Sentence(sentence, where=where) for sentence in split(as_seen(text).replace(STAND_IN, ""))]
