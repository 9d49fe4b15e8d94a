"""The commands say what CONTRACTS promises, and end as they should."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from faq.models import Publication, Question
from tests.factories import make_draft, make_publication, make_standing_texts
from tests.interchange import entry, lines, make_importer

pytestmark = pytest.mark.django_db
ATTEST = "Somebody; 2026-01-15; A report; part 2"


class TerminalStream(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True


def call(name: str, *arguments: object, stderr: io.StringIO | None = None, **options: Any) -> tuple[list[str], list[str], int]:
    """Call a command; return its lines, its lines of errors, and its exit code."""
    out, err, code = io.StringIO(), stderr or io.StringIO(), 0
    try:
        call_command(name, *map(str, arguments), stdout=out, stderr=err, **options)
    except SystemExit as end:
        code = int(str(end.code))
    return out.getvalue().splitlines(), err.getvalue().splitlines(), code


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Two good rows and a bad one, an importer, and what any entry needs."""
    make_standing_texts()
    make_importer()
    return lines(tmp_path / "rows.jsonl", [entry(), entry("bad", audience="everybody"), entry("another")])


def test_faults_are_on_the_error_stream_and_counts_on_the_last_line(path: Path) -> None:
    out, err, code = call("import_entries", path, "--as", "importer", "--attest", ATTEST, "--publish", "--skip-invalid")
    assert err == [
        "rows.jsonl:2: audience: must be patient, caregiver or clinician",
        *(f"warning: rows.jsonl:{line}: entry: a concern is kept beside the review: short-answer-missing" for line in (1, 3)),
    ]
    assert (out, code) == (["created=2 new_version=0 unchanged=0 refused=1"], 1)
    assert set(Publication.objects.values_list("attested_by", "document")) == {("Somebody", "A report; part 2")}


def test_a_bad_row_stops_it(path: Path) -> None:
    out, _, code = call("import_entries", path, "--as", "importer")
    assert (out[-1], code) == ("created=0 new_version=0 unchanged=0 refused=1", 1)
    assert not Question.objects.exists()


def test_without_bad_rows_it_ends_well(tmp_path: Path, path: Path) -> None:
    good = lines(tmp_path / "good.jsonl", [entry()])
    assert call("import_entries", good, "--as", "importer", "--submit") == (["created=1 new_version=0 unchanged=0 refused=0"], [], 0)
    assert Question.objects.get().submissions.exists()


def test_a_dry_run_says_so(path: Path) -> None:
    out, err, code = call("import_entries", path, "--as", "importer", "--dry-run")
    assert out == ["Dry run: nothing was changed.", "created=2 new_version=0 unchanged=0 refused=1"]
    assert (len(err), code, Question.objects.exists()) == (1, 1, False)


def test_warnings_are_marked(tmp_path: Path, path: Path) -> None:
    other = entry("b", topics=[{"slug": "whole", "name": "Other", "kind": "condition"}])
    _, err, code = call("import_entries", lines(tmp_path / "good.jsonl", [entry(), other]), "--as", "importer")
    assert err == ["warning: good.jsonl:2: topics: whole is called “The whole”; “Other” becomes a synonym"]
    assert code == 0


def test_a_terminal_shows_a_bar(tmp_path: Path, path: Path) -> None:
    good = lines(tmp_path / "good.jsonl", [entry(f"e-{number}") for number in range(3)])
    terminal = TerminalStream()
    call("import_entries", good, "--as", "importer", stderr=terminal)
    assert "100%" in terminal.getvalue()
    assert terminal.getvalue().endswith("entries/s]\n")
    assert "3/3" in terminal.getvalue()


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--as", "nobody"], "There is no account nobody"),
        (["--as", "importer", "--publish"], "give --attest"),
        (["--as", "importer", "--attest", "Somebody"], "NAME; YYYY-MM-DD; DOCUMENT"),
        ([], "--as"),
    ],
)
def test_what_cannot_begin_is_said_in_a_sentence(path: Path, arguments: list[str], reason: str) -> None:
    with pytest.raises(CommandError, match=reason):
        call_command("import_entries", str(path), *arguments)


@pytest.mark.parametrize("name", ["none.jsonl", "library.zip"])
def test_a_path_that_cannot_be_read_is_a_fault(tmp_path: Path, path: Path, name: str) -> None:
    (tmp_path / "library.zip").write_bytes(b"PK")
    out, err, code = call("import_entries", tmp_path / name, "--as", "importer")
    assert err[0].startswith(f"{name}:1: file: ")
    assert (out[-1], code) == ("created=0 new_version=0 unchanged=0 refused=1", 1)


def test_an_export_says_what_it_wrote(tmp_path: Path) -> None:
    make_publication("one")
    make_draft("two")
    assert call("export_entries", tmp_path / "library", "--form", "folder")[0] == [f"Wrote {tmp_path}/library: 2 rows of entries."]
    out, _, _ = call("export_entries", tmp_path / "library.jsonl", "--form", "jsonl", "--no-drafts")
    assert out == [f"Wrote {tmp_path}/library.jsonl: 1 rows of entries."]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["library.txt", "--form", "jsonl"], "Name the file something.jsonl"),
        (["library", "--form", "folder", "--history", "--no-drafts"], "take --no-drafts or --history away"),
        (["none/library", "--form", "folder"], "There is no folder"),
        (["library"], "--form"),
    ],
)
def test_an_export_that_makes_no_sense_is_refused(tmp_path: Path, arguments: list[str], reason: str) -> None:
    with pytest.raises(CommandError, match=reason):
        call_command("export_entries", str(tmp_path / arguments[0]), *arguments[1:])


def test_a_history_is_found_by_itself_and_needs_leave(tmp_path: Path, settings: Settings) -> None:
    make_publication("one")
    make_importer()
    call("export_entries", tmp_path / "past.jsonl.gz", "--form", "jsonl", "--history")
    with pytest.raises(CommandError, match="Set ALLOW_HISTORY_IMPORT"):
        call_command("import_entries", str(tmp_path / "past.jsonl.gz"), "--as", "importer")
    settings.ALLOW_HISTORY_IMPORT = True
    with pytest.raises(CommandError, match="only into an empty library"):
        call_command("import_entries", str(tmp_path / "past.jsonl.gz"), "--as", "importer")
