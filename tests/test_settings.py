"""Settings come from the environment; what is wrong there stops the start with a sentence that says what to set."""

import re
import runpy
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from time import sleep
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connection
from django.test import Client

from faq_service import env

GOOD_KEY = "0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@pytest.fixture
def settings_with(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function that reads settings.py anew with some variables changed, and returns its names."""

    def read(**variables: str) -> dict[str, Any]:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        return runpy.run_path("faq_service/settings.py")

    return read


@pytest.mark.parametrize("key", ["", "short", "django-insecure-" + GOOD_KEY, "ab" * 40])
def test_a_weak_secret_key_stops_the_start(settings_with: Any, key: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"SECRET_KEY is .* Set it to"):
        settings_with(SECRET_KEY=key)


@pytest.mark.parametrize("hosts", ["", "*", "faq.example.org, *"])
def test_hosts_must_be_named(settings_with: Any, hosts: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"ALLOWED_HOSTS .* Set it to"):
        settings_with(ALLOWED_HOSTS=hosts)


def test_development_needs_no_key_and_no_hosts(settings_with: Any) -> None:
    assert settings_with(DEBUG="1", SECRET_KEY="", ALLOWED_HOSTS="")["DEBUG"] is True


def test_a_live_library_refuses_debug(settings_with: Any) -> None:
    with pytest.raises(ImproperlyConfigured, match="Set DEBUG to 0"):
        settings_with(LIBRARY_STATUS="live", DEBUG="1", PUBLIC_URL="https://faq.example.org")


def test_a_live_library_refuses_plain_http(settings_with: Any) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"PUBLIC_URL .* https://"):
        settings_with(LIBRARY_STATUS="live", PUBLIC_URL="http://faq.example.org")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEBUG", "ture"),
        ("LIBRARY_STATUS", "production"),
        ("LIBRARY_TIME_ZONE", "Mars/Olympus"),
        ("REVIEW_DUE_DAYS", "0"),
        ("REVIEW_DUE_DAYS", "-3"),
        ("REVIEW_DUE_DAYS", "800000"),
        ("REVIEW_INTERVAL_DAYS", "367"),
        ("REVIEW_INTERVAL_DAYS", "half a year"),
        ("REVIEW_LONGEST_DAYS", "3661"),
        ("OFFLINE_DAYS", "0"),
        ("RESPONSIBLE_NAME", "n" * 501),
        ("RESPONSIBLE_CONTACT", "The Centre,\n1 Main Street"),
        ("PUBLIC_URL", "faq.example.org"),
        ("PUBLIC_URL", "https://faq.example.org/library"),
        ("PUBLIC_URL", "https://user:password@faq.example.org"),
        ("ALLOW_ATTESTATION", "maybe"),
        ("DATABASE_URL", "mysql://localhost/library"),
        ("DATABASE_URL", "library.sqlite3"),
        ("EMAIL_URL", "pigeon://mail.example.org"),
    ],
)
def test_a_value_that_makes_no_sense_is_refused_by_name(settings_with: Any, name: str, value: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=rf"^{name} .* Set it"):
        settings_with(**{name: value})


def test_the_usual_review_date_is_never_later_than_the_latest(settings_with: Any) -> None:
    assert settings_with(REVIEW_LONGEST_DAYS="90", REVIEW_INTERVAL_DAYS="")["REVIEW_INTERVAL_DAYS"] == 90


@pytest.mark.parametrize("name", ["RESPONSIBLE_NAME", "RESPONSIBLE_CONTACT"])
def test_who_answers_has_a_name_and_a_contact(settings_with: Any, name: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"belong together\. Set both, or neither"):
        settings_with(**{name: "The Centre"})


def test_an_app_that_cannot_ask_hides_an_entry_after_a_week_unless_told_otherwise(settings_with: Any) -> None:
    assert settings_with(OFFLINE_DAYS="")["OFFLINE_DAYS"] == 7


def test_the_model_of_search_is_a_folder_or_none(settings_with: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/library")
    assert settings_with(SEARCH_MODEL=" ")["SEARCH_MODEL"] is None
    assert settings_with(SEARCH_MODEL="~/model")["SEARCH_MODEL"] == Path("/home/library/model")


def test_every_setting_that_is_read_is_explained() -> None:
    text = Path("faq_service/settings.py").read_text()
    explained = set(re.findall(r"^([A-Z_]+)  +\S", text.partition('\n"""')[0], re.MULTILINE))
    asked = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', text)) | {"ENV_FILE"}
    assert asked - explained == set()


def test_a_refused_database_address_does_not_show_its_password(settings_with: Any) -> None:
    with pytest.raises(ImproperlyConfigured) as refused:
        settings_with(DATABASE_URL="oracle://someone:hunter2@localhost/library")
    assert "hunter2" not in str(refused.value)


def test_attestation_is_off_unless_a_setting_allows_it(settings_with: Any) -> None:
    assert settings_with(ALLOW_ATTESTATION="")["ALLOW_ATTESTATION"] is False


def test_https_brings_secure_cookies_and_a_year_of_hsts(settings_with: Any) -> None:
    found = settings_with(PUBLIC_URL="https://faq.example.org/")
    assert found["PUBLIC_URL"] == "https://faq.example.org"
    assert (found["SESSION_COOKIE_NAME"], found["CSRF_COOKIE_NAME"]) == ("__Host-sessionid", "__Host-csrftoken")
    assert all(found[name] for name in ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT"))
    assert found["SECURE_HSTS_SECONDS"] == 31_536_000


def test_only_migrate_uses_the_owner_of_the_tables(settings_with: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    urls = {"DATABASE_URL": "postgresql://reader@db/library", "MIGRATION_DATABASE_URL": "postgresql://owner@db/library"}
    monkeypatch.setattr(sys, "argv", ["manage.py", "migrate"])
    assert settings_with(**urls)["DATABASES"]["default"]["USER"] == "owner"
    monkeypatch.setattr(sys, "argv", ["manage.py", "import_entries"])
    assert settings_with(**urls)["DATABASES"]["default"]["USER"] == "reader"


def test_connections_to_postgresql_are_kept_and_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://reader@db:5433/library?sslmode=require")
    found = env.database("DATABASE_URL", "")
    assert (found["CONN_MAX_AGE"], found["CONN_HEALTH_CHECKS"]) == (600, True)
    assert found["OPTIONS"]["sslmode"] == "require"


@pytest.fixture
def kept() -> Iterator[Any]:
    """A connection of its own to PostgreSQL, as a request leaves it to the next."""
    if connection.vendor != "postgresql":
        pytest.skip("about PostgreSQL")
    wrapper: Any = connection.copy()
    wrapper.connect()
    wrapper.health_check_enabled, wrapper.health_check_done = True, False
    yield wrapper
    wrapper.close()


def session_of(wrapper: Any) -> int:
    with wrapper.cursor() as cursor:
        return int(cursor.execute("SELECT pg_backend_pid()").fetchone()[0])


@pytest.mark.django_db
def test_a_session_that_postgresql_has_ended_is_replaced_unnoticed(kept: Any) -> None:
    ended = kept.connection.info.backend_pid
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [ended])
    assert session_of(kept) != ended


@pytest.mark.django_db
def test_a_session_that_ends_in_the_middle_of_a_request_is_replaced_for_the_next(kept: Any) -> None:
    """As when PostgreSQL restarts under load."""
    ended = session_of(kept)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [ended])
    with pytest.raises(OperationalError):
        session_of(kept)
    kept.close_if_unusable_or_obsolete()
    assert session_of(kept) != ended


@pytest.mark.django_db
def test_a_session_that_postgresql_has_told_something_goes_on(kept: Any) -> None:
    kept.connection.execute("LISTEN something")
    with closing(connection.copy()) as other, other.cursor() as cursor:
        cursor.execute("NOTIFY something")
    sleep(0.1)
    assert session_of(kept) == kept.connection.info.backend_pid


@pytest.mark.django_db
def test_sqlite_connections_run_triggers_for_replaced_rows() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("about SQLite")
    with connection.cursor() as cursor:
        pragmas = {name: cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in ("recursive_triggers", "foreign_keys", "journal_mode")}
    assert pragmas == {"recursive_triggers": 1, "foreign_keys": 1, "journal_mode": "wal"}
    assert connection.settings_dict["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_every_answer_carries_the_security_headers(client: Client) -> None:
    headers = client.get("/health/live").headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert (headers["X-Content-Type-Options"], headers["Referrer-Policy"]) == ("nosniff", "same-origin")
    assert "geolocation=()" in headers["Permissions-Policy"]


def test_static_files_are_served_without_being_collected(client: Client) -> None:
    answered = client.get("/static/admin/css/base.css")
    assert (answered.status_code, answered["Content-Type"]) == (200, 'text/css; charset="utf-8"')
    assert b"body" in answered.getvalue()


def test_any_site_may_read_the_api_without_credentials(client: Client) -> None:
    headers = client.get("/api/v1/nowhere/", headers={"origin": "https://app.example"}).headers
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in headers
    assert "Library-Cursor" in headers["Access-Control-Expose-Headers"]


def test_no_site_may_read_the_admin(client: Client) -> None:
    assert "Access-Control-Allow-Origin" not in client.get("/admin/login/", headers={"origin": "https://app.example"}).headers
