"""The guards of the read side: approved bytes only, versions without gap, State only with a Change, and the Ledger."""

from typing import Final

from faq.integrity.guards.conditions import NEVER_HUMAN, WROTE, Guard, changed, erased, reopened, sql_list

FIXED: Final = (
    *("id", "question_id", "slug", "version", "submission_id", "decision_id", "decision_kind", "decided_at", "decided_by_role"),
    *("decided_by_name", "attested_by", "attested_on", "document", "content_hash", "schema_version", "language", "audience"),
    *("origin", "translation_of_slug", "translation_of_version", "published_at"),
)
WORDS: Final = ("words", "wording", "sort_key")
STATE: Final = (
    *("status", "ended_at", "last_reviewed_on", "next_review_due_on", "expires_on", "is_held", "is_withheld", "is_erased"),
    "last_change_id",
)
BY_NEW_CHANGE: Final = (
    "EXISTS (SELECT 1 FROM faq_change c JOIN faq_ledger g ON g.last_sequence = c.sequence"
    " WHERE c.sequence = NEW.last_change_id AND c.question_id = NEW.question_id"
)
"""Opens the condition that the Change was told just now: an older one cannot be used again."""


CAUSES: Final = {
    "published": ("publish",),
    "republished": ("publish",),
    "restored": ("restore",),
    "reaffirmed": ("reaffirm",),
    "reclassified": ("reclassify",),
    "withdrawn": ("withdraw", "confirm"),
    "expired": ("expire",),
    "held": ("hold",),
    "released": ("release", "confirm"),
    "evidence_alert": ("mark_source", "triage_alert"),
    "evidence_cleared": ("mark_source", "triage_alert"),
    "standing_text": ("approve_text", "end_text"),
    "erased": ("confirm_erasure",),
}
"""By kind of Change: the decisions that cause one."""


def same(row: str, *columns: str) -> str:
    return " AND ".join(f"NOT ({row}.{column} IS DISTINCT FROM NEW.{column})" for column in columns)


def birth_guards() -> list[Guard]:
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
    # The approval still stands in the chain after words were sent back; a later decision takes its force away.
    taken_back = (
        "EXISTS (SELECT 1 FROM faq_reviewdecision u WHERE u.submission_id = NEW.submission_id"
        " AND u.kind IN ('recall', 'request_changes', 'reopen') AND u.sequence > NEW.decision_id)"
    )
    given = (
        "EXISTS (SELECT 1 FROM faq_reviewdecision d WHERE d.submission_id = NEW.submission_id AND d.kind = 'approve'"
        f" AND d.sequence > {reopened('NEW.submission_id')} AND d.sign_off ="
    )
    # A restore brings back words that were published already, under its own rules.
    anew = f"NOT {BY_NEW_CHANGE} AND c.kind = 'restored')"
    stopped = (
        "EXISTS (SELECT 1 FROM faq_reviewdecision u WHERE u.question_id = NEW.question_id"
        " AND u.kind IN ('withdraw', 'hold', 'confirm_erasure') AND u.sequence > NEW.decision_id)"
    )
    revoked = (
        "NEW.decision_kind = 'approve' AND EXISTS (SELECT 1 FROM faq_reviewdecision d JOIN faq_reviewer r ON r.user_id = d.by_id"
        " WHERE d.sequence = NEW.decision_id AND r.revoked_at IS NOT NULL)"
    )
    asked = "EXISTS (SELECT 1 FROM faq_audiencepolicy p WHERE p.audience = NEW.audience"
    unsigned = f"{asked} AND NOT {given} p.sign_off)) OR NOT {given} 'clinical')"
    objected = (
        "EXISTS (SELECT 1 FROM faq_reviewdecision o WHERE o.submission_id = NEW.submission_id AND o.kind = 'object'"
        " AND NOT EXISTS (SELECT 1 FROM faq_reviewdecision r WHERE r.resolves_id = o.sequence))"
    )
    # Versions alone, other than for a Submission: a restore brings back words that were approved before any draft that came later.
    of_ai = (
        "EXISTS (SELECT 1 FROM faq_publication p WHERE p.origin <> 'human' AND (p.question_id = NEW.question_id"
        " OR (p.slug = NEW.translation_of_slug AND p.version = NEW.translation_of_version)))"
    )
    return [
        Guard("publication_origin", table, "INSERT", f"NEW.origin = 'human' AND {of_ai}", NEVER_HUMAN),
        Guard("publication_approved", table, "INSERT", f"NOT {approved}", "only words that a second person approved are published"),
        Guard("publication_named", table, "INSERT", f"NOT {named}", "a publication says who decided, and when, as the decision does"),
        Guard("publication_not_taken_back", table, "INSERT", taken_back, "words that were taken or sent back are not published"),
        Guard(
            "publication_asked_again",
            table,
            "INSERT",
            f"({stopped} OR ({revoked})) AND {anew}",
            "what was approved before its entry was taken down or held, or by a reviewer revoked since, is approved anew",
        ),
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
            "publication_restored_held",
            table,
            "INSERT",
            f"NOT NEW.is_held AND {BY_NEW_CHANGE} AND c.kind = 'restored')",
            "a restored version is held from the first moment",
        ),
        Guard(
            "publication_told",
            table,
            "INSERT",
            f"NEW.status <> 'current' OR NOT {BY_NEW_CHANGE} AND c.version = NEW.version)",
            "a publication comes into force with its Change",
        ),
    ]


