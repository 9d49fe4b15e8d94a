"""The table says how each entry stands, and no spreadsheet runs anything that is written in it."""

import csv
import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pytest_django import Settings

from faq import workflow
from faq.clock import local_date
from faq.interchange.csv_export import CSV_COLUMNS, cell_of, escape_formula, write_csv
from faq.models import Publication
from tests.factories import a, make_draft, make_publication, make_revision, make_topic
from tests.interchange import entry, lines, make_importer, publish
from tests.test_interchange_command import call

LONG = "Too much of this protein makes some breast cancers grow faster than others [^s1]. " * 4
SIGNS = "=+-@\t\r\n＝＋－＠"


def table(path: Path, **options: Any) -> list[dict[str, str]]:
    """Export the table and return its lines."""
    write_csv(path / "table.csv", **{"drafts": True} | options)
    with (path / "table.csv").open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.django_db
def test_a_line_says_how_an_entry_in_force_stands(tmp_path: Path, settings: Settings) -> None:
    settings.PUBLIC_URL = "https://library.example"
    for slug in ("her2", "tests"):
        make_topic(slug)
    now = timezone.now()
    made = make_publication("one", at=now, review_in_days=5, topics=["her2", "tests"], question="What is HER2?", body=LONG)
    [line] = table(tmp_path)
    assert line == {
        "slug": "one",
        "language": "en",
        "audience": "patient",
        "question": "What is HER2?",
        "short_answer": "HER2 is a protein that can make cells grow.",
        "topics": "her2, tests",
        "origin": "human",
        "version": "1",
        "status": "current",
        "decision": "approved",
        "reviewer": made.decided_by_role,
        "published_on": str(local_date(now)),
        "next_review_due_on": str(local_date(now) + timedelta(days=5)),
        "review_state": "due",
        "reading_grade": str(round(made.reading_grade or 0)),
        "sources": "1",
        "address": "https://library.example/questions/one/",
    }


@pytest.mark.django_db
def test_an_open_draft_has_a_line_without_what_it_has_not_got(tmp_path: Path) -> None:
    make_publication("one")
    make_revision("one", short_answer="Better words.")
    published, draft = table(tmp_path)
    assert (published["status"], draft["status"], draft["short_answer"], draft["sources"]) == ("current", "draft", "Better words.", "1")
    assert {draft[name] for name in ("version", "decision", "reviewer", "published_on", "next_review_due_on", "address")} == {""}
    (tmp_path / "table.csv").unlink()
    assert [line["status"] for line in table(tmp_path, drafts=False)] == ["current"]


@pytest.mark.django_db
def test_only_what_readers_are_shown_is_in_it(tmp_path: Path) -> None:
    first = make_publication("one")
    make_publication("one", short_answer="Newer.")
    gone = make_publication("gone")
    held = make_publication("held")
    workflow.withdraw(gone, by=a("reviewer"), at=timezone.now(), reason="unsafe")
    workflow.hold(held, by=a("reviewer"), at=timezone.now(), comment="Is it so?")
    assert first.version == 1
    assert [(line["slug"], line["version"], line["status"]) for line in table(tmp_path)] == [("held", "1", "held"), ("one", "2", "current")]


@pytest.mark.django_db
def test_who_reviewed_elsewhere_is_named(tmp_path: Path) -> None:
    publish(lines(tmp_path / "rows.jsonl", [entry("one")]))
    [line] = table(tmp_path)
    assert (line["decision"], line["reviewer"]) == ("attested", "National Institutes")


@pytest.mark.django_db
def test_a_selection_has_its_own_table(tmp_path: Path) -> None:
    make_draft("one")
    make_draft("two")
    assert [line["slug"] for line in table(tmp_path, slugs={"two"})] == ["two"]


@pytest.mark.django_db
def test_a_long_table_asks_no_more_often(tmp_path: Path, django_assert_max_num_queries: Any) -> None:
    for number in range(5):
        make_publication(f"e-{number}")
    with django_assert_max_num_queries(10):
        assert len(table(tmp_path)) == 5


