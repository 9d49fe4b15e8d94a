"""Small web servers for tests of what asks over HTTP: the service itself inside the test's own transaction, or any answer wanted."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connections

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


class Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        """Leave the error stream alone."""


@contextmanager
def serving(application: Application) -> Iterator[str]:
    """Serve at an address, which is yielded, until the block ends."""
    with make_server("127.0.0.1", 0, application, handler_class=Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def service() -> Iterator[str]:
    """Serve the service on the test's own connection, so that it sees what the test has not committed.

    The `live_server` of pytest-django wants every row committed, on PostgreSQL at least, and ends connections as it goes. The test must
    not use the connection while it waits for an answer.
    """
    ours, handler = connections["default"], WSGIHandler()

    def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        connections["default"] = ours
        return handler(environ, start_response)

    signals = (request_started, request_finished)  # by which Django would end a connection that is amid a transaction
    for signal in signals:
        signal.disconnect(close_old_connections)
    ours.inc_thread_sharing()
    try:
        with serving(application) as address:
            yield address
    finally:
        ours.dec_thread_sharing()
        for signal in signals:
            signal.connect(close_old_connections)


def answering(status: str, body: bytes = b"", content_type: str = "application/json", **headers: str) -> Application:
    """Return what answers alike whatever it is asked."""

    def application(_: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        named = [(name.replace("_", "-"), value) for name, value in headers.items()]
        start_response(status, [("Content-Type", content_type), *named])
        return [body]

    return application
