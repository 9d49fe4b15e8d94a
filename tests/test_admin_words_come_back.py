"""Whoever types while their session ends, or signs in anew in another tab, gets their words back, and nothing is done without them."""

import re
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from faq.admin_site import CAME_BACK, WITHOUT_WORDS
from faq.models import Answer, ImportFile, Publication, Question, ReviewDecision, StandingText, User
from tests.admin_client import form_in, page_of, verb_of
from tests.factories import PASSWORD, make_author, make_draft, make_lead, make_reviewer, make_submission, make_user

pytestmark = pytest.mark.django_db
TYPED = 'What I typed: <b>"15 & more"</b>\r\n\r\n…  ¿sí? 中文'


class Tab:
    """A tab of a browser that checks tokens as a server does; tabs of one `client` share its cookies."""

    def __init__(self, user: User, client: Client | None = None) -> None:
        self.user = user
        self.client = client or Client(enforce_csrf_checks=True)
        self.answer: Any = None
        self.address = ""
        if client is None:
            self.sign_in()

    def sign_in(self) -> None:
        """Go through the log-in page, whoever was signed in before."""
        end_session()
        self.open("/admin/login/")
        self.send(username=self.user.username, password=PASSWORD, next="/admin/")
        assert self.answer.status_code == 302

    def open(self, address: str) -> None:
        self.address, self.answer = address, self.client.get(address)
        assert self.answer.status_code == 200, address

    @property
    def page(self) -> str:
        return str(self.answer.content.decode()).replace("\r\n", "\n")  # as browsers read it

    def send(self, **entered: Any) -> None:
        """Send the form of the page, with the token that stands in it, to where it leads."""
        token = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', self.page)[-1]
        self.answer = self.client.post(self.address, entered | {"csrfmiddlewaretoken": token})

    def log_in_here(self, user: User | None = None, password: str = PASSWORD) -> None:
        """Fill in the log-in page that came in the place of an answer."""
        carried = Carried()
        carried.feed(self.page)
        self.send(username=(user or self.user).username, password=password, **carried.fields)

    def form(self, **changes: Any) -> dict[str, Any]:
        return form_in(self.page) | changes


