"""Live is live: no server starts as live on a demonstration, no demo account signs in, and no entry comes out unlicensed."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from pytest_django import Settings

from faq import workflow
from faq.checks import refuse_demonstration
from faq.models import Answer, Publication, ReviewDecision
from faq.readiness import findings
from faq.workflow import TransitionRefused
from tests.drafts import make_context, make_words
from tests.factories import NOW, PASSWORD, a, approve, make_approved, make_draft, make_lead, make_publication, make_submission
from tests.interchange import Heard, counts, entry, lines, publish

ENVIRONMENT = {
    "DJANGO_SETTINGS_MODULE": "faq_service.settings",
    "SECRET_KEY": "0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "ALLOWED_HOSTS": "faq.example.org",
    "DEBUG": "0",
    "ENV_FILE": os.devnull,
    "PUBLIC_URL": "https://faq.example.org",
}
MAKE_DEMO = "from faq.models import User; User.objects.create_user('demo-lead', is_demo=True)"


@pytest.mark.django_db
def test_a_live_library_does_not_start_on_demo_people(settings: Settings) -> None:
    settings.LIBRARY_STATUS = "live"
    refuse_demonstration()
    make_lead(is_demo=True)
    with pytest.raises(ImproperlyConfigured, match=r"live and 1 demo account\(s\) in the database\. Start the live library"):
        refuse_demonstration()


@pytest.mark.django_db
def test_nor_on_what_they_decided(settings: Settings) -> None:
    lead = make_lead(username="the-lead", is_demo=True)
    make_publication()
    assert ReviewDecision.objects.filter(is_demo=True).exists()
    type(lead).objects.filter(pk=lead.pk).update(is_demo=False)
    refuse_demonstration()
    settings.LIBRARY_STATUS = "live"
    with pytest.raises(ImproperlyConfigured, match=r"decision\(s\) of demo people"):
        refuse_demonstration()


def run(database: Path, status: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    own = {"DATABASE_URL": f"sqlite:///{database}", "LIBRARY_STATUS": status}
    return subprocess.run(  # noqa: S603
        [sys.executable, *arguments], env=os.environ | ENVIRONMENT | own, capture_output=True, text=True, check=False, timeout=60
    )


def test_neither_server_starts_as_live_on_a_demonstration(tmp_path: Path) -> None:
    database = tmp_path / "library.sqlite3"
    for arguments in (["migrate", "-v0"], ["shell", "-c", MAKE_DEMO]):
        assert run(database, "demonstration", "manage.py", *arguments).returncode == 0
    # A host that is nowhere: were the library not refused, it would not stay up either.
    served = run(database, "live", "manage.py", "serve", "--host", "192.0.2.1")
    assert (served.returncode, served.stdout) == (1, "")
    assert served.stderr.startswith("CommandError: LIBRARY_STATUS is live and 1 demo account(s) in the database.")
    imported = run(database, "live", "-c", "import faq_service.wsgi")
    assert imported.returncode == 1
    assert "ImproperlyConfigured: LIBRARY_STATUS is live" in imported.stderr
    assert run(database, "demonstration", "-c", "import faq_service.wsgi").returncode == 0


def sign_in(user: Any) -> Client:
    client = Client()
    client.post("/admin/login/", {"username": user.username, "password": PASSWORD, "next": "/admin/"})
    return client


@pytest.mark.django_db
@pytest.mark.parametrize(("status", "is_demo", "enters"), [("live", True, False), ("live", False, True), ("demonstration", True, True)])
def test_a_demo_account_signs_in_to_a_demonstration_only(settings: Settings, status: str, is_demo: bool, enters: bool) -> None:
    settings.LIBRARY_STATUS = status
    client = sign_in(make_lead(is_demo=is_demo))
    assert ("_auth_user_id" in client.session) is enters


@pytest.mark.django_db
def test_a_session_of_a_demo_account_ends_when_the_library_becomes_live(settings: Settings) -> None:
    client = sign_in(make_lead(is_demo=True))
    assert client.get("/admin/").status_code == 200
    settings.LIBRARY_STATUS = "live"
    assert client.get("/admin/").status_code == 302


# Live is licensed.

OURS = {"name": "The Centre", "contact": "answers@centre.example"}
RESPONSIBLE = (
    "The library is live: say which organisation answers for these words, and how readers reach it. A lead does that in the draft."
)
LICENCE = "The library is live: say under which licence these words may be used."
LACKING = [
    ({"licence": "", "responsible": OURS}, [("licence-missing", "error", LICENCE, "licence")]),
    ({"licence": "CC BY 4.0"}, [("responsible-missing", "error", RESPONSIBLE, "responsible")]),
    ({"licence": "CC BY 4.0", "responsible": OURS}, []),
]


@pytest.mark.parametrize(("provenance", "told"), LACKING)
def test_in_a_live_library_a_text_has_its_licence_and_somebody_who_answers(
    provenance: dict[str, Any], told: list[tuple[str, str, str, str]]
) -> None:
    words = make_words(provenance={"origin": "human"} | provenance)
    assert [(each.code, each.grade, each.message, each.field) for each in findings(words, make_context(is_live=True))] == told
    assert findings(words, make_context()) == []


@pytest.fixture
def live(settings: Settings) -> Settings:
    """A live library whose settings name somebody who answers."""
    settings.LIBRARY_STATUS = "live"
    settings.RESPONSIBLE_NAME, settings.RESPONSIBLE_CONTACT = OURS["name"], OURS["contact"]
    return settings


@pytest.mark.django_db
def test_what_has_both_comes_out(live: Settings) -> None:
    assert make_publication().status == "current"


@pytest.mark.django_db
def test_what_has_no_licence_is_not_approved(live: Settings) -> None:
    with pytest.raises(TransitionRefused, match=f"^Not ready: {LICENCE}$"):
        approve(make_submission(licence=""))


@pytest.mark.django_db
def test_nor_what_nobody_answers_for_until_a_lead_names_somebody(live: Settings) -> None:
    live.RESPONSIBLE_NAME = live.RESPONSIBLE_CONTACT = ""
    answer = make_draft()
    submission = make_submission(answer)
    with pytest.raises(TransitionRefused, match=f"^Not ready: {RESPONSIBLE}$"):
        approve(submission)
    workflow.recall(answer, by=a("author"), at=NOW)
    workflow.edit(answer, by=a("lead"), at=NOW, changes={"responsible": OURS})
    assert approve(make_submission(Answer.objects.get())).kind == "approve"


@pytest.mark.django_db
@pytest.mark.parametrize("changes", [{}, {"licence": ""}])
def test_what_was_approved_in_a_demonstration_is_asked_again_before_it_comes_out(settings: Settings, changes: dict[str, Any]) -> None:
    submission = make_approved(**changes)
    settings.LIBRARY_STATUS = "live"
    with pytest.raises(TransitionRefused, match="Not ready: The library is live"):
        workflow.publish(submission, by=a("publisher"), at=NOW)
    settings.LIBRARY_STATUS = "demonstration"
    assert workflow.publish(submission, by=a("publisher"), at=NOW).status == "current"


@pytest.mark.django_db
def test_so_is_a_version_that_is_to_come_back(settings: Settings) -> None:
    first, _ = make_publication("her2"), make_publication("her2")
    settings.LIBRARY_STATUS = "live"
    with pytest.raises(TransitionRefused, match="Not ready: The library is live"):
        workflow.restore(Publication.objects.get(pk=first.pk), by=a("reviewer"), at=NOW, comment="It was right.")


@pytest.mark.django_db
def test_a_file_is_told_where_it_lacks_its_licence_and_is_answered_for_by_the_settings(live: Settings, tmp_path: Path) -> None:
    heard, path = Heard(), lines(tmp_path / "rows.jsonl", [entry("one"), entry("two", licence="CC BY 4.0")])
    assert publish(path, heard=heard, skip_invalid=True) == counts(created=1, refused=1)
    assert heard.errors == [f"rows.jsonl:1: licence: {LICENCE}"]
    assert publish(lines(tmp_path / "again.jsonl", [entry("two", licence="CC BY 4.0", body="It is [^s1].")])) == counts(new_version=1)
    assert [row.slug for row in Publication.objects.current()] == ["two"]


@pytest.mark.django_db
def test_a_file_that_nobody_answers_for_is_refused_whole(live: Settings, tmp_path: Path) -> None:
    live.RESPONSIBLE_NAME = live.RESPONSIBLE_CONTACT = ""
    heard = Heard()
    assert publish(lines(tmp_path / "rows.jsonl", [entry(licence="CC BY 4.0")]), heard=heard) == counts(refused=1)
    assert heard.errors == [f"rows.jsonl:1: responsible: {RESPONSIBLE}"]
