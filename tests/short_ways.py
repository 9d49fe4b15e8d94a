"""What nearly every test stands on, made the short way: the rows that the verbs leave, without the questions that they ask.

tests/test_factories.py holds this to the verbs; the guards of the database are on as ever.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from faq.integrity.ledger import LedgerWriter, lock_ledger
from faq.models import ReviewDecision, Reviewer, StandingText, User
from faq.workflow.standing_texts import check_proposal, new_text_row, what_is_decided
from faq.workflow.transitions import Kind


def put_into_force(each: Sequence[Mapping[str, Any]], *, proposed_by: User, approved_by: User, at: datetime) -> None:
    """Make the first version of each text of TEXT_FIELDS; the people are those of `with_role`, and nobody asks whether they may."""
    rows = [new_text_row(fields) for fields in each]
    for row in rows:
        check_proposal(row, proposed_by, at)
    with transaction.atomic(), lock_ledger(at) as ledger:
        StandingText.objects.bulk_create(rows)
        keys = [row.pk for row in rows]
        StandingText.objects.filter(pk__in=keys).update(approved_by=approved_by, approved_at=ledger.at, starts_at=ledger.at)
        for row, decision in zip(rows, decide(ledger, rows, proposed_by, approved_by), strict=True):
            ledger.append_text_change(row, "started", decision)


def give_scope(user: User, *, by: User, at: datetime, **scope: Any) -> None:
    """Make somebody a reviewer as grant_reviewer does for whom nothing waits; `scope` has the columns of a Reviewer."""
    with transaction.atomic(), lock_ledger(at) as ledger:
        Reviewer.objects.create(user=user, granted_at=at, **scope)
        told = {name: scope[name] for name in ("languages", "all_topics", "sign_offs", "verified_until")}
        ledger.decide(Kind.GRANT_REVIEWER, by, about=f"reviewer {user.username}", details=told | {"topics": []})


def decide(ledger: LedgerWriter, rows: Sequence[StandingText], proposed_by: User, approved_by: User) -> list[ReviewDecision]:
    """Store the proposal and the approval of each row, one after the other as the verbs have them; return the approvals."""
    kinds = ((Kind.PROPOSE, proposed_by), (Kind.APPROVE_TEXT, approved_by))
    decisions = [ledger.next_decision(kind, by, **what_is_decided(row)) for row in rows for kind, by in kinds]
    ReviewDecision.objects.bulk_create(decisions)
    ledger.move("decision_sequence", "decision_head")
    return decisions[1::2]


def with_role(person: User) -> User:
    """Return a person with what a record copies of their role, so that it is not asked for again with each."""
    return User.objects.select_related("reviewer").prefetch_related("groups").get(pk=person.pk)
