"""The guards of standing texts and topic names: proposed first, approved by another, then fixed."""

from typing import Final

from faq.guards.conditions import Guard, changed, no_reviewer

LINES: Final = {
    "standingtext": ("kind", "key", "language", "audience", "origin"),
    "topicname": ("topic_id", "language"),
}
"""What makes two rows versions of one text."""

FIXED: Final = {
    "standingtext": (*LINES["standingtext"], "placement", "required", "level", "title", "text", "sources"),
    "topicname": (*LINES["topicname"], "name", "synonyms"),
}
LATE: Final = (
    "EXISTS (SELECT 1 FROM faq_ledger g WHERE (OLD.starts_at IS NULL AND NEW.starts_at < g.moved_at)"
    " OR (OLD.ends_at IS NULL AND NEW.ends_at < g.moved_at))"
)


def text_guards(name: str) -> list[Guard]:
    """Return the guards of the table `name`, a key of LINES."""
    table = f"faq_{name}"
    fixed = changed("id", *FIXED[name], "number", "proposed_by_id", "proposed_at")
    return [
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
            f"{fixed} OR (OLD.approved_at IS NOT NULL AND {changed('approved_by_id', 'approved_at', 'starts_at')})"
            f" OR (OLD.ends_at IS NOT NULL AND {changed('approved_by_id', 'ends_at')})",
            "a standing text never changes; propose its next version",
        ),
        Guard(
            f"{name}_reviewer",
            table,
            "UPDATE",
            f"OLD.approved_by_id IS NULL AND NEW.approved_by_id IS NOT NULL AND {no_reviewer('NEW.approved_by_id')}",
            "a reviewer approves standing texts",
        ),
        Guard(f"{name}_not_backdated", table, "UPDATE", LATE, "a standing text starts and ends now, not in the past"),
    ]


def standing_guards() -> list[Guard]:
    """Return the guards of both tables."""
    return [guard for name in LINES for guard in text_guards(name)]
