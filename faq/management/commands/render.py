"""`manage.py render [--all]`: make the derived HTML and reading grades again after the renderer changed."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from faq import markdown, publishing
from faq.models import Publication


class Command(BaseCommand):
    """Render the versions whose HTML an older renderer made, or all of them."""

    help = "Make derived HTML and reading grades again. Words, hashes and versions stay as they are."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add --all."""
        parser.add_argument("--all", action="store_true", help="also those the present renderer made")

    def handle(self, *args: Any, **options: Any) -> None:
        """Render version by version; safe to stop and run again."""
        rows = Publication.objects.exclude(words="").order_by("pk")
        if not options["all"]:
            rows = rows.exclude(renderer_version=markdown.RENDERER_VERSION)
        self.stdout.write(f"rendered={publishing.render_again(rows.iterator(chunk_size=200))}")
