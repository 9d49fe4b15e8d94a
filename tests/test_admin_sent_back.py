"""Words that were sent back and come again: the reviewer reads why, and what was changed since; so does whoever writes them."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags

from faq import workflow
from faq.models import Answer, Erasure, Publication, Question, Submission, User
from tests.admin_client import page_of, see, signed_in, verb_of
from tests.factories import NOW, a, approve, make_author, make_draft, make_publication, make_reviewer, make_revision, make_submission

pytestmark = pytest.mark.django_db
WHY = "Why earlier words were sent back"
SINCE = f"What changed since it was sent back on {NOW.date()}"
VERBS = ("change", "approve", "request_changes")


def sent_back(submission: Submission, comment: str = "Name the trial.", *, by: User | None = None, at: datetime = NOW) -> Answer:
    """Send a submission back; return its draft."""
    workflow.request_changes(submission, by=by or a("reviewer"), at=at, comment=comment)
    return Answer.objects.get(pk=submission.answer_id)


def again(answer: Answer, **changes: Any) -> Submission:
    """Submit a draft once more, with `changes` if there are any."""
    return make_submission(workflow.edit(answer, by=answer.author, at=NOW, changes=changes) if changes else answer)


def section(page: str, heading: str) -> str:
    """Return the words under a heading, or an empty string where it is not there."""
    found = re.search(rf"<section[^>]*>\s*<h2[^>]*>{re.escape(heading)}</h2>(.*?)</section>", page, re.DOTALL)
    return " ".join(strip_tags(found[1].replace("<", " <")).split()) if found else ""


def changed(page: str) -> list[str]:
    """Return the paragraphs of the words in which something is marked."""
    found = re.findall(r"<p>(?:(?!</p>).)*?<(?:ins|del)>.*?</p>", page[page.index('<div class="marked">') :], re.DOTALL)
    return [" ".join(strip_tags(paragraph.replace("<", " <")).split()) for paragraph in found]


@pytest.mark.parametrize("page", VERBS)
def test_the_reviewer_reads_who_sent_earlier_words_back_and_why_before_the_words(page: str) -> None:
    first = make_submission()
    submission = again(sent_back(first), short_answer="HER2 is a protein on cells.")
    shown = see(make_reviewer(), page_of(submission) if page == "change" else verb_of(submission, page))
    told = section(shown, WHY)
    assert told == "Request Changes , submission 1 : the-reviewer (Oncology nurse), 2026-03-02 12:00 UTC Name the trial."
    assert page_of(first) in shown
    assert shown.index(WHY) < shown.index('class="words entry"')


def test_what_changed_since_then_stands_beside_what_changed_since_the_version_in_force() -> None:
    make_publication("her2", short_answer="HER2 is one thing.")
    draft = sent_back(make_submission(make_revision("her2", short_answer="HER2 is two things.")))
    address = verb_of(again(draft, short_answer="HER2 is three things."), "approve")
    page, other = see(a("reviewer"), address), see(a("reviewer"), f"{address}?against=version")
    assert (SINCE in page, changed(page)) == (True, ["HER2 is two three things."])
    assert ("What changed since version 1 (current)" in other, changed(other)) == (True, ["HER2 is one thing. three things."])
    assert "Since version 1 (current) (1 change)" in page


def test_the_same_words_once_more_are_said_to_be_the_same() -> None:
    page = see(make_reviewer(), verb_of(again(sent_back(make_submission())), "approve"))
    assert section(page, SINCE).startswith("Nothing was changed.")
    assert section(page, WHY).endswith("Name the trial. Nothing was changed since.")


def test_only_changed_words_are_called_changed() -> None:
    page = see(make_reviewer(), page_of(again(sent_back(make_submission()), short_answer="Short.")))
    assert "Nothing was changed since" not in page


def test_every_time_is_told_and_the_words_are_compared_with_the_last() -> None:
    second = again(sent_back(make_submission(short_answer="HER2 is one thing.")), short_answer="HER2 is two things.")
    other = make_reviewer()
    draft = sent_back(second, "And the year.", by=other, at=NOW + timedelta(days=2))
    page = see(make_reviewer(), page_of(again(draft, short_answer="HER2 is three things.")))
    told = section(page, WHY)
    assert told.index("submission 2") < told.index("And the year.") < told.index("submission 1") < told.index("Name the trial.")
    assert "What changed since it was sent back on 2026-03-04" in page
    assert changed(page) == ["HER2 is two three things."]


def test_words_taken_back_in_between_by_their_author_are_not_what_was_sent_back() -> None:
    second = again(sent_back(make_submission(short_answer="HER2 is one thing.")), short_answer="HER2 is two things.")
    workflow.recall(second.answer, by=second.submitted_by, at=NOW)
    page = see(make_reviewer(), page_of(again(Answer.objects.get(), short_answer="HER2 is three things.")))
    assert changed(page) == ["HER2 is one thing. three things."]


def test_a_later_page_does_not_change_an_earlier_one() -> None:
    first = make_submission()
    again(sent_back(first), short_answer="Short.")
    assert WHY not in see(make_reviewer(), page_of(first))


def objected(submission: Submission, reviewer: User) -> None:
    workflow.object(submission, by=reviewer, at=NOW, comment="The figure is old.")


def test_words_that_were_taken_back_under_an_objection_count() -> None:
    submission = make_submission()
    objected(submission, a("reviewer"))
    workflow.recall(submission.answer, by=submission.submitted_by, at=NOW)
    second = again(Answer.objects.get())
    assert section(see(a("reviewer"), page_of(second)), WHY).startswith("Object , submission 1 : the-reviewer")


def test_an_objection_that_was_resolved_sent_nothing_back() -> None:
    submission = make_submission()
    objected(submission, a("reviewer"))
    workflow.resolve(submission, by=make_reviewer(), at=NOW, comment="It is the newest.")
    workflow.recall(submission.answer, by=submission.submitted_by, at=NOW)
    assert WHY not in see(a("reviewer"), page_of(again(Answer.objects.get())))


def test_words_that_were_asked_about_again_and_taken_back_count() -> None:
    make_publication("her2")
    waiting = make_submission(make_revision("her2"))
    approve(waiting)
    workflow.hold(Publication.objects.get(), by=a("reviewer"), at=NOW, comment="Checking.")
    answer = Answer.objects.get(pk=waiting.answer_id)
    workflow.recall(answer, by=answer.author, at=NOW)
    told = section(see(make_reviewer(), page_of(again(Answer.objects.get(pk=answer.pk)))), WHY)
    assert told.startswith("Reopen , submission 2 : the-reviewer")


def test_a_draft_begun_anew_after_one_that_was_given_up_knows_of_it() -> None:
    draft = sent_back(make_submission(make_draft("her2")))
    workflow.discard(draft, by=draft.author, at=NOW, reason="Begun anew.")
    anew = workflow.start_revision(Question.objects.get(), by=a("author"), at=NOW)
    changes = {"short_answer": "It is.", "body": "It is what it is [^s1].", "citations": [{"key": "s1"}]}
    assert section(see(make_reviewer(), page_of(again(anew, **changes))), WHY).endswith("Name the trial.")


def test_what_was_sent_back_before_the_last_published_version_is_past() -> None:
    second = again(sent_back(make_submission(make_draft("her2"))), short_answer="HER2 is two things.")
    approve(second)
    workflow.publish(second, by=a("publisher"), at=NOW)
    third = make_submission(make_revision("her2"))
    assert WHY not in see(make_reviewer(), page_of(third))
    assert WHY in see(make_reviewer(), page_of(second)), "of published words it stays what it was"


def test_other_questions_and_first_submissions_say_nothing_of_it() -> None:
    sent_back(make_submission())
    page = see(make_reviewer(), page_of(make_submission()))
    assert (WHY in page, "since it was sent back" in page) == (False, False)


# Erased words


def erased_between() -> tuple[Submission, Submission]:
    """Return words that were sent back and erased, and those of version 2, which came after them."""
    first = make_publication("her2")
    refused = make_submission(make_revision("her2", short_answer="Zebrafinch."))
    second = again(sent_back(refused), short_answer="HER2 is two things.")
    approve(second)
    workflow.publish(second, by=a("publisher"), at=NOW)
    workflow.erase(Publication.objects.get(pk=first.pk), by=a("lead"), at=NOW, legal_basis="A court's order.")
    workflow.confirm_erasure(Erasure.objects.get(), by=a("reviewer"), at=NOW)
    return refused, second


def test_erased_words_are_compared_with_nothing() -> None:
    refused, second = erased_between()
    page = see(make_reviewer(), page_of(second))
    assert section(page, WHY).endswith("(what was said with it was erased) The words that were sent back were erased.")
    assert SINCE not in page
    assert "Zebrafinch" not in page + see(make_reviewer(), page_of(refused))


# The author's page


def test_the_author_reads_the_reason_above_the_form() -> None:
    draft = sent_back(make_submission())
    page = see(draft.author, page_of(draft))
    assert section(page, WHY).endswith("Name the trial.")
    assert page.index(WHY) < page.index('name="short_answer"')
    assert page.count(WHY) == 1


def test_colleagues_read_it_above_the_draft() -> None:
    page = see(make_author(), page_of(sent_back(make_submission())))
    assert page.index(WHY) < page.index("Saved: as readers would see it")


def test_a_draft_that_was_never_sent_back_and_one_that_is_submitted_say_nothing_of_it() -> None:
    draft, submission = make_draft(), again(sent_back(make_submission()))
    assert WHY not in see(draft.author, page_of(draft))
    assert WHY not in see(submission.submitted_by, page_of(Answer.objects.get(pk=submission.answer_id)))


# Cost


def test_the_pages_ask_the_database_no_more_often_however_often_words_came_back() -> None:
    counted = []
    for times in (1, 4):
        draft = make_draft()
        for number in range(times):
            draft = sent_back(again(draft, short_answer=f"HER2 is {number} things."))
        reviewer, author = signed_in(make_reviewer()), signed_in(draft.author)
        with CaptureQueriesContext(connection) as written:
            author.get(page_of(draft))
        submission = again(draft, short_answer="HER2 is all.")
        with CaptureQueriesContext(connection) as read:
            assert WHY in reviewer.get(page_of(submission)).content.decode()
        counted.append((len(written), len(read)))
    assert counted[0] == counted[1]
