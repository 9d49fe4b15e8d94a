"""Reading files that strangers wrote: UTF-8 only, no symbolic links, and YAML that can neither run code nor grow.

In YAML whatever is written is text, as it stands there, but for `null`: `0012`, `112`, `no` and `2026-01-02` change nothing about it. A
field that is a number or a truth value reads it so. Anchors and aliases, doubled names and deep nesting are refused.
"""

import gzip
import json
import os
import re
import stat
import zlib
from collections.abc import Hashable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final

import yaml

from faq.content.texts import HALF_SURROGATE, Unquoted, as_number, as_truth
from faq.interchange.cut_values import refuse_cut_values
from faq.interchange.errors import Place, RowErrors

LARGEST: Final = 20_000_000
"""Bytes in one text file. The longest answer has 100,000 characters (content/texts.py, Body), so this is a library's worth of topics."""
LONGEST_LINE: Final = 10_000_000
"""Bytes in one row: far above the longest answer (content/texts.py, Body), so that one is refused with a word about its length."""
DEEPEST: Final = 12
"""Levels of nesting in YAML; the format itself needs five."""
FRONT: Final = "---\n"

Row = dict[str, Any]


class YamlRefused(Exception):
    """YAML that is well formed but not used here; `line` counts from 0."""

    def __init__(self, reason: str, mark: Any) -> None:
        self.line: int = mark.line
        super().__init__(reason)


class Loader(yaml.CSafeLoader):
    """The safe loader without plain types but `null`, refusing doubled names."""

    # Empty, since add_implicit_resolver would else begin with a copy of YAML 1.1's types, to which `no` and `2026-01-02` are no text.
    yaml_implicit_resolvers: dict[str, Any] = {}

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """Raises YamlRefused for a name that stands twice, of which PyYAML keeps the last without a word, or is no plain text."""
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.tag != "tag:yaml.org,2002:str":
                raise YamlRefused("names must be plain text", key.start_mark)
            if key.value in seen:
                raise YamlRefused(f"{key.value} stands twice", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep=True)


def unquoted(loader: Loader, node: yaml.ScalarNode) -> str:
    """A number or a truth value to YAML 1.2, which is one here only where the field is."""
    return Unquoted(loader.construct_scalar(node))


Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:null|~|)$"), ["n", "~", ""])
Loader.add_implicit_resolver("!unquoted", re.compile(r"^(?:true|false|-?[0-9]+)$"), list("tf-0123456789"))
Loader.add_constructor("!unquoted", unquoted)


def file_label(path: Path, root: Path) -> str:
    """What messages call the file: its path within the folder `root`, or its name where it stands alone (`path` is `root`)."""
    return path.relative_to(root).as_posix() if path != root and path.is_relative_to(root) else path.name


def check_plain(path: Path, place: Place) -> None:
    """Raise RowErrors unless `path` is a regular file: a link could lead to any file of the server, and a pipe has no end."""
    try:
        status = os.lstat(path)
    except (OSError, ValueError) as error:  # ValueError: a name that no file system takes, such as one with a NUL
        raise RowErrors([place.error("file", getattr(error, "strerror", None) or str(error))]) from error
    if stat.S_ISLNK(status.st_mode):
        raise RowErrors([place.error("file", "is a symbolic link; put the file itself here")])
    if not stat.S_ISREG(status.st_mode):
        raise RowErrors([place.error("file", "is no regular file")])


def read_text(path: Path, root: Path) -> str:
    place = Place(file_label(path, root))
    check_plain(path, place)
    if path.stat().st_size > LARGEST:
        raise RowErrors([place.error("file", f"is larger than {LARGEST // 1_000_000} MB; split it, or use JSON Lines")])
    return decoded(path.read_bytes(), place)


