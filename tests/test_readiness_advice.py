"""What is only advice: it is shown, and asks for nothing."""

import pytest

from tests.drafts import found, make_context, sentences_of

BRANDS = {"Herceptin": "trastuzumab", "Kadcyla": "ado-trastuzumab emtansine"}
LONG = "word " * 25 + "word."


def test_a_text_between_grade_six_and_eight_gets_advice_only() -> None:
    body = "The nurse will measure how well the heart is working before the treatment. It is repeated about every season afterwards. " * 3
    assert [each.grade for each in found("reading-grade", body)] == ["advice"]
    assert found("reading-grade-high", body) == []


def test_medicines_and_brands_do_not_make_a_text_hard() -> None:
    body = "Herceptin and abemaciclib and Kadcyla can help to stop it. Ask the team if abemaciclib is for you now. " * 4
    assert found("reading-grade", body)
    assert found("reading-grade", body, context=make_context(brands=BRANDS, medicines=frozenset({"abemaciclib"}))) == []


@pytest.mark.parametrize(("text", "audience", "count"), [(LONG, "patient", 1), (LONG, "clinician", 0), (LONG[5:], "patient", 0)])
def test_sentences_of_more_than_25_words_get_advice(text: str, audience: str, count: int) -> None:
    assert len(found("long-sentence", text, audience=audience)) == count


def test_a_list_without_full_stops_is_not_one_long_sentence() -> None:
    assert found("long-sentence", "- one two three four five six seven\n" * 6) == []


@pytest.mark.parametrize(
    ("body", "sentences"),
    [
        ("## a\n\n### b\n\n## c", []),
        ("# a\n\n### b", ["b"]),
        ("## a\n\n#### b\n\n### c", ["b"]),
        ("### a\n\n## b", ["a"]),
    ],
)
def test_skipped_headings_get_advice(body: str, sentences: list[str]) -> None:
    assert sentences_of("heading-skipped", body) == sentences


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("See <https://a.example/x>.", 1),
        ("See https://a.example/x.", 1),
        ("See www.a.example.", 1),
        ("Click [here](https://a.example).", 1),
        ("Vea [aquí](https://a.example).", 1),
        ("See [the leaflet](https://a.example).", 0),
        ("Write to <mailto:info@a.example>.", 0),
    ],
)
def test_links_without_a_name_get_advice(text: str, count: int) -> None:
    assert len(found("bare-link", text)) == count


@pytest.mark.parametrize(
    ("body", "sentences"),
    [
        ("Herceptin (trastuzumab) helps.\n\nAsk about Herceptin.", []),
        ("Herceptin helps.", ["Herceptin helps."]),
        ("Herceptin (trastuzumab) helps.\n\n## Later\n\nHerceptin is given again.", ["Herceptin is given again."]),
        ("Herceptin is not ado-trastuzumab emtansine.", ["Herceptin is not ado-trastuzumab emtansine."]),
        ("Herceptins and trastuzumab.", []),
    ],
)
def test_a_brand_stands_beside_its_generic_name_in_each_section(body: str, sentences: list[str]) -> None:
    assert [each.sentence for each in found("brand-without-generic", body, context=make_context(brands=BRANDS))] == sentences


def test_no_medicine_is_known_to_the_code() -> None:
    assert found("brand-without-generic", "Herceptin helps.") == []
