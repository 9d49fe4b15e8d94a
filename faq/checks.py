"""System checks: what `manage.py check` refuses about the library itself. Checks of the database run where it is named.

faq.E001  PUBLIC_URL is no scheme and host, or a live library's is not https.
faq.E002  a live library holds demo people, or decisions of theirs. The server asks this too before it answers anybody.
faq.E003  SQLite's recursive_triggers is off, so that INSERT OR REPLACE would pass the guards.
faq.E004  SEARCH_MODEL names a folder without the model's files, or the libraries that read them are missing.
"""

import os
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.db import DEFAULT_DB_ALIAS, connections

from faq.models import ReviewDecision, User
from faq.search.minilm import LIBRARIES, TOKENIZER, WEIGHTS
from faq_service import env


@register
def search_model_is_there(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """Whoever asked for search by meaning has it. The model itself is read by the service alone: that takes a quarter of a second."""
    folder: Path | None = settings.SEARCH_MODEL
    if folder is None:
        return []
    wrong = [f"{folder / name} cannot be read" for name in (WEIGHTS, TOKENIZER) if not os.access(folder / name, os.R_OK)]
    wrong += [f"the library {name} is missing" for name in LIBRARIES if find_spec(name) is None]
    hint = "Install requirements-vectors.txt and name the folder of the model, or set SEARCH_MODEL to none."
    return [Error(f"SEARCH_MODEL: {fault}.", hint=hint, id="faq.E004") for fault in wrong]


@register(Tags.security)
def public_url_is_sound(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """The address put into every link is one that readers can use."""
    try:
        env.checked_url("PUBLIC_URL", settings.PUBLIC_URL, live=settings.LIBRARY_STATUS == "live")
    except ImproperlyConfigured as fault:
        return [Error(str(fault), id="faq.E001")]
    return []


@register(Tags.database)
def live_library_is_no_demonstration(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **_: Any
) -> list[CheckMessage]:
    """Nothing that demo people approved is ever shown as live, and none of them, whose passwords everybody knows, is there to sign in."""
    if settings.LIBRARY_STATUS != "live":
        return []
    return [
        Error(
            f"LIBRARY_STATUS is live and {' and '.join(there)} in the database.",
            hint="Start the live library with an empty database, or set LIBRARY_STATUS to demonstration.",
            id="faq.E002",
        )
        for alias in databases or ()
        if (there := demo_rows(alias))
    ]


def demo_rows(alias: str) -> list[str]:
    """None before the tables exist: `migrate` runs this check too, and on a new database they are still to come."""
    tables = connections[alias].introspection.table_names()
    asked: list[tuple[type[ReviewDecision | User], str]] = [(ReviewDecision, "decision(s) of demo people"), (User, "demo account(s)")]
    counts = [
        (model._default_manager.using(alias).filter(is_demo=True).count(), what) for model, what in asked if model._meta.db_table in tables
    ]
    return [f"{count} {what}" for count, what in counts if count]


def refuse_demonstration() -> None:
    """Raise ImproperlyConfigured where the library is live and holds a demonstration: `manage.py check` may have been left out."""
    for fault in live_library_is_no_demonstration(None, databases=[DEFAULT_DB_ALIAS]):
        raise ImproperlyConfigured(f"{fault.msg} {fault.hint}")


@register(Tags.database)
def replacing_rows_meets_the_guards(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **_: Any
) -> list[CheckMessage]:
    """For rows that INSERT OR REPLACE removes SQLite runs DELETE triggers only if recursive_triggers is on (sqlite.org: ON CONFLICT)"""
    return [
        Error(f"recursive_triggers is off on the connection {alias!r}.", hint="Keep init_command of SQLITE_OPTIONS.", id="faq.E003")
        for alias in databases or ()
        if connections[alias].vendor == "sqlite" and not recursive_triggers(alias)
    ]


def recursive_triggers(alias: str) -> bool:
    with connections[alias].cursor() as cursor:
        return bool(cursor.execute("PRAGMA recursive_triggers").fetchone()[0])
