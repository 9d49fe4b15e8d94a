"""Searches that found nothing, so that the team learns what is missing: words and counts, no address, no session, no letter.

What one person asks stays theirs: until something was asked for on DAYS separate days, only a keyed hash of it is kept.
"""

from contextlib import suppress
from datetime import date, datetime
from typing import Final

from django.db import DatabaseError
from django.db.models import F
from django.utils.crypto import salted_hmac

from faq.clock import local_date
from faq.content.folding import searchable
from faq.content.personal import personal_data
from faq.models import MissedSearch

DAYS: Final = 5
LONGEST: Final = 100
"""Characters: whoever writes more than a question tells of themselves."""
MOST_A_DAY: Final = 5_000
"""Words that are new on one day; a robot that asks for whatever it finds fills no disk."""


def note_missed(query: str, now: datetime) -> None:
    """Note that a search found nothing. A reader's answer never fails for it."""
    words = searchable(query)
    if not words or len(words) > LONGEST or personal_data(query):
        return
    with suppress(DatabaseError):
        note(words, local_date(now))


def note(words: str, today: date) -> None:
    """Count a day on which `words` were asked for, once, whichever worker asks."""
    digest = salted_hmac("faq.search.missed", words, algorithm="sha256").hexdigest()
    rows = MissedSearch.objects.filter(digest=digest)
    if rows.filter(last_on__lt=today).update(days=F("days") + 1, last_on=today):
        rows.filter(days__gte=DAYS, words="").update(words=words)
    elif not rows.exists() and not MissedSearch.objects.filter(days=1, last_on=today)[MOST_A_DAY - 1 :].exists():
        # Another worker may have just made it.
        MissedSearch.objects.bulk_create([MissedSearch(digest=digest, last_on=today)], ignore_conflicts=True)
