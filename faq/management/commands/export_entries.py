"""`manage.py export_entries PATH --form folder|jsonl|csv`: write the library, or some entries, as files (faq/interchange/FORMAT.md)."""

from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError

from faq.interchange.csv_export import write_csv
from faq.interchange.errors import RowErrors
from faq.interchange.exporting import left_out, unknown_slugs
from faq.interchange.files import read_text
from faq.interchange.history import history_rows
from faq.interchange.writing import ExportRefused, write_folder, write_jsonl

FORMS: Final[dict[str, Callable[..., int]]] = {"folder": write_folder, "jsonl": write_jsonl, "csv": write_csv}
ENDINGS: Final = {"folder": (), "jsonl": (".jsonl", ".jsonl.gz"), "csv": (".csv",)}
"""How the file of a form must be called; a folder may have any name, and one that ends in .zip is packed."""

SHOWN: Final = 20
"""Slugs that a message names."""


class Command(BaseCommand):
    """Export entries, topics, sources and standing texts; with --history everything that ever happened."""

    help = "Write the library as a folder of Markdown, as JSON Lines, or as a table. What was taken down is in the history alone."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="where nothing stands yet; a folder in .zip and .jsonl.gz are packed")
        parser.add_argument("--form", choices=list(FORMS), required=True)
        parser.add_argument("--only", nargs="+", metavar="SLUG", help="these entries and what they need; @FILE has one slug a line")
        parser.add_argument("--history", action="store_true", help="the whole past, for an empty library elsewhere")
        parser.add_argument("--no-drafts", action="store_true", help="leave out words that nobody has approved")

    def handle(self, *args: Any, **options: Any) -> None:
        self.check_options(**options)
        path, drafts = options["path"], not options["no_drafts"]
        slugs = None if options["only"] is None else slugs_of(options["only"])
        history = {"history": history_rows()} if options["history"] else {}  # the writer of tables takes none
        try:
            count = FORMS[options["form"]](path, drafts=drafts, slugs=slugs, **history)
        except ExportRefused as refused:
            raise CommandError(str(refused)) from refused
        if missing := left_out(slugs or [], drafts=drafts):
            self.stderr.write(f"warning: nothing to write of {listed(missing)}: taken down, or not approved yet")
        self.stdout.write(f"Wrote {path}: the whole history." if history else f"Wrote {path}: {count} rows of entries.")

    def check_options(self, *, path: Path, form: str, history: bool, no_drafts: bool, only: list[str] | None, **options: Any) -> None:
        if history and no_drafts:
            raise CommandError("The history has every draft in it; take --no-drafts or --history away.")
        if history and only is not None:
            raise CommandError("The history is of the whole library; take --only or --history away.")
        if history and form == "csv":
            raise CommandError("A table has no history; choose --form folder or jsonl, or take --history away.")
        if ENDINGS[form] and not path.name.endswith(ENDINGS[form]):
            raise CommandError(f"Name the file {' or '.join(f'something{ending}' for ending in ENDINGS[form])}.")


def slugs_of(named: list[str]) -> set[str]:
    """Read the files among `named`; raise CommandError where there are no slugs, and for one that is no question here."""
    slugs: set[str] = set()
    for name in named:
        slugs |= set(lines_of(Path(name[1:])) if name.startswith("@") else [name])
    if not slugs:
        raise CommandError("--only names no entry; write one slug a line into its file, or leave it out to export all.")
    if unknown := unknown_slugs(slugs):
        raise CommandError(f"There is no question {listed(unknown)}; correct --only.")
    return slugs


def listed(slugs: list[str]) -> str:
    more = len(slugs) - SHOWN
    return ", ".join(slugs[:SHOWN]) + (f" and {more} more" if more > 0 else "")


def lines_of(path: Path) -> list[str]:
    try:
        return [line.strip() for line in read_text(path, path).split("\n") if line.strip()]
    except RowErrors as row_errors:
        raise CommandError(str(row_errors)) from row_errors
