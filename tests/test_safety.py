"""SAFETY.md, the hazard log, is whole: each hazard has cause, control and remainder, and each test it names is there."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "SAFETY.md").read_text()
HAZARDS = dict(re.findall(r"^### (H[0-9]+) · [^\n]+\n(.+?)(?=^##|\Z)", TEXT, re.MULTILINE | re.DOTALL))
PARTS = ("Effect", "Causes", "Controls", "Tests", "Remains")


def parts_of(hazard: str) -> dict[str, str]:
    return dict(re.findall(r"^- \*\*([A-Z][a-z]+)\*\*: (.+?)(?=^- \*\*|\Z)", HAZARDS[hazard], re.MULTILINE | re.DOTALL))


def named_in(text: str) -> list[tuple[str, str]]:
    """Return (file, test) for everything named as a test."""
    return re.findall(r"`(tests/test_\w+\.py)::(\w+)`", text)


def defined_in(file: str) -> set[str]:
    """Return the tests that stand in a file, in classes too."""
    return {node.name for node in ast.walk(ast.parse((ROOT / file).read_text())) if isinstance(node, ast.FunctionDef)}


def test_hazards_are_numbered_without_gap() -> None:
    assert list(HAZARDS) == [f"H{number}" for number in range(1, len(HAZARDS) + 1)]
    assert len(HAZARDS) >= 8
    assert len(re.findall(r"^### ", TEXT, re.MULTILINE)) == len(HAZARDS)


@pytest.mark.parametrize("hazard", HAZARDS)
def test_each_hazard_tells_effect_causes_controls_tests_and_what_remains(hazard: str) -> None:
    assert tuple(parts_of(hazard)) == PARTS


@pytest.mark.parametrize("hazard", HAZARDS)
def test_each_test_that_a_hazard_names_is_there(hazard: str) -> None:
    named = named_in(parts_of(hazard)["Tests"])
    assert named
    assert len(named) == parts_of(hazard)["Tests"].count("::")
    assert [name for file, name in named if not (ROOT / file).exists() or name not in defined_in(file)] == []
