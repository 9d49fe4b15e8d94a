"""Review dates act: reaffirming, reminders, expiry, and evidence that moved."""

from datetime import UTC, date, datetime, timedelta
from smtplib import SMTPRecipientsRefused
from typing import Any

import pytest
from django.core import mail
from django.core.mail import BadHeaderError
from pytest_django import Settings

from faq import jobs, verify, workflow
from faq.clock import end_of_day, next_review_change, review_state, start_of_day
from faq.content.state import load_state
from faq.models import EvidenceAlert, Publication, ReviewReminder, Source
from faq.workflow import TransitionRefused
from tests.factories import NOW, a, approve, make_draft, make_publication, make_reviewer, make_source, make_submission, make_topic

pytestmark = pytest.mark.django_db


def again(publication: Publication) -> Publication:
    """Return the version as the database has it."""
    return Publication.objects.select_related("last_change").get(pk=publication.pk)


def test_an_entry_is_due_in_the_last_thirty_days_and_overdue_after_its_date() -> None:
    due_on = date(2026, 4, 1)
    days = [(start_of_day(date(2026, 3, 2)), "current"), (start_of_day(date(2026, 3, 3)), "due"), (end_of_day(due_on), "due")]
    assert [review_state(due_on, at) for at, _ in days] == [state for _, state in days]
    assert review_state(due_on, end_of_day(due_on) + timedelta(microseconds=1)) == "overdue"


def test_the_next_flip_is_the_moment_at_which_the_state_changes() -> None:
    due_on = date(2026, 4, 1)
    at = next_review_change(due_on, NOW)
    assert at is not None
    assert [review_state(due_on, at - timedelta(microseconds=1)), review_state(due_on, at)] == ["current", "due"]
    assert next_review_change(due_on, start_of_day(date(2026, 4, 2))) is None


def test_a_day_ends_when_it_ends_in_the_librarys_time_zone(settings: Settings) -> None:
    settings.LIBRARY_TIME_ZONE = "America/New_York"
    assert end_of_day(date(2026, 3, 2)) + timedelta(microseconds=1) == datetime(2026, 3, 3, 5, tzinfo=UTC)


def test_reaffirming_moves_the_dates_and_nothing_else() -> None:
    publication = make_publication()
    later, due = NOW + timedelta(days=100), date(2027, 1, 1)
    workflow.reaffirm({publication.pk: publication.content_hash}, by=a("reviewer"), at=later, next_review_due_on=due)
    after = again(publication)
    assert (after.last_reviewed_on, after.next_review_due_on, after.version) == (later.date(), due, publication.version)
    assert after.last_change.kind == "reaffirmed"


def test_a_batch_is_reaffirmed_whole_or_not_at_all() -> None:
    first, second = make_publication(), make_publication()
    with pytest.raises(TransitionRefused, match="not the version you opened"):
        workflow.reaffirm(
            {first.pk: first.content_hash, second.pk: "0" * 64}, by=a("reviewer"), at=NOW, next_review_due_on=date(2027, 1, 1)
        )
    assert again(first).next_review_due_on == first.next_review_due_on


def test_nobody_reaffirms_their_own_words() -> None:
    author = make_reviewer(user=a("author"))
    publication = make_publication()
    with pytest.raises(TransitionRefused, match="You wrote part"):
        workflow.reaffirm({publication.pk: publication.content_hash}, by=author, at=NOW, next_review_due_on=date(2027, 1, 1))


def test_a_digest_goes_out_once_for_each_date_and_state() -> None:
    lead = a("lead")
    lead.email = "lead@example.org"
    lead.save()
    make_publication("soon", review_in_days=10)
    make_publication("later")
    assert [jobs.run(NOW)["reminded"], jobs.run(NOW)["reminded"]] == [1, 0]
    assert [message.to for message in mail.outbox] == [["lead@example.org"]]
    assert "/questions/soon/" in mail.outbox[0].body
    assert jobs.run(NOW + timedelta(days=20))["reminded"] == 1


