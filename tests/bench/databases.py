"""Both databases that a bench compares, filled with the same rows and kept for the next run."""
# ruff: noqa: S603 - starts manage.py and PostgreSQL's tools, with arguments of its own

import gzip
import hashlib
import json
import os
import secrets
import shutil
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

ROOT: Final = Path(__file__).resolve().parent.parent.parent
POSTGRES: Final = os.environ.get("TEST_POSTGRES_URL") or "postgresql://postgres@127.0.0.1:5432/postgres"
ROWS: Final = Path(os.environ.get("BENCH_ROWS") or "missing").resolve()
PEER: Final = Path(os.environ.get("BENCH_PEER") or "missing").resolve()

PEER_SETTINGS: Final = """
import os
from peer.settings import *
DATABASES["default"]["NAME"] = os.environ.get("PGDATABASE") or DATABASES["default"]["NAME"]
"""

PEOPLE: Final = """
from django.utils import timezone
from tests.factories import make_reviewer, make_standing_texts, make_user
now = timezone.now()
make_reviewer(at=now, user=make_user(username="the-reviewer"))
make_standing_texts(at=now)
make_user("author", "importer", "publisher", username="bench")
"""
"""Who imports, and what every answer carries beside its words: two disclaimers, as the peer's have."""

BUSIEST: Final = 100
"""Of so many topics, those with most entries, names and places are approved; of the others they wait, as whatever an import brings."""

APPROVE: Final = """
from django.utils import timezone
from faq import workflow
from faq.models import Topic, User
reviewer = User.objects.get(username="the-reviewer")
for topic in Topic.objects.filter(slug__in={slugs}):
    for proposal in [*topic.names.proposed(), *topic.placements.proposed()]:
        workflow.approve_text(proposal, by=reviewer, at=timezone.now())
"""


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def run(command: Sequence[str | Path], *, cwd: Path = ROOT, env: Mapping[str, str] | None = None) -> float:
    """Run a command to its end and return its seconds; where it fails, exit with the end of what it said."""
    started = time.monotonic()
    done = subprocess.run(command, cwd=cwd, env=os.environ | (env or {}), capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"`{' '.join(map(str, command[:4]))} …` failed:\n{(done.stdout + done.stderr)[-3000:]}")
    return time.monotonic() - started


class Sqlite:
    """A file that stays in its folder."""

    can_keep = True

    def __init__(self, folder: Path, name: str) -> None:
        self.path = folder / f"{name}.sqlite3"

    def open(self) -> None:
        pass

    def url(self) -> str:
        return f"sqlite:///{self.path}"

    def peer_environment(self) -> dict[str, str]:
        return {"PEER_DIR": str(self.path.parent), "PGHOST": "", "PGDATABASE": ""}

    def settle(self) -> None:
        """Do what an import of many entries does at its end, and empty the log, so that the file's size is the database's."""
        with closing(sqlite3.connect(self.path)) as connection:
            connection.execute("ANALYZE")
            connection.commit()
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def size(self) -> int:
        return self.path.stat().st_size

    def keep(self) -> None:
        pass

    def close(self) -> None:
        pass


