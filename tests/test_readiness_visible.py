"""Readiness judges what the eye reads: a sign that nobody sees, let stand in a word, hides neither a figure nor an order."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from faq.content.letters import UNSEEN
from faq.content.texts import clean_text
from faq.readiness import findings
from tests.drafts import make_context, make_words, sentences_of

HEBREW = "שלום. "
"""Beside it marks of direction stand in a text."""
TOLD = "You should stop your treatment now. It helps 50 % of people. Herceptin lowers it."
CODES = {"talk-to-one-person", "percentage-without-count", "figure-without-mark", "brand-without-generic"}
SIGNS = [
    chr(code) for code in (*range(0x200B, 0x2010), *range(0x2060, 0x2070), 0xAD, 0x61C, 0x180E, 0xFEFF, 0xFE0E, 0xFE0F, 0xE0041, 0xE0100)
]


def told(body: str) -> set[tuple[str, str]]:
    context = make_context(brands={"Herceptin": "trastuzumab"})
    return {(each.code, each.sentence) for each in findings(make_words(body), context) if each.code in CODES}


@pytest.mark.parametrize("before", ["", HEBREW], ids=["alone", "beside Hebrew"])
@pytest.mark.parametrize(
    ("plain", "hidden"),
    [
        ("should", "sho\u00aduld"),
        ("should", "sho\u200buld"),
        ("should", "s\ufe0fhould"),
        ("50 %", "5\u20600 %"),
        ("50 %", "5\u200e0 %"),
        ("Herceptin", "Her\u00adceptin"),
    ],
)
def test_a_word_is_found_whatever_hides_in_it(before: str, plain: str, hidden: str) -> None:
    assert {code for code, _ in told(TOLD)} == CODES
    assert told(clean_text(before + TOLD.replace(plain, hidden))) == told(before + TOLD)


def test_so_it_is_beside_the_body() -> None:
    assert sentences_of("talk-to-one-person", short_answer="You sho\u00aduld stop your treatment now.") == [
        "You should stop your treatment now."
    ]


@given(sign=st.sampled_from(SIGNS), place=st.integers(0, len(TOLD)), before=st.sampled_from(["", HEBREW]))
@example(sign="\u00ad", place=6, before="")
def test_no_sign_anywhere_changes_what_is_told(sign: str, place: int, before: str) -> None:
    assert UNSEEN.search(sign)
    try:
        kept = clean_text(before + TOLD[:place] + sign + TOLD[place:])
    except ValueError:
        return
    assert told(kept) == told(before + TOLD)
