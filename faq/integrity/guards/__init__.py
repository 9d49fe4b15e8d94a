"""What the database itself refuses, written once for both vendors as conditions over OLD and NEW.

`triggers.py` turns each Guard into a trigger. A condition is SQL that PostgreSQL and SQLite read alike, but for
`IS DISTINCT FROM`, which triggers.py spells `IS NOT` on SQLite.
"""

from typing import Final

from faq.integrity.guards.answers import words_guards
from faq.integrity.guards.conditions import Guard
from faq.integrity.guards.deletion import NEVER_DELETED, deletion_guards, replace_guards
from faq.integrity.guards.publications import publication_guards
from faq.integrity.guards.reviews import review_guards
from faq.integrity.guards.standing_texts import standing_guards

__all__ = ["GUARDED", "GUARDS", "NEVER_DELETED", "Guard", "replace_guards"]

GUARDS: Final = (*words_guards(), *review_guards(), *publication_guards(), *standing_guards(), *deletion_guards())
GUARDED: Final = tuple(dict.fromkeys(guard.table for guard in GUARDS))
"""Every table that has a guard, once."""