def life_guards() -> list[Guard]:
    table = "faq_publication"
    of_version = "{row}.question_id = NEW.question_id AND {row}.version = NEW.version"
    # Who confirms is another person by the guard decision_confirms.
    unconfirmed = (
        f"EXISTS (SELECT 1 FROM faq_reviewdecision r WHERE r.kind = 'restore' AND {of_version.format(row='r')})"
        f" AND NOT EXISTS (SELECT 1 FROM faq_reviewdecision c WHERE c.kind = 'confirm' AND {of_version.format(row='c')})"
    )
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
            f"{changed(*STATE)} AND (NEW.last_change_id <= OLD.last_change_id OR NOT {BY_NEW_CHANGE}))",
            "a publication's state moves only with a new Change",
        ),
        Guard(
            "publication_confirmed",
            table,
            "UPDATE",
            f"OLD.is_held AND NOT NEW.is_held AND NEW.status = 'current' AND {unconfirmed}",
            "a restored version is held until another person confirms it",
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


def change_guards() -> list[Guard]:
    about = "EXISTS (SELECT 1 FROM faq_question q WHERE q.id = NEW.question_id AND q.slug = NEW.slug)"
    backwards = " OR ".join(f"NEW.{column} < OLD.{column}" for column in ("last_sequence", "decision_sequence", "standing_sequence"))
    change = "FROM faq_change c WHERE c.sequence = NEW.last_sequence AND c.row_hash = NEW.change_head AND c.at = NEW.moved_at"
    decision = (
        "FROM faq_reviewdecision d WHERE d.sequence = NEW.decision_sequence AND d.row_hash = NEW.decision_head AND d.at = NEW.moved_at"
        " AND NOT EXISTS (SELECT 1 FROM faq_reviewdecision n WHERE n.sequence > NEW.decision_sequence)"
    )
    standing = "FROM faq_change c WHERE c.sequence = NEW.standing_sequence AND c.kind = 'standing_text'"
    moved = changed("last_sequence", "change_head", "decision_sequence", "decision_head")
    pairs = sql_list([f"{change} {decision}" for change, decisions in CAUSES.items() for decision in decisions])
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
            "change_caused",
            "faq_change",
            "INSERT",
            f"NOT EXISTS (SELECT 1 FROM faq_reviewdecision d WHERE d.sequence = NEW.decision_id AND d.row_hash = NEW.decision_hash"
            " AND d.at = NEW.at AND (d.question_id IS NULL OR d.question_id = NEW.question_id)"
            f" AND (NEW.kind || ' ' || d.kind) IN {pairs})"
            " OR EXISTS (SELECT 1 FROM faq_change c WHERE c.decision_id = NEW.decision_id"
            " AND NOT (c.question_id IS DISTINCT FROM NEW.question_id))",
            "a Change comes of a decision taken just now, one an entry",
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
    return [*birth_guards(), *life_guards(), *change_guards()]
