"""The author's verbs: drafts, edits, and words frozen by a submission."""

from typing import Any

import pytest

from faq import workflow
from faq.content.words import canonical_text, digest, read_words
from faq.models import Answer, Edit, Question, Submission, SubmissionEditor
from faq.workflow import TransitionRefused, WordsRefused
from tests.factories import (
    NOW,
    a,
    approve,
    make_author,
    make_draft,
    make_publication,
    make_revision,
    make_source,
    make_submission,
    make_user,
)

pytestmark = pytest.mark.django_db


def again(answer: Answer) -> Answer:
    """Return the answer as the database has it."""
    return Answer.objects.get(pk=answer.pk)


def test_creating_a_question_needs_the_role_of_author() -> None:
    with pytest.raises(TransitionRefused, match="role of author"):
        workflow.create_question(slug="her2", language="en", wording="What?", by=make_user(), at=NOW)


def test_a_superuser_is_no_author_by_that_alone() -> None:
    with pytest.raises(TransitionRefused, match="role of author"):
        workflow.create_question(slug="her2", language="en", wording="What?", by=make_user(is_superuser=True), at=NOW)


def test_a_taken_slug_is_refused_with_what_to_do() -> None:
    make_draft("her2")
    with pytest.raises(TransitionRefused, match="start a revision"):
        workflow.create_question(slug="her2", language="en", wording="What?", by=a("author"), at=NOW)


@pytest.mark.parametrize(
    ("field", "changed"), [("slug", {"slug": "Not A Slug"}), ("language", {"language": "english!"}), ("question", {"wording": ""})]
)
def test_bad_identity_is_refused_by_field(field: str, changed: dict[str, Any]) -> None:
    with pytest.raises(WordsRefused) as error:
        workflow.create_question(**{"slug": "her2", "language": "en", "wording": "What?"} | changed, by=a("author"), at=NOW)
    assert [name for name, _ in error.value.problems] == [field]
    assert not Question.objects.exists()


def test_an_unknown_topic_is_named() -> None:
    with pytest.raises(TransitionRefused, match="Unknown topic: hearts"):
        workflow.create_question(slug="her2", language="en", wording="What?", by=a("author"), at=NOW, topics=["hearts"])


def test_each_edit_leaves_a_row_with_what_changed() -> None:
    answer = make_draft()
    workflow.edit(answer, by=a("author"), at=NOW, changes={"short_answer": "Short."})
    assert Edit.objects.latest("pk").changes == '{"short_answer": "Short."}'


def test_only_the_holder_edits_and_another_author_is_told_to_take_over() -> None:
    answer = make_draft()
    with pytest.raises(TransitionRefused, match="take it over first"):
        workflow.edit(answer, by=make_author(), at=NOW, changes={"short_answer": "Mine."})


def test_submitted_words_cannot_be_edited() -> None:
    submission = make_submission()
    with pytest.raises(TransitionRefused, match="submitted"):
        workflow.edit(submission.answer, by=a("author"), at=NOW, changes={"short_answer": "Later."})


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"body": "NUL \x00"}, "body"),
        ({"short_answer": "half \ud800"}, "short_answer"),
        ({"status_lines": [{"item": "x", "status": "proven", "as_of": "2026"}]}, "status_lines.0.status"),
        ({"audience": "everybody"}, "audience"),
        ({"citations": [{"key": "nowhere"}]}, "citations"),
        ({"citations": [{"key": "s1"}, {"key": "s1"}]}, "citations"),
        ({"body": "x" * 100_001}, "body"),
        ({"colour": "red"}, "colour"),
        ({"resources": [{"kind": "rumour", "name": "x"}]}, "resources.0"),
        ({"phrasings": ["same", "same"]}, "phrasings"),
    ],
)
def test_bad_words_are_refused_by_field_and_nothing_is_written(changes: dict[str, object], field: str) -> None:
    answer = make_draft()
    edits = Edit.objects.count()
    with pytest.raises(WordsRefused) as error:
        workflow.edit(answer, by=a("author"), at=NOW, changes=changes)
    assert error.value.problems[0][0] == field
    assert Edit.objects.count() == edits


def test_a_submission_keeps_canonical_bytes_with_their_hash() -> None:
    submission = make_submission()
    assert digest(submission.words) == submission.content_hash
    assert canonical_text(read_words(submission.words)) == submission.words


def test_words_are_kept_in_nfc_with_unix_line_ends() -> None:
    submission = make_submission(body="Cafe\u0301 [^s1].\r\nNext.")
    assert read_words(submission.words).body == "Caf\u00e9 [^s1].\nNext."


