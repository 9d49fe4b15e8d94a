"""`manage.py serve`, run as it is run: it says READY, answers, shares its port with nobody, and stops when told to."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

ENVIRONMENT = {"SECRET_KEY": "0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ", "ALLOWED_HOSTS": "127.0.0.1", "DEBUG": "0"}


def command(port: int) -> list[str]:
    return [sys.executable, "manage.py", "serve", "--port", str(port)]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A library of its own, which nothing is asked of here."""
    return os.environ | ENVIRONMENT | {"ENV_FILE": os.devnull, "DATABASE_URL": f"sqlite:///{tmp_path / 'library.sqlite3'}"}


@pytest.fixture
def served(environment: dict[str, str]) -> Iterator[tuple[int, "subprocess.Popen[str]"]]:
    """A server that has said READY, and its port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with subprocess.Popen(command(port), env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline().startswith("READY http://")
        yield port, process
        process.terminate()  # a server that is killed leaves its workers behind
        process.wait(40)


def test_it_answers_once_it_says_ready_and_stops_when_told_to(served: tuple[int, "subprocess.Popen[str]"]) -> None:
    port, process = served
    with urlopen(f"http://127.0.0.1:{port}/health/live") as answer:
        assert answer.status == 200
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0


def workers_of(process: "subprocess.Popen[str]") -> list[int]:
    """Return the process numbers of a server's workers that live."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return [int(child) for child in children if "State:\tZ" not in Path(f"/proc/{child}/status").read_text()]


def answers(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/health/live", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="it takes Linux to see which processes are workers")
def test_a_worker_that_was_killed_is_replaced(served: tuple[int, "subprocess.Popen[str]"]) -> None:
    port, process = served
    end = time.monotonic() + 30
    while len(before := workers_of(process)) > 2:  # who has said READY is on its way out
        assert time.monotonic() < end
        time.sleep(0.1)
    os.kill(before[0], signal.SIGKILL)
    while len(set(workers_of(process)) - {before[0]}) < 2 or not all(answers(port) for _ in range(10)):
        assert process.poll() is None, "the server stopped with its worker"
        assert time.monotonic() < end
        time.sleep(0.2)
    assert before[1] in workers_of(process)


def test_it_does_not_share_its_port(served: tuple[int, "subprocess.Popen[str]"], environment: dict[str, str]) -> None:
    port, _ = served
    done = subprocess.run(command(port), env=environment, capture_output=True, text=True, check=False, timeout=30)
    assert done.returncode == 1
    assert re.fullmatch(rf"CommandError: Something listens at 127\.0\.0\.1:{port} already\. .*\n", done.stderr)


def test_a_fault_in_the_settings_stops_it_before_it_says_ready(environment: dict[str, str]) -> None:
    done = subprocess.run(
        command(1), env=environment | {"WEB_CONCURRENCY": "many"}, capture_output=True, text=True, check=False, timeout=30
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "WEB_CONCURRENCY is 'many'. Set it to a whole number above 0" in done.stderr
