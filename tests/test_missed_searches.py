"""Searches that found nothing: words and counts, no address and no session, and no words before five separate days."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError

from faq.models import MissedSearch
from faq.search import missed
from tests.browsing import see
from tests.factories import make_publication
from tests.reading import LATER, get

pytestmark = pytest.mark.django_db


def ask(query: str = "purple rash", *, days: int = 0) -> Any:
    return get(f"search/?q={query}", at=LATER + timedelta(days=days))


def kept() -> list[tuple[str, int]]:
    return list(MissedSearch.objects.values_list("words", "days"))


def test_the_words_are_kept_on_the_fifth_separate_day() -> None:
    for day in range(4):
        ask(days=day)
    assert kept() == [("", 4)]
    ask(days=4)
    assert kept() == [("purple rash", 5)]


def test_of_one_day_it_counts_once_however_often_and_in_whatever_spelling() -> None:
    for query in ("purple rash", "purple rash&page=1", "PURPLE  Rash", "púrple rash"):
        ask(query)
    assert kept() == [("", 1)]


def test_the_page_counts_as_the_api_does() -> None:
    see("/search/?q=purple+rash")
    ask(days=1)
    assert kept() == [("", 2)]


def test_what_finds_something_is_not_kept() -> None:
    make_publication("rash", question="What of a purple rash?")
    ask()
    assert kept() == []


@pytest.mark.parametrize("query", ["x" * 101, "write jo@example.org", "my name is Anna Smith", ""])
def test_letters_and_what_would_tell_who_asked_are_never_kept(query: str) -> None:
    for day in range(6):
        ask(query, days=day)
    assert kept() == []


def test_a_search_within_a_filter_says_nothing_of_the_library() -> None:
    make_publication("heart")
    ask("purple rash&audience=clinician")
    assert kept() == []


def test_before_that_nobody_can_tell_what_was_asked() -> None:
    ask()
    row = MissedSearch.objects.values().get()
    assert "purple" not in str(row)


def test_a_robot_that_asks_for_everything_fills_no_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(missed, "MOST_A_DAY", 3)
    for number in range(6):
        ask(f"zzz{number}q")
    assert len(kept()) == 3


def test_a_reader_is_answered_though_it_cannot_be_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise OperationalError("locked")

    monkeypatch.setattr(missed, "note", fail)
    assert ask().status_code == 200
