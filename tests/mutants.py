"""`make mutants`: break each rule on purpose, in a scratch copy, and see that a test notices.

A suite is worth what it notices. Each Mutant names the rule, how it is broken (a text replaced by another, once, in one file), and
the tests meant for it. First those tests must pass on the unbroken copy; then each break must make one of them fail. With SOUND=1 they
are only collected there: so says who has just run the whole suite on these very files, as .ci/run has.
Prints `RULE | BREAK | TEST` a line, last `mutants: N/N noticed`; exit 1 where a break went unnoticed or could not be made.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from queue import Queue
from typing import NamedTuple

from tests.mutations import MUTANTS, Mutant
from tests.warm import Ended, Run

ROOT = Path(__file__).resolve().parent.parent
POSTGRES = os.environ.get("TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/postgres")
AT_ONCE = 2
PATIENCE = 900
"""Seconds for one run: the sound copy's takes minutes; a break that makes a test go round for ever must not stop all."""
TIMED_OUT = -signal.SIGALRM
"""How a run ends that its patience ended."""
UNUSED = {"migrat": ("--no-migrations",), "schemathesis": ("-p", "no:schemathesis"), "hypothesis": ("-p", "no:hypothesispytest")}
"""By a word, what spares a run its longest part where neither its test's file nor the broken one's name has that word: tables are made from
the models instead of by migrations, and plugins are not imported.
"""
NOTICED = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.MULTILINE)


@contextmanager
def scratch() -> Iterator[Path]:
    """Yield a copy of what git would commit."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    with tempfile.TemporaryDirectory(prefix="mutant-") as folder:
        for name in listed.stdout.splitlines():
            source, copy = ROOT / name, Path(folder, name)
            if source.is_file():
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, copy)
        yield Path(folder)


class Group(NamedTuple):
    """How some tests are run: on which database, and with which options."""

    on_postgresql: bool
    options: tuple[str, ...]


def groups(folder: Path, mutants: Iterable[Mutant]) -> dict[Group, list[str]]:
    """Return the tests of `mutants`, each once, by how they are run."""
    found: dict[Group, dict[str, None]] = {}
    for mutant in mutants:
        for test in mutant.tests:
            text = mutant.file + Path(folder, test.partition("::")[0]).read_text()
            spare = tuple(option for word, options in UNUSED.items() if word not in text for option in options)
            seed = ("--hypothesis-seed=0",) if "hypothesis" in text else ()
            found.setdefault(Group(mutant.on_postgresql, spare + seed), {})[test] = None
    return {group: list(tests) for group, tests in found.items()}


def options(group: Group) -> list[str]:
    """Return what pytest is told for every run of `group`."""
    return ["-q", "-p", "no:cacheprovider", *group.options]


def environment(group: Group) -> dict[str, str]:
    """Return what names the database of `group`."""
    return {"DATABASE_URL": POSTGRES if group.on_postgresql else ""}


class Warm:
    """A process in the copy `folder` that has imported the libraries, and forks for each run (tests/warm.py)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        command = [sys.executable, str(folder / "tests" / "warm.py")]
        own = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}  # what is compiled stays that of the unbroken copy
        self.process = subprocess.Popen(command, cwd=folder, env=own, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def run(self, group: Group, tests: Sequence[str]) -> tuple[int, str]:
        """Run `tests` until one fails; return pytest's exit status and what it printed."""
        assert self.process.stdin
        assert self.process.stdout
        run = Run(arguments=[*options(group), "-x", "-n0", *tests], environment=environment(group), patience=PATIENCE)
        self.process.stdin.write(json.dumps(run) + "\n")
        self.process.stdin.flush()
        ended: Ended = json.loads(self.process.stdout.readline())
        return ended["status"], f"no end after {PATIENCE} seconds" if ended["status"] == TIMED_OUT else ended["printed"]

    def close(self) -> None:
        """Let the process end: there is nothing more to run."""
        self.process.communicate()


@contextmanager
def broken(folder: Path, mutant: Mutant) -> Iterator[bool]:
    """Make the break in `folder` for a while; yield whether its text stood there exactly once."""
    path = folder / mutant.file
    text, times = path.read_text(), path.stat()
    if text.count(mutant.old) != 1:
        yield False
        return
    path.write_text(text.replace(mutant.old, mutant.new))
    # Python compiles a file anew where its time differs from the compiled one's, which stays, so that it serves again afterwards.
    os.utime(path, (times.st_atime, times.st_mtime + 10))
    try:
        yield True
    finally:
        path.write_text(text)
        os.utime(path, (times.st_atime, times.st_mtime))


def outcome(mutant: Mutant, warm: Warm) -> tuple[bool, str]:
    """Return whether `mutant`, made in the folder of `warm`, was noticed, and the test that did or what went wrong."""
    with broken(warm.folder, mutant) as is_broken:
        if not is_broken:
            return False, f"NOT BROKEN: the text is not found once in {mutant.file}"
        status, printed = 0, ""
        for group, tests in groups(warm.folder, [mutant]).items():
            status, printed = (status, printed) if status else warm.run(group, tests)
    found = NOTICED.search(printed)
    if status == 1 and found:
        return True, found[1]
    return False, "SURVIVED" if status == 0 else f"pytest ended with {status}: {printed[-300:]}"


def is_sound(folder: Path, *, known: bool) -> bool:
    """Return whether all tests named pass while nothing is broken; otherwise they would notice anything. It leaves compiled files.

    Where that is `known`, whether all are there.
    """
    own = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    how = ["--collect-only"] if known else ["-x", f"-n{AT_ONCE}"]
    for group, tests in groups(folder, MUTANTS).items():
        command = [sys.executable, "-m", "pytest", *options(group), *how, *tests]
        told = own | environment(group)
        done = subprocess.run(command, cwd=folder, env=told, capture_output=True, text=True, check=False, timeout=PATIENCE)
        if done.returncode:
            sys.stdout.write(f"These tests fail while nothing is broken:\n{(done.stdout + done.stderr)[-3000:]}\n")
            return False
    return True


def in_turn(folders: Sequence[Path], mutants: Sequence[Mutant]) -> Iterator[tuple[bool, str]]:
    """Yield the outcome of each mutant, made in the folder that is free first."""
    free: Queue[Warm] = Queue()
    warmed = [Warm(folder) for folder in folders]
    for warm in warmed:
        free.put(warm)

    def noticed_in_turn(mutant: Mutant) -> tuple[bool, str]:
        warm = free.get()
        try:
            return outcome(mutant, warm)
        finally:
            free.put(warm)

    try:
        with ThreadPoolExecutor(len(folders)) as pool:
            yield from pool.map(noticed_in_turn, mutants)
    finally:
        for warm in warmed:
            warm.close()


def main() -> int:
    """Break every rule in turn, in two copies at once, and print the table."""
    with scratch() as first, tempfile.TemporaryDirectory(prefix="mutant-") as second:
        if not is_sound(first, known=os.environ.get("SOUND") == "1"):
            return 1
        shutil.copytree(first, second, dirs_exist_ok=True)
        noticed = 0
        for mutant, (ok, test) in zip(MUTANTS, in_turn([first, Path(second)], MUTANTS), strict=True):
            noticed += ok
            sys.stdout.write(f"{mutant.rule} | {mutant.broken} | {test}\n")
            sys.stdout.flush()
    sys.stdout.write(f"mutants: {noticed}/{len(MUTANTS)} noticed\n")
    return 0 if noticed == len(MUTANTS) else 1


if __name__ == "__main__":
    sys.exit(main())
