"""A selection is exported with what it needs and nothing else, and comes in elsewhere with the same hashes."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from faq import workflow
from faq.models import Publication, Question, QuestionTopic, Source, StandingText, Topic
from tests.factories import (
    CARDS,
    NOW,
    a,
    approve,
    make_draft,
    make_publication,
    make_revision,
    make_source,
    make_submission,
    make_text,
    waive,
)
from tests.interchange import counts, entry, lines, publish
from tests.test_interchange_command import call
from tests.test_interchange_export import RICH, SHARED, empty

pytestmark = pytest.mark.django_db


def export(path: Path, *slugs: str, **options: Any) -> list[dict[str, Any]]:
    """Export a selection as JSON Lines and return its rows."""
    call("export_entries", path / "some.jsonl", "--form", "jsonl", "--only", *slugs, **options)
    rows = [json.loads(line) for line in (path / "some.jsonl").read_text().splitlines()]
    (path / "some.jsonl").unlink()
    return rows


def names(rows: list[dict[str, Any]]) -> set[tuple[str, str]]:
    """What an export holds, as (record, slug or key)."""
    return {(row.get("record", "entry"), row.get("slug") or row["key"]) for row in rows}


@pytest.mark.parametrize("name", ["some", "some.zip", "some.jsonl", "some.jsonl.gz"])
def test_a_selection_comes_in_again_with_its_hashes(tmp_path: Path, name: str) -> None:
    second = entry("second", topics=["part"], sources=["s1"])
    publish(lines(tmp_path / "rows.jsonl", [*SHARED, entry("first", **RICH), second, second | {"version": 2, "body": "Newer [^s1]."}]))
    before = dict(Publication.objects.current().values_list("slug", "content_hash"))
    form = "jsonl" if ".jsonl" in name else "folder"
    assert call("export_entries", tmp_path / name, "--form", form, "--only", "first")[0] == [f"Wrote {tmp_path / name}: 1 rows of entries."]
    empty()
    assert publish(tmp_path / name) == counts(created=1)
    assert dict(Publication.objects.current().values_list("slug", "content_hash")) == {"first": before["first"]}
    assert set(Source.objects.values_list("key", flat=True)) == {"s1", "s2"}


def test_topics_come_with_all_topics_above_them(tmp_path: Path) -> None:
    for slug, parents in (("top", []), ("middle", ["top"]), ("below", ["middle"]), ("other", ["top"])):
        workflow.edit_topic(slug=slug, kind="condition", parents=parents, codes=[], by=a("author"), at=NOW)
    make_publication("one", topics=["below"])
    make_publication("two", topics=["other"])
    found = [row["slug"] for row in export(tmp_path, "one") if row.get("record") == "topic"]
    assert found == ["top", "middle", "below"]


def test_sources_and_advice_cards_come_with_the_entries_that_name_them(tmp_path: Path) -> None:
    make_publication("one", citations=[{"key": "s1"}, {"key": "s2"}], advice_cards=["fever"])
    make_publication("two", citations=[{"key": "s1"}, {"key": "s3"}], advice_cards=["routine"])
    make_text(kind="advice_card", key="fever", language="es", level=CARDS["fever"][0], title="Fiebre", text="Llame.")
    assert names(export(tmp_path, "one")) == {("entry", "one"), ("source", "s1"), ("source", "s2"), ("standing_text", "fever")}
    assert [row["language"] for row in export(tmp_path, "one") if row.get("record") == "standing_text"] == ["en"]


def test_what_an_earlier_version_needs_comes_too(tmp_path: Path) -> None:
    make_publication("one", citations=[{"key": "s1"}, {"key": "old"}])
    submission = make_submission(make_revision("one", citations=[{"key": "s1"}]))
    approve(submission, waivers=[waive("source-lost", "Version 1: old")])
    workflow.publish(submission, by=a("publisher"), at=NOW)
    assert ("source", "old") in names(export(tmp_path, "one"))


def test_a_draft_brings_what_it_needs_unless_drafts_are_left_out(tmp_path: Path) -> None:
    make_publication("one")
    make_source("s9")
    make_revision("one", body="zebrafinch-draft [^s9].", citations=[{"key": "s9"}])
    assert ("source", "s9") in names(export(tmp_path, "one"))
    rows = export(tmp_path, "one", no_drafts=True)
    assert names(rows) == {("entry", "one"), ("source", "s1")}
    assert "zebrafinch" not in json.dumps(rows)


def test_of_a_guide_only_the_chosen_are_members_elsewhere(tmp_path: Path) -> None:
    guide = {"record": "topic", "slug": "guide", "kind": "guide", "names": {}, "members": ["one", "two", "three"]}
    publish(lines(tmp_path / "rows.jsonl", [guide, entry("one"), entry("two"), entry("three")]))
    call("export_entries", tmp_path / "some", "--form", "folder", "--only", "three", "two")
    empty()
    publish(tmp_path / "some")
    places = dict(QuestionTopic.objects.filter(topic__slug="guide").values_list("question__slug", "position"))
    assert (places, Topic.objects.filter(slug="guide").exists()) == ({"two": 2, "three": 3}, True)


def test_the_library_s_other_texts_stay_behind(tmp_path: Path) -> None:
    make_publication("one")
    assert StandingText.objects.filter(kind="disclaimer").exists()
    assert {row.get("record", "entry") for row in export(tmp_path, "one")} == {"entry", "source"}


def test_a_long_selection_is_read_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("faq.interchange.exporting.CHUNK", 2)
    slugs = [f"e-{number}" for number in range(5)]
    for slug in [*slugs, "other"]:
        make_draft(slug)
    assert [row["slug"] for row in export(tmp_path, *reversed(slugs)) if "record" not in row] == slugs


def test_slugs_may_stand_in_a_file(tmp_path: Path) -> None:
    for slug in ("one", "two", "three", "four"):
        make_draft(slug)
    (tmp_path / "slugs.txt").write_bytes("\ufeffone\r\n\r\n  two  \r\n".encode())
    assert {name for kind, name in names(export(tmp_path, f"@{tmp_path / 'slugs.txt'}", "three")) if kind == "entry"} == {
        "one",
        "two",
        "three",
    }


def test_what_there_is_nothing_to_write_of_is_named(tmp_path: Path) -> None:
    make_publication("stays")
    gone = make_publication("gone")
    workflow.withdraw(gone, by=a("reviewer"), at=timezone.now(), reason="unsafe")
    make_draft("new")
    out, err, code = call("export_entries", tmp_path / "some", "--form", "folder", "--no-drafts", "--only", "stays", "gone", "new")
    assert err == ["warning: nothing to write of gone, new: taken down, or not approved yet"]
    assert (out, code) == ([f"Wrote {tmp_path}/some: 1 rows of entries."], 0)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--only", "one", "nowhere", "elsewhere"], "There is no question elsewhere, nowhere; correct --only"),
        (["--only", *(f"e-{number:02}" for number in range(30))], "There is no question e-00, e-01.* e-19 and 10 more; correct"),
        (["--only", "one", "--history"], "The history is of the whole library; take --only or --history away"),
        (["--only", "@none.txt"], r"none\.txt:1: file: No such file"),
        (["--only", "@empty.txt"], "--only names no entry; write one slug a line into its file"),
    ],
)
def test_a_selection_that_makes_no_sense_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], reason: str
) -> None:
    make_draft("one")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty.txt").touch()
    with pytest.raises(CommandError, match=reason):
        call_command("export_entries", "some", "--form", "folder", *arguments)
    assert not (tmp_path / "some").exists()


def test_nothing_is_changed_by_an_export(tmp_path: Path) -> None:
    make_publication("one")
    before = list(Question.objects.values()), list(Publication.objects.values())
    export(tmp_path, "one")
    assert (list(Question.objects.values()), list(Publication.objects.values())) == before
