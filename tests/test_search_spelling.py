"""Slips of spelling: words that stand nowhere in the library are taken for those that do."""

from typing import Final

import pytest

from faq.search.library import shelf_with
from tests.shelves import found, shelf_of

TEXTS: Final = {
    "heart": ["Can trastuzumab (Herceptin) harm my heart?", "It is hard to say. The heart may pump less well."],
    "diarrhoea": ["What helps against diarrhoea?", "Drink enough. It is common with neratinib."],
}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("hart", "heart"),
        ("haert", "heart"),
        ("herseptin", "herceptin"),
        ("trastuzumap", "trastuzumab"),
        ("trasutzumab", "trastuzumab"),
        ("diarhoea", "diarrhoea"),
        ("neritinib", "neratinib"),
    ],
)
def test_a_slip_is_repaired(typed: str, meant: str) -> None:
    assert shelf_of(TEXTS).spelling.repaired(f"{typed} problems") == f"{meant} problems"


@pytest.mark.parametrize(
    "word", ["heard", "never", "mother", "garden", "heart", "hearts", "her2", "t4n0", "zzzzzzzz", "hat", "xx", "心臓です"]
)
def test_what_is_known_common_short_or_near_to_nothing_stays(word: str) -> None:
    assert shelf_of(TEXTS).spelling.repaired(word) == word


def test_two_slips_are_taken_for_a_long_word_alone() -> None:
    spelling = shelf_of(TEXTS).spelling
    assert spelling.repaired("trastusumap") == "trastuzumab"
    assert spelling.repaired("harrp") == "harrp"


def test_of_words_as_near_the_one_that_is_asked_about_is_meant() -> None:
    assert shelf_of(TEXTS).spelling.nearest("hart") == "heart"


def test_in_spanish_words_are_repaired_by_spanish_ones() -> None:
    shelf = shelf_of({"c": ["¿El tratamiento puede dañar mi corazón?", "El corazón puede bombear peor."]}, "es")
    assert shelf.spelling.repaired("corason") == "corazon"
    assert shelf.spelling.repaired("mama seguido ahora") == "mama seguido ahora"


def test_a_word_that_no_entry_has_any_more_is_suggested_no_more() -> None:
    shelf = shelf_of(TEXTS)
    left = shelf_with(shelf.index.vocabulary, shelf, {"diarrhoea": None})
    assert left
    assert left.spelling.repaired("neritinib") == "neritinib"


def test_a_misspelt_question_finds_what_the_right_one_finds() -> None:
    assert found(shelf_of(TEXTS), "hart damige herseptin")[0] == "heart"
