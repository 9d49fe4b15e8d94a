"""Texts as search sees them: words in their language, and what a question asks about its thing."""

import pytest

from faq.content.analysis import analyser, read_search_terms, search_terms
from faq.content.folding import searchable


def asked(text: str, language: str = "en") -> set[str]:
    return set(analyser(language).question_terms(searchable(text)))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Is there a cure for asthma?", "What are the treatments for asthma?"),
        ("Does asthma run in families?", "Is asthma inherited?"),
        ("Will my children get asthma?", "Is asthma inherited?"),
        ("How common is asthma?", "How many people are affected by asthma?"),
        ("What brings on asthma?", "What causes asthma?"),
        ("How do I know if I have asthma?", "What are the symptoms of asthma?"),
        ("Life expectancy with asthma", "What is the outlook for asthma?"),
        ("Latest studies on asthma", "What research is being done on asthma?"),
        ("How do I stop getting asthma?", "How to prevent asthma?"),
        ("asthma", "What is asthma?"),
        ("tell me about asthma", "What is (are) asthma?"),
        ("What does asthma mean?", "What is asthma?"),
    ],
)
def test_ways_of_asking_the_same_about_a_thing_are_one(one: str, other: str) -> None:
    assert asked(one) == asked(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("¿Tiene cura el asma?", "¿Cuál es el tratamiento del asma?"),
        ("¿Qué es el asma?", "asma"),
        ("¿El asma se hereda?", "¿Es hereditaria el asma?"),
        ("¿Cuáles son los síntomas del asma?", "señales de asma"),
    ],
)
def test_so_they_are_in_spanish(one: str, other: str) -> None:
    assert asked(one, "es") == asked(other, "es")


def test_of_two_aspects_that_overlap_the_longer_one_is_meant() -> None:
    assert asked("what are the long-term effects of asthma") == {"@complication", "asthma"}


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("PAGET'S", "Paget’s"),
        ("mamografia", "Mamografía"),
        ("ángel", "ANGEL"),
        ("20 µg", "20 μg"),
        ("cafe\u0301", "café"),
        ("tras\u00adtu\u00adzu\u00admab", "trastuzumab"),
        ("ﬁrst", "first"),
    ],
)
@pytest.mark.parametrize("language", ["en", "es", "fi"])
def test_case_accents_apostrophes_and_forms_of_letters_do_not_count(typed: str, written: str, language: str) -> None:
    assert asked(typed, language) == asked(written, language)


def test_endings_are_those_of_the_language() -> None:
    assert asked("pruebas corazones", "es") == asked("prueba corazon", "es")
    assert asked("pruebas", "fi") != asked("prueba", "fi")


def test_a_compound_is_found_with_its_hyphen_and_without() -> None:
    assert "tdm1" in asked("Is T-DM1 a chemo?")


def test_words_that_say_nothing_are_left_out() -> None:
    assert asked("Please, could somebody tell me about the heart?") == {"@overview", "heart"}


def test_a_language_that_nobody_has_described_has_its_words_as_they_stand() -> None:
    assert analyser("fi").question_terms("mikä on astma") == ["mikä", "on", "astma"]


def test_what_a_document_keeps_is_read_as_it_was_taken_apart() -> None:
    kept = read_search_terms(search_terms("en", ["what is asthma", "asthma"], "asthma is asthma"))
    assert kept.wordings == [["@overview", "asthma"]]
    assert dict(zip(kept.words, kept.counts.split(), strict=True)) == {"what": "0", "is": "1", "asthma": "2"}


def test_of_an_entry_of_signs_alone_nothing_is_kept_and_it_can_be_read() -> None:
    kept = read_search_terms(search_terms("en", ["?"], ""))
    assert (kept.wordings, kept.words) == ([["@overview"]], [])