@pytest.mark.django_db
def test_excel_is_told_that_it_is_utf_8(tmp_path: Path) -> None:
    make_draft("one", question="Qué es “HER2”?")
    table(tmp_path)
    raw = (tmp_path / "table.csv").read_bytes()
    assert raw.startswith(b'\xef\xbb\xbf"slug",')
    assert "Qué es “HER2”?".encode() in raw


@pytest.mark.django_db
def test_formulas_in_words_are_text_in_the_table(tmp_path: Path) -> None:
    make_draft("one", question='=HYPERLINK("https://evil.example")', short_answer="First.\n=1+1\n\t@SUM(A1)")
    [line] = table(tmp_path)
    assert line["question"] == '\'=HYPERLINK("https://evil.example")'
    assert line["short_answer"] == "First. =1+1 @SUM(A1)"


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        *(("=1+1", "'=1+1"), ("+1", "'+1"), ("-1", "'-1"), ("@SUM(A1)", "'@SUM(A1)"), ("＝1", "'＝1"), ("－1", "'－1"), ("＋1", "'＋1")),
        *(
            ("＠A", "'＠A"),
            ("\t=1", "'=1"),
            ("\r=1", "'=1"),
            ("\n=1", "'=1"),
            ("  =1", "'=1"),
            ("\u00a0=1", "'=1"),
            ("\u200b=1", "'\u200b=1"),
        ),
        *(("\ufeff=1", "'\ufeff=1"), ("\x01=1", "'\x01=1"), ('"=1"', '\'"=1"'), ("a;=1", "a;'=1"), ('a; "=1"', 'a;\' "=1"')),
        *(("1 + 1 = 2", "1 + 1 = 2"), ("a - b", "a - b"), ("", ""), ("x\n- y", "x - y"), ("a; b", "a; b"), ("5 %; 6 %", "5 %; 6 %")),
    ],
)
def test_a_cell_begins_no_formula(text: str, cell: str) -> None:
    assert escape_formula(text) == cell


NASTY = st.text(
    st.sampled_from(SIGNS + ";,\"' \u00a0\u200b\ufeff|%a1") | st.characters(exclude_categories=["Cs"], exclude_characters="\x00")
)


@given(texts=st.lists(NASTY, min_size=1, max_size=4))
@settings(max_examples=500, deadline=None)
def test_no_text_makes_a_cell_that_begins_with_a_sign(texts: list[str]) -> None:
    stream = io.StringIO()
    csv.writer(stream, quoting=csv.QUOTE_ALL).writerow(map(escape_formula, texts))
    [row] = csv.reader([stream.getvalue()], strict=True)
    assert len(row) == len(texts)
    assert [cell for cell in row if cell.startswith(tuple(SIGNS))] == []
    for delimiter in ",;\t":  # the last two as spreadsheets elsewhere read it
        cells = [cell for line in csv.reader([stream.getvalue()], delimiter=delimiter) for cell in line]
        assert [cell for cell in cells if cell.lstrip(' \r\n"\u200b\ufeff').startswith(tuple(SIGNS))] == []


@given(text=st.text(st.characters(exclude_categories=["Cs", "Cc", "Cf", "Z"], exclude_characters=";"), min_size=1))
def test_words_that_begin_no_formula_stay_as_they_are(text: str) -> None:
    assert escape_formula(text) in (text, f"'{text}")
    assert escape_formula(f"a{text}") == f"a{text}"


