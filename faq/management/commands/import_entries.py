"""`manage.py import_entries PATH --as USER`: import a folder or JSON Lines into the library (faq/interchange/FORMAT.md)."""

import sys
from argparse import ArgumentParser
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from faq.interchange import history
from faq.interchange.errors import RowError, RowErrors
from faq.interchange.importer import ImportedEntry
from faq.interchange.importing import OUTCOMES, import_entries
from faq.interchange.options import Attestation, ImportOptions, ImportRefused, Stage
from faq.models import User


class Terminal:
    """The Report of this command: errors and warnings on the error stream, and a bar where that is a terminal. Close it at the end."""

    def __init__(self, command: BaseCommand) -> None:
        self.stream = command.stderr
        self.stream.ending = ""  # Django ends whatever is written as a line, and a bar is drawn over itself; tqdm ends its lines
        self.bar = tqdm(file=self.stream, disable=not self.stream.isatty(), unit=" entries")

    def close(self) -> None:
        self.bar.close()
        self.stream.ending = "\n"

    def write_above_bar(self, line: str) -> None:
        tqdm.write(line, file=self.stream)

    def error(self, error: RowError) -> None:
        self.write_above_bar(str(error))

    def warn(self, text: str) -> None:
        self.write_above_bar(f"warning: {text}")

    def entry(self, entry: ImportedEntry) -> None:
        """Say nothing of a single entry: thousands may come."""

    def progress(self, done: int, total: int) -> None:
        self.bar.total = total
        self.bar.update(done - self.bar.n)


class Command(BaseCommand):
    """Import entries with topics, sources and standing texts, through the ordinary verbs."""

    help = "Bring a folder or JSON Lines into the library. Bad rows are named; without --skip-invalid one of them stops the import."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="a folder, a .md file, or a .jsonl or .jsonl.gz file")
        parser.add_argument("--as", dest="username", required=True, help="who imports: an author, who holds the drafts")
        parser.add_argument("--dry-run", action="store_true", help="check everything as an import does, and change nothing")
        parser.add_argument("--skip-invalid", action="store_true", help="bring in the good rows beside bad ones")
        parser.add_argument("--submit", action="store_true", help="submit the drafts for review")
        parser.add_argument("--attest", metavar='"NAME; YYYY-MM-DD; DOCUMENT"', help="record a review done elsewhere (never for AI text)")
        parser.add_argument("--publish", action="store_true", help="publish what is attested")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit with 1 if any row was refused."""
        try:
            counts = self.import_path(**options)
        except ImportRefused as refused:
            raise CommandError(str(refused)) from refused
        except RowErrors as row_errors:
            for error in row_errors.errors:
                self.stderr.write(str(error))
            counts = Counter({"refused": 1})
        if options["dry_run"]:
            self.stdout.write("Dry run: nothing was changed.")
        self.stdout.write(" ".join(f"{name}={counts[name]}" for name in OUTCOMES))
        if counts["refused"]:
            sys.exit(1)

    def import_path(self, *, path: Path, dry_run: bool, skip_invalid: bool, **options: Any) -> "Counter[str]":
        """A folder may have a history beside its entries; then that alone is imported, which has the entries too."""
        import_options = self.import_options(options)
        history_file = history.history_in(path)
        if history_file:
            return Counter({"created": history.import_history(history_file, import_options.by, is_rehearsal=dry_run)})
        with closing(Terminal(self)) as terminal:
            return import_entries(path, import_options, terminal, is_rehearsal=dry_run, skip_invalid=skip_invalid)

    def import_options(self, options: dict[str, Any]) -> ImportOptions:
        """Raises ImportRefused for an unknown person, and for a publication that nobody reviewed."""
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            raise ImportRefused(f"There is no account {options['username']}.")
        if options["publish"] and not options["attest"]:
            raise ImportRefused("Nothing is published unreviewed: give --attest, or have the drafts approved here.")
        attestation = Attestation.of(options["attest"]) if options["attest"] else None
        stage = Stage.PUBLISHED if options["publish"] else Stage.ATTESTED if attestation else Stage(int(options["submit"]))
        return ImportOptions(user, stage, attestation)
