"""When something is wrong, a page in the reader's language says what to do, even where nothing else works."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from faq.pages import lists
from tests.browsing import parsed
from tests.reading import ask


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/nothing/", "This page does not exist"),
        ("/questions/nothing/", "This page does not exist"),
        ("/es/nada/", "Esta página no existe"),
        ("/es/topics/nada/", "Esta página no existe"),
    ],
)
def test_an_unknown_address_leads_home_in_the_readers_language(path: str, title: str) -> None:
    answer = ask("GET", path)
    page = parsed(answer.content.decode())
    home = "/es/" if path.startswith("/es/") else "/"
    assert (answer.status_code, page.one("h1").text) == (404, title)
    assert page.one("main").one("a").attributes["href"] == home
    assert page.one("html").attributes["lang"] == ("es" if home == "/es/" else "en")


@pytest.mark.parametrize("path", ["/questions/%00/", "/questions/%ff/", "/?page=%00"])
def test_a_broken_address_is_a_400_with_a_way_on(path: str) -> None:
    answer = ask("GET", path)
    assert (answer.status_code, parsed(answer.content.decode()).one("h1").text) == (400, "We could not read this address")


def test_a_fault_of_ours_is_a_page_that_needs_no_database() -> None:
    answer = ask("GET", "/")  # this test may not use the database, so the page breaks, and its substitute must not ask either
    page = parsed(answer.content.decode())
    assert (answer.status_code, page.one("h1").text) == (500, "Something went wrong on our side")
    assert "Database access" not in page.text
    assert "Call your care team" in page.text


@pytest.mark.django_db
def test_a_closed_door_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise PermissionDenied

    monkeypatch.setattr(lists, "count_entries", refuse)
    answer = ask("GET", "/es/")
    assert (answer.status_code, parsed(answer.content.decode()).one("h1").text) == (403, "No tiene acceso a esta página")
