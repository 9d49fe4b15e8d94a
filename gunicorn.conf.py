"""How gunicorn serves the library: `gunicorn faq_service.wsgi`. WEB_CONCURRENCY sets the number of worker processes."""

import os

from django.conf import settings
from gunicorn.arbiter import Arbiter

worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 4  # each may hold a database connection: keep below the pool's max_size in faq_service/env.py
preload_app = True  # a fault in the code stops the start, before READY is said
control_socket_disable = True


def when_ready(server: Arbiter) -> None:
    """Say where the library is, and in a demonstration who can sign in."""
    lines = [f"READY {settings.PUBLIC_URL}/"]
    if os.environ.get("SHOW_LOGINS") and settings.LIBRARY_STATUS == "demonstration":
        from faq.interchange.demo import LOGINS

        lines += [f"LOGIN {role.replace(' ', '-')} {username} {password}" for role, username, password in LOGINS]
    print("\n".join(lines), flush=True)
