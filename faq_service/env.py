"""Typed readers of environment variables. Each raises ImproperlyConfigured with the variable's name and what to set instead."""

import os
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import dj_database_url
import environ
from django.core.exceptions import ImproperlyConfigured

DEVELOPMENT_KEY = "django-insecure-used-only-where-DEBUG-is-on"
INSECURE_PREFIX = "django-insecure-"
LEAST_KEY_LENGTH = 50  # this and the next: what Django's own check security.W009 asks for
LEAST_DISTINCT_LETTERS = 5
NEW_KEY = 'python3 -c "import secrets; print(secrets.token_urlsafe(50))"'

SQLITE_PRAGMAS = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA recursive_triggers=ON"
SQLITE_OPTIONS = {"transaction_mode": "IMMEDIATE", "timeout": 30, "init_command": SQLITE_PRAGMAS}
# Ten for each of eight worker processes stay under PostgreSQL's default of 100 connections. Waiting longer than ten seconds
# for one of them is an outage, which readers should be told about (503) rather than made to sit through.
POSTGRES_POOL = {"min_size": 1, "max_size": 10, "timeout": 10}
# One stuck statement, or a client that went away inside a transaction, must not hold the Ledger row for long.
POSTGRES_TIMEOUTS = "-c statement_timeout=30s -c lock_timeout=10s -c idle_in_transaction_session_timeout=60s"


def text(name: str, default: str = "") -> str:
    """The variable's text without surrounding space, or `default` where it is unset or empty."""
    return os.environ.get(name, "").strip() or default


def words(name: str) -> list[str]:
    """The comma-separated parts of a variable; an empty list where it is unset."""
    return [part.strip() for part in text(name).split(",") if part.strip()]


def flag(name: str, default: bool) -> bool:
    """True for 1, true, yes, on; False for 0, false, no, off; anything else is refused rather than guessed."""
    value = text(name, str(default)).lower()
    if value not in {"1", "true", "yes", "on", "0", "false", "no", "off"}:
        raise ImproperlyConfigured(f"{name} is {value!r}. Set it to 1 or 0.")
    return value in {"1", "true", "yes", "on"}


def positive_int(name: str, default: int) -> int:
    """A whole number above zero."""
    value = text(name, str(default))
    if not (value.isascii() and value.isdigit() and int(value) > 0):
        raise ImproperlyConfigured(f"{name} is {value!r}. Set it to a whole number above 0, for example {default}.")
    return int(value)


def choice(name: str, choices: tuple[str, ...]) -> str:
    """One of `choices`, of which the first is the default."""
    value = text(name, choices[0])
    if value not in choices:
        raise ImproperlyConfigured(f"{name} is {value!r}. Set it to one of: {', '.join(choices)}.")
    return value


def time_zone(name: str, default: str) -> str:
    """The name of a time zone in the IANA database, such as Europe/Madrid."""
    value = text(name, default)
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ImproperlyConfigured(f"{name} is {value!r}. Set it to a name like Europe/Madrid or UTC.") from None
    return value


def secret_key(name: str, debug: bool) -> str:
    """The signing key. A development key stands in where DEBUG is on; elsewhere a missing or guessable one is refused."""
    value = text(name, DEVELOPMENT_KEY if debug else "")
    weak = value.startswith(INSECURE_PREFIX) or len(value) < LEAST_KEY_LENGTH or len(set(value)) < LEAST_DISTINCT_LETTERS
    if weak and not debug:
        fault = "missing" if not value else "too easy to guess"
        raise ImproperlyConfigured(f"{name} is {fault}. Set it to at least {LEAST_KEY_LENGTH} random characters: {NEW_KEY}")
    return value


def hosts(name: str, debug: bool) -> list[str]:
    """Host names the library answers to. Where DEBUG is off there must be some, and none may be a wildcard for all."""
    value = words(name)
    if not debug and (not value or "*" in value):
        fault = "allows every host" if value else "is missing"
        raise ImproperlyConfigured(f"{name} {fault}. Set it to the host names of the library, for example faq.example.org.")
    return value


def public_url(name: str, default: str, live: bool) -> str:
    """The address readers use, without a slash at the end; see `checked_url`."""
    return checked_url(name, text(name, default).rstrip("/"), live)


def checked_url(name: str, value: str, live: bool) -> str:
    """Return `value` if it is scheme and host alone, and https where the library is live."""
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or value != f"{parts.scheme}://{parts.netloc}" or "@" in value:
        raise ImproperlyConfigured(f"{name} is {value!r}. Set it to scheme and host alone, for example https://faq.example.org.")
    if live and parts.scheme != "https":
        raise ImproperlyConfigured(f"{name} is {value!r} and the library is live. Set it to an address that starts with https://.")
    return value


def database(name: str, default: str, *, migrating: bool = False) -> dict[str, Any]:
    """Django's settings for the database URL in `name` (SQLite or PostgreSQL), tuned for each.

    `migrating` leaves out PostgreSQL's pool and time limits: changing a large table may take as long as it takes.
    """
    try:
        config: dict[str, Any] = dict(dj_database_url.parse(text(name, default)))
    except (dj_database_url.ParseError, dj_database_url.UnknownSchemeError):
        config = {}
    options = config.setdefault("OPTIONS", {})
    engine = str(config.get("ENGINE", "")).rpartition(".")[2]
    if engine == "sqlite3":
        # Opening takes five times as long as a query, for SQLite then reads every table and trigger. A minute, so that a file put
        # in its place is soon seen.
        config["CONN_MAX_AGE"] = 60
        config["OPTIONS"] = SQLITE_OPTIONS | options
    elif engine == "postgresql":
        # A pool keeps the connections, so Django must not; and only with its health check does a restart of PostgreSQL heal.
        config |= {"CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": True}
        config["OPTIONS"] = options if migrating else {"pool": POSTGRES_POOL, "options": POSTGRES_TIMEOUTS} | options
    else:
        raise ImproperlyConfigured(
            f"{name} is not understood. Set it to sqlite:////path/db.sqlite3 or postgresql://user:password@host:5432/db."
        )
    return config


def email(name: str, default: str) -> dict[str, Any]:
    """Django's EMAIL_ settings for the address of a mail server."""
    try:
        return dict(environ.Env.email_url_config(text(name, default)))
    except ImproperlyConfigured:
        raise ImproperlyConfigured(f"{name} is not understood. Set it, for example, to smtp+tls://user:password@host:587.") from None
