"""The Ledger's lock, and the two chains that are extended under it: decisions and Changes.

Whoever takes the lock has locked the content rows before and takes nothing else after, so nobody waits in a circle.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import rfc8785
from django.db import models, transaction
from django.utils import timezone

from faq.models import Change, Ledger, Publication, Question, ReviewDecision, StandingText, User, Waiver
from faq.state import State

CLOCK_NAME: Final = "The library's clock"
CLOCK_ROLE: Final = "a scheduled job"
LATE: Final = timedelta(minutes=5)
"""How far from the clock a caller's `at` may lie: a slow request or a clock that differs, not a rewritten past."""

backdating: ContextVar[bool] = ContextVar("backdating", default=False)
"""True while load_demo plays a history; nothing else may record another moment than now."""


def check_moment(at: datetime) -> None:
    """Raise ValueError for a moment that has passed, or lies ahead, where the Ledger would stay for all who come; `backdating` excepted."""
    away = at - timezone.now()
    if abs(away) > LATE and not backdating.get():
        raise ValueError(
            f"{at.isoformat()} {'lies ahead' if away > LATE else 'has passed'}; only load_demo records another moment than now"
        )


def chain_value(value: Any) -> Any:
    """Return a column's value as JSON has it; moments in UTC to the microsecond."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value.isoformat() if isinstance(value, date) else value


def chain_hash(row: models.Model) -> str:
    """Return the SHA-256 over the canonical JSON of all columns of `row` but its own hash, the previous hash included."""
    fields = [field.attname for field in row._meta.concrete_fields if field.attname != "row_hash"]
    columns: dict[str, Any] = {name: chain_value(getattr(row, name)) for name in fields}
    return hashlib.sha256(rfc8785.dumps(columns)).hexdigest()


def role_of(person: User) -> str:
    """Return the role that a record copies: the reviewer's profession, or the groups."""
    reviewer = getattr(person, "reviewer", None)
    if reviewer is not None:
        return str(reviewer.profession)
    return ", ".join(sorted(group.name for group in person.groups.all())) or "no role"


class Hand:
    """The Ledger in hand: what may be appended while its lock is held. `at` is the moment everything gets."""

    def __init__(self, row: Ledger, at: datetime) -> None:
        self.row = row
        self.at = max(at, row.moved_at) if row.moved_at else at

    def decide(self, kind: ReviewDecision.Kind, by: User | None, **columns: Any) -> ReviewDecision:
        """Append a decision of `by` (None: the clock) and move the chain's head; `columns` as in decide_each."""
        return self.decide_each(kind, by, [columns])[0]

    def decide_each(self, kind: ReviewDecision.Kind, by: User | None, each: Sequence[Mapping[str, Any]]) -> list[ReviewDecision]:
        """Append a decision of one kind for each row of columns, and move the chain's head past them all.

        A row may hold `details` (whatever JSON has) and `waivers`: those unsaved Waivers that are given with the decision.
        """
        decisions: list[ReviewDecision] = []
        given: list[Waiver] = []
        for columns in each:
            row = self.next_decision(kind, by, **{name: value for name, value in columns.items() if name != "waivers"})
            decisions.append(row)
            for waiver in columns.get("waivers", ()):
                waiver.decision_id = row.sequence
                given.append(waiver)
        Waiver.objects.bulk_create(given)  # before the decisions: to one that stands no waiver can be added
        ReviewDecision.objects.bulk_create(decisions)
        if decisions:
            self.move("decision_sequence", "decision_head")
        return decisions

    def next_decision(
        self, kind: ReviewDecision.Kind, by: User | None, *, details: Mapping[str, Any] | None = None, **columns: Any
    ) -> ReviewDecision:
        """Return the unsaved decision that is next in the chain, with the chain's head on it."""
        row = ReviewDecision(
            sequence=self.row.decision_sequence + 1,
            kind=kind,
            at=self.at,
            by=by,
            by_name=str(by) if by else CLOCK_NAME,
            by_role=role_of(by) if by else CLOCK_ROLE,
            name_is_public=bool(by and by.name_is_public),
            is_demo=bool(by and by.is_demo),
            details=json.dumps(details, ensure_ascii=False, default=str) if details else "",
            previous_hash=self.row.decision_head,
            **columns,
        )
        row.row_hash = chain_hash(row)
        self.row.decision_sequence, self.row.decision_head = row.sequence, row.row_hash
        return row

    def tell(self, kind: Change.Kind, question: Question, state: State, *, reason: str = "", run: Any = None) -> Change:
        """Append a Change of an entry to `state` and move the chain's head."""
        replacement = state.ended.replacement if state.ended else ""
        entry = {"question": question, "slug": question.slug, "version": state.version}
        return self.append(Change(kind=kind, state=state.dump(), reason=reason, replacement=replacement, run=run, **entry))

    def tell_standing(self, text: StandingText, event: str) -> Change:
        """Append a Change of a standing text: it came into force or ended."""
        state: dict[str, Any] = {"kind": text.kind, "key": text.key, "language": text.language, "number": text.number, "event": event}
        change = self.append(Change(kind=Change.Kind.STANDING_TEXT, standing_text=text, state=rfc8785.dumps(state).decode()))
        self.row.standing_sequence = change.sequence
        self.move("standing_sequence")
        return change

    def append(self, change: Change) -> Change:
        """Number, chain and store `change`."""
        change.sequence, change.at, change.previous_hash = self.row.last_sequence + 1, self.at, self.row.change_head
        change.row_hash = chain_hash(change)
        change.save(force_insert=True)
        self.row.last_sequence, self.row.change_head = change.sequence, change.row_hash
        self.move("last_sequence", "change_head")
        return change

    def move(self, *columns: str) -> None:
        """Write the Ledger's `columns` and its moment."""
        self.row.moved_at = self.at
        self.row.save(update_fields=[*columns, "moved_at"])


@contextmanager
def ledger(at: datetime) -> Iterator[Hand]:
    """Lock the Ledger inside the caller's transaction and yield a Hand.

    Raises ValueError for another moment than now (`check_moment`), and outside a transaction.
    """
    check_moment(at)
    if not transaction.get_connection().in_atomic_block:
        raise ValueError("the Ledger is extended inside a transaction only")
    yield Hand(Ledger.objects.select_for_update(no_key=True).get(pk=1), at)


def current_publication(question: Question) -> Publication | None:
    """Return the version of `question` in force, or None; the caller has locked the question."""
    return Publication.objects.current().filter(question=question).select_related("last_change").first()
