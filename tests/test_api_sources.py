"""`GET /api/v1/sources/`: what versions cite, as they froze it, with what became of it and the entries in force that rest on it."""

from typing import Any

import pytest

from faq import workflow
from tests.factories import BODY, NOW, a, make_draft, make_publication, make_source
from tests.reading import LATER, get

pytestmark = pytest.mark.django_db

MARKER = "zebrafinch-source"


def source(key: str = "s1") -> dict[str, Any]:
    answer = get(f"sources/{key}/")
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def keys() -> list[str]:
    return [row["key"] for row in get("sources/").json()["results"]]


def test_a_source_tells_what_it_is_how_it_stands_and_who_cites_it() -> None:
    make_source("s1", doi="10.1000/182", note=MARKER, kind=MARKER)
    make_publication("what-is-her2")
    base = "http://testserver/api/v1"
    told = {
        "key": "s1",
        "title": "Source s1",
        "publisher": "A publisher",
        "year": 2024,
        "url": "https://sources.example/s1",
        "doi": "10.1000/182",
        "state": "current",
        "entries": [{"slug": "what-is-her2", "version": 1, "question": "What is what-is-her2?"}],
        "links": {"self": f"{base}/sources/s1/", "entries": f"{base}/entries/?audience=any&source=s1"},
    }
    assert source() == told | {"library_status": "demonstration"}
    assert get("sources/").json()["results"] == [told]


def test_what_was_corrected_since_is_told_once_a_version_froze_it() -> None:
    make_publication("what-is-her2")
    workflow.edit_source(key="s1", by=a("author"), at=NOW, title=MARKER, publisher=MARKER, url=f"https://{MARKER}.example/", year=2025)
    assert MARKER not in get("sources/s1/").content.decode() + get("sources/").content.decode()
    make_publication("another")
    assert (source()["title"], source()["year"]) == (MARKER, 2025)


def test_a_source_that_no_version_cites_is_not_told() -> None:
    make_source("s9", title=MARKER)
    make_draft("unseen", citations=[{"key": "s9"}])
    make_publication("what-is-her2")
    assert keys() == ["s1"]
    assert get("sources/s9/").status_code == get("sources/nowhere/").status_code == 404


def test_a_source_of_withheld_words_alone_is_not_told() -> None:
    published = make_publication("what-is-her2", citations=[{"key": "s1"}, {"key": "s2"}])
    make_publication("other", citations=[{"key": "s2"}], body=BODY.replace("s1", "s2"))
    workflow.withdraw(published, by=a("reviewer"), at=LATER, reason="unsafe", withhold=[1])
    assert keys() == ["s2"]
    assert get("sources/s1/").status_code == 404


def test_of_a_withheld_version_the_one_before_speaks() -> None:
    make_publication("other")
    workflow.edit_source(key="s1", by=a("author"), at=NOW, title=MARKER)
    published = make_publication("what-is-her2")
    assert source()["title"] == MARKER
    workflow.withdraw(published, by=a("reviewer"), at=LATER, reason="unsafe", withhold=[1])
    assert source()["title"] == "Source s1"


def test_a_source_of_entries_that_were_taken_down_is_told_without_them() -> None:
    workflow.withdraw(make_publication("what-is-her2"), by=a("reviewer"), at=LATER, reason="outdated")
    assert source()["entries"] == []


def test_entries_are_those_in_force_for_every_reader_by_their_wording() -> None:
    make_publication("two", question="Before?", audience="clinician")
    make_publication("one", question="Ahead?")
    make_publication("one", question="Away?")
    assert [(row["slug"], row["version"]) for row in source()["entries"]] == [("one", 2), ("two", 1)]


def test_a_source_that_was_retracted_says_so() -> None:
    make_publication("what-is-her2")
    before = get("sources/s1/")
    workflow.mark_source(make_source(), by=a("reviewer"), at=LATER, state="retracted", comment="The journal says so.")
    after = get("sources/s1/", if_none_match=before["ETag"])
    assert (after.status_code, after.json()["state"]) == (200, "retracted")


def test_sources_come_in_pages_by_key() -> None:
    make_publication("what-is-her2", citations=[{"key": key} for key in ("s1", "b", "a.1")])
    first = get("sources/?page_size=2").json()
    assert ([row["key"] for row in first["results"]], first["count"]) == (["a.1", "b"], 3)
    assert get("sources/?page=2&page_size=2").json()["results"][0]["key"] == "s1"
