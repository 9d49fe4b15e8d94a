"""The examples in the OpenAPI document are answers that the demonstration library gives, word for word but for the hash in cursors.

After a change of what is answered, `RECORD=1 .venv/bin/pytest tests/test_api_examples.py` writes them anew; `git diff` shows what changed.
"""

import json
import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from unittest import mock

import pytest
from django.db import OperationalError

from faq import throttle
from faq.api.openapi import EXAMPLES
from faq.api.schema_views import document
from faq.models import Publication
from tests.reading import get, post

RECORD = bool(os.environ.get("RECORD"))
THEN = datetime(2026, 9, 1, tzinfo=UTC)
"""What an answer says of reviews that are due depends on the day."""
CURSOR = re.compile(r"\b([0-9]+)-[0-9a-f]{16}\b")
ENTRY, REVISED, GONE = (
    "entries/what-does-her2-positive-mean",
    "entries/treatment-order-when-it-has-spread",
    "which-order-are-medicines-given",
)
ADDRESSES = {
    "list_entries.json": "entries/?page_size=1",
    "read_entry.json": f"{ENTRY}/",
    "read_entry.jsonld": f"{ENTRY}/?format=jsonld",
    "read_entry.md": f"{ENTRY}/?format=md",
    "list_versions.json": f"{REVISED}/versions/",
    "read_version.json": f"{ENTRY}/versions/1/",
    "read_version.jsonld": f"{ENTRY}/versions/1/?format=jsonld",
    "read_version.md": f"{ENTRY}/versions/1/?format=md",
    "read_diff.json": f"{REVISED}/versions/2/diff/",
    "search.json": "search/?q=hart+problems&page_size=1&fields=question,short_answer",
    "list_topics.json": "topics/?page_size=2",
    "read_topic.json": "topics/breast-cancer/",
    "list_sources.json": "sources/?page_size=2",
    "read_source.json": "sources/label-herceptin/",
    "list_standing_texts.json": "standing-texts/?kind=advice_card&page_size=2",
    "read_hash.json": "hashes/sha256:{hash}/",
    "list_changes.json": "changes/?limit=3",
    "problem-400.json": "entries/?language=xx&audience=nobody",
    "problem-404.json": "entries/nothing/",
    "problem-409.json": "changes/?since=9-0123456789abcdef",
    "problem-410.json": f"entries/{GONE}/",
}
"""By file: the address below /api/v1/ whose answer it is."""


def answers() -> Iterator[tuple[str, Any]]:
    """Yield (file, answer) for every example."""
    current = Publication.objects.get(slug=ENTRY.removeprefix("entries/"), status="current")
    for file, address in ADDRESSES.items():
        yield file, get(address.format(hash=current.content_hash), at=THEN)
    yield from sent(current)
    yield "problem-406.json", get("entries/", at=THEN, accept="text/csv")
    with mock.patch("faq.public.documents.find", side_effect=OperationalError("gone")):
        yield "problem-503.json", get("entries/any/", at=THEN)


def sent(publication: Publication) -> Iterator[tuple[str, Any]]:
    """Yield (file, answer) of what readers send in."""
    asked = {"text": "Can this treatment mess up my heart?", "language": "en"}
    version = {"slug": publication.slug, "version": publication.version}
    opinion = {**version, "helpful": True}
    yield "ask_question.json", post("questions/", asked, at=THEN)
    yield "ask_question-taken.json", post("questions/", {**asked, "none_of_these": True}, at=THEN)
    yield "report-taken.json", post("reports/", {**version, "text": "The link to the second source leads nowhere."}, at=THEN)
    yield "give_feedback-taken.json", post("feedback/", opinion, at=THEN, idempotency_key="one")
    yield "problem-422.json", post("feedback/", {**opinion, "helpful": False}, at=THEN, idempotency_key="one")
    yield "problem-403.json", post("questions/", asked, at=THEN, origin="https://elsewhere.example")
    yield "problem-413.json", post("questions/", {**asked, "text": "x" * 70_000}, at=THEN)
    yield "problem-415.json", post("questions/", asked, at=THEN, content_type="application/xml")
    with mock.patch.dict(throttle.FROM_ONE, {"question": 0}):
        yield "problem-429.json", post("questions/", {**asked, "none_of_these": True}, at=THEN)


def as_shown(file: str, answer: Any) -> str:
    """Return an answer as the file has it: laid out, under a name that says that it is an example's.

    A cursor ends in a piece of the chain's hash, which covers keys that databases give out as they please.
    """
    text = CURSOR.sub(r"\1-0123456789abcdef", answer.content.decode().replace("http://testserver", "https://faq.example.org"))
    return text if file.endswith(".md") else json.dumps(json.loads(text), ensure_ascii=False, indent=1) + "\n"


@pytest.mark.usefixtures("shipped", "db")
class TestExamples:
    """Against the demonstration library."""

    def test_every_example_is_what_is_answered(self) -> None:
        now = {file: as_shown(file, answer) for file, answer in answers()}
        for file, text in now.items() if RECORD else ():
            (EXAMPLES / file).write_text(text, encoding="utf-8")
        assert {file.name: file.read_text(encoding="utf-8") for file in EXAMPLES.iterdir()} == now


def test_every_answer_and_every_error_has_one() -> None:
    for path, item in json.loads(document("https://faq.example.org"))["paths"].items():
        for status, answer in next(iter(item.values()))["responses"].items():
            for media_type, content in answer.get("content", {}).items():
                assert content["examples"]["Demonstration"]["value"], (path, status, media_type)
