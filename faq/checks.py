"""System checks: what `manage.py check` refuses about the library itself. Checks of the database run where it is named.

faq.E001  PUBLIC_URL is no scheme and host, or a live library's is not https.
faq.E002  a live library holds decisions of demo people.
faq.E003  SQLite's recursive_triggers is off, so that INSERT OR REPLACE would pass the guards.
"""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.db import connections

from faq.models import ReviewDecision
from faq_service import env


@register(Tags.security)
def public_url_is_sound(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """The address put into every link is one that readers can use."""
    try:
        env.checked_url("PUBLIC_URL", settings.PUBLIC_URL, live=settings.LIBRARY_STATUS == "live")
    except ImproperlyConfigured as fault:
        return [Error(str(fault), id="faq.E001")]
    return []


@register(Tags.database)
def live_library_has_no_demo_decision(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **_: Any
) -> list[CheckMessage]:
    """Nothing that demo people approved is ever shown as live."""
    if settings.LIBRARY_STATUS != "live":
        return []
    return [
        Error(
            f"LIBRARY_STATUS is live and {count} decision(s) were made by demo people.",
            hint="Start the live library with an empty database, or set LIBRARY_STATUS to demonstration.",
            id="faq.E002",
        )
        for alias in databases or ()
        if (count := demo_decisions(alias))
    ]


def demo_decisions(alias: str) -> int:
    """How many decisions of demo people the database `alias` holds; none before its tables exist."""
    if ReviewDecision._meta.db_table not in connections[alias].introspection.table_names():
        return 0
    return ReviewDecision.objects.using(alias).filter(is_demo=True).count()


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
    """Whether the pragma is on for the connection at hand."""
    with connections[alias].cursor() as cursor:
        return bool(cursor.execute("PRAGMA recursive_triggers").fetchone()[0])
