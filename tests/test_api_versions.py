"""`/versions/` and `/versions/{n}/`: every version, for ever."""

from datetime import timedelta
from typing import Any

import pytest

from faq import workflow
from tests.factories import NOW, a, make_publication, make_text, make_topic
from tests.reading import LATER, entry, get

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def version(number: int, slug: str = "what-is-her2", **asked: Any) -> Any:
    """The JSON of one version."""
    answer = get(f"entries/{slug}/versions/{number}/", **asked)
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_an_older_version_stays_and_says_that_it_was_replaced() -> None:
    make_publication("what-is-her2")
    make_publication("what-is-her2", short_answer="HER2 is a protein on cells.")
    old = version(1)
    assert (old["version"], old["status"], old["ended_at"]) == (1, "superseded", "2026-03-02T12:00:00Z")
    assert old["short_answer"] == "HER2 is a protein that can make cells grow."


def test_versions_link_to_each_other() -> None:
    for _ in range(3):
        make_publication("what-is-her2")
    links, base = version(2)["links"], "http://testserver/api/v1/entries/what-is-her2/"
    assert (links["self"], links["latest"]) == (f"{base}versions/2/", base)
    assert (links["previous"], links["next"]) == (f"{base}versions/1/", f"{base}versions/3/")
    assert entry("what-is-her2")["links"]["previous"] == f"{base}versions/2/"


def test_the_link_header_names_the_neighbours_in_time() -> None:
    for _ in range(3):
        make_publication("what-is-her2")
    link, base = get("entries/what-is-her2/versions/2/")["Link"], "http://testserver/api/v1/entries/what-is-her2/"
    assert f'<{base}versions/>; rel="version-history"' in link
    assert f'<{base}>; rel="latest-version"' in link
    assert f'<{base}versions/1/>; rel="predecessor-version"' in link
    assert f'<{base}versions/3/>; rel="successor-version"' in link


def test_a_version_carries_the_disclaimers_of_today() -> None:
    make_publication("what-is-her2")
    make_publication("what-is-her2", at=NOW + DAY)
    make_text(at=NOW + 2 * DAY, kind="disclaimer", key="ask-your-team", placement="after", required=True, text="Ask them today.")
    assert [text["text"] for text in version(1, at=NOW + 3 * DAY)["disclaimers"]][1] == "Ask them today."


def test_a_replaced_version_keeps_its_own_topics_and_review() -> None:
    make_topic("her2", name="HER2")
    published = make_publication("what-is-her2", topics=["her2"], review_in_days=35)
    make_publication("what-is-her2", at=NOW + DAY)
    workflow.reclassify(published.question, by=a("author"), at=NOW + 2 * DAY, topics=[], related=[])
    old = version(1, at=NOW + 90 * DAY)
    assert [topic["slug"] for topic in old["topics"]] == ["her2"]
    assert (old["review"]["state"], old["review"]["next_review_due_on"]) == ("current", "2026-04-06")


def test_a_version_taken_down_says_why_and_stays_open() -> None:
    workflow.withdraw(make_publication("what-is-her2"), by=a("reviewer"), at=NOW, reason="outdated")
    taken_down = version(1)
    assert (taken_down["status"], taken_down["ended_at"]) == ("withdrawn", "2026-03-02T12:00:00Z")
    assert taken_down["ended"] == {"reason": "outdated", "notice": "This answer was taken down. Ask the care team."}


@pytest.mark.parametrize(
    "path", ["what-is-her2/versions/0/", "what-is-her2/versions/2/", f"what-is-her2/versions/{10**30}/", "x/versions/1/", "x/versions/"]
)
def test_a_version_that_never_was_is_not_found(path: str) -> None:
    make_publication("what-is-her2")
    assert get(f"entries/{path}").status_code == 404


def test_the_history_lists_every_version_the_newest_first() -> None:
    make_publication("what-is-her2")
    make_publication("what-is-her2", change_note="Shorter.")
    history = get("entries/what-is-her2/versions/").json()
    assert (history["count"], history["next"], history["library_status"]) == (2, None, "demonstration")
    assert [(row["version"], row["status"], row["change_note"]) for row in history["results"]] == [
        (2, "current", "Shorter."),
        (1, "superseded", ""),
    ]
    assert history["results"][1]["links"]["self"] == "http://testserver/api/v1/entries/what-is-her2/versions/1/"


def test_the_history_comes_in_pages() -> None:
    for _ in range(3):
        make_publication("what-is-her2")
    first = get("entries/what-is-her2/versions/?page_size=2").json()
    assert first["next"] == "http://testserver/api/v1/entries/what-is-her2/versions/?page=2&page_size=2"
    assert [row["version"] for row in get(first["next"].partition("/api/v1/")[2]).json()["results"]] == [1]


def test_the_history_of_a_withheld_version_holds_no_word() -> None:
    published = make_publication("what-is-her2", question="What is zebrafinch-secret?")
    workflow.withdraw(published, by=a("reviewer"), at=NOW, reason="unsafe", withhold=[1])
    answer = get("entries/what-is-her2/versions/")
    [row] = answer.json()["results"]
    assert (row["withheld"], row["question"], row["change_note"]) == (True, None, None)
    assert row["content_hash"].startswith("sha256:")
    assert b"zebrafinch" not in answer.content


def test_the_history_has_a_tag_that_moves_with_it() -> None:
    published = make_publication("what-is-her2")
    before = get("entries/what-is-her2/versions/")
    assert get("entries/what-is-her2/versions/", if_none_match=before["ETag"]).status_code == 304
    workflow.withdraw(published, by=a("reviewer"), at=LATER, reason="outdated")
    assert get("entries/what-is-her2/versions/", if_none_match=before["ETag"]).status_code == 200
