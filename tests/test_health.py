"""`/health/live` and `/health/ready`: whether the service runs, and whether it can answer truthfully."""

import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder

from faq.integrity import triggers
from tests.reading import ask

READY = {"database": "ok", "migrations": "ok", "triggers": "ok", "clock": "ok", "search": "words"}


def test_alive_looks_at_nothing_else() -> None:
    answer = ask("GET", "/health/live")  # a test that touches the database here fails
    assert (answer.status_code, answer.json()) == (200, {"live": "ok"})


@pytest.mark.django_db
def test_ready_names_its_parts() -> None:
    answer = ask("GET", "/health/ready")
    assert (answer.status_code, answer.json()) == (200, READY)


@pytest.mark.django_db
def test_not_ready_without_the_guards() -> None:
    triggers.remove(connection)
    answer = ask("GET", "/health/ready")
    assert (answer.status_code, answer.json()["database"]) == (503, "ok")
    assert answer.json()["triggers"].startswith("not as declared: faq_guard_")


@pytest.mark.django_db
def test_not_ready_before_every_migration() -> None:
    MigrationRecorder(connection).migration_qs.filter(app="faq").latest("name").delete()
    answer = ask("GET", "/health/ready")
    assert (answer.status_code, answer.json()["migrations"]) == (503, "1 not applied")


@pytest.mark.django_db
def test_not_ready_without_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise OperationalError("could not connect to server at 10.0.0.7")

    monkeypatch.setattr(connection, "ensure_connection", fail)
    answer = ask("GET", "/health/ready")
    assert (answer.status_code, answer.json()["database"]) == (503, "does not answer")
    assert b"10.0.0.7" not in answer.content


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/health/live", "/health/ready"])
def test_no_cache_keeps_it_and_nothing_may_be_sent(path: str) -> None:
    assert "no-store" in ask("GET", path)["Cache-Control"]
    assert ask("POST", path).status_code == 405
