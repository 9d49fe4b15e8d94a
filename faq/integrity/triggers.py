"""The guards as triggers of the database at hand: installed after every migrate, and compared by readiness.

A SQLite migration that rebuilds a table drops its triggers without a word, so there they come off before any migration and go
back after all of them. PostgreSQL keeps them on throughout, and refuses TRUNCATE besides.
"""

from typing import Any, Final

from django.contrib.auth.models import Group
from django.db import IntegrityError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from faq.integrity.guards import GUARDED, GUARDS, Guard, replace_guards
from faq.models import Ledger
from faq.models.people import ROLES

PREFIX: Final = "faq_guard_"

SQLITE_INSTALLED: Final = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s"

# A guard stands where its trigger is switched on in this session, its function looks tables up in its own schema before the session's
# temporary ones, and nothing else on a guarded table may change a row that the guards have seen (a BEFORE ROW trigger: bits 1 and 2).
POSTGRESQL_INSTALLED: Final = """
    SELECT t.tgname, string_agg(pg_get_triggerdef(t.oid, true) || p.prosrc, ' AND ' ORDER BY t.oid)
    FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_class c ON c.oid = t.tgrelid
    WHERE c.relnamespace = current_schema()::regnamespace AND NOT t.tgisinternal
    AND ((t.tgname LIKE %s AND t.tgenabled = 'O' AND current_setting('session_replication_role') <> 'replica'
          AND p.proconfig = ARRAY['search_path=' || quote_ident(current_schema()) || ', pg_temp'])
         OR (t.tgname NOT LIKE %s AND c.relname = ANY(%s) AND t.tgtype & 3 = 3))
    GROUP BY t.tgname
"""
TABLES_WITH: Final = """
    SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE t.tgname = %s AND c.relnamespace = current_schema()::regnamespace
"""


def declared(vendor: str) -> dict[str, str]:
    """Return {trigger name: what must stand in the database}: on SQLite its SQL, on PostgreSQL its definition and its function's body."""
    if vendor == "sqlite":
        return {PREFIX + guard.name: sqlite_trigger(guard) for guard in (*GUARDS, *replace_guards())}
    return {name: trigger + body for name, (_, trigger, body) in postgresql_triggers().items()}


def quoted(message: str) -> str:
    return "'" + message.replace("'", "''") + "'"


def sqlite_trigger(guard: Guard) -> str:
    # SQLite learned IS DISTINCT FROM in release 3.39; its IS NOT treats NULL the same way and is older.
    condition = guard.refuse.replace("IS DISTINCT FROM", "IS NOT")
    return (
        f"CREATE TRIGGER {PREFIX}{guard.name} BEFORE {guard.event} ON {guard.table} FOR EACH ROW WHEN {condition}"
        f" BEGIN SELECT RAISE(ABORT, {quoted(guard.message)}); END"
    )


def postgresql_triggers() -> dict[str, tuple[str, str, str]]:
    """Return {trigger name: (table, CREATE TRIGGER statement as PostgreSQL prints it, body of its function)}."""
    rows = [(guard.name, guard.table, f"{guard.event} ON {guard.table} FOR EACH ROW", postgresql_body(guard)) for guard in GUARDS]
    rows += [(f"{table}_truncate", table, f"TRUNCATE ON {table} FOR EACH STATEMENT", truncate_body(table)) for table in GUARDED]
    statement = "CREATE TRIGGER {0} BEFORE {1} EXECUTE FUNCTION {0}()"
    return {PREFIX + name: (table, statement.format(PREFIX + name, when), body) for name, table, when, body in rows}


def postgresql_body(guard: Guard) -> str:
    # A BEFORE trigger lets a row go on by returning it; for a DELETE there is no NEW, and returning nothing would pass over the row.
    row = "OLD" if guard.event == "DELETE" else "NEW"
    return f" BEGIN {guard.lock} IF {guard.refuse} THEN {raising(guard.message)}; END IF; RETURN {row}; END "


def sentence_of(error: IntegrityError) -> str:
    """Return what the guard that raised `error` says, or an empty string where none did."""
    # PostgreSQL tells below in which function it was raised.
    said = str(error).split("\n", 1)[0]
    return said if said in {guard.message for guard in (*GUARDS, *replace_guards())} else ""


