"""How the school grade of a text is counted, in English and in Spanish."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faq.readiness.reading_grade import grade, syllables_en, syllables_es, word_count

CAT = ["The cat sat on the mat."] * 6  # 36 words of one syllable in 6 sentences
GATO = ["El gato duerme en la casa."] * 6  # 6 words and 9 syllables in each


def test_english_is_flesch_kincaid() -> None:
    assert grade(CAT, "en") == pytest.approx(0.39 * 6 + 11.8 * 1 - 15.59)


def test_spanish_is_inflesz_put_on_the_same_thresholds() -> None:
    points = 206.835 - 62.3 * 9 / 6 - 6
    assert grade(GATO, "es") == pytest.approx(6 + (65 - points) * 2 / 10)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (
            "en",
            "Interstitial pulmonary inflammation necessitates immediate discontinuation of the medication and intravenous corticosteroids",
        ),
        ("es", "La inflamación intersticial pulmonar requiere la interrupción inmediata del medicamento y corticosteroides intravenosos"),
    ],
)
def test_professional_prose_is_above_grade_eight(language: str, text: str) -> None:
    assert (grade([text] * 3, language) or 0) > 8


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", ["Call your team at once.", "They will tell you what to do.", "Say that you are on cancer treatment."]),
        ("es", ["Llame a su equipo ya.", "Le dirán qué hacer.", "Diga que está en tratamiento."]),
    ],
)
def test_plain_advice_is_below_grade_six(language: str, text: list[str]) -> None:
    assert (grade(text * 3, language) or 99) < 6


def test_medicines_do_not_count() -> None:
    names = frozenset({"trastuzumab", "ado-trastuzumab emtansine"})
    named = ["The ado-trastuzumab emtansine cat sat on the Trastuzumab mat."] * 6
    assert grade(named, "en", names) == grade(CAT, "en")


def test_few_words_and_other_languages_have_no_grade() -> None:
    assert grade(["Call your team at once."], "en") is None
    assert grade(CAT, "fr") is None


def test_a_regional_language_is_read_as_its_base() -> None:
    assert grade(GATO, "es-MX") == grade(GATO, "es")


@pytest.mark.parametrize(("word", "count"), [("cat", 1), ("medicine", 3), ("self-care", 2), ("12", 1), ("don’t", 1), ("water", 2)])
def test_english_syllables(word: str, count: int) -> None:
    assert syllables_en(word) == count


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("cáncer", 2),
        ("día", 2),
        ("tratamiento", 4),
        ("guerra", 2),
        ("pingüino", 3),
        ("quimioterapia", 5),
        ("hay", 1),
        ("muy", 1),
        ("ciudad", 2),
        ("poeta", 3),
        ("hueso", 2),
        ("país", 2),
        ("causa", 2),
        ("reyes", 2),
        ("aéreo", 4),
        ("averigüéis", 4),
        ("que", 1),
        ("12", 1),
    ],
)
def test_spanish_syllables(word: str, count: int) -> None:
    assert syllables_es(word) == count


def test_words_are_counted_with_numbers_and_hyphens_as_one() -> None:
    assert word_count("About 12 in 100 well-known people, don’t ask.") == 8


@settings(deadline=None)
@given(
    st.lists(st.text(max_size=60), max_size=5), st.sampled_from(["en", "es", "es-MX", "fr"]), st.frozensets(st.text(min_size=1, max_size=5))
)
def test_no_text_breaks_the_count(sentences: list[str], language: str, names: frozenset[str]) -> None:
    assert isinstance(grade(sentences, language, names), float | None)
