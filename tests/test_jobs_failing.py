"""One job, or one row, that fails stops no other; the failure is logged, counted, and the status that cron sees."""

from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core import mail
from django.core.management import CommandError, call_command

from faq import jobs, workflow
from faq.models import Answer, Publication, ReviewReminder, StandingText
from tests.factories import NOW, a, approve, make_approved, make_draft, make_lead, make_publication, make_submission, make_topic

pytestmark = pytest.mark.django_db


def fail(*_: Any, **__: Any) -> Any:
    raise RuntimeError("a fault of ours")


@pytest.mark.parametrize("name", jobs.JOBS)
def test_a_job_that_fails_stops_no_other(name: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    done: list[str] = []

    def note(job: str) -> jobs.Job:
        def noted(at: datetime, trouble: jobs.Trouble) -> int:
            done.append(job)
            return 1

        return noted

    for job in jobs.JOBS:
        monkeypatch.setitem(jobs.JOBS, job, fail if job == name else note(job))
    counts = jobs.run(NOW)
    assert done == [job for job in jobs.JOBS if job != name]
    assert (counts[name], counts["failed"]) == (0, 1)
    assert f"{name} failed" in caplog.text
    assert "a fault of ours" in caplog.text


def test_a_row_that_fails_stops_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    for slug in ("first", "second"):
        workflow.schedule(make_approved(make_draft(slug)), by=a("publisher"), at=NOW, moment=NOW + timedelta(days=1))
    publish = workflow.publish_scheduled

    def publish_but_first(answer: Answer, *, at: datetime) -> Any:
        return fail() if answer.question.slug == "first" else publish(answer, at=at)

    monkeypatch.setattr(workflow, "publish_scheduled", publish_but_first)
    counts = jobs.run(NOW + timedelta(days=2))
    assert (counts["published"], counts["failed"]) == (1, 1)
    assert Publication.objects.get().slug == "second"


def test_cron_is_told_by_the_exit_status(monkeypatch: pytest.MonkeyPatch) -> None:
    printed = StringIO()
    call_command("run_jobs", stdout=printed)
    assert "refused=0 failed=0" in printed.getvalue()
    monkeypatch.setitem(jobs.JOBS, "composed", fail)
    with pytest.raises(CommandError, match="1 of what was to be done failed") as told:
        call_command("run_jobs", stdout=printed)
    assert told.value.returncode == 1


def test_a_digest_that_fails_for_whatever_reason_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    make_lead(email="lead@example.org")
    make_publication("soon", review_in_days=10)
    with monkeypatch.context() as broken:
        broken.setattr(jobs, "send_mail", fail)
        assert jobs.run(NOW)["failed"] == 1
    assert not ReviewReminder.objects.exists()
    assert jobs.run(NOW)["reminded"] == 1
    assert len(mail.outbox) == 1


def test_an_entry_that_cannot_expire_keeps_no_other_from_it() -> None:
    make_topic("news", may_expire=True)
    day = NOW.date() + timedelta(days=30)
    for slug, language in (("first", "en"), ("second", "es")):
        submission = make_submission(make_draft(slug, topics=["news"], language=language))
        approve(submission, next_review_due_on=day, expires_on=day)
        workflow.publish(submission, by=a("publisher"), at=NOW)
    text = StandingText.objects.get(key="expired", language="en")
    StandingText.objects.filter(pk=text.pk).update(ends_at=NOW)
    counts = jobs.run(NOW + timedelta(days=31))
    assert (counts["expired"], counts["refused"]) == (1, 1)
    assert Publication.objects.current().get().slug == "first"
