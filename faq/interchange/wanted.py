"""What an import is asked to do: for whom, how far entries go, and who reviewed them elsewhere."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum
from hashlib import sha256
from typing import Final

from django.conf import settings

from faq.clock import local_date
from faq.interchange.entries import Entry
from faq.models import User
from faq.workflow import rules

INTERVAL: Final = 365
"""Days within which every entry of an import is reviewed again, unless its file names a day."""


class Stage(IntEnum):
    """How far an entry goes."""

    DRAFT = 0
    SUBMITTED = 1
    ATTESTED = 2
    PUBLISHED = 3


class Refused(Exception):
    """An import cannot begin; the text says why and what to do."""


@dataclass(frozen=True)
class Attestation:
    """Who reviewed the words elsewhere, on which day, and which document shows it."""

    attested_by: str
    attested_on: date
    document: str

    @classmethod
    def of(cls, text: str) -> "Attestation":
        """Return what `NAME; YYYY-MM-DD; DOCUMENT` says; raise Refused for anything else."""
        parts = [part.strip() for part in text.split(";", 2)]
        try:
            name, day, document = parts
            found = cls(name, date.fromisoformat(day), document)
        except ValueError:
            raise Refused('Give the attestation as "NAME; YYYY-MM-DD; DOCUMENT".') from None
        if not (name and document):
            raise Refused('Name in the attestation who reviewed and which document shows it: "NAME; YYYY-MM-DD; DOCUMENT".')
        return found


@dataclass(frozen=True)
class Wanted:
    """The person who imports, the stage entries shall reach, and the attestation where one is given."""

    by: User
    stage: Stage
    attestation: Attestation | None = None

    def check(self, at: datetime) -> None:
        """Raise Refused unless the person has the roles for it, and attestation is allowed here."""
        asked = [rules.curator, rules.author]
        asked += [rules.importer] if self.stage >= Stage.ATTESTED else []
        asked += [rules.publisher] if self.stage >= Stage.PUBLISHED else []
        reasons = list(dict.fromkeys(filter(None, (test(self.by, None, at) for test in asked))))
        if reasons:
            raise Refused(" ".join(reasons))
        if self.attestation and not settings.ALLOW_ATTESTATION:
            raise Refused("Attestation is switched off here; set ALLOW_ATTESTATION to allow it.")
        if self.attestation and self.attestation.attested_on > local_date(at):
            raise Refused("The review cannot lie in the future; correct its date.")

    def attested(self) -> Attestation:
        """Return the attestation; raise Refused where there is none."""
        if self.attestation is None:
            raise Refused("Nothing is attested or published without --attest.")
        return self.attestation

    def stage_of(self, entry: Entry) -> Stage:
        """Return how far `entry` goes: what its file calls a draft stays one."""
        return Stage.DRAFT if entry.is_draft else self.stage


def review_day(entry: Entry, at: datetime) -> date:
    """Return when `entry` is reviewed next: the day its file names if that lies ahead, else one that its address decides.

    Addresses spread evenly over the INTERVAL, from the first day on which an entry is not due at once.
    """
    today = local_date(at)
    if entry.next_review_due_on and entry.next_review_due_on > today:
        return entry.next_review_due_on
    first = min(settings.REVIEW_DUE_DAYS + 1, INTERVAL)
    place = int.from_bytes(sha256(entry.slug.encode()).digest()[:8]) % (INTERVAL - first + 1)
    return today + timedelta(days=first + place)
