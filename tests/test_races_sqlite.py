"""On SQLite one writer is let in at a time: eight programs that write at once wait for each other, and none is turned away."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connection

WRITERS, ENTRIES = 8, 2
WAIT = 60
"""Seconds after which a program that has not ended has hung."""

pytestmark = pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL's races are in test_races_postgresql.py")


def start(library: Path, *arguments: str) -> "subprocess.Popen[str]":
    """Start the program on the library in a file."""
    environment = os.environ | {"DATABASE_URL": f"sqlite:///{library}"}
    command = [sys.executable, "-m", "tests.sqlite_writer", *arguments]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, env=environment, text=True, stdin=pipe, stdout=pipe, stderr=pipe)  # noqa: S603  (ours)


def finish(program: "subprocess.Popen[str]") -> str:
    """Let the program go on, and return what it printed; fail with its complaint where it failed."""
    printed, complaint = program.communicate("go\n", timeout=WAIT)
    assert program.returncode == 0, complaint
    return printed


def test_eight_programs_write_at_once_and_none_finds_the_database_locked(tmp_path: Path) -> None:
    library = tmp_path / "library.sqlite3"
    finish(start(library, "prepare"))
    writers = [start(library, "write", f"writer-{number}", str(ENTRIES)) for number in range(WRITERS)]
    assert [writer.stdout.readline() for writer in writers if writer.stdout] == ["ready\n"] * WRITERS
    with ThreadPoolExecutor(WRITERS) as pool:
        assert list(pool.map(finish, writers)) == [""] * WRITERS
    found = json.loads(finish(start(library, "check")))
    versions = WRITERS * ENTRIES * 2
    assert (found["faults"], found["Publication"], found["Submission"]) == ([], versions, versions)
