"""`manage.py import_entries PATH --as USER`: bring a folder or JSON Lines into the library (faq/interchange/FORMAT.md)."""

import sys
from argparse import ArgumentParser
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from faq.interchange import history
from faq.interchange.faults import Fault, Faulty
from faq.interchange.importing import OUTCOMES, bring_in
from faq.interchange.wanted import Attestation, Refused, Stage, Wanted
from faq.models import User


class Terminal:
    """Says what an import does: faults and warnings on the error stream, and a bar where that is a terminal. Close it at the end."""

    def __init__(self, command: BaseCommand) -> None:
        self.stream = command.stderr
        self.stream.ending = ""  # a bar is drawn over itself: tqdm ends the lines that end
        self.bar = tqdm(file=self.stream, disable=not self.stream.isatty(), unit=" entries")

    def close(self) -> None:
        """Leave the bar as it is; what is written next begins below."""
        self.bar.close()
        self.stream.ending = "\n"

    def say(self, line: str) -> None:
        """Write one line above the bar."""
        tqdm.write(line, file=self.stream)

    def fault(self, fault: Fault) -> None:
        """Write a fault as FILE:LINE: FIELD: reason."""
        self.say(str(fault))

    def warn(self, text: str) -> None:
        """Write a warning."""
        self.say(f"warning: {text}")

    def progress(self, done: int, total: int) -> None:
        """Move the bar."""
        self.bar.total = total
        self.bar.update(done - self.bar.n)


class Command(BaseCommand):
    """Import entries with topics, sources and standing texts, through the ordinary verbs."""

    help = "Bring a folder or JSON Lines into the library. Bad rows are named; without --skip-invalid one of them stops the import."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("path", type=Path, help="a folder, a .md file, or a .jsonl or .jsonl.gz file")
        parser.add_argument("--as", dest="username", required=True, help="who imports: an author, who holds the drafts")
        parser.add_argument("--dry-run", action="store_true", help="check everything as an import does, and change nothing")
        parser.add_argument("--skip-invalid", action="store_true", help="bring in the good rows beside bad ones")
        parser.add_argument("--submit", action="store_true", help="submit the drafts for review")
        parser.add_argument("--attest", metavar='"NAME; YYYY-MM-DD; DOCUMENT"', help="record a review done elsewhere (never for AI text)")
        parser.add_argument("--publish", action="store_true", help="publish what is attested")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, and say what was done; exit 1 if any row was refused."""
        try:
            counts = self.bring_in(**options)
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        except Faulty as faulty:
            for fault in faulty.faults:
                self.stderr.write(str(fault))
            counts = Counter({"refused": 1})
        if options["dry_run"]:
            self.stdout.write("Dry run: nothing was changed.")
        self.stdout.write(" ".join(f"{name}={counts[name]}" for name in OUTCOMES))
        if counts["refused"]:
            sys.exit(1)

    def bring_in(self, *, path: Path, dry_run: bool, skip_invalid: bool, **options: Any) -> "Counter[str]":
        """Import what `path` holds: a history, or entries."""
        wanted = self.wanted(options)
        past = history.history_in(path)
        if past:
            return Counter({"created": history.bring_in(past, wanted.by, is_rehearsal=dry_run)})
        with closing(Terminal(self)) as terminal:
            return bring_in(path, wanted, terminal, is_rehearsal=dry_run, skip_invalid=skip_invalid)

    def wanted(self, options: dict[str, Any]) -> Wanted:
        """Return what the options ask for; raise Refused for an unknown person, and for a publication nobody reviewed."""
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            raise Refused(f"There is no account {options['username']}.")
        if options["publish"] and not options["attest"]:
            raise Refused("Nothing is published unreviewed: give --attest, or have the drafts approved here.")
        attestation = Attestation.of(options["attest"]) if options["attest"] else None
        stage = Stage.PUBLISHED if options["publish"] else Stage.ATTESTED if attestation else Stage(int(options["submit"]))
        return Wanted(user, stage, attestation)
