"""Every verb of the table has its form, takes exactly what the form asks, and stands behind a button for those who may use it."""

import inspect
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import pytest
from django.db import IntegrityError
from django.db.models import Model
from django.urls import reverse
from django.utils import timezone

from faq import workflow
from faq.admin.actions import ACTIONS, ON_THE_PAGE, buttons
from faq.content.state import load_state
from faq.models import (
    Answer,
    AudiencePolicy,
    Erasure,
    EvidenceAlert,
    Publication,
    Question,
    ReviewDecision,
    Reviewer,
    Source,
    StandingText,
    Submission,
    TopicName,
)
from faq.workflow.transitions import TABLE
from tests.admin_client import done, page_of, refusals, see, send, signed_in, verb_of
from tests.factories import (
    a,
    make_approved,
    make_author,
    make_draft,
    make_lead,
    make_publication,
    make_publisher,
    make_reviewer,
    make_revision,
    make_submission,
    make_text,
    make_topic,
    reviewer_row,
)

pytestmark = pytest.mark.django_db
REASON = {"comment": "Because of the new label."}
HOLD: tuple[type[Model], str] = (Publication, "hold")


def state(publication: Publication) -> Any:
    """Return the entry's State now."""
    return load_state(Publication.objects.select_related("last_change").get(pk=publication.pk).last_change.state)


def test_each_line_of_the_table_has_a_form_or_a_page() -> None:
    missing = {(rule.on, rule.verb) for rule in TABLE} - ACTIONS.keys()
    assert {verb for _, verb in missing} == ON_THE_PAGE
    assert ACTIONS.keys() <= {(rule.on, rule.verb) for rule in TABLE}


SEVERAL: Final = {(Publication, "reaffirm"), (Submission, "assign")}
"""Verbs that take several things at once; a button calls them with one."""


@pytest.mark.parametrize(("thing", "verb"), [key for key in ACTIONS if key not in SEVERAL])
def test_each_form_calls_the_verb_of_its_name(thing: type, verb: str) -> None:
    assert ACTIONS[thing, verb].call is getattr(workflow, verb)
    assert {"by", "at"} <= inspect.signature(ACTIONS[thing, verb].call).parameters.keys()


def test_buttons_are_those_of_the_workflow() -> None:
    publication, reviewer = make_publication(), make_reviewer()
    assert [verb for verb, _ in buttons(publication, reviewer)] == [rule.verb for rule in workflow.available(publication, reviewer)]
    page = see(reviewer, page_of(publication))
    assert all(verb_of(publication, verb) in page for verb, _ in buttons(publication, reviewer))


def test_opening_a_verb_changes_nothing() -> None:
    answer, reviewer = make_draft(), make_reviewer()
    publication = make_publication()
    count = ReviewDecision.objects.count()
    see(answer.author, verb_of(answer, "submit"))
    for verb in ("withdraw", "hold", "reaffirm"):
        see(reviewer, verb_of(publication, verb))
    assert ReviewDecision.objects.count() == count


def test_a_verb_that_is_not_open_to_a_person_says_why() -> None:
    publication = make_publication()
    opened = signed_in(make_author()).get(verb_of(publication, "withdraw"), follow=True)
    assert "This needs an active reviewer" in opened.content.decode()
    refused = signed_in(make_author()).post(verb_of(publication, "withdraw"), {"reason": "unsafe", "notice": "withdrawn"})
    assert "This needs an active reviewer" in " ".join(refusals(refused))
    assert Publication.objects.get(pk=publication.pk).status == "current"


# Each verb, once


def test_topics_and_related_entries_change_from_the_question() -> None:
    make_topic("heart")
    question = make_draft(related=["old"]).question
    for slug in ("first", "second"):
        make_draft(slug)
    done(send(make_reviewer(), verb_of(question, "reclassify"), topics=["heart"], related="second\nfirst"))
    question = Question.objects.get(pk=question.pk)
    assert ([topic.slug for topic in question.topics.all()], question.related) == (["heart"], ["second", "first"])


def test_another_author_takes_a_draft_over() -> None:
    answer, other = make_draft(), make_author()
    done(send(other, verb_of(answer, "take_over")))
    assert Answer.objects.get(pk=answer.pk).author == other


def test_publishing_leads_to_the_version_readers_see() -> None:
    submission = make_approved()
    address = done(send(make_publisher(), verb_of(submission, "publish")))
    assert address == page_of(Publication.objects.get())


