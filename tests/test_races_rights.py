"""Whoever loses the right to review while their decision waits for a lock is told so in a sentence, and nothing was decided."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction

from faq import workflow
from faq.interchange.options import Stage
from faq.models import EvidenceAlert, Ledger, Publication, ReviewDecision, Source, Submission, User
from faq.workflow import TransitionRefused
from faq.workflow.locks import lock_people
from faq.workflow.placements import put_in_place
from faq.workflow.reopening import lock_all_waiting
from tests.factories import (
    NOW,
    a,
    approve,
    make_draft,
    make_lead,
    make_publication,
    make_reviewer,
    make_submission,
    make_topic,
    place_topic,
    reviewer_row,
)
from tests.interchange import counts, entry, lines, make_importer, run
from tests.racing import alone, assert_chains_hold, others, outcome, wait_for

Step = Callable[[], Any]
on_postgresql = [
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="SQLite lets one writer in at a time, so nobody waits with a right in hand"
    ),
    pytest.mark.usefixtures("threads_see_it"),
]


def retracted(slug: str = "entry") -> Publication:
    """Make an entry whose source was retracted, so that an alert waits."""
    publication = make_publication(slug, body="Cells grow [^s9].", citations=[{"key": "s9"}])
    workflow.mark_source(Source.objects.get(key="s9"), by=a("reviewer"), at=NOW, state="retracted", comment="The journal says so.")
    return Publication.objects.get(pk=publication.pk)


def restored() -> Publication:
    """Make an entry whose restored version waits for a second person."""
    old = make_publication("entry")
    make_publication("entry")
    return workflow.restore(Publication.objects.get(pk=old.pk), by=a("reviewer"), at=NOW, comment="It was better.")


def erasing() -> Any:
    """Make an erasure that waits for a second person."""
    publication = make_publication("entry")
    workflow.withdraw(publication, by=a("reviewer"), at=NOW, reason="legal")
    return workflow.erase(Publication.objects.get(pk=publication.pk), by=a("lead"), at=NOW, legal_basis="A court's order.")


def objected() -> Any:
    """Make a submission with an open objection."""
    submission = make_submission()
    workflow.object(submission, by=a("reviewer"), at=NOW, comment="Too short.")
    return submission


def superseded() -> Publication:
    """Make a version that another has replaced."""
    old = make_publication("entry")
    make_publication("entry")
    return Publication.objects.get(pk=old.pk)


def reaffirm(by: User) -> Step:
    """Prepare to reaffirm an entry."""
    publication = make_publication("entry")
    due_on = NOW.date().replace(year=2027)
    return partial(workflow.reaffirm, {publication.pk: publication.content_hash}, by=by, at=NOW, next_review_due_on=due_on)


def mark(by: User) -> Step:
    """Prepare to mark a source that an entry cites."""
    make_publication("entry")
    return partial(workflow.mark_source, Source.objects.get(key="s1"), by=by, at=NOW, state="superseded", comment="A newer one is out.")


def name_text(by: User) -> Step:
    """Prepare to approve a standing text."""
    text = workflow.propose(by=a("lead"), at=NOW, kind="notice", key="withdrawn", language="en", text="Gone for good.")
    return partial(workflow.approve_text, text, by=by, at=NOW)


def triage(by: User) -> Step:
    """Prepare to look at an alert."""
    retracted()
    return partial(workflow.triage_alert, EvidenceAlert.objects.get(), by=by, at=NOW, outcome="minor", note="A side remark.")


PREPARE: dict[str, Callable[[User], Step]] = {
    "approve": lambda by: partial(approve, make_submission(), by=by),
    "request_changes": lambda by: partial(workflow.request_changes, make_submission(), by=by, at=NOW, comment="Shorter."),
    "object": lambda by: partial(workflow.object, make_submission(), by=by, at=NOW, comment="Too short."),
    "resolve": lambda by: partial(workflow.resolve, objected(), by=by, at=NOW, comment="Long enough."),
    "withdraw": lambda by: partial(workflow.withdraw, make_publication("entry"), by=by, at=NOW, reason="unsafe"),
    "hold": lambda by: partial(workflow.hold, make_publication("entry"), by=by, at=NOW, comment="Checking."),
    "restore": lambda by: partial(workflow.restore, superseded(), by=by, at=NOW, comment="It was better."),
    "confirm": lambda by: partial(workflow.confirm, restored(), by=by, at=NOW),
    "confirm_erasure": lambda by: partial(workflow.confirm_erasure, erasing(), by=by, at=NOW),
    "reaffirm": reaffirm,
    "mark_source": mark,
    "approve_text": name_text,
    "triage_alert": triage,
}


def decided(by: User) -> bool:
    """Return whether a person decided anything."""
    return ReviewDecision.objects.filter(by=by).exists()


def is_locked(user: User) -> bool:
    """Return whether somebody holds an account, once anybody waits for a lock."""
    wait_for([], 1)
    try:
        with transaction.atomic():
            return not User.objects.select_for_update(nowait=True, no_key=True).filter(pk=user.pk)
    except OperationalError:
        return True


class TestOnPostgresql:
    """Two sessions, of which one waits for the other."""

    pytestmark = on_postgresql

    @pytest.mark.parametrize("verb", PREPARE)
    def test_who_is_revoked_while_their_decision_waits_is_refused_with_a_sentence(self, verb: str) -> None:
        reviewer, lead = make_reviewer(), make_lead()
        step = PREPARE[verb](reviewer)
        with others(step) as outcomes:
            workflow.revoke_reviewer(reviewer_row(reviewer), by=lead, at=NOW, comment="Left the service.")
        assert isinstance(outcomes[0], TransitionRefused)
        assert str(outcomes[0]) == "This needs an active reviewer; a lead can grant a review scope."
        assert not decided(reviewer)

    def test_who_gets_a_smaller_scope_while_their_decision_waits_is_refused_by_it(self) -> None:
        reviewer, lead, submission = make_reviewer(), make_lead(), make_submission()
        scope: dict[str, Any] = {"profession": "Oncology nurse", "languages": ["es"], "all_topics": True, "verified_until": NOW.date()}
        with others(partial(approve, submission, by=reviewer)) as outcomes:
            workflow.grant_reviewer(reviewer, by=lead, at=NOW, **scope)
        assert str(outcomes[0]) == "Your review scope does not cover the language en."

    def test_who_is_switched_off_while_their_decision_waits_is_refused_with_a_sentence(self) -> None:
        reviewer, submission = make_reviewer(), make_submission()
        with others(partial(approve, submission, by=reviewer)) as outcomes:
            User.objects.filter(pk=reviewer.pk).update(is_active=False)
        assert isinstance(outcomes[0], TransitionRefused)
        assert not decided(reviewer)

    def test_who_approves_while_the_topic_moves_out_of_their_scope_is_refused_by_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The words were submitted after whoever moves the topic had looked for what waits in it."""
        for slug in ("hearts", "valves"):
            make_topic(slug)
        place_topic("valves", parents=["hearts"])
        moved = workflow.edit_topic(slug="valves", by=a("author"), at=NOW, parents=[]).placements.proposed().get()
        answer, reviewer, mover = make_draft(topics=["valves"]), make_reviewer(topics=["hearts"]), a("reviewer")
        outcomes: list[Any] = []

        def lock(*condition: Any) -> list[int]:
            locked = lock_all_waiting(*condition)
            with ThreadPoolExecutor(1) as pool:
                pool.submit(copy_context().run, alone, partial(workflow.submit, answer, by=answer.author, at=NOW)).result()
            return locked

        def put(placement: Any) -> None:
            put_in_place(placement)
            step = partial(approve, Submission.objects.get(), by=reviewer)
            outcomes.append(pool.submit(copy_context().run, alone, step))
            wait_for(outcomes, 1)

        monkeypatch.setattr("faq.workflow.standing_texts.lock_all_waiting", lock)
        monkeypatch.setattr("faq.workflow.standing_texts.put_in_place", put)
        with ThreadPoolExecutor(1) as pool, suppress(TransitionRefused):
            workflow.approve_text(moved, by=mover, at=NOW)
        assert str(outcome(outcomes[0])) == "Your review scope does not cover the topics valves."
        assert not decided(reviewer)

    def test_a_revocation_that_came_second_leaves_the_decision_standing(self) -> None:
        reviewer, submission = make_reviewer(), make_submission()
        revoke = partial(workflow.revoke_reviewer, reviewer_row(reviewer), by=make_lead(), at=NOW, comment="Left the service.")
        with others(revoke) as outcomes:
            approve(submission, by=reviewer)
        assert isinstance(outcomes[0], ReviewDecision)
        assert decided(reviewer)
        assert_chains_hold()

    def test_who_imports_and_decides_at_once_meets_no_deadlock(self, tmp_path: Path) -> None:
        """The import takes the Ledger for a new topic, and asks for the person's rights again when it submits the draft."""
        person, submission = make_reviewer(user=make_importer()), make_submission()
        path = lines(tmp_path / "words.jsonl", [entry()])
        with others(partial(run, path, stage=Stage.SUBMITTED, by=person), partial(approve, submission, by=person)) as outcomes:
            Ledger.objects.select_for_update(no_key=True).get(pk=1)
        assert outcomes[0] == counts(created=1)
        assert isinstance(outcomes[1], ReviewDecision)

    def test_two_leads_who_revoke_each_other_at_once_meet_no_deadlock(self) -> None:
        one, two = make_reviewer(user=make_lead()), make_reviewer(user=make_lead())
        revoke = partial(workflow.revoke_reviewer, at=NOW, comment="Left.")
        with others(partial(revoke, reviewer_row(one), by=two), partial(revoke, reviewer_row(two), by=one)) as outcomes:
            lock_people(one.pk, two.pk)
        assert [type(each) for each in outcomes] == [ReviewDecision, ReviewDecision]

    def test_of_two_people_the_one_with_the_lower_key_is_locked_first_whoever_acts(self) -> None:
        one, two = make_reviewer(user=make_lead()), make_lead()
        revoke = partial(workflow.revoke_reviewer, reviewer_row(one), by=two, at=NOW, comment="Left.")
        with others(revoke, partial(is_locked, one)) as outcomes:
            lock_people(two.pk)
        assert isinstance(outcomes[0], ReviewDecision)
        assert outcomes[1] is True


@pytest.mark.django_db
def test_the_account_is_looked_at_afresh_and_not_as_it_was_when_the_page_was_opened() -> None:
    reviewer, submission = make_reviewer(), make_submission(make_draft())
    User.objects.filter(pk=reviewer.pk).update(is_active=False)
    with pytest.raises(TransitionRefused, match="This needs an active reviewer"):
        approve(submission, by=reviewer)
