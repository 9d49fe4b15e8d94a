"""The transactions of an import, in which refusals become errors that say where, and of an export, which sees one state."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DataError, IntegrityError, connection, transaction

from faq import workflow
from faq.interchange.entries import name_in_file
from faq.interchange.errors import Place, RowErrors
from faq.workflow.errors import told_elsewhere


@contextmanager
def refusals_as_errors(place: Place, field: str = "row") -> Iterator[None]:
    """What a verb refuses becomes RowErrors at `place`; refused words name their own fields, other refusals get `field`."""
    try:
        yield
    except workflow.WordsRefused as refused:
        raise RowErrors(place.error(name_in_file(name), reason) for name, reason in refused.problems) from refused
    except workflow.TransitionRefused as refused:
        raise RowErrors([place.error(field, str(refused))]) from refused


@contextmanager
def own_transaction(place: Place, *, is_rehearsal: bool) -> Iterator[None]:
    """Taken back in a rehearsal. What a verb or the database refuses becomes RowErrors at `place`."""
    token = told_elsewhere.set(True)  # the import reports each refusal with its line: the log need not repeat it
    try:
        with refusals_as_errors(place), transaction.atomic():
            yield
            transaction.set_rollback(is_rehearsal)
    except (DataError, IntegrityError) as error:
        raise RowErrors([place.error("row", f"the database refuses it: {error}")]) from error
    finally:
        told_elsewhere.reset(token)


def analyze_tables() -> None:
    """Refresh the statistics by which the database plans its queries.

    PostgreSQL passes over tables of another role with a warning; autovacuum sees to those.
    """
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def lift_timeouts() -> None:
    """For a transaction that is long because it is all or none: the limits of faq_service/env.py are made for requests.

    SQLite has no such limits, and SET LOCAL ends with the transaction.
    """
    if connection.vendor == "postgresql":
        limits = ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")
        with connection.cursor() as cursor:
            cursor.execute("; ".join(f"SET LOCAL {limit} = 0" for limit in limits))


@contextmanager
def snapshot() -> Iterator[None]:
    """See one state of the database throughout, without holding anybody up."""
    # A transaction under way cannot change its isolation any more; and an export with a history asks for a snapshot within its own.
    if connection.in_atomic_block or is_begun():
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    else:
        with connection.cursor() as cursor:
            cursor.execute("BEGIN")  # deferred: the IMMEDIATE of the settings would keep all others from writing
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")


def is_begun() -> bool:
    """Whether a snapshot is open on SQLite, of which Django knows nothing: it was begun past `atomic`."""
    return connection.vendor == "sqlite" and connection.connection is not None and connection.connection.in_transaction
