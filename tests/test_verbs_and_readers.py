"""After every verb readers get what is so: each document as composing gives it, and another tag wherever other bytes are."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from faq.models import Publication, Source, Topic
from faq.public import documents
from faq.public.caching import STORE
from faq.workflow import publishing
from tests.reading import ask
from tests.test_backdating import READERS, VERBS
from tests.test_backdating import world as world

pytestmark = pytest.mark.django_db

World = dict[str, Any]
MOMENT = datetime.now(UTC)
LATER = MOMENT + timedelta(minutes=2)
SEEN_BY_NOBODY = {"confirm", "erase"}
"""Verbs about entries that change nothing to see: who confirms, and an erasure that waits for its second person."""


def addresses() -> Iterator[str]:
    """Yield every address at which something of the library can be read."""
    yield from ("/", "/es/", "/api/v1/entries/", "/api/v1/entries/?audience=any", "/api/v1/entries/?page_size=1&page=2")
    yield from ("/developers/", "/api/schema/", "/api/v1/topics/", "/api/v1/sources/", "/api/v1/standing-texts/")
    yield from ("/api/v1/changes/", "/api/v1/changes/?limit=1", "/api/v1/changes/?include=entry")
    for slug in Topic.objects.values_list("slug", flat=True):
        yield from (f"/topics/{slug}/", f"/api/v1/topics/{slug}/", f"/api/v1/entries/?topic={slug}", f"/api/v1/changes/?topic={slug}")
    yield from (f"/api/v1/sources/{key}/" for key in Source.objects.values_list("key", flat=True))
    yield from (f"/api/v1/hashes/{value}/" for value in Publication.objects.values_list("content_hash", flat=True).distinct())
    for slug in Publication.objects.values_list("slug", flat=True).distinct():
        yield from (f"/questions/{slug}/", f"/questions/{slug}/versions/", f"/questions/{slug}/versions/1/")
        yield f"/api/v1/entries/{slug}/versions/2/diff/"
        yield from (f"/api/v1/entries/{slug}/", f"/api/v1/entries/{slug}/versions/", f"/api/v1/entries/{slug}/versions/1/")
        yield from (f"/api/v1/entries/{slug}/{rest}?format={form}" for rest in ("", "versions/1/") for form in ("jsonld", "md"))


def look() -> dict[str, tuple[str, bytes]]:
    """Return {address: (tag, bytes)} of every answer, each made anew at one moment; what is gone or missing has no tag."""
    STORE.clear()
    answers = {path: ask("GET", path, at=LATER) for path in addresses()}
    return {path: (answer.get("ETag", ""), answer.content) for path, answer in answers.items()}


@pytest.fixture(scope="module")
def before(world: World) -> dict[str, tuple[str, bytes]]:
    """What there is to read before any of the verbs."""
    publishing.compose_outdated(MOMENT, everything=True)
    return look()


@pytest.mark.parametrize("verb", VERBS)
def test_documents_hold_and_bytes_that_changed_have_another_tag(world: World, before: dict[str, tuple[str, bytes]], verb: str) -> None:
    VERBS[verb](world, MOMENT)
    slugs = list(Publication.objects.values_list("slug", flat=True).distinct())
    assert list(documents.differing(slugs, LATER)) == []
    after = look()
    both = before.keys() & after.keys()
    changed = {path for path in both if before[path][1] != after[path][1]}
    assert {path for path in changed if before[path][0] == after[path][0] != ""} == set()
    if verb in READERS and verb not in SEEN_BY_NOBODY:
        assert changed or before.keys() != after.keys(), "nothing to see: the test would prove nothing"


def test_without_a_verb_nothing_moves(before: dict[str, tuple[str, bytes]]) -> None:
    assert look() == before
