"""What is asked for, and what came of it."""
# ruff: noqa: S603 - starts wrk, with arguments of its own

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import chain, cycle, islice, zip_longest
from pathlib import Path
from statistics import median
from typing import Any, Final
from urllib.parse import parse_qs, quote, urlsplit

from tests.bench.databases import PEER, ROOT, Place, say, topics_of
from tests.bench.servers import PATIENCE, Server, serving

SECONDS: Final = int(os.environ.get("BENCH_SECONDS") or 3)
ROUNDS: Final = int(os.environ.get("BENCH_ROUNDS") or 3)
WARM_UP: Final = 0.5
PATHS: Final = 1 << 14
"""Addresses of a cold measure: more than a worker can keep answers of, and more than are asked for in one measure."""
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
        found.append(parse_qs(urlsplit(page["next"]).query)["since"][0])


def measures(rows: Sequence[Mapping[str, Any]], feed: Sequence[str]) -> list[Measure]:
    """Return what is measured of a library of `rows`, whose feed has the cursors `feed`, in the order of the table."""
    slugs = [str(row["slug"]) for row in rows]
    pages = list(range(1, -(-len(slugs) // 20) + 1))
    topics = topics_of(rows).most_common(1)
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
