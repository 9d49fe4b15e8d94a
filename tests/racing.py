"""Races that come out the same each time: a gate is held until everybody waits at it, so nobody is merely lucky."""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from typing import Any

from django.db import connection, transaction

from faq.integrity.ledger import chain_hash
from faq.models import Change, Ledger, Publication, ReviewDecision

Step = Callable[[], Any]
PATIENCE = 20.0
"""How long, in seconds, somebody may take to get to the lock where they are expected."""

WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


def alone(step: Step) -> Any:
    """Do `step` on a connection of its own, which is closed in the end."""
    try:
        return step()
    finally:
        connection.close()


def outcome(future: "Future[Any]") -> Any:
    """Return what a step returned, or the exception that ended it."""
    return future.exception() or future.result()


def waiting() -> int:
    """Return how many sessions wait for a lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # inside a transaction PostgreSQL shows the first look again
        cursor.execute(WAITING)
        return int(cursor.fetchone()[0])


def wait_for(futures: "Sequence[Future[Any]]", count: int) -> None:
    """Return once `count` sessions wait for a lock, those of `futures` that are done not needed any more; fail after PATIENCE."""
    end = time.monotonic() + PATIENCE
    while waiting() + sum(future.done() for future in futures) < count:
        assert time.monotonic() < end, "somebody neither waits nor is done"
        time.sleep(0.005)


@contextmanager
def others(*steps: Step) -> Iterator[list[Any]]:
    """Start each of `steps` in a thread when the body of the block, which holds a transaction open, is through; then commit it.

    The list yielded holds their outcomes after the block.
    """
    outcomes: list[Any] = []
    with ThreadPoolExecutor(len(steps)) as pool:
        with transaction.atomic():
            yield outcomes
            futures = [pool.submit(copy_context().run, alone, step) for step in steps]
            wait_for(futures, len(futures))
        outcomes += [outcome(future) for future in futures]


def at_the_ledger(*steps: Step) -> list[Any]:
    """Let `steps` run, one after the other, until each waits or is through, while the Ledger is held; let go, and return their outcomes.

    By then each has locked what it locks before the Ledger: who locks in another order than the rest waits in a circle.
    """
    futures: list[Future[Any]] = []
    with ThreadPoolExecutor(len(steps)) as pool:
        with transaction.atomic():
            Ledger.objects.select_for_update(no_key=True).get(pk=1)
            for step in steps:
                futures.append(pool.submit(copy_context().run, alone, step))
                wait_for(futures, len(futures))
        return [outcome(future) for future in futures]


def together(steps: Sequence[Step], threads: int) -> list[Any]:
    """Do `steps` in `threads` threads as fast as they go; return their outcomes in order."""
    with ThreadPoolExecutor(threads) as pool:
        futures = [pool.submit(copy_context().run, alone, step) for step in steps]
        return [outcome(future) for future in futures]


def assert_chains_hold() -> None:
    """Assert that both chains have neither gap nor fork, and end at the Ledger's heads."""
    ledger = Ledger.objects.get()
    for model, last, head in (
        (Change, ledger.last_sequence, ledger.change_head),
        (ReviewDecision, ledger.decision_sequence, ledger.decision_head),
    ):
        rows: list[Any] = list(model._default_manager.order_by("sequence"))
        assert [row.sequence for row in rows] == list(range(1, last + 1))
        assert [row.previous_hash for row in rows] == ["", *(row.row_hash for row in rows)][: len(rows)]
        assert all(row.row_hash == chain_hash(row) for row in rows)
        assert not rows or rows[-1].row_hash == head


def assert_versions_hold() -> None:
    """Assert that each entry has its versions from 1 without gap, and at most one that is current."""
    by_entry: dict[int, list[tuple[int, str]]] = {}
    for question, version, status in Publication.objects.order_by("version").values_list("question", "version", "status"):
        by_entry.setdefault(question, []).append((version, status))
    for rows in by_entry.values():
        assert [version for version, _ in rows] == list(range(1, len(rows) + 1))
        assert [status for _, status in rows].count("current") <= 1
