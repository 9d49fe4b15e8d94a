"""What the database itself refuses, written once for both vendors as conditions over OLD and NEW.

`triggers.py` turns each Guard into a trigger. A condition is SQL that PostgreSQL and SQLite read alike, but for
`IS DISTINCT FROM`, which triggers.py spells `IS NOT` on SQLite.
"""

from typing import Final, NamedTuple


class Guard(NamedTuple):
    """Refuse `event` on a row of `table` while `refuse` holds; `lock` is what PostgreSQL runs first."""

    name: str
    table: str
    event: str
    refuse: str
    message: str
    lock: str = ""


def changed(*columns: str) -> str:
    """Return the condition that any of `columns` gets a new value."""
    return "(" + " OR ".join(f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in columns) + ")"


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


ANSWER_WORDS: Final = (
    *("question_id", "wording", "audience", "region", "applies_to", "translation_of_slug", "translation_of_version", "short_answer"),
    *("status_lines", "advice_cards", "body", "key_facts", "care_team_questions", "quotations", "call_to_action", "origin"),
    *("generator", "byline", "licence", "attribution", "update_type", "change_note"),
)
PUBLICATION_FIXED: Final = (
    *("id", "question_id", "slug", "version", "submission_id", "decision_id", "decision_kind", "decided_at", "decided_by_role"),
    *("decided_by_name", "attested_by", "attested_on", "document", "content_hash", "schema_version", "language", "audience"),
    *("origin", "translation_of_slug", "translation_of_version", "published_at"),
)
PUBLICATION_WORDS: Final = ("words", "wording", "sort_key")
PUBLICATION_STATE: Final = (
    *("status", "ended_at", "last_reviewed_on", "next_review_due_on", "expires_on", "confirm_by", "is_held", "is_withheld", "is_erased"),
    "last_change_id",
)
STANDING_FIXED: Final = (
    *("id", "kind", "key", "language", "audience", "origin", "placement", "required", "level", "title", "text", "sources", "number"),
    *("proposed_by_id", "proposed_at"),
)
NAME_FIXED: Final = ("id", "topic_id", "language", "name", "synonyms", "number", "proposed_by_id", "proposed_at")

NEVER_DELETED: Final = (
    *("faq_question", "faq_answer", "faq_edit", "faq_comment", "faq_submission", "faq_submissioneditor", "faq_reviewdecision"),
    *("faq_waiver", "faq_erasure", "faq_publication", "faq_change", "faq_ledger", "faq_standingtext", "faq_topicname", "faq_reviewer"),
    "faq_evidencealert",
)
NEVER_UPDATED: Final = ("faq_submissioneditor", "faq_reviewdecision", "faq_change", "faq_comment")

UNIQUE_KEYS: Final = {
    "faq_question": (("id",), ("slug",)),
    "faq_answer": (("id",),),
    "faq_edit": (("id",),),
    "faq_comment": (("id",),),
    "faq_submission": (("id",), ("question_id", "number")),
    "faq_submissioneditor": (("id",), ("submission_id", "user_id")),
    "faq_reviewdecision": (("sequence",),),
    "faq_waiver": (("id",),),
    "faq_erasure": (("id",), ("question_id", "version")),
    "faq_publication": (("id",), ("question_id", "version"), ("slug", "version")),
    "faq_change": (("sequence",),),
    "faq_ledger": (("id",),),
    "faq_standingtext": (("id",), ("kind", "key", "language", "audience", "origin", "number")),
    "faq_topicname": (("id",), ("topic_id", "language", "number")),
    "faq_reviewer": (("id",), ("user_id",)),
    "faq_evidencealert": (("id",), ("publication_id", "source_id", "state")),
}
"""SQLite's INSERT OR REPLACE deletes the row in its way without a word, so an existing key is refused before."""

APPROVER_WROTE = (
    "EXISTS (SELECT 1 FROM faq_submissioneditor w WHERE w.submission_id = {submission} AND w.user_id = {by})"
    " OR EXISTS (SELECT 1 FROM faq_edit w JOIN faq_submission s ON s.answer_id = w.answer_id"
    " WHERE s.id = {submission} AND w.by_id = {by})"
)


