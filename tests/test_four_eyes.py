"""Who may approve: a second, qualified person, about the words that were submitted and no others."""

from datetime import timedelta

import pytest

from faq import workflow
from faq.content.words import canonical_text, digest
from faq.models import Answer, ReviewDecision, Submission
from faq.workflow import TransitionRefused, available
from faq.workflow.drafts import words_of
from tests.factories import (
    NOW,
    a,
    approve,
    make_author,
    make_draft,
    make_lead,
    make_publication,
    make_reviewer,
    make_revision,
    make_submission,
    make_topic,
    make_user,
    reviewer_row,
)

pytestmark = pytest.mark.django_db


def refused(submission: Submission, **arguments: object) -> str:
    """Return why an approval is refused; fail where it is not."""
    with pytest.raises(TransitionRefused) as error:
        approve(submission, **arguments)  # type: ignore[arg-type]
    assert not ReviewDecision.objects.filter(kind="approve", submission=submission).exists()
    return str(error.value)


def test_author_cannot_approve_their_own_answer_even_as_a_reviewer() -> None:
    author = make_reviewer(user=make_author())
    submission = make_submission(make_draft(by=author))
    assert "You wrote part of these words" in refused(submission, by=author)


def test_editor_who_is_not_the_author_cannot_approve() -> None:
    first = make_reviewer(user=make_author())
    answer = make_draft(by=first)
    second = make_author()
    answer = workflow.take_over(answer, by=second, at=NOW)
    submission = workflow.submit(answer, by=second, at=NOW)
    assert "You wrote part of these words" in refused(submission, by=first)


def test_somebody_whose_discarded_draft_came_since_the_last_version_cannot_approve_the_next() -> None:
    make_publication("her2")
    earlier = make_reviewer(user=make_author())
    workflow.discard(make_revision("her2", by=earlier), by=earlier, at=NOW, reason="Began anew.")
    submission = make_submission(make_revision("her2"))
    assert "You wrote part of these words" in refused(submission, by=earlier)


def test_editors_of_an_approved_version_may_approve_the_next() -> None:
    earlier = make_reviewer(user=make_author())
    submission = make_submission(make_draft("her2", by=earlier))
    approve(submission)
    workflow.publish(submission, by=a("publisher"), at=NOW)
    assert approve(make_submission(make_revision("her2")), by=earlier).kind == "approve"


def test_superuser_without_a_reviewer_record_cannot_approve() -> None:
    superuser = make_user(is_superuser=True)
    assert "active reviewer" in refused(make_submission(), by=superuser)


def test_revoked_reviewer_cannot_approve() -> None:
    reviewer = make_reviewer()
    workflow.revoke_reviewer(reviewer_row(reviewer), by=a("lead"), at=NOW, comment="Left.")
    assert "active reviewer" in refused(make_submission(), by=reviewer)


def test_reviewer_whose_verification_ended_yesterday_cannot_approve() -> None:
    reviewer = make_reviewer(verified_until=NOW.date())
    submission = make_submission()
    assert "verification" in refused(submission, by=reviewer, at=NOW + timedelta(days=1))


def test_reviewer_may_approve_on_the_last_day_of_verification() -> None:
    reviewer = make_reviewer(verified_until=NOW.date())
    assert approve(make_submission(), by=reviewer).by == reviewer


def test_deactivated_reviewer_cannot_approve() -> None:
    reviewer = make_reviewer()
    reviewer.is_active = False
    reviewer.save()
    assert "active reviewer" in refused(make_submission(), by=reviewer)


def test_reviewer_of_other_topics_cannot_approve() -> None:
    make_topic("hearts")
    make_topic("lungs")
    reviewer = make_reviewer(topics=["hearts"])
    assert "does not cover the topics lungs" in refused(make_submission(topics=["hearts", "lungs"]), by=reviewer)


def test_reviewer_of_a_topic_may_approve_what_is_below_it() -> None:
    make_topic("organs")
    make_topic("hearts", parents=["organs"])
    reviewer = make_reviewer(topics=["organs"])
    assert approve(make_submission(topics=["hearts"]), by=reviewer).by == reviewer


def test_reviewer_of_certain_topics_cannot_approve_a_question_without_topic() -> None:
    make_topic("hearts")
    assert "this question has none" in refused(make_submission(), by=make_reviewer(topics=["hearts"]))


def test_reviewer_of_other_languages_cannot_approve() -> None:
    assert "language en" in refused(make_submission(), by=make_reviewer(languages=["es"]))


def test_approval_of_a_hash_that_is_not_stored_is_refused() -> None:
    assert "not the words you opened" in refused(make_submission(), seen_hash="0" * 64)


def test_approval_is_about_the_submitted_words_and_not_about_the_answer_as_it_is_now() -> None:
    submission = make_submission()
    workflow.edit_source(key="s1", by=a("author"), at=NOW, title="Another title")
    now = digest(canonical_text(words_of(submission.answer)))
    assert now != submission.content_hash
    assert "not the words you opened" in refused(submission, seen_hash=now)
    assert approve(submission).content_hash == submission.content_hash


def test_words_sent_back_and_submitted_again_cannot_be_approved_through_the_first_submission() -> None:
    answer = make_draft()
    first = make_submission(answer)
    workflow.request_changes(first, by=a("reviewer"), at=NOW, comment="Shorter, please.")
    workflow.edit(Answer.objects.get(pk=answer.pk), by=a("author"), at=NOW, changes={"short_answer": "Short."})
    make_submission(Answer.objects.get(pk=answer.pk))
    assert "submitted again since" in refused(first)


def test_nobody_grants_a_review_scope_to_themselves() -> None:
    lead = make_lead()
    with pytest.raises(TransitionRefused, match="to themselves"):
        make_reviewer_by(lead)


def make_reviewer_by(lead: object) -> None:
    """Have a lead grant themselves a scope."""
    workflow.grant_reviewer(
        lead,  # type: ignore[arg-type]
        by=lead,  # type: ignore[arg-type]
        at=NOW,
        profession="Nurse",
        languages=["en"],
        verified_until=NOW.date(),
        all_topics=True,
    )


def test_a_decision_copies_name_and_role_of_that_day() -> None:
    reviewer = make_reviewer(profession="Oncologist")
    decision = approve(make_submission(), by=reviewer)
    workflow.grant_reviewer(
        reviewer, by=a("lead"), at=NOW, profession="Retired", languages=["en"], verified_until=NOW.date(), all_topics=True
    )
    decision.refresh_from_db()
    assert (decision.by_role, decision.by_name) == ("Oncologist", reviewer.username)


def test_name_of_the_reviewer_is_public_only_with_consent() -> None:
    shy, open_about_it = make_reviewer(), make_reviewer()
    open_about_it.name_is_public = True
    open_about_it.save()
    names = []
    for reviewer in (shy, open_about_it):
        submission = make_submission()
        approve(submission, by=reviewer)
        names.append(workflow.publish(submission, by=a("publisher"), at=NOW).decided_by_name)
    assert names == ["", open_about_it.username]


def test_buttons_are_those_that_the_verbs_allow() -> None:
    submission = make_submission()
    assert {rule.verb for rule in available(submission, a("reviewer"))} == {"approve", "request_changes", "object"}
    assert available(submission, a("author")) == []


def test_a_person_who_decided_cannot_be_deleted() -> None:
    approve(make_submission())
    with pytest.raises(Exception, match="protected"):
        a("reviewer").delete()
