"""The guards of submissions and decisions: frozen words, four eyes, and erasure as the one exception."""

from typing import Final

from faq.integrity.guards.conditions import (
    NEVER_HUMAN,
    WROTE,
    Guard,
    after_ai,
    changed,
    contains,
    erased,
    lock_answer_sql,
    never_published_and_erased,
    no_reviewer,
    sql_list,
    without_sign_off,
)
from faq.models import ReviewDecision

FOUR_EYES: Final = ("approve", "resolve", "request_changes", "restore", "release", "reaffirm")
"""The decisions that nobody takes about words of their own (permissions.may_decide)."""

BY_REVIEWERS: Final = (
    *FOUR_EYES,
    "object",
    "withdraw",
    "hold",
    "confirm",
    "confirm_erasure",
    "mark_source",
    "triage_alert",
    "approve_text",
)
"""The decisions that are a reviewer's."""

CLINICAL: Final = ("resolve", "restore", "release", "reaffirm", "confirm", "mark_source", "triage_alert", "approve_text")
"""Those that take the clinical sign-off: they bring words nearer to readers, or take a warning off."""

SUBMISSION: Final = "FROM faq_submission s JOIN faq_answer a ON a.id = s.answer_id WHERE s.id = NEW.submission_id"
WAY_IN: Final = (
    "FROM faq_answer a WHERE a.id = NEW.answer_id AND a.question_id = NEW.question_id AND a.status = 'draft'"
    " AND NEW.last_edit_id = (SELECT MAX(w.id) FROM faq_edit w WHERE w.answer_id = a.id)"
)


def submission_guards() -> list[Guard]:
    copied = [contains("NEW.words", f"""'"{column}":"' || NEW.{column} || '"'""") for column in ("language", "audience", "origin")]
    fixed = ("id", "answer_id", "question_id", "number", "content_hash", "schema_version", "language", "audience", "origin")
    return [
        Guard(
            "submission_of_draft",
            "faq_submission",
            "INSERT",
            f"NOT EXISTS (SELECT 1 {WAY_IN})",
            "what is submitted is a draft as its last edit left it, under its own question",
            lock_answer_sql("NEW.answer_id"),
        ),
        Guard(
            "submission_columns",
            "faq_submission",
            "INSERT",
            f"NOT ({' AND '.join(copied)})",
            "language, audience and origin of a submission are those of its words",
        ),
        Guard("submission_origin", "faq_submission", "INSERT", after_ai("NEW.question_id"), NEVER_HUMAN),
        Guard(
            "submission_fixed",
            "faq_submission",
            "UPDATE",
            f"{changed(*fixed, 'submitted_by_id', 'submitted_at', 'last_edit_id')} OR NEW.words <> ''"
            f" OR NOT ({erased('OLD.id')} OR {never_published_and_erased('OLD.id', 'OLD.question_id', 'OLD.submitted_at')})",
            "submitted words are frozen; request changes and submit again",
        ),
    ]


