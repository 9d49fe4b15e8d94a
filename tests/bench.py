"""`make bench`: how fast readers are answered, beside a plain Django REST framework service over the same rows (no pytest file).

BENCH_ROWS       medquad.jsonl.gz: interchange rows, packed. Needed.
BENCH_PEER       the peer's folder, the one with its manage.py. Needed.
BENCH_DATABASES  default sqlite,postgresql; PostgreSQL is the one at TEST_POSTGRES_URL.
BENCH_SIZES      default 25,16373: how many rows, taken evenly from the file.
BENCH_SECONDS, BENCH_ROUNDS   of each measure; default 3 and 3, of which the median counts.
BENCH_CACHE      a folder that keeps filled databases for the next run.
BENCH_OUT        where the figures go as JSON.

A target that is missed is told and is no failure; answers with a wrong status are (exit 1).
"""
# ruff: noqa: S603 - starts wrk, manage.py, PostgreSQL's tools and servers, all with arguments of its own

import gzip
import hashlib
import http.client
import json
import os
import random
import secrets
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import asdict, dataclass, field
from itertools import chain, cycle, islice, zip_longest
from pathlib import Path
from statistics import median
from typing import Any, Final, NamedTuple, NoReturn
from urllib.parse import quote, urlsplit

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

ROOT: Final = Path(__file__).resolve().parent.parent
POSTGRES: Final = os.environ.get("TEST_POSTGRES_URL") or "postgresql://postgres@127.0.0.1:5432/postgres"
ROWS: Final = Path(os.environ.get("BENCH_ROWS") or "missing").resolve()
PEER: Final = Path(os.environ.get("BENCH_PEER") or "missing").resolve()
SECONDS: Final = int(os.environ.get("BENCH_SECONDS") or 3)
ROUNDS: Final = int(os.environ.get("BENCH_ROUNDS") or 3)
WARM_UP: Final = 0.5
PATHS: Final = 1 << 14
"""Addresses of a cold measure: more than a worker can keep answers of, and more than are asked for in one measure."""
THREADS: Final = 4
"""Of a worker, as in faq/management/commands/serve.py."""
PATIENCE: Final = 60.0
"""Seconds for a server to start."""
SHUFFLED: Final = 20
"""Seed of every random order."""

LUA: Final = """
local requests, at, threads = {}, 0, {}
wrong = 0
function setup(thread) table.insert(threads, thread) end
function init(args)
  at = tonumber(args[2])
  if args[3] then
    wrk.headers["If-None-Match"] = args[3]
    response = function(status) if status ~= 304 then wrong = wrong + 1 end end
  end
  for path in io.lines(args[1]) do requests[#requests + 1] = wrk.format("GET", path) end
end
function request() at = at % #requests + 1; return requests[at] end
function done(summary, latency)
  local errors, wrong = summary.errors, 0
  for _, thread in ipairs(threads) do wrong = wrong + thread:get("wrong") end
  io.write(string.format('\\nFIGURES {"requests": %d, "micros": %d, "p95": %f, "bytes": %d, "errors": %d}\\n', summary.requests,
    summary.duration, latency:percentile(95), summary.bytes,
    wrong + errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
"""
"""Asks for the addresses of a file in turn, from a place on. `response` costs wrk time, so only a wanted 304 is looked at there."""

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


# Databases.


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
    told["compose_s"] = manage(place, "compose")
    environment, python = place.peer_environment(), [sys.executable, "manage.py"]
    run([*python, "migrate", "--verbosity", "0"], cwd=PEER, env=environment)
    told["peer_fill_s"] = run([*python, "fill", rows], cwd=PEER, env=environment)
    place.library.settle()
    place.peer.settle()
    return told | {"library_bytes": place.library.size(), "peer_bytes": place.peer.size()}


def manage(place: Place, *arguments: str) -> float:
    return run([sys.executable, "manage.py", *arguments], env=place.library_environment())


# Servers.


