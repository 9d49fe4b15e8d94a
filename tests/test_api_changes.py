"""`GET /api/v1/changes/`: everything that readers can notice, row by row, and a cursor that never loses one."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from faq import workflow
from faq.models import Change, Ledger, Publication, Question, Source
from faq.public import documents, feed
from tests.factories import NOW, a, make_draft, make_publication, make_reviewer, make_standing_texts, make_text, make_topic, place_topic
from tests.reading import LATER, ask, get

pytestmark = pytest.mark.django_db

ANNOTATE, PURGE, REPLACE = "annotate", "purge", "replace"


def page(query: str = "") -> Any:
    """The JSON of a page of the feed."""
    answer = get(f"changes/{query}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def errors(query: str) -> list[dict[str, str]]:
    """What a 400 says field by field."""
    answer = get(f"changes/{query}")
    assert answer.status_code == 400, answer.content
    found: list[dict[str, str]] = answer.json()["errors"]
    return found


def head() -> str:
    """The cursor of a list that is read now."""
    return str(get("entries/")["Library-Cursor"])


def told(query: str = "") -> list[tuple[str, str | None]]:
    """(kind, slug) of each row that is no standing text, from page to page."""
    rows: list[tuple[str, str | None]] = []
    address = f"/api/v1/changes/{query}"
    while address:
        answer = ask("GET", address)
        assert answer.status_code == 200, answer.content
        found = answer.json()
        rows += [(row["kind"], row["slug"]) for row in found["results"] if row["kind"] != "standing_text"]
        address = found["next"].removeprefix("http://testserver") if found["has_more"] else ""
    return rows


def reclassify(slug: str, *topics: str) -> None:
    workflow.reclassify(Question.objects.get(slug=slug), by=a("author"), at=NOW, topics=list(topics), related=[])


def withdraw(publication: Publication, **how: Any) -> None:
    workflow.withdraw(publication, by=a("reviewer"), at=NOW, **{"reason": "unsafe"} | how)


# Rows.


def test_an_empty_library_has_an_empty_feed_that_can_be_followed() -> None:
    empty = {
        "next": "http://testserver/api/v1/changes/?limit=100&since=0",
        "has_more": False,
        "library_status": "demonstration",
        "results": [],
    }
    assert page() == page("?since=0") == empty


def test_a_row_says_what_happened_to_which_version_and_what_to_do() -> None:
    make_standing_texts()
    cursor = head()
    make_publication("what-is-her2")
    assert page(f"?since={cursor}")["results"] == [
        {
            "kind": "published",
            "sequence": Ledger.objects.get().last_sequence,
            "slug": "what-is-her2",
            "version": 1,
            "at": "2026-03-02T12:00:00Z",
            "reason": None,
            "replacement": None,
            "client_action": REPLACE,
        }
    ]


def test_a_standing_text_is_named_and_neither_entry_nor_version_is() -> None:
    make_standing_texts("es")
    cursor = head()
    make_text(kind="notice", key="held", language="es", text="Se está revisando.")
    [row] = page(f"?since={cursor}")["results"]
    assert row["standing_text"] == {"kind": "notice", "key": "held", "language": "es", "number": 2, "event": "started"}
    assert (row["kind"], row["slug"], row["version"], row["client_action"]) == ("standing_text", None, None, ANNOTATE)


def test_a_withdrawal_is_a_row_with_its_reason_and_replacement() -> None:
    make_publication("instead")
    gone = make_publication("gone")
    cursor = head()
    withdraw(gone, replacement="instead")
    [row] = page(f"?since={cursor}")["results"]
    assert (row["kind"], row["slug"], row["client_action"]) == ("withdrawn", "gone", PURGE)
    assert (row["reason"], row["replacement"]) == ("unsafe", "instead")


def test_every_kind_of_change_has_its_action() -> None:
    replace = dict.fromkeys(("published", "republished", "restored"), REPLACE)
    annotate = dict.fromkeys(
        ("reaffirmed", "reclassified", "held", "released", "evidence_alert", "evidence_cleared", "standing_text"), ANNOTATE
    )
    assert replace | annotate | dict.fromkeys(("withdrawn", "expired", "erased", "left"), PURGE) == feed.CLIENT_ACTIONS
    assert set(Change.Kind.values) < feed.CLIENT_ACTIONS.keys()


def test_no_row_holds_a_word_of_what_is_withheld_or_erased() -> None:
    gone = make_publication("gone", question="What is zebrafinch?", short_answer="A zebrafinch.")
    withdraw(gone, withhold=[1], notice_text="No zebrafinch.")
    erasure = workflow.erase(gone, by=a("lead"), at=NOW, legal_basis="GDPR, article 17")
    workflow.confirm_erasure(erasure, by=a("reviewer"), at=NOW)
    assert [kind for kind, _ in told()] == ["published", "withdrawn", "erased"]
    assert "zebrafinch" not in get("changes/?include=entry").content.decode()


def test_drafts_and_decisions_about_them_are_no_rows() -> None:
    make_standing_texts()
    cursor = head()
    make_draft("a-draft")
    assert page(f"?since={cursor}")["results"] == []


# Pages and cursors.


def test_without_a_cursor_the_feed_begins_at_its_beginning_and_pages_hold_every_row_once() -> None:
    for slug in ("one", "two", "three"):
        make_publication(slug)
    assert told("?limit=2") == told() == [("published", "one"), ("published", "two"), ("published", "three")]


def test_next_is_an_absolute_address_that_keeps_the_question_and_goes_on() -> None:
    make_publication("one")
    first = page("?limit=1&language=en")
    assert first["has_more"]
    assert first["next"] == f"http://testserver/api/v1/changes/?language=en&limit=1&since=1-{Change.objects.get(sequence=1).row_hash[:16]}"
    last = page()
    assert not last["has_more"]
    assert page("?since=" + last["next"].split("since=")[1])["results"] == []


def test_the_header_next_leads_to_rows_that_are_there_and_no_further() -> None:
    make_publication("one")
    first, whole = get("changes/?limit=1"), get("changes/")
    assert first["Link"] == f'<{first.json()["next"]}>; rel="next"'
    assert "Link" not in whole
    assert first["Library-Cursor"] == first.json()["next"].split("since=")[1]


@pytest.mark.parametrize(
    "cursor", ["", "-", "1", "01-0123456789abcdef", "0-0123456789abcdef", "1-0123456789ABCDEF", "1-0123", "²-0123456789abcdef"]
)
def test_a_broken_cursor_is_a_400(cursor: str) -> None:
    assert errors(f"?since={cursor}")[0]["field"] == "since"


@pytest.mark.parametrize("cursor", ["7-0123456789abcdef", f"{10**17}-0123456789abcdef", "1-0123456789abcdef"])
def test_a_cursor_of_another_history_is_a_409_that_says_to_begin_anew(cursor: str) -> None:
    make_standing_texts()
    answer = get(f"changes/?since={cursor}")
    assert (answer.status_code, answer["Content-Type"], answer["Cache-Control"]) == (409, "application/problem+json", "no-store")
    assert answer.json()["type"].endswith("feed-reset")
    assert "Begin anew" in answer.json()["detail"]


def test_the_cursor_of_a_history_that_a_restored_backup_has_lost_is_a_409() -> None:
    make_publication("kept")
    before = head()
    backup = transaction.savepoint()
    make_publication("lost")
    lost = head()
    transaction.savepoint_rollback(backup)
    assert get(f"changes/?since={lost}").status_code == 409
    make_publication("another")
    assert get(f"changes/?since={lost}").status_code == 409
    assert told(f"?since={before}") == [("published", "another")]


def while_read(path: str, queries: int) -> Any:
    """The answer to a GET during which, after so many of its queries, a second version of `first` is published."""
    left = queries

    def publish_then(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal left
        found, left = execute(sql, params, many, context), left - 1
        if left == 0:
            make_publication("first", short_answer="HER2 is a protein on cells.")
        return found

    with connection.execute_wrapper(publish_then):
        return get(path)


@pytest.mark.parametrize("path", ["entries/?audience=any", "entries/first/versions/", "changes/?since={}"])
@pytest.mark.parametrize("queries", [1, 2, 3])
def test_what_happens_while_a_list_is_read_is_in_it_or_told_from_its_cursor_on(path: str, queries: int) -> None:
    make_publication("first")
    answer = while_read(path.format(head()), queries)
    listed = ("first", 2) in {(row["slug"], row["version"]) for row in answer.json()["results"]}
    is_told = told(f"?since={answer['Library-Cursor']}") == [("published", "first")]
    assert listed or is_told
    assert not (listed and is_told and path.startswith("changes"))


# Filters.


@pytest.fixture
def tree(db: None) -> None:
    """The topic `cancer` above `breast` above `her2`, and `other` beside them."""
    for slug in ("cancer", "breast", "her2", "other"):
        make_topic(slug)
    for slug, parent in (("breast", "cancer"), ("her2", "breast")):
        place_topic(slug, parents=[parent])


def test_a_language_filter_brings_its_entries_and_its_standing_texts() -> None:
    make_publication("english")
    make_publication("spanish", language="es")
    assert told("?language=es") == [("published", "spanish")]
    assert {row["standing_text"]["language"] for row in page("?language=es")["results"] if row["kind"] == "standing_text"} == {"es"}
    assert len(told("?language=es&language=en")) == 2


def test_a_language_stays_known_when_its_last_entry_is_gone() -> None:
    make_publication("english")
    spanish = make_publication("spanish", language="es")
    withdraw(spanish)
    assert told("?language=es") == [("published", "spanish"), ("withdrawn", "spanish")]
    assert errors("?language=fr") == [{"field": "language", "detail": "No text was ever in this language. Known: en, es."}]


@pytest.mark.usefixtures("tree")
def test_a_topic_brings_what_stands_below_it_too() -> None:
    make_publication("of-her2", topics=["her2"])
    make_publication("of-breast", topics=["breast"])
    make_publication("of-other", topics=["other"])
    assert told("?topic=cancer") == [("published", "of-her2"), ("published", "of-breast")]
    assert told("?topic=her2") == [("published", "of-her2")]
    assert told("?topic=her2&topic=other") == [("published", "of-her2"), ("published", "of-other")]


@pytest.mark.usefixtures("tree")
def test_an_entry_that_leaves_the_topic_is_a_row_and_what_happens_to_it_afterwards_is_none() -> None:
    entry = make_publication("wanders", topics=["her2"])
    cursor = head()
    reclassify("wanders", "other")
    [row] = page(f"?since={cursor}&topic=cancer")["results"]
    assert (row["kind"], row["slug"], row["client_action"]) == ("left", "wanders", PURGE)
    withdraw(Publication.objects.get(pk=entry.pk))
    assert told(f"?since={cursor}&topic=cancer") == [("left", "wanders")]
    assert told(f"?since={cursor}") == [("reclassified", "wanders"), ("withdrawn", "wanders")]


@pytest.mark.usefixtures("tree")
def test_a_new_version_can_leave_the_topic_and_come_back() -> None:
    withdraw(make_publication("wanders", topics=["her2"]))
    reclassify("wanders", "other")  # told by the next version alone: readers have none meanwhile
    make_publication("wanders", short_answer="HER2 is a protein on cells.")
    reclassify("wanders", "breast")
    assert told("?topic=cancer") == [
        ("published", "wanders"),
        ("withdrawn", "wanders"),
        ("left", "wanders"),
        ("reclassified", "wanders"),
    ]


@pytest.mark.usefixtures("tree")
def test_a_feed_that_is_read_again_says_the_same_wherever_entries_belong_by_now() -> None:
    make_publication("wanders", topics=["her2"])
    before = get("changes/?topic=her2").json()["results"]
    reclassify("wanders", "other")
    assert get("changes/?topic=her2").json()["results"][: len(before)] == before
    assert told("?topic=other") == [("reclassified", "wanders")]


@pytest.mark.usefixtures("tree")
def test_a_topic_stays_known_when_its_last_entry_has_left_and_one_that_no_entry_was_in_is_not() -> None:
    make_publication("wanders", topics=["her2"])
    make_draft("a-draft", topics=["other"])
    reclassify("wanders", "breast")
    assert told("?topic=her2") == [("published", "wanders"), ("left", "wanders")]
    for unknown in ("other", "nowhere"):
        assert errors(f"?topic={unknown}") == [{"field": "topic", "detail": "No entry was ever in this topic. Known: breast, cancer."}]


@pytest.mark.usefixtures("tree")
def test_filters_of_two_kinds_mean_and() -> None:
    make_publication("english", topics=["her2"])
    make_publication("spanish", topics=["her2"], language="es")
    assert told("?topic=her2&language=es") == [("published", "spanish")]


def test_a_page_of_which_little_passes_its_filters_ends_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "WINDOW", 3)
    make_publication("english")
    make_publication("spanish", language="es")
    first = page("?language=es")
    assert (first["results"], first["has_more"]) == ([], True)
    assert told("?language=es") == [("published", "spanish")]


# Whole entries.


def test_rows_bring_their_version_as_it_is_served() -> None:
    make_publication("one")
    make_publication("one", short_answer="HER2 is a protein on cells.")
    entries = [row["entry"] for row in page("?include=entry")["results"] if row["slug"]]
    assert entries == [get(f"entries/one/versions/{number}/").json() for number in (1, 2)]
    assert all(row["entry"] is None for row in page("?include=entry")["results"] if not row["slug"])
    assert "entry" not in page()["results"][0]


def test_what_is_withheld_is_brought_by_none_of_its_rows() -> None:
    gone = make_publication("one")
    cursor = head()
    make_publication("one", short_answer="HER2 is a protein on cells.")
    withdraw(Publication.objects.get(slug="one", version=2), withhold=[1])
    rows = page("?include=entry")["results"]
    found = {(row["kind"], row["version"]): row["entry"] and row["entry"]["status"] for row in rows if row["slug"]}
    assert found == {("published", 1): None, ("published", 2): "withdrawn", ("withdrawn", 2): "withdrawn"}, (gone, cursor)


def test_pages_with_whole_entries_are_shorter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("faq.api.changes.MOST_ENTRIES", 2)
    make_publication("one")
    first = page("?include=entry&limit=500")
    assert (len(first["results"]), first["has_more"]) == (2, True)
    assert first["next"].split("&since=")[0] == "http://testserver/api/v1/changes/?include=entry&limit=500"
    assert told("?include=entry") == [("published", "one")]


# As every list.


@pytest.mark.parametrize("query", ["?limit=0", "?limit=501", "?limit=x", "?limit=1&limit=1"])
def test_a_page_holds_five_hundred_rows_at_most(query: str) -> None:
    assert errors(query)[0]["field"] == "limit"


def test_an_unknown_parameter_or_value_is_refused_and_the_known_ones_are_named() -> None:
    assert errors("?page=2") == [
        {"field": "page", "detail": "Unknown parameter. Known here: since, limit, language, topic, include, format."}
    ]
    assert errors("?include=entries") == [{"field": "include", "detail": "Unknown value. Known: entry."}]
    assert errors("?since=0&since=0") == [{"field": "since", "detail": "Give it once."}]


CHANGES: dict[str, Callable[[Publication], object]] = {
    "a new version": lambda each: make_publication(each.slug, short_answer="HER2 is a protein on cells."),
    "a warning": lambda each: workflow.hold(each, by=a("reviewer"), at=LATER, comment="A reader wrote."),
    "a standing text": lambda each: make_text(at=LATER, text="New."),
    "a source": lambda each: workflow.mark_source(Source.objects.get(), by=a("reviewer"), at=LATER, state="superseded", comment="New."),
}


@pytest.mark.parametrize("name", CHANGES)
def test_nothing_new_is_a_304_and_any_change_is_not(name: str) -> None:
    published = make_publication("one")
    before = get(f"changes/?since={head()}")
    again = get(f"changes/?since={head()}", if_none_match=before["ETag"])
    assert (again.status_code, again["Library-Cursor"], again["Cache-Control"]) == (304, head(), "public, max-age=60, must-revalidate")
    cursor = head()
    CHANGES[name](published)
    after = get(f"changes/?since={cursor}", if_none_match=before["ETag"])
    assert (after.status_code, len(after.json()["results"])) == (200, 1)


def test_the_same_page_asked_for_in_another_way_has_the_same_tag() -> None:
    make_publication("one")
    one, other = get("changes/?since=0&limit=100&language=en"), get("changes/?language=en&language=en")
    assert one["ETag"] == other["ETag"] != get("changes/")["ETag"]


def test_it_can_be_asked_about_and_read_by_any_site_and_changed_by_nobody() -> None:
    make_publication("one")
    answer = get("changes/", origin="https://app.example")
    assert ("Library-Cursor" in answer["Access-Control-Expose-Headers"], answer["Access-Control-Allow-Origin"]) == (True, "*")
    assert (ask("HEAD", "/api/v1/changes/").content, ask("HEAD", "/api/v1/changes/")["ETag"]) == (b"", answer["ETag"])
    assert (ask("OPTIONS", "/api/v1/changes/").status_code, ask("POST", "/api/v1/changes/").status_code) == (204, 405)


@pytest.mark.parametrize("size", [2, 12])
@pytest.mark.usefixtures("tree")
def test_a_page_costs_as_many_queries_however_many_rows_it_has(size: int) -> None:
    for number in range(size):
        make_publication(f"entry-{number}", topics=["her2"])
    costs = {}
    for query in ("", "?language=en", "?topic=cancer", "?topic=cancer&language=en&include=entry"):
        with CaptureQueriesContext(connection) as queries:
            assert len([row for row in page(query)["results"] if row["slug"]]) == size
        costs[query] = len(queries)
    assert list(costs.values()) == [2, 3, 3, 7]


def test_entries_are_embedded_as_documents_are_composed() -> None:
    """One composer for all: a notice or a disclaimer that an entry owes is on every form of it."""
    held = make_publication("one")
    workflow.hold(held, by=make_reviewer(), at=NOW, comment="A reader wrote.")
    row = page("?include=entry")["results"][-1]
    assert row["entry"]["review"]["held"]["notice"]
    assert documents.find("one", LATER) is not None
    assert row["entry"]["disclaimers"] == get("entries/one/").json()["disclaimers"]
