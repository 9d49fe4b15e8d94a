"""POST questions/: entries that may answer come first, what none answers is kept for the team, and nobody learns who asked."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from faq import throttle
from faq.models import ReaderWrite, SubmittedQuestion
from tests.factories import make_publication, make_standing_texts, make_text
from tests.inbox import ASKED
from tests.reading import LATER, post

pytestmark = pytest.mark.django_db
HEART = "Can treatment harm my heart?"


def send(text: str = ASKED, *, language: str = "en", **members: Any) -> Any:
    return post("questions/", {"text": text, "language": language, **members})


def kept() -> list[str]:
    return list(SubmittedQuestion.objects.values_list("text", flat=True))


def test_entries_that_may_answer_come_first_and_nothing_is_kept() -> None:
    make_publication("heart", question=HEART, short_answer="It can.")
    answer = send("can this mess up my heart?")
    assert (answer.status_code, kept()) == (200, [])
    (match,) = answer.json()["matches"]
    assert (match["slug"], match["question"], match["short_answer"]) == ("heart", HEART, "It can.")
    assert {"disclaimers", "urgent_advice", "provenance", "review", "links"} <= match.keys()


def test_where_none_of_them_does_the_question_is_kept() -> None:
    make_publication("heart", question=HEART)
    answer = send("can this mess up my heart?", none_of_these=True)
    assert (answer.status_code, kept()) == (202, ["can this mess up my heart?"])
    assert answer.json()["matches"] == []


def test_where_nothing_is_found_it_is_kept_at_once() -> None:
    answer = send()
    assert (answer.status_code, kept()) == (202, [ASKED])
    assert "delete what you wrote after 90 days" in answer.json()["received"]


def test_it_says_that_nobody_replies() -> None:
    assert all(send(none_of_these=is_so).json()["notice"].startswith("We cannot reply to you.") for is_so in (True, False))
    assert send("¿Puedo nadar?", language="es").json()["notice"].startswith("No podemos responderle.")


def test_what_is_urgent_in_it_is_told_whether_it_is_kept_or_not() -> None:
    make_publication("heart", question=HEART, advice_cards=["fever"])
    make_text(kind="danger_phrases", key="fever", title="Fever", text="fever since chemo\nburning up with fever")
    for is_so in (True, False):
        (card,) = send("fever since chemo, is it my heart?", none_of_these=is_so).json()["urgent_advice"]
        assert card["level"] == "emergency"


def test_whatever_would_tell_who_asks_is_a_400_that_points_at_it() -> None:
    answer = send("My name is Anna Smith, write to anna@example.org. Can I swim?")
    assert (answer.status_code, kept()) == (400, [])
    (error,) = answer.json()["errors"]
    assert error["field"] == "text"
    assert "“My name is Anna Smith” (character 1) looks like a name." in error["detail"]
    assert "“anna@example.org” (character 33) looks like a mail address." in error["detail"]


@pytest.mark.parametrize(
    ("body", "field", "says"),
    [
        ({"language": "en"}, "text", "Is missing."),
        ({"text": "x", "language": "en", "name": "Jo"}, "name", "Unknown field; known are text, language, none_of_these."),
        ({"text": 7, "language": "en"}, "text", "Must be text; put it in quotation marks."),
        ({"text": "x" * 2_001, "language": "en"}, "text", "Must have at most 2,000 characters."),
        ({"text": " \u200b ", "language": "en"}, "text", "Please write something first."),
        ({"text": "x\u0000y", "language": "en"}, "text", "The text holds signs that cannot be kept. Please type it again."),
        ({"text": "x", "language": "xx"}, "language", "Must be one of en, es."),
        ({"text": "x", "language": "en", "none_of_these": "yes"}, "none_of_these", "Must be true or false."),
        ([], "body", "Must be an object with text, language, none_of_these."),
    ],
)
def test_a_body_that_means_nothing_is_told_member_by_member(body: Any, field: str, says: str) -> None:
    answer = post("questions/", body)
    assert answer.status_code == 400
    assert answer.json()["errors"] == [{"field": field, "detail": says}]


@pytest.mark.parametrize("body", [b"{", b'{"text": "\\ud800", "language": "en"}', b"\xff", b"[" * 30_000, b'{"text": NaN}', b""])
def test_a_body_that_is_no_json_is_a_400(body: bytes) -> None:
    answer = post("questions/", body)
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")


def test_a_body_that_is_too_long_is_not_read() -> None:
    assert post("questions/", {"text": "x" * 70_000, "language": "en"}).status_code == 413


@pytest.mark.parametrize("sent", [{"origin": "https://elsewhere.example"}, {"sec_fetch_site": "cross-site"}, {"origin": "null"}])
def test_no_page_of_another_site_sends_in_a_reader_s_name(sent: dict[str, Any]) -> None:
    answer = post("questions/", {"text": ASKED, "language": "en"}, **sent)
    assert (answer.status_code, kept()) == (403, [])


@pytest.mark.parametrize("sent", [{}, {"origin": "http://testserver"}, {"origin": "http://testserver", "sec_fetch_site": "same-origin"}])
def test_programs_and_our_own_pages_may(sent: dict[str, Any]) -> None:
    assert post("questions/", {"text": ASKED, "language": "en"}, **sent).status_code == 202


def test_no_cookie_is_set_or_read_and_nothing_is_kept_by_caches() -> None:
    answer = send()
    assert (answer.cookies, answer["Cache-Control"]) == ({}, "no-store")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_it_knows_post_alone(method: str) -> None:
    answer = Client().generic(method, "/api/v1/questions/")
    assert (answer.status_code, answer["Content-Type"]) == (405, "application/problem+json")


def test_from_one_address_so_many_are_taken_and_then_it_says_when_to_come_back() -> None:
    taken = [send(f"Question {number}").status_code for number in range(throttle.FROM_ONE["question"])]
    assert set(taken) == {202}
    answer = send("One more")
    assert (answer.status_code, len(kept())) == (429, len(taken))
    assert int(answer["Retry-After"]) == 3601
    assert "in 61 minutes; nothing of it was kept" in answer.json()["detail"]


def test_an_hour_later_more_is_taken() -> None:
    for number in range(throttle.FROM_ONE["question"]):
        send(f"Question {number}")
    body = {"text": "One more", "language": "en"}
    assert post("questions/", body, at=LATER + throttle.WINDOW + timedelta(seconds=1)).status_code == 202


def test_questions_that_entries_answer_are_not_counted() -> None:
    make_publication("heart", question=HEART)
    for _ in range(3 * throttle.FROM_ONE["question"]):
        assert send("heart").status_code == 200
    assert not ReaderWrite.objects.exists()


def test_no_address_is_kept() -> None:
    send()
    rows = [*SubmittedQuestion.objects.values(), *ReaderWrite.objects.values()]
    assert "127.0.0.1" not in json.dumps(rows, default=str)
    assert {len(row["key"]) for row in ReaderWrite.objects.values()} == {64}


def test_those_who_ask_nearly_the_same_stand_together() -> None:
    make_standing_texts("es")
    for text in ("Can I go swimming during treatment?", "can I swim during the treatment", "Is a tattoo allowed?"):
        send(text)
    send("¿Puedo nadar durante el tratamiento?", language="es")
    first, second, other, spanish = SubmittedQuestion.objects.order_by("pk")
    assert first.group == second.group == first.pk
    assert (other.group, spanish.group) == (other.pk, spanish.pk)
