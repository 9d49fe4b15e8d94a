"""`manage.py verify [--html]`: recompute chains, hashes, copies, State and derived HTML, and name what does not agree."""

from argparse import ArgumentParser
from itertools import islice
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from faq.verify import faults

MOST = 50
"""How many faults are listed; the first one is where to look."""


class Command(BaseCommand):
    """Print `verify: ok`, or `FAULT table pk reason` a line and exit 1."""

    help = "Check that nothing was lost, changed or slipped in. Prints “verify: ok”, or a FAULT a line."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--html", action="store_true", help="render every version again, not only a sample")

    def handle(self, *args: Any, html: bool, **options: Any) -> None:
        listed = list(islice(faults(html=html), MOST))
        for fault in listed:
            self.stdout.write(f"FAULT {fault.table} {fault.pk} {fault.reason}")
        if listed:
            raise CommandError(f"verify: {len(listed)}{' or more' if len(listed) == MOST else ''} fault(s)", returncode=1)
        self.stdout.write("verify: ok")
