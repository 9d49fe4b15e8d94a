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

import json
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any, Final, NamedTuple, NoReturn

from tests.bench.databases import KINDS, PEER, ROWS, filled, say, silence
from tests.bench.measures import ROUNDS, SECONDS, Measure, measured


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


FEW: Final = ("as JSON-LD, cold", "as Markdown, cold", "feed, cold", "feed with entries, cold")
"""Of a small library a worker keeps all the answers that these ask for, so that nothing is cold there."""
BY_NUMBER: Final = ("list, cold", "deep page", "deep page, cold")


def targets_of_growth(where: str, small: Sequence[Measure], large: Sequence[Measure]) -> list[Target]:
    """Nothing slows down with the library; a page far down a list may a little, for the rows before it are counted off.

    `list, cold` asks for pages anywhere: at the larger size most of them are deep. Left out is what answers with much more: the busiest
    topic has more entries in a larger library.
    """
    after = {measure.name: measure for measure in large}
    pairs = [(each, after[each.name]) for each in small if not each.is_peer and each.name in after and each.name not in FEW]
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
