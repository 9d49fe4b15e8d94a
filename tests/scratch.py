"""A database beside the test database, of the same kind: for tests that migrate, flush, open it as other people or in other programs."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.management import call_command
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

ALIAS = "scratch"


@contextmanager
def scratch_database(folder: Path, *, alias: str = ALIAS, migrated: bool = True) -> Iterator[BaseDatabaseWrapper]:
    """Yield a connection to a new database; on SQLite a file in `folder`."""
    is_file = connection.vendor == "sqlite"
    name = str(folder / f"{alias}.sqlite3") if is_file else f"test_{alias}_{os.getpid()}"
    if not is_file:
        on_server(f"CREATE DATABASE {name}")
    connections.settings[alias] = connection.settings_dict | {"NAME": name}
    try:
        if migrated:
            call_command("migrate", database=alias, verbosity=0)
        yield connections[alias]
    finally:
        connections[alias].close()
        del connections[alias]
        del connections.settings[alias]
        if not is_file:
            on_server(f"DROP DATABASE {name} WITH (FORCE)")


def on_server(statement: str) -> None:
    """Execute a statement that belongs to no database of PostgreSQL."""
    with connection._nodb_cursor() as cursor:
        cursor.execute(statement)
