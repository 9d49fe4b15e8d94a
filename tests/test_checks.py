"""Misconfiguration of the library is a system check that fails."""

import pytest
from django.core.checks import Tags, run_checks
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from faq.models import ReviewDecision


def found(tag: str) -> list[str]:
    """The ids of our own checks that fail."""
    return [str(message.id) for message in run_checks(tags=[tag], databases=["default"]) if str(message.id).startswith("faq.")]


def decision(**changes: object) -> ReviewDecision:
    """A stored decision of the library's clock."""
    row = {"sequence": 1, "kind": "expire", "at": timezone.now(), "by_name": "clock", "by_role": "clock", "row_hash": "0" * 64}
    return ReviewDecision.objects.create(**row | changes)


@pytest.mark.django_db
def test_a_live_library_with_a_demo_decision_fails(settings: Settings) -> None:
    decision(is_demo=True)
    settings.LIBRARY_STATUS = "live"
    assert found(Tags.database) == ["faq.E002"]


@pytest.mark.django_db
def test_a_live_library_with_real_decisions_passes(settings: Settings) -> None:
    decision(is_demo=False)
    settings.LIBRARY_STATUS = "live"
    assert found(Tags.database) == []


@pytest.mark.django_db
def test_a_demonstration_may_hold_demo_decisions() -> None:
    decision(is_demo=True)
    assert found(Tags.database) == []


@pytest.mark.django_db
def test_sqlite_without_recursive_triggers_fails() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("about SQLite")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA recursive_triggers=OFF")
        try:
            assert found(Tags.database) == ["faq.E003"]
        finally:
            cursor.execute("PRAGMA recursive_triggers=ON")


@pytest.mark.parametrize("address", ["faq.example.org", "https://faq.example.org/library", "http://faq.example.org"])
def test_a_live_library_with_an_unsound_address_fails(settings: Settings, address: str) -> None:
    settings.LIBRARY_STATUS = "live"
    settings.PUBLIC_URL = address
    assert found(Tags.security) == ["faq.E001"]
