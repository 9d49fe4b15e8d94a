"""Whatever a file holds, the import says where the fault is and what is wrong, and nothing of the file comes in."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from faq.interchange.errors import RowErrors
from faq.interchange.records import records
from faq.models import Answer, Question, QuestionTopic, Source, Topic
from faq.workflow.drafts import draft_of
from tests.interchange import Heard, counts, entry, lines, run

pytestmark = pytest.mark.django_db

FRONT = "slug: what-is-it\nquestion: What is it?\nlanguage: en\naudience: patient\norigin: human\nsources: []\n"
BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]\nc: [*b, *b, *b, *b, *b, *b, *b, *b, *b]\n"
SCRIPT = "<script>alert(1)</script>"


def told(path: Path) -> list[str]:
    """What an import of `path` says is wrong; nothing must have come in."""
    heard = Heard()
    found = run(path, heard=heard)
    assert not Question.objects.exists()
    assert not Topic.objects.exists()
    assert found["refused"] > 0
    return heard.errors


def entry_file(folder: Path, text: str | bytes, name: str = "what-is-it.md") -> Path:
    """A folder with one entry file."""
    (folder / "entries").mkdir(exist_ok=True)
    (folder / "entries" / name).write_bytes(text.encode() if isinstance(text, str) else text)
    return folder


def with_front(front: str, body: str = "It is what it is.") -> str:
    """An entry file."""
    return f"---\n{front}---\n{body}\n"


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (with_front(FRONT + "topics: [a, b\n"), "9: file: broken YAML"),
        (with_front(FRONT + "slug: again\n"), "8: file: broken YAML: slug stands twice"),
        (with_front(FRONT + BOMB), "8: file: broken YAML: anchors and aliases (& and *) are not used here"),
        (with_front(FRONT + "a: " + "[" * 20 + "]" * 20 + "\n"), "8: file: broken YAML: nested deeper than 12 levels"),
        (with_front(FRONT + "a: " + "[" * 100_000 + "]" * 100_000 + "\n"), "8: file: broken YAML: nested deeper than 12 levels"),
        (with_front(FRONT + "a: !!python/object/apply:os.system ['true']\n"), "8: file: broken YAML: could not determine a constructor"),
        (with_front(FRONT + "? [a, b]\n: c\n"), "8: file: broken YAML: names must be plain text"),
        (with_front("- a\n- b\n"), "2: file: the front matter must be names with values"),
        (with_front(FRONT + f"year: {'9' * 5000}\n"), "8: year: unknown field; known are slug,"),
        (with_front(FRONT + 'region: "a\\0b"\n'), "8: region: contains a NUL character"),
        (with_front(FRONT + "body: here\n"), "8: body: is what follows the front matter"),
        (with_front(FRONT + "flavour: mint\n"), "8: flavour: unknown field; known are slug,"),
        (with_front(FRONT + "status_lines: [{item: a, status: sure, as_of: '2026'}]\n"), "8: status_lines.0.status: must be established,"),
        (with_front(FRONT + "next_review_due_on: soon\n"), "8: next_review_due_on: must be a day as YYYY-MM-DD"),
        (with_front(FRONT + "topics: [nowhere]\n"), "8: topics: unknown topic nowhere; describe it, or correct the name"),
        (with_front(FRONT + "topics: nowhere\n"), "8: topics: must be a list"),
        (with_front(FRONT.replace("sources: []", "sources: [s9]")), "7: sources: unknown source s9; describe it, or correct the name"),
        (with_front(FRONT.replace("sources: []", "sources: [s1, s1]")), "7: sources.1.key: s1 is named twice"),
        (with_front(FRONT + "related: [../admin]\n"), "8: related: must be a list of slugs"),
        (with_front(FRONT, "x" * 100_001), "9: body: must have at most 100,000 characters"),
        ("no front matter", "1: file: must begin with front matter between two lines “---”"),
        ("---\nslug: what-is-it\n", "1: file: must begin with front matter between two lines “---”"),
        (b"---\nslug: caf\xe9\n---\n", "2: file: is not UTF-8; save it again as UTF-8"),
        (with_front(FRONT).encode("utf-16"), "1: file: is not UTF-8; save it again as UTF-8"),
        (with_front(FRONT).encode("utf-16-le"), "1: file: contains a NUL character; save it again as UTF-8, not UTF-16"),
        (with_front(FRONT, "a\x00b"), "9: file: contains a NUL character"),
    ],
)
def test_an_entry_file_is_refused_by_line_and_field(tmp_path: Path, text: str | bytes, error: str) -> None:
    errors = told(entry_file(tmp_path, text))
    assert errors[0].startswith(f"entries/what-is-it.md:{error}")


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("{", "row: is no JSON: "),
        ("[1]", "row: must be an object"),
        ('{"slug": "a", "slug": "b"}', "row: is no JSON: slug stands twice"),
        ('{"slug": NaN}', "row: is no JSON: NaN is no number"),
        ("[" * 100_000, "row: is nested too deeply"),
        ('{"record": "recipe"}', "record: unknown; known are topic, source, standing_text, entry"),
        (json.dumps(entry(body="a\x00b")), "body: contains a NUL character"),
        (json.dumps(entry(body="a\ud800b")), "body: contains half of a surrogate pair"),
        (json.dumps(entry(topics=[{"slug": "t", "name": "a\udfffb", "kind": "condition"}])), "topics: contains half of a surrogate pair"),
        (b'{"slug": "caf\xe9"}', "file: is not UTF-8"),
        (json.dumps(entry(slug="../admin")), "slug: use lower-case letters"),
        (json.dumps(entry(slug="a" * 101)), "slug: use lower-case letters"),
        (json.dumps(entry(version=0)), "version: must be a whole number from 1"),
        (json.dumps(entry(status="published")), "status: may only be “draft”"),
        (json.dumps(entry(topics=[{"slug": "t", "name": "T", "kind": "planet"}])), "topics.0.kind: must be one of condition,"),
        (json.dumps(entry(topics=[{"slug": "T!", "name": "T", "kind": "test"}])), "topics.0.slug: must be lower-case letters,"),
        (json.dumps(entry(topics=[{"slug": "t", "name": "T"}])), "topics.0.kind: is missing"),
        (json.dumps(entry(sources=[{"key": "s1", "title": "T", "colour": "red"}])), "sources.0.colour: unknown field; known are key,"),
        (json.dumps(entry(sources=[{"key": "s1", "title": "T", "url": "javascript:alert(1)"}])), "sources.0.url: must start with https://"),
        (json.dumps(entry(sources=[{"title": "T"}])), "sources.0.key: is missing"),
    ],
)
def test_a_line_is_refused_by_number_and_field(tmp_path: Path, line: str | bytes, error: str) -> None:
    errors = told(lines(tmp_path / "rows.jsonl", ["", line]))
    assert errors[0].startswith(f"rows.jsonl:2: {error}")


def test_every_missing_field_is_named(tmp_path: Path) -> None:
    errors = told(lines(tmp_path / "rows.jsonl", [{"slug": "a"}]))
    assert errors == [f"rows.jsonl:1: {name}: is missing" for name in ("audience", "body", "language", "origin", "question")]


def test_an_answer_of_five_megabytes_is_refused_for_its_length(tmp_path: Path) -> None:
    errors = told(lines(tmp_path / "rows.jsonl", [entry(body="word " * 1_000_000)]))
    assert errors == ["rows.jsonl:1: body: must have at most 100,000 characters"]


def test_a_line_without_end_does_not_fill_the_memory(tmp_path: Path) -> None:
    errors = told(lines(tmp_path / "rows.jsonl.gz", ["x" * 25_000_000, "{"]))
    assert errors[0] == "rows.jsonl.gz:1: row: is longer than 10 MB"
    assert errors[1].startswith("rows.jsonl.gz:2: row: is no JSON")


def test_a_row_that_stands_twice_is_refused(tmp_path: Path) -> None:
    errors = told(lines(tmp_path / "rows.jsonl", [entry(), entry(body="Other words.")]))
    assert errors == ["rows.jsonl:2: slug: what-is-it stands in rows.jsonl:1 already; give a later version its number, or take one out"]


def test_topics_in_a_circle_are_refused(tmp_path: Path) -> None:
    (tmp_path / "topics.yaml").write_text("- {slug: a, kind: test, parents: [b]}\n- {slug: b, kind: test, parents: [a]}\n")
    with pytest.raises(RowErrors) as refused:
        run(tmp_path, skip_invalid=True)
    error = "parents: these topics stand below each other in a circle"
    assert str(refused.value).splitlines() == [f"topics.yaml:{line}: {error}" for line in (1, 2)]


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("other.md", "2: slug: must be other, as the file is called"),
        ("What Is It.md", "1: file: is no entry: name it slug.md"),
        ("what-is-it.txt", "1: file: is no entry: name it slug.md"),
    ],
)
def test_a_file_is_called_as_its_entry(tmp_path: Path, name: str, error: str) -> None:
    errors = told(entry_file(tmp_path, with_front(FRONT), name))
    assert [each.startswith(f"entries/{name}:{error}") for each in errors] == [True]


@pytest.mark.parametrize("place", ["entries/what-is-it.md", "topics.yaml", "entries", "standing"])
def test_symbolic_links_are_not_followed(tmp_path: Path, place: str) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "secret.md").write_text(with_front(FRONT))
    root = tmp_path / "root"
    (root / place).parent.mkdir(parents=True)
    (root / place).symlink_to(elsewhere if "." not in place else elsewhere / "secret.md")
    try:
        errors = told(root)
    except RowErrors as refused:
        errors = [str(error) for error in refused.errors]
    assert "is a symbolic link" in errors[0]


def test_a_linked_path_is_refused(tmp_path: Path) -> None:
    lines(tmp_path / "rows.jsonl", [entry()])
    (tmp_path / "linked.jsonl").symlink_to(tmp_path / "rows.jsonl")
    with pytest.raises(RowErrors, match=r"linked.jsonl:1: file: is a symbolic link"):
        list(records(tmp_path / "linked.jsonl"))


@pytest.mark.parametrize(
    ("name", "content", "error"),
    [
        ("library.tar", b"ustar", "is no folder, .zip of one, .md, .jsonl or .jsonl.gz; unpack another archive first"),
        (
            "table.csv",
            b"slug,question",
            "is a table, which is only for reading; bring in a folder, a .zip of one, .md, .jsonl or .jsonl.gz",
        ),
        ("rows.jsonl.gz", b"PK\x03\x04", "cannot be read: Not a gzipped file"),
        ("rows.jsonl", "é".encode("utf-16"), "is UTF-16; save it again as UTF-8"),
    ],
)
def test_a_file_of_another_kind_is_refused(tmp_path: Path, name: str, content: bytes, error: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(RowErrors, match=error):
        list(records(tmp_path / name))


def test_a_path_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RowErrors, match=r"none.jsonl:1: file: No such file"):
        list(records(tmp_path / "none.jsonl"))


def test_a_cut_archive_is_refused_where_it_ends(tmp_path: Path) -> None:
    path = lines(tmp_path / "rows.jsonl.gz", [entry(f"e{number}", body="word " * number) for number in range(200)])
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(RowErrors, match="cannot be read"):
        list(records(path))


def test_a_stranger_in_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("buy milk")
    with pytest.raises(RowErrors, match=r"notes.txt:1: file: is not part of the format"):
        list(records(tmp_path))


def test_script_tags_are_text_wherever_they_stand(tmp_path: Path) -> None:
    source = {"key": "s1", "title": SCRIPT, "publisher": SCRIPT, "url": "https://sources.example/1", "locator": SCRIPT}
    texts: dict[str, Any] = {
        "question": SCRIPT,
        "phrasings": [SCRIPT],
        "short_answer": SCRIPT,
        "region": SCRIPT,
        "body": f"{SCRIPT} [^s1]",
        "byline": SCRIPT,
    }
    topic = {"slug": "whole", "name": SCRIPT, "kind": "condition", "synonyms": [SCRIPT]}
    assert run(lines(tmp_path / "rows.jsonl", [entry(**texts, sources=[source], topics=[topic])])) == counts(created=1)
    answer = Question.objects.get().answers.get()
    assert (answer.wording, draft_of(answer).phrasings, Source.objects.get().title) == (SCRIPT, [SCRIPT], SCRIPT)


def test_a_fault_never_speaks_to_the_terminal(tmp_path: Path) -> None:
    (tmp_path / "entries").mkdir()
    (tmp_path / "entries" / "\x1b[2J.md").touch()
    assert all(text.isprintable() for text in told(tmp_path))
    errors = told(lines(tmp_path / "rows.jsonl", [entry(**{"\x1b[2Jflavour": "mint"})]))
    assert all(text.isprintable() for text in errors)


def test_what_desktops_leave_in_folders_is_passed_over(tmp_path: Path) -> None:
    entry_file(tmp_path, with_front(FRONT))
    (tmp_path / "standing").mkdir()
    for name in ("Thumbs.db", "desktop.ini", "entries/Thumbs.db", "entries/DESKTOP.INI", "standing/ehthumbs.db", ".DS_Store"):
        (tmp_path / name).write_bytes(b"\x00")
    (tmp_path / "__MACOSX").mkdir()
    assert run(tmp_path) == counts(created=1)
    (tmp_path / "Thumbs.txt").write_text("")
    with pytest.raises(RowErrors, match=r"Thumbs\.txt:1: file: is not part of the format"):
        run(tmp_path)


UNQUOTED = """slug: 0012
question: 1/2
language: no
audience: patient
origin: human
short_answer: 112
region: true
applies_to: [12, 1e5]
byline: 0x1F
phrasings: [2026-01-31, 12:30, off, 1.50]
key_facts: [{label: 007, value: 1_000}]
status_lines: [{item: 3, status: established, as_of: 2026}]
resources:
  - {kind: helpline, name: 911, phone: 112, hours: 9:30}
  - {kind: video, name: yes, captions: true, duration_s: 61}
