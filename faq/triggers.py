"""The guards as triggers of the database at hand: installed after every migrate, and compared by readiness.

A SQLite migration that rebuilds a table drops its triggers without a word, so there they come off before any migration and go
back after all of them. PostgreSQL keeps them on throughout, and refuses TRUNCATE besides.
"""

import re
from typing import Any

from django.contrib.auth.models import Group
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from faq.guards import GUARDS, NEVER_DELETED, Guard, replace_guards
from faq.models import Ledger
from faq.models.people import ROLES

PREFIX = "faq_guard_"


def declared(vendor: str) -> dict[str, str]:
    """Return {trigger name: its SQL} for `sqlite`, or {trigger name: its function's body} for `postgresql`."""
    if vendor == "sqlite":
        return {PREFIX + guard.name: sqlite_trigger(guard) for guard in (*GUARDS, *replace_guards())}
    bodies = {PREFIX + guard.name: postgresql_body(guard) for guard in GUARDS}
    return bodies | {PREFIX + table + "_truncate": truncate_body(table) for table in NEVER_DELETED}


def quoted(message: str) -> str:
    """Return `message` as an SQL string."""
    return "'" + message.replace("'", "''") + "'"


def sqlite_trigger(guard: Guard) -> str:
    """Return the CREATE TRIGGER statement of `guard` for SQLite."""
    condition = guard.refuse.replace("IS DISTINCT FROM", "IS NOT")
    return (
        f"CREATE TRIGGER {PREFIX}{guard.name} BEFORE {guard.event} ON {guard.table} FOR EACH ROW WHEN {condition}"
        f" BEGIN SELECT RAISE(ABORT, {quoted(guard.message)}); END"
    )


def postgresql_body(guard: Guard) -> str:
    """Return the body of the plpgsql function behind `guard`."""
    row = "OLD" if guard.event == "DELETE" else "NEW"
    refuse = f"RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = {quoted(guard.message)}"
    return f" BEGIN {guard.lock} IF {guard.refuse} THEN {refuse}; END IF; RETURN {row}; END "


def truncate_body(table: str) -> str:
    """Return the body of the function that refuses TRUNCATE of `table`."""
    return f" BEGIN RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = '{table} is never emptied'; END "


def postgresql_statements(name: str, body: str) -> list[str]:
    """Return what creates or replaces the trigger `name` on PostgreSQL."""
    table, when = trigger_place(name)
    return [
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $guard${body}$guard$",
        f"CREATE OR REPLACE TRIGGER {name} {when} EXECUTE FUNCTION {name}()",
        f"ALTER TABLE {table} ENABLE TRIGGER {name}",
    ]


def trigger_place(name: str) -> tuple[str, str]:
    """Return the table of the PostgreSQL trigger `name` and its clause from BEFORE to FOR EACH."""
    places = {PREFIX + guard.name: (guard.table, f"BEFORE {guard.event} ON {guard.table} FOR EACH ROW") for guard in GUARDS}
    truncates = {PREFIX + table + "_truncate": (table, f"BEFORE TRUNCATE ON {table} FOR EACH STATEMENT") for table in NEVER_DELETED}
    return (places | truncates)[name]


def installed(connection: BaseDatabaseWrapper) -> dict[str, str]:
    """Return the guards that stand in the database and are switched on, in the form of `declared`."""
    sqlite = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s"
    postgresql = (
        "SELECT t.tgname, p.prosrc FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_class c ON c.oid = t.tgrelid"
        " WHERE t.tgname LIKE %s AND t.tgenabled = 'O' AND c.relnamespace = current_schema()::regnamespace"
    )
    with connection.cursor() as cursor:
        cursor.execute(sqlite if connection.vendor == "sqlite" else postgresql, [PREFIX + "%"])
        return dict(cursor.fetchall())


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Return the names of guards that do not stand in the database as declared, and of strangers among them."""
    want, have = declared(connection.vendor), installed(connection)
    return sorted(name for name in want.keys() | have.keys() if want.get(name) != have.get(name))


def install(connection: BaseDatabaseWrapper) -> None:
    """Create every guard whose table exists, or put it right; safe to run again."""
    want = declared(connection.vendor)
    tables = set(connection.introspection.table_names())
    wrong = missing(connection)
    with connection.cursor() as cursor:
        for name in wrong:
            if connection.vendor == "sqlite":
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
                if name in want and guarded_table(want[name]) in tables:
                    cursor.execute(want[name])
            elif name in want and trigger_place(name)[0] in tables:
                for statement in postgresql_statements(name, want[name]):
                    cursor.execute(statement, None)


def guarded_table(statement: str) -> str:
    """Return the table that a SQLite CREATE TRIGGER statement guards."""
    found = re.search(r" ON (\w+) FOR EACH ROW", statement)
    if not found:
        raise ValueError(f"not a guard: {statement[:80]}")
    return found[1]


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take every guard off: for SQLite's migrations, and for tests that flush."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for name in installed(connection):
                cursor.execute(f"DROP TRIGGER {name}")
        else:
            for name in declared(connection.vendor):
                cursor.execute(f"DROP FUNCTION IF EXISTS {name}() CASCADE")


def before_migrate(*, using: str, **_: Any) -> None:
    """Take the guards off a SQLite database: migrations rebuild tables there."""
    if connections[using].vendor == "sqlite":
        remove(connections[using])


def after_migrate(*, using: str, **_: Any) -> None:
    """Put the guards on, and make the rows that code needs: the Ledger and the groups."""
    connection = connections[using]
    install(connection)
    tables = connection.introspection.table_names()
    if Ledger._meta.db_table in tables:
        Ledger.objects.using(using).get_or_create(pk=1)
    if Group._meta.db_table in tables:
        for role in ROLES:
            Group.objects.using(using).get_or_create(name=role)
