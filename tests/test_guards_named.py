"""A guard without a test is a rule that nobody would miss."""

import re
from collections import Counter
from pathlib import Path

import pytest

from faq.integrity import triggers
from faq.integrity.guards import GUARDED, GUARDS, Guard, replace_guards
from faq.integrity.guards.deletion import UNIQUE_KEYS

HERE = Path(__file__)
FILES = sorted(path for path in HERE.parent.glob("test_guards_*.py") if path != HERE)
LONGEST = 63
"""PostgreSQL cuts names after this many bytes."""


def unnamed(guards: list[Guard]) -> set[str]:
    """Return the guards whose name stands in quotes in none of the files that test guards."""
    named = {name for path in FILES for name in re.findall(r'"([a-z_]+)"', path.read_text())}
    return {guard.name for guard in guards} - named


def test_every_guard_is_named_by_a_test() -> None:
    assert unnamed(list(GUARDS)) == set()
    assert unnamed([Guard("forgotten", "faq_answer", "UPDATE", "1 = 1", "no")]) == {"forgotten"}


def test_every_guard_against_replace_is_tested_by_its_table_or_by_name() -> None:
    by_table = {f"{table.removeprefix('faq_')}_replaced" for table in UNIQUE_KEYS}
    assert unnamed([guard for guard in replace_guards() if guard.name not in by_table]) == set()


def test_names_of_guards_are_their_own() -> None:
    counted = Counter(guard.name for guard in (*GUARDS, *replace_guards()))
    assert [name for name, count in counted.items() if count > 1] == []


@pytest.mark.parametrize("vendor", ["sqlite", "postgresql"])
def test_names_fit_the_database(vendor: str) -> None:
    assert max(map(len, triggers.declared(vendor))) <= LONGEST


def test_every_guard_becomes_a_trigger_on_both_databases() -> None:
    names = {triggers.PREFIX + guard.name for guard in GUARDS}
    assert names <= set(triggers.declared("sqlite"))
    assert names | {f"{triggers.PREFIX}{table}_truncate" for table in GUARDED} == set(triggers.declared("postgresql"))