topics: [{slug: 00123, kind: test, name: 5, place: 2}]
sources: [{key: 2024, title: 12, year: 2024, read_on: 2026-01-31, locator: 4}]
"""


def test_what_a_file_writes_without_quotes_is_text_where_text_is_wanted(tmp_path: Path) -> None:
    assert run(entry_file(tmp_path, with_front(UNQUOTED), "0012.md")) == counts(created=1)
    draft = draft_of(Answer.objects.get()).model_dump()
    assert (Question.objects.get().slug, draft["language"], draft["question"], draft["short_answer"]) == ("0012", "no", "1/2", "112")
    assert (draft["region"], draft["applies_to"], draft["provenance"]["byline"]) == ("true", ["12", "1e5"], "0x1F")
    assert draft["phrasings"] == ["2026-01-31", "12:30", "off", "1.50"]
    assert draft["key_facts"] == [{"label": "007", "value": "1_000", "source": None}]
    assert draft["status_lines"][0]["as_of"] == "2026"
    helpline, video = draft["resources"]
    assert (helpline["name"], helpline["phone"], helpline["hours"]) == ("911", "112", "9:30")
    assert (video["name"], video["captions"], video["duration_s"]) == ("yes", True, 61)
    assert QuestionTopic.objects.values_list("topic__slug", "position").get() == ("00123", 2)
    assert Source.objects.values_list("key", "title", "year", "read_on").get() == ("2024", "12", 2024, date(2026, 1, 31))
    assert draft["citations"][0]["locator"] == "4"


@pytest.mark.parametrize(
    ("front", "error"),
    [
        ("resources: [{kind: video, name: x, captions: 'true'}]", "resources.0.video.captions: must be true or false"),
        ("resources: [{kind: video, name: x, captions: yes}]", "resources.0.video.captions: must be true or false"),
        ("resources: [{kind: video, name: x, duration_s: '61'}]", "resources.0.video.duration_s: must be a whole number"),
        ("resources: [{kind: video, name: x, duration_s: 010}]", "resources.0.video.duration_s: must be a whole number"),
        ("resources: [{kind: video, name: x, duration_s: 1.5}]", "resources.0.video.duration_s: must be a whole number"),
        (f"translation_of: {{slug: a, version: {'9' * 5000}}}", "translation_of.version: must be a whole number"),
        (f"translation_of: {{slug: a, version: {'9' * 17}}}", "translation_of.version: must be 1000000 or less"),
        ("version: '1'", "version: must be 1, as the file is called"),
        ("topics: [{slug: a, kind: test, name: b, place: x}]", "topics.0.place: must be a whole number"),
    ],
)
def test_a_number_and_a_truth_value_are_no_text(tmp_path: Path, front: str, error: str) -> None:
    assert told(entry_file(tmp_path, with_front(f"{FRONT}{front}\n"))) == [f"entries/what-is-it.md:8: {error}"]


def test_a_number_of_json_is_no_text(tmp_path: Path) -> None:
    errors = told(lines(tmp_path / "rows.jsonl", [entry(resources=[{"kind": "helpline", "name": "x", "phone": 112}])]))
    assert errors == ["rows.jsonl:1: resources.0.helpline.phone: must be text; put it in quotation marks"]
