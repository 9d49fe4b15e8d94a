"""Words that are published at the very moment in which their entry is taken down, or their reviewer revoked: one of the two comes first."""

from functools import partial

import pytest
from django.db import connection

from faq import workflow
from faq.models import Answer, Publication, Submission
from faq.workflow import TransitionRefused
from tests.factories import NOW, a, approve, make_approved, make_publication, make_reviewer, make_revision, make_submission, reviewer_row
from tests.racing import assert_chains_hold, assert_versions_hold, others

pytestmark = [
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one writer in at a time"),
    pytest.mark.usefixtures("threads_see_it"),
]


def scheduled() -> tuple[Publication, Submission]:
    """Return a version in force and words that the clock publishes now in its place."""
    first = make_publication("entry")
    return first, make_approved(make_revision("entry"))


@pytest.mark.parametrize("verb", ["withdraw", "hold"])
def test_what_is_published_while_its_entry_is_stopped_is_asked_about_again(verb: str) -> None:
    first, submission = scheduled()
    with others(partial(workflow.publish, submission, by=a("publisher"), at=NOW)) as outcomes:
        if verb == "hold":
            workflow.hold(first, by=make_reviewer(), at=NOW, comment="A reader wrote.")
        else:
            workflow.withdraw(first, by=make_reviewer(), at=NOW, reason="unsafe")
    assert isinstance(outcomes[0], TransitionRefused)
    assert Answer.objects.get(pk=submission.answer_id).status == "submitted"
    approve(submission)
    assert workflow.publish(submission, by=a("publisher"), at=NOW).version == 2
    assert_chains_hold()
    assert_versions_hold()


def test_what_is_published_while_its_reviewer_is_revoked_is_asked_about_again() -> None:
    reviewer, submission = make_reviewer(), make_submission()
    approve(submission, by=reviewer)
    with others(partial(workflow.publish, submission, by=a("publisher"), at=NOW)) as outcomes:
        workflow.revoke_reviewer(reviewer_row(reviewer), by=a("lead"), at=NOW, comment="Struck off.")
    assert isinstance(outcomes[0], TransitionRefused)
    assert Answer.objects.get(pk=submission.answer_id).status == "submitted"


def test_an_approval_under_way_is_void_once_its_reviewer_is_revoked_after_it() -> None:
    reviewer, submission = make_reviewer(), make_submission()
    revoke = partial(workflow.revoke_reviewer, reviewer_row(reviewer), by=a("lead"), at=NOW, comment="Struck off.")
    with others(revoke) as outcomes:
        approve(submission, by=reviewer)
    assert not isinstance(outcomes[0], Exception)
    assert Answer.objects.get(pk=submission.answer_id).status == "submitted"
