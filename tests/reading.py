"""What a client of the API sees at a moment of the test's choosing."""

import json
from datetime import datetime, timedelta
from typing import Any
from unittest import mock

from django.test import Client

from tests.factories import NOW

LATER = NOW + timedelta(hours=1)
"""When these clients ask, unless a test says otherwise: an hour after the makers have made."""


def get(path: str, *, at: datetime = LATER, **headers: Any) -> Any:
    """Return the answer to a GET below /api/v1/ at the moment `at`."""
    return ask("GET", f"/api/v1/{path}", at=at, **headers)


def ask(method: str, path: str, *, at: datetime = LATER, **headers: Any) -> Any:
    """Return the answer to any request; a fault of ours becomes the answer that clients get, rather than the test's own error."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    with mock.patch("django.utils.timezone.now", return_value=at):
        return Client(raise_request_exception=False).generic(method, path, headers=sent)


def post(path: str, body: Any, *, at: datetime = LATER, content_type: str = "application/json", **headers: Any) -> Any:
    """Return the answer to a POST of `body`, as JSON unless it is bytes, below /api/v1/ at the moment `at`."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    data = body if isinstance(body, bytes) else json.dumps(body)
    with mock.patch("django.utils.timezone.now", return_value=at):
        client = Client(raise_request_exception=False)
        return client.generic("POST", f"/api/v1/{path}", data, content_type=content_type, headers=sent)


def entry(slug: str, *, at: datetime = LATER) -> Any:
    """Return the JSON of an entry in force."""
    answer = get(f"entries/{slug}/", at=at)
    assert answer.status_code == 200, answer.content
    return answer.json()
