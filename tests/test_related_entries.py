"""An entry relates to entries that there are; only what comes together may name each other before."""

from pathlib import Path
from typing import Any

import pytest

from faq import workflow
from faq.interchange.options import Stage
from faq.interchange.writing import write_folder
from faq.models import Question
from faq.workflow import WordsRefused
from tests.admin_client import refusals, send, verb_of
from tests.factories import NOW, a, make_draft, make_publication, make_standing_texts
from tests.interchange import Heard, counts, entry, lines, publish, run

pytestmark = pytest.mark.django_db
UNKNOWN = "there is no entry nowhere; make it first, or correct its slug"


def related() -> dict[str, list[str]]:
    """Return what each question relates to."""
    return dict(Question.objects.values_list("slug", "related"))


def test_a_question_relates_to_no_entry_that_is_not_there() -> None:
    make_draft("here")
    with pytest.raises(WordsRefused, match=UNKNOWN):
        workflow.create_question(slug="a", language="en", wording="A?", by=a("author"), at=NOW, related=["here", "nowhere"])
    assert set(related()) == {"here"}
    workflow.create_question(slug="a", language="en", wording="A?", by=a("author"), at=NOW, related=["here"])
    assert related()["a"] == ["here"]


def test_reclassifying_adds_no_unknown_entry_and_keeps_what_was_there() -> None:
    question = make_draft("one", related=["old"]).question
    with pytest.raises(WordsRefused, match=UNKNOWN):
        workflow.reclassify(question, by=a("author"), at=NOW, topics=[], related=["old", "nowhere"])
    assert workflow.reclassify(question, by=a("author"), at=NOW, topics=[], related=["old"]).related == ["old"]


def test_the_admin_says_so_beside_the_field() -> None:
    question = make_draft("one").question
    answer = send(a("author"), verb_of(question, "reclassify"), related="nowhere")
    assert (refusals(answer), answer.context["form"].errors["related"]) == ([UNKNOWN], [UNKNOWN])


@pytest.mark.parametrize("stage", [Stage.DRAFT, Stage.SUBMITTED, Stage.PUBLISHED])
def test_entries_of_one_import_may_name_each_other(tmp_path: Path, stage: Stage) -> None:
    make_standing_texts()
    path = lines(tmp_path / "rows.jsonl", [entry("one", related=["two", "three"]), entry("two", related=["one"]), entry("three")])
    bring: Any = publish if stage == Stage.PUBLISHED else run
    options = {} if stage == Stage.PUBLISHED else {"stage": stage}
    for is_rehearsal in (True, False):
        assert bring(path, is_rehearsal=is_rehearsal, **options) == counts(created=3)
    assert (related()["one"], related()["two"]) == (["two", "three"], ["one"])


def test_an_import_names_the_line_of_an_unknown_entry(tmp_path: Path) -> None:
    heard = Heard()
    path = lines(tmp_path / "rows.jsonl", [entry("one"), entry("two", related=["one", "nowhere"])])
    assert run(path, heard=heard)["refused"] == 1
    assert heard.errors == ["rows.jsonl:2: related: unknown entry nowhere; bring it, or correct the name"]
    assert not Question.objects.exists()


def test_who_relates_to_a_bad_row_is_not_refused_for_it(tmp_path: Path) -> None:
    path = lines(tmp_path / "rows.jsonl", [entry("one", audience="everybody"), entry("two", related=["one"])])
    assert run(path, skip_invalid=True) == counts(created=1, refused=1)


def test_what_an_entry_here_relates_to_is_the_librarys_whatever_a_file_says(tmp_path: Path) -> None:
    assert run(lines(tmp_path / "rows.jsonl", [entry("one")])) == counts(created=1)
    again = lines(tmp_path / "rows.jsonl", [entry("one", related=["nowhere"], body="Newer [^s1].")])
    assert run(again) == counts(new_version=1)
    assert related() == {"one": []}


def test_an_export_names_no_entry_that_it_does_not_hold(tmp_path: Path) -> None:
    make_draft("draft")
    make_publication("other")
    make_publication("one", related=["other", "draft"])
    for name, options in {"all": {"drafts": True}, "public": {"drafts": False}, "chosen": {"drafts": False, "slugs": {"one"}}}.items():
        write_folder(tmp_path / name, **options)  # type: ignore[arg-type]
    said = {name: (tmp_path / name / "entries" / "one.md").read_text() for name in ("all", "public", "chosen")}
    assert all(slug in said["all"] for slug in ("other", "draft"))
    assert ("draft" in said["public"], "other" in said["public"], "related" in said["chosen"]) == (False, True, False)
