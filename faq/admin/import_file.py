"""The file that somebody is about to import: what may be chosen, how it is kept between the two pages, and who imports it now."""

import gzip
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from django.db import transaction
from django.db.models import Q

from faq.content.texts import is_slug
from faq.interchange.files import Row
from faq.interchange.history import history_in
from faq.interchange.options import Attestation, ImportOptions, Stage
from faq.interchange.records import Record, records
from faq.interchange.zipfiles import unpacked
from faq.models import ImportFile, User

LARGEST: Final = 10_000_000
"""Bytes of a chosen file: they pass through memory and stand in one row. A thousand long entries are less."""
LARGEST_UNPACKED: Final = 20_000_000
"""Bytes of what a .gz or .zip holds."""
MOST_STEPS: Final = 400
"""Rows in one go. A rehearsal takes up to 75 ms a row, and proxies give up on an answer after a minute, most of them."""
LONGEST_NAME: Final = 150
"""Characters of a file's name: the longest slug, and room. Files on disk have 255 bytes."""
STALE: Final = timedelta(minutes=2)
"""Silence after which an import under way counts as broken off: one entry waits for locks for half a minute at most."""
ON_THE_SERVER: Final = "or bring it in on the server with manage.py import_entries"


class InvalidUpload(Exception):
    """A file cannot be imported here; the text says why and what to do."""


@dataclass(frozen=True)
class ChosenOptions:
    """What the person chose beside the file: the stage, the review done elsewhere, and whether wrong rows are left out."""

    stage: Stage
    attestation: Attestation | None
    skip_invalid: bool

    def import_options(self, by: User) -> ImportOptions:
        return ImportOptions(by, self.stage, self.attestation)

    def as_json(self) -> dict[str, Any]:
        """Return the options as ImportFile.options has them, which `of` reads."""
        attestation = self.attestation and asdict(self.attestation) | {"attested_on": str(self.attestation.attested_on)}
        return {"stage": int(self.stage), "attestation": attestation, "skip_invalid": self.skip_invalid}

    @classmethod
    def of(cls, file: ImportFile) -> "ChosenOptions":
        review = file.options["attestation"]
        attestation = review and Attestation(**review | {"attested_on": date.fromisoformat(review["attested_on"])})
        return cls(Stage(file.options["stage"]), attestation, file.options["skip_invalid"])


@dataclass
class Contents:
    """What is in a file: rows by their kind (records.KINDS), rows by the slug of their entry, and how many are called drafts."""

    kinds: Counter[str] = field(default_factory=Counter)
    versions: Counter[str] = field(default_factory=Counter)
    drafts: int = 0

    def slugs(self) -> list[str]:
        """Return the slugs of the entries, each once, in the order of the file; rows without one are left out."""
        return [slug for slug in self.versions if slug]


@contextmanager
def temp_file(name: str, content: bytes) -> Iterator[Path]:
    """Give `content` as a file called `name` in a folder of its own, which is removed afterwards.

    The name counts: its ending says how the file is read, and errors are told under it.
    """
    with TemporaryDirectory(prefix="import-") as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        yield path


def inspect_file(name: str, content: bytes) -> Contents:
    """Return what is in a file; all that can refuse it before the work begins is looked at here.

    Raises InvalidUpload for what is too much or belongs elsewhere, RowErrors where the file cannot be read.
    """
    with temp_file(name, content) as path, unpacked(path) as folder:
        if size_of(folder) > LARGEST_UNPACKED:
            raise InvalidUpload(f"Unpacked this file has more than {LARGEST_UNPACKED // 1_000_000} MB. Split it, {ON_THE_SERVER}.")
        if history_in(folder):
            raise InvalidUpload("This file holds a library's whole history. Bring it in on the server, with manage.py import_entries.")
        return contents_of(folder)


