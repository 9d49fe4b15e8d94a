"""Make .venv hold what the lock files say: `python3 .ci/install.py` for what runs, with `--dev` for tests and checks too, and for
search by meaning.

Needs nothing but Python's standard library. A stamp inside .venv keeps the hash of the lock that was installed, so a second
call returns at once; calls at the same time take turns.
"""

import fcntl
import hashlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
OLDEST = (3, 11)
RUN = ("requirements.txt",)
VECTORS = "requirements-vectors.txt"
DEV = ("requirements.txt", "requirements-dev.txt", VECTORS)
NOTHING_FOUND = ("No matching distribution", "Could not find a version", "Failed to establish a new connection")


@contextmanager
def turn() -> Iterator[None]:
    """Wait until no other command of this clone is preparing anything, and keep others waiting meanwhile."""
    with (ROOT / ".turn.lock").open("w") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        yield


def install(locks: tuple[str, ...]) -> None:
    """Bring .venv up to the lock files named; exit 1 with a reason if it cannot be."""
    if sys.version_info < OLDEST:
        sys.exit(f"This needs Python {OLDEST[0]}.{OLDEST[1]} or newer, and python3 here is {sys.version.split()[0]}.")
    with turn():
        if not was_finished():
            create()
        for lock in locks:
            if not is_installed(lock):
                install_lock(lock)


def stamp(lock: str) -> Path:
    """The file that says which version of `lock` .venv holds."""
    return VENV / f".installed-{lock}"


def wanted(lock: str) -> str:
    """What the stamp of `lock` must say: the SHA-256 of the lock file."""
    return hashlib.sha256((ROOT / lock).read_bytes()).hexdigest()


def was_finished() -> bool:
    """Whether .venv was once installed to the end, and its interpreter is still there (an upgrade of Python leaves a dead link)."""
    return PYTHON.exists() and stamp("requirements.txt").exists()


def is_installed(lock: str) -> bool:
    """Whether .venv holds exactly what `lock` says now."""
    return stamp(lock).exists() and stamp(lock).read_text() == wanted(lock)


def create() -> None:
    """Make an empty .venv in place of one that was never finished; where that fails leave nothing behind and say what is missing."""
    shutil.rmtree(VENV, ignore_errors=True)
    print("Making .venv …", file=sys.stderr)
    made = subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True, check=False)
    if made.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        sys.exit(f"{made.stdout}{made.stderr}\npython3 -m venv failed. On Debian or Ubuntu: apt-get install python3-venv")


def install_lock(lock: str) -> None:
    """Install one lock file by pip, hashes required, wheels only; exit 1 with pip's words if it fails."""
    print(f"Installing {lock} …", file=sys.stderr)
    options = ["--quiet", "--disable-pip-version-check", "--require-hashes", "--only-binary", ":all:"]
    if lock == VECTORS:
        options.append("--no-deps")  # requirements-vectors.in says why
    pip = [str(PYTHON), "-m", "pip", "install", *options, "-r", str(ROOT / lock)]
    done = subprocess.run(pip, capture_output=True, text=True, check=False)
    if done.returncode:
        hint = " pip found no packages: this step needs the network." if any(sign in done.stderr for sign in NOTHING_FOUND) else ""
        sys.exit(f"{done.stderr}\nInstalling {lock} failed.{hint}")
    stamp(lock).write_text(wanted(lock))


if __name__ == "__main__":
    install(DEV if "--dev" in sys.argv[1:] else RUN)
