"""Rows that many tests look at, made once for a class of them; each test still undoes what it does itself."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from faq.integrity.ledger import backdating


@contextmanager
def once(blocker: DjangoDbBlocker) -> Iterator[None]:
    """Let a fixture of a class make rows, at moments of its choosing, which go at its end."""
    with blocker.unblock(), transaction.atomic():
        token = backdating.set(True)
        yield
        backdating.reset(token)
        transaction.set_rollback(True)
