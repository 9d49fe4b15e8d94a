"""The guards of the write side: words change in draft only, and an edit locks the answer it changes."""

from typing import Final

from faq.integrity.guards.conditions import (
    NEVER_HUMAN,
    Guard,
    after_ai,
    changed,
    contains,
    erased_answer,
    in_kept_version,
    lock_answer_sql,
    not_draft,
    reopened,
    sql_list,
)

COPIES: Final = ("wording", "audience", "origin")
"""What lists read of the words without opening the document."""

MOVES: Final = (
    *("draft submitted", "draft discarded", "submitted draft", "submitted approved", "approved draft"),
    *("approved scheduled", "approved published", "scheduled approved", "scheduled published"),
    *("approved submitted", "scheduled submitted"),
)
"""Every way an answer goes, as `from to` (transitions.TABLE)."""

IN_DRAFT: Final = "the words of an answer change in draft only"
DECIDED: Final = (
    "EXISTS (SELECT 1 FROM faq_reviewdecision d WHERE d.kind IN ('approve', 'attest')"
    " AND d.submission_id = (SELECT MAX(s.id) FROM faq_submission s WHERE s.answer_id = OLD.id)"
    f" AND d.sequence > {reopened('d.submission_id')})"
)
REOPENED: Final = (
    "EXISTS (SELECT 1 FROM faq_reviewdecision d JOIN faq_ledger g ON g.decision_sequence = d.sequence WHERE d.kind = 'reopen'"
    " AND d.submission_id = (SELECT MAX(s.id) FROM faq_submission s WHERE s.answer_id = OLD.id))"
)
LOWERED: Final = (
    "EXISTS (SELECT 1 FROM faq_reviewdecision d JOIN faq_ledger g ON g.decision_sequence = d.sequence"
    " WHERE d.kind = 'lower_origin' AND d.question_id = NEW.question_id AND d.comment_hash <> '')"
)
"""A reason that was given just now: an older one cannot be used again."""
PUBLISHED: Final = "EXISTS (SELECT 1 FROM faq_publication p JOIN faq_submission s ON s.id = p.submission_id WHERE s.answer_id = OLD.id)"


def escaped(text: str) -> str:
    """Return `text` (an SQL expression) as RFC 8785 writes it between quotes, but for control characters other than tab and line end."""
    # The backslash first: those that the other rules put in must not be doubled.
    for letter, code in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\t", "\\t")):
        text = f"REPLACE({text}, '{letter}', '{code}')"
    return text


def copied() -> str:
    """Return the condition that the columns beside the words say what the words say; the keys of canonical JSON stand in order.

    A text in the words cannot feign such a key: its quotes are escaped there.
    """
    question = contains("NEW.words", f"""',"question":"' || {escaped("NEW.wording")} || '","quotations":['""")
    others = [contains("NEW.words", f"""'"{column}":"' || NEW.{column} || '"'""") for column in ("audience", "origin")]
    return " AND ".join([question, *others])