def test_a_moment_is_taken_in_the_library_s_time_zone(settings: Any) -> None:
    settings.LIBRARY_TIME_ZONE = "America/New_York"
    submission = make_approved()
    day = (timezone.now() + timedelta(days=9)).date().replace(month=1)
    day = day.replace(year=day.year + 1)
    done(send(make_publisher(), verb_of(submission, "schedule"), moment=f"{day}T08:30"))
    scheduled = Answer.objects.get(pk=submission.answer_id).scheduled_for
    assert scheduled is not None
    assert f"{scheduled:%Y-%m-%d %H:%M}" == f"{day} 13:30"
    done(send(make_publisher(), verb_of(submission, "unschedule")))
    assert Answer.objects.get(pk=submission.answer_id).status == Answer.Status.APPROVED


def test_a_moment_that_has_passed_is_refused_with_the_form_intact() -> None:
    refused = send(make_publisher(), verb_of(make_approved(), "schedule"), moment="2020-01-01T08:00")
    assert "must lie ahead" in " ".join(refusals(refused))


def test_an_objection_is_raised_and_resolved() -> None:
    submission, reviewer = make_approved(), make_reviewer()
    done(send(reviewer, verb_of(submission, "object"), **REASON))
    assert "verb-publish" not in see(make_publisher(), page_of(submission))
    done(send(reviewer, verb_of(submission, "resolve"), **REASON))
    assert workflow.open_objections(submission) == []


def test_an_entry_is_withdrawn_with_everything_the_form_asks() -> None:
    original, replacement = make_publication("one"), make_publication("other")
    kept, going = (make_publication(slug, translation_of={"slug": "one", "version": 1}) for slug in ("kept", "going"))
    fields = {
        "reason": "unsafe",
        "notice_text": "Call your team.",
        "replacement": "other",
        "withhold": ["1"],
        f"keep_{kept.pk}": "Still right.",
    }
    done(send(make_reviewer(), verb_of(original, "withdraw"), **fields))
    ended = state(original).ended
    assert (ended.reason, ended.replacement, state(original).withheld) == ("unsafe", replacement.slug, [1])
    assert [Publication.objects.get(pk=row.pk).status for row in (original, kept, going)] == ["withdrawn", "current", "withdrawn"]
    assert "Call your team." in see(make_reviewer(), page_of(original))


def test_a_notice_in_somebody_s_own_words_is_confirmed_by_another() -> None:
    publication, first = make_publication(), make_reviewer()
    done(send(first, verb_of(publication, "withdraw"), reason="unsafe", notice_text="Call your team."))
    assert "verb-confirm" not in see(first, page_of(publication))
    done(send(make_reviewer(), verb_of(publication, "confirm")))
    assert state(publication).ended.notice_text == "Call your team."


def test_an_entry_is_held_and_released() -> None:
    publication, reviewer = make_publication(), make_reviewer()
    make_text(key="checking", text="We are looking at this page.")
    done(send(reviewer, verb_of(publication, "hold"), notice="checking", **REASON))
    assert state(publication).held.notice == "checking"
    done(send(reviewer, verb_of(publication, "release"), **REASON))
    assert state(publication).held is None


def test_an_earlier_version_is_restored_and_confirmed() -> None:
    first = make_publication("what-is-her2")
    make_publication("what-is-her2")
    one, two = make_reviewer(), make_reviewer()
    address = done(send(one, verb_of(first, "restore"), **REASON))
    third = Publication.objects.get(version=3)
    assert address == page_of(third)
    assert state(third).held.notice == "held"
    assert "held until another person" in see(two, page_of(third))
    done(send(two, verb_of(third, "confirm")))
    assert state(third).held is None
    assert "held until another person" not in see(two, page_of(third))


def test_one_entry_is_reaffirmed_as_it_was_seen() -> None:
    publication, reviewer = make_publication(), make_reviewer()
    day = str((timezone.now() + timedelta(days=200)).date())
    refused = send(reviewer, verb_of(publication, "reaffirm"), next_review_due_on=day, seen_hash="0" * 64)
    assert "not the version you opened" in " ".join(refusals(refused))
    done(send(reviewer, verb_of(publication, "reaffirm"), next_review_due_on=day))
    assert str(state(publication).next_review_due_on) == day


def test_an_erasure_is_asked_for_by_one_and_confirmed_by_another() -> None:
    first = make_publication("what-is-her2")
    make_publication("what-is-her2")
    one, two = make_reviewer(), make_reviewer()
    address = done(send(one, verb_of(first, "erase"), legal_basis="A court order."))
    erasure = Erasure.objects.get()
    assert address == page_of(erasure)
    assert "verb-confirm" not in see(one, page_of(erasure))
    done(send(two, verb_of(erasure, "confirm_erasure")))
    assert Publication.objects.get(pk=first.pk).words == ""
    for thing in (Publication.objects.get(pk=first.pk), first.submission, first.submission.answer):
        assert "were erased." in see(two, page_of(thing))


