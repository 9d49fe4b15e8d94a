"""What every unit of an import runs in, a transaction of its own with refusals as faults that say where; and an export, one state."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DataError, IntegrityError, connection, transaction

from faq import workflow
from faq.interchange.entries import name_in_file
from faq.interchange.faults import Faulty, Place


@contextmanager
def refusals(place: Place, field: str = "row") -> Iterator[None]:
    """Turn what a verb refuses into Faulty at `place`."""
    try:
        yield
    except workflow.WordsRefused as refused:
        raise Faulty(place.fault(name_in_file(name), reason) for name, reason in refused.problems) from refused
    except workflow.TransitionRefused as refused:
        raise Faulty([place.fault(field, str(refused))]) from refused


@contextmanager
def own_transaction(place: Place, *, is_rehearsal: bool) -> Iterator[None]:
    """Run in one transaction, taken back in a rehearsal; what a verb or the database refuses becomes Faulty at `place`."""
    try:
        with refusals(place), transaction.atomic():
            yield
            transaction.set_rollback(is_rehearsal)
    except (DataError, IntegrityError) as error:
        raise Faulty([place.fault("row", f"the database refuses it: {error}")]) from error


def measure_tables() -> None:
    """Have the database count what its tables hold, by which it plans; tables of another role are left to autovacuum, with a warning."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def take_time() -> None:
    """Lift PostgreSQL's limits on statements, waiting and pausing for the transaction at hand, which is long because it is all or none."""
    if connection.vendor == "postgresql":
        limits = ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")
        with connection.cursor() as cursor:
            cursor.execute("; ".join(f"SET LOCAL {limit} = 0" for limit in limits))


@contextmanager
def snapshot() -> Iterator[None]:
    """See one state of the database throughout, without holding anybody up."""
    if connection.in_atomic_block or is_begun():
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    else:
        with connection.cursor() as cursor:
            cursor.execute("BEGIN")  # deferred: other than the settings' IMMEDIATE it lets others write meanwhile
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")


def is_begun() -> bool:
    """Return whether a `snapshot` is being looked at on SQLite, where Django knows nothing of it."""
    return connection.vendor == "sqlite" and connection.connection is not None and connection.connection.in_transaction
