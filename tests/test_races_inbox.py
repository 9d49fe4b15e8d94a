"""Two at once about the same thing that a reader sent in: one is told so, nothing counts twice, and nobody waits in a circle."""

from functools import partial
from typing import Any

import pytest
from django.db import connection

from faq import workflow
from faq.models import Feedback, Publication, ReviewDecision, SubmittedQuestion
from faq.workflow import TransitionRefused, inbox
from tests.factories import NOW, a, make_author, make_publication, make_reviewer
from tests.inbox import ASKED, make_asked, make_report
from tests.racing import assert_chains_hold, at_the_ledger, others, together

pytestmark = [
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one writer in at a time, so nobody waits with a row in hand"),
    pytest.mark.usefixtures("threads_see_it"),
]


def link(asked: SubmittedQuestion, by: Any) -> Any:
    return partial(workflow.link_question, asked, by=by, at=NOW, slug="swimming", phrasing=ASKED)


def test_of_two_who_sort_the_same_question_one_is_told() -> None:
    make_publication("swimming")
    asked, one, two = make_asked(), make_reviewer(), make_author()
    with others(partial(workflow.reject_question, asked, by=two, at=NOW, reason="No.")) as outcomes:
        link(asked, one)()
    assert isinstance(outcomes[0], TransitionRefused)
    assert "Somebody has sorted this question already" in str(outcomes[0])
    assert SubmittedQuestion.objects.get().outcome == "linked"
    assert not ReviewDecision.objects.filter(kind="reject_question").exists()


def test_an_erasure_beside_a_report_that_is_closed_waits_in_no_circle() -> None:
    publication = make_publication("swimming")
    report = make_report(publication)
    workflow.withdraw(publication, by=a("reviewer"), at=NOW, reason="legal")
    erasure = workflow.erase(publication, by=a("lead"), at=NOW, legal_basis="Order.")
    steps: list[Any] = [
        partial(workflow.confirm_erasure, erasure, by=make_reviewer(), at=NOW),
        partial(workflow.close_report, report, by=make_reviewer(), at=NOW, reason="Taken down."),
    ]
    outcomes = at_the_ledger(*steps)
    assert not any(isinstance(each, Exception) for each in outcomes), outcomes
    report.refresh_from_db()
    assert report.text == ""
    assert_chains_hold()


def test_an_opinion_that_comes_twice_at_once_counts_once() -> None:
    publication = Publication.objects.get(pk=make_publication("swimming").pk)
    told: dict[str, Any] = {"is_helpful": True, "comment": "", "key": "one", "at": NOW}
    outcomes = together([partial(inbox.receive_feedback, publication, **told)] * 8, threads=8)
    assert {each.pk for each in outcomes} == {Feedback.objects.get().pk}