class Postgres:
    """A database of its own on the server, dropped at the end; kept as a dump."""

    can_keep = bool(shutil.which("pg_dump") and shutil.which("pg_restore"))

    def __init__(self, folder: Path, name: str) -> None:
        self.name, self.dump = f"bench_{os.getpid()}_{name}", folder / f"{name}.dump"

    def open(self) -> None:
        on_server("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'", self.name)
        if self.dump.exists():
            run(["pg_restore", "--no-owner", f"--dbname={self.url()}", self.dump])
            self.settle()

    def url(self) -> str:
        return urlsplit(POSTGRES)._replace(path=f"/{self.name}").geturl()

    def peer_environment(self) -> dict[str, str]:
        names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD"}
        known = conninfo_to_dict(POSTGRES)
        return {variable: str(known[name]) for name, variable in names.items() if name in known} | {"PGDATABASE": self.name}

    def settle(self) -> None:
        """Do at once what autovacuum does within minutes."""
        with closing(psycopg.connect(self.url(), autocommit=True)) as connection:
            connection.execute("VACUUM (ANALYZE)")

    def size(self) -> int:
        with closing(psycopg.connect(self.url())) as connection:
            row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
        return int(row[0]) if row else 0

    def keep(self) -> None:
        run(["pg_dump", "--format=custom", "--compress=1", f"--dbname={self.url()}", f"--file={self.dump}"])

    def close(self) -> None:
        on_server("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name)


Database = Sqlite | Postgres
KINDS: Final[dict[str, type[Database]]] = {"sqlite": Sqlite, "postgresql": Postgres}


def on_server(statement: str, name: str) -> None:
    with closing(psycopg.connect(POSTGRES, autocommit=True)) as connection:
        connection.execute(sql.SQL(statement).format(sql.Identifier(name)))


def silence(kind: str) -> str:
    """Return why a database does not answer; nothing where it does."""
    try:
        if kind == "postgresql":
            psycopg.connect(POSTGRES, connect_timeout=5).close()
    except psycopg.Error as fault:
        return str(fault).splitlines()[0]
    return ""


# Filling.


class Place(NamedTuple):
    """Where one size of one database lies: the library's and the peer's, with the rows both hold."""

    folder: Path
    library: Database
    peer: Database
    rows: list[dict[str, Any]]

    def library_environment(self) -> dict[str, str]:
        """A demonstration in production's manner; empty counts as unset, so that no setting of the caller's shell comes in."""
        own = {"LIBRARY_STATUS": "demonstration", "SECRET_KEY": KEY, "ALLOWED_HOSTS": "127.0.0.1", "DATABASE_URL": self.library.url()}
        others = dict.fromkeys(
            (
                "PUBLIC_URL",
                "LIBRARY_TIME_ZONE",
                "REVIEW_DUE_DAYS",
                "REVIEW_INTERVAL_DAYS",
                "REVIEW_LONGEST_DAYS",
                "MIGRATION_DATABASE_URL",
                "EMAIL_URL",
            ),
            "",
        )
        return PLAIN | others | own | {"ENV_FILE": os.devnull, "DEBUG": "0", "ALLOW_ATTESTATION": "1"}

    def peer_environment(self) -> dict[str, str]:
        path = os.pathsep.join(filter(None, [str(self.folder), os.environ.get("PYTHONPATH", "")]))
        return PLAIN | {"DJANGO_SETTINGS_MODULE": "bench_peer", "PYTHONPATH": path} | self.peer.peer_environment()


KEY: Final = secrets.token_urlsafe(50)
PLAIN: Final = {"WEB_CONCURRENCY": "1", "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1", "DJANGO_SETTINGS_MODULE": "faq_service.settings"}


def rows_of(size: int) -> list[bytes]:
    """Return `size` rows from all over the file, for its first ones are of one kind and shorter than most."""
    with gzip.open(ROWS, "rb") as packed:
        rows = packed.read().splitlines(keepends=True)
    if not 0 < size <= len(rows):
        sys.exit(f"BENCH_SIZES has {size}, and {ROWS.name} has {len(rows)} rows. Name a number from 1 to that.")
    return [rows[place * len(rows) // size] for place in range(size)]


def fingerprint() -> str:
    """Return what tells databases of other rows, or of other tables, from ours."""
    digest = hashlib.sha256(ROWS.read_bytes())
    for path in sorted((ROOT / "faq" / "migrations").glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:8]


@contextmanager
def filled(kind: str, size: int, base: Path) -> Iterator[tuple[Place, dict[str, Any]]]:
    """Yield both databases, filled, and how long that took and how large they are."""
    folder = base / f"{kind}-{size}-{fingerprint()}"
    note = folder / "filled.json"
    if not note.exists():  # it is written last: what was broken off is begun anew
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "bench_peer.py").write_text(PEER_SETTINGS)
    lines = rows_of(size)
    (folder / "rows.jsonl").write_bytes(b"".join(lines))
    library, peer = KINDS[kind](folder, "library"), KINDS[kind](folder, "peer")
    with ExitStack() as stack:
        for database in (library, peer):
            stack.callback(database.close)
            database.open()
        place = Place(folder, library, peer, [json.loads(line) for line in lines])
        if note.exists():
            told = json.loads(note.read_text()) | {"from_cache": True}
            manage(place, "compose")  # the program, or a review date, may have moved on since
            library.settle()
        else:
            told = fill(place)
            if library.can_keep:
                library.keep()
                peer.keep()
                note.write_text(json.dumps(told))
        yield place, told


def fill(place: Place) -> dict[str, Any]:
    """Fill both databases; return seconds and bytes."""
    manage(place, "migrate", "--verbosity", "0")
    manage(place, "shell", "--verbosity", "0", "-c", PEOPLE)
    review = "Its publisher; 2026-01-15; MedQuAD"
    rows = str(place.folder / "rows.jsonl")
    told: dict[str, Any] = {"import_s": manage(place, "import_entries", rows, "--as", "bench", "--attest", review, "--publish")}
    manage(place, "shell", "--verbosity", "0", "-c", APPROVE.format(slugs=[slug for slug, _ in topics_of(place.rows).most_common(BUSIEST)]))
    told["compose_s"] = manage(place, "compose")
    environment, python = place.peer_environment(), [sys.executable, "manage.py"]
    run([*python, "migrate", "--verbosity", "0"], cwd=PEER, env=environment)
    told["peer_fill_s"] = run([*python, "fill", rows], cwd=PEER, env=environment)
    place.library.settle()
    place.peer.settle()
    return told | {"library_bytes": place.library.size(), "peer_bytes": place.peer.size()}


def topics_of(rows: Sequence[Mapping[str, Any]]) -> Counter[str]:
    """Return how many of `rows` are in each topic."""
    return Counter(topic["slug"] for row in rows for topic in row["topics"])


def manage(place: Place, *arguments: str) -> float:
    return run([sys.executable, "manage.py", *arguments], env=place.library_environment())