def answer_guards() -> list[Guard]:
    # Both ends: a status may not leave draft in the same UPDATE that changes the words.
    frozen = "(OLD.status <> 'draft' OR NEW.status <> 'draft')"
    blank = f"NEW.words = '' AND NEW.wording = '' AND NOT {changed('audience', 'origin')}"
    return [
        Guard("answer_begins", "faq_answer", "INSERT", "NEW.status <> 'draft'", "an answer begins as a draft"),
        Guard(
            "answer_fixed",
            "faq_answer",
            "UPDATE",
            f"{changed('id', 'question_id', 'created_at')} OR ({changed('author_id')} AND OLD.status <> 'draft')",
            "an answer stays with its question, and outside draft with its holder",
        ),
        Guard(
            "answer_words_in_draft",
            "faq_answer",
            "UPDATE",
            f"{frozen} AND {changed('words', *COPIES)} AND NOT ({erased_answer('OLD.id')} AND NOT {in_kept_version('OLD.id')} AND {blank})",
            IN_DRAFT,
        ),
        *(
            Guard(
                f"answer_copies_{event.lower()}",
                "faq_answer",
                event,
                f"NOT ({copied()}) AND NOT (NEW.words = '' AND NEW.wording = '')",
                "question, audience and origin of an answer are those of its words",
            )
            for event in ("INSERT", "UPDATE")
        ),
        Guard("answer_origin_insert", "faq_answer", "INSERT", after_ai("NEW.question_id"), NEVER_HUMAN),
        Guard(
            "answer_origin_update",
            "faq_answer",
            "UPDATE",
            "(OLD.origin <> 'human' AND NEW.origin = 'human')"
            f" OR (OLD.origin = 'ai_generated' AND NEW.origin = 'ai_assisted' AND NOT {LOWERED})",
            "the origin of an answer moves towards AI only; with a reason from ai_generated to ai_assisted",
        ),
        Guard(
            "answer_moves",
            "faq_answer",
            "UPDATE",
            f"{changed('status')} AND (OLD.status || ' ' || NEW.status) NOT IN {sql_list(MOVES)}",
            "an answer does not go this way; a published or discarded one stays so",
        ),
        Guard(
            "answer_approved",
            "faq_answer",
            "UPDATE",
            f"OLD.status = 'submitted' AND NEW.status = 'approved' AND NOT {DECIDED}",
            "an answer is approved by a decision about its newest submission",
        ),
        Guard(
            "answer_reopened",
            "faq_answer",
            "UPDATE",
            f"OLD.status IN ('approved', 'scheduled') AND NEW.status = 'submitted' AND NOT {REOPENED}",
            "an approved answer is asked about again by a decision that says why",
        ),
        Guard(
            "answer_published",
            "faq_answer",
            "UPDATE",
            f"OLD.status <> 'published' AND NEW.status = 'published' AND NOT {PUBLISHED}",
            "an answer is published by its publication",
        ),
    ]


def edit_guards() -> list[Guard]:
    # On PostgreSQL the lock makes an edit queue with submit and approve, which hold the same row: an edit that nobody saw would
    # otherwise slip in between the reading of the words and the change of the status.
    kept = changed("id", "answer_id", "kind", "by_id", "by_name", "at")
    return [
        Guard(
            "edit_in_draft",
            "faq_edit",
            "INSERT",
            not_draft("NEW.answer_id"),
            "answers are edited in draft only",
            lock_answer_sql("NEW.answer_id"),
        ),
        Guard(
            "edit_fixed",
            "faq_edit",
            "UPDATE",
            f"{kept} OR NEW.changes <> '' OR NOT {erased_answer('OLD.answer_id')}",
            "edits are never changed",
        ),
        Guard(
            "comment_fixed",
            "faq_comment",
            "UPDATE",
            f"{changed('id', 'answer_id', 'by_id', 'at')} OR NEW.text <> '' OR NOT {erased_answer('OLD.answer_id')}",
            "comments are never changed",
        ),
    ]


def citation_guards() -> list[Guard]:
    old, lock = not_draft("OLD.answer_id"), lock_answer_sql("OLD.answer_id")
    gone = f"({erased_answer('OLD.answer_id')} AND NOT {in_kept_version('OLD.answer_id')})"
    return [
        Guard("citation_insert", "faq_citation", "INSERT", not_draft("NEW.answer_id"), IN_DRAFT, lock_answer_sql("NEW.answer_id")),
        Guard("citation_update", "faq_citation", "UPDATE", "1 = 1", "citations come and go with the words; none is changed"),
        Guard("citation_delete", "faq_citation", "DELETE", f"{old} AND NOT {gone}", IN_DRAFT, lock),
    ]


def catalogue_guards() -> list[Guard]:
    return [
        Guard(
            "question_fixed", "faq_question", "UPDATE", changed("id", "slug", "language"), "slug and language of a question never change"
        ),
        Guard("topic_fixed", "faq_topic", "UPDATE", changed("id", "slug"), "the slug of a topic never changes"),
        Guard("source_fixed", "faq_source", "UPDATE", changed("id", "key"), "the key of a source never changes"),
    ]


def words_guards() -> list[Guard]:
    return [*answer_guards(), *edit_guards(), *citation_guards(), *catalogue_guards()]
