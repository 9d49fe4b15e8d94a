"""`GET /api/v1/topics/`: what entries in force are about, as a second person approved it."""

from typing import Any

import pytest

from faq import workflow
from tests.factories import NOW, a, make_publication, make_topic, place_topic
from tests.reading import LATER, get

pytestmark = pytest.mark.django_db

MARKER = "zebrafinch-topic"
HER2: dict[str, Any] = {"kind": "test", "position": 3, "parents": ["cancer"], "codes": [("UMLS", "C1"), ("ICD-10-CM", "C50.-")]}


def topics(query: str = "") -> list[dict[str, Any]]:
    answer = get(f"topics/{query}")
    assert answer.status_code == 200, answer.content
    rows: list[dict[str, Any]] = answer.json()["results"]
    return rows


def slugs() -> list[str]:
    return [row["slug"] for row in topics()]


def make_library() -> None:
    """Make an entry in the topic `her2`, which stands below `cancer`."""
    make_topic("cancer", name="Cancer")
    topic = make_topic("her2", name="HER2", **HER2)
    spanish = workflow.propose(by=a("lead"), at=NOW, topic=topic, language="es", name="HER2 (es)", synonyms=["receptor"])
    workflow.approve_text(spanish, by=a("reviewer"), at=NOW)
    make_publication("what-is-her2", topics=["her2"])


def test_a_topic_tells_names_parents_codes_and_how_many_entries() -> None:
    make_library()
    base = "http://testserver/api/v1"
    told = {
        "slug": "her2",
        "kind": "test",
        "position": 3,
        "names": {"en": {"name": "HER2", "synonyms": []}, "es": {"name": "HER2 (es)", "synonyms": ["receptor"]}},
        "parents": ["cancer"],
        "codes": ["ICD-10-CM|C50.-", "UMLS|C1"],
        "entries": 1,
        "links": {"self": f"{base}/topics/her2/", "html": "http://testserver/topics/her2/", "entries": f"{base}/entries/?topic=her2"},
    }
    assert get("topics/her2/").json() == told | {"library_status": "demonstration"}
    assert topics()[1] == told


def test_a_topic_above_one_that_is_used_is_told_and_has_no_page() -> None:
    make_library()
    above = get("topics/cancer/").json()
    assert (slugs(), above["entries"], above["links"]["html"]) == (["cancer", "her2"], 1, None)


def test_a_topic_that_no_entry_in_force_is_in_is_not_told() -> None:
    make_library()
    make_topic("lungs", parents=["cancer"])
    make_topic("body")
    published = make_publication("about-lungs", topics=["lungs"])
    assert slugs() == ["cancer", "lungs", "her2"]
    workflow.withdraw(published, by=a("reviewer"), at=LATER, reason="outdated")
    assert slugs() == ["cancer", "her2"]
    assert get("topics/lungs/").status_code == get("topics/body/").status_code == get("topics/nowhere/").status_code == 404


def test_nothing_that_waits_for_a_second_person_is_told() -> None:
    make_library()
    topic = make_topic("her2")
    unnamed = workflow.edit_topic(slug=MARKER, by=a("author"), at=NOW, kind="test")
    workflow.propose(by=a("lead"), at=NOW, topic=unnamed, language="en", name=MARKER)
    workflow.propose(by=a("lead"), at=NOW, topic=topic, language="en", name=MARKER)
    workflow.propose(by=a("lead"), at=NOW, topic=topic, language="fr", name=MARKER, synonyms=[MARKER])
    workflow.edit_topic(slug="her2", by=a("author"), at=NOW, parents=[MARKER], codes=[("MeSH", MARKER)])
    make_publication("unnamed", topics=[MARKER])
    for path in ("topics/", "topics/her2/", f"topics/{MARKER}/"):
        assert MARKER not in get(path).content.decode().replace(f"/{MARKER}/", "")
    assert get(f"topics/{MARKER}/").status_code == 404


def test_a_parent_without_a_name_is_not_named_and_hides_nothing_above_it() -> None:
    make_topic("body", name="Body")
    place_topic("nameless", kind="condition", parents=["body"])
    make_topic("hearts", parents=["nameless"])
    make_publication("about-hearts", topics=["hearts"])
    assert {row["slug"]: row["parents"] for row in topics()} == {"body": [], "hearts": []}


def test_a_name_that_was_replaced_or_ended_is_told_no_more() -> None:
    make_library()
    topic = make_topic("her2")
    name = workflow.approve_text(
        workflow.propose(by=a("lead"), at=NOW, topic=topic, language="en", name="HER-2"), by=a("reviewer"), at=LATER
    )
    assert get("topics/her2/").json()["names"]["en"]["name"] == "HER-2"
    workflow.end_text(name, by=a("lead"), at=LATER, comment="Not used.")
    assert list(get("topics/her2/").json()["names"]) == ["es"]


def test_entries_are_counted_once_with_those_below_and_without_those_for_clinicians() -> None:
    make_library()
    make_publication("both", topics=["her2", "cancer"])
    make_publication("en-espanol", language="es", topics=["cancer"])
    make_publication("for-clinicians", topics=["her2"], audience="clinician")
    assert {row["slug"]: row["entries"] for row in topics()} == {"cancer": 3, "her2": 2}


def test_a_topic_of_clinicians_alone_is_told_with_no_entries() -> None:
    make_topic("doses")
    make_publication("for-clinicians", topics=["doses"], audience="clinician")
    assert [(row["slug"], row["entries"]) for row in topics()] == [("doses", 0)]


def test_topics_come_by_position_in_pages() -> None:
    for slug, position in (("one", 2), ("two", 1), ("three", 1)):
        make_topic(slug, position=position)
    make_publication("all", topics=["one", "two", "three"])
    first = get("topics/?page_size=2").json()
    assert ([row["slug"] for row in first["results"]], first["count"]) == (["three", "two"], 3)
    assert first["next"] == "http://testserver/api/v1/topics/?page=2&page_size=2"
    assert [row["slug"] for row in topics("?page=2&page_size=2")] == ["one"]
    assert get("topics/?page=3&page_size=2").status_code == 404


def test_the_tag_moves_when_a_place_is_approved() -> None:
    make_library()
    before = get("topics/her2/")
    placement = workflow.propose(by=a("lead"), at=LATER, topic=make_topic("her2"), parents=[], codes=[])
    workflow.approve_text(placement, by=a("reviewer"), at=LATER)
    after = get("topics/her2/", if_none_match=before["ETag"])
    assert (after.status_code, after.json()["parents"], after.json()["codes"]) == (200, [], [])
