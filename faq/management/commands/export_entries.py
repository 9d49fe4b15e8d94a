"""`manage.py export_entries PATH --form folder|jsonl`: write the library as files (faq/interchange/FORMAT.md)."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from faq.interchange.history import rows
from faq.interchange.writing import NotWritten, write_folder, write_jsonl

FORMS = {"folder": write_folder, "jsonl": write_jsonl}


class Command(BaseCommand):
    """Export entries, topics, sources and standing texts; with --history everything that ever happened."""

    help = "Write the library as a folder of Markdown, or as JSON Lines. What was taken down is in the history alone."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("path", type=Path, help="where nothing stands yet; .jsonl.gz is packed")
        parser.add_argument("--form", choices=list(FORMS), required=True)
        parser.add_argument("--history", action="store_true", help="the whole past, for an empty library elsewhere")
        parser.add_argument("--no-drafts", action="store_true", help="leave out words that nobody has approved")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the files and say how many entries they have."""
        if options["history"] and options["no_drafts"]:
            raise CommandError("The history has every draft in it; take --no-drafts or --history away.")
        path, form = options["path"], options["form"]
        if form == "jsonl" and not path.name.endswith((".jsonl", ".jsonl.gz")):
            raise CommandError("Name the file something.jsonl or something.jsonl.gz.")
        try:
            count = FORMS[form](path, drafts=not options["no_drafts"], history=rows() if options["history"] else None)
        except NotWritten as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"Wrote {path}: the whole history." if options["history"] else f"Wrote {path}: {count} rows of entries.")
