"""What is exported comes in again the same, byte for byte; what readers may not see any more stays out."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from faq import workflow
from faq.content.letters import ORDER
from faq.content.texts import clean_text, said_or_empty
from faq.content.words import canonical_text
from faq.integrity import triggers
from faq.interchange.entries import entry_from_row
from faq.interchange.files import read_entry
from faq.interchange.options import Stage
from faq.interchange.records import Record, records
from faq.interchange.writing import ExportRefused, dump, write_entry, write_folder, write_jsonl
from faq.models import Answer, Publication, Question, QuestionTopic, Source, StandingText, Submission, Topic, TopicName, TopicPlacement
from faq.workflow.drafts import words_of
from tests.factories import a, make_draft, make_publication, make_revision, make_text, make_topic
from tests.interchange import counts, entry, lines, publish, run

RICH: dict[str, Any] = {
    "region": "US",
    "applies_to": ["early"],
    "phrasings": ["what's that: a thing?", "no", "¿qué es?", "- a"],
    "short_answer": "It is # not: a comment.\nTwo lines.",
    "status_lines": [{"item": "Drug", "status": "expanding", "as_of": "2026-05"}],
    "advice_cards": ["fever"],
    "body": "\n## Heading  \n\n---\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\nWords [^s1].\n\n",
    "key_facts": [{"label": "How many", "value": "12 in 100", "source": "s1"}],
    "care_team_questions": [{"question": "Why?", "why": ""}],
    "quotations": [{"text": "“I was afraid.”", "who": "A patient", "role": "patient", "source": "A talk"}],
    "sources": [{"key": "s2", "locator": "page 3"}, {"key": "s1", "supporting_quote": "A quote: with a colon"}],
    "resources": [
        {"kind": "helpline", "name": "Line", "phone": "0800", "hours": "24 h", "url": "https://line.example/"},
        {"kind": "video", "name": "Film", "url": "https://film.example/", "captions": True, "duration_s": 58, "transcript": "Hello."},
    ],
    "call_to_action": {"label": "Ask", "url": "https://ask.example/"},
    "byline": "A team",
    "licence": "CC BY 4.0",
    "attribution": "From a book.",
    "update_type": "minor",
    "change_note": "null",
    "related": ["second"],
    "topics": ["part", {"slug": "whole", "place": 4}],
}
SHARED: list[dict[str, Any]] = [
    {"record": "topic", "slug": "part", "kind": "test", "parents": ["whole"], "is_safety": False, "names": {"en": {"name": "Part"}}},
    {
        "record": "topic",
        "slug": "whole",
        "kind": "guide",
        "position": 3,
        "names": {"en": {"name": "No"}, "es": {"name": "Sí", "synonyms": ["ya"]}},
    },
    {"record": "source", "key": "s1", "title": "One: a source", "publisher": "P", "year": 2024, "read_on": "2026-01-02", "note": "Seen."},
    {"record": "source", "key": "s2", "title": "2024", "url": "https://sources.example/2", "doi": "10.1000/x"},
]


def empty() -> None:
    """Empty the library of its rows, as if it were another one; people stay."""
    connection.check_constraints()
    triggers.remove(connection)
    with connection.cursor() as cursor:
        for table in (
            *("faq_publication_sources", "faq_publicationtopic", "faq_publication", "faq_waiver", "faq_change", "faq_reviewdecision"),
            *("faq_submissioneditor", "faq_submission", "faq_edit", "faq_citation", "faq_answer"),
            *(
                "faq_questiontopic",
                "faq_question",
                "faq_topicname",
                "faq_topicplacement",
                "faq_topiccode",
                "faq_topic_parents",
                "faq_topic",
                "faq_source",
                "faq_standingtext",
                "faq_importrun",
            ),
        ):
            cursor.execute(f"DELETE FROM {table}")
        cursor.execute(
            "UPDATE faq_ledger SET last_sequence = 0, change_head = '', decision_sequence = 0, decision_head = '', standing_sequence = 0,"
            " moved_at = NULL"
        )
    triggers.install(connection)


def library() -> dict[str, Any]:
    """All that the format carries, as the library holds it."""
    named = TopicName.objects.order_by("topic__slug", "language")
    return {
        "hashes": dict(Publication.objects.current().values_list("slug", "content_hash")),
        "words": sorted(Publication.objects.values_list("words", flat=True)),
        "drafts": {each.question.slug: canonical_text(words_of(each)) for each in Answer.objects.filter(status="draft")},
        "topics": list(Topic.objects.order_by("slug").values_list("slug", "kind", "position", "is_safety", "may_expire")),
        "placements": list(TopicPlacement.objects.order_by("topic__slug").values_list("topic__slug", "parents", "codes")),
        "names": list(named.values_list("topic__slug", "language", "name", "synonyms")),
        "places": list(
            QuestionTopic.objects.order_by("question__slug", "topic__slug").values_list("question__slug", "topic__slug", "position")
        ),
        "related": list(Question.objects.order_by("slug").values_list("slug", "language", "related")),
        "sources": list(
            Source.objects.order_by("key").values_list("key", "kind", "title", "publisher", "year", "url", "doi", "read_on", "note")
        ),
        "texts": sorted(StandingText.objects.values_list("kind", "key", "language", "audience", "placement", "title", "text")),
    }


def write(path: Path, form: str, **arguments: Any) -> Path:
    """Export in one of the forms."""
    path = path / {"folder": "library", "jsonl": "library.jsonl", "gz": "library.jsonl.gz"}[form]
    (write_folder if form == "folder" else write_jsonl)(path, **{"drafts": True} | arguments)
    return path


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["folder", "jsonl", "gz"])
def test_published_entries_come_in_again_with_their_hashes(tmp_path: Path, form: str) -> None:
    spanish = entry("segundo", language="es", translation_of={"slug": "second", "version": 2}, topics=["part"], sources=["s1"])
    for text in ("disclaimer", "withdrawn", "held", "expired", "erased"):
        kind = {"kind": "disclaimer", "placement": "after", "required": True} if text == "disclaimer" else {"kind": "notice"}
        make_text(key=text, language="es", text="Sí.", **kind)
    second = entry("second", topics=["part"], sources=["s1"])
    rows = [*SHARED, entry("first", **RICH), second, second | {"version": 2, "body": "Newer [^s1]."}, spanish]
    assert publish(lines(tmp_path / "rows.jsonl", rows)) == counts(created=3, new_version=1)
    before, path = library(), write(tmp_path, form)
    shared = StandingText.objects.count()
    empty()
    for text in ("disclaimer", "withdrawn", "held", "expired", "erased"):
        kind = {"kind": "disclaimer", "placement": "after", "required": True} if text == "disclaimer" else {"kind": "notice"}
        make_text(key=text, language="es", text="Sí.", **kind)
    assert publish(path) == counts(created=3, new_version=1)
    assert library() == before
    assert StandingText.objects.count() == shared


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["folder", "jsonl"])
def test_drafts_come_in_again_as_drafts(tmp_path: Path, form: str) -> None:
    rows = [
        *SHARED,
        entry("first", **RICH | {"origin": "ai_generated", "generator": {"name": "A model", "generated_on": "2026-01-02"}, "related": []}),
    ]
    run(lines(tmp_path / "rows.jsonl", rows))
    before, path = library(), write(tmp_path, form)
    empty()
    assert run(path, stage=Stage.SUBMITTED) == counts(created=1)
    assert library() == before
    assert not Submission.objects.exists()


@pytest.mark.django_db
def test_a_second_import_of_an_export_changes_nothing(tmp_path: Path) -> None:
    publish(lines(tmp_path / "rows.jsonl", [*SHARED, entry("first", **RICH), entry("second", topics=["part"], sources=["s1"])]))
    assert publish(write(tmp_path, "folder")) == counts(unchanged=2)


@pytest.mark.django_db
def test_what_was_taken_down_stays_out(tmp_path: Path) -> None:
    make_publication("stays")
    gone = make_publication("gone")
    workflow.withdraw(gone, by=a("reviewer"), at=timezone.now(), reason="unsafe")
    assert [path.name for path in (write(tmp_path, "folder") / "entries").iterdir()] == ["stays.md"]


@pytest.mark.django_db
def test_a_withheld_version_stays_out(tmp_path: Path) -> None:
    first = make_publication("one")
    make_publication("one")
    workflow.withdraw(Publication.objects.get(version=2), by=a("reviewer"), at=timezone.now(), reason="error", withhold=[first.version])
    make_publication("one", short_answer="Once more.")
    names = sorted(path.name for path in (write(tmp_path, "folder") / "entries").iterdir())
    assert names == ["one.md", "one.v3.md"]


@pytest.mark.django_db
def test_of_versions_with_the_same_words_the_last_is_written(tmp_path: Path) -> None:
    first = make_publication("one")
    make_publication("one")
    workflow.restore(Publication.objects.get(pk=first.pk), by=a("reviewer"), at=timezone.now(), comment="It was right.")
    rows = [json.loads(line) for line in write(tmp_path, "jsonl").read_text().splitlines()]
    versions = [(row.get("version", 1), row["short_answer"]) for row in rows if row.get("slug") == "one"]
    assert versions == [(1, "HER2 is a protein on cells."), (3, "HER2 is a protein that can make cells grow.")]


@pytest.mark.django_db
def test_drafts_can_be_left_out(tmp_path: Path) -> None:
    make_publication("one")
    make_revision("one", body="zebrafinch-draft [^s1].")
    make_draft("two")
    written = write(tmp_path, "jsonl", drafts=False).read_text()
    assert "zebrafinch" not in written
    assert '"two"' not in written


@pytest.mark.django_db
def test_a_proposed_name_is_written_only_where_none_is_in_force(tmp_path: Path) -> None:
    topic = make_topic("her2", name="HER2")
    workflow.propose(by=a("lead"), at=timezone.now(), topic=topic, language="en", name="Other")
    workflow.propose(by=a("lead"), at=timezone.now(), topic=topic, language="es", name="Otro")
    written = (write(tmp_path, "folder") / "topics.yaml").read_text()
    assert "HER2" in written
    assert "Otro" in written
    assert "Other" not in written


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["folder", "jsonl"])
def test_nothing_is_written_over(tmp_path: Path, form: str) -> None:
    write(tmp_path, form)
    with pytest.raises(ExportRefused, match="exists already"):
        write(tmp_path, form)


@pytest.mark.django_db
def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ExportRefused, match="There is no folder"):
        write(tmp_path / "none", "jsonl")


@pytest.mark.django_db
def test_an_export_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_publication("one")
    monkeypatch.setattr("faq.interchange.writing.write_entry", lambda folder, row: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write(tmp_path, "folder")
    assert list(tmp_path.iterdir()) == []


LETTERS = st.characters(
    exclude_categories=["Cs", "Cc"], exclude_characters=[chr(n) for n in range(0x2000, 0x2070) if ORDER.match(chr(n))]
) | st.sampled_from("\n\t")
TEXT = st.text(LETTERS, max_size=60).map(clean_text).map(said_or_empty)
LINE = TEXT.map(lambda text: text.replace("\n", "")).map(clean_text).map(said_or_empty).filter(bool)


@given(question=LINE, body=TEXT, phrasings=st.lists(LINE, max_size=3, unique=True), note=TEXT)
@settings(max_examples=150, deadline=None)
def test_any_text_survives_the_folder_form(
    tmp_path_factory: pytest.TempPathFactory, question: str, body: str, phrasings: list[str], note: str
) -> None:
    folder = tmp_path_factory.mktemp("folder")
    row = {"slug": "one", "question": question, "language": "no", "audience": "patient", "origin": "human", "phrasings": phrasings}
    write_entry(folder, row | {"change_note": note, "body": body})
    words = entry_from_row(*read_entry(folder / "one.md", folder)).words
    assert (words.question, words.body, words.phrasings, words.change_note, words.language) == (question, body, phrasings, note, "no")


def test_yaml_is_written_without_anchors() -> None:
    shared = ["same"]
    assert "&" not in dump({"a": shared, "b": shared})


@pytest.mark.django_db
def test_the_shipped_demonstration_is_in_the_format() -> None:
    path = Path("fixtures/her2")
    slugs = {row.row["slug"] for row in records(path) if isinstance(row, Record) and row.kind == "entry"}
    found = run(path)
    assert (found["created"], found["refused"]) == (len(slugs), 0)
    assert run(path)["created"] == 0
    assert set(Answer.objects.values_list("question__slug", "status")) == {(slug, "draft") for slug in slugs}
