"""What becomes of readers' questions and reports: linked, opened, rejected, closed; and who is on duty for harm."""

from datetime import timedelta
from typing import Any

import pytest

from faq import workflow
from faq.models import InboxLook, Publication, Question, ReviewDecision, SubmittedQuestion
from faq.workflow import TransitionRefused
from faq.workflow.drafts import draft_of
from tests.factories import (
    NOW,
    a,
    make_author,
    make_publication,
    make_reviewer,
    make_revision,
    make_standing_texts,
    make_topic,
    make_user,
    reviewer_row,
)
from tests.inbox import ASKED, make_asked, make_feedback, make_report

pytestmark = pytest.mark.django_db


def link(asked: SubmittedQuestion, **arguments: Any) -> SubmittedQuestion:
    told: dict[str, Any] = {"by": a("reviewer"), "at": NOW, "slug": "swimming"}
    return workflow.link_question(asked, **told | arguments)


def last_decision() -> ReviewDecision:
    return ReviewDecision.objects.order_by("-sequence")[0]


# Questions.


def test_a_question_and_all_like_it_lead_to_the_entry_that_answers_them() -> None:
    make_publication("swimming")
    asked, like, other = make_asked(), make_asked("can I swim during the treatment"), make_asked("Is a tattoo allowed?")
    link(asked)
    assert [row.question and row.question.slug for row in SubmittedQuestion.objects.order_by("pk")] == ["swimming", "swimming", None]
    decision = last_decision()
    assert (decision.kind, decision.question and decision.question.slug, decision.about) == (
        "link_question",
        "swimming",
        "2 readers' questions",
    )
    assert (like.group, other.outcome) == (asked.group, "")


def test_one_can_be_sorted_by_itself() -> None:
    make_publication("swimming")
    asked, like = make_asked(), make_asked()
    link(asked, alike=False)
    like.refresh_from_db()
    assert like.outcome == ""


def test_a_decision_holds_none_of_a_reader_s_words() -> None:
    make_publication("swimming")
    link(make_asked("Can I swim with my purple hat?"), phrasing="May I swim with my purple hat?")
    row = ReviewDecision.objects.filter(kind="link_question").values().get()
    assert "purple" not in str(row)


@pytest.mark.parametrize("slug", ["nothing", "", "gone"])
def test_a_question_leads_to_nothing_that_readers_cannot_see(slug: str) -> None:
    gone = make_publication("gone")
    workflow.withdraw(gone, by=a("reviewer"), at=NOW, reason="error")
    asked = make_asked()
    with pytest.raises(TransitionRefused, match="Readers cannot see an entry"):
        link(asked, slug=slug)
    asked.refresh_from_db()
    assert asked.outcome == ""


def test_the_wording_becomes_a_phrasing_of_the_entrys_next_version() -> None:
    make_publication("swimming", phrasings=["Is swimming fine?"])
    link(make_asked(), phrasing=ASKED)
    assert ASKED not in Publication.objects.get().words
    draft = workflow.start_revision(Question.objects.get(slug="swimming"), by=a("author"), at=NOW)
    assert draft_of(draft).phrasings == ["Is swimming fine?", ASKED]
    assert SubmittedQuestion.objects.get().taken_into == draft


def test_it_comes_once_and_not_where_the_entry_is_asked_for_so_already() -> None:
    make_publication("swimming", phrasings=["CAN I go swimming — during treatment?".replace(" — ", " ")])
    link(make_asked(), phrasing=ASKED)
    link(make_asked("Pools allowed?"), phrasing="Pools allowed?")
    link(make_asked("pools allowed"), phrasing="POOLS allowed?")
    draft = workflow.start_revision(Question.objects.get(slug="swimming"), by=a("author"), at=NOW)
    assert len(draft_of(draft).phrasings) == 2


