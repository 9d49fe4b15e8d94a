"""What a confirmed erasure lets the database blank, and what not even then: the words that other versions stand on, and newer ones."""

import pytest

from faq import workflow
from faq.models import Answer, Comment, Edit, Publication, ReviewDecision, Submission
from tests.factories import NOW, a, make_draft, make_publication, make_revision, make_submission
from tests.guarding import refuses, update

pytestmark = pytest.mark.django_db

BLANK = {"words": "", "wording": ""}


@pytest.fixture
def kept() -> Submission:
    """The words of version 2, which stays; version 1 was erased, and a remark beside each goes."""
    first = make_publication("her2")
    second = make_publication("her2")
    workflow.comment(second.submission.answer, by=a("author"), at=NOW, text="As they said.")
    erasure = workflow.erase(first, by=a("lead"), at=NOW, legal_basis="GDPR, article 17")
    workflow.confirm_erasure(erasure, by=a("reviewer"), at=NOW)
    return Submission.objects.select_related("answer").get(pk=second.submission_id)


def test_answers_of_versions_that_stay_are_not_blanked(kept: Submission) -> None:
    refuses("answer_words_in_draft", update(kept.answer, **BLANK))
    refuses("citation_delete", lambda: kept.answer.citations.all().delete())


def test_submissions_of_versions_that_stay_are_not_blanked(kept: Submission) -> None:
    refuses("submission_fixed", update(kept, words=""))


def test_what_was_written_after_an_erasure_is_not_blanked(kept: Submission) -> None:
    later = make_submission(make_revision("her2", at=NOW.replace(year=2027)), at=NOW.replace(year=2027))
    refuses("submission_fixed", update(later, words=""))
    refuses("edit_fixed", update(Edit.objects.latest("pk"), changes=""))
    refuses("answer_words_in_draft", update(later.answer, **BLANK))


def test_nothing_of_another_question_is_blanked(kept: Submission) -> None:
    other = make_draft("other")
    remark = workflow.comment(other, by=a("author"), at=NOW, text="As they said.")
    workflow.discard(other, by=a("author"), at=NOW, reason="Not needed.")
    refuses("answer_words_in_draft", update(Answer.objects.get(pk=other.pk), **BLANK))
    refuses("edit_fixed", update(Edit.objects.filter(answer=other)[0], changes=""))
    refuses("comment_fixed", update(remark, text=""))


def test_an_erased_remark_is_not_written_again(kept: Submission) -> None:
    remark = Comment.objects.get()
    assert remark.text == ""
    refuses("comment_fixed", update(remark, text="Something else."))
    assert Publication.objects.current().get().words


def test_what_was_said_with_a_decision_is_blanked_by_an_erasure_alone(kept: Submission) -> None:
    workflow.discard(make_draft("other"), by=a("author"), at=NOW, reason="Not needed.")
    refuses("reviewdecision_fixed", update(ReviewDecision.objects.get(kind="discard"), comment=""))


def test_the_legal_basis_of_an_erasure_stays(kept: Submission) -> None:
    refuses("reviewdecision_fixed", update(ReviewDecision.objects.get(kind="erase"), comment=""))


def test_what_was_said_after_an_erasure_is_not_blanked(kept: Submission) -> None:
    later = NOW.replace(year=2027)
    workflow.discard(make_revision("her2", at=later), by=a("author"), at=later, reason="Not needed.")
    refuses("reviewdecision_fixed", update(ReviewDecision.objects.get(kind="discard"), comment=""))


def test_an_erasure_lets_nothing_of_a_decision_go_but_what_was_said(kept: Submission) -> None:
    decision = ReviewDecision.objects.filter(question=kept.question, kind="publish")[0]
    refuses("reviewdecision_fixed", update(decision, by_name="Somebody else"))
    refuses("reviewdecision_fixed", update(decision, comment_hash="0" * 64))
    refuses("reviewdecision_fixed", update(decision, comment="Something else."))