def words_guards() -> list[Guard]:
    """Return the guards of the write side: words change in draft only, and an edit locks the answer it changes."""
    guards = [
        Guard(
            "answer_words_in_draft",
            "faq_answer",
            "UPDATE",
            f"{changed(*ANSWER_WORDS)} AND (OLD.status <> 'draft' OR NEW.status <> 'draft') AND NOT {erased_answer('OLD.id')}",
            "the words of an answer change in draft only",
        ),
        Guard(
            "answer_ended",
            "faq_answer",
            "UPDATE",
            "OLD.status IN ('published', 'discarded') AND NEW.status <> OLD.status",
            "a published or discarded answer stays so; start a revision",
        ),
        Guard(
            "question_fixed", "faq_question", "UPDATE", changed("id", "slug", "language"), "slug and language of a question never change"
        ),
        Guard("topic_fixed", "faq_topic", "UPDATE", changed("id", "slug"), "the slug of a topic never changes"),
        Guard("source_fixed", "faq_source", "UPDATE", changed("id", "key"), "the key of a source never changes"),
        Guard(
            "edit_in_draft",
            "faq_edit",
            "INSERT",
            not_draft("NEW.answer_id"),
            "answers are edited in draft only",
            lock_answer("NEW.answer_id"),
        ),
        Guard(
            "edit_fixed",
            "faq_edit",
            "UPDATE",
            f"{changed('id', 'answer_id', 'kind', 'by_id', 'by_name', 'at')} OR NEW.changes <> '' OR NOT {erased_answer('OLD.answer_id')}",
            "edits are never changed",
        ),
    ]
    for table in ("faq_phrasing", "faq_citation", "faq_resource"):
        name = table.removeprefix("faq_")
        message = "the words of an answer change in draft only"
        guards += [
            Guard(f"{name}_insert", table, "INSERT", not_draft("NEW.answer_id"), message, lock_answer("NEW.answer_id")),
            Guard(
                f"{name}_update",
                table,
                "UPDATE",
                f"{changed('answer_id')} OR {not_draft('OLD.answer_id')}",
                message,
                lock_answer("OLD.answer_id"),
            ),
            Guard(
                f"{name}_delete",
                table,
                "DELETE",
                f"{not_draft('OLD.answer_id')} AND NOT {erased_answer('OLD.answer_id')}",
                message,
                lock_answer("OLD.answer_id"),
            ),
        ]
    return guards


def review_guards() -> list[Guard]:
    """Return the guards of submissions and decisions: four eyes, and frozen words."""
    submission = "FROM faq_submission s JOIN faq_answer a ON a.id = s.answer_id WHERE s.id = NEW.submission_id"
    wrote = APPROVER_WROTE.format(submission="NEW.submission_id", by="NEW.by_id")
    lock = f"PERFORM 1 {submission} FOR NO KEY UPDATE OF a;"
    return [
        Guard(
            "submission_fixed",
            "faq_submission",
            "UPDATE",
            changed(*("id", "answer_id", "question_id", "number", "content_hash", "schema_version", "language", "audience", "origin"))
            + f" OR {changed('submitted_by_id', 'submitted_at')} OR NEW.words <> '' OR NOT {erased('OLD.id')}",
            "submitted words are frozen; request changes and submit again",
        ),
        Guard("decision_second_person", "faq_reviewdecision", "INSERT", f"NEW.kind = 'approve' AND ({wrote})", "editors cannot approve"),
        Guard(
            "decision_reviewer",
            "faq_reviewdecision",
            "INSERT",
            "NEW.kind = 'approve' AND NOT EXISTS (SELECT 1 FROM faq_reviewer r WHERE r.user_id = NEW.by_id AND r.revoked_at IS NULL)",
            "only an active reviewer approves",
        ),
        Guard(
            "decision_seen_words",
            "faq_reviewdecision",
            "INSERT",
            "NEW.kind IN ('approve', 'attest') AND NOT EXISTS (SELECT 1 "
            + submission
            + " AND a.status = 'submitted' AND s.words <> '' AND s.content_hash = NEW.content_hash"
            " AND s.id = (SELECT MAX(t.id) FROM faq_submission t WHERE t.answer_id = s.answer_id))",
            "approval is about the newest submitted words, with their hash",
            lock,
        ),
        Guard(
            "decision_attest_human",
            "faq_reviewdecision",
            "INSERT",
            "NEW.kind = 'attest' AND (NEW.attested_by = '' OR NEW.attested_on IS NULL OR NEW.document = ''"
            " OR NOT EXISTS (SELECT 1 FROM faq_submission s WHERE s.id = NEW.submission_id AND s.origin = 'human'))",
            "attest names reviewer, date and document, and never text of AI origin",
        ),
        Guard(
            "decision_chained",
            "faq_reviewdecision",
            "INSERT",
            "NOT EXISTS (SELECT 1 FROM faq_ledger g WHERE NEW.sequence = g.decision_sequence + 1 AND NEW.previous_hash = g.decision_head)",
            "a decision continues the chain of the Ledger",
        ),
        Guard(
            "waiver_fixed",
            "faq_waiver",
            "UPDATE",
            f"{changed('id', 'submission_id', 'decision_id', 'code', 'reason', 'carried_from_id')}"
            f" OR NEW.sentence <> '' OR NOT {erased('OLD.submission_id')}",
            "waivers are never changed",
        ),
        Guard(
            "erasure_asked_first",
            "faq_erasure",
            "INSERT",
            "NEW.confirmed_by_id IS NOT NULL",
            "an erasure is asked for by one person and confirmed by another",
        ),
        Guard(
            "erasure_fixed",
            "faq_erasure",
            "UPDATE",
            f"{changed('id', 'question_id', 'submission_id', 'version', 'legal_basis', 'requested_by_id', 'requested_at')}"
            " OR OLD.confirmed_by_id IS NOT NULL",
            "an erasure is never changed",
        ),
        Guard("reviewer_fixed", "faq_reviewer", "UPDATE", changed("id", "user_id", "granted_at"), "a Reviewer row stays with its person"),
        Guard(
            "alert_triaged_once",
            "faq_evidencealert",
            "UPDATE",
            f"{changed('id', 'publication_id', 'source_id', 'state', 'raised_at')} OR OLD.outcome <> ''",
            "a triaged alert is never changed",
        ),
    ]


