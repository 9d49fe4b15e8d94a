"""`manage.py run_jobs`: what the clock does, to be called every minute by cron or a timer."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from faq import jobs


class Command(BaseCommand):
    """Do every job once and print the counts."""

    help = "Publish what is scheduled, hold what nobody confirmed, expire what is due, remind of reviews, tidy up. Safe to run twice."

    def handle(self, *args: Any, **options: Any) -> None:
        counts = jobs.run(timezone.now())
        self.stdout.write(" ".join(f"{name}={count}" for name, count in counts.items()))
        if counts["failed"]:
            raise CommandError(f"{counts['failed']} of what was to be done failed; the log above says what and why. All else was done.")
