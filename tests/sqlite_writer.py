"""A program that test_races_sqlite.py starts, several times at once, on the library of DATABASE_URL.

`prepare` migrates it and makes people and texts; `write NAME COUNT` says that it is ready, waits for a line on its input and brings
COUNT entries out; `check` recomputes what must hold afterwards and prints how much there is.
"""

import json
import os
import sys

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
django.setup()

from django.core.management import call_command  # noqa: E402

from faq import verify  # noqa: E402
from faq.integrity.ledger import backdating  # noqa: E402
from faq.models import Change, Publication, ReviewDecision, Submission  # noqa: E402
from tests import factories, racing  # noqa: E402


def prepare() -> None:
    """Make what every writer needs."""
    call_command("migrate", verbosity=0)
    for role in ("author", "reviewer", "publisher", "lead"):
        factories.a(role)
    factories.make_standing_texts()
    factories.make_source()


def write(name: str, count: str) -> None:
    """Bring entries out, each from its first draft to its second version."""
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    for number in range(int(count)):
        factories.make_publication(f"{name}-{number}")
        factories.make_publication(f"{name}-{number}")


def check() -> None:
    """Assert that chains and versions hold and `verify` finds nothing; print the counts."""
    racing.assert_chains_hold()
    racing.assert_versions_hold()
    faults = [str(fault) for fault in verify.faults(html=True)]
    counted = {model.__name__: model._default_manager.count() for model in (Submission, Publication, Change, ReviewDecision)}
    sys.stdout.write(json.dumps(counted | {"faults": faults}))


if __name__ == "__main__":
    backdating.set(True)
    if sys.argv[1] == "prepare":
        prepare()
    elif sys.argv[1] == "write":
        write(*sys.argv[2:])
    else:
        check()
