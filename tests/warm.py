"""A process for `make mutants` that has imported the libraries and forks for each run of pytest: a mutant waits for no import of theirs.

It is started by its path in the folder of a copy, reads a Run as JSON a line and answers each with an Ended. Of this project it imports
nothing: what a mutant breaks is read anew by the fork, from that folder. What needs Django's settings is not in LIBRARIES, since a mutant
may break those too.
"""

import gc
import importlib
import json
import os
import signal
import sys
import tempfile
from pathlib import Path
from typing import BinaryIO, TypedDict

LIBRARIES = (
    *("pytest", "_pytest.junitxml", "pytest_django.plugin", "xdist.looponfail"),
    *("django.db.models", "django.db.backends.sqlite3.base", "django.test", "django.contrib.admin", "django.core.management"),
    *("django.core.management.commands.migrate", "django.contrib.sessions.backends.db", "django.contrib.staticfiles.handlers"),
    *("django.views.debug", "django.templatetags.i18n", "django_filters", "django_stubs_ext", "hypothesis.stateful"),
    *("pydantic", "pydantic.mypy", "markdown_it", "mdit_py_plugins.footnote", "rfc8785", "syllapy", "lxml.html", "nh3", "psycopg_pool"),
    *("jsonschema", "sqlparse", "environ", "whitenoise.middleware", "corsheaders.middleware", "csp.middleware", "anyio", "requests"),
)


class Run(TypedDict):
    """One run of pytest: its arguments, what is added to the environment, and after how many seconds it is stopped."""

    arguments: list[str]
    environment: dict[str, str]
    patience: int


class Ended(TypedDict):
    """What came of a run: pytest's exit status, or minus the signal that ended it, and what it printed."""

    status: int
    printed: str


def serve() -> None:
    """Do what is asked, one run after the other; a fork leaves by SystemExit, as `python -m pytest` does."""
    sys.path[0] = str(Path.cwd())  # as `python -m pytest` has it, where a program's own folder would stand
    for name in LIBRARIES:
        importlib.import_module(name)
    gc.freeze()
    for line in sys.stdin:
        with tempfile.TemporaryFile() as printed:
            child = os.fork()
            if not child:
                sys.exit(run_pytest(json.loads(line), printed))
            status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            printed.seek(0)
            ended = Ended(status=status, printed=printed.read().decode(errors="replace"))
        sys.stdout.write(json.dumps(ended) + "\n")
        sys.stdout.flush()


def run_pytest(run: Run, printed: BinaryIO) -> int:
    """Run pytest in this process, which the kernel ends where it takes too long."""
    import pytest

    signal.alarm(run["patience"])
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (printed.fileno(), 1), (printed.fileno(), 2)):
        os.dup2(source, target)
    os.environ.update(run["environment"])
    sys.argv = ["pytest", *run["arguments"]]
    # Plugins are imported before pytest could rewrite their asserts, which nobody looks at.
    return int(pytest.main(["-W", "ignore:Module already imported:pytest.PytestAssertRewriteWarning", *run["arguments"]]))


if __name__ == "__main__":
    serve()
