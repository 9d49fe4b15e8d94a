"""`manage.py compose [--all]`: write anew what readers get of each entry, where a release, a setting or the time has changed it.

Sentence vectors too, where there is a model to make them.
"""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from faq.workflow import publishing, vectors


class Command(BaseCommand):
    """Compose the documents that do not hold any more, or all of them and the reading grades."""

    help = "Compose what readers get. They get it without this too, only slower. Words, hashes and versions stay as they are."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--all", action="store_true", help="also those that hold, and the reading grades")

    def handle(self, *args: Any, **options: Any) -> None:
        graded = f" graded={publishing.grade_again()}" if options["all"] else ""
        composed = publishing.compose_outdated(timezone.now(), everything=options["all"])
        encoded = f" encoded={vectors.make_vectors()}" if settings.SEARCH_MODEL else ""
        self.stdout.write(f"composed={composed}{graded}{encoded}")