def publication_guards() -> list[Guard]:
    """Return the guards of the read side: approved bytes only, versions without gap, State only with a Change."""
    wrote = APPROVER_WROTE.format(submission="NEW.submission_id", by="d.by_id")
    approved = (
        "EXISTS (SELECT 1 FROM faq_reviewdecision d JOIN faq_submission s ON s.id = d.submission_id"
        " WHERE d.sequence = NEW.decision_id AND d.submission_id = NEW.submission_id AND d.kind = NEW.decision_kind"
        " AND d.content_hash = NEW.content_hash AND s.content_hash = NEW.content_hash AND s.words = NEW.words AND s.words <> ''"
        f" AND (d.kind = 'attest' OR (d.kind = 'approve' AND NOT ({wrote}))))"
    )
    unsigned = (
        "NEW.decision_kind = 'approve' AND EXISTS (SELECT 1 FROM faq_audiencepolicy p WHERE p.audience = NEW.audience"
        " AND NOT EXISTS (SELECT 1 FROM faq_reviewdecision d WHERE d.submission_id = NEW.submission_id"
        " AND d.kind = 'approve' AND d.sign_off = p.sign_off))"
    )
    objected = (
        "EXISTS (SELECT 1 FROM faq_reviewdecision o WHERE o.submission_id = NEW.submission_id AND o.kind = 'object'"
        " AND NOT EXISTS (SELECT 1 FROM faq_reviewdecision r WHERE r.resolves_id = o.sequence))"
    )
    told = "EXISTS (SELECT 1 FROM faq_change c WHERE c.sequence = NEW.last_change_id AND c.question_id = NEW.question_id"
    return [
        Guard(
            "publication_approved", "faq_publication", "INSERT", f"NOT {approved}", "only words that a second person approved are published"
        ),
        Guard("publication_signed_off", "faq_publication", "INSERT", unsigned, "a sign-off that this audience needs is missing"),
        Guard("publication_no_objection", "faq_publication", "INSERT", objected, "an open objection blocks publication"),
        Guard(
            "publication_numbered",
            "faq_publication",
            "INSERT",
            "NEW.version <> 1 + (SELECT COALESCE(MAX(p.version), 0) FROM faq_publication p WHERE p.question_id = NEW.question_id)"
            " OR NOT EXISTS (SELECT 1 FROM faq_question q WHERE q.id = NEW.question_id AND q.slug = NEW.slug)",
            "versions of an entry have its slug and no gap",
        ),
        Guard(
            "publication_told",
            "faq_publication",
            "INSERT",
            f"NOT {told} AND c.version = NEW.version)",
            "a publication needs its Change",
        ),
        Guard("publication_fixed", "faq_publication", "UPDATE", changed(*PUBLICATION_FIXED), "a publication never changes"),
        Guard(
            "publication_words",
            "faq_publication",
            "UPDATE",
            f"{changed(*PUBLICATION_WORDS)} AND NOT ({erased('OLD.submission_id')} AND NEW.words = '')",
            "published words never change",
        ),
        Guard(
            "publication_state",
            "faq_publication",
            "UPDATE",
            f"{changed(*PUBLICATION_STATE)} AND (NEW.last_change_id <= OLD.last_change_id OR NOT {told}))",
            "a publication's state moves only with a new Change",
        ),
        Guard(
            "publication_ended",
            "faq_publication",
            "UPDATE",
            "(OLD.status <> 'current' AND NEW.status <> OLD.status) OR (OLD.is_withheld AND NOT NEW.is_withheld)"
            " OR (OLD.is_erased AND NOT NEW.is_erased)",
            "an ended version stays ended and a withheld text withheld; restore makes a new version",
        ),
        Guard(
            "change_chained",
            "faq_change",
            "INSERT",
            "NOT EXISTS (SELECT 1 FROM faq_ledger g WHERE NEW.sequence = g.last_sequence + 1 AND NEW.previous_hash = g.change_head)",
            "a Change continues the chain of the Ledger",
        ),
        Guard(
            "ledger_forward",
            "faq_ledger",
            "UPDATE",
            "NEW.last_sequence < OLD.last_sequence OR NEW.decision_sequence < OLD.decision_sequence OR NEW.moved_at < OLD.moved_at"
            f" OR ({changed('last_sequence', 'change_head')}"
            " AND NOT EXISTS (SELECT 1 FROM faq_change c WHERE c.sequence = NEW.last_sequence AND c.row_hash = NEW.change_head))"
            f" OR ({changed('decision_sequence', 'decision_head')} AND NOT EXISTS (SELECT 1 FROM faq_reviewdecision d"
            " WHERE d.sequence = NEW.decision_sequence AND d.row_hash = NEW.decision_head))",
            "the Ledger only moves forward, to rows that exist",
        ),
    ]