def decoded(raw: bytes, place: Place) -> str:
    """Line ends become those of Unix. Raises RowErrors, at the line, where `raw` is not UTF-8 or holds a NUL."""
    try:
        # “sig” passes over a byte order mark, with which some editors on Windows begin a file.
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n")
        raise RowErrors([Place(place.file, place.line + line).error("file", "is not UTF-8; save it again as UTF-8")]) from error
    if "\x00" in text:
        line = text[: text.index("\x00")].count("\n")
        reason = "contains a NUL character; save it again as UTF-8, not UTF-16, or remove it"
        raise RowErrors([Place(place.file, place.line + line).error("file", reason)])
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_yaml(text: str, place: Place) -> tuple[Any, dict[str, int]]:
    """Return the value of a YAML document and the line of each of its top-level names; in a list the rows are called "0", "1", ….

    Lines count on from `place.line`. Raises RowErrors for broken YAML, several documents, anchors, aliases and deep nesting.
    """
    try:
        refuse_growth(text)
        loader = Loader(text)
        node = loader.get_single_node()
        refuse_cut_values(node, text, place)
        return (loader.construct_document(node) if node else None), line_numbers(node, place.line)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        reason, line = str(getattr(error, "problem", None) or error), mark.line if mark else 0
    except YamlRefused as error:
        reason, line = str(error), error.line
    raise RowErrors([Place(place.file, place.line + line).error("file", f"broken YAML: {reason}")])


