"""`make test`: the whole suite on SQLite, then on PostgreSQL where one answers. The last two lines say what came of each.

TEST_POSTGRES_URL names a server and a role that makes databases; with REQUIRE_ALL=1 a missing PostgreSQL, Chromium or Node is a failure.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree

from install import DEV, PYTHON, ROOT, install

POSTGRES = "postgresql://postgres@127.0.0.1:5432/postgres"
CONNECT = """
import psycopg, sys
try:
    psycopg.connect(sys.argv[1], connect_timeout=5).close()
except psycopg.Error as fault:
    sys.exit(str(fault).splitlines()[0])
"""
PYTEST = [str(PYTHON), "-m", "pytest", "-n", "2", "--dist", "worksteal"]  # so that what a class stands on is made once, not by both


def main() -> int:
    """Run both suites; 0 if every test that ran passed and nothing required was missing."""
    install(DEV)
    everything = os.environ.get("REQUIRE_ALL") == "1"
    lacking = [sentence for sentence, there in NEEDED.items() if not there()] if everything else []
    passed_sqlite, sqlite = run("sqlite", "")
    passed_postgres, postgres = run_on_postgres(everything)
    for sentence in lacking:
        print(sentence, file=sys.stderr)
    print(sqlite, postgres, sep="\n", flush=True)
    return 0 if passed_sqlite and passed_postgres and not lacking else 1


def chromium() -> str | None:
    """The browser that tests drive, if there is one."""
    return shutil.which(os.environ.get("CHROMIUM") or "/usr/bin/chromium")


def node() -> bool:
    """Whether a client in TypeScript can be compiled and run."""
    return bool(shutil.which("node") and shutil.which("npm"))


NEEDED = {
    "No Chromium: install the package chromium, or name its program in CHROMIUM.": chromium,
    "No Node: install the packages nodejs and npm.": node,
}
"""What the suite asks for beside Python and PostgreSQL: what to say where it is missing, and whether it is there."""


def run_on_postgres(everything: bool) -> tuple[bool, str]:
    """Run the suite on PostgreSQL where one answers: (whether that is well, closing line)."""
    url = os.environ.get("TEST_POSTGRES_URL") or POSTGRES
    asked = subprocess.run([str(PYTHON), "-c", CONNECT, url], capture_output=True, text=True, check=False)
    if asked.returncode:
        return not everything, f"postgresql: NOT RUN ({asked.stderr.strip()})"
    return run("postgresql", url)


def run(name: str, url: str) -> tuple[bool, str]:
    """Run pytest on the database at `url`: (whether it passed, closing line)."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [*PYTEST, f"--junit-xml={report}", *sys.argv[1:]]
        done = subprocess.run(command, cwd=ROOT, env=os.environ | {"DATABASE_URL": url}, check=False)
        if not report.exists():
            return False, f"{name}: NOT RUN (pytest stopped with exit code {done.returncode})"
        return done.returncode == 0, f"{name}: {counts(report)}"


def counts(report: Path) -> str:
    """`N passed, M skipped`, and `, K failed` where some did, from pytest's JUnit report."""
    suites = ElementTree.parse(report).getroot().iter("testsuite")
    total = failed = skipped = 0
    for suite in suites:
        total += int(suite.attrib["tests"])
        failed += int(suite.attrib["failures"]) + int(suite.attrib["errors"])
        skipped += int(suite.attrib["skipped"])
    words = f"{total - failed - skipped} passed, {skipped} skipped"
    return words + (f", {failed} failed" if failed else "")


if __name__ == "__main__":
    sys.exit(main())
