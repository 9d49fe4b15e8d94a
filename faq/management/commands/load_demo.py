"""`manage.py load_demo`: fill an empty library with the demonstration; a library that has it is left as it is."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from faq.interchange import demo
from faq.interchange.errors import RowErrors


class Command(BaseCommand):
    """Play the history of fixtures/her2 through the ordinary verbs, all of it or nothing."""

    help = "Fill an empty library with the demonstration (invented people, real workflow); safe to run again."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            played = demo.load_library()
        except (demo.DemoRefused, RowErrors) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Demonstration loaded: {played} rows of history." if played else "The demonstration is loaded already.")