def test_citations_are_numbered_by_their_first_mark_and_general_sources_come_after() -> None:
    for key in ("s2", "s3"):
        make_source(key)
    cited = [{"key": "s3"}, {"key": "s1"}, {"key": "s2"}]
    submission = make_submission(body="One [^s2]. Two [^s1]. Again [^s2].", citations=cited)
    assert [(each.key, each.number) for each in read_words(submission.words).citations] == [("s2", 1), ("s1", 2), ("s3", None)]


def test_all_who_wrote_are_listed_as_editors() -> None:
    answer = make_draft()
    other = make_author()
    answer = workflow.take_over(answer, by=other, at=NOW)
    submission = workflow.submit(answer, by=other, at=NOW)
    assert set(SubmissionEditor.objects.filter(submission=submission).values_list("user", flat=True)) == {a("author").pk, other.pk}


def test_changes_requested_put_the_answer_back_to_draft_with_the_comment_kept() -> None:
    submission = make_submission()
    decision = workflow.request_changes(submission, by=a("reviewer"), at=NOW, comment="Say where.")
    assert (again(submission.answer).status, decision.comment) == ("draft", "Say where.")


def test_changes_are_not_requested_without_saying_which() -> None:
    with pytest.raises(TransitionRefused, match="Say what to change"):
        workflow.request_changes(make_submission(), by=a("reviewer"), at=NOW, comment="  ")


def test_recall_takes_even_approved_words_back_and_leaves_a_row() -> None:
    submission = make_submission()
    approve(submission)
    answer = workflow.recall(submission.answer, by=a("author"), at=NOW)
    assert again(answer).status == "draft"
    assert [row.kind for row in Edit.objects.filter(answer=answer)][-1] == "recalled"


def test_recalled_words_cannot_be_published_by_their_old_approval() -> None:
    submission = make_submission()
    approve(submission)
    workflow.recall(submission.answer, by=a("author"), at=NOW)
    with pytest.raises(TransitionRefused, match="draft"):
        workflow.publish(submission, by=a("publisher"), at=NOW)


def test_one_question_has_one_open_answer() -> None:
    make_publication("her2")
    make_revision("her2")
    with pytest.raises(TransitionRefused, match="already works on this question"):
        workflow.start_revision(Question.objects.get(slug="her2"), by=make_author(), at=NOW)


def test_a_revision_begins_with_the_published_words() -> None:
    published = read_words(make_publication("her2").words)
    answer = workflow.start_revision(Question.objects.get(slug="her2"), by=a("author"), at=NOW)
    assert read_words(workflow.submit(answer, by=a("author"), at=NOW).words) == published


def test_a_discarded_answer_stays_discarded_and_makes_room() -> None:
    make_publication("her2")
    answer = workflow.discard(make_revision("her2"), by=a("author"), at=NOW, reason="Not needed.")
    with pytest.raises(TransitionRefused):
        workflow.submit(answer, by=a("author"), at=NOW)
    assert make_revision("her2").status == "draft"


def test_every_resource_field_reaches_the_words() -> None:
    video = {"kind": "video", "name": "Scan", "url": "https://v.example/1", "captions": True, "duration_s": 58, "transcript": "We look."}
    line = {"kind": "helpline", "name": "Line", "url": "", "phone": "800", "hours": "9–5", "region": "US", "description": "Free."}
    words = read_words(make_submission(resources=[video, line]).words)
    assert [each.model_dump() for each in words.resources] == [video, line]


def test_submissions_of_a_question_are_numbered() -> None:
    submission = make_submission(make_draft("her2"))
    workflow.recall(submission.answer, by=a("author"), at=NOW)
    assert make_submission(again(submission.answer)).number == 2
    assert Submission.objects.count() == 2


def test_a_comment_is_for_colleagues_alone() -> None:
    submission = make_submission()
    remark = workflow.comment(submission.answer, by=a("reviewer"), at=NOW, text="Is the figure from 2024?")
    assert (remark.by, remark.text) == (a("reviewer"), "Is the figure from 2024?")
    with pytest.raises(TransitionRefused, match="role of author"):
        workflow.comment(submission.answer, by=make_user(), at=NOW, text="Hello.")


def test_who_holds_a_draft_does_not_take_it_over() -> None:
    with pytest.raises(TransitionRefused, match="You hold this draft already"):
        workflow.take_over(make_draft(), by=a("author"), at=NOW)
