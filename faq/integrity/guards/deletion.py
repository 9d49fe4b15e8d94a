"""The guards against loss: no deletion, no update of rows that only ever get added, and no REPLACE of rows on SQLite."""

from typing import Final

from faq.integrity.guards.conditions import Guard, sql_list
from faq.integrity.guards.standing_texts import IDENTITY

NEVER_DELETED: Final = (
    *("faq_question", "faq_answer", "faq_edit", "faq_comment", "faq_submission", "faq_submissioneditor", "faq_reviewdecision"),
    *("faq_waiver", "faq_erasure", "faq_publication", "faq_change", "faq_ledger", "faq_standingtext", "faq_topicname", "faq_reviewer"),
    *("faq_evidencealert", "faq_topicplacement"),
)
# Submissions, Edits, Comments, Waivers, Publications and what was said with decisions are blanked by an erasure, so guards of their own
# say what may change.
NEVER_UPDATED: Final = ("faq_submissioneditor", "faq_change")

UNIQUE_KEYS: Final = {
    "faq_question": (("slug",),),
    "faq_topic": (("slug",),),
    "faq_source": (("key",),),
    "faq_answer": (),
    "faq_edit": (),
    "faq_citation": (("answer_id", "source_id"),),
    "faq_comment": (),
    "faq_submission": (("question_id", "number"),),
    "faq_submissioneditor": (("submission_id", "user_id"),),
    "faq_reviewdecision": (("sequence",),),
    "faq_waiver": (),
    "faq_erasure": (("question_id", "version"),),
    "faq_publication": (("question_id", "version"), ("slug", "version")),
    "faq_change": (("sequence",),),
    "faq_ledger": (),
    "faq_standingtext": ((*IDENTITY["standingtext"], "number"),),
    "faq_topicname": ((*IDENTITY["topicname"], "number"),),
    "faq_topicplacement": ((*IDENTITY["topicplacement"], "number"),),
    "faq_topic_parents": (("from_topic_id", "to_topic_id"),),
    "faq_topiccode": (("topic_id", "system", "code"),),
    "faq_reviewer": (("user_id",),),
    "faq_evidencealert": (),
}
"""Every unique key of a guarded table beside its rowid, which on SQLite is the primary key `id`, or stands beside `sequence`."""

OPEN: Final = sql_list(("draft", "submitted", "approved", "scheduled"))


def deletion_guards() -> list[Guard]:
    names = [(table, table.removeprefix("faq_")) for table in NEVER_DELETED]
    deleted = [Guard(f"{name}_kept", table, "DELETE", "1 = 1", f"rows of {table} are never deleted") for table, name in names]
    updated = [
        Guard(f"{table.removeprefix('faq_')}_fixed", table, "UPDATE", "1 = 1", f"rows of {table} never change") for table in NEVER_UPDATED
    ]
    return deleted + updated


def taken(table: str) -> str:
    """Return the condition that a row `t` stands in the way of the new row of `table`, by any unique key or partial one."""
    keys = [" AND ".join(f"t.{column} = NEW.{column}" for column in key) for key in (("rowid",), *UNIQUE_KEYS[table])]
    # The partial unique indexes publication_one_current, answer_one_open and evidencealert_one_open.
    if table == "faq_publication":
        keys.append("t.question_id = NEW.question_id AND t.status = 'current' AND NEW.status = 'current'")
    if table == "faq_answer":
        keys.append(f"t.question_id = NEW.question_id AND t.status IN {OPEN} AND NEW.status IN {OPEN}")
    if table == "faq_evidencealert":
        same = "t.publication_id = NEW.publication_id AND t.source_id = NEW.source_id AND t.state = NEW.state"
        keys.append(f"{same} AND t.outcome = '' AND NEW.outcome = ''")
    return " OR ".join(f"({key})" for key in keys)


def replace_guards() -> list[Guard]:
    """Return SQLite's guards against REPLACE, which deletes the row in its way without a word.

    They hold even without `PRAGMA recursive_triggers`. An update meets a key of another row only where a text comes into force:
    all other keys are fixed.
    """
    guards = []
    for table in UNIQUE_KEYS:
        message = f"UNIQUE constraint failed: a row of {table} with this key exists"
        name = table.removeprefix("faq_")
        guards.append(Guard(f"{name}_replaced", table, "INSERT", f"EXISTS (SELECT 1 FROM {table} t WHERE {taken(table)})", message))
    for name, line in IDENTITY.items():
        table = f"faq_{name}"
        same = " AND ".join(f"t.{column} = NEW.{column}" for column in line)
        in_force = f"t.id <> NEW.id AND {same} AND t.approved_at IS NOT NULL AND t.ends_at IS NULL"
        condition = f"NEW.approved_at IS NOT NULL AND NEW.ends_at IS NULL AND EXISTS (SELECT 1 FROM {table} t WHERE {in_force})"
        guards.append(Guard(f"{name}_displaced", table, "UPDATE", condition, f"UNIQUE constraint failed: a text of {table} is in force"))
    return guards
