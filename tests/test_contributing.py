"""CONTRIBUTING leads a newcomer to the right files: ten common changes, each with every file it touches, and each of those is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "CONTRIBUTING.md").read_text()
TASKS = {
    heading: body for heading, body in re.findall(r"^### ([^\n]+)\n(.+?)(?=^##)", TEXT, re.MULTILINE | re.DOTALL) if "beside" not in heading
}
WHOLE = (
    *("Add a field to the Words", "Add a filter to the API", "Change a refusal's wording", "Add a kind of standing text"),
    *("Find out why an approval was refused", "Add a form of a document", "Add a language", "Add a readiness rule"),
    *("Add a verb", "Add a guard"),
)


def files_in(text: str) -> list[str]:
    """Return what stands between backquotes and looks like a path."""
    return [name for name in re.findall(r"`([^`\s]+)`", text) if "/" in name or name.endswith((".md", ".py", ".in"))]


def test_the_ten_tasks_are_there() -> None:
    assert tuple(TASKS) == WHOLE


@pytest.mark.parametrize("task", WHOLE)
def test_a_task_names_files_that_are_there(task: str) -> None:
    named = files_in(TASKS[task])
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("task", WHOLE)
def test_what_a_task_calls_by_name_stands_in_one_of_its_files(task: str) -> None:
    named = [ROOT / name for name in files_in(TASKS[task])]
    files = [file for path in named for file in ([path] if path.is_file() else path.rglob("*.py"))]
    texts = "".join(file.read_text() for file in files)
    called = [name for name in re.findall(r"`([A-Za-z_.@]+)`", TASKS[task]) if "/" not in name and not name.endswith((".md", ".py"))]
    assert [name for name in called if name.lstrip("@").split(".")[-1] not in texts] == []


def test_every_other_path_it_names_is_there() -> None:
    assert [name for name in files_in(TEXT) if not (ROOT / name).exists()] == []


def test_the_map_names_folders_and_files_that_are_there() -> None:
    rows = re.findall(r"^(?:.* )?(faq(?:_service)?/[a-z_/.]*)", TEXT, re.MULTILINE)
    assert len(rows) > 10
    assert [name for name in rows if not (ROOT / name.rstrip(".")).exists()] == []
