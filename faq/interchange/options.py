"""What an import is asked to do: for whom, how far entries go, and who reviewed them elsewhere."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum
from hashlib import sha256

from django.conf import settings

from faq.clock import calendar_fault, local_date
from faq.content.letters import is_blank
from faq.interchange.entries import FileEntry
from faq.models import User
from faq.workflow import ExternalNameReview, transitions
from faq.workflow.review_dates import review_interval


class Stage(IntEnum):
    """How far an entry goes."""

    DRAFT = 0
    SUBMITTED = 1
    ATTESTED = 2
    PUBLISHED = 3


class ImportRefused(Exception):
    """An import cannot begin; the text says why and what to do."""


@dataclass(frozen=True)
class Attestation:
    """Who reviewed the words elsewhere, on which day, and which document shows it."""

    attested_by: str
    attested_on: date
    document: str

    @classmethod
    def of(cls, text: str) -> "Attestation":
        """`text` is `NAME; YYYY-MM-DD; DOCUMENT`; raises ImportRefused for anything else."""
        parts = [part.strip() for part in text.split(";", 2)]  # the document may have semicolons of its own
        try:
            name, day, document = parts
            attestation = cls(name, date.fromisoformat(day), document)
        except ValueError:
            raise ImportRefused('Give the attestation as "NAME; YYYY-MM-DD; DOCUMENT".') from None
        if is_blank(name) or is_blank(document):
            raise ImportRefused('Name in the attestation who reviewed and which document shows it: "NAME; YYYY-MM-DD; DOCUMENT".')
        return attestation


@dataclass(frozen=True)
class ImportOptions:
    """The person who imports, the stage entries shall reach, and the attestation where one is given."""

    by: User
    stage: Stage
    attestation: Attestation | None = None

    def check(self, at: datetime) -> None:
        tests = [transitions.can_curate, transitions.author]
        tests += [transitions.importer] if self.stage >= Stage.ATTESTED else []
        tests += [transitions.publisher] if self.stage >= Stage.PUBLISHED else []
        reasons = list(dict.fromkeys(filter(None, (test(self.by, None, at) for test in tests))))
        if reasons:
            raise ImportRefused(" ".join(reasons))
        if self.attestation and not settings.ALLOW_ATTESTATION:
            raise ImportRefused("Attestation is switched off here; set ALLOW_ATTESTATION to allow it.")
        if self.attestation and self.attestation.attested_on > local_date(at):
            raise ImportRefused("The review cannot lie in the future; correct its date.")
        if self.attestation and (fault := calendar_fault(self.attestation.attested_on)):
            raise ImportRefused(f"The day of the review {fault}; correct it.")

    def name_review(self, *, has_ai_text: bool) -> ExternalNameReview | None:
        """Return the review done elsewhere that counts for names of topics; none beside text of AI origin, which nobody can attest."""
        counts = self.attestation is not None and self.stage >= Stage.ATTESTED and not has_ai_text
        return ExternalNameReview(**vars(self.attestation)) if counts else None

    def require_attestation(self) -> Attestation:
        if self.attestation is None:
            raise ImportRefused("Nothing is attested or published without --attest.")
        return self.attestation

    def stage_of(self, entry: FileEntry) -> Stage:
        """What its file calls a draft stays one, whatever the stage of the import."""
        return Stage.DRAFT if entry.is_draft else self.stage


def review_day(entry: FileEntry, at: datetime) -> date:
    """The day that its file names if that lies ahead, else one within the interval of its origin that its slug decides.

    A large import would else fall due on one day. The hash spreads the slugs evenly, from the first day on which an entry is not due
    at once, and gives an entry the same distance in every import.
    """
    today = local_date(at)
    if entry.next_review_due_on and entry.next_review_due_on > today:
        return entry.next_review_due_on
    interval = review_interval(entry.words.provenance.origin)
    first = min(settings.REVIEW_DUE_DAYS + 1, interval)
    place = int.from_bytes(sha256(entry.slug.encode()).digest()[:8]) % (interval - first + 1)
    return today + timedelta(days=first + place)