class Carried(HTMLParser):
    """Reads the hidden fields that stand beside the log-in form."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, list[str]] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = {key: value or "" for key, value in attrs}
        if own.get("form") == "login-form":
            self.fields.setdefault(own["name"], []).append(own["value"])


def end_session() -> None:
    Session.objects.all().delete()


def said(tab: Tab) -> str:
    return unescape(tab.page)


def test_words_sent_after_the_session_ended_come_back_unsaved_after_signing_in() -> None:
    answer = make_draft(body="Old words.")
    before = Answer.objects.values().get()
    tab = Tab(answer.author)
    tab.open(page_of(answer))
    typed = tab.form(body=TYPED, phrasings="one\r\ntwo", **{"key_facts-0-label": "Fresh", "key_facts-0-value": "Words"})
    end_session()
    tab.send(**typed)
    assert tab.answer.status_code == 403
    tab.log_in_here()
    assert tab.answer.status_code == 200
    assert CAME_BACK in said(tab)
    assert tab.form() == typed
    assert Answer.objects.values().get() == before
    tab.send(**tab.form())
    assert tab.answer.status_code == 302
    assert Answer.objects.get().words != before["words"]


def test_words_sent_with_the_token_of_an_earlier_session_stand_in_their_form() -> None:
    answer = make_draft(body="Old words.")
    before = Answer.objects.values().get()
    tab = Tab(answer.author)
    tab.open(page_of(answer))
    typed = tab.form(body=TYPED)
    Tab(answer.author, tab.client).sign_in()
    tab.send(**typed)
    assert (tab.answer.status_code, CAME_BACK in said(tab), "DEBUG" in tab.page) == (403, True, False)
    assert tab.form() == typed
    assert Answer.objects.values().get() == before
    tab.send(**tab.form())
    assert tab.answer.status_code == 302


def test_words_survive_a_token_that_is_old_and_a_session_that_is_gone() -> None:
    answer = make_draft(body="Old words.")
    tab = Tab(answer.author)
    tab.open(page_of(answer))
    typed = tab.form(body=TYPED)
    Tab(answer.author, tab.client).sign_in()
    end_session()
    tab.send(**typed)
    tab.log_in_here()
    assert tab.form() == typed


def test_a_log_in_page_without_its_token_signs_nobody_in_and_loses_no_words() -> None:
    answer = make_draft(body="Old words.")
    tab = Tab(answer.author)
    tab.open(page_of(answer))
    typed = tab.form(body=TYPED)
    end_session()
    tab.send(**typed)
    tab.client.cookies.clear()
    tab.log_in_here()
    assert (tab.answer.status_code, Session.objects.count()) == (403, 0)
    tab.log_in_here()
    assert tab.form() == typed


def test_a_wrong_password_loses_no_words() -> None:
    answer = make_draft(body="Old words.")
    tab = Tab(answer.author)
    tab.open(page_of(answer))
    typed = tab.form(body=TYPED)
    end_session()
    tab.send(**typed)
    tab.log_in_here(password="wrong")
    assert tab.answer.context["form"].errors
    tab.log_in_here()
    assert tab.form() == typed


def test_signing_in_again_never_decides() -> None:
    submission = make_submission()
    tab = Tab(make_reviewer())
    tab.open(verb_of(submission, "request_changes"))
    typed = tab.form(comment=TYPED)
    decisions = ReviewDecision.objects.count()
    end_session()
    tab.send(**typed)
    tab.log_in_here()
    assert (tab.form(), ReviewDecision.objects.count()) == (typed, decisions)
    tab.send(**typed)
    assert (tab.answer.status_code, ReviewDecision.objects.count()) == (302, decisions + 1)


def test_a_second_log_in_page_is_no_order_to_the_page_behind_it() -> None:
    answer = make_draft()
    author = answer.author
    tab = Tab(author)
    other = Tab(author, tab.client)
    for window in (tab, other):
        window.open(verb_of(answer, "discard"))
    typed = tab.form(reason=TYPED)
    end_session()
    for window in (tab, other):
        window.send(**typed)
    tab.log_in_here()
    other.log_in_here()
    assert (other.form(), Answer.objects.get().status) == (typed, Answer.Status.DRAFT)
    # Even with a token that holds: a log-in is a log-in.
    tab.send(username=author.username, password=PASSWORD, **{"signs-in": "1"}, reason=TYPED)
    assert Answer.objects.get().status == Answer.Status.DRAFT


def adding(kind: str, **typed: str) -> tuple[str, dict[str, str]]:
    return f"/admin/faq/{kind}/add/", typed


@pytest.mark.parametrize(
    ("address", "typed"),
    [
        adding("question", slug="what-is-this", wording="What is this?"),
        adding("source", key="leaflet", title="A leaflet"),
        adding("topic", slug="her3", codes="ICD-10-CM | C50.-"),
        adding("standingtext", key="fever", title="Call", text="Call at once.\r\n\r\nDo."),
        adding("user", username="nurse.one"),
        ("/admin/faq/importrun/import/", {"attested_by": "Dr. Outside", "document": "Minutes 4"}),
    ],
)
def test_every_form_gives_its_words_back(address: str, typed: dict[str, str]) -> None:
    tab = Tab(make_lead() if "user" in address else make_user("author", "importer"))
    tab.open(address)
    counts = [model.objects.count() for model in (Question, StandingText, User, ImportFile)]
    fields = ("password1", "password2") if "user" in address else ()
    end_session()
    tab.send(**typed, **dict.fromkeys(fields, "not-in-a-page-1"))
    tab.log_in_here()
    assert "not-in-a-page-1" not in tab.page
    for value in typed.values():
        assert value.replace("\r\n", "\n") in said(tab)
    assert [model.objects.count() for model in (Question, StandingText, User, ImportFile)] == counts


def test_a_file_has_to_be_chosen_again() -> None:
    tab = Tab(make_author())
    tab.open("/admin/faq/importrun/import/")
    Tab(tab.user, tab.client).sign_in()
    tab.send(stage="0", file=SimpleUploadedFile("one.md", b"---\n---\n"))
    assert "Choose a file." in tab.page
    assert not ImportFile.objects.exists()


def test_a_button_without_words_is_to_be_pressed_again() -> None:
    answer = make_draft()
    author = answer.author
    tab = Tab(author)
    tab.open(verb_of(answer, "submit"))
    end_session()
    tab.send()
    tab.log_in_here()
    assert WITHOUT_WORDS in said(tab)
    assert Answer.objects.get().status == Answer.Status.DRAFT


def test_what_another_site_sent_is_shown_to_nobody() -> None:
    answer = make_draft()
    author = answer.author
    tab = Tab(author)
    for client in (tab.client, Client(enforce_csrf_checks=True)):
        forged = client.post(page_of(answer), {"body": "Forged words."}, headers={"origin": "https://elsewhere.example"})
        assert (forged.status_code, b"Forged" in forged.content, b"DEBUG" in forged.content) == (403, False, False)


def test_log_in_and_log_out_with_an_old_token_say_so_plainly() -> None:
    tab = Tab(make_author())
    for address in ("/admin/login/?next=/admin/", "/admin/logout/"):
        answer = tab.client.post(address, {"csrfmiddlewaretoken": "x" * 64})
        assert (answer.status_code, answer.headers["Location"]) == (302, "/admin/")
    end_session()
    tab.address = "/admin/login/?next=/admin/faq/question/"
    tab.answer = tab.client.post(tab.address, {"csrfmiddlewaretoken": "x" * 64, "username": tab.user.username, "password": PASSWORD})
    assert (tab.answer.status_code, WITHOUT_WORDS in said(tab), PASSWORD in tab.page) == (403, True, False)
    tab.send(username=tab.user.username, password=PASSWORD)
    assert tab.answer.headers["Location"] == "/admin/faq/question/"


def test_nothing_of_what_strangers_send_is_kept() -> None:
    before = [model.objects.count() for model in (Session, Question, Answer, Publication, ImportFile)]
    answer = Client().post("/admin/faq/question/add/", {"wording": "Words of a stranger"})
    assert (answer.status_code, answer.headers["Cache-Control"].split(",")[0]) == (403, "max-age=0")
    assert b"Words of a stranger" in answer.content
    assert [model.objects.count() for model in (Session, Question, Answer, Publication, ImportFile)] == before


def test_where_no_form_holds_the_words_the_page_does_not_say_so() -> None:
    tab = Tab(make_author())
    tab.open("/admin/faq/question/")
    end_session()
    tab.send(action="export_folder", _selected_action="1")
    tab.log_in_here()
    assert (WITHOUT_WORDS in said(tab), CAME_BACK in said(tab)) == (True, False)
