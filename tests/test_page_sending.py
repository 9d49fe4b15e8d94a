"""The pages on which readers write: a question, a report, an opinion. Without account, cookie or script; nobody replies."""

from typing import Any
from unittest import mock
from urllib.parse import urlencode

import pytest
from django.core import mail
from django.test import Client

from faq import throttle, workflow
from faq.models import Feedback, Report, SubmittedQuestion
from tests.browsing import Part, parsed, see
from tests.factories import NOW, a, make_publication, make_standing_texts, make_text
from tests.inbox import ASKED
from tests.reading import LATER

pytestmark = pytest.mark.django_db
HEART: dict[str, Any] = {"question": "Can treatment harm my heart?", "short_answer": "It can make the heart pump less well."}


def send(path: str, fields: dict[str, Any], *, status: int = 200, **headers: str) -> Part:
    """Return the page that answers to a form."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    with mock.patch("django.utils.timezone.now", return_value=LATER):
        client = Client(enforce_csrf_checks=True)
        answer = client.post(path, urlencode(fields), content_type="application/x-www-form-urlencoded", headers=sent)
    assert answer.status_code == status, answer.content.decode()
    assert (answer["Cache-Control"], answer.cookies, answer["X-Robots-Tag"]) == ("no-store", {}, "noindex")
    return parsed(answer.content.decode())


def fields_of(page: Part, action: str, place: int = 0) -> dict[str, str]:
    """Return what a browser would send of one of a page's forms as it stands."""
    form = page.all("form", action=action)[place]
    inputs = {each.attributes["name"]: each.attributes.get("value", "") for each in form.all("input") if "name" in each.attributes}
    return inputs | {each.attributes["name"]: each.text for each in form.all("textarea")}


# Asking.


def test_that_nobody_replies_is_said_first() -> None:
    page = see("/ask/")
    main = page.one("main")
    assert main.text.startswith("Ask a question We cannot reply to you.")
    assert "delete what you write after 90 days" in main.text
    assert see("/es/ask/").one("main").text.startswith("Hacer una pregunta No podemos responderle.")


def test_answers_that_may_fit_come_first_and_nothing_is_kept() -> None:
    make_publication("heart", **HEART)
    page = send("/ask/", {"text": "can this mess up my heart?"})
    (hit,) = page.one("ul", class_="hits").all("li")
    assert hit.one("a").attributes["href"] == "/questions/heart/"
    assert not SubmittedQuestion.objects.exists()


def test_a_second_button_keeps_what_none_of_them_answers() -> None:
    make_publication("heart", **HEART)
    page = send("/ask/", {"text": "can this mess up my heart?"})
    thanks = send("/ask/", fields_of(page, "/ask/"))
    assert thanks.one("h1").text == "Sent to the team"
    assert SubmittedQuestion.objects.get().text == "can this mess up my heart?"


def test_where_nothing_is_found_it_is_kept_at_once_in_the_page_s_language() -> None:
    make_standing_texts("es")
    assert send("/es/ask/", {"text": "¿Puedo nadar?"}).one("h1").text == "Enviado al equipo"
    row = SubmittedQuestion.objects.get()
    assert (row.text, row.language) == ("¿Puedo nadar?", "es")


def test_what_is_urgent_in_a_question_stands_above_all_whether_it_is_kept_or_not() -> None:
    make_publication("heart", advice_cards=["fever"], **HEART)
    make_text(kind="danger_phrases", key="fever", title="Fever", text="fever since chemo\nburning up with fever")
    asked = {"text": "fever since chemo, is it my heart?"}
    for page in (send("/ask/", asked), send("/ask/", {**asked, "none_of_these": "1"})):
        assert "Call the 24-hour line at once." in page.one("section", id="urgent").text


def test_what_cannot_be_kept_is_told_and_stays_in_the_form() -> None:
    page = send("/ask/", {"text": "I am Jo, jo@example.org. Can I swim?"}, status=400)
    assert "“jo@example.org” (character 10) looks like a mail address." in page.one("p", role="alert").text
    assert page.one("textarea", name="text").text == "I am Jo, jo@example.org. Can I swim?"
    spanish = send("/es/ask/", {"text": ""}, status=400)
    assert spanish.one("p", role="alert").text == "Por favor, escriba algo primero."


def test_a_text_that_is_too_long_is_told_by_how_much() -> None:
    page = send("/ask/", {"text": "Can I swim? " * 200}, status=400)
    assert "longer than 2000 characters (it has 2399)" in page.one("p", role="alert").text
    assert page.one("textarea", name="text").text.startswith("Can I swim?")


