"""Settings for tests: the service's own under a fixed environment, so that no shell and no `.env` changes what a test finds."""

import os
import tempfile
from pathlib import Path

KEPT = {name: os.environ[name] for name in ("DATABASE_URL",) if name in os.environ}
FIXED = {
    "DEBUG": "0",
    "SECRET_KEY": "for-tests-alone-0123456789-abcdefghijklmnopqrstuvwxyz",
    "ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
    "PUBLIC_URL": "http://testserver",
    "LIBRARY_STATUS": "demonstration",
    "LIBRARY_TIME_ZONE": "UTC",
    "REVIEW_DUE_DAYS": "30",
    "REVIEW_INTERVAL_DAYS": "182",
    "REVIEW_LONGEST_DAYS": "366",
    "RESPONSIBLE_NAME": "",
    "RESPONSIBLE_CONTACT": "",
    "OFFLINE_DAYS": "7",
    "READER_TEXT_DAYS": "90",
    "ALLOW_ATTESTATION": "1",
    "ALLOW_HISTORY_IMPORT": "0",
    "SEARCH_MODEL": "",
    "EMAIL_URL": "memorymail://",
    "ENV_FILE": os.devnull,
    "DJANGO_ALLOW_ASYNC_UNSAFE": "true",  # Playwright's calls run inside an event loop
}
os.environ.update(FIXED | KEPT)

from faq_service.settings import *  # noqa: E402, F403
from faq_service.settings import DATABASES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # the real one is slow on purpose
WHITENOISE_AUTOREFRESH = True  # it looks for a file when it is asked for, and not for all of them again for each of ten thousand clients

# A database per process, so that several runs on one machine do not meet. SQLite's is a file: threads then lock as they would in use.
NAME = f"test_library_{os.getpid()}"
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["TEST"] = {"NAME": Path(tempfile.gettempdir()) / f"{NAME}.sqlite3"}
else:
    DATABASES["default"]["TEST"] = {"NAME": NAME}
    DATABASES["default"]["OPTIONS"]["options"] += " -c synchronous_commit=off"  # nobody minds losing a test's rows in a power cut
    DATABASES["default"]["CONN_MAX_AGE"] = 0  # a test's threads would keep their connections, and the database could not be dropped
