"""Where sentences end, and which marks vouch for them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faq.content.markdown import parse
from faq.readiness.sentences import Sentence, body_sentences, split


def read(body: str) -> list[Sentence]:
    """Return the sentences of a Markdown body."""
    return body_sentences(parse(body))


@pytest.mark.parametrize(
    "one",
    [
        "Dr. Smith measured 38.0 °C, e.g. at night, see Fig. 3 and No. 5.",
        "The U.S. Food and Drug Administration approved it.",
        "Ask John F. Kennedy or J. Smith.",
        "La Dra. García, p. ej. por la noche, midió 38,0 °C, núm. 5.",
        "EE. UU. lo aprobó.",
        "Call at 9 a.m. on weekdays.",
        "It is new (see Smith et al. in 2019).",
        "1. Wash your hands.",
    ],
)
def test_abbreviations_and_numbers_end_no_sentence(one: str) -> None:
    assert split(one) == [one]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Take vitamin C. Ask first.", ["Take vitamin C.", "Ask first."]),
        ("Is it? No. That is it!", ["Is it?", "No.", "That is it!"]),
        ("¿Qué es? ¡Sí! Llame.", ["¿Qué es?", "¡Sí!", "Llame."]),
        ("She lives in the U.S. The end.", ["She lives in the U.S.", "The end."]),
        ('He said "yes." Then he left.', ['He said "yes."', "Then he left."]),
        ("fever\nshivers\n\npain", ["fever", "shivers", "pain"]),
    ],
)
def test_sentences_end_where_readers_think_they_do(text: str, parts: list[str]) -> None:
    assert split(text) == parts


def test_a_mark_belongs_to_the_sentence_before_it_also_after_the_full_stop() -> None:
    keys = [sorted(each.keys) for each in read("One.[^a] Two [^b]. Three. [^c][^d] Four\nwrapped.")]
    assert keys == [["a"], ["b"], ["c", "d"], []]


def test_sentences_carry_no_marks_and_single_spaces() -> None:
    assert [each.text for each in read("One  *two*\nthree [^a].")] == ["One two three."]


def test_an_introduction_with_a_colon_vouches_for_its_list() -> None:
    assert [sorted(each.keys) for each in read("Of 100 people:[^a]\n- 12 had\n- 88 had not[^b]\n\nAfter.")] == [
        ["a"],
        ["a"],
        ["a", "b"],
        [],
    ]


def test_a_mark_after_the_last_full_stop_belongs_to_the_sentence_with_or_without_a_space() -> None:
    assert [sorted(each.keys) for each in read("It grows. It is 12 in 100. [^a]\n\nIt ends.[^b]")] == [[], ["a"], ["b"]]


def test_a_row_is_a_sentence_and_the_header_row_vouches_for_all() -> None:
    rows = read("| a[^a] | b |\n|--|--|\n| 1 | 2[^b] |\n| 3 | 4 |")
    assert [(each.text, sorted(each.keys)) for each in rows] == [("a | b", ["a"]), ("1 | 2", ["a", "b"]), ("3 | 4", ["a"])]


def test_kinds_and_boxes_are_known() -> None:
    found = read("# Head\n\n::: worked-example Anna\nText.\n\n- entry\n:::\n\nEnd.")
    assert [(each.text, each.kind, each.box) for each in found] == [
        ("Head", "heading", ""),
        ("Anna", "heading", "worked-example"),
        ("Text.", "paragraph", "worked-example"),
        ("entry", "entry", "worked-example"),
        ("End.", "paragraph", ""),
    ]


@settings(deadline=None)
@given(st.text(alphabet=st.sampled_from("aA1.!?… \n\"')¿"), max_size=60))
def test_splitting_loses_no_letter(text: str) -> None:
    assert "".join("".join(split(text)).split()) == "".join(text.split())
