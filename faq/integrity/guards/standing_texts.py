"""The guards of standing texts, and of topics' names and places: proposed first, approved by another, then fixed."""

from typing import Final

from faq.integrity.guards.conditions import Guard, changed, contains, no_reviewer, without_sign_off

IDENTITY: Final = {
    "standingtext": ("kind", "key", "language", "audience", "origin"),
    "topicname": ("topic_id", "language"),
    "topicplacement": ("topic_id",),
}
"""What makes two rows versions of one text."""

FIXED: Final = {
    "standingtext": (*IDENTITY["standingtext"], "placement", "required", "level", "title", "text", "sources"),
    "topicname": (*IDENTITY["topicname"], "name", "synonyms"),
    "topicplacement": (*IDENTITY["topicplacement"], "parents", "codes"),
}
ATTESTED: Final = {"topicname": ("attestation_id",)}
"""Columns that stand in the place of an approval by a second person."""
# The Ledger's moment is the latest that readers were told of; a start or end before it would change what they saw then.
BACKDATED: Final = (
    "EXISTS (SELECT 1 FROM faq_ledger g WHERE (OLD.starts_at IS NULL AND NEW.starts_at < g.moved_at)"
    " OR (OLD.ends_at IS NULL AND NEW.ends_at < g.moved_at))"
)


def text_guards(name: str) -> list[Guard]:
    """`name` is a key of IDENTITY: all these tables have the same guards."""
    table = f"faq_{name}"
    approval = ("approved_by_id", *ATTESTED.get(name, ()))
    unqualified = without_sign_off("NEW.approved_by_id", "'clinical'")
    fixed = changed("id", *FIXED[name], "number", "proposed_by_id", "proposed_at")
    return [
        Guard(
            f"{name}_proposed_first",
            table,
            "INSERT",
            "NEW.approved_at IS NOT NULL OR NEW.ends_at IS NOT NULL",
            "a standing text is proposed by one person and approved by another",
        ),
        Guard(
            f"{name}_fixed",
            table,
            "UPDATE",
            f"{fixed} OR (OLD.approved_at IS NOT NULL AND {changed(*approval, 'approved_at', 'starts_at')})"
            f" OR (OLD.ends_at IS NOT NULL AND {changed(*approval, 'ends_at')})",
            "a standing text never changes; propose its next version",
        ),
        Guard(
            f"{name}_reviewer",
            table,
            "UPDATE",
            f"OLD.approved_by_id IS NULL AND NEW.approved_by_id IS NOT NULL AND ({no_reviewer('NEW.approved_by_id')} OR {unqualified})",
            "a reviewer with the clinical sign-off approves standing texts",
        ),
        Guard(f"{name}_not_backdated", table, "UPDATE", BACKDATED, "a standing text starts and ends now, not in the past"),
    ]


def attestation_guard() -> Guard:
    """A name without a second person here has the record of who reviewed it elsewhere, which is about this name."""
    return Guard(
        "topicname_attested",
        "faq_topicname",
        "UPDATE",
        "OLD.attestation_id IS NULL AND NEW.attestation_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM faq_reviewdecision d"
        " WHERE d.sequence = NEW.attestation_id AND d.kind = 'attest_text' AND d.at = NEW.approved_at"
        " AND d.about = SUBSTR(NEW.name || ' (' || NEW.language || ')', 1, 300))",
        "the name of a topic that was reviewed elsewhere has the decision that says so",
    )


def place_guards(table: str, topic: str, column: str, line: str) -> list[Guard]:
    """`table` holds a row for each line of `column` in the placement in force. `topic` is its column that names the topic, `line` the SQL
    of a row's line, with {row} for OLD or NEW.
    """
    # A line end is the same letter in both databases; a function that makes one has a name of its own in each.
    end, name = "'\n'", table.removeprefix("faq_")
    named = {
        row: f"EXISTS (SELECT 1 FROM faq_topicplacement p WHERE p.topic_id = {row}.{topic} AND p.approved_at IS NOT NULL"
        f" AND p.ends_at IS NULL AND {contains(f'({end} || p.{column} || {end})', f'({end} || {line.format(row=row)} || {end})')})"
        for row in ("OLD", "NEW")
    }
    return [
        Guard(f"{name}_approved", table, "INSERT", f"NOT {named['NEW']}", f"a topic has the {column} that a second person approved"),
        Guard(f"{name}_fixed", table, "UPDATE", "1 = 1", f"rows of {table} come and go and never change"),
        Guard(f"{name}_in_force", table, "DELETE", named["OLD"], f"a topic keeps the {column} that a second person approved"),
    ]


def standing_guards() -> list[Guard]:
    slug = "(SELECT t.slug FROM faq_topic t WHERE t.id = {row}.to_topic_id)"
    return [
        *(guard for name in IDENTITY for guard in text_guards(name)),
        attestation_guard(),
        *place_guards("faq_topic_parents", "from_topic_id", "parents", slug),
        *place_guards("faq_topiccode", "topic_id", "codes", "{row}.system || '|' || {row}.code"),
    ]
