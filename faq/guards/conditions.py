"""What guards are made of: the Guard, and the conditions that several of them share."""

from collections.abc import Sequence
from typing import Final, NamedTuple


class Guard(NamedTuple):
    """Refuse `event` on a row of `table` while `refuse` holds; `lock` is what PostgreSQL runs first."""

    name: str
    table: str
    event: str
    refuse: str
    message: str
    lock: str = ""


WROTE: Final = (
    "(EXISTS (SELECT 1 FROM faq_submissioneditor w WHERE w.submission_id = NEW.submission_id AND w.user_id = {by})"
    " OR EXISTS (SELECT 1 FROM faq_edit w JOIN faq_submission s ON s.answer_id = w.answer_id"
    " WHERE s.id = NEW.submission_id AND w.by_id = {by})"
    " OR EXISTS (SELECT 1 FROM faq_submission s JOIN faq_answer a ON a.id = s.answer_id"
    " WHERE s.id = NEW.submission_id AND (s.submitted_by_id = {by} OR a.author_id = {by})))"
)
"""Whether {by} wrote any of the words: listed as an editor, in the answer's Edits, as its holder, or as who submitted it."""


def changed(*columns: str) -> str:
    """Return the condition that any of `columns` gets a new value."""
    return "(" + " OR ".join(f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in columns) + ")"


def one_of(values: Sequence[str]) -> str:
    """Return `values` as an SQL list."""
    return "(" + ", ".join(f"'{value}'" for value in values) + ")"


def contains(text: str, part: str) -> str:
    """Return the condition that `text` contains `part` (two SQL expressions): LIKE would read wildcards, and SQLite ignores case."""
    return f"REPLACE({text}, {part}, '') <> {text}"


def erased(submission: str) -> str:
    """Return the condition that two people ordered the words of `submission` (an SQL expression) blanked."""
    return f"EXISTS (SELECT 1 FROM faq_erasure e WHERE e.submission_id = {submission} AND e.confirmed_at IS NOT NULL)"


def erased_answer(answer: str) -> str:
    """Return the condition that a submission of `answer` (an SQL expression) is to be blanked."""
    return (
        "EXISTS (SELECT 1 FROM faq_erasure e JOIN faq_submission s ON s.id = e.submission_id"
        f" WHERE s.answer_id = {answer} AND e.confirmed_at IS NOT NULL)"
    )


def not_draft(answer: str) -> str:
    """Return the condition that `answer` (an SQL expression) is not in draft."""
    return f"NOT EXISTS (SELECT 1 FROM faq_answer a WHERE a.id = {answer} AND a.status = 'draft')"


def lock_answer(answer: str) -> str:
    """Return the PostgreSQL statement that makes an edit wait for a submit or an approval, and they for it."""
    return f"PERFORM 1 FROM faq_answer WHERE id = {answer} FOR NO KEY UPDATE;"


def no_reviewer(person: str) -> str:
    """Return the condition that `person` (an SQL expression) is no active reviewer. Scope and its last day are workflow's to judge."""
    return (
        "NOT EXISTS (SELECT 1 FROM faq_reviewer r JOIN faq_user u ON u.id = r.user_id"
        f" WHERE r.user_id = {person} AND r.revoked_at IS NULL AND u.is_active)"
    )
