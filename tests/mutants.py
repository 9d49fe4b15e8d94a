"""`make mutants`: break each rule on purpose, in a scratch copy, and see that a test notices.

A suite is worth what it notices. Each Mutant names the rule, how it is broken (a text replaced by another, once, in one file), and
the tests meant for it. First those tests must pass on the unbroken copy; then each break must make one of them fail.
Prints `RULE | BREAK | TEST` a line, last `mutants: N/N noticed`; exit 1 where a break went unnoticed or could not be made.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from tests.mutations import MUTANTS, Mutant

ROOT = Path(__file__).resolve().parent.parent
POSTGRES = os.environ.get("TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/postgres")
AT_ONCE = 2
PATIENCE = 900
"""Seconds for one run: the sound copy's takes minutes; a break that makes a test go round for ever must not stop all."""
TIMED_OUT = 124
"""As timeout(1) has it."""
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


def run_tests(folder: Path, tests: Sequence[str], *, on_postgresql: bool, workers: int = 0) -> tuple[int, str]:
    """Run `tests` in `folder`, in so many processes beside pytest's own; return its exit status and what it printed."""
    database = {"DATABASE_URL": POSTGRES} if on_postgresql else {}
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"} | database
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", f"-n{workers}", "--hypothesis-seed=0", *tests]
    try:
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        return TIMED_OUT, f"no end after {PATIENCE} seconds"
    return done.returncode, done.stdout + done.stderr


def break_rule(folder: Path, mutant: Mutant) -> bool:
    """Make the break in `folder`; return whether its text stood there exactly once."""
    path = folder / mutant.file
    text = path.read_text()
    if text.count(mutant.old) != 1:
        return False
    path.write_text(text.replace(mutant.old, mutant.new))
    return True


def outcome(mutant: Mutant) -> tuple[bool, str]:
    """Return whether `mutant` was noticed, and the test that did or what went wrong."""
    with scratch() as folder:
        if not break_rule(folder, mutant):
            return False, f"NOT BROKEN: the text is not found once in {mutant.file}"
        status, printed = run_tests(folder, mutant.tests, on_postgresql=mutant.on_postgresql)
    found = NOTICED.search(printed)
    if status == 1 and found:
        return True, found[1]
    return False, "SURVIVED" if status == 0 else f"pytest ended with {status}: {printed[-300:]}"


def sound() -> bool:
    """Return whether all tests named pass while nothing is broken; otherwise they would notice anything."""
    with scratch() as folder:
        for on_postgresql in (False, True):
            tests = sorted({test for each in MUTANTS if each.on_postgresql == on_postgresql for test in each.tests})
            status, printed = run_tests(folder, tests, on_postgresql=on_postgresql, workers=AT_ONCE) if tests else (0, "")
            if status:
                sys.stdout.write(f"These tests fail while nothing is broken:\n{printed[-3000:]}\n")
                return False
    return True


def main() -> int:
    """Break every rule in turn, two at a time, and print the table."""
    if not sound():
        return 1
    with ThreadPoolExecutor(AT_ONCE) as pool:
        noticed = 0
        for mutant, (ok, test) in zip(MUTANTS, pool.map(outcome, MUTANTS), strict=True):
            noticed += ok
            sys.stdout.write(f"{mutant.rule} | {mutant.broken} | {test}\n")
            sys.stdout.flush()
    sys.stdout.write(f"mutants: {noticed}/{len(MUTANTS)} noticed\n")
    return 0 if noticed == len(MUTANTS) else 1


if __name__ == "__main__":
    sys.exit(main())