def refuse_growth(text: str) -> None:
    """Raise YamlRefused for anchors and aliases, with which a few lines become gigabytes, and for nesting that exhausts the stack."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise YamlRefused("anchors and aliases (& and *) are not used here", event.start_mark)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise YamlRefused(f"nested deeper than {DEEPEST} levels", event.start_mark)


def line_numbers(node: Any, first: int) -> dict[str, int]:
    if isinstance(node, yaml.MappingNode):
        return {key.value: first + key.start_mark.line for key, _ in node.value}
    rows = node.value if isinstance(node, yaml.SequenceNode) else []
    return {str(number): first + row.start_mark.line for number, row in enumerate(rows)}


def check_storable(row: Row, place: Place) -> None:
    """Raise RowErrors for NUL characters and halves of surrogate pairs, which escapes such as \\u0000 can hide in any field."""
    for name, value in row.items():
        text = json.dumps(value, ensure_ascii=False)
        # JSON writes a NUL as an escape; a backslash of the text's own is doubled, so a text about \u0000 is no NUL.
        if "\\u0000" in text.replace("\\\\", ""):
            raise RowErrors([place.error(name, "contains a NUL character; remove it")])
        if HALF_SURROGATE.search(text):
            raise RowErrors([place.error(name, "contains half of a surrogate pair; save the text as UTF-8 again")])


def read_rows(path: Path, root: Path) -> list[tuple[Row, Place]]:
    place = Place(file_label(path, root))
    value, lines = read_yaml(read_text(path, root), place)
    if not isinstance(value, list):
        raise RowErrors([place.error("file", "must be a list of rows, each beginning with “- ”")])
    places = [Place(place.file, lines[str(number)]) for number in range(len(value))]
    wrong = [place.error("row", "must be names with values") for row, place in zip(value, places, strict=True) if not isinstance(row, dict)]
    if wrong:
        raise RowErrors(wrong)
    for row, place in zip(value, places, strict=True):
        check_storable(row, place)
    return list(zip(value, places, strict=True))


def typed(value: Any) -> Any:
    """Return `value` with the numbers and truth values that a file means, for rows that no model reads."""
    if isinstance(value, dict):
        return {name: typed(inner) for name, inner in value.items()}
    return [typed(inner) for inner in value] if isinstance(value, list) else as_truth(as_number(value))


def read_entry(path: Path, root: Path) -> tuple[Row, Place]:
    """The Markdown below the front matter becomes `body`; one line end at the close of the file is not part of it."""
    name = file_label(path, root)
    text = read_text(path, root)
    end = text.find("\n" + FRONT, len(FRONT) - 1) + 1  # from the first line's own end on: the front matter may be empty
    if not text.startswith(FRONT) or not end:
        raise RowErrors([Place(name).error("file", "must begin with front matter between two lines “---”")])
    fields, lines = read_yaml(text[len(FRONT) : end], Place(name, 2))
    if not isinstance(fields, dict):
        raise RowErrors([Place(name, 2).error("file", "the front matter must be names with values")])
    if "body" in fields:
        raise RowErrors([Place(name, lines["body"]).error("body", "is what follows the front matter; take it out from there")])
    check_storable(fields, Place(name, 1, lines))
    begins = text[:end].count("\n") + 2
    return fields | {"body": text[end + len(FRONT) :].removesuffix("\n")}, Place(name, 1, lines | {"body": begins})


def check_inside(root: Path, name: str, place: Place) -> Path:
    """Raise RowErrors where `name` leads out of the folder `root`, or through a link, which may lead anywhere."""
    path = root / name
    parts = Path(name).parts
    if not name or Path(name).is_absolute() or ".." in parts:
        raise RowErrors([place.error("file", "must be a path inside the folder")])
    if any((root / Path(*parts[:depth])).is_symlink() for depth in range(1, len(parts) + 1)):
        raise RowErrors([place.error("file", f"{name} leads through a symbolic link")])
    return path


def read_lines(path: Path) -> Iterator[tuple[Row, Place] | RowErrors]:
    """Yield each row with its place, or what is wrong with that line; empty lines are passed over.

    Only one line is in memory at a time, so a file may have any size. Raises RowErrors where the file as a whole cannot be read.
    """
    name = file_label(path, path)
    check_plain(path, Place(name))
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as stream:
            yield from read_stream(stream, name)  # type: ignore[arg-type]
    except (OSError, EOFError, zlib.error) as error:
        raise RowErrors([Place(name).error("file", f"cannot be read: {error}")]) from error


def read_stream(stream: BinaryIO, name: str) -> Iterator[tuple[Row, Place] | RowErrors]:
    number = 0
    while raw := stream.readline(LONGEST_LINE):
        number += 1
        place = Place(name, number)
        if len(raw) == LONGEST_LINE and not raw.endswith(b"\n"):
            yield RowErrors([place.error("row", f"is longer than {LONGEST_LINE // 1_000_000} MB")])
            pass_over_line(stream)
        # UTF-16's byte order marks: one word about the file, not one about each of its lines.
        elif number == 1 and raw.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise RowErrors([place.error("file", "is UTF-16; save it again as UTF-8")])
        elif raw.strip():
            try:
                yield read_row(raw, place), place
            except RowErrors as row_errors:
                yield row_errors


def pass_over_line(stream: BinaryIO) -> None:
    """In pieces, so that a line of gigabytes does not fill the memory."""
    while (rest := stream.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
        pass


def read_row(raw: bytes, place: Place) -> Row:
    text = decoded(raw, place)
    try:
        row = json.loads(text, object_pairs_hook=unique_names, parse_constant=refuse_constant)
    except RecursionError:
        raise RowErrors([place.error("row", "is nested too deeply")]) from None
    except ValueError as error:
        raise RowErrors([place.error("row", f"is no JSON: {error}")]) from error
    if not isinstance(row, dict):
        raise RowErrors([place.error("row", "must be an object: {…}")])
    if "\\u" in text:  # decoded() has seen the rest: only an escape can still hide what a database cannot keep
        check_storable(row, place)
    return row


def unique_names(pairs: list[tuple[str, Any]]) -> Row:
    """Raises ValueError for a name that stands twice, of which the json module would keep the last."""
    row = dict(pairs)
    if len(row) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"{next(name for name in names if names.count(name) > 1)} stands twice")
    return row


def refuse_constant(name: str) -> Any:
    """NaN and Infinity are no JSON (RFC 8259, section 6), but Python's json module reads them."""
    raise ValueError(f"{name} is no number")
