"""Guessing at a password is slowed down per account and address; nobody is locked out by what somebody else tries, and the log knows."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from faq import jobs, sign_in
from faq.models import SignInAttempt
from tests.factories import PASSWORD, make_lead

pytestmark = pytest.mark.django_db

HERE, ELSEWHERE = "192.0.2.1", "192.0.2.2"
TOO_MANY = "Too many tries with this account from where you are. Wait 15 minutes"


def enter(username: str, password: str, address: str = HERE, **headers: Any) -> tuple[bool, str]:
    """Try to sign in; return whether it went through, and the page."""
    client = Client(REMOTE_ADDR=address, headers=headers)
    answer = client.post("/admin/login/", {"username": username, "password": password, "next": "/admin/"})
    return "_auth_user_id" in client.session, answer.content.decode()


def guess(username: str, times: int = sign_in.TRIES, **told: Any) -> None:
    for number in range(times):
        assert not enter(username, f"wrong {number}", **told)[0]


def test_after_too_many_wrong_passwords_the_right_one_is_not_looked_at() -> None:
    lead = make_lead()
    guess(lead.username, 40)
    entered, page = enter(lead.username, PASSWORD)
    assert not entered
    assert TOO_MANY in page


@pytest.mark.parametrize("name", [str.upper, lambda name: f" {name} "])
def test_another_way_to_write_the_name_makes_no_difference(name: Any) -> None:
    lead = make_lead()
    guess(lead.username)
    assert TOO_MANY in enter(name(lead.username), "wrong again")[1]


def test_neither_the_person_elsewhere_nor_a_colleague_here_is_locked_out() -> None:
    lead, colleague = make_lead(), make_lead()
    guess(lead.username, 40)
    assert enter(lead.username, PASSWORD, ELSEWHERE)[0]
    assert enter(colleague.username, PASSWORD)[0]
    assert TOO_MANY in enter(lead.username, PASSWORD)[1]


def test_who_remembers_in_time_begins_anew() -> None:
    lead = make_lead()
    for _ in range(3):
        guess(lead.username, sign_in.TRIES - 1)
        assert enter(lead.username, PASSWORD)[0]


def test_after_a_while_it_is_looked_at_again_however_often_one_asked_meanwhile() -> None:
    lead = make_lead()
    guess(lead.username, 40)
    assert SignInAttempt.objects.count() == sign_in.TRIES
    SignInAttempt.objects.update(at=timezone.now() - sign_in.WINDOW - timedelta(seconds=1))
    assert enter(lead.username, PASSWORD)[0]


def test_an_account_that_is_not_there_is_answered_alike() -> None:
    guess("nobody")
    assert TOO_MANY in enter("nobody", PASSWORD)[1]


def test_behind_a_proxy_the_address_is_the_one_it_adds(settings: Settings) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    lead = make_lead()
    for number in range(sign_in.TRIES):
        assert not enter(lead.username, "wrong", "10.0.0.1", x_forwarded_for=f"203.0.113.{number}, {HERE}")[0]
    assert TOO_MANY in enter(lead.username, PASSWORD, "10.0.0.1", x_forwarded_for=f"203.0.113.99, {HERE}")[1]
    assert enter(lead.username, PASSWORD, "10.0.0.1", x_forwarded_for=ELSEWHERE)[0]


def test_without_a_proxy_nobody_chooses_their_address() -> None:
    lead = make_lead()
    for number in range(sign_in.TRIES):
        enter(lead.username, "wrong", x_forwarded_for=f"203.0.113.{number}")
    assert TOO_MANY in enter(lead.username, PASSWORD, x_forwarded_for="203.0.113.99")[1]


def test_every_try_is_in_the_log_and_no_password_typed_as_a_name(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "faq.sign_in")
    lead = make_lead()
    enter(lead.username, PASSWORD)
    guess(lead.username)
    enter(lead.username, PASSWORD)
    enter("my secret password", "x")
    account = f"Sign-in of account {lead.pk} from {HERE}"
    assert caplog.messages == [
        f"{account}.",
        *[f"{account} failed."] * sign_in.TRIES,
        f"{account} was refused: too many tries.",
        f"Sign-in of an unknown account from {HERE} failed.",
    ]


def test_an_address_somebody_made_up_writes_no_line_of_its_own(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    enter("nobody", "x", x_forwarded_for="1.2.3.4\nSign-in of an admin.")
    assert all("\n" not in message for message in caplog.messages if message.startswith("Sign-in"))


def test_old_tries_are_forgotten() -> None:
    guess("nobody")
    jobs.run(timezone.now() + timedelta(days=2))
    assert not SignInAttempt.objects.exists()
