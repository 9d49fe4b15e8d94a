"""What readers wrote is deleted after a set time; what an editor made of it, and what waits for somebody, is not lost."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail

from faq import alarms, jobs, workflow
from faq.models import Feedback, MissedSearch, ReaderWrite, Report, SubmittedQuestion
from tests.factories import NOW, a, approve, make_lead, make_publication
from tests.inbox import ASKED, make_asked, make_feedback, make_report

pytestmark = pytest.mark.django_db
OVER = NOW + timedelta(days=90, seconds=1)


def run(at: Any = OVER) -> dict[str, int]:
    return jobs.run(at)


def test_questions_go_sorted_or_not() -> None:
    make_asked()
    workflow.reject_question(make_asked("What is the weather?"), by=a("author"), at=NOW, reason="No.")
    make_asked("Is a tattoo allowed?", at=NOW + timedelta(days=1))
    assert run(NOW + timedelta(days=90))["readers_words_deleted"] == 0
    assert run()["readers_words_deleted"] == 2
    assert SubmittedQuestion.objects.get().text == "Is a tattoo allowed?"


def test_how_long_is_a_setting(settings: Any) -> None:
    settings.READER_TEXT_DAYS = 7
    make_asked()
    assert run(NOW + timedelta(days=8))["readers_words_deleted"] == 1


def test_a_way_of_asking_that_waits_for_the_next_version_stays_without_the_readers_words() -> None:
    publication = make_publication("swimming")
    workflow.link_question(make_asked("can I swim??"), by=a("reviewer"), at=NOW, slug="swimming", phrasing=ASKED)
    run()
    row = SubmittedQuestion.objects.get()
    assert (row.text, row.terms, row.phrasing) == ("", "", ASKED)
    draft = workflow.start_revision(publication.question, by=a("author"), at=OVER)
    run()
    assert SubmittedQuestion.objects.get().phrasing == ASKED  # the draft may be given up
    submission = workflow.submit(draft, by=a("author"), at=OVER)
    approve(submission, at=OVER)
    workflow.publish(submission, by=a("publisher"), at=OVER)
    run()
    assert not SubmittedQuestion.objects.exists()


def test_comments_go_and_opinions_stay() -> None:
    make_feedback(make_publication(), helpful=False, comment="Too long.")
    run()
    row = Feedback.objects.get()
    assert (row.is_helpful, row.comment) == (False, "")


def test_a_report_stays_until_it_was_closed_for_so_long() -> None:
    report = make_report(make_publication())
    run()
    assert Report.objects.get().text == "The number is wrong."
    workflow.close_report(report, by=a("reviewer"), at=OVER, reason="It is right.")
    run(OVER + timedelta(days=91))
    row = Report.objects.get()
    assert (row.text, row.reason) == ("", "It is right.")


def test_searches_that_nobody_repeats_and_counts_of_addresses_go() -> None:
    MissedSearch.objects.create(digest="1", words="purple rash", days=5, last_on=NOW.date())
    ReaderWrite.objects.create(key="0" * 64, at=NOW)
    run(NOW + timedelta(days=1, seconds=1))
    assert (MissedSearch.objects.count(), ReaderWrite.objects.count()) == (1, 0)
    run(OVER + timedelta(days=1))
    assert not MissedSearch.objects.exists()


def test_the_clock_mails_about_harm_until_it_went_out(monkeypatch: pytest.MonkeyPatch) -> None:
    report = make_report(make_publication(), harm=True)
    assert run(NOW)["unreached"] == 1
    make_lead(email="lead@example.org")
    with monkeypatch.context() as broken:
        broken.setattr(alarms, "send_mail", lambda *_: 0)
        assert run(NOW)["alarmed"] == 0
    assert run(NOW)["alarmed"] == 1
    assert run(NOW)["alarmed"] == 0
    assert len(mail.outbox) == 1
    report.refresh_from_db()
    assert report.told_at == NOW


def test_of_what_was_closed_nobody_is_mailed() -> None:
    make_lead(email="lead@example.org")
    report = make_report(make_publication(), harm=True)
    workflow.close_report(report, by=a("reviewer"), at=NOW, reason="Seen on the list.")
    assert run(NOW)["alarmed"] == 0
    assert mail.outbox == []