def decision_guards() -> list[Guard]:
    table = "faq_reviewdecision"
    unqualified = without_sign_off("NEW.by_id", "'clinical'")
    # Of a restored version in force, none of its editors; of a restored version or a notice, not who asked for it last.
    about = "{row}.question_id = NEW.question_id AND {row}.version = NEW.version"
    in_force = f"EXISTS (SELECT 1 FROM faq_publication p WHERE p.status = 'current' AND {about.format(row='p')})"
    asked = f"SELECT MAX(q.sequence) FROM faq_reviewdecision q WHERE q.kind IN ('restore', 'withdraw') AND {about.format(row='q')}"
    asked_for = f"EXISTS (SELECT 1 FROM faq_reviewdecision a WHERE a.by_id = NEW.by_id AND a.sequence = ({asked}))"
    # An approval by SQL waits for a recall under way, and then meets a draft.
    lock = f"PERFORM 1 {SUBMISSION} FOR NO KEY UPDATE OF a;"
    return [
        Guard(
            "decision_second_person",
            table,
            "INSERT",
            f"NEW.kind IN {sql_list(FOUR_EYES)} AND {WROTE.format(by='NEW.by_id')}",
            "editors cannot decide about their own words",
        ),
        Guard(
            "decision_reviewer",
            table,
            "INSERT",
            f"NEW.kind IN {sql_list(BY_REVIEWERS)} AND {no_reviewer('NEW.by_id')}",
            "only an active reviewer decides this",
        ),
        Guard(
            "decision_clinical",
            table,
            "INSERT",
            f"NEW.kind IN {sql_list(CLINICAL)} AND {unqualified}",
            "only a reviewer with the clinical sign-off decides this",
        ),
        Guard(
            "decision_confirms",
            table,
            "INSERT",
            f"NEW.kind = 'confirm' AND ({asked_for} OR ({in_force} AND {WROTE.format(by='NEW.by_id')}))",
            "another person confirms a restored version, or a notice in somebody's own words",
        ),
        Guard(
            "decision_sign_off",
            table,
            "INSERT",
            f"NEW.kind = 'approve' AND {without_sign_off('NEW.by_id', 'NEW.sign_off')}",
            "a reviewer gives the sign-offs of their scope",
        ),
        Guard(
            "decision_seen_words",
            table,
            "INSERT",
            f"NEW.kind IN ('approve', 'attest') AND NOT EXISTS (SELECT 1 {SUBMISSION} AND a.status = 'submitted' AND s.words <> ''"
            " AND s.question_id = NEW.question_id AND s.content_hash = NEW.content_hash"
            " AND s.id = (SELECT MAX(t.id) FROM faq_submission t WHERE t.answer_id = s.answer_id))",
            "approval is about the newest submitted words, with their hash",
            lock,
        ),
        Guard(
            "decision_attest_human",
            table,
            "INSERT",
            "NEW.kind = 'attest' AND (NEW.attested_by = '' OR NEW.attested_on IS NULL OR NEW.document = ''"
            " OR NOT EXISTS (SELECT 1 FROM faq_submission s WHERE s.id = NEW.submission_id AND s.origin = 'human'))",
            "attest names reviewer, date and document, and never text of AI origin",
        ),
        Guard(
            "decision_attest_text",
            table,
            "INSERT",
            "NEW.kind = 'attest_text' AND (NEW.attested_by = '' OR NEW.attested_on IS NULL OR NEW.document = '')",
            "a name that was reviewed elsewhere has reviewer, date and document",
        ),
        Guard(
            "decision_resolves",
            table,
            "INSERT",
            "NEW.resolves_id IS NOT NULL AND (NEW.kind <> 'resolve' OR NOT EXISTS (SELECT 1 FROM faq_reviewdecision o"
            " WHERE o.sequence = NEW.resolves_id AND o.kind = 'object' AND o.submission_id = NEW.submission_id))",
            "what is resolved is an objection to the same words",
        ),
    ]


