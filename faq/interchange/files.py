"""Reading files that strangers wrote: UTF-8 only, no symbolic links, and YAML that can neither run code nor grow.

YAML is read as version 1.2 means it: only `true`, `false`, `null` and numbers are not text, so a day stays a string and the
language `no` stays Norwegian. Anchors and aliases, doubled names and deep nesting are refused.
"""

import json
import os
import re
import stat
from collections.abc import Hashable
from pathlib import Path
from typing import Any, Final

import yaml

from faq.interchange.faults import Faulty, Place
from faq.payload import HALF

LARGEST: Final = 20_000_000
"""Bytes in one text file. The longest answer has 100,000 characters (payload.Body), so this is a library's worth of topics."""
DEEPEST: Final = 12
"""Levels of nesting in YAML; the format itself needs five."""
FRONT: Final = "---\n"

Row = dict[str, Any]


class Unwanted(Exception):
    """YAML that is well formed but not used here; `line` counts from 0."""

    def __init__(self, reason: str, mark: Any) -> None:
        self.line: int = mark.line
        super().__init__(reason)


class Loader(yaml.CSafeLoader):
    """The safe loader with YAML 1.2's few plain types, refusing doubled names."""

    yaml_implicit_resolvers: dict[str, Any] = {}

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """Return the mapping of `node`; raise Unwanted for a name that stands twice or is no plain text."""
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.tag != "tag:yaml.org,2002:str":
                raise Unwanted("names must be plain text", key.start_mark)
            if key.value in seen:
                raise Unwanted(f"{key.value} stands twice", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep=True)


Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:null|~|)$"), ["n", "~", ""])
Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^-?(?:0|[1-9][0-9]*)$"), list("-0123456789"))
Loader.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(r"^-?(?:0|[1-9][0-9]*)\.[0-9]+$"), list("-0123456789"))


def name_of(path: Path, root: Path) -> str:
    """Return how messages call the file `path` of the folder `root`."""
    return path.relative_to(root).as_posix() if path != root and path.is_relative_to(root) else path.name


def check_plain(path: Path, place: Place) -> None:
    """Raise Faulty unless `path` is a regular file of a size that can be meant; symbolic links are not followed."""
    try:
        found = os.lstat(path)
    except (OSError, ValueError) as error:
        raise Faulty([place.fault("file", getattr(error, "strerror", None) or str(error))]) from error
    if stat.S_ISLNK(found.st_mode):
        raise Faulty([place.fault("file", "is a symbolic link; put the file itself here")])
    if not stat.S_ISREG(found.st_mode):
        raise Faulty([place.fault("file", "is no regular file")])


def read_text(path: Path, root: Path) -> str:
    """Return the text of the UTF-8 file `path` with Unix line ends; raise Faulty for any other encoding or file."""
    place = Place(name_of(path, root))
    check_plain(path, place)
    if path.stat().st_size > LARGEST:
        raise Faulty([place.fault("file", f"is larger than {LARGEST // 1_000_000} MB; split it, or use JSON Lines")])
    return decoded(path.read_bytes(), place)


def decoded(raw: bytes, place: Place) -> str:
    """Return `raw` as text with Unix line ends; raise Faulty where it is not UTF-8 or holds a NUL."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n")
        raise Faulty([Place(place.file, place.line + line).fault("file", "is not UTF-8; save it again as UTF-8")]) from error
    if "\x00" in text:
        line = text[: text.index("\x00")].count("\n")
        reason = "contains a NUL character; save it again as UTF-8, not UTF-16, or remove it"
        raise Faulty([Place(place.file, place.line + line).fault("file", reason)])
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_yaml(text: str, place: Place) -> tuple[Any, dict[str, int]]:
    """Return the value of a YAML document and the line of each of its top-level names (of each row "0", "1", … in a list).

    Lines count on from `place.line`. Raises Faulty for broken YAML, several documents, anchors, aliases and deep nesting.
    """
    try:
        refuse_growth(text)
        loader = Loader(text)
        node = loader.get_single_node()
        return (loader.construct_document(node) if node else None), lines_of(node, place.line)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        reason, line = str(getattr(error, "problem", None) or error), mark.line if mark else 0
    except Unwanted as error:
        reason, line = str(error), error.line
    except ValueError as error:  # a number too long to read
        reason, line = str(error), 0
    raise Faulty([Place(place.file, place.line + line).fault("file", f"broken YAML: {reason}")])


def refuse_growth(text: str) -> None:
    """Raise Unwanted for anchors and aliases, with which a few lines become gigabytes, and for nesting that exhausts the stack."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise Unwanted("anchors and aliases (& and *) are not used here", event.start_mark)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise Unwanted(f"nested deeper than {DEEPEST} levels", event.start_mark)