def standing_guards() -> list[Guard]:
    """Return the guards of standing texts and topic names: proposed first, approved by another, then fixed."""
    guards = []
    for name, fixed in (("standingtext", STANDING_FIXED), ("topicname", NAME_FIXED)):
        table = f"faq_{name}"
        guards += [
            Guard(
                f"{name}_proposed_first",
                table,
                "INSERT",
                "NEW.approved_by_id IS NOT NULL OR NEW.ends_at IS NOT NULL",
                "a standing text is proposed by one person and approved by another",
            ),
            Guard(
                f"{name}_fixed",
                table,
                "UPDATE",
                f"{changed(*fixed)} OR (OLD.approved_at IS NOT NULL AND {changed('approved_by_id', 'approved_at', 'starts_at')})"
                f" OR (OLD.ends_at IS NOT NULL AND {changed('approved_by_id', 'ends_at')})",
                "a standing text never changes; propose its next version",
            ),
        ]
    return guards


def deletion_guards() -> list[Guard]:
    """Return the guards against deletion, and against any update of rows that only ever get added."""
    names = [(table, table.removeprefix("faq_")) for table in NEVER_DELETED]
    deleted = [Guard(f"{name}_kept", table, "DELETE", "1 = 1", f"rows of {table} are never deleted") for table, name in names]
    updated = [
        Guard(f"{table.removeprefix('faq_')}_fixed", table, "UPDATE", "1 = 1", f"rows of {table} never change") for table in NEVER_UPDATED
    ]
    return deleted + updated


GUARDS: Final = (*words_guards(), *review_guards(), *publication_guards(), *standing_guards(), *deletion_guards())


def replace_guards() -> list[Guard]:
    """Return SQLite's guards against INSERT OR REPLACE, which hold even without `PRAGMA recursive_triggers`."""
    guards = []
    for table, keys in UNIQUE_KEYS.items():
        taken = [" AND ".join(f"t.{column} = NEW.{column}" for column in key) for key in keys]
        if table == "faq_publication":
            taken.append("t.question_id = NEW.question_id AND t.status = 'current' AND NEW.status = 'current'")
        if table == "faq_answer":
            opened = "('draft', 'submitted', 'approved', 'scheduled')"
            taken.append(f"t.question_id = NEW.question_id AND t.status IN {opened} AND NEW.status IN {opened}")
        condition = " OR ".join(f"({each})" for each in taken)
        name = table.removeprefix("faq_")
        guards.append(
            Guard(
                f"{name}_replaced",
                table,
                "INSERT",
                f"EXISTS (SELECT 1 FROM {table} t WHERE {condition})",
                f"UNIQUE constraint failed: a row of {table} with this key exists",
            )
        )
    return guards
