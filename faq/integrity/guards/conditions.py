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
    # IS DISTINCT FROM and not <>, which is NULL (no refusal) wherever one side is NULL.
    return "(" + " OR ".join(f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in columns) + ")"


def sql_list(values: Sequence[str]) -> str:
    return "(" + ", ".join(f"'{value}'" for value in values) + ")"


def contains(text: str, part: str) -> str:
    """Return the condition that `text` contains `part` (two SQL expressions): LIKE would read wildcards, and SQLite ignores case."""
    return f"REPLACE({text}, {part}, '') <> {text}"


def erased(submission: str) -> str:
    """`submission` is an SQL expression, as are the arguments below."""
    return f"EXISTS (SELECT 1 FROM faq_erasure e WHERE e.submission_id = {submission} AND e.confirmed_at IS NOT NULL)"


def erased_answer(answer: str) -> str:
    """The answer is closed, and words of its question were erased since it began: it may hold them too, whatever became of it."""
    return (
        "EXISTS (SELECT 1 FROM faq_erasure e JOIN faq_answer x ON x.question_id = e.question_id"
        f" WHERE x.id = {answer} AND x.status IN ('published', 'discarded') AND e.confirmed_at >= x.created_at)"
    )


def in_kept_version(answer: str) -> str:
    """A version that was not erased has its words from this answer, which therefore stay."""
    return f"EXISTS (SELECT 1 FROM faq_submission k WHERE k.answer_id = {answer} AND k.words <> '')"


def never_published_and_erased(submission: str, question: str, submitted_at: str) -> str:
    return (
        f"(EXISTS (SELECT 1 FROM faq_erasure e WHERE e.question_id = {question} AND e.confirmed_at >= {submitted_at})"
        f" AND NOT EXISTS (SELECT 1 FROM faq_publication p WHERE p.submission_id = {submission}))"
    )


def not_draft(answer: str) -> str:
    return f"NOT EXISTS (SELECT 1 FROM faq_answer a WHERE a.id = {answer} AND a.status = 'draft')"


def lock_answer_sql(answer: str) -> str:
    """Return the PostgreSQL statement that makes an edit wait for a submit or an approval, and they for it."""
    return f"PERFORM 1 FROM faq_answer WHERE id = {answer} FOR NO KEY UPDATE;"


NEVER_HUMAN: Final = "words of a question that an AI wrote at are never a person's alone again"


def after_ai(question: str) -> str:
    """Return the condition that a NEW row says `human` where any answer of `question` was of AI origin."""
    return f"NEW.origin = 'human' AND EXISTS (SELECT 1 FROM faq_answer o WHERE o.question_id = {question} AND o.origin <> 'human')"


def reopened(submission: str) -> str:
    """Return the sequence of the decision that last reopened `submission`, or 0: what was approved before counts no more."""
    return f"(SELECT COALESCE(MAX(u.sequence), 0) FROM faq_reviewdecision u WHERE u.kind = 'reopen' AND u.submission_id = {submission})"


def without_sign_off(person: str, sign_off: str) -> str:
    """Return the condition that the scope of `person` lacks `sign_off`; both are SQL expressions."""
    # A JSON column: for its members each database has functions of its own, and as text both can read it.
    scope = contains("CAST(r.sign_offs AS text)", f"""'"' || {sign_off} || '"'""")
    return f"NOT EXISTS (SELECT 1 FROM faq_reviewer r WHERE r.user_id = {person} AND {scope})"


def no_reviewer(person: str) -> str:
    """Scope and last day are left to the workflow: a day ends in the library's time zone, which the database does not know."""
    return (
        "NOT EXISTS (SELECT 1 FROM faq_reviewer r JOIN faq_user u ON u.id = r.user_id"
        f" WHERE r.user_id = {person} AND r.revoked_at IS NULL AND u.is_active)"
    )
