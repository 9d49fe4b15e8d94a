"""`manage.py serve`, run as it is run: it says READY, answers, shares its port with nobody, and stops when told to."""

import os
import re
import signal
import socket
import subprocess
import sys
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
        process.kill()


def test_it_answers_once_it_says_ready_and_stops_when_told_to(served: tuple[int, "subprocess.Popen[str]"]) -> None:
    port, process = served
    with urlopen(f"http://127.0.0.1:{port}/health/live") as answer:
        assert answer.status == 200
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0


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
