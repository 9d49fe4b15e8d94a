"""An import that was killed goes on where it stopped, and what it was doing at that moment leaves nothing half done."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from faq import verify
from faq.interchange.options import Stage
from faq.models import Answer, ImportRun, Publication, Question, User
from tests.factories import make_standing_texts
from tests.interchange import REVIEW, Heard, counts, entry, lines, make_importer, publish, run


class Dies(Heard):
    """A report that stops the import after some entries, as a crash between two of them would."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self.after = after

    def progress(self, done: int, total: int) -> None:
        """Die in time."""
        if done > self.after:
            raise KeyboardInterrupt


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Sixty entries."""
    return lines(tmp_path / "rows.jsonl", [entry(f"e-{number:02}") for number in range(60)])


@pytest.mark.django_db
@pytest.mark.parametrize("stage", [Stage.DRAFT, Stage.PUBLISHED])
def test_a_broken_off_import_goes_on_under_the_same_run(path: Path, stage: Stage) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(path, stage=stage, heard=Dies(after=30))
    there = Question.objects.count()
    assert 30 <= there < 60
    broken = ImportRun.objects.get()
    assert broken.finished_at is None
    assert run(path, stage=stage) == counts(created=60 - there, unchanged=there)
    again = ImportRun.objects.get()
    assert (again.pk, again.finished_at is not None, again.counts) == (broken.pk, True, counts(created=60 - there, unchanged=there))
    assert list(verify.faults()) == []


@pytest.mark.django_db
def test_a_finished_import_is_not_gone_on_with(path: Path) -> None:
    publish(path)
    publish(path)
    assert ImportRun.objects.count() == 2


def database_url() -> str:
    """The address of the tests' own database."""
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    host, port = database["HOST"] or "127.0.0.1", database["PORT"] or 5432
    return f"postgresql://{database['USER']}:{database['PASSWORD']}@{host}:{port}/{database['NAME']}"


def start(path: Path) -> "subprocess.Popen[bytes]":
    """Begin an import in a process of its own."""
    attest = f"{REVIEW.attested_by}; {REVIEW.attested_on}; {REVIEW.document}"
    command = [sys.executable, "manage.py", "import_entries", str(path), "--as", "importer", "--attest", attest, "--publish"]
    environment = os.environ | {"DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "faq_service.settings"}
    return subprocess.Popen(  # noqa: S603  (our own command)
        command, cwd=settings.BASE_DIR, env=environment, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )


@pytest.mark.usefixtures("threads_see_it")
def test_kill_leaves_whole_entries_only(tmp_path: Path) -> None:
    path = lines(tmp_path / "rows.jsonl", [entry(f"e-{number}") for number in range(600)])
    make_standing_texts()
    make_importer()
    process = start(path)
    deadline = time.monotonic() + 60
    while not Publication.objects.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    there = Question.objects.count()
    assert 0 < there < 600
    assert Publication.objects.current().count() == Answer.objects.filter(status="published").count() == there
    assert list(verify.faults()) == []
    assert publish(path)["unchanged"] == there


@pytest.mark.usefixtures("threads_see_it")
def test_two_at_once_bring_everything_in_once(path: Path) -> None:
    make_standing_texts()
    make_importer()

    def bring(_: int) -> dict[str, int]:
        try:
            return publish(path, by=User.objects.get(username="importer"))
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        found = list(threads.map(bring, range(2)))
    assert sum(each["created"] for each in found) == 60, found
    assert sum(each["unchanged"] for each in found) == 60, found
    assert list(verify.faults()) == []
