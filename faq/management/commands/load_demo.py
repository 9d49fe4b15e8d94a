"""`manage.py load_demo`: fill an empty library with the demonstration; a library that has it is left as it is."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from faq.interchange import demo
from faq.interchange.faults import Faulty


class Command(BaseCommand):
    """Play the history of fixtures/her2 through the ordinary verbs, all of it or nothing."""

    help = "Fill an empty library with the demonstration (invented people, real workflow); safe to run again."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load the demonstration and say what was done."""
        try:
            played = demo.load()
        except (demo.DemoRefused, Faulty) as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"Demonstration loaded: {played} rows of history." if played else "The demonstration is loaded already.")
