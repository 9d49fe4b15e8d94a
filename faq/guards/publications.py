"""The guards of the read side: approved bytes only, versions without gap, State only with a Change, and the Ledger."""

from typing import Final

from faq.guards.conditions import WROTE, Guard, changed, erased

FIXED: Final = (
    *("id", "question_id", "slug", "version", "submission_id", "decision_id", "decision_kind", "decided_at", "decided_by_role"),
    *("decided_by_name", "attested_by", "attested_on", "document", "content_hash", "schema_version", "language", "audience"),
    *("origin", "translation_of_slug", "translation_of_version", "published_at"),
)
WORDS: Final = ("words", "wording", "sort_key")
STATE: Final = (
    *("status", "ended_at", "last_reviewed_on", "next_review_due_on", "expires_on", "confirm_by", "is_held", "is_withheld", "is_erased"),
    "last_change_id",
)
TOLD: Final = (
    "EXISTS (SELECT 1 FROM faq_change c JOIN faq_ledger g ON g.last_sequence = c.sequence"
    " WHERE c.sequence = NEW.last_change_id AND c.question_id = NEW.question_id"
)
"""Opens the condition that the Change was told just now: an older one cannot be used again."""


def same(row: str, *columns: str) -> str:
    """Return the condition that the new publication repeats `columns` of `row`."""
    return " AND ".join(f"NOT ({row}.{column} IS DISTINCT FROM NEW.{column})" for column in columns)


def birth_guards() -> list[Guard]:
    """Return the guards of a new version."""
    table, frozen = "faq_publication", ("question_id", "words", "content_hash", "schema_version", "language", "audience", "origin")
    approved = (
        "EXISTS (SELECT 1 FROM faq_reviewdecision d JOIN faq_submission s ON s.id = d.submission_id"
        " WHERE d.sequence = NEW.decision_id AND d.submission_id = NEW.submission_id AND d.kind = NEW.decision_kind"
        f" AND d.content_hash = NEW.content_hash AND s.words <> '' AND {same('s', *frozen)}"
        f" AND (d.kind = 'attest' OR (d.kind = 'approve' AND NOT {WROTE.format(by='d.by_id')})))"
    )
    named = (
        "EXISTS (SELECT 1 FROM faq_reviewdecision d WHERE d.sequence = NEW.decision_id"
        " AND d.at = NEW.decided_at AND d.by_role = NEW.decided_by_role"
        " AND (NEW.decided_by_name = '' OR (d.name_is_public AND d.by_name = NEW.decided_by_name))"
        f" AND {same('d', 'attested_by', 'attested_on', 'document')})"
    )
    taken_back = (
        "EXISTS (SELECT 1 FROM faq_reviewdecision u WHERE u.submission_id = NEW.submission_id"
        " AND u.kind IN ('recall', 'request_changes') AND u.sequence > NEW.decision_id)"
    )
    given = "EXISTS (SELECT 1 FROM faq_reviewdecision d WHERE d.submission_id = NEW.submission_id AND d.kind = 'approve' AND d.sign_off ="
    asked = "EXISTS (SELECT 1 FROM faq_audiencepolicy p WHERE p.audience = NEW.audience"
    unsigned = f"{asked} AND NOT {given} p.sign_off)) OR NOT {given} 'clinical')"
    objected = (
        "EXISTS (SELECT 1 FROM faq_reviewdecision o WHERE o.submission_id = NEW.submission_id AND o.kind = 'object'"
        " AND NOT EXISTS (SELECT 1 FROM faq_reviewdecision r WHERE r.resolves_id = o.sequence))"
    )
    return [
        Guard("publication_approved", table, "INSERT", f"NOT {approved}", "only words that a second person approved are published"),
        Guard("publication_named", table, "INSERT", f"NOT {named}", "a publication says who decided, and when, as the decision does"),
        Guard("publication_not_taken_back", table, "INSERT", taken_back, "words that were taken or sent back are not published"),
        Guard(
            "publication_signed_off",
            table,
            "INSERT",
            f"NEW.decision_kind = 'approve' AND ({unsigned})",
            "a sign-off that this audience needs is missing",
        ),
        Guard("publication_no_objection", table, "INSERT", objected, "an open objection blocks publication"),
        Guard(
            "publication_numbered",
            table,
            "INSERT",
            "NEW.version <> 1 + (SELECT COALESCE(MAX(p.version), 0) FROM faq_publication p WHERE p.question_id = NEW.question_id)"
            " OR NOT EXISTS (SELECT 1 FROM faq_question q WHERE q.id = NEW.question_id AND q.slug = NEW.slug)",
            "versions of an entry have its slug and no gap",
        ),
        Guard(
            "publication_told",
            table,
            "INSERT",
            f"NEW.status <> 'current' OR NOT {TOLD} AND c.version = NEW.version)",
            "a publication comes into force with its Change",
        ),
    ]