class Server(NamedTuple):
    """One that runs, in a process group of its own."""

    port: int
    group: int

    def cpu(self) -> float:
        """Return the seconds of processor time its processes have used, which tell more than a clock where others work beside them."""
        ticks = 0
        for path in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):  # one that has just ended
                columns = path.read_text().rpartition(")")[2].split()
                ticks += int(columns[11]) + int(columns[12]) if int(columns[2]) == self.group else 0
        return ticks / os.sysconf("SC_CLK_TCK")

    def get(self, path: str) -> tuple[int, str]:
        """Return the status and the tag of one answer."""
        status, headers, _ = self.ask(path)
        return status, headers.get("ETag", "")

    def json(self, path: str) -> Any:
        """Return what one answer says."""
        return json.loads(self.ask(path)[2])

    def ask(self, path: str) -> tuple[int, http.client.HTTPMessage, bytes]:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()


@contextmanager
def serving(application: str, cwd: Path, environment: Mapping[str, str], folder: Path) -> Iterator[Server]:
    """Serve with one worker, as the library is served, until the block ends."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    log = folder / f"{application.partition('.')[0]}.log"
    with log.open("wb") as stream:
        process = subprocess.Popen(
            server_command(application, port),
            cwd=cwd,
            env=os.environ | environment,
            stdout=stream,
            stderr=stream,
            start_new_session=True,  # so that its workers end with it
        )
        try:
            yield started(Server(port, process.pid), process, log)
        finally:
            end(process)


def server_command(application: str, port: int) -> list[str]:
    """Return how to serve either of the two as `manage.py serve` does, with one worker."""
    options = ["--interface", "wsgi", "--http", "1", "--workers", "1", "--blocking-threads", str(THREADS), "--log-level", "warning"]
    return [sys.executable, "-m", "granian", *options, "--host", "127.0.0.1", "--port", str(port), f"{application}:application"]


def started(server: Server, process: "subprocess.Popen[bytes]", log: Path) -> Server:
    until = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < until:
        try:
            server.get("/")
        except OSError:
            time.sleep(0.1)
        else:
            return server
    sys.exit(f"A server did not start; its log ends:\n{log.read_text()[-3000:]}")


def end(process: "subprocess.Popen[bytes]") -> None:
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, sign)
            process.wait(10)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue


# What is measured.


@dataclass
class Measure:
    """One row of the table: what is asked for, in turn, and what came of each round; p95s and cpus are milliseconds an answer."""

    name: str
    paths: Sequence[str]
    beside: str = ""
    is_conditional: bool = False
    rates: list[float] = field(default_factory=list)
    p95s: list[float] = field(default_factory=list)
    cpus: list[float] = field(default_factory=list)
    bytes: int = 0
    errors: int = 0
    place: int = 0

    @property
    def is_peer(self) -> bool:
        return self.name.startswith("peer")

    @property
    def rate(self) -> float:
        return median(self.rates)

    @property
    def cpu(self) -> float:
        return median(self.cpus)

    def figures(self) -> dict[str, Any]:
        told = {name: value for name, value in asdict(self).items() if name not in ("paths", "place")}
        return told | {"rps": self.rate, "p95_ms": median(self.p95s), "cpu_ms": self.cpu}


def many(paths: Sequence[str]) -> list[str]:
    """Return PATHS addresses, `paths` in turn, each told from the last by a parameter that means nothing: none is in a worker's store."""
    return [f"{path}?n={number}" for number, path in enumerate(islice(cycle(paths), PATHS))]


def many_lists(queries: Sequence[str], digits: tuple[str, str] = ("audience=patient", "audience=caregiver")) -> list[str]:
    """The same for the API's lists, which take no such parameter, but take one of their own again and again: here as binary digits."""
    bits = range(PATHS.bit_length() - 1)
    told = ["&".join([*digits, *(digits[number >> bit & 1] for bit in bits)]) for number in range(PATHS)]
    return [f"{API}?{query}&{text}" for query, text in zip(cycle(queries), told, strict=False)]


API: Final = "/api/v1/entries/"
FEED: Final = "/api/v1/changes/"
LIMITS: Final = range(51, 151)
"""How many rows of the feed are asked for at once: a hundred on average."""


def cursors(server: Server) -> list[str]:
    """Return the cursors at which a follower of the whole feed asks for more, the first one included."""
    found = ["0"]
    while True:
        page = server.json(f"{FEED}?since={found[-1]}&limit=100")
        if not page["has_more"]:
            return found
        found.append(page["next"])


