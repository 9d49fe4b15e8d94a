"""FORMAT.md says what the code does."""

import re
from argparse import ArgumentParser
from pathlib import Path

import pytest
from django.core.management.base import BaseCommand

from faq.content.words import Words
from faq.interchange.entries import KNOWN, PROVENANCE, REQUIRED, entry_from_row
from faq.interchange.files import read_entry
from faq.interchange.rows import SourceRow, TextRow, TopicRow
from faq.management.commands import export_entries, import_entries

TEXT = Path("faq/interchange/FORMAT.md").read_text(encoding="utf-8")


def test_its_example_is_an_entry(tmp_path: Path) -> None:
    example = re.search(r"```markdown\n(.*?)```", TEXT, re.DOTALL)
    assert example
    (tmp_path / "what-is-her2-low.md").write_text(example[1], encoding="utf-8")
    entry = entry_from_row(*read_entry(tmp_path / "what-is-her2-low.md", tmp_path))
    assert (entry.slug, [cited.key for cited in entry.words.citations]) == ("what-is-her2-low", ["label-x"])


def test_it_names_every_field() -> None:
    fields = {*KNOWN, *TopicRow.model_fields, *SourceRow.model_fields, *TextRow.model_fields}
    assert sorted(field for field in fields if f"`{field}`" not in TEXT) == []


@pytest.mark.parametrize("command", [import_entries.Command, export_entries.Command])
def test_it_names_every_option_of_the_commands(command: type[BaseCommand]) -> None:
    parser = ArgumentParser(add_help=False)
    command().add_arguments(parser)  # type: ignore[arg-type]
    assert [option for action in parser._actions for option in action.option_strings if option not in TEXT] == []


def test_every_word_of_an_entry_has_a_field() -> None:
    words = set(Words.model_fields) - {"schema_version", "provenance", "citations"}
    assert words | set(PROVENANCE) | {"sources"} <= set(KNOWN)
    assert set(REQUIRED) <= set(KNOWN)