def test_a_question_that_search_did_not_answer_comes_along() -> None:
    make_publication("heart", **HEART)
    (link,) = [each for each in see("/search/?q=heart+%26+soul").one("main").all("a") if "/ask/" in each.attributes["href"]]
    assert see(link.attributes["href"]).one("textarea", name="text").text == "heart & soul"


def test_a_form_on_another_site_is_refused() -> None:
    client = Client()
    for sent in ({"Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert client.post("/ask/", {"text": ASKED}, headers=sent).status_code == 403
    assert not SubmittedQuestion.objects.exists()
    assert client.post("/ask/", {"text": ASKED}, headers={"Origin": "http://testserver"}).status_code == 200


def test_too_much_from_one_address_is_told_and_nothing_is_lost() -> None:
    with mock.patch.dict(throttle.FROM_ONE, {"question": 1}):
        send("/ask/", {"text": "Can I swim?"})
        page = send("/ask/", {"text": "Can I fly?"}, status=429)
    assert "Please send it again in" in page.one("p", role="alert").text
    assert page.one("textarea", name="text").text == "Can I fly?"


# About an entry.


def test_an_entry_asks_whether_it_helped_and_leads_to_where_faults_are_told() -> None:
    make_publication("heart", **HEART)
    page = see("/questions/heart/")
    section = page.one("section", id="opinion")
    assert [each.text for each in section.all("button")] == ["Yes, it helped", "No, it did not"]
    assert send("/feedback/", {**fields_of(page, "/feedback/"), "helpful": "yes"}).one("h1").text == "Sent to the team"
    row = Feedback.objects.get()
    assert (row.publication.slug, row.publication.version, row.is_helpful) == ("heart", 1, True)
    links = [each.attributes["href"] for each in section.all("a")]
    assert links == ["/feedback/?slug=heart&version=1", "/report/?slug=heart&version=1"]


def test_an_opinion_comes_with_a_comment_from_a_page_of_its_own() -> None:
    make_publication("heart", **HEART)
    page = see("/feedback/?slug=heart&version=1")
    send("/feedback/", {**fields_of(page, "/feedback/"), "comment": "Too long.", "helpful": "no"})
    row = Feedback.objects.get()
    assert (row.is_helpful, row.comment) == (False, "Too long.")


def test_what_is_wrong_is_told_about_the_version_that_was_read() -> None:
    make_publication("heart", **HEART)
    page = see("/report/?slug=heart&version=1")
    assert page.one("main").text.startswith("Something wrong on this page? Can treatment harm my heart? version 1 We cannot reply")
    send("/report/", {**fields_of(page, "/report/"), "text": "The number is wrong."} | {"harm": "1"})
    row = Report.objects.get()
    assert (row.text, row.is_harmful, row.publication.version) == ("The number is wrong.", True, 1)


def test_harm_is_told_to_the_team_at_once() -> None:
    make_publication("heart", **HEART)
    lead = a("lead")
    lead.email = "lead@example.org"
    lead.save()
    send("/report/", {"slug": "heart", "version": "1", "text": "Wrong dose.", "harm": "1"})
    assert [sent.to for sent in mail.outbox] == [["lead@example.org"]]


def test_a_report_without_words_comes_back_as_it_was_filled_in() -> None:
    make_publication("heart", **HEART)
    page = send("/report/", {"slug": "heart", "version": "1", "text": " ", "harm": "1"}, status=400)
    assert page.one("p", role="alert").text == "Please write something first."
    assert "checked" in page.one("input", name="harm").attributes


@pytest.mark.parametrize(
    "query", ["", "slug=nothing&version=1", "slug=heart&version=2", "slug=heart&version=x", "slug=heart&version=" + "9" * 30]
)
@pytest.mark.parametrize("path", ["/report/", "/feedback/"])
def test_there_is_no_form_about_what_there_never_was(path: str, query: str) -> None:
    make_publication("heart", **HEART)
    assert Client().get(f"{path}?{query}").status_code == 404


def test_words_that_are_withheld_are_not_shown_on_the_form_about_them() -> None:
    publication = make_publication("heart", **HEART)
    workflow.withdraw(publication, by=a("reviewer"), at=NOW, reason="unsafe", withhold=[1])
    page = see("/report/?slug=heart&version=1")
    assert "harm my heart" not in page.one("main").text
