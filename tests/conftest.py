"""What every test stands on: a clock that may run backwards as load_demo's does, and guards that come off only for a flush."""

from collections.abc import Iterator

import pytest
from django.db import connection, transaction
from pytest_django.plugin import DjangoDbBlocker

from faq.integrity import triggers
from faq.integrity.ledger import backdating
from faq.interchange import demo
from faq.public.caching import COUNTS, STORE


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
def shipped(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The demonstration that the project ships, loaded once for a class of tests about it."""
    with django_db_blocker.unblock(), transaction.atomic():
        demo.load_library()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def threads_see_it(transactional_db: None) -> Iterator[None]:
    """A database that other threads and processes see too. Its flush would meet the guards, so they come off in teardown alone.

    Flushing emits post_migrate, which puts them, the Ledger row and the groups back.
    """
    yield
    triggers.remove(connection)