def test_a_retracted_source_raises_an_alert_that_is_looked_at() -> None:
    publication, reviewer = make_publication(), make_reviewer()
    source = Source.objects.get(key="s1")
    done(send(reviewer, verb_of(source, "mark_source"), state="retracted", comment="The journal says so."))
    alert = EvidenceAlert.objects.get()
    assert str(publication) in see(reviewer, page_of(alert))
    done(send(reviewer, verb_of(alert, "triage_alert"), outcome="affected", note="The figure rests on it."))
    assert EvidenceAlert.objects.get().outcome == "affected"


def test_a_standing_text_is_approved_by_another_and_ended() -> None:
    reviewer = make_reviewer()
    text = workflow.propose(by=reviewer, at=timezone.now(), kind="glossary", key="her2", language="en", title="HER2", text="A protein.")
    assert isinstance(text, StandingText)
    assert "verb-approve_text" not in see(reviewer, page_of(text))
    done(send(make_reviewer(), verb_of(text, "approve_text")))
    done(send(make_reviewer(), verb_of(text, "end_text"), **REASON))
    assert StandingText.objects.get(pk=text.pk).ends_at is not None


def test_a_text_that_entries_need_is_not_ended() -> None:
    make_publication()
    text = StandingText.objects.get(key="withdrawn")
    refused = send(make_reviewer(), verb_of(text, "end_text"), **REASON)
    assert "Current entries need this text" in " ".join(refusals(refused))


def test_a_topic_s_name_is_approved_by_another_and_ended() -> None:
    name = workflow.propose(by=a("lead"), at=timezone.now(), topic=make_topic(), language="es", name="HER2")
    done(send(make_reviewer(), verb_of(name, "approve_text")))
    done(send(make_reviewer(), verb_of(name, "end_text"), **REASON))
    assert TopicName.objects.get(pk=name.pk).ends_at is not None


def test_a_review_scope_is_revoked_with_a_reason() -> None:
    reviewer = reviewer_row(make_reviewer())
    done(send(make_lead(), verb_of(reviewer, "revoke_reviewer"), **REASON))
    assert Reviewer.objects.get(pk=reviewer.pk).revoked_at is not None


def test_a_submission_that_was_decided_meanwhile_is_refused_kindly() -> None:
    submission, one, two = make_submission(), make_reviewer(), make_reviewer()
    workflow.request_changes(submission, by=one, at=timezone.now(), comment="First.")
    refused = signed_in(two).post(verb_of(submission, "request_changes"), {"comment": "Second."})
    assert "The answer is" in " ".join(refusals(refused))
    assert "Second." in refused.content.decode()


def test_an_open_draft_keeps_a_version_from_being_restored() -> None:
    first = make_publication("what-is-her2")
    make_publication("what-is-her2")
    make_revision("what-is-her2")
    opened = signed_in(make_reviewer()).get(verb_of(first, "restore"), follow=True)
    assert "already works on this question" in opened.content.decode()
    assert Submission.objects.count() == 2


def test_a_comment_stands_beside_the_answer() -> None:
    answer = make_draft()
    done(send(a("reviewer"), verb_of(answer, "comment"), text="Is the figure from 2024?"))
    assert "Is the figure from 2024?" in see(a("author"), page_of(answer))


def test_a_lead_asks_for_a_sign_off_and_drops_it() -> None:
    done(send(a("lead"), reverse("admin:faq_audiencepolicy_add"), audience="patient", sign_off="plain_language"))
    policy = AudiencePolicy.objects.get()
    done(send(a("lead"), verb_of(policy, "drop_sign_off"), **REASON))
    assert not AudiencePolicy.objects.exists()


def test_what_a_guard_refuses_is_told_in_its_own_words_beside_what_was_entered(monkeypatch: pytest.MonkeyPatch) -> None:
    publication = make_publication("entry")

    def rewrite(publication: Publication, **_: Any) -> None:
        workflow.hold(publication, by=a("reviewer"), at=timezone.now(), comment="Checking.")
        Publication.objects.filter(pk=publication.pk).update(words="Take twice as much.")

    monkeypatch.setitem(ACTIONS, HOLD, replace(ACTIONS[HOLD], call=rewrite))
    answer = send(a("reviewer"), verb_of(publication, "hold"), comment="Under a warning.")
    told = "The library refused this: published words never change; nothing was changed. Reload the page and look again."
    assert refusals(answer) == [told]
    assert "Under a warning." in answer.content.decode()
    assert not Publication.objects.get(pk=publication.pk).is_held


def test_a_database_error_that_no_guard_raised_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    publication = make_publication("entry")

    def double(publication: Publication, **_: Any) -> None:
        AudiencePolicy.objects.bulk_create(AudiencePolicy(audience="patient", sign_off="translation") for _ in range(2))

    monkeypatch.setitem(ACTIONS, HOLD, replace(ACTIONS[HOLD], call=double))
    with pytest.raises(IntegrityError):
        send(a("reviewer"), verb_of(publication, "hold"), comment="Under a warning.")
