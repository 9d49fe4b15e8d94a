"""Why somebody was refused can be read afterwards: the log has the verb, the thing, the person and the sentence."""

import pytest

from faq import workflow
from faq.interchange.errors import Place, RowErrors
from faq.interchange.transactions import own_transaction
from tests.factories import NOW, a, approve, make_author, make_draft, make_publication, make_reviewer, make_submission

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _heard(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "faq.workflow")


def test_a_refused_approval_is_told_with_its_sentence(caplog: pytest.LogCaptureFixture) -> None:
    author = make_reviewer(user=make_author(username="writes-and-reviews"))
    submission = make_submission(make_draft(by=author))
    with pytest.raises(workflow.TransitionRefused):
        approve(submission, by=author)
    said = f"approve on submission {submission.pk} by writes-and-reviews was refused: You wrote part of these words; a second person must"
    assert [message for message in caplog.messages if message.startswith(said)]


def test_words_that_break_their_schema_are_told_too(caplog: pytest.LogCaptureFixture) -> None:
    answer = make_draft()
    with pytest.raises(workflow.WordsRefused):
        workflow.edit(answer, by=answer.author, at=NOW, changes={"origin": "a machine"})
    assert f"edit on answer {answer.pk} by the-author was refused: origin: " in caplog.text


def test_a_verb_without_a_thing_names_what_it_was_about(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(workflow.TransitionRefused):
        workflow.create_question(slug="her2", language="en", wording="What is it?", by=a("publisher"), at=NOW)
    assert "create_question on her2 by the-publisher was refused: This needs the role of author" in caplog.text


def test_a_key_that_somebody_made_up_writes_no_line_of_its_own(caplog: pytest.LogCaptureFixture) -> None:
    for slug in ("her2\nAn admin said yes", "half \ud83d"):
        with pytest.raises((workflow.TransitionRefused, workflow.WordsRefused)):
            workflow.create_question(slug=slug, language="en", wording="What is it?", by=a("author"), at=NOW)
    first, second = caplog.messages
    assert first.startswith("create_question on her2\\nAn admin said yes by the-author was refused: ")
    assert second.startswith("create_question on half \\ud83d by the-author was refused: ")
    assert "\n" not in first


def test_what_the_clock_is_refused_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(workflow.TransitionRefused):
        workflow.reaffirm({make_publication().pk: "0" * 64}, by=a("reviewer"), at=NOW, next_review_due_on=NOW.date())
    assert [message.split(" was refused")[0] for message in caplog.messages] == ["reaffirm on dict of 1 by the-reviewer"]


def test_a_refusal_holds_no_words_of_a_draft(caplog: pytest.LogCaptureFixture) -> None:
    answer = make_draft(question="What did Ana Example's letter say?")
    with pytest.raises(workflow.TransitionRefused):
        workflow.submit(answer, by=a("publisher"), at=NOW)
    assert "Ana" not in caplog.text


def test_a_button_that_is_not_shown_is_no_refusal(caplog: pytest.LogCaptureFixture) -> None:
    workflow.available(make_draft(), a("publisher"))
    assert caplog.messages == []


def test_an_import_tells_its_refusals_itself(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(RowErrors), own_transaction(Place("rows.jsonl", 3), is_rehearsal=False):
        workflow.submit(make_draft(), by=a("publisher"), at=NOW)
    assert caplog.messages == []
