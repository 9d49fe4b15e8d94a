"""What tests stand on, made the short way, is what the workflow's verbs leave."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.models import Model

from faq.models import Change, Ledger, ReviewDecision, Reviewer, StandingText
from faq.workflow import grant_reviewer
from tests import factories
from tests.factories import NOW, a, make_reviewer, make_standing_texts, make_text, make_user, standing_fields, the_scope
from tests.short_ways import give_scope

pytestmark = pytest.mark.django_db


def rows() -> list[list[Any]]:
    """Return every column of what is left, both chains with their hashes."""
    models: tuple[type[Model], ...] = (StandingText, ReviewDecision, Change, Ledger, Reviewer)
    return [list(model._default_manager.order_by("pk").values()) for model in models]


def number_anew() -> None:
    """Let the next rows have the lowest free keys: what was undone has used keys up on PostgreSQL, and not on SQLite."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [StandingText, Reviewer]):
            cursor.execute(statement)


def undone(make: Callable[[], object]) -> list[list[Any]]:
    """Return what `make` leaves, and undo it, so that the same keys are given out again."""
    number_anew()
    with transaction.atomic():
        make()
        left = rows()
        transaction.set_rollback(True)
    number_anew()
    return left


@pytest.mark.parametrize("language", ["en", "es"])
def test_standing_texts_made_at_once_leave_the_rows_that_the_verbs_leave(language: str) -> None:
    a("lead"), a("reviewer")
    the_other, later = "es" if language == "en" else "en", NOW + timedelta(days=1)
    make_text(key="another", language=the_other, at=later)  # from here the Ledger's moment is later than theirs
    by_verbs = undone(lambda: [make_text(**fields) for fields in standing_fields(language)])
    make_standing_texts(language)
    assert rows() == by_verbs
    assert len(by_verbs[0]) == 1 + len(factories.NOTICES) + len(factories.CARDS) + 2


def test_the_scope_of_the_standing_reviewer_is_the_one_that_the_verb_grants() -> None:
    user, lead = make_user(), a("lead")
    by_verb = undone(lambda: grant_reviewer(user, by=lead, at=NOW, **the_scope()))
    give_scope(user, by=lead, at=NOW, **the_scope())
    assert rows() == by_verb
    assert len(by_verb[-1]) == 1


def test_the_standing_reviewer_is_one_that_make_reviewer_makes() -> None:
    standing, other = (Reviewer.objects.filter(user=user).values().get() for user in (a("reviewer"), make_reviewer()))
    assert standing | {"id": 0, "user_id": 0} == other | {"id": 0, "user_id": 0}