def test_it_is_not_lost_with_a_draft_that_was_given_up() -> None:
    publication = make_publication("swimming", phrasings=[])
    link(make_asked(), phrasing=ASKED)
    draft = workflow.start_revision(publication.question, by=a("author"), at=NOW)
    workflow.discard(draft, by=a("author"), at=NOW, reason="Not now.")
    again = workflow.start_revision(publication.question, by=a("author"), at=NOW)
    assert draft_of(again).phrasings == [ASKED]
    assert "take_phrasings" not in {rule.verb for rule in workflow.available(again, again.author)}


def test_a_draft_that_is_open_takes_it_in_when_its_holder_says_so() -> None:
    make_publication("swimming")
    draft = make_revision("swimming")
    with pytest.raises(TransitionRefused, match="No way of asking waits"):
        workflow.take_phrasings(draft, by=draft.author, at=NOW)
    link(make_asked(), phrasing=ASKED)
    with pytest.raises(TransitionRefused, match="holds this answer"):
        workflow.take_phrasings(draft, by=make_author(), at=NOW)
    taken = workflow.take_phrasings(draft, by=draft.author, at=NOW)
    assert draft_of(taken).phrasings == ["what is her2", ASKED]
    assert "take_phrasings" not in {rule.verb for rule in workflow.available(taken, taken.author)}


def test_a_way_of_asking_that_would_tell_who_asked_is_refused() -> None:
    make_publication("swimming")
    with pytest.raises(TransitionRefused, match=r"“jo@example.org” may tell who asked"):
        link(make_asked(), phrasing="Can jo@example.org swim?")
    with pytest.raises(TransitionRefused, match="500 characters at most"):
        link(make_asked(), phrasing="x" * 501)


def test_an_entry_gets_no_way_of_asking_in_another_language() -> None:
    make_publication("swimming")
    make_standing_texts("es")
    asked = make_asked("¿Puedo nadar?", language="es")
    with pytest.raises(TransitionRefused, match="swimming is in en, the question in es; leave the way of asking empty"):
        link(asked, phrasing="¿Puedo nadar?")
    assert link(asked).outcome == "linked"


def test_a_new_question_comes_of_it_in_the_words_of_who_opens_it() -> None:
    make_topic("sport")
    make_asked()
    asked = make_asked("can I swim during the treatment")
    answer = workflow.open_question(asked, by=a("author"), at=NOW, wording="Is swimming safe?", topics=["sport"])
    assert (answer.question.slug, answer.wording, answer.author) == ("is-swimming-safe", "Is swimming safe?", a("author"))
    assert {row.question for row in SubmittedQuestion.objects.all()} == {answer.question}
    assert ASKED not in answer.words


def test_what_was_opened_is_all_or_nothing() -> None:
    make_publication("taken")
    asked = make_asked()
    with pytest.raises(TransitionRefused, match="The slug taken is taken"):
        workflow.open_question(asked, by=a("author"), at=NOW, wording="Is swimming safe?", slug="taken")
    asked.refresh_from_db()
    assert asked.outcome == ""


def test_a_rejected_question_says_why() -> None:
    asked = workflow.reject_question(make_asked(), by=a("author"), at=NOW, reason="About the weather.")
    assert (asked.outcome, asked.reason, asked.sorted_by, last_decision().comment) == (
        "rejected",
        "About the weather.",
        a("author"),
        "About the weather.",
    )


def test_what_somebody_has_sorted_is_sorted_no_more() -> None:
    make_publication("swimming")
    asked = make_asked()
    workflow.reject_question(asked, by=a("author"), at=NOW, reason="No.")
    with pytest.raises(TransitionRefused, match="Somebody has sorted this question already"):
        link(asked)


def test_what_was_deleted_meanwhile_is_told() -> None:
    asked = make_asked()
    SubmittedQuestion.objects.all().delete()
    asked.pk = 7
    with pytest.raises(TransitionRefused, match="deleted after a set time"):
        workflow.reject_question(asked, by=a("author"), at=NOW, reason="No.")


