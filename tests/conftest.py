"""What every test stands on: a clock that may run backwards as load_demo's does, and guards that come off only for a flush."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from django.db import connection, transaction
from pytest_django.plugin import DjangoDbBlocker

from faq.integrity import triggers
from faq.integrity.ledger import backdating
from faq.interchange import demo
from faq.public.caching import COUNTS, STORE

SHIPPED = pytest.StashKey[ExitStack]()
"""Where a session keeps what ends the demonstration while it is loaded."""


@pytest.fixture(autouse=True)
def _any_moment() -> Iterator[None]:
    """Let tests choose their moments; test_backdating.py takes this away again."""
    token = backdating.set(True)
    yield
    backdating.reset(token)


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    """Empty what a worker keeps: in tests that undo what they wrote, another Ledger may come to the same heads."""
    STORE.clear()
    COUNTS.known.clear()


@pytest.fixture(scope="class")
def shipped(request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """The demonstration that the project ships, loaded once for all tests about it that run in a row; each undoes what it does itself."""
    if SHIPPED in request.session.stash:
        return
    with ExitStack() as stack:
        stack.enter_context(django_db_blocker.unblock())
        stack.enter_context(transaction.atomic())
        demo.load_library()
        request.session.stash[SHIPPED] = stack.pop_all()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let tests about the demonstration run in a row."""
    items.sort(key=lambda item: not is_about_shipped(item))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """Take the demonstration away before a test that does not ask for it."""
    try:
        yield
    finally:
        if SHIPPED in item.session.stash and not is_about_shipped(nextitem):
            transaction.set_rollback(True)
            item.session.stash[SHIPPED].close()
            del item.session.stash[SHIPPED]


def is_about_shipped(item: pytest.Item | None) -> bool:
    return "shipped" in getattr(item, "fixturenames", ())


@pytest.fixture
def threads_see_it(transactional_db: None) -> Iterator[None]:
    """A database that other threads and processes see too. Its flush would meet the guards, so they come off in teardown alone.

    Flushing emits post_migrate, which puts them, the Ledger row and the groups back.
    """
    yield
    triggers.remove(connection)
