"""POST reports/ and feedback/: about one version, kept for the team; harm is told at once to whoever is on duty."""

from typing import Any

import pytest
from django.core import mail

from faq import alarms, workflow
from faq.models import Feedback, Publication, Report
from tests.factories import NOW, a, make_lead, make_publication, make_reviewer, make_topic, reviewer_row
from tests.reading import LATER, post

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def publication() -> Publication:
    make_topic("hearts")
    return make_publication("heart", topics=["hearts"])


def report(**members: Any) -> Any:
    return post("reports/", {"slug": "heart", "version": 1, "text": "The number is wrong.", **members})


def feedback(*, key: str = "", **members: Any) -> Any:
    sent: dict[str, Any] = {"idempotency_key": key} if key else {}
    return post("feedback/", {"slug": "heart", "version": 1, "helpful": True, **members}, **sent)


def on_duty(**scope: Any) -> str:
    """Return the mail address of a reviewer who is on duty."""
    user = make_reviewer(**scope)
    user.email = f"{user.username}@example.org"
    user.save()
    workflow.put_on_duty(reviewer_row(user), by=a("lead"), at=NOW)
    return user.email


# Reports.


def test_a_report_is_kept_about_its_version() -> None:
    answer = report()
    assert (answer.status_code, answer.json()["urgent_advice"]) == (202, [])
    row = Report.objects.get()
    assert (row.publication.slug, row.publication.version, row.text, row.is_harmful) == ("heart", 1, "The number is wrong.", False)
    assert mail.outbox == []


def test_of_harm_whoever_is_on_duty_is_mailed_at_once_without_the_readers_words() -> None:
    address = on_duty()
    on_duty(topics=["hearts"], languages=["es"])
    make_lead(email="lead@example.org")
    assert report(harm=True).status_code == 202
    (sent,) = mail.outbox
    row = Report.objects.get()
    assert (sent.to, sent.subject) == ([address], "A reader reports harm: heart")
    assert f"http://testserver/admin/faq/report/{row.pk}/change/" in sent.body
    assert "The number is wrong." not in sent.body
    assert row.told_at == LATER


def test_where_nobody_is_on_duty_all_who_may_decide_are_mailed_and_the_leads() -> None:
    user = make_reviewer()
    user.email = "reviewer@example.org"
    user.save()
    make_lead(email="lead@example.org")
    report(harm=True)
    assert mail.outbox[0].to == ["lead@example.org", "reviewer@example.org"]


def test_a_report_is_kept_though_no_mail_goes_out(monkeypatch: pytest.MonkeyPatch) -> None:
    on_duty()

    def fail(*_: Any, **__: Any) -> Any:
        raise OSError("no server")

    monkeypatch.setattr(alarms, "send_mail", fail)
    assert report(harm=True).status_code == 202
    assert Report.objects.get().told_at is None


@pytest.mark.parametrize(
    ("members", "field", "says"),
    [
        ({"slug": "nothing"}, "slug", "There is no such entry."),
        ({"version": 2}, "version", "There is no such version."),
        ({"version": 0}, "version", "Must be 1 or more."),
        ({"version": "1"}, "version", "Must be a whole number."),
        ({"text": ""}, "text", "Must not be empty."),
        ({"text": "Call me on 07700 900123"}, "text", "“07700 900123” (character 12) looks like a telephone number."),
        ({"harm": 1}, "harm", "Must be true or false."),
        ({"slug": "Heart!"}, "slug", "Must be lower-case letters, digits and hyphens between them."),
    ],
)
def test_a_report_that_means_nothing_is_told_why(members: dict[str, Any], field: str, says: str) -> None:
    answer = report(**members)
    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert (error["field"], error["detail"][: len(says)]) == (field, says)
    assert not Report.objects.exists()


def test_a_version_that_was_taken_down_can_be_reported() -> None:
    workflow.withdraw(Publication.objects.get(), by=a("reviewer"), at=NOW, reason="unsafe", withhold=[1])
    assert report().status_code == 202


# Opinions.


def test_an_opinion_is_kept_with_its_comment() -> None:
    assert feedback(helpful=False, comment="Too long.").status_code == 202
    row = Feedback.objects.get()
    assert (row.publication.version, row.is_helpful, row.comment, row.key) == (1, False, "Too long.", None)


def test_one_that_comes_again_under_its_key_counts_once() -> None:
    assert [feedback(key="one").status_code for _ in range(3)] == [202, 202, 202]
    assert feedback(key="two").status_code == 202
    assert Feedback.objects.count() == 2


def test_a_key_that_came_with_something_else_is_refused() -> None:
    feedback(key="one")
    answer = feedback(key="one", helpful=False)
    assert (answer.status_code, Feedback.objects.get().is_helpful) == (422, True)


def test_no_key_is_kept_as_it_came() -> None:
    feedback(key="my-telephone")
    assert Feedback.objects.get().key != "my-telephone"


def test_a_key_has_an_end() -> None:
    assert feedback(key="k" * 256).status_code == 400
