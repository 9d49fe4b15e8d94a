"""The library and its peer, each served by one worker as the library is."""
# ruff: noqa: S603 - starts servers, with arguments of its own

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, Final, NamedTuple

THREADS: Final = 4
"""Of a worker, as in faq/management/commands/serve.py."""
PATIENCE: Final = 60.0
"""Seconds for a server to start."""


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
