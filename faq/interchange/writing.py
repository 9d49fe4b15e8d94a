"""Rows of the format as files: a folder of Markdown and YAML for people, or JSON Lines. A path is written whole or not at all."""

import gzip
import json
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from typing import IO, Any, Final

import yaml

from faq.interchange import packing
from faq.interchange.exporting import entry_rows, needs_of, source_rows, text_rows, topic_rows
from faq.interchange.files import FRONT, Row
from faq.interchange.records import HISTORY_FILE
from faq.interchange.transactions import snapshot

WIDTH: Final = 140
Slugs = Collection[str] | None
"""The entries to write; None for all."""


class NotWritten(Exception):
    """The export cannot be written there; the text says why and what to do."""


class Dumper(yaml.CSafeDumper):
    """The safe dumper without anchors, which the format does not use."""

    def ignore_aliases(self, data: Any) -> bool:
        """Never write an anchor."""
        return True


def dump(value: Any) -> str:
    """Return `value` as YAML."""
    text: str = yaml.dump(value, Dumper=Dumper, allow_unicode=True, sort_keys=False, width=WIDTH)
    return text


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Yield an empty folder beside `path`; what is made in it under the name of `path` takes its place at the end, or nothing does."""
    if path.is_symlink() or (path.exists() and not (path.is_dir() and not any(path.iterdir()))):
        raise NotWritten(f"{path} exists already; choose another path.")
    if not path.parent.is_dir():
        raise NotWritten(f"There is no folder {path.parent}; make it first.")
    workshop = Path(mkdtemp(prefix=".export-", dir=path.parent))
    try:
        yield workshop / path.name
        (workshop / path.name).replace(path)
    finally:
        shutil.rmtree(workshop)


def write_folder(path: Path, *, drafts: bool, slugs: Slugs = None, history: Iterator[Row] | None = None) -> int:
    """Write the folder form to `path`, packed if it ends in .zip; return how many rows of entries it has.

    `slugs`: only these entries and what they need; None for the whole library. `history` rows make a file of their own beside them.
    Raises NotWritten where `path` cannot be written, or not in this form.
    """
    if not packing.is_packed(path):
        with whole(path) as root:
            return fill(root, slugs, drafts=drafts, history=history)
    if history is not None:
        raise NotWritten("A history is not packed as a .zip; write it as a folder, or as JSON Lines to something.jsonl.gz.")
    with whole(path) as made:
        root = made.with_suffix("")
        count = fill(root, slugs, drafts=drafts)
        files = packing.files_in(root)
        reason = packing.too_much(len(files), sum(file.stat().st_size for file in files))
        if reason:
            raise NotWritten(f"The export {reason}.")
        packing.pack(files, root, made)
    return count


def fill(root: Path, slugs: Slugs, *, drafts: bool, history: Iterator[Row] | None = None) -> int:
    """Write the folder form into the new folder `root`; return how many rows of entries it has."""
    (root / "entries").mkdir(parents=True)
    (root / "standing").mkdir()
    with snapshot():
        needs = None if slugs is None else needs_of(slugs, drafts=drafts)
        write(root / "topics.yaml", dump(list(topic_rows(needs))))
        write(root / "sources.yaml", dump(list(source_rows(needs))))
        for language, rows in by_language(text_rows(needs)).items():
            write(root / "standing" / f"{language}.yaml", dump(rows))
        count = sum(write_entry(root / "entries", row) for row in entry_rows(slugs, drafts=drafts))
        if history is not None:
            with (root / HISTORY_FILE).open("w", encoding="utf-8", newline="\n") as stream:
                write_lines(stream, history)
    return count


def write(path: Path, text: str) -> None:
    """Write `text` as UTF-8 with Unix line ends, whatever machine this is."""
    path.write_text(text, encoding="utf-8", newline="\n")


def opened(path: Path) -> IO[str]:
    """Open a new file of JSON Lines."""
    if path.suffix == ".gz":
        return gzip.open(path, "wt", encoding="utf-8", newline="\n")
    return path.open("w", encoding="utf-8", newline="\n")


def by_language(rows: Iterator[Row]) -> dict[str, list[Row]]:
    """Return `rows` by their language."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row["language"], []).append(row)
    return found


def write_entry(folder: Path, row: Row) -> bool:
    """Write one entry as `slug.md`, `slug.v2.md` or `slug.draft.md`; what the name says stands in no field."""
    version, status, body = row.pop("version", 1), row.pop("status", ""), row.pop("body")
    kind = f".{status}" if status else f".v{version}" if version > 1 else ""
    write(folder / f"{row['slug']}{kind}.md", f"{FRONT}{dump(row)}{FRONT}{body}\n")
    return True


def write_jsonl(path: Path, *, drafts: bool, slugs: Slugs = None, history: Iterator[Row] | None = None) -> int:
    """Write JSON Lines to `path`, packed where it ends in .gz; return how many rows of entries it has.

    `slugs`: only these entries and what they need; None for the whole library. `history` stands alone.
    """
    with whole(path) as made, opened(made) as stream, snapshot():
        if history is not None:
            write_lines(stream, history)
            return 0
        needs = None if slugs is None else needs_of(slugs, drafts=drafts)
        for kind, rows in (("topic", topic_rows(needs)), ("source", source_rows(needs)), ("standing_text", text_rows(needs))):
            write_lines(stream, ({"record": kind} | row for row in rows))
        return write_lines(stream, entry_rows(slugs, drafts=drafts))


def write_lines(stream: IO[str], rows: Iterator[Row]) -> int:
    """Write one row a line; return how many."""
    count = 0
    for row in rows:
        stream.write(json.dumps(row, ensure_ascii=False) + "\n")
        count += 1
    return count