def lines_of(node: Any, first: int) -> dict[str, int]:
    """Return the line of each name of a mapping, or of each row of a list."""
    if isinstance(node, yaml.MappingNode):
        return {key.value: first + key.start_mark.line for key, _ in node.value}
    rows = node.value if isinstance(node, yaml.SequenceNode) else []
    return {str(number): first + row.start_mark.line for number, row in enumerate(rows)}


def check_storable(row: Row, place: Place) -> None:
    """Raise Faulty for NUL characters and halves of surrogate pairs, which escapes such as \\u0000 can hide in any field."""
    for name, value in row.items():
        text = json.dumps(value, ensure_ascii=False)
        if "\\u0000" in text.replace("\\\\", ""):
            raise Faulty([place.fault(name, "contains a NUL character; remove it")])
        if HALF.search(text):
            raise Faulty([place.fault(name, "contains half of a surrogate pair; save the text as UTF-8 again")])


def read_rows(path: Path, root: Path) -> list[tuple[Row, Place]]:
    """Return the rows of a YAML file that is a list of mappings, each with its place."""
    place = Place(name_of(path, root))
    value, lines = read_yaml(read_text(path, root), place)
    if not isinstance(value, list):
        raise Faulty([place.fault("file", "must be a list of rows, each beginning with “- ”")])
    places = [Place(place.file, lines[str(number)]) for number in range(len(value))]
    wrong = [place.fault("row", "must be names with values") for row, place in zip(value, places, strict=True) if not isinstance(row, dict)]
    if wrong:
        raise Faulty(wrong)
    for row, place in zip(value, places, strict=True):
        check_storable(row, place)
    return list(zip(value, places, strict=True))


def read_entry(path: Path, root: Path) -> tuple[Row, Place]:
    """Return the fields of an entry file, its Markdown as `body`, and their places.

    One line end at the close of the file is not part of the body.
    """
    name = name_of(path, root)
    text = read_text(path, root)
    end = text.find("\n" + FRONT, len(FRONT) - 1) + 1
    if not text.startswith(FRONT) or not end:
        raise Faulty([Place(name).fault("file", "must begin with front matter between two lines “---”")])
    fields, lines = read_yaml(text[len(FRONT) : end], Place(name, 2))
    if not isinstance(fields, dict):
        raise Faulty([Place(name, 2).fault("file", "the front matter must be names with values")])
    if "body" in fields:
        raise Faulty([Place(name, lines["body"]).fault("body", "is what follows the front matter; take it out from there")])
    check_storable(fields, Place(name, 1, lines))
    begins = text[:end].count("\n") + 2
    return fields | {"body": text[end + len(FRONT) :].removesuffix("\n")}, Place(name, 1, lines | {"body": begins})


def check_inside(root: Path, name: str, place: Place) -> Path:
    """Return the path of the file `name` below the folder `root`; raise Faulty for a name that leads out, or through a link."""
    path = root / name
    parts = Path(name).parts
    if not name or Path(name).is_absolute() or ".." in parts:
        raise Faulty([place.fault("file", "must be a path inside the folder")])
    if any((root / Path(*parts[:depth])).is_symlink() for depth in range(1, len(parts) + 1)):
        raise Faulty([place.fault("file", f"{name} leads through a symbolic link")])
    return path
