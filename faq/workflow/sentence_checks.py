"""That each sentence of an AI's words that does harm if it is wrong was held against its source, by whoever approves it.

A check is kept with the decision with which it was given, as the SHA-256 of the sentence beside what was shown of its sources
(`Statement.place`): whoever sends words back keeps the checks of what stays as it is, and an edit voids that of its own sentence alone.
Nobody's checks count for anybody else.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from faq.content.words import Words, read_words
from faq.models import ReviewDecision, Submission, User
from faq.readiness.reading import Reading
from faq.readiness.statements import Statement, statements
from faq.workflow.errors import TransitionRefused
from faq.workflow.publishing import details_of
from faq.workflow.readiness_context import shared_context
from faq.workflow.transitions import Kind

CHECKED: Final = "checked"
"""The detail of a decision that holds the places that were checked."""
TOLD: Final = 3
"""Sentences that a refusal names."""


def statements_of(words: Words, at: datetime) -> list[Statement]:
    """Return what `words` state, with the library's names of medicines at the moment `at`."""
    shared = shared_context(words, at)
    return statements(Reading(words), {*shared.medicines, *shared.brands})


def to_be_checked(submission: Submission, at: datetime) -> list[Statement]:
    """Return the statements of frozen words that each want a check; none where no AI had a part in them."""
    if submission.origin == "human" or not submission.words:
        return []
    return [statement for statement in statements_of(read_words(submission.words), at) if statement.reasons]


def checked_before(submission: Submission, by: User) -> set[str]:
    """Return the places that `by` checked in earlier decisions about the question's words."""
    kinds = (Kind.APPROVE, Kind.REQUEST_CHANGES, Kind.OBJECT)
    rows = ReviewDecision.objects.filter(question=submission.question_id, by=by, kind__in=kinds)
    return {place for decision in rows for place in details_of(decision).get(CHECKED, ())}


def check_details(submission: Submission, checked: Collection[str], at: datetime) -> dict[str, Any]:
    """Return the details of a decision with which `checked` was given; raise TransitionRefused for a place that these words do not have."""
    wanted = to_be_checked(submission, at) if checked else []
    check_places(wanted, checked)
    return details(statement for statement in wanted if statement.place in checked)


def check_places(wanted: Iterable[Statement], checked: Collection[str]) -> None:
    if set(checked) - {statement.place for statement in wanted}:
        raise TransitionRefused("A sentence that you ticked, or its source, is not the one you read any more: read it again, then decide.")


def details(statements: Iterable[Statement]) -> dict[str, Any]:
    """Return what a decision keeps of checked `statements`, each place once."""
    places = list(dict.fromkeys(statement.place for statement in statements))
    return {CHECKED: places} if places else {}


def unchecked(submission: Submission, by: User, checked: Collection[str], at: datetime) -> list[Statement]:
    """Return the statements that `by` never checked: not now, as `checked` says, and in no earlier decision."""
    return left_of(to_be_checked(submission, at), submission, by, checked)


def left_of(wanted: Sequence[Statement], submission: Submission, by: User, checked: Collection[str]) -> list[Statement]:
    done = checked_before(submission, by) | set(checked) if wanted else set()
    return [statement for statement in wanted if statement.place not in done]


def require_checks(submission: Submission, by: User, checked: Collection[str], at: datetime) -> dict[str, Any]:
    """Return the details of an approval; raise TransitionRefused where `by` never checked a sentence that wants it."""
    wanted = to_be_checked(submission, at)
    missing = left_of(wanted, submission, by, checked)
    if missing:
        listed = " ".join(f"“{statement.text}”" for statement in missing[:TOLD])
        more = f" and {len(missing) - TOLD} more" if len(missing) > TOLD else ""
        raise TransitionRefused(
            f"An AI had a part in these words: tick each sentence that you checked against its source. Not yet: {listed}{more}"
        )
    check_places(wanted, checked)
    # All that the approval rests on stands with it, also what the same person checked before.
    return details(wanted)
