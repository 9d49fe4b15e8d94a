"""The guards of the write side: words change in draft only, and an edit locks the answer it changes."""

from typing import Final

from faq.guards.conditions import Guard, changed, erased_answer, lock_answer, not_draft, one_of

TEXTS: Final = ("wording", "region", "short_answer", "body", "byline", "licence", "attribution", "change_note")
LISTS: Final = ("applies_to", "status_lines", "advice_cards", "key_facts", "care_team_questions", "quotations")
OPTIONAL: Final = ("generator", "call_to_action")
KINDS: Final = ("audience", "translation_of_slug", "translation_of_version", "origin", "update_type")
"""TEXTS, LISTS and OPTIONAL are what an erasure blanks; KINDS it leaves."""

MOVES: Final = (
    *("draft submitted", "draft discarded", "submitted draft", "submitted approved", "approved draft"),
    *("approved scheduled", "approved published", "scheduled approved", "scheduled published"),
)
"""Every way an answer goes, as `from to` (rules.TABLE)."""

IN_DRAFT: Final = "the words of an answer change in draft only"
DECIDED: Final = (
    "EXISTS (SELECT 1 FROM faq_reviewdecision d WHERE d.kind IN ('approve', 'attest')"
    " AND d.submission_id = (SELECT MAX(s.id) FROM faq_submission s WHERE s.answer_id = OLD.id))"
)
PUBLISHED: Final = "EXISTS (SELECT 1 FROM faq_publication p JOIN faq_submission s ON s.id = p.submission_id WHERE s.answer_id = OLD.id)"


def blank() -> str:
    """Return the condition that no words are left in the new row of an answer."""
    texts = [f"NEW.{column} = ''" for column in TEXTS]
    lists = [f"NEW.{column} = '[]'" for column in LISTS]
    return " AND ".join([*texts, *lists, *(f"NEW.{column} IS NULL" for column in OPTIONAL)])


def answer_guards() -> list[Guard]:
    """Return the guards of the answer's own row."""
    frozen = "(OLD.status <> 'draft' OR NEW.status <> 'draft')"
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
            f"{frozen} AND ({changed(*KINDS)} OR ({changed(*TEXTS, *LISTS, *OPTIONAL)} AND NOT ({erased_answer('OLD.id')} AND {blank()})))",
            IN_DRAFT,
        ),
        Guard(
            "answer_moves",
            "faq_answer",
            "UPDATE",
            f"{changed('status')} AND (OLD.status || ' ' || NEW.status) NOT IN {one_of(MOVES)}",
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
            "answer_published",
            "faq_answer",
            "UPDATE",
            f"OLD.status <> 'published' AND NEW.status = 'published' AND NOT {PUBLISHED}",
            "an answer is published by its publication",
        ),
    ]


def edit_guards() -> list[Guard]:
    """Return the guards of the rows that say who edited: on PostgreSQL they queue with submit and approve."""
    kept = changed("id", "answer_id", "kind", "by_id", "by_name", "at")
    return [
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
            f"{kept} OR NEW.changes <> '' OR NOT {erased_answer('OLD.answer_id')}",
            "edits are never changed",
        ),
    ]


def part_guards(table: str) -> list[Guard]:
    """Return the guards of rows that are part of an answer's words: phrasings, citations, resources."""
    name, lock = table.removeprefix("faq_"), lock_answer("OLD.answer_id")
    old = not_draft("OLD.answer_id")
    return [
        Guard(f"{name}_insert", table, "INSERT", not_draft("NEW.answer_id"), IN_DRAFT, lock_answer("NEW.answer_id")),
        Guard(f"{name}_update", table, "UPDATE", f"{changed('id', 'answer_id')} OR {old}", IN_DRAFT, lock),
        Guard(f"{name}_delete", table, "DELETE", f"{old} AND NOT {erased_answer('OLD.answer_id')}", IN_DRAFT, lock),
    ]


def catalogue_guards() -> list[Guard]:
    """Return the guards of the names that addresses and citations are made of."""
    return [
        Guard(
            "question_fixed", "faq_question", "UPDATE", changed("id", "slug", "language"), "slug and language of a question never change"
        ),
        Guard("topic_fixed", "faq_topic", "UPDATE", changed("id", "slug"), "the slug of a topic never changes"),
        Guard("source_fixed", "faq_source", "UPDATE", changed("id", "key"), "the key of a source never changes"),
    ]


def words_guards() -> list[Guard]:
    """Return all guards of the write side."""
    parts = [guard for table in ("faq_phrasing", "faq_citation", "faq_resource") for guard in part_guards(table)]
    return [*answer_guards(), *edit_guards(), *parts, *catalogue_guards()]
