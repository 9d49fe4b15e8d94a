"""`manage.py serve [--host HOST] [--port PORT]`: serve the library with granian. WEB_CONCURRENCY is the number of worker processes."""

import os
import socket
import sys
from argparse import ArgumentParser
from importlib import import_module
from multiprocessing import Process
from time import sleep
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from django.db import connections
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import Server

from faq.search.library import warm_up
from faq_service import env

APPLICATION: Final = "faq_service.wsgi"
THREADS: Final = 4
"""Of each worker. Each keeps a connection to PostgreSQL, which takes 100 unless told otherwise."""
LONGEST_HEAD: Final = 64 * 1024
"""Bytes of an address with its headers; a longer one is a 431."""
PATIENCE: Final = 30
"""Seconds for a worker to end what it answers when the server is stopped."""


class Command(BaseCommand):
    """Serve, and say READY once there are answers."""

    help = "Serve the library. Stops on SIGTERM, once what was asked is answered."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen at; default 127.0.0.1")
        parser.add_argument("--port", type=int, default=8000, help="default 8000")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            import_module(APPLICATION)  # a fault in the code stops the start here, before READY is said
        except ImproperlyConfigured as fault:
            raise CommandError(str(fault)) from fault
        warm_up()  # once for all workers, which are forks of this process and share what none of them changes
        connections.close_all()
        host, port = options["host"], options["port"]
        if listens(host, port):  # granian's workers share a port, and would share it with another server too
            raise CommandError(f"Something listens at {host}:{port} already. Stop it, or choose another port with --port.")
        server = Server(
            f"{APPLICATION}:application",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=env.positive_int("WEB_CONCURRENCY", 2),
            blocking_threads=THREADS,
            http=HTTPModes.http1,
            http1_settings=HTTP1Settings(max_buffer_size=LONGEST_HEAD),
            workers_kill_timeout=PATIENCE,
            respawn_failed_workers=True,  # else the server stops with the first worker that is killed, by a lack of memory for example
            log_level=LogLevels.warning,
        )
        # A process, not a thread: workers are forks of this one, and a lock that a thread holds meanwhile would stay locked in them.
        server.on_startup(Process(target=announce, args=(host, port), daemon=True).start)
        server.serve()


def announce(host: str, port: int) -> None:
    """Say where the library is as soon as it answers there, and in a demonstration who can sign in."""
    while not listens(host, port):
        sleep(0.05)
    lines = [f"READY {settings.PUBLIC_URL}/"]
    if os.environ.get("SHOW_LOGINS") and settings.LIBRARY_STATUS == "demonstration":
        from faq.interchange.demo import LOGINS

        lines += [f"LOGIN {role.replace(' ', '-')} {username} {password}" for role, username, password in LOGINS]
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


def listens(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True
