"""What browsers, caches and search engines are told with a page, and what a page costs."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from faq import workflow
from faq.models import Publication, TopicName
from faq.public import caching
from faq.workflow import publishing
from tests.browsing import see, visit
from tests.bulk import make_many_publications
from tests.factories import NOW, a, make_publication, make_text, make_topic
from tests.reading import LATER, ask

pytestmark = pytest.mark.django_db

KEPT = "public, max-age=60, must-revalidate"
ENTRY, PATHS = (
    "/questions/her2/",
    ["/", "/es/", "/topics/pills/", "/questions/her2/", "/questions/her2/versions/", "/questions/her2/versions/1/"],
)


@pytest.fixture
def her2() -> Publication:
    """An entry with a topic and a related entry."""
    make_topic("pills", name="Pills")
    make_publication("other", question="What is the other?")
    return make_publication("her2", topics=["pills"], related=["other"])


@pytest.mark.usefixtures("her2")
@pytest.mark.parametrize("path", PATHS)
def test_a_page_sets_no_cookie_and_is_the_same_for_every_reader(path: str) -> None:
    answer = visit(path, cookie=f"sessionid={'s' * 32}; csrftoken={'c' * 32}", accept_language="fr")
    assert answer.cookies == {}
    assert answer.get("Vary") is None
    assert answer["Cache-Control"] == KEPT


@pytest.mark.usefixtures("her2")
@pytest.mark.parametrize("path", PATHS)
def test_nothing_new_is_a_304(path: str) -> None:
    before = visit(path)
    again = visit(path, status=304, if_none_match=before["ETag"])
    assert again.content == b""
    assert (again["ETag"], again["Cache-Control"]) == (before["ETag"], KEPT)


def rename(each: Publication) -> None:
    """Give the topic another name."""
    name = workflow.propose(by=a("lead"), at=LATER, topic=each.topics.get(), language="en", name="Tablets")
    assert isinstance(workflow.approve_text(name, by=a("reviewer"), at=LATER), TopicName)


CHANGES: dict[str, Callable[[Publication], object]] = {
    "a new version": lambda each: make_publication(each.slug, short_answer="HER2 is a protein on cells."),
    "a warning": lambda each: workflow.hold(each, by=a("reviewer"), at=LATER, comment="A reader wrote."),
    "a standing text": lambda each: make_text(
        at=LATER, kind="disclaimer", key="ask-your-team", placement="after", required=True, text="New."
    ),
    "a source": lambda each: workflow.mark_source(each.sources.get(), by=a("reviewer"), at=LATER, state="superseded", comment="A new one."),
    "a related entry": lambda each: make_publication("other", question="What else is there?"),
    "a topic's name": rename,
}


@pytest.mark.parametrize("name", CHANGES)
def test_the_tag_of_an_entry_moves_with(name: str, her2: Publication) -> None:
    before = visit(ENTRY)
    CHANGES[name](her2)
    after = visit(ENTRY, if_none_match=before["ETag"])
    assert after.content != before.content


@pytest.mark.parametrize("path", ["/", "/topics/pills/"])
def test_the_tag_of_a_list_moves_with_names_and_entries(path: str, her2: Publication) -> None:
    tags = [visit(path)["ETag"]]
    rename(her2)
    tags.append(visit(path)["ETag"])
    make_text(kind="topic_text", key="pills", text="Pills are swallowed.", at=LATER)
    tags.append(visit(path)["ETag"])
    workflow.hold(her2, by=a("reviewer"), at=LATER, comment="A reader wrote.")
    assert len({*tags, visit(path)["ETag"]}) == 4


def test_the_tag_of_a_list_moves_with_a_name_that_no_entry_told(her2: Publication) -> None:
    before = visit("/es/topics/pills/")
    name = workflow.propose(by=a("lead"), at=LATER, topic=her2.topics.get(), language="es", name="Pastillas")
    assert isinstance(workflow.approve_text(name, by=a("reviewer"), at=LATER), TopicName)
    assert "Pastillas" in visit("/es/topics/pills/", if_none_match=before["ETag"]).content.decode()


@pytest.mark.usefixtures("her2")
def test_the_front_page_counts_anew_when_something_moves() -> None:
    assert "1 answer<" in visit("/").content.decode()
    make_publication("more", topics=["pills"])
    assert "2 answers<" in visit("/").content.decode()


@pytest.mark.usefixtures("her2")
def test_each_language_of_the_interface_has_its_own_tag() -> None:
    assert visit("/questions/her2/")["ETag"] != visit("/es/questions/her2/")["ETag"]


def test_a_changed_template_changes_every_tag(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "page.html").write_text("Hello")
    monkeypatch.setattr(caching, "PAGE_MAKERS", (tmp_path,))
    caching.page_release.cache_clear()
    before = caching.page_release()
    (tmp_path / "page.html").write_text("Goodbye")
    caching.page_release.cache_clear()
    assert caching.page_release() != before
    monkeypatch.undo()
    caching.page_release.cache_clear()


def test_no_page_is_kept_past_the_moment_its_review_is_overdue() -> None:
    make_publication("late", review_in_days=10)  # overdue from 13 March on
    midnight = datetime(2026, 3, 13, tzinfo=UTC)
    assert visit("/questions/late/", at=midnight - timedelta(seconds=20))["Cache-Control"] == "public, max-age=20, must-revalidate"
    assert visit("/questions/late/", at=midnight)["Cache-Control"] == KEPT


@pytest.mark.usefixtures("her2")
def test_a_demonstration_says_so_everywhere_and_stays_out_of_search_engines() -> None:
    for path in [*PATHS, "/nothing/"]:
        page = see(path, status=404 if path == "/nothing/" else 200)
        assert page.one("aside", class_="demonstration").text
        assert page.one("meta", name="robots").attributes["content"] == "noindex"
    assert {visit(path)["X-Robots-Tag"] for path in PATHS} == {"noindex"}


@pytest.mark.usefixtures("her2")
def test_a_live_library_may_be_found_but_not_its_old_versions(settings: Any) -> None:
    settings.LIBRARY_STATUS = "live"
    assert "X-Robots-Tag" not in visit(ENTRY)
    assert see(ENTRY).all("aside", class_="demonstration") + see(ENTRY).all("meta", name="robots") == []
    assert visit(f"{ENTRY}versions/1/")["X-Robots-Tag"] == visit(f"{ENTRY}versions/")["X-Robots-Tag"] == "noindex"


def test_what_was_taken_down_is_asked_for_again_soon(her2: Publication) -> None:
    workflow.withdraw(her2, by=a("reviewer"), at=LATER, reason="outdated")
    answer = visit(ENTRY, status=410)
    assert (answer["Cache-Control"], answer["X-Robots-Tag"]) == ("public, max-age=10, must-revalidate", "noindex")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_a_page_can_only_be_read(method: str) -> None:
    assert ask(method, "/").status_code == 405


@pytest.mark.usefixtures("her2")
def test_head_tells_the_same_without_the_page() -> None:
    answer = ask("HEAD", ENTRY)
    assert (answer.status_code, answer.content, answer["ETag"]) == (200, b"", visit(ENTRY)["ETag"])


@pytest.mark.usefixtures("her2")
def test_a_missing_slash_is_added() -> None:
    assert ask("GET", "/questions/her2")["Location"] == "/questions/her2/"
    assert ask("GET", "/es")["Location"] == "/es/"


def test_browsers_find_the_icon_where_they_look_for_it() -> None:
    address = ask("GET", "/favicon.ico")["Location"]
    assert address == "/static/faq/favicon.ico"
    assert b"".join(ask("GET", address).streaming_content).startswith(b"\0\0\1\0")


SAFE: dict[str, Any] = {"topics": ["pills"], "advice_cards": ["fever"]}


@pytest.mark.parametrize("size", [8, 2_000])
def test_a_page_costs_seven_queries_at_most(size: int) -> None:
    for slug, parents in (("medicines", []), ("pills", ["medicines"]), ("small", ["pills"])):
        make_topic(slug, parents=parents, kind="symptom", is_safety=True)
    make_many_publications(size, topics=["medicines", "pills", "small"], advice_cards=["fever"])
    make_publication("en-espanol", language="es", translation_of={"slug": "bulk-1", "version": 1}, **SAFE)
    make_publication("dose", audience="clinician", **SAFE)
    make_text(kind="topic_text", key="pills", text="Pills.")
    workflow.withdraw(make_publication("gone"), by=a("reviewer"), at=NOW, reason="outdated", replacement="dose")
    publishing.compose_outdated(LATER)
    paths = ["/", "/es/", "/topics/pills/", "/questions/bulk-1/", "/questions/bulk-1/versions/", "/questions/bulk-1/versions/1/"]
    costs = {path: cost(path) for path in [*paths, "/questions/gone/"]}
    assert {path: number for path, number in costs.items() if number > 7} == {}
    assert costs["/questions/bulk-1/"] == 1


def cost(path: str) -> int:
    """How many queries a page takes."""
    with CaptureQueriesContext(connection) as queries:
        assert ask("GET", path).status_code in {200, 410}
    return len(queries)