def size_of(path: Path) -> int:
    """Return the bytes of a folder's files, or of what a .gz holds as far as that is not broken; beyond LARGEST_UNPACKED it stops."""
    if path.is_dir():
        return sum(file.stat().st_size for file in path.rglob("*"))
    size = 0
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as stream:
            while size <= LARGEST_UNPACKED and (block := stream.read(1_000_000)):
                size += len(block)
    except (OSError, EOFError, zlib.error):
        pass  # `records` says what is wrong with it, in a sentence
    return size


def contents_of(path: Path) -> Contents:
    """Return what is in a file; raise InvalidUpload where there is nothing, or more than MOST_STEPS.

    A rehearsal does an entry again for each later version and translation, since it took it back: those steps count too.
    """
    contents = Contents()
    originals: list[str] = []
    steps = 0
    for record in records(path):
        steps += 1
        if isinstance(record, Record):
            contents.kinds[record.kind] += 1
        if isinstance(record, Record) and record.kind == "entry":
            slug, original = name_in(record.row), record.row.get("translation_of")
            steps += contents.versions[slug]
            contents.versions[slug] += 1
            contents.drafts += record.row.get("status") == "draft"
            originals += [name_in(original)] if isinstance(original, dict) else []
        if steps > MOST_STEPS:
            break  # what is too much is not read to its end
    if not steps:
        raise InvalidUpload("There is nothing in this file. Choose another one.")
    if steps + sum(contents.versions[slug] for slug in originals) > MOST_STEPS:
        more = "an entry counts again with each later version and translation"
        raise InvalidUpload(f"This file has more than {MOST_STEPS} rows ({more}). Split it, {ON_THE_SERVER}.")
    return contents


def name_in(row: Row) -> str:
    """Return the slug that stands in `row`, an empty string for anything that is none."""
    slug = row.get("slug")
    return slug if isinstance(slug, str) and is_slug(slug) else ""


def keep(*, name: str, content: bytes, options: ChosenOptions, by: User, at: datetime) -> ImportFile:
    """Keep a chosen file in the place of the one that `by` chose before."""
    with transaction.atomic():
        # Two tabs may choose at once, and a person has one file. The second waits here, finds the first one's row and replaces it;
        # without the lock both would find nothing to delete, and the second would break the uniqueness of `by`.
        User.objects.select_for_update(no_key=True).get(pk=by.pk)
        ImportFile.objects.filter(by=by).delete()
        return ImportFile.objects.create(
            name=name, content=content, sha256=sha256(content).hexdigest(), options=options.as_json(), by=by, made_at=at
        )


def previewed_content(file: ImportFile, seen: str) -> bytes:
    """Return the bytes of `file`; raise InvalidUpload unless they are those of the preview, whose hash is `seen`."""
    content = bytes(file.content)
    if not sha256(content).hexdigest() == file.sha256 == seen:
        raise InvalidUpload("The file is not the one that the preview showed. Nothing was imported; choose the file again.")
    return content


def run_name(name: str, digest: str) -> str:
    """Return what an ImportRun calls a file: the same bytes under the same name go on where an import of them was broken off.

    Sixteen digits tell one person's files apart, and stay readable in a list.
    """
    return f"{name} (chosen in the admin, {digest[:16]})"


def claim(file: ImportFile, at: datetime) -> bool:
    """Say that this request imports `file`; return False where another one does, and has not been silent for STALE."""
    # One UPDATE that tests and sets: of two presses of the button the database lets one through.
    free = Q(claimed_at=None) | Q(claimed_at__lt=at - STALE)
    return ImportFile.objects.filter(free, pk=file.pk).update(claimed_at=at) == 1


def heartbeat(file: ImportFile, at: datetime) -> None:
    """Say that the import of `file` lives at the moment `at`, so that nobody else claims it for STALE."""
    ImportFile.objects.filter(pk=file.pk).update(claimed_at=at)


def release_claim(file: ImportFile) -> None:
    ImportFile.objects.filter(pk=file.pk).update(claimed_at=None)
