"""Typed readers of environment variables. Each raises ImproperlyConfigured with the variable's name and what to set instead."""

import os
from pathlib import Path
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

LONGEST_DAYS = 3660
"""Ten years: more is a slip of the keyboard, and far more leads out of the calendar."""

LONGEST_LINE = 500
"""Characters: what a line of the Words may have."""

SQLITE_PRAGMAS = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA recursive_triggers=ON"
SQLITE_OPTIONS = {"transaction_mode": "IMMEDIATE", "timeout": 30, "init_command": SQLITE_PRAGMAS}
# Waiting longer than ten seconds for a connection is an outage, which readers should be told about (503) rather than made to sit through.
POSTGRES_PATIENCE = 10
# One stuck statement, or a client that went away inside a transaction, must not hold the Ledger row for long.
POSTGRES_TIMEOUTS = "-c statement_timeout=30s -c lock_timeout=10s -c idle_in_transaction_session_timeout=60s"


def text(name: str, default: str = "") -> str:
    """Empty counts as unset: a file of settings often names a variable and leaves its value out."""
    return os.environ.get(name, "").strip() or default


def words(name: str) -> list[str]:
    return [part.strip() for part in text(name).split(",") if part.strip()]


def flag(name: str, default: bool) -> bool:
    """1, true, yes, on, or 0, false, no, off; anything else is refused rather than guessed."""
    value = text(name, str(default)).lower()
    if value not in {"1", "true", "yes", "on", "0", "false", "no", "off"}:
        raise ImproperlyConfigured(f"{name} is {value!r}. Set it to 1 or 0.")
    return value in {"1", "true", "yes", "on"}


def line(name: str) -> str:
    """A text that readers are shown on one line; "" where there is none."""
    value = text(name)
    if len(value) > LONGEST_LINE or not value.isprintable():
        raise ImproperlyConfigured(f"{name} is not one line of {LONGEST_LINE} characters at most. Set it to such a text, or to none.")
    return value


def folder(name: str) -> Path | None:
    """A folder, from wherever the program was started; None where there is to be none. Whether it can be read is for a system check."""
    value = text(name)
    return Path(value).expanduser() if value else None


def positive_int(name: str, default: int) -> int:
    value = text(name, str(default))
    # `isdigit` alone takes ² as well, which `int` cannot read.
    if not (value.isascii() and value.isdigit() and int(value) > 0):
        raise ImproperlyConfigured(f"{name} is {value!r}. Set it to a whole number above 0, for example {default}.")
    return int(value)


def days(name: str, default: int) -> int:
    """A number of days, at most LONGEST_DAYS."""
    value = positive_int(name, default)
    if value > LONGEST_DAYS:
        raise ImproperlyConfigured(f"{name} is {value}. Set it to {LONGEST_DAYS} or less, for example {default}.")
    return value


def choice(name: str, choices: tuple[str, ...]) -> str:
    """One of `choices`, of which the first is the default."""
    value = text(name, choices[0])
    if value not in choices:
        raise ImproperlyConfigured(f"{name} is {value!r}. Set it to one of: {', '.join(choices)}.")
    return value


def time_zone(name: str, default: str) -> str:
    """An IANA name. An OSError comes of names that lead to a folder of zones, such as Europe."""
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
    """A slash at the end is taken off; for the rest see `checked_url`."""
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
    """Return Django's settings for a database URL (SQLite or PostgreSQL), tuned for each kind.

    `migrating` leaves out PostgreSQL's time limits: changing a large table may take as long as it takes.
    """
    try:
        config: dict[str, Any] = dict(dj_database_url.parse(text(name, default)))
    except (dj_database_url.ParseError, dj_database_url.UnknownSchemeError):
        config = {}  # refused below, in words that do not repeat the address: it may hold a password
    options = config.setdefault("OPTIONS", {})
    engine = str(config.get("ENGINE", "")).rpartition(".")[2]
    if engine == "sqlite3":
        # Opening takes five times as long as a query, for SQLite then reads every table and trigger. A minute, so that a file put
        # in its place is soon seen.
        config["CONN_MAX_AGE"] = 60
        config["OPTIONS"] = SQLITE_OPTIONS | options
    elif engine == "postgresql":
        # Each thread keeps its connection: quicker than a pool. Only with the health check does a restart of PostgreSQL heal.
        config |= {"ENGINE": "faq_service.postgresql", "CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}
        limits = {} if migrating else {"options": POSTGRES_TIMEOUTS}
        config["OPTIONS"] = {"connect_timeout": POSTGRES_PATIENCE} | limits | options
    else:
        raise ImproperlyConfigured(
            f"{name} is not understood. Set it to sqlite:////path/db.sqlite3 or postgresql://user:password@host:5432/db."
        )
    return config


def email(name: str, default: str) -> dict[str, Any]:
    try:
        return dict(environ.Env.email_url_config(text(name, default)))
    except ImproperlyConfigured:
        raise ImproperlyConfigured(f"{name} is not understood. Set it, for example, to smtp+tls://user:password@host:587.") from None
