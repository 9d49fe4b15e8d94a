"""What the tests of the interchange share: people who import, rows and folders, and an import that keeps what it was told."""

import gzip
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from faq.interchange.errors import RowError
from faq.interchange.importer import ImportedEntry
from faq.interchange.importing import import_entries
from faq.interchange.options import Attestation, ImportOptions, Stage
from faq.models import User
from tests.factories import make_standing_texts, make_user

REVIEW = Attestation.of("National Institutes; 2026-01-15; MedQuAD release 1")


class Heard:
    """A report that remembers."""

    def __init__(self) -> None:
        self.errors: list[str] = []
        self.warnings: list[str] = []
        self.steps: list[tuple[int, int]] = []
        self.entries: list[ImportedEntry] = []

    def error(self, error: RowError) -> None:
        """Remember a fault."""
        self.errors.append(str(error))

    def warn(self, text: str) -> None:
        """Remember a warning."""
        self.warnings.append(text)

    def entry(self, entry: ImportedEntry) -> None:
        """Remember what became of an entry."""
        self.entries.append(entry)

    def progress(self, done: int, total: int) -> None:
        """Remember a step."""
        self.steps.append((done, total))


def make_importer() -> User:
    """Make, once, somebody who may write, import, attest and publish."""
    return User.objects.filter(username="importer").first() or make_user("author", "importer", "publisher", username="importer")


def entry(slug: str = "what-is-it", **changes: Any) -> dict[str, Any]:
    """Return a row that is ready to be attested, with a topic and a source of its own."""
    start: dict[str, Any] = {
        "slug": slug,
        "question": f"What is {slug}?",
        "language": "en",
        "audience": "patient",
        "origin": "human",
        "topics": [{"slug": "whole", "name": "The whole", "kind": "condition", "synonyms": ["all of it"], "codes": []}],
        "body": "It is what it is [^s1].",
        "sources": [{"key": "s1", "kind": "web_page", "title": "A source", "publisher": "A publisher", "url": "https://sources.example/1"}],
    }
    return {name: value for name, value in (start | changes).items() if value is not ...}


def lines(path: Path, rows: Sequence[Mapping[str, Any] | str | bytes]) -> Path:
    """Write rows as JSON Lines, packed where the name says so; texts and bytes are lines as they are."""
    raw = [row if isinstance(row, bytes) else (row if isinstance(row, str) else json.dumps(row)).encode() for row in rows]
    packed = b"\n".join(raw) + b"\n"
    path.write_bytes(gzip.compress(packed) if path.suffix == ".gz" else packed)
    return path


def run(path: Path, *, stage: Stage = Stage.DRAFT, by: User | None = None, heard: Heard | None = None, **flags: Any) -> dict[str, int]:
    """Import `path` and return the counts; standing texts that any English entry needs are in force."""
    make_standing_texts()
    attestation = REVIEW if stage >= Stage.ATTESTED else None
    return dict(import_entries(path, ImportOptions(by or make_importer(), stage, attestation), heard or Heard(), **flags))


def publish(path: Path, **arguments: Any) -> dict[str, int]:
    """Import, attest and publish `path`; return the counts."""
    return run(path, stage=Stage.PUBLISHED, **arguments)


def counts(**numbers: int) -> dict[str, int]:
    """Return what an import counts, nought where nothing is said."""
    return {"created": 0, "new_version": 0, "unchanged": 0, "refused": 0} | numbers
