"""`manage.py export_entries PATH --form folder|jsonl|csv`: write the library, or some entries, as files (faq/interchange/FORMAT.md)."""

from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError

from faq.interchange.exporting import left_out, missing
from faq.interchange.faults import Faulty
from faq.interchange.files import read_text
from faq.interchange.history import rows
from faq.interchange.table import write_table
from faq.interchange.writing import NotWritten, write_folder, write_jsonl

FORMS: Final[dict[str, Callable[..., int]]] = {"folder": write_folder, "jsonl": write_jsonl, "csv": write_table}
ENDINGS: Final = {"folder": (), "jsonl": (".jsonl", ".jsonl.gz"), "csv": (".csv",)}
"""How the file of a form must be called; a folder may have any name, and one that ends in .zip is packed."""

SHOWN: Final = 20
"""Slugs that a message names."""


class Command(BaseCommand):
    """Export entries, topics, sources and standing texts; with --history everything that ever happened."""

    help = "Write the library as a folder of Markdown, as JSON Lines, or as a table. What was taken down is in the history alone."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("path", type=Path, help="where nothing stands yet; a folder in .zip and .jsonl.gz are packed")
        parser.add_argument("--form", choices=list(FORMS), required=True)
        parser.add_argument("--only", nargs="+", metavar="SLUG", help="these entries and what they need; @FILE has one slug a line")
        parser.add_argument("--history", action="store_true", help="the whole past, for an empty library elsewhere")
        parser.add_argument("--no-drafts", action="store_true", help="leave out words that nobody has approved")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the files and say how many entries they have."""
        self.refuse_nonsense(**options)
        path, drafts = options["path"], not options["no_drafts"]
        slugs = None if options["only"] is None else slugs_of(options["only"])
        whole = {"history": rows()} if options["history"] else {}
        try:
            count = FORMS[options["form"]](path, drafts=drafts, slugs=slugs, **whole)
        except NotWritten as refused:
            raise CommandError(str(refused)) from refused
        if left := left_out(slugs or [], drafts=drafts):
            self.stderr.write(f"warning: nothing to write of {listed(left)}: taken down, or not approved yet")
        self.stdout.write(f"Wrote {path}: the whole history." if whole else f"Wrote {path}: {count} rows of entries.")

    def refuse_nonsense(self, *, path: Path, form: str, history: bool, no_drafts: bool, only: list[str] | None, **options: Any) -> None:
        """Raise CommandError for options that do not go together."""
        if history and no_drafts:
            raise CommandError("The history has every draft in it; take --no-drafts or --history away.")
        if history and only is not None:
            raise CommandError("The history is of the whole library; take --only or --history away.")
        if history and form == "csv":
            raise CommandError("A table has no history; choose --form folder or jsonl, or take --history away.")
        if ENDINGS[form] and not path.name.endswith(ENDINGS[form]):
            raise CommandError(f"Name the file {' or '.join(f'something{ending}' for ending in ENDINGS[form])}.")


def slugs_of(named: list[str]) -> set[str]:
    """Return the slugs that --only names, those in files among them; raise CommandError for none, and for what is no question here."""
    slugs: set[str] = set()
    for name in named:
        slugs |= set(lines_of(Path(name[1:])) if name.startswith("@") else [name])
    if not slugs:
        raise CommandError("--only names no entry; write one slug a line into its file, or leave it out to export all.")
    if unknown := missing(slugs):
        raise CommandError(f"There is no question {listed(unknown)}; correct --only.")
    return slugs


def listed(slugs: list[str]) -> str:
    """Return the first SHOWN of `slugs`, and how many more there are."""
    more = len(slugs) - SHOWN
    return ", ".join(slugs[:SHOWN]) + (f" and {more} more" if more > 0 else "")


def lines_of(path: Path) -> list[str]:
    """Return the lines of a text file without those that are empty; raise CommandError for a file that cannot be read."""
    try:
        return [line.strip() for line in read_text(path, path).split("\n") if line.strip()]
    except Faulty as faulty:
        raise CommandError(str(faulty)) from faulty