def test_the_digest_leads_to_the_page_in_the_entrys_language() -> None:
    lead = a("lead")
    lead.email = "lead@example.org"
    lead.save()
    make_publication("pronto", review_in_days=10, language="es")
    jobs.run(NOW)
    assert "http://testserver/es/questions/pronto/" in mail.outbox[0].body


def test_reminders_that_reach_nobody_wait_until_somebody_has_an_address() -> None:
    make_publication("soon", review_in_days=10)
    for _ in range(2):
        counts = jobs.run(NOW)
        assert (counts["reminded"], counts["unreached"]) == (0, 1)
    assert not ReviewReminder.objects.exists()
    lead = a("lead")
    lead.email = "lead@example.org"
    lead.save()
    later = jobs.run(NOW)
    assert (later["reminded"], later["unreached"], len(mail.outbox)) == (1, 0, 1)
    lead.email = ""
    lead.save()
    assert jobs.run(NOW)["unreached"] == 0


FAILURES = (ConnectionRefusedError("away"), SMTPRecipientsRefused({}), BadHeaderError("no address"), None)


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: type(failure).__name__)
def test_a_digest_that_cannot_be_sent_is_tried_again(failure: Exception | None, monkeypatch: pytest.MonkeyPatch) -> None:
    lead = a("lead")
    lead.email = "lead@example.org"
    lead.save()
    make_publication("soon", review_in_days=10)

    def no_mail(*_: object) -> int:
        """Fail, or say that no server took it."""
        if failure:
            raise failure
        return 0

    with monkeypatch.context() as broken:
        broken.setattr(jobs, "send_mail", no_mail)
        counts = jobs.run(NOW)
    assert (counts["reminded"], counts["unreached"], ReviewReminder.objects.count()) == (0, 1, 0)
    assert jobs.run(NOW)["reminded"] == 1


def make_expiring(slug: str, **changes: Any) -> Publication:
    """Make an entry that is reviewed after ten days and expires after thirty."""
    make_topic("news", may_expire=True)
    submission = make_submission(make_draft(slug, topics=["news"], **changes))
    approve(submission, next_review_due_on=NOW.date() + timedelta(days=10), expires_on=NOW.date() + timedelta(days=30))
    return workflow.publish(submission, by=a("publisher"), at=NOW)


def test_an_entry_of_a_topic_that_opts_in_expires_after_its_day() -> None:
    publication = make_expiring("old-news")
    assert jobs.run(NOW + timedelta(days=30))["expired"] == 0
    assert jobs.run(NOW + timedelta(days=31))["expired"] == 1
    assert (again(publication).status, again(publication).last_change.kind) == ("expired", "expired")


def test_an_entry_of_other_topics_is_given_no_day_of_expiry() -> None:
    with pytest.raises(TransitionRefused, match="do not expire"):
        approve(make_submission(), expires_on=NOW.date() + timedelta(days=400))


def test_a_safety_topic_keeps_an_entry_from_expiring() -> None:
    publication = make_expiring("old-news", advice_cards=["fever"])
    make_topic("danger", is_safety=True)
    workflow.reclassify(publication.question, by=a("lead"), at=NOW, topics=["news", "danger"], related=[])
    assert jobs.run(NOW + timedelta(days=31))["expired"] == 0


def test_a_safety_topic_takes_no_entry_without_urgent_advice() -> None:
    publication = make_publication()
    make_topic("danger", is_safety=True)
    with pytest.raises(TransitionRefused, match="urgent advice"):
        workflow.reclassify(publication.question, by=a("lead"), at=NOW, topics=["danger"], related=[])
    assert not again(publication).topics.exists()


def test_a_run_that_would_expire_too_much_stops_and_says_so(caplog: pytest.LogCaptureFixture) -> None:
    for number in range(6):
        make_expiring(f"news-{number}")
    counts = jobs.run(NOW + timedelta(days=31))
    assert (counts["expired"], counts["refused"]) == (0, 1)
    assert "6 entries would expire, and one run may expire 5" in caplog.text