def measures(rows: Sequence[Mapping[str, Any]], feed: Sequence[str]) -> list[Measure]:
    """Return what is measured of a library of `rows`, whose feed has the cursors `feed`, in the order of the table."""
    slugs = [str(row["slug"]) for row in rows]
    pages = list(range(1, -(-len(slugs) // 20) + 1))
    topics = Counter(topic["slug"] for row in rows for topic in row["topics"]).most_common(1)
    codes = Counter(f"{code['system']}|{code['code']}" for row in rows for topic in row["topics"] for code in topic["codes"]).most_common(1)
    order = random.Random(SHUFFLED)
    order.shuffle(slugs)
    deep = pages[-1]
    order.shuffle(pages)
    questions = [f"/questions/{slug}/" for slug in slugs]
    busiest = [f"/topics/{topics[0][0]}/"] if topics else []
    by_topic = [f"topic={topics[0][0]}"] if topics else []
    by_code = [f"code={quote(codes[0][0])}"] if codes else []
    two = ("audience=patient", "language=en")
    return [
        Measure("detail, cold", [f"{API}{slug}/" for slug in slugs], "peer detail"),
        Measure("detail, repeated", [f"{API}{slugs[0]}/"], "peer detail"),
        Measure("detail, 304", [f"{API}{slugs[0]}/"], "peer detail", is_conditional=True),
        Measure("list of 20", [API], "peer list"),
        Measure("list, cold", many_lists([f"page={number}" for number in pages]), "peer list"),
        Measure("deep page", [f"{API}?page={deep}"], "peer list"),
        Measure("deep page, cold", many_lists([f"page={deep}"]), "peer list"),
        Measure("list by topic", [f"{API}?{query}" for query in by_topic], "peer list by topic"),
        Measure("list by topic, cold", many_lists(by_topic), "peer list by topic"),
        Measure("list by code", [f"{API}?{query}" for query in by_code], "peer list by topic"),
        Measure("list by code, cold", many_lists(by_code), "peer list by topic"),
        Measure("audience × language", [f"{API}?{'&'.join(two)}"], "peer list"),
        Measure("audience × language, cold", many_lists(["page=1"], two), "peer list"),
        Measure("newest first, cold", many_lists(["ordering=-published_at"]), "peer list"),
        Measure("as JSON-LD, cold", [f"{API}{slug}/?format=jsonld" for slug in slugs], "peer detail"),
        Measure("as Markdown, cold", [f"{API}{slug}/?format=md" for slug in slugs], "peer detail"),
        Measure("feed", [f"{FEED}?limit=100"], "peer list"),
        Measure("feed, cold", [f"{FEED}?since={cursor}&limit={limit}" for limit in LIMITS for cursor in feed], "peer list"),
        Measure("feed with entries, cold", [f"{FEED}?since={cursor}&limit=20&include=entry" for cursor in feed], "peer list"),
        Measure("question page, cold", many(questions), "peer detail"),
        Measure("question page, repeated", questions[:1], "peer detail"),
        Measure("front page", ["/"], "peer list"),
        Measure("front page, cold", many(["/"]), "peer list"),
        Measure("topic page", busiest, "peer list"),
        Measure("topic page, cold", many(busiest), "peer list"),
        Measure("peer detail", [f"/questions/{slug[:120]}/" for slug in slugs]),
        Measure("peer list", ["/questions/"]),
        Measure("peer list by topic", [f"/questions/?topics__slug={topics[0][0][:120]}"] if topics else []),
        Measure("peer /constant/", ["/constant/"]),
        Measure("peer /one-query/", ["/one-query/"]),
    ]


def alternating(asked: Sequence[Measure]) -> list[Measure]:
    """Return ours and the peer's by turns, as far as these go, so that a noisy minute hits both."""
    pairs = zip_longest([each for each in asked if not each.is_peer], [each for each in asked if each.is_peer])
    return [measure for measure in chain.from_iterable(pairs) if measure]


def measured(place: Place) -> list[Measure]:
    """Ask both servers, round by round, every second one backwards."""
    with (
        serving("faq_service.wsgi", ROOT, place.library_environment(), place.folder) as ours,
        serving("peer.wsgi", PEER, place.peer_environment(), place.folder) as peers,
    ):
        asked = [measure for measure in measures(place.rows, cursors(ours)) if is_there(measure, peers if measure.is_peer else ours)]
        in_turn = alternating(asked)
        for number in range(ROUNDS):
            for measure in in_turn[:: -1 if number % 2 else 1]:
                ask(measure, peers if measure.is_peer else ours, place.folder)
    return asked


def is_there(measure: Measure, server: Server) -> bool:
    """Whether there is something to ask for; an answer other than 200 is an error that ends the run."""
    if not measure.paths:
        say(f"{measure.name}: not measured, the rows have none")
        return False
    status, _ = server.get(measure.paths[0])
    if status != 200:
        sys.exit(f"{measure.name}: {measure.paths[0]} answered {status}, not 200.")
    return True


def ask(measure: Measure, server: Server, folder: Path) -> None:
    """Warm up, then measure, from the address on at which the last time ended."""
    script, paths = folder / "bench.lua", folder / "paths"
    script.write_text(LUA)
    paths.write_text("\n".join(measure.paths) + "\n")
    tag = [server.get(measure.paths[0])[1]] if measure.is_conditional else []
    command = ["wrk", "-t1", "-c4", f"-d{SECONDS}s", "--timeout", "10s", "-s", str(script), f"http://127.0.0.1:{server.port}", "--"]
    for stop_after in (WARM_UP, None):
        used = server.cpu()
        figures = wrk([*command, str(paths), str(measure.place), *tag], stop_after)
        measure.place += int(figures["requests"])
        measure.errors += int(figures["errors"])
    measure.rates.append(figures["requests"] / figures["micros"] * 1e6)
    measure.p95s.append(figures["p95"] / 1000)
    measure.cpus.append(max(0.01, server.cpu() - used) / max(1, figures["requests"]) * 1000)  # it is counted in ticks
    measure.bytes = round(figures["bytes"] / max(1, figures["requests"]))


def wrk(command: Sequence[str], stop_after: float | None) -> dict[str, float]:
    """Return the figures of one run; wrk knows whole seconds only, and a signal ends it sooner."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            if stop_after:
                time.sleep(stop_after)
                process.send_signal(signal.SIGINT)
            out, _ = process.communicate(timeout=SECONDS + PATIENCE)
        except BaseException:
            process.kill()
            raise
    found = out.partition("FIGURES ")[2]
    if process.returncode or not found:
        sys.exit(f"wrk failed:\n{out[-2000:]}")
    figures: dict[str, float] = json.loads(found.splitlines()[0])
    return figures


# What is told.


class Target(NamedTuple):
    """Something to reach: at least `goal`, or at most."""

    what: str
    value: float
    goal: float
    at_most: bool = False

    def line(self) -> str:
        reached = self.value <= self.goal if self.at_most else self.value >= self.goal
        verdict = "ok" if reached else f"short of {self.goal:g}"
        return f"{verdict:<12}{self.value:6.2f}  {self.what} ({'≤' if self.at_most else '≥'} {self.goal:g})"


def table(asked: Sequence[Measure]) -> list[str]:
    """Return the lines of a table; `ratio` is that of the rates, and the one in brackets that of the servers' work for an answer."""
    by_name = {measure.name: measure for measure in asked}
    lines = [f"{'':<26}{'rps':>8}{'p95 ms':>9}{'cpu ms':>8}{'bytes':>9}{'ratio':>8}{'(cpu)':>9}  beside"]
    for measure in asked:
        beside = by_name.get(measure.beside)
        ratios = f"{measure.rate / beside.rate:8.2f}{f'({beside.cpu / measure.cpu:.2f})':>9}" if beside else ""
        errors = f"  ERRORS: {measure.errors}" if measure.errors else ""
        figures = f"{measure.rate:8.0f}{median(measure.p95s):9.2f}{measure.cpu:8.2f}{measure.bytes:9}"
        lines.append(f"{measure.name:<26}{figures}{ratios}  {measure.beside}{errors}".rstrip())
    return lines


def targets_beside_peer(where: str, asked: Sequence[Measure]) -> list[Target]:
    rate = {measure.name: measure.rate for measure in asked}
    goals = [
        ("detail, cold", "peer detail", 5.0),
        ("detail, cold", "peer /one-query/", 0.9),
        ("detail, 304", "peer detail", 6.0),
        ("list of 20", "peer list", 8.0),
        ("list by topic", "peer list by topic", 8.0),
    ]
    return [
        Target(f"{where}: {ours} / {peers}", rate[ours] / rate[peers], goal) for ours, peers, goal in goals if {ours, peers} <= rate.keys()
    ]


BY_NUMBER: Final = ("list, cold", "deep page", "deep page, cold")


def targets_of_growth(where: str, small: Sequence[Measure], large: Sequence[Measure]) -> list[Target]:
    """Nothing slows down with the library; a page far down a list may a little, for the rows before it are counted off.

    `list, cold` asks for pages anywhere: at the larger size most of them are deep. Left out is what answers with much more: the busiest
    topic has more entries in a larger library.
    """
    after = {measure.name: measure for measure in large}
    pairs = [(each, after[each.name]) for each in small if not each.is_peer and each.name in after]
    return [
        Target(f"{where}: {before.name}, times slower", before.rate / later.rate, 3 if before.name in BY_NUMBER else 1.3, at_most=True)
        for before, later in pairs
        if later.bytes <= 2 * before.bytes
    ]


def told_filling(told: Mapping[str, Any]) -> str:
    cached = " (when the cache was made)" if told.get("from_cache") else ""
    ours = f"import {told['import_s']:.1f} s, compose {told['compose_s']:.1f} s, {told['library_bytes'] / 1e6:.1f} MB"
    return f"filled{cached}: {ours}; peer {told['peer_fill_s']:.1f} s, {told['peer_bytes'] / 1e6:.1f} MB"


# All of it.


def check_needs() -> None:
    """Exit where something that a run needs is not there."""
    for name, path, what in (
        ("BENCH_ROWS", ROWS, "a packed file of interchange rows, medquad.jsonl.gz"),
        ("BENCH_PEER", PEER / "manage.py", "the folder of the peer, where its manage.py lies"),
    ):
        if not path.is_file():
            value = os.environ.get(name)
            sys.exit(f"{name} {f'is {value}, which is not that' if value else 'is missing'}. Set it to {what}.")
    if not shutil.which("wrk"):
        sys.exit("wrk is missing. Install the package wrk (apt-get install wrk).")


def listed(name: str, default: str) -> list[str]:
    return [part.strip() for part in (os.environ.get(name) or default).split(",") if part.strip()]


def databases() -> list[str]:
    """Return the databases that answer; say which do not."""
    names = listed("BENCH_DATABASES", "sqlite,postgresql")
    if unknown := set(names) - set(KINDS):
        sys.exit(f"BENCH_DATABASES has {', '.join(sorted(unknown))}. Known: {', '.join(KINDS)}.")
    reasons = {name: silence(name) for name in names}
    for name, reason in reasons.items():
        if reason:
            say(f"{name}: skipped, nothing answers at TEST_POSTGRES_URL ({reason})")
    return [name for name in names if not reasons[name]]


def bench(base: Path) -> int:
    """Measure everything asked for; return the exit status."""
    runs, targets, errors = [], [], 0
    sizes = sorted(map(int, listed("BENCH_SIZES", "25,16373")))
    for kind in databases():
        by_size: list[list[Measure]] = []
        for size in sizes:
            where = f"{kind}, {size} rows"
            say(f"\n{where}, one worker, {ROUNDS} × {SECONDS} s each")
            with filled(kind, size, base) as (place, told):
                say(told_filling(told))
                asked = measured(place)
            say("\n".join([*table(asked), f"load of this machine at the end: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"]))
            targets += targets_beside_peer(where, asked)
            errors += sum(measure.errors for measure in asked)
            by_size.append(asked)
            runs.append({"database": kind, "rows": size, "filling": told, "measures": [measure.figures() for measure in asked]})
        if len(by_size) > 1:
            targets += targets_of_growth(f"{kind}, {sizes[0]} → {sizes[-1]} rows", by_size[0], by_size[-1])
    say("\n" + "\n".join(target.line() for target in targets))
    if os.environ.get("BENCH_OUT"):
        figures = {"seconds": SECONDS, "rounds": ROUNDS, "runs": runs, "targets": [each._asdict() for each in targets]}
        Path(os.environ["BENCH_OUT"]).write_text(json.dumps(figures, indent=1) + "\n")
    if errors:
        say(f"\n{errors} answers were errors or had the wrong status; see ERRORS above.")
    return 1 if errors else 0


def interrupted(*_: object) -> NoReturn:
    raise KeyboardInterrupt  # so that servers and databases go, as at any other end


def main() -> int:
    signal.signal(signal.SIGTERM, interrupted)
    check_needs()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        return bench(Path(os.environ.get("BENCH_CACHE") or folder).resolve())


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
