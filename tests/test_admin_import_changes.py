"""The preview of an import names every entry of the file, with what of its words would change, as a person reads a change."""

import re
from typing import Any

import pytest

from faq.admin import import_changes
from faq.admin.import_changes import BESIDE, near_changes
from faq.content.diff import Difference
from faq.interchange.options import Stage
from faq.models import Answer, Question
from tests.admin_client import page_of, see, signed_in
from tests.admin_import import press, preview, rows
from tests.factories import make_standing_texts
from tests.interchange import entry, make_importer

pytestmark = pytest.mark.django_db
DRAFT, PUBLISHED = Stage.DRAFT, Stage.PUBLISHED


def changes(content: bytes, stage: Stage = DRAFT) -> list[Any]:
    """Return what the preview of a file tells entry by entry."""
    by = make_importer()
    return list(signed_in(by).get(preview(by, content, stage=stage)).context["changes"])


def imported(content: bytes, stage: Stage = DRAFT) -> None:
    make_standing_texts()
    by = make_importer()
    press(by, preview(by, content, stage=stage))


def test_every_entry_is_named_with_what_becomes_of_it() -> None:
    imported(rows(entry("same"), entry("other")))
    found = changes(rows(entry("same"), entry("other", body="New words [^s1]."), entry("new")))
    assert [(each.slug, each.what) for each in found] == [
        ("same", "is here already"),
        ("other", "will get new words"),
        ("new", "will be made"),
    ]
    assert [each.url for each in found] == [page_of(Question.objects.get(slug=slug)) for slug in ("same", "other")] + [""]


@pytest.mark.parametrize("stage", [DRAFT, PUBLISHED])
def test_what_changes_is_marked_in_the_field_where_it_stands(stage: Stage) -> None:
    imported(rows(entry("one", body="It is found in 12 of 100 people [^s1].")), stage)
    coming = entry("one", version=2, body="It is found in 2 of 100 people [^s1].", question="What was it?")
    by = make_importer()
    page = see(by, preview(by, rows(coming), stage=stage))
    assert "What changes in one: question, body" in page
    assert re.search(r"found in<del> 12</del><ins> 2</ins> of 100", page)
    assert Answer.objects.count() == 1


def test_a_group_of_new_entries_is_named_too() -> None:
    make_standing_texts()
    found = changes(rows(entry("one"), entry("two")), PUBLISHED)
    assert [(each.slug, each.what, each.fields) for each in found] == [("one", "will be made", []), ("two", "will be made", [])]


def test_what_the_library_fills_in_is_no_change() -> None:
    imported(rows(entry("one")))
    [found] = changes(rows(entry("one", body="New words [^s1].", sources=[{"key": "s1", "kind": "web_page", "title": "Another title"}])))
    assert [field.name for field in found.fields] == ["body"]


def test_past_a_limit_changes_are_not_shown_and_the_page_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_changes, "SHOWN", 1)
    imported(rows(entry("one"), entry("two")))
    by = make_importer()
    page = see(by, preview(by, rows(entry("one", body="New words [^s1]."), entry("two", body="New words [^s1]."))))
    assert "What changes in one: body" in page
    assert "What changes in two" not in page
    assert page.count("What changes is not shown here") == 1


def test_refused_rows_are_told_beside_those_that_come() -> None:
    by = make_importer()
    page = see(by, preview(by, rows(entry("good"), entry("bad", audience="everybody")), skip_invalid="on"))
    assert "good will be made." in page
    assert "<td>audience</td>" in page


def test_of_a_long_text_what_stands_beside_a_change_is_shown() -> None:
    same = "word " * 200
    pieces = near_changes(Difference("body", f"{same}old {same}", f"{same}new {same}"))
    assert [piece.change for piece in pieces] == ["same", "removed", "added", "same"]
    assert pieces[0].text.startswith("…")
    assert pieces[-1].text.endswith("…")
    assert max(len(piece.text) for piece in pieces) <= BESIDE + 1
    between = near_changes(Difference("body", f"old {same}old", f"new {same}new"))
    assert between[2].text.startswith(" word")
    assert " … " in between[2].text


def test_words_that_only_go_further_are_said_to_stay_as_they_are() -> None:
    imported(rows(entry("one")))
    by = make_importer()
    page = see(by, preview(by, rows(entry("one")), stage=Stage.SUBMITTED))
    assert "one</a> will go further, its words as they are." in page
    assert "What changes is not shown here" not in page


def test_names_and_words_are_escaped() -> None:
    imported(rows(entry("one")))
    by = make_importer()
    page = see(by, preview(by, rows(entry("one", body="<b>New</b> words [^s1]."))))
    assert "<b>New" not in page
    assert "&lt;b&gt;New" in page
