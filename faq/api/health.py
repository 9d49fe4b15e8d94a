"""Whether the service runs (`live`), and whether it can answer truthfully (`ready`): for load balancers and monitors."""

from django.conf import settings
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from faq.integrity import triggers
from faq.integrity.ledger import clock_fault
from faq.models import Ledger
from faq.search.meaning import encoder
from faq.workflow.vectors import lacking

OK = "ok"
UNKNOWN = "unknown while the database does not answer"
UNLOOKED = "not looked at until all else is ok"


@never_cache
@require_safe
def live(request: HttpRequest) -> JsonResponse:
    """Say that the program answers; nothing else is looked at."""
    return JsonResponse({"live": OK})


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Say for each part "ok" or what is wrong with it; 503 where one is not. What search goes by is told beside, and stops nobody."""
    found = state()
    is_ready = set(found.values()) == {OK}
    return JsonResponse(found | {"search": search() if is_ready else UNLOOKED}, status=200 if is_ready else 503)


def state() -> dict[str, str]:
    """Return how database, migrations, triggers and clock stand, looked at now."""
    try:
        connection.ensure_connection()
        return {"database": OK, "migrations": migrations(), "triggers": guards(), "clock": clock()}
    except Error:
        return {"database": "does not answer", "migrations": UNKNOWN, "triggers": UNKNOWN, "clock": UNKNOWN}


def migrations() -> str:
    """Return ok, or how many migrations wait for `manage.py migrate`."""
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return f"{len(waiting)} not applied" if waiting else OK


def guards() -> str:
    """Return ok, or the guards that are not in the database as declared: approved words could then be changed."""
    faults = triggers.missing(connection)
    return f"not as declared: {', '.join(faults)}" if faults else OK


def clock() -> str:
    """Return ok, or how far the clock is behind what is recorded: verbs are refused then."""
    if Ledger._meta.db_table not in connection.introspection.table_names():
        return OK  # before the first migration there is nothing to be behind of
    fault = clock_fault()
    return f"wrong: {fault}" if fault else OK


def search() -> str:
    """Return by what search finds: words, or words and meaning, and then how many entries still wait for their vectors."""
    model = encoder()
    if model is None:
        return "words; SEARCH_MODEL cannot be used" if settings.SEARCH_MODEL else "words"
    waiting = lacking(model.identity).count()
    return f"words and meaning; {waiting} entries wait for `manage.py run_jobs`" if waiting else "words and meaning"


urlpatterns = [path("live", live, name="health-live"), path("ready", ready, name="health-ready")]