def mark(source: Source, state: str) -> None:
    """Mark a source as the reviewer would."""
    workflow.mark_source(source, by=a("reviewer"), at=NOW, state=state, comment="The journal says so.")


def triage(outcome: str) -> None:
    """Look at the alert that waits as the reviewer would."""
    workflow.triage_alert(EvidenceAlert.objects.get(outcome=""), by=a("reviewer"), at=NOW, outcome=outcome, note="Read it.")


def test_a_retracted_source_alerts_every_current_entry_that_cites_it() -> None:
    citing, other = make_publication(), make_publication(body="Text [^s2].", citations=[{"key": "s2"}])
    mark(citing.sources.get(), "retracted")
    state = load_state(again(citing).last_change.state)
    assert (state.source_states, [alert.source for alert in state.alerts]) == ({"s1": "retracted"}, ["s1"])
    assert again(citing).last_change.kind == "evidence_alert"
    assert again(other).last_change == other.last_change


@pytest.mark.parametrize(("outcome", "kind", "alerts"), [("unaffected", "evidence_cleared", 0), ("affected", "evidence_alert", 1)])
def test_triage_says_what_it_means_for_the_answer(outcome: str, kind: str, alerts: int) -> None:
    publication = make_publication()
    mark(publication.sources.get(), "superseded")
    workflow.triage_alert(EvidenceAlert.objects.get(), by=a("reviewer"), at=NOW, outcome=outcome, note="Read the new one.")
    state = load_state(again(publication).last_change.state)
    assert (again(publication).last_change.kind, len(state.alerts), state.source_states) == (kind, alerts, {"s1": "superseded"})


def test_an_alert_is_triaged_once() -> None:
    publication = make_publication()
    mark(publication.sources.get(), "superseded")
    workflow.triage_alert(EvidenceAlert.objects.get(), by=a("reviewer"), at=NOW, outcome="minor", note="A date.")
    with pytest.raises(TransitionRefused, match="already"):
        workflow.triage_alert(EvidenceAlert.objects.get(), by=a("reviewer"), at=NOW, outcome="affected", note="No.")


@pytest.mark.parametrize("outcome", ["unaffected", "minor", "affected"])
def test_a_source_that_stood_again_and_is_retracted_anew_is_looked_at_anew(outcome: str) -> None:
    publication = make_publication()
    mark(make_source(), "retracted")
    triage(outcome)
    for state in ("current", "retracted"):
        mark(make_source(), state)
    assert [row.outcome for row in EvidenceAlert.objects.order_by("pk")] == [outcome, ""]
    assert [alert.outcome for alert in load_state(again(publication).last_change.state).alerts] == [""]
    assert list(verify.faults(html=True)) == []


def test_the_newest_look_at_a_source_counts_and_no_earlier_one() -> None:
    publication = make_publication()
    mark(make_source(), "retracted")
    triage("affected")
    mark(make_source(), "current")
    mark(make_source(), "retracted")
    triage("unaffected")
    assert [row.outcome for row in EvidenceAlert.objects.order_by("pk")] == ["affected", "unaffected"]
    assert (again(publication).last_change.kind, load_state(again(publication).last_change.state).alerts) == ("evidence_cleared", [])


def test_an_alert_that_still_waits_is_not_raised_twice() -> None:
    make_publication()
    for state in ("retracted", "current", "retracted"):
        mark(make_source(), state)
    assert [row.outcome for row in EvidenceAlert.objects.all()] == [""]


def test_a_source_that_stands_again_clears_the_alert() -> None:
    publication = make_publication()
    mark(make_source(), "superseded")
    mark(make_source(), "current")
    state = load_state(again(publication).last_change.state)
    assert (again(publication).last_change.kind, state.alerts, state.source_states) == ("evidence_cleared", [], {})


def test_a_correction_of_a_source_leaves_published_titles_as_they_were_approved() -> None:
    publication = make_publication()
    workflow.edit_source(key="s1", by=a("author"), at=NOW, title="Another title")
    assert "Source s1" in again(publication).words