def life_guards() -> list[Guard]:
    """Return the guards of a version's further life."""
    table = "faq_publication"
    blank = " AND ".join(f"NEW.{column} = ''" for column in WORDS)
    return [
        Guard("publication_fixed", table, "UPDATE", changed(*FIXED), "a publication never changes"),
        Guard(
            "publication_words",
            table,
            "UPDATE",
            f"{changed(*WORDS)} AND NOT ({erased('OLD.submission_id')} AND {blank})",
            "published words never change",
        ),
        Guard(
            "publication_state",
            table,
            "UPDATE",
            f"{changed(*STATE)} AND (NEW.last_change_id <= OLD.last_change_id OR NOT {TOLD}))",
            "a publication's state moves only with a new Change",
        ),
        Guard(
            "publication_ended",
            table,
            "UPDATE",
            "NEW.status NOT IN ('current', 'superseded', 'withdrawn', 'expired') OR (OLD.status <> 'current' AND NEW.status <> OLD.status)"
            " OR (OLD.is_withheld AND NOT NEW.is_withheld) OR (OLD.is_erased AND NOT NEW.is_erased)",
            "an ended version stays ended and a withheld text withheld; restore makes a new version",
        ),
    ]


def chain_guards() -> list[Guard]:
    """Return the guards of the Changes and of the Ledger that orders them."""
    about = "EXISTS (SELECT 1 FROM faq_question q WHERE q.id = NEW.question_id AND q.slug = NEW.slug)"
    backwards = " OR ".join(f"NEW.{column} < OLD.{column}" for column in ("last_sequence", "decision_sequence", "standing_sequence"))
    change = "FROM faq_change c WHERE c.sequence = NEW.last_sequence AND c.row_hash = NEW.change_head AND c.at = NEW.moved_at"
    decision = (
        "FROM faq_reviewdecision d WHERE d.sequence = NEW.decision_sequence AND d.row_hash = NEW.decision_head AND d.at = NEW.moved_at"
        " AND NOT EXISTS (SELECT 1 FROM faq_reviewdecision n WHERE n.sequence > NEW.decision_sequence)"
    )
    standing = "FROM faq_change c WHERE c.sequence = NEW.standing_sequence AND c.kind = 'standing_text'"
    moved = changed("last_sequence", "change_head", "decision_sequence", "decision_head")
    return [
        Guard(
            "change_chained",
            "faq_change",
            "INSERT",
            "NOT EXISTS (SELECT 1 FROM faq_ledger g WHERE NEW.sequence = g.last_sequence + 1"
            " AND NEW.previous_hash = g.change_head AND (g.moved_at IS NULL OR NEW.at >= g.moved_at))",
            "a Change continues the chain of the Ledger",
        ),
        Guard(
            "change_about",
            "faq_change",
            "INSERT",
            f"(NEW.slug <> '' OR NEW.question_id IS NOT NULL) AND NOT {about}",
            "a Change has the slug of its question",
        ),
        Guard(
            "ledger_forward",
            "faq_ledger",
            "UPDATE",
            f"{backwards} OR (OLD.moved_at IS NOT NULL AND (NEW.moved_at IS NULL OR NEW.moved_at < OLD.moved_at))"
            f" OR ({changed('moved_at')} AND NOT {moved})",
            "the Ledger only moves forward",
        ),
        Guard(
            "ledger_heads",
            "faq_ledger",
            "UPDATE",
            f"({changed('last_sequence', 'change_head')} AND NOT EXISTS (SELECT 1 {change}))"
            f" OR ({changed('decision_sequence', 'decision_head')} AND NOT EXISTS (SELECT 1 {decision}))"
            f" OR ({changed('standing_sequence')} AND NOT EXISTS (SELECT 1 {standing}))",
            "the Ledger moves to the last of the rows that exist",
        ),
    ]


def publication_guards() -> list[Guard]:
    """Return all guards of the read side."""
    return [*birth_guards(), *life_guards(), *chain_guards()]
