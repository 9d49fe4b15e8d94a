"""Tags, 304 and how long caches may keep what they were told."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from faq import workflow
from faq.models import Publication
from faq.public import caching
from tests.factories import NOW, a, make_publication, make_text
from tests.reading import LATER, ask, get

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
KEPT = "public, max-age=60, must-revalidate"


def reaffirm(each: Publication) -> object:
    """Move the review date."""
    return workflow.reaffirm(
        {each.pk: each.content_hash}, by=a("reviewer"), at=LATER, next_review_due_on=datetime(2027, 1, 1, tzinfo=UTC).date()
    )


CHANGES: dict[str, Callable[[Publication], object]] = {
    "a new version": lambda each: make_publication(each.slug, short_answer="HER2 is a protein on cells."),
    "a warning": lambda each: workflow.hold(each, by=a("reviewer"), at=LATER, comment="A reader wrote."),
    "a review": reaffirm,
    "a standing text": lambda each: make_text(
        at=LATER, kind="disclaimer", key="ask-your-team", placement="after", required=True, text="New."
    ),
    "a source": lambda each: workflow.mark_source(
        each.sources.get(), by=a("reviewer"), at=LATER, state="superseded", comment="A new edition."
    ),
    "a related entry": lambda each: make_publication("other", question="What else?"),
    "a translation": lambda each: make_publication("es", language="es", translation_of={"slug": each.slug, "version": 1}),
}


@pytest.mark.parametrize("name", CHANGES)
def test_the_tag_of_an_entry_moves_with(name: str) -> None:
    published = make_publication("what-is-her2", related=["other"])
    make_publication("es-first", language="es")
    before = get("entries/what-is-her2/")
    CHANGES[name](published)
    after = get("entries/what-is-her2/", if_none_match=before["ETag"])
    assert (after.status_code, after["ETag"] != before["ETag"]) == (200, True)
    assert after.content != before.content


@pytest.mark.parametrize(
    "path", ["entries/", "entries/what-is-her2/", "entries/what-is-her2/versions/1/", "entries/what-is-her2/?as_of=2026-03-02"]
)
def test_nothing_new_is_a_304_with_the_same_tag_and_rules(path: str) -> None:
    make_publication("what-is-her2")
    before = get(path)
    again = get(path, if_none_match=before["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    assert {name: again[name] for name in ("ETag", "Vary", "Cache-Control")} == {
        "ETag": before["ETag"],
        "Vary": "Accept, Accept-Encoding",
        "Cache-Control": KEPT,
    }
    assert "Content-Type" not in again


@pytest.mark.parametrize("coding", ["-gzip", "-br", "-zstd", "-deflate", "--gzip", ";gzip", ";br"])
@pytest.mark.parametrize("form", ['"{}{}"', 'W/"{}{}"', '"{}"{}', '"other-gzip", W/"{}{}"'])
def test_a_tag_to_which_a_proxy_added_its_coding_is_known_again(form: str, coding: str) -> None:
    make_publication("what-is-her2")
    for path in ("entries/what-is-her2/", "entries/"):
        tag = get(path)["ETag"]
        again = get(path, if_none_match=form.format(tag.strip('"'), coding))
        assert (again.status_code, again["ETag"]) == (304, tag)
        assert get(path, if_none_match=form.format("0" * 32, coding)).status_code == 200


@pytest.mark.parametrize("form", ["W/{}", '"other", {}', "*"])
def test_every_way_of_naming_the_tag_is_understood(form: str) -> None:
    make_publication("what-is-her2")
    before = get("entries/what-is-her2/")
    assert get("entries/what-is-her2/", if_none_match=form.format(before["ETag"])).status_code == 304


@pytest.mark.parametrize("path", ["entries/", "entries/what-is-her2/"])
def test_time_alone_moves_the_tag(path: str) -> None:
    make_publication("what-is-her2", review_in_days=35)
    before, due, overdue = (get(path, at=NOW + days * DAY) for days in (1, 10, 40))
    assert len({before["ETag"], due["ETag"], overdue["ETag"]}) == 3


@pytest.mark.parametrize("path", ["entries/", "entries/what-is-her2/"])
def test_no_answer_is_kept_past_the_moment_its_review_becomes_due(path: str) -> None:
    make_publication("what-is-her2", review_in_days=35)  # due from 8 March on
    midnight = datetime(2026, 3, 8, tzinfo=UTC)
    assert get(path, at=midnight - timedelta(seconds=20))["Cache-Control"] == "public, max-age=20, must-revalidate"
    assert get(path, at=midnight)["Cache-Control"] == KEPT


def test_the_first_flip_of_a_list_is_that_of_any_row() -> None:
    make_publication("first", review_in_days=20)  # due already, overdue from 23 March on
    make_publication("second", review_in_days=35)  # due from 8 March on
    for midnight in (datetime(2026, 3, 8, tzinfo=UTC), datetime(2026, 3, 23, tzinfo=UTC)):
        assert get("entries/", at=midnight - timedelta(seconds=5))["Cache-Control"] == "public, max-age=5, must-revalidate"


def test_a_day_that_has_passed_flips_no_more() -> None:
    make_publication("what-is-her2", review_in_days=35)
    before_midnight = datetime(2026, 3, 8, tzinfo=UTC) - timedelta(seconds=20)
    assert get("entries/what-is-her2/?as_of=2026-03-03", at=before_midnight)["Cache-Control"] == KEPT


def test_the_same_list_asked_for_in_another_way_has_the_same_tag() -> None:
    make_publication("what-is-her2")
    one, other = get("entries/?language=en&audience=caregiver&audience=patient"), get("entries/?page=1&language=en&language=en")
    assert one["ETag"] == other["ETag"]
    assert get("entries/?language=en&audience=patient")["ETag"] != one["ETag"]


def test_the_tag_of_a_list_moves_with_any_change() -> None:
    published = make_publication("what-is-her2")
    make_publication("second")
    before = get("entries/")
    workflow.withdraw(published, by=a("reviewer"), at=LATER, reason="outdated")
    assert get("entries/", if_none_match=before["ETag"]).status_code == 200


def test_a_release_that_answers_otherwise_has_other_tags(monkeypatch: pytest.MonkeyPatch) -> None:
    make_publication("what-is-her2")
    before = get("entries/what-is-her2/")
    monkeypatch.setattr(caching, "release", lambda: "another")
    assert get("entries/what-is-her2/")["ETag"] != before["ETag"]


def test_a_list_of_another_release_has_another_tag(monkeypatch: pytest.MonkeyPatch) -> None:
    make_publication("what-is-her2")
    before = get("entries/")
    monkeypatch.setattr(caching, "release", lambda: "another")
    assert get("entries/")["ETag"] != before["ETag"]


def test_a_library_gone_live_has_other_tags(settings: Any) -> None:
    make_publication("what-is-her2")
    before = get("entries/what-is-her2/")
    settings.LIBRARY_STATUS = "live"
    assert get("entries/what-is-her2/")["ETag"] != before["ETag"]


@pytest.mark.parametrize("path", ["entries/", "entries/what-is-her2/", "entries/unknown/", "entries/?x=1", "nowhere/"])
def test_answers_set_no_cookie_and_vary_on_the_form_alone(path: str) -> None:
    make_publication("what-is-her2")
    answer = get(path, origin="https://app.example", cookie="sessionid=x", accept_language="es")
    assert (answer["Vary"], answer["Access-Control-Allow-Origin"]) == ("Accept, Accept-Encoding", "*")
    assert not answer.cookies
    assert "Last-Modified" not in answer
    assert "Access-Control-Allow-Credentials" not in answer


def test_a_browser_may_ask_first() -> None:
    asked: dict[str, Any] = {
        "origin": "https://app.example",
        "access_control_request_method": "GET",
        "access_control_request_headers": "if-none-match",
    }
    answer = ask("OPTIONS", "/api/v1/entries/", **asked)
    assert (answer.status_code, answer["Access-Control-Allow-Origin"]) == (200, "*")
    assert "if-none-match" in answer["Access-Control-Allow-Headers"]
    assert "Vary" not in answer
