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

from faq.clock import calendar_fault
from faq.content.state import State
from faq.content.words import digest
from faq.models import Change, Ledger, Question, ReviewDecision, StandingText, User, Waiver

CLOCK_NAME: Final = "The library's clock"
CLOCK_ROLE: Final = "a scheduled job"
CLOCK_TOLERANCE: Final = timedelta(minutes=5)
"""How far from the clock a caller's `at` may lie: a slow request or a clock that differs, not a rewritten past."""

backdating: ContextVar[bool] = ContextVar("backdating", default=False)
"""True while load_demo plays a history; nothing else may record another moment than now."""


def check_moment(at: datetime) -> None:
    """Raise ValueError for a moment that has passed, or lies ahead, where the Ledger would stay for all who come; `backdating` excepted.

    None may lie outside the calendar."""
    if fault := calendar_fault(at):
        raise ValueError(f"{at.isoformat()} {fault}")
    away = at - timezone.now()
    if abs(away) > CLOCK_TOLERANCE and not backdating.get():
        raise ValueError(
            f"{at.isoformat()} {'lies ahead' if away > CLOCK_TOLERANCE else 'has passed'}; only load_demo records another moment than now"
        )


class ClockBehind(Exception):
    """This machine's clock stands before the Ledger's moment: one of both is wrong, and whatever was recorded now would count later."""


def check_clock() -> None:
    """Raise ClockBehind where `clock_fault` finds one; `backdating` excepted."""
    fault = "" if backdating.get() else clock_fault()
    if fault:
        raise ClockBehind(fault)


def ledger_moment(at: datetime) -> datetime:
    """Return the moment that is recorded for what happens `at`: the Ledger's where that is later."""
    moved_at = Ledger.objects.filter(pk=1).values_list("moved_at", flat=True).first()
    return max(at, moved_at) if moved_at else at


def clock_fault() -> str:
    """Return how far this machine's clock stands before the Ledger's moment where that is more than CLOCK_TOLERANCE, or ""."""
    now = timezone.now()
    moved_at = ledger_moment(now)
    if moved_at - now <= CLOCK_TOLERANCE:
        return ""
    told = [moment.astimezone(UTC).isoformat(sep=" ", timespec="seconds") for moment in (now, moved_at)]
    return f"the clock says {told[0]}, and the newest record is of {told[1]}"


def chain_value(value: Any) -> Any:
    """Return a column's value as JSON has it; moments in UTC to the microsecond."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value.isoformat() if isinstance(value, date) else value


def chain_hash(row: models.Model) -> str:
    """Return the SHA-256 over the canonical JSON of the columns of `row`, the previous hash included, its own left out.

    Of a decision's comment it covers the hash alone, so that an erasure breaks no chain.
    """
    fields = [field.attname for field in row._meta.concrete_fields if field.attname not in ("row_hash", "comment")]
    columns: dict[str, Any] = {name: chain_value(getattr(row, name)) for name in fields}
    return hashlib.sha256(rfc8785.dumps(columns)).hexdigest()


def role_of(person: User) -> str:
    """Return the role that a record copies: the reviewer's profession, or the groups."""
    reviewer = getattr(person, "reviewer", None)
    if reviewer is not None:
        return str(reviewer.profession)
    return ", ".join(sorted(group.name for group in person.groups.all())) or "no role"


class LedgerWriter:
    """The Ledger in hand: what may be appended while its lock is held. `at` is the moment everything gets.

    A decision comes first, then the Change that it causes. `changed`: by slug, the kinds of Changes of each entry so far.
    """

    def __init__(self, row: Ledger, at: datetime) -> None:
        self.row = row
        self.at = max(at, row.moved_at) if row.moved_at else at
        self.changed: dict[str, set[Change.Kind]] = {}

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
        self, kind: ReviewDecision.Kind, by: User | None, *, comment: str = "", details: Mapping[str, Any] | None = None, **columns: Any
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
            comment=comment,
            comment_hash=digest(comment) if comment else "",
            details=json.dumps(details, ensure_ascii=False, default=str) if details else "",
            previous_hash=self.row.decision_head,
            **columns,
        )
        row.row_hash = chain_hash(row)
        self.row.decision_sequence, self.row.decision_head = row.sequence, row.row_hash
        return row

    def append_change(
        self, kind: Change.Kind, question: Question, state: State, decision: ReviewDecision, *, reason: str = "", run: Any = None
    ) -> Change:
        """Append the Change of an entry to `state` that `decision`, taken just now, causes (guards.publications.CAUSES)."""
        replacement = state.ended.replacement if state.ended else ""
        entry = {"question": question, "slug": question.slug, "version": state.version}
        self.changed.setdefault(question.slug, set()).add(kind)
        return self.append(Change(kind=kind, state=state.dump(), reason=reason, replacement=replacement, run=run, **entry), decision)

    def append_text_change(self, text: StandingText, event: str, decision: ReviewDecision) -> Change:
        """Append the Change of a standing text that `decision` causes: it came into force (`started`) or `ended`."""
        state: dict[str, Any] = {"kind": text.kind, "key": text.key, "language": text.language, "number": text.number, "event": event}
        change = Change(kind=Change.Kind.STANDING_TEXT, standing_text=text, state=rfc8785.dumps(state).decode())
        self.append(change, decision)
        self.row.standing_sequence = change.sequence
        self.move("standing_sequence")
        return change

    def append(self, change: Change, decision: ReviewDecision) -> Change:
        """Number, chain and store `change`."""
        change.decision, change.decision_hash = decision, decision.row_hash
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
def lock_ledger(at: datetime) -> Iterator[LedgerWriter]:
    """Lock the Ledger inside the caller's transaction and yield a LedgerWriter.

    Raises ValueError for another moment than now (`check_moment`), and outside a transaction.
    """
    check_moment(at)
    if not transaction.get_connection().in_atomic_block:
        raise ValueError("the Ledger is extended inside a transaction only")
    yield LedgerWriter(Ledger.objects.select_for_update(no_key=True).get(pk=1), at)
