"""Errors below /api/ are problem details (RFC 9457), whatever goes wrong; pages get pages."""

import json
from typing import Any
from unittest.mock import Mock

import pytest
from django.db import InterfaceError, OperationalError
from django.test import override_settings

from tests.reading import ask, get

pytestmark = pytest.mark.django_db


def problem(status: int, answer: Any) -> Any:
    """The members of a problem, after a look at what every problem has."""
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json"), answer.content
    members = json.loads(answer.content)
    assert members["type"] == "about:blank"
    assert members["status"] == status
    assert members["title"]
    assert members["detail"]
    assert answer["Cache-Control"]
    assert answer["Vary"] == "Accept, Accept-Encoding"
    return members


@pytest.mark.parametrize(
    "path", ["/api/", "/api/nothing/", "/api/v1/", "/api/v1/nowhere/", "/api/v2/entries/", "/infobutton/nothing", "/api/v1/entries/é/"]
)
def test_an_unknown_address_is_a_404(path: str) -> None:
    assert problem(404, ask("GET", path))["title"] == "Not Found"


@override_settings(DEBUG=True)
def test_development_shows_no_html_either() -> None:
    problem(404, ask("GET", "/api/nothing/"))


def test_a_problem_names_the_address_it_is_about() -> None:
    assert problem(404, get("entries/unknown/"))["instance"] == "/api/v1/entries/unknown/"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW"])
@pytest.mark.parametrize("path", ["/api/v1/entries/", "/api/v1/entries/x/", "/api/v1/entries/x/versions/", "/api/v1/entries/x/versions/1/"])
def test_a_wrong_method_is_a_405_that_names_the_right_ones(method: str, path: str) -> None:
    answer = ask(method, path)
    problem(405, answer)
    assert answer["Allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize("debug", [True, False])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_method_that_sends_something_is_not_led_to_the_address_with_a_slash(method: str, debug: bool) -> None:
    with override_settings(DEBUG=debug):
        assert "end in a slash" in problem(404, ask(method, "/api/v1/entries"))["detail"]
        assert ask(method, "/questions/x").status_code == 404


def test_who_reads_is_led_to_the_address_with_a_slash() -> None:
    answer = ask("GET", "/api/v1/entries?language=es")
    assert (answer.status_code, answer["Location"]) == (301, "/api/v1/entries/?language=es")


def test_options_names_the_methods() -> None:
    answer = ask("OPTIONS", "/api/v1/entries/")
    assert (answer.status_code, answer["Allow"], answer.content) == (204, "GET, HEAD, OPTIONS", b"")


def test_head_answers_as_get_does_without_the_body() -> None:
    answer = ask("HEAD", "/api/v1/entries/")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer["ETag"] == get("entries/")["ETag"]


@pytest.mark.parametrize("accept", ["text/csv", "application/xml;q=0.9, image/*", "nonsense"])
def test_a_form_that_is_not_there_is_a_406_that_names_those_that_are(accept: str) -> None:
    assert "application/json" in problem(406, get("entries/", accept=accept))["detail"]


@pytest.mark.parametrize("accept", ["*/*", "application/json", "application/*", "text/html, */*;q=0.1"])
def test_forms_that_json_satisfies_are_json(accept: str) -> None:
    assert get("entries/", accept=accept)["Content-Type"] == "application/json"


BROKEN = ["%00", "a%00b", "%FF", "%C3%28", "%ED%A0%80", "%C0%AF"]


@pytest.mark.parametrize("text", BROKEN)
def test_text_that_no_database_keeps_is_a_400_in_the_path(text: str) -> None:
    problem(400, get(f"entries/{text}/"))


@pytest.mark.parametrize("text", BROKEN)
@pytest.mark.parametrize("query", ["language={}", "{}=1"])
def test_text_that_no_database_keeps_is_a_400_in_the_query(text: str, query: str) -> None:
    problem(400, get(f"entries/?{query.format(text)}"))


def test_text_that_no_database_keeps_is_a_400_on_pages_too() -> None:
    assert ask("GET", "/search/?q=%00").status_code == 400


def test_a_400_lists_every_field() -> None:
    errors = problem(400, get("entries/?x=1&y=2"))["errors"]
    assert [each["field"] for each in errors] == ["x", "y"]


@pytest.mark.parametrize(
    "fault", [OperationalError("couldn't get a connection after 10.00 sec"), InterfaceError("connection already closed")]
)
def test_a_database_that_does_not_answer_is_a_503_with_a_time_to_come_back(fault: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise fault

    monkeypatch.setattr("faq.public.documents.find", fail)
    answer = get("entries/x/")
    assert str(fault) not in problem(503, answer)["detail"]
    assert (answer["Retry-After"], answer["Cache-Control"]) == ("5", "no-store")


@pytest.mark.parametrize("fault", [OperationalError("server closed the connection"), InterfaceError("connection already closed")])
@pytest.mark.parametrize(("path", "words"), [("/", "We cannot answer right now"), ("/es/", "Ahora mismo no podemos responder")])
def test_on_pages_it_is_a_503_in_the_readers_language(fault: Exception, path: str, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("faq.pages.views.caching.library_state", Mock(side_effect=fault))
    answer = ask("GET", path)
    assert (answer.status_code, answer["Retry-After"], answer["Cache-Control"]) == (503, "5", "no-store")
    assert words in answer.content.decode()
    assert str(fault) not in answer.content.decode()


def test_on_pages_a_fault_of_ours_is_a_500(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("faq.pages.views.caching.library_state", Mock(side_effect=RuntimeError("zebrafinch")))
    answer = ask("GET", "/")
    assert (answer.status_code, answer["Cache-Control"], "Retry-After" in answer) == (500, "no-store", False)


@pytest.mark.parametrize("debug", [True, False])
def test_a_fault_of_ours_is_a_500_without_a_trace(debug: bool, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError("zebrafinch")

    monkeypatch.setattr("faq.public.documents.find", fail)
    with override_settings(DEBUG=debug):
        answer = get("entries/x/")
    problem(500, answer)
    assert answer["Cache-Control"] == "no-store"
    assert b"zebrafinch" not in answer.content
    assert b"Traceback" not in answer.content
    assert "zebrafinch" in caplog.text


def test_an_unknown_host_is_a_400_here_too() -> None:
    problem(400, get("entries/", host="elsewhere.example"))


def test_outside_the_api_an_error_is_no_problem_document() -> None:
    answer = ask("GET", "/no-such-page/")
    assert (answer.status_code, answer["Content-Type"].partition(";")[0] in {"text/html", "text/plain"}) == (404, True)
    assert answer["Cache-Control"] == "public, max-age=10, must-revalidate"