def decision_chain_guards() -> list[Guard]:
    table = "faq_reviewdecision"
    columns = [field.attname for field in ReviewDecision._meta.concrete_fields if field.attname != "comment"]
    erased_since = "EXISTS (SELECT 1 FROM faq_erasure e WHERE e.question_id = OLD.question_id AND e.confirmed_at >= OLD.at)"
    # Decisions that arrive together are inserted before the Ledger moves past them all, so each may also follow the one before it.
    following = (
        "(NEW.sequence > g.decision_sequence + 1 AND EXISTS (SELECT 1 FROM faq_reviewdecision d"
        " WHERE d.sequence = NEW.sequence - 1 AND d.row_hash = NEW.previous_hash AND d.at <= NEW.at))"
    )
    return [
        Guard(
            "decision_chained",
            table,
            "INSERT",
            f"NOT EXISTS (SELECT 1 FROM faq_ledger g WHERE (g.moved_at IS NULL OR NEW.at >= g.moved_at)"
            f" AND ((NEW.sequence = g.decision_sequence + 1 AND NEW.previous_hash = g.decision_head) OR {following}))",
            "a decision continues the chain of the Ledger",
        ),
        Guard(
            "reviewdecision_fixed",
            table,
            "UPDATE",
            f"{changed(*columns)} OR NEW.comment <> '' OR OLD.kind IN ('erase', 'confirm_erasure') OR NOT {erased_since}",
            "rows of faq_reviewdecision never change",
        ),
        Guard(
            "decision_comment",
            table,
            "INSERT",
            "(NEW.comment = '') <> (NEW.comment_hash = '')",
            "a comment comes with its hash",
        ),
        # Waivers come first and their decision after: once it stands, nobody can add one that its giver never saw.
        Guard(
            "waiver_with_decision",
            "faq_waiver",
            "INSERT",
            "EXISTS (SELECT 1 FROM faq_reviewdecision d WHERE d.sequence = NEW.decision_id)",
            "waivers are given with the decision they belong to, and not after",
        ),
        Guard(
            "decision_waivers",
            table,
            "INSERT",
            "EXISTS (SELECT 1 FROM faq_waiver w WHERE w.decision_id = NEW.sequence"
            " AND (NEW.kind NOT IN ('approve', 'attest') OR w.submission_id IS DISTINCT FROM NEW.submission_id))",
            "waivers belong to an approval or attestation of the same words",
        ),
        Guard(
            "waiver_fixed",
            "faq_waiver",
            "UPDATE",
            f"{changed('id', 'submission_id', 'decision_id', 'code', 'carried_from_id')} OR NEW.reason <> ''"
            " OR NOT ((NEW.sentence = '' AND EXISTS (SELECT 1 FROM faq_submission s WHERE s.id = OLD.submission_id AND s.words = ''))"
            " OR (NEW.sentence = OLD.sentence AND EXISTS"
            " (SELECT 1 FROM faq_waiver c WHERE c.id = OLD.carried_from_id AND c.reason = '')))",
            "waivers are never changed",
        ),
    ]


def erasure_guards() -> list[Guard]:
    version = "p.submission_id = NEW.submission_id AND p.question_id = NEW.question_id AND p.version = NEW.version"
    in_force = "EXISTS (SELECT 1 FROM faq_publication p WHERE p.submission_id = NEW.submission_id AND p.status = 'current')"
    return [
        Guard(
            "erasure_asked_first",
            "faq_erasure",
            "INSERT",
            f"NEW.confirmed_by_id IS NOT NULL OR NOT EXISTS (SELECT 1 FROM faq_publication p WHERE {version})",
            "an erasure is asked for by one person and confirmed by another, about a version",
        ),
        Guard(
            "erasure_fixed",
            "faq_erasure",
            "UPDATE",
            f"{changed('id', 'question_id', 'submission_id', 'version', 'legal_basis', 'requested_by_id', 'requested_at')}"
            " OR OLD.confirmed_by_id IS NOT NULL",
            "an erasure is never changed",
        ),
        Guard(
            "erasure_confirmed",
            "faq_erasure",
            "UPDATE",
            f"NEW.confirmed_by_id IS NOT NULL AND ({no_reviewer('NEW.confirmed_by_id')} OR {in_force})",
            "a reviewer confirms an erasure, and never of words in force",
        ),
    ]


def review_guards() -> list[Guard]:
    blanked = (
        f"NEW.note = '' AND NOT {changed('outcome', 'triaged_by_id', 'triaged_at')}"
        " AND EXISTS (SELECT 1 FROM faq_publication p WHERE p.id = OLD.publication_id AND p.words = '')"
    )
    beside = [
        Guard("reviewer_fixed", "faq_reviewer", "UPDATE", changed("id", "user_id", "granted_at"), "a Reviewer row stays with its person"),
        Guard(
            "alert_triaged_once",
            "faq_evidencealert",
            "UPDATE",
            f"{changed('id', 'publication_id', 'source_id', 'state', 'raised_at')} OR (OLD.outcome <> '' AND NOT ({blanked}))",
            "a triaged alert is never changed",
        ),
    ]
    return [*submission_guards(), *decision_guards(), *decision_chain_guards(), *erasure_guards(), *beside]