REREAD = [
    *(
        "0012",
        "00123",
        "1e5",
        "1E+5",
        "1,234",
        "1.234,5",
        "1 000",
        "1\u00a0000",
        "5%",
        "£3",
        "EUR 5",
        "3 €",
        "(5)",
        "½",
        "1 1/2",
        "１２",
        "١٢",
    ),
    *(
        "1-2",
        "12-10",
        "1/2",
        "2026-03-01",
        "1.2.2026",
        "10:30",
        "10:30 pm",
        "10:30 a. m.",
        "12h30",
        "2026-03-01T10:00:00Z",
        "3月1日",
        "3월 1일",
    ),
    *(
        "mar-1",
        "MARCH1",
        "sept9",
        "dec1",
        "Mar 2026",
        "Tuesday, March 3, 2026",
        "ene-5",
        "3 de mayo de 2026",
        "1. März",
        "1er août",
        "ago3",
    ),
    *("TRUE", "false", "Verdadero", "#N/A", "#REF!", "1st", "0012, 1-2"),
]
KEPT = [
    *("what-is-her2", "her2", "her2, tests", "What about 0012?", "covid-19", "brca1", "b12", "t-dm1", "stage-4", "pd-l1", "5 mg", "a1"),
    *("May I eat fish?", "may", "march", "In 3 of 10 people.", "true-or-false", "", "112 is the number to call."),
]


@pytest.mark.parametrize("text", REREAD)
def test_a_text_that_a_spreadsheet_would_change_stands_behind_an_apostrophe(text: str) -> None:
    assert cell_of("slug", text) == f"'{' '.join(text.split())}"


@pytest.mark.parametrize("text", KEPT)
def test_a_text_that_no_spreadsheet_changes_stands_as_it_is(text: str) -> None:
    assert cell_of("short_answer", text) == text


@pytest.mark.parametrize(("name", "text"), [("version", "12"), ("published_on", "2026-03-01"), ("sources", "3"), ("reading_grade", "8")])
def test_numbers_and_days_stay_what_they_are(name: str, text: str) -> None:
    assert cell_of(name, text) == text


@example("0⼀")
@example("5 ℃")
@given(text=st.text(st.characters(exclude_categories=["Cs", "Cc", "L", "M", "No", "Nl"]) | st.sampled_from("0123456789/:-., "), min_size=1))
@settings(max_examples=300, deadline=None)
def test_no_cell_is_of_digits_and_signs_alone(text: str) -> None:
    assert cell_of("question", text).startswith("'") or not any(letter.isnumeric() for letter in text)


@pytest.mark.django_db
def test_every_text_of_a_line_is_kept_from_being_changed(tmp_path: Path) -> None:
    make_topic("00123")
    make_publication("1e5", question="1/2", short_answer="12-10", topics=["00123"])
    [line] = table(tmp_path)
    assert [line[name] for name in ("slug", "question", "short_answer", "topics")] == ["'1e5", "'1/2", "'12-10", "'00123"]
    assert [line[name] for name in ("version", "sources")] == ["1", "1"]


@pytest.mark.django_db
def test_a_table_cannot_be_brought_in(tmp_path: Path) -> None:
    make_importer()
    make_draft("one")
    path = tmp_path / "table.csv"
    call("export_entries", path, "--form", "csv")
    _, err, code = call("import_entries", path, "--as", "importer")
    reason = "is a table, which is only for reading; bring in a folder, a .zip of one, .md, .jsonl or .jsonl.gz"
    assert (err, code) == ([f"table.csv:1: file: {reason}"], 1)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["table.txt", "--form", "csv"], r"Name the file something\.csv"),
        (["table.csv", "--form", "csv", "--history"], "A table has no history"),
    ],
)
def test_a_table_that_makes_no_sense_is_refused(tmp_path: Path, arguments: list[str], reason: str) -> None:
    with pytest.raises(CommandError, match=reason):
        call_command("export_entries", str(tmp_path / arguments[0]), *arguments[1:])
    assert not Publication.objects.exists()


def test_the_format_names_every_column() -> None:
    text = Path("faq/interchange/FORMAT.md").read_text(encoding="utf-8")
    assert [name for name in CSV_COLUMNS if f"`{name}`" not in text.split("## The table")[1]] == []
