"""What a path holds, in either form, as one stream of records: topics, sources, standing texts, entries."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from faq.interchange.faults import Faulty, Place
from faq.interchange.files import Row, check_plain, name_of, read_entry, read_rows
from faq.interchange.lines import read_lines

KINDS: Final = ("topic", "source", "standing_text", "entry")
ENTRY_FILE: Final = re.compile(r"(?P<slug>[a-z0-9-]+)(?:\.v(?P<version>[1-9][0-9]*)|\.(?P<draft>draft))?\.md")
HISTORY_FILE: Final = "history.jsonl"
FILES: Final = ("topics.yaml", "sources.yaml", "history.yaml", HISTORY_FILE, "README.md")
"""What may lie in a folder beside FOLDERS. The last three are not read here."""
FOLDERS: Final = ("standing", "entries")
STRANGER: Final = "is not part of the format; take it out"
NO_FORM: Final = "is no folder, .zip of one, .md, .jsonl or .jsonl.gz; unpack another archive first"
NO_TABLE: Final = "is a table, which is only for reading; bring in a folder, a .zip of one, .md, .jsonl or .jsonl.gz"


@dataclass(frozen=True)
class Record:
    """One row of a file and its kind."""

    kind: str
    row: Row
    place: Place


def records(path: Path) -> Iterator[Record | Faulty]:
    """Yield what `path` (a folder, an entry file, or JSON Lines) holds, or what is wrong with one of its rows.

    Raises Faulty where the path as a whole cannot be read.
    """
    place = Place(path.name)
    if path.is_symlink():
        raise Faulty([place.fault("file", "is a symbolic link; name the file itself")])
    if path.is_dir():
        yield from folder(path)
    elif path.name.endswith((".jsonl", ".jsonl.gz")):
        yield from lines(path)
    else:
        check_plain(path, place)
        if path.suffix != ".md":
            raise Faulty([place.fault("file", NO_TABLE if path.suffix.lower() == ".csv" else NO_FORM)])
        yield from entry_file(path, path)


def lines(path: Path) -> Iterator[Record | Faulty]:
    """Yield the records of a file of JSON Lines; a row without `record` is an entry."""
    for each in read_lines(path):
        if isinstance(each, Faulty):
            yield each
            continue
        row, place = each
        kind = row.pop("record", "entry")
        if kind in KINDS:
            yield Record(kind, row, place)
        else:
            yield Faulty([place.fault("record", f"unknown; known are {', '.join(KINDS)}")])


def folder(root: Path) -> Iterator[Record | Faulty]:
    """Yield the records of a folder: topics.yaml, sources.yaml, standing/*.yaml, then entries/*.md, versions in their order."""
    strangers = [path for path in plain_names(root) if path.name not in (*FILES, *FOLDERS)]
    if strangers:
        raise Faulty(Place(name_of(path, root)).fault("file", STRANGER) for path in strangers)
    yield from table(root / "topics.yaml", root, "topic")
    yield from table(root / "sources.yaml", root, "source")
    for path in plain_names(root / "standing"):
        yield from table(path, root, "standing_text")
    for path in sorted(plain_names(root / "entries"), key=file_order):
        yield from entry_file(path, root)


def plain_names(path: Path) -> list[Path]:
    """Return what a folder holds by name, without hidden files; nothing where there is no such folder."""
    if path.is_symlink():
        raise Faulty([Place(path.name).fault("file", "is a symbolic link; put the folder itself here")])
    return sorted(each for each in path.iterdir() if not each.name.startswith(".")) if path.is_dir() else []


def table(path: Path, root: Path, kind: str) -> Iterator[Record | Faulty]:
    """Yield the rows of a YAML list, if that file is there."""
    if not path.exists() and not path.is_symlink():
        return
    try:
        rows = read_rows(path, root)
    except Faulty as faulty:
        yield faulty
        return
    yield from (Record(kind, row, place) for row, place in rows)


def file_order(path: Path) -> tuple[str, int, bool]:
    """Return what puts the versions of an entry in their order, its draft last."""
    named = ENTRY_FILE.fullmatch(path.name)
    return (named["slug"], int(named["version"] or 1), bool(named["draft"])) if named else (path.name, 0, False)


def entry_file(path: Path, root: Path) -> Iterator[Record | Faulty]:
    """Yield the entry of a file `slug.md`, `slug.v2.md` or `slug.draft.md`."""
    named = ENTRY_FILE.fullmatch(path.name)
    place = Place(name_of(path, root))
    if not named:
        yield Faulty([place.fault("file", "is no entry: name it slug.md, slug.v2.md or slug.draft.md")])
        return
    try:
        row, place = read_entry(path, root)
    except Faulty as faulty:
        yield faulty
        return
    if row.get("slug") != named["slug"]:
        yield Faulty([place.fault("slug", f"must be {named['slug']}, as the file is called")])
        return
    said = {"version": int(named["version"] or 1)} | ({"status": "draft"} if named["draft"] else {})
    wrong = [place.fault(name, f"must be {value}, as the file is called") for name, value in said.items() if row.get(name, value) != value]
    yield Faulty(wrong) if wrong else Record("entry", row | said, place)
