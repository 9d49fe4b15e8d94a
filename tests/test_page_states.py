"""What a page says when its entry is old, doubted, late or gone."""

from datetime import date, timedelta
from typing import Any

import pytest

from faq import workflow
from faq.models import EvidenceAlert, Publication, Submission
from tests.browsing import in_order, see, visit
from tests.factories import NOW, a, approve, make_draft, make_publication, make_reviewer, make_submission, make_text, make_user
from tests.reading import LATER

pytestmark = pytest.mark.django_db

NOTICE = "This answer was taken down. Ask the care team."
MARKER = "Only this version says marmalade."


def withdraw(publication: Publication, **arguments: Any) -> None:
    """Take an entry down."""
    told: dict[str, Any] = {"by": a("reviewer"), "at": LATER, "reason": "outdated"}
    workflow.withdraw(publication, **told | arguments)


def test_an_old_version_says_so_above_all_and_leads_to_the_new_one() -> None:
    make_publication("changed", short_answer=MARKER)
    make_publication("changed", at=LATER, short_answer="HER2 is a protein.", change_note="Shorter.")
    page = see("/questions/changed/versions/1/")
    assert in_order(page, "This is an old version", "It was replaced on 2 March 2026", "Go to what we say now", MARKER)
    assert "/questions/changed/" in {link.attributes["href"] for link in page.one("main").all("a")}
    assert MARKER not in see("/questions/changed/").text


def test_the_version_in_force_carries_no_such_warning() -> None:
    make_publication("changed")
    assert "old version" not in see("/questions/changed/versions/1/").text


def test_every_version_is_listed_with_what_changed() -> None:
    make_publication("changed", change_note="First.")
    make_publication("changed", at=LATER, short_answer="HER2 is a protein.", change_note="Shorter.")
    second, first = see("/questions/changed/versions/").one("ol", class_="versions").all("li")
    assert second.text == "Version 2 Shown now Shown since 2 March 2026 Shorter."
    assert first.text == "Version 1 Replaced Shown from 2 March 2026 to 2 March 2026 First."


def test_an_entry_taken_down_is_a_410_with_notice_reason_advice_and_replacement() -> None:
    make_publication("better", question="What is better?")
    withdraw(make_publication("worse", short_answer=MARKER, advice_cards=["fever"]), replacement="better")
    page = see("/questions/worse/", status=410)
    assert page.one("h1").text == "This answer was taken down"
    assert in_order(
        page, NOTICE, "It has not been shown since 2 March 2026", "out of date", "What is better?", "Emergency", "Fever of 38 °C"
    )
    assert "/questions/better/" in {link.attributes["href"] for link in page.all("a")}
    assert MARKER not in page.text


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("unsafe", "might not be safe"),
        ("outdated", "out of date"),
        ("source_retracted", "was taken back"),
        ("duplicate", "covers the same question"),
        ("legal", "legal reasons"),
        ("error", "a mistake"),
        ("other", "has not been shown"),
    ],
)
def test_the_reason_is_told_in_plain_words(reason: str, words: str) -> None:
    withdraw(make_publication("worse"), reason=reason)
    text = see("/questions/worse/", status=410).one("main").text
    assert words in text
    assert reason not in text or reason in ("duplicate", "legal", "other")


def test_a_notice_in_a_reviewers_own_words_replaces_the_standing_one_once_confirmed() -> None:
    publication = make_publication("worse")
    withdraw(publication, notice_text="Call your pharmacist about this page.")
    assert NOTICE in see("/questions/worse/", status=410).text
    workflow.confirm(publication, by=make_reviewer(), at=LATER)
    assert "Call your pharmacist about this page." in see("/questions/worse/", status=410).text


def test_a_version_taken_down_but_not_withheld_stays_readable_under_a_warning() -> None:
    withdraw(make_publication("worse", short_answer=MARKER))
    assert in_order(see("/questions/worse/versions/1/"), "This answer was taken down", "Please do not rely on it", MARKER)


@pytest.mark.parametrize("path", ["/questions/worse/", "/questions/worse/versions/1/", "/es/questions/worse/versions/1/"])
def test_of_withheld_text_no_page_shows_a_word(path: str) -> None:
    publication = make_publication("worse", question="Why marmalade?", short_answer=MARKER, change_note="More marmalade.")
    withdraw(publication, withhold=[1])
    assert "marmalade" not in visit(path, status=410).content.decode()
    assert "marmalade" not in visit("/questions/worse/versions/").content.decode()


