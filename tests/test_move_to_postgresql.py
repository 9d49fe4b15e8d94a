"""A library moves from SQLite to PostgreSQL with its whole past, by the commands that the README shows."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from pytest_django import Settings

from faq import verify
from faq.models import Change, Publication, ReviewDecision, User
from tests.factories import make_user

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parent.parent


def manage(database: Path, *arguments: str) -> None:
    """Run a command of manage.py on a SQLite library, as a program of its own."""
    own = {"ENV_FILE": os.devnull, "DEBUG": "1", "DATABASE_URL": f"sqlite:///{database}", "LIBRARY_STATUS": "demonstration"}
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments], cwd=ROOT, env=os.environ | own, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(connection.vendor == "sqlite", reason="about PostgreSQL: it is where the library moves to")
def test_the_past_of_a_sqlite_library_comes_whole_to_postgresql(tmp_path: Path, settings: Settings) -> None:
    old, past = tmp_path / "old.sqlite3", tmp_path / "library.jsonl.gz"
    manage(old, "migrate", "--verbosity", "0")
    manage(old, "load_demo")
    manage(old, "export_entries", str(past), "--form", "jsonl", "--history")
    make_user("importer", username="moves-it")
    settings.ALLOW_HISTORY_IMPORT = True
    call_command("import_entries", str(past), "--as", "moves-it")
    assert list(verify.faults(html=True)) == []
    assert (Publication.objects.current().count(), Publication.objects.filter(version=2).exists()) == (37, True)
    assert Change.objects.exists()
    assert ReviewDecision.objects.exists()
    assert [user.username for user in User.objects.filter(is_active=True)] == ["moves-it"]