def truncate_body(table: str) -> str:
    return f" BEGIN {raising(f'{table} is never emptied')}; END "


def raising(message: str) -> str:
    """Return the plpgsql statement that Django meets as an IntegrityError with `message`."""
    return f"RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = {quoted(message)}"


def installed(connection: BaseDatabaseWrapper) -> dict[str, str]:
    """Return the guards that stand in the database and work, in the form of `declared`, and strangers that could undo their work."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(SQLITE_INSTALLED, [PREFIX + "%"])
        else:
            cursor.execute(POSTGRESQL_INSTALLED, [PREFIX + "%", PREFIX + "%", list(GUARDED)])
        return dict(cursor.fetchall())


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Return the names of guards that do not stand as declared, and of strangers. Exactly as declared: a body may have been emptied."""
    want, have = declared(connection.vendor), installed(connection)
    return sorted(name for name in want.keys() | have.keys() if want.get(name) != have.get(name))


def install(connection: BaseDatabaseWrapper) -> None:
    """Create every guard whose table exists, put wrong ones right and take our own outdated ones off; safe to run again.

    A stranger under another name is left for its owner to judge; `missing` goes on naming it.
    """
    tables, made = set(connection.introspection.table_names()), creation(connection)
    # In one transaction, so that nobody writes between a wrong guard that goes and the right one that comes.
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for name in missing(connection):
            if name.startswith(PREFIX):
                drop(connection, name)
                table, statements = made.get(name, ("", []))
                # `migrate` of another app alone, or up to an early migration, has not made every table yet.
                for statement in statements if table in tables else []:
                    cursor.execute(statement, None)


def creation(connection: BaseDatabaseWrapper) -> dict[str, tuple[str, list[str]]]:
    """Return {trigger name: (its table, the statements that create it)}."""
    if connection.vendor == "sqlite":
        return {PREFIX + guard.name: (guard.table, [sqlite_trigger(guard)]) for guard in (*GUARDS, *replace_guards())}
    with connection.cursor() as cursor:
        # The library's own schema first: a temporary table of the same name would be looked at in place of the real one.
        cursor.execute("SELECT quote_ident(current_schema())")
        path = f"{cursor.fetchone()[0]}, pg_temp"
    function = "CREATE FUNCTION {0}() RETURNS trigger LANGUAGE plpgsql SET search_path = {1} AS $guard${2}$guard$"
    triggers = postgresql_triggers().items()
    return {name: (table, [function.format(name, path, body), trigger]) for name, (table, trigger, body) in triggers}


def drop(connection: BaseDatabaseWrapper, name: str) -> None:
    """Drop the trigger `name` and its function; on PostgreSQL triggers of one name may hang on several tables."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
            return
        cursor.execute(TABLES_WITH, [name])
        for (table,) in cursor.fetchall():
            cursor.execute(f"DROP TRIGGER {name} ON {connection.ops.quote_name(table)}")
        cursor.execute(f"DROP FUNCTION IF EXISTS {name}() CASCADE")


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take every guard off, for SQLite's migrations and for tests that flush. Nothing else calls it."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for name in installed(connection):
                cursor.execute(f"DROP TRIGGER {name}")
        else:
            functions = ", ".join(f"{name}()" for name in declared(connection.vendor))
            cursor.execute(f"DROP FUNCTION IF EXISTS {functions} CASCADE")


def before_migrate(*, using: str, **_: Any) -> None:
    """Receive `pre_migrate`. On SQLite migrations rebuild tables, and a table that goes takes its triggers along."""
    if connections[using].vendor == "sqlite":
        remove(connections[using])


def after_migrate(*, using: str, **_: Any) -> None:
    """Receive `post_migrate`: put the guards on, and make the rows that code needs, the Ledger and the groups."""
    connection = connections[using]
    install(connection)
    tables = connection.introspection.table_names()
    if Ledger._meta.db_table in tables:
        Ledger.objects.using(using).get_or_create(pk=1)
    if Group._meta.db_table in tables:
        for role in ROLES:
            Group.objects.using(using).get_or_create(name=role)
