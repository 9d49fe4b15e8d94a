"""`/versions/{n}/diff/`: what a version has other than another one, field by field."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faq import workflow
from faq.content.diff import Difference
from faq.models import Publication
from faq.public.diff_json import fields_json
from tests.factories import BODY, a, make_publication
from tests.marked import marked
from tests.reading import LATER, get

MARKER = "zebrafinch-withheld"


def diff(number: int, query: str = "", slug: str = "her2") -> Any:
    return get(f"entries/{slug}/versions/{number}/diff/{query}")


def fields(number: int, query: str = "") -> dict[str, list[tuple[str, str]]]:
    """Return {field: its (op, text) pairs}."""
    answer = diff(number, query)
    assert answer.status_code == 200, answer.content
    return {row["field"]: [(part["op"], part["text"]) for part in row["parts"]] for row in answer.json()["fields"]}


def text(parts: list[tuple[str, str]], op: str) -> str:
    return "".join(piece for kind, piece in parts if kind in ("equal", op))


@pytest.fixture
def versions(db: None) -> None:
    """An entry of three versions: the second answers shorter, the third has another paragraph and a phrasing more."""
    make_publication("her2", short_answer="HER2 is a protein that can make cells grow.")
    make_publication("her2", short_answer="HER2 is a protein on cells.", change_note="Shorter.")
    make_publication("her2", body=f"{BODY}\n\nOne more.", phrasings=["what is her2", "her2 meaning"], change_note="Shorter.")


@pytest.mark.usefixtures("versions")
def test_a_version_is_told_from_the_one_before() -> None:
    answer, base = diff(2).json(), "http://testserver/api/v1/entries/her2/versions"
    assert answer == {
        "slug": "her2",
        "version": 2,
        "against": 1,
        "fields": [
            {
                "field": "short_answer",
                "parts": [
                    {"op": "equal", "text": "HER2 is a protein"},
                    {"op": "delete", "text": " that can make cells grow."},
                    {"op": "insert", "text": " on cells."},
                ],
            },
            {"field": "change_note", "parts": [{"op": "insert", "text": "Shorter."}]},
        ],
        "links": {"self": f"{base}/2/diff/?against=1", "version": f"{base}/2/", "against": f"{base}/1/"},
        "library_status": "demonstration",
    }


@pytest.mark.usefixtures("versions")
def test_any_version_is_told_from_any_other_in_either_direction() -> None:
    later, earlier = fields(3, "?against=1"), fields(1, "?against=3")
    assert list(later) == ["phrasings", "short_answer", "answer.markdown", "change_note"]
    assert later["answer.markdown"] == [("equal", BODY), ("insert", "\n\nOne more.")]
    assert {name: text(parts, "insert") for name, parts in later.items()} == {
        name: text(parts, "delete") for name, parts in earlier.items()
    }


@pytest.mark.usefixtures("versions")
def test_a_version_is_the_same_as_itself() -> None:
    assert fields(2, "?against=2") == {}


@pytest.mark.usefixtures("versions")
def test_the_same_question_has_one_tag_and_links_to_the_history() -> None:
    answer = diff(2)
    assert diff(2, "?against=1")["ETag"] == answer["ETag"] != diff(3, "?against=2")["ETag"]
    assert diff(2, "?against=3")["ETag"] != answer["ETag"]
    base = "http://testserver/api/v1/entries/her2/"
    assert answer["Link"] == f'<{base}versions/>; rel="version-history", <{base}>; rel="latest-version"'


@pytest.mark.usefixtures("versions")
@pytest.mark.parametrize(
    ("number", "query", "detail"),
    [
        (1, "", "Nothing came before version 1; name another with `against`."),
        (2, "?against=9", "There is no version 9."),
        (9, "", "There is no such version."),
        (10**30, "?against=1", "There is no such version."),
    ],
)
def test_a_version_that_never_was_is_not_found(number: int, query: str, detail: str) -> None:
    answer = diff(number, query)
    assert (answer.status_code, answer.json()["detail"]) == (404, detail)


@pytest.mark.usefixtures("versions")
@pytest.mark.parametrize("value", ["0", "-1", "x", "", "1.0", str(10**30), "1&against=2"])
def test_against_is_one_number_of_a_version(value: str) -> None:
    answer = diff(2, f"?against={value}")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "against")


@pytest.mark.django_db
@pytest.mark.parametrize("withheld", [1, 2])
def test_no_withheld_word_is_told_whichever_side_it_is_on(withheld: int) -> None:
    for version in (1, 2, 3):
        make_publication("her2", change_note=f"With {MARKER}." if version == withheld else "Plain.")
    before = diff(2)
    assert MARKER in before.content.decode()
    workflow.withdraw(Publication.objects.get(version=3), by=a("reviewer"), at=LATER, reason="unsafe", withhold=[withheld])
    answer = get("entries/her2/versions/2/diff/", if_none_match=before["ETag"])
    told = answer.json()
    assert (answer.status_code, answer["Content-Type"]) == (410, "application/problem+json")
    assert told["detail"] == f"The text of version {withheld} is withheld. `notice` says what readers are told."
    assert (told["instance"], bool(told["notice"])) == ("/api/v1/entries/her2/versions/2/diff/", True)
    everywhere = [diff(number, f"?against={against}") for number in (1, 2, 3) for against in (1, 2, 3)]
    assert [each.status_code for each in everywhere].count(410) == 5
    assert [each for each in everywhere if MARKER in each.content.decode()] == []


@pytest.mark.usefixtures("versions")
def test_versions_of_an_entry_that_was_taken_down_are_told_from_each_other() -> None:
    workflow.withdraw(Publication.objects.get(version=3), by=a("reviewer"), at=LATER, reason="outdated")
    assert list(fields(2)) == ["short_answer", "change_note"]


def test_every_leaf_of_the_words_is_told_where_it_differs() -> None:
    one, other = (marked(letter, language=("en", "es"), translation_of__version=(1, 2)) for letter in "ab")
    told = str(fields_json(one.words, other.words))
    assert [leaf for leaf, mark in (one.marks | other.marks).items() if mark not in told] == []
    variants = [(leaf, changed) for leaf, changed in one.variants() if leaf != "schema_version"]  # there is one alone
    assert [leaf for leaf, changed in variants if not fields_json(one.words, changed)] == []


TEXTS = st.text(alphabet="ab \n\t.", max_size=60)


@given(TEXTS, TEXTS)
def test_the_pieces_hold_every_letter_of_both_texts(before: str, after: str) -> None:
    pieces = Difference("body", before, after).pieces
    assert "".join(piece.text for piece in pieces if piece.change != "added") == before
    assert "".join(piece.text for piece in pieces if piece.change != "removed") == after
    assert all(one.change != next_one.change for one, next_one in pairwise(pieces))
