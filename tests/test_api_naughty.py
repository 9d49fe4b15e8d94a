"""Every parameter of every path, given what nobody should send: a problem in words, or an answer, and never a fault of ours."""

import json
from collections.abc import Iterator
from typing import Any
from unittest import mock
from urllib.parse import quote, unquote_to_bytes

import pytest
from django.test import Client

from faq import throttle
from tests.factories import make_publication, make_topic
from tests.test_openapi import DOCUMENT

pytestmark = pytest.mark.django_db

BROKEN = {"NUL": "%00", "NUL within": "a%00b", "bad UTF-8": "%ff%fe", "half a surrogate": "%ed%a0%80", "cut UTF-8": "%e2%82"}
"""What no text of ours can be: refused wherever it stands."""
STRANGE = {
    "nothing": "",
    "spaces": "%20%20",
    "overlong": "a" * 5000,
    "right to left": quote("\u202ealc\u202c שלום"),
    "accents apart": quote("e\u0301\u0323" * 40),
    "emoji": quote("🧬" * 50),
    "a huge number": "9" * 400,
    "a number below zero": "-1",
    "nought": "0",
    "a fraction": "1.5",
    "an exponent": "1e9",
    "other digits": quote("١٢٣"),
    "infinity": "inf",
    "a day that is none": "2026-02-30",
    "the last day": "9999-12-31",
    "SQL": quote("' OR 1=1; DROP TABLE faq_document; --"),
    "LIKE": quote("%_%\\"),
    "HTML": quote("<script>alert(1)</script>"),
    "a template": quote("{{7*7}}${7*7}"),
    "a path": quote("../../../etc/passwd", safe=""),
    "a new line": "a%0d%0aX-Injected:%201",
    "JSON": quote('{"$gt": ""}'),
    "a comma": ",,,",
    "a bar": "|",
    "base64": "////====",
}
PLACES = [
    (path, each["name"])
    for path, item in sorted(DOCUMENT["paths"].items())
    for each in item.get("get", {"parameters": []})["parameters"]
    if each["in"] in ("query", "path")
]


def addresses(path: str, name: str, value: str) -> Iterator[str]:
    """Yield the addresses that give a parameter a value: once, twice, and as some write lists and objects."""
    filled = {"slug": "her2", "number": "1", "key": "s1", "value": "0" * 64} | {name: value}
    address = path
    for each, text in filled.items():
        address = address.replace(f"{{{each}}}", text)
    if f"{{{name}}}" in path:
        yield address
        return
    for query in (
        f"{name}={value}",
        f"{name}={value}&{name}={value}",
        f"{name}[]={value}",
        f"{name}[a][b]={value}",
        f"{name}=x&{name}={value}",
    ):
        yield f"{address}?{query}"


@pytest.fixture
def library() -> None:
    make_topic("hearts")
    make_publication("her2", topics=["hearts"])


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize(("path", "name"), PLACES)
def test_whatever_comes_is_answered_in_words(client: Client, path: str, name: str) -> None:
    for kind, value in (BROKEN | STRANGE).items():
        for address in addresses(path, name, value):
            answer = ask(client, address)
            assert answer.status_code in (200, 400, 404, 409, 410), (kind, address[:200])
            if answer.status_code != 200:
                assert answer["Content-Type"] == "application/problem+json", (kind, address[:200])
                assert answer.json()["detail"], (kind, address[:200])
            if kind in BROKEN and "?" in address:
                assert answer.status_code == 400, (kind, address)
            assert "X-Injected" not in answer


WHOLE: dict[str, dict[str, Any]] = {
    "questions": {"text": "May I swim?", "language": "en", "none_of_these": True},
    "reports": {"slug": "her2", "version": 1, "text": "Wrong.", "harm": True},
    "feedback": {"slug": "her2", "version": 1, "helpful": True, "comment": "Long."},
}
"""What is taken through each door."""
MEMBERS = [(door, name) for door, body in WHOLE.items() for name in body]
NO_TEXT: list[Any] = [None, [], {}, 0, -1, 1.5, 1e300, True, "x\x00", "\ud800", "\ufffe", [[]] * 100, {"a": {"b": "c"}}]
"""Values that are of another kind than any text, or hold what no text does."""


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize(("door", "name"), MEMBERS)
def test_whatever_is_sent_in_is_answered_in_words(client: Client, door: str, name: str) -> None:
    texts = [unquote_to_bytes(value).decode("utf-8", "replace") for value in (BROKEN | STRANGE).values()]
    with mock.patch.dict(throttle.FROM_ONE, dict.fromkeys(throttle.FROM_ONE, 10_000)):
        for value in [*texts, *NO_TEXT]:
            answer = client.post(f"/api/v1/{door}/", json.dumps(WHOLE[door] | {name: value}), content_type="application/json")
            assert answer.status_code in (200, 202, 400), (door, name, value)
            if answer.status_code == 400:
                assert answer["Content-Type"] == "application/problem+json"
                assert answer.json()["errors"][0]["field"], (door, name, value)


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize("path", ["/ask/", "/es/ask/", "/report/", "/feedback/"])
def test_so_it_is_on_the_pages(client: Client, path: str) -> None:
    whole = {"text": "May I swim?", "slug": "her2", "version": "1", "helpful": "yes", "comment": ""}
    texts = [unquote_to_bytes(value) for value in (BROKEN | STRANGE).values()]
    with mock.patch.dict(throttle.FROM_ONE, dict.fromkeys(throttle.FROM_ONE, 10_000)):
        for name in whole:
            for value in texts:
                answer = client.post(path, {**whole, name: value})
                assert answer.status_code in (200, 400, 404), (path, name, value)


def ask(client: Client, address: str) -> Any:
    """Ask with the address as it is: Django's client would quote a query again."""
    path, _, query = address.partition("?")
    return client.get(path, QUERY_STRING=query)