@pytest.mark.parametrize("roles", [(), ("publisher",), ("auditor",)])
def test_who_has_no_part_in_the_words_sorts_nothing(roles: tuple[str, ...]) -> None:
    make_publication("swimming")
    with pytest.raises(TransitionRefused, match="role of author or importer or lead"):
        link(make_asked(), by=make_user(*roles))


def test_new_questions_group_with_those_that_still_wait_alone() -> None:
    first = make_asked()
    workflow.reject_question(first, by=a("author"), at=NOW, reason="No.")
    second = make_asked()
    assert second.group == second.pk


# Reports.


def test_a_report_is_closed_with_what_came_of_it() -> None:
    publication = make_publication()
    report = workflow.close_report(make_report(publication), by=a("reviewer"), at=NOW, reason="The source says so too.")
    assert (report.closed_by, report.reason) == (a("reviewer"), "The source says so too.")
    decision = last_decision()
    assert (decision.kind, decision.version, decision.comment) == ("close_report", 1, "The source says so too.")
    with pytest.raises(TransitionRefused, match="closed already"):
        workflow.close_report(report, by=a("reviewer"), at=NOW, reason="Again.")


def test_without_a_reason_nothing_is_closed() -> None:
    with pytest.raises(TransitionRefused, match="Say what came of it"):
        workflow.close_report(make_report(make_publication()), by=a("reviewer"), at=NOW, reason=" ")


def test_that_nobody_comes_to_harm_takes_a_clinical_reviewer_in_scope() -> None:
    make_topic("hearts")
    make_topic("lungs")
    report = make_report(make_publication(topics=["hearts"]), harm=True)
    refused = {
        "active reviewer": a("lead"),
        "does not cover the topics": make_reviewer(topics=["lungs"]),
        "clinical sign-off": make_reviewer(sign_offs=["patient_reader"]),
    }
    for says, person in refused.items():
        with pytest.raises(TransitionRefused, match=says):
            workflow.close_report(report, by=person, at=NOW, reason="Fine.")
    assert workflow.close_report(report, by=a("reviewer"), at=NOW, reason="Fine.").closed_at == NOW


# Duty.


def test_a_lead_says_who_is_on_duty() -> None:
    reviewer = reviewer_row(make_reviewer())
    assert workflow.put_on_duty(reviewer, by=a("lead"), at=NOW).is_on_duty
    with pytest.raises(TransitionRefused, match="on duty already"):
        workflow.put_on_duty(reviewer, by=a("lead"), at=NOW)
    assert not workflow.take_off_duty(reviewer, by=a("lead"), at=NOW).is_on_duty
    with pytest.raises(TransitionRefused, match="not on duty"):
        workflow.take_off_duty(reviewer, by=a("lead"), at=NOW)
    assert [row.kind for row in ReviewDecision.objects.order_by("-sequence")[:2]] == ["take_off_duty", "put_on_duty"]
    with pytest.raises(TransitionRefused, match="role of lead"):
        workflow.put_on_duty(reviewer, by=a("reviewer"), at=NOW)


# Erasure.


def test_an_erasure_reaches_what_readers_wrote_about_the_entry() -> None:
    publication = make_publication("swimming")
    link(make_asked(), phrasing=ASKED)
    make_report(publication)
    make_feedback(publication, comment="Too long.")
    workflow.withdraw(publication, by=a("reviewer"), at=NOW, reason="legal")
    erasure = workflow.erase(publication, by=a("lead"), at=NOW, legal_basis="Order.")
    workflow.confirm_erasure(erasure, by=a("reviewer"), at=NOW + timedelta(minutes=1))
    asked, report, feedback = SubmittedQuestion.objects.get(), publication.reports.get(), publication.feedback.get()
    assert (asked.text, asked.terms, asked.phrasing, report.text, feedback.comment) == ("", "", "", "", "")
    assert not InboxLook.objects.exists()
