"""What a path holds, in either form, as one stream of records: topics, sources, standing texts, entries."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from faq.content.texts import as_number
from faq.interchange.errors import Place, RowErrors
from faq.interchange.files import Row, check_plain, file_label, read_entry, read_lines, read_rows

KINDS: Final = ("topic", "source", "standing_text", "entry")
ENTRY_FILE: Final = re.compile(r"(?P<slug>[a-z0-9-]+)(?:\.v(?P<version>[1-9][0-9]*)|\.(?P<draft>draft))?\.md")
HISTORY_FILE: Final = "history.jsonl"
FILES: Final = ("topics.yaml", "sources.yaml", "history.yaml", HISTORY_FILE, "README.md")
"""What may lie in a folder beside FOLDERS. The last three are not read here."""
FOLDERS: Final = ("standing", "entries")
LEFT_BEHIND: Final = ("__macosx", "thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r", "$recycle.bin", "system volume information")
"""What desktops leave in folders without being asked, beside hidden files; Windows writes the same name large and small."""
NOT_IN_FORMAT: Final = "is not part of the format; take it out"
NO_FORM: Final = "is no folder, .zip of one, .md, .jsonl or .jsonl.gz; unpack another archive first"
NO_TABLE: Final = "is a table, which is only for reading; bring in a folder, a .zip of one, .md, .jsonl or .jsonl.gz"


@dataclass(frozen=True)
class Record:
    """One row of a file. `kind` is one of KINDS."""

    kind: str
    row: Row
    place: Place


def records(path: Path) -> Iterator[Record | RowErrors]:
    """Yield what a folder, an entry file or JSON Lines hold; in the place of a bad row stands what is wrong with it.

    Raises RowErrors where the path as a whole cannot be read.
    """
    place = Place(path.name)
    if path.is_symlink():
        raise RowErrors([place.error("file", "is a symbolic link; name the file itself")])
    if path.is_dir():
        yield from records_in_folder(path)
    elif path.name.endswith((".jsonl", ".jsonl.gz")):
        yield from records_in_lines(path)
    else:
        check_plain(path, place)
        if path.suffix != ".md":
            raise RowErrors([place.error("file", NO_TABLE if path.suffix.lower() == ".csv" else NO_FORM)])
        yield from record_in_entry_file(path, path)


def records_in_lines(path: Path) -> Iterator[Record | RowErrors]:
    """A row without `record` is an entry."""
    for line in read_lines(path):
        if isinstance(line, RowErrors):
            yield line
            continue
        row, place = line
        kind = row.pop("record", "entry")
        if kind in KINDS:
            yield Record(kind, row, place)
        else:
            yield RowErrors([place.error("record", f"unknown; known are {', '.join(KINDS)}")])


def records_in_folder(root: Path) -> Iterator[Record | RowErrors]:
    """Yield topics, sources and standing texts, then the entries by slug, the versions of each in their order."""
    # A misspelt `topic.yaml` or a folder of pictures would else be passed over without a word.
    unknown = [path for path in plain_names(root) if path.name not in (*FILES, *FOLDERS)]
    if unknown:
        raise RowErrors(Place(file_label(path, root)).error("file", NOT_IN_FORMAT) for path in unknown)
    yield from records_in_table(root / "topics.yaml", root, "topic")
    yield from records_in_table(root / "sources.yaml", root, "source")
    for path in plain_names(root / "standing"):
        yield from records_in_table(path, root, "standing_text")
    for path in sorted(plain_names(root / "entries"), key=file_order):
        yield from record_in_entry_file(path, root)


def plain_names(folder: Path) -> list[Path]:
    """What is_left_behind is passed over. A folder that is not there holds nothing."""
    if folder.is_symlink():
        raise RowErrors([Place(folder.name).error("file", "is a symbolic link; put the folder itself here")])
    return sorted(path for path in folder.iterdir() if not is_left_behind(path.name)) if folder.is_dir() else []


def is_left_behind(name: str) -> bool:
    """Whether editors and desktops leave files or folders of this name behind: hidden ones, and LEFT_BEHIND."""
    return name.startswith(".") or name.casefold() in LEFT_BEHIND


def records_in_table(path: Path, root: Path, kind: str) -> Iterator[Record | RowErrors]:
    # A link that leads nowhere does not exist to Python, but is refused like every other link.
    if not path.exists() and not path.is_symlink():
        return
    try:
        rows = read_rows(path, root)
    except RowErrors as row_errors:
        yield row_errors
        return
    yield from (Record(kind, row, place) for row, place in rows)


def file_order(path: Path) -> tuple[str, int, bool]:
    """(slug, version, is it the draft): as a text `a.v10.md` would come before `a.v2.md`."""
    match = ENTRY_FILE.fullmatch(path.name)
    return (match["slug"], int(match["version"] or 1), bool(match["draft"])) if match else (path.name, 0, False)


def record_in_entry_file(path: Path, root: Path) -> Iterator[Record | RowErrors]:
    """The file is `slug.md`, `slug.v2.md` or `slug.draft.md`; what it says of slug, version and status must agree with its name."""
    match = ENTRY_FILE.fullmatch(path.name)
    place = Place(file_label(path, root))
    if not match:
        yield RowErrors([place.error("file", "is no entry: name it slug.md, slug.v2.md or slug.draft.md")])
        return
    try:
        row, place = read_entry(path, root)
    except RowErrors as row_errors:
        yield row_errors
        return
    if row.get("slug") != match["slug"]:
        yield RowErrors([place.error("slug", f"must be {match['slug']}, as the file is called")])
        return
    by_name = {"version": int(match["version"] or 1)} | ({"status": "draft"} if match["draft"] else {})
    wrong = [
        place.error(name, f"must be {value}, as the file is called")
        for name, value in by_name.items()
        if as_number(row.get(name, value)) != value
    ]
    yield RowErrors(wrong) if wrong else Record("entry", row | by_name, place)
