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

from faq.interchange import zipfiles
from faq.interchange.exporting import entry_rows, needs_of, source_rows, text_rows, topic_rows
from faq.interchange.files import FRONT, Row
from faq.interchange.records import HISTORY_FILE
from faq.interchange.transactions import snapshot

WIDTH: Final = 140
Slugs = Collection[str] | None
"""The entries to write; None for all."""


class ExportRefused(Exception):
    """The export cannot be written there; the text says why and what to do."""


class Dumper(yaml.CSafeDumper):
    """The safe dumper without anchors, which it would write for a value that stands twice, and which the format does not read."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def dump(value: Any) -> str:
    text: str = yaml.dump(value, Dumper=Dumper, allow_unicode=True, sort_keys=False, width=WIDTH)
    return text


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Yield a path to write to; what stands there at the end takes the place of `path`, or after an exception nothing does.

    It is in a folder beside `path`, on the same disk, so that one rename is enough. An empty folder may stand in its place: rename
    replaces it. Raises ExportRefused where `path` is taken, or has no folder to stand in.
    """
    if path.is_symlink() or (path.exists() and not (path.is_dir() and not any(path.iterdir()))):
        raise ExportRefused(f"{path} exists already; choose another path.")
    if not path.parent.is_dir():
        raise ExportRefused(f"There is no folder {path.parent}; make it first.")
    folder = Path(mkdtemp(prefix=".export-", dir=path.parent))
    try:
        yield folder / path.name
        (folder / path.name).replace(path)
    finally:
        shutil.rmtree(folder)


def write_folder(path: Path, *, drafts: bool, slugs: Slugs = None, history: Iterator[Row] | None = None) -> int:
    """Write the folder form to `path`, packed if it ends in .zip; return how many rows of entries it has.

    `slugs`: only these entries and what they need; None for the whole library. `history` rows make a file of their own beside them.
    Raises ExportRefused where `path` cannot be written, or not in this form.
    """
    if not zipfiles.is_packed(path):
        with written_whole(path) as root:
            return write_library(root, slugs, drafts=drafts, history=history)
    if history is not None:
        raise ExportRefused("A history is not packed as a .zip; write it as a folder, or as JSON Lines to something.jsonl.gz.")
    with written_whole(path) as archive:
        root = archive.with_suffix("")
        count = write_library(root, slugs, drafts=drafts)
        files = zipfiles.files_in(root)
        # Refused here rather than at the import that the archive is written for.
        reason = zipfiles.too_large_reason(len(files), sum(file.stat().st_size for file in files))
        if reason:
            raise ExportRefused(f"The export {reason}.")
        zipfiles.pack(files, root, archive)
    return count


def write_library(root: Path, slugs: Slugs, *, drafts: bool, history: Iterator[Row] | None = None) -> int:
    (root / "entries").mkdir(parents=True)
    (root / "standing").mkdir()
    with snapshot():
        needs = None if slugs is None else needs_of(slugs, drafts=drafts)
        write_text(root / "topics.yaml", dump(list(topic_rows(needs))))
        write_text(root / "sources.yaml", dump(list(source_rows(needs))))
        for language, rows in by_language(text_rows(needs)).items():
            write_text(root / "standing" / f"{language}.yaml", dump(rows))
        count = 0
        for row in entry_rows(slugs, drafts=drafts):
            write_entry(root / "entries", row)
            count += 1
        if history is not None:
            with (root / HISTORY_FILE).open("w", encoding="utf-8", newline="\n") as stream:
                write_lines(stream, history)
    return count


def write_text(path: Path, text: str) -> None:
    """UTF-8 with Unix line ends, whatever machine this is."""
    path.write_text(text, encoding="utf-8", newline="\n")


def open_lines(path: Path) -> IO[str]:
    if path.suffix == ".gz":
        return gzip.open(path, "wt", encoding="utf-8", newline="\n")
    return path.open("w", encoding="utf-8", newline="\n")


def by_language(rows: Iterator[Row]) -> dict[str, list[Row]]:
    grouped: dict[str, list[Row]] = {}
    for row in rows:
        grouped.setdefault(row["language"], []).append(row)
    return grouped


def write_entry(folder: Path, row: Row) -> None:
    """Write `slug.md`, `slug.v2.md` or `slug.draft.md`; version and status, which the name says, stand in no field."""
    version, status, body = row.pop("version", 1), row.pop("status", ""), row.pop("body")
    kind = f".{status}" if status else f".v{version}" if version > 1 else ""
    write_text(folder / f"{row['slug']}{kind}.md", f"{FRONT}{dump(row)}{FRONT}{body}\n")


def write_jsonl(path: Path, *, drafts: bool, slugs: Slugs = None, history: Iterator[Row] | None = None) -> int:
    """Write JSON Lines to `path`, packed if it ends in .gz; return how many rows of entries it has.

    `slugs`: only these entries and what they need; None for the whole library. `history` stands alone.
    """
    with written_whole(path) as temporary, open_lines(temporary) as stream, snapshot():
        if history is not None:
            write_lines(stream, history)
            return 0
        needs = None if slugs is None else needs_of(slugs, drafts=drafts)
        for kind, rows in (("topic", topic_rows(needs)), ("source", source_rows(needs)), ("standing_text", text_rows(needs))):
            write_lines(stream, ({"record": kind} | row for row in rows))
        return write_lines(stream, entry_rows(slugs, drafts=drafts))


def write_lines(stream: IO[str], rows: Iterator[Row]) -> int:
    count = 0
    for row in rows:
        stream.write(json.dumps(row, ensure_ascii=False) + "\n")
        count += 1
    return count