def test_a_withheld_old_version_leads_to_the_words_in_force() -> None:
    make_publication("changed", short_answer=MARKER)
    withdraw(make_publication("changed", short_answer="Second."), withhold=[1])
    make_publication("changed", short_answer="Third.")
    page = see("/questions/changed/versions/1/", status=410)
    assert page.one("h1").text == "This version is no longer shown"
    assert "/questions/changed/" in {link.attributes["href"] for link in page.all("a")}


def test_erased_words_leave_the_fact_that_they_were_there() -> None:
    publication = make_publication("worse", short_answer=MARKER)
    withdraw(publication)
    erasure = workflow.erase(publication, by=a("lead"), at=LATER, legal_basis="A court order.")
    workflow.confirm_erasure(erasure, by=a("reviewer"), at=LATER)
    page = see("/questions/worse/", status=410)
    assert page.one("h1").text == "The words of this version were removed"
    assert "Version 1" in see("/questions/worse/versions/").text


def test_an_entry_being_checked_stays_up_under_the_approved_warning() -> None:
    workflow.hold(make_publication("doubted"), by=a("reviewer"), at=LATER, comment="A reader wrote.")
    make_text(key="held", title="We are checking this", text="Ask the care team first.", at=LATER)
    page = see("/questions/doubted/", at=LATER + timedelta(minutes=1))
    assert in_order(page, "We are checking this", "Ask the care team first.", "HER2 is a protein that")
    assert "Being checked" in see("/", at=LATER + timedelta(minutes=1)).text


def test_a_page_that_nobody_checked_in_time_says_so() -> None:
    make_publication("late", review_in_days=10)
    on_time, too_late = (see("/questions/late/", at=NOW + timedelta(days=days)) for days in (10, 11))
    assert "We are late" not in on_time.text
    assert in_order(too_late, "We are late checking this page", "by 12 March 2026", "HER2 is a protein that")


@pytest.mark.parametrize(
    ("outcome", "words"),
    [("", "We are checking what that means"), ("minor", "touches small points only"), ("affected", "Ask your care team before you rely")],
)
def test_a_source_that_no_longer_stands_is_told_where_it_counts(outcome: str, words: str) -> None:
    publication = make_publication("doubted")
    workflow.mark_source(publication.sources.get(), by=a("reviewer"), at=LATER, state="retracted", comment="The journal says so.")
    if outcome:
        workflow.triage_alert(EvidenceAlert.objects.get(), by=a("reviewer"), at=LATER, outcome=outcome, note="Read again.")
    page = see("/questions/doubted/")
    assert in_order(page, words, "HER2 is a protein that")
    assert "has since been taken back" in page.one("li", id="source-1").text


def test_a_source_found_harmless_raises_no_alarm() -> None:
    publication = make_publication("calm")
    workflow.mark_source(publication.sources.get(), by=a("reviewer"), at=LATER, state="superseded", comment="A new edition.")
    workflow.triage_alert(EvidenceAlert.objects.get(), by=a("reviewer"), at=LATER, outcome="unaffected", note="The same facts.")
    page = see("/questions/calm/")
    assert "A source of this answer has changed" not in page.text
    assert "replaced by a newer one" in page.one("li", id="source-1").text


def test_a_review_done_elsewhere_is_told_as_that() -> None:
    submission = make_submission(make_draft("theirs"))
    told = {"attested_by": "Dr. A. Outside", "attested_on": date(2026, 2, 3), "document": "Minutes 7"}
    workflow.attest(submission, by=a("importer"), at=NOW, next_review_due_on=date(2027, 1, 1), **told)  # type: ignore[arg-type]
    workflow.publish(Submission.objects.get(pk=submission.pk), by=a("publisher"), at=NOW)
    page = see("/questions/theirs/")
    assert "Reviewed elsewhere by Dr. A. Outside on 3 February 2026. On record: Minutes 7." in page.text
    assert "Reviewed by" not in page.text


def test_a_reviewer_who_agreed_is_named() -> None:
    ana = make_user(first_name="Ana", last_name="Ruiz", name_is_public=True)
    submission = make_submission(make_draft("named"))
    approve(submission, by=make_reviewer(user=ana))
    workflow.publish(Submission.objects.get(pk=submission.pk), by=a("publisher"), at=NOW)
    assert "Reviewed by Ana Ruiz, Oncology nurse, on 2 March 2026." in see("/questions/named/").text


def test_what_never_was_is_a_404() -> None:
    make_publication("ours")
    for path in (
        "/questions/unknown/",
        "/questions/unknown/versions/",
        "/questions/ours/versions/2/",
        f"/questions/ours/versions/{10**30}/",
    ):
        visit(path, status=404)
