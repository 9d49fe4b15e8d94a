"""What tests stand on, made the short way, is what the workflow's verbs leave."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.models import Model

from faq.models import Change, Ledger, ReviewDecision, StandingText
from tests import factories
from tests.factories import NOW, a, make_standing_texts, make_text, standing_fields

pytestmark = pytest.mark.django_db


def rows() -> list[list[Any]]:
    """Return every column of what a standing text leaves, both chains with their hashes."""
    models: tuple[type[Model], ...] = (StandingText, ReviewDecision, Change, Ledger)
    return [list(model._default_manager.order_by("pk").values()) for model in models]


def number_again() -> None:
    """Let the next text have the key that the first one of an undone transaction had: PostgreSQL gives each out once."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [StandingText]):
            cursor.execute(statement)


@pytest.mark.parametrize("language", ["en", "es"])
def test_standing_texts_made_at_once_leave_the_rows_that_the_verbs_leave(language: str) -> None:
    a("lead"), a("reviewer")
    make_text(
        key="another", language="es" if language == "en" else "en", at=NOW + timedelta(days=1)
    )  # the Ledger's moment is later than NOW
    with transaction.atomic():
        for fields in standing_fields(language):
            make_text(**fields)
        by_verbs = rows()
        transaction.set_rollback(True)
    number_again()
    make_standing_texts(language)
    assert rows() == by_verbs
    assert len(by_verbs[0]) == 1 + len(factories.NOTICES) + len(factories.CARDS) + 2
