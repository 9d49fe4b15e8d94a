"""Which entries come first for a question in a patient's own words."""

from typing import Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from faq.content.analysis import read_search_terms
from faq.search.index import Vocabulary
from faq.search.library import shelf_with
from tests.shelves import found, kept, shelf_of

TEXTS: Final = {
    "heart": ["Can treatment harm my heart?", "Trastuzumab can make the heart pump less well. Tests look for early changes."],
    "cost": ["What does it cost, and who helps?", "bills", "Drug makers have programs. A social worker knows local funds."],
    "brain": ["Do I need brain scans?", "A scan of the brain is done when there are signs. Ask about the heart too."],
    "her2": ["What is HER2?", "HER2 is a protein on cells."],
    "her2-test": ["How is HER2 tested?", "A lab looks at cells from the biopsy. It is a test of tissue."],
}


def test_the_entry_that_is_asked_about_comes_before_one_that_mentions_it() -> None:
    assert found(shelf_of(TEXTS), "can this treatment mess up my heart?")[:2] == ["heart", "brain"]


def test_a_way_of_asking_that_is_covered_beats_one_that_says_more() -> None:
    texts = {
        "one": ["What is neuroaxonal dystrophy?", "It is rare."],
        "other": ["Is dystrophy, neuroaxonal dystrophy, a neuroaxonal disease with cough?", "It is rare."],
    }
    assert found(shelf_of(texts), "neuroaxonal dystrophy") == ["one", "other"]


def test_an_entry_with_many_ways_of_asking_is_not_at_a_loss() -> None:
    many = ["What is asthma?", *(f"why do I {word} at night" for word in ("cough", "wheeze", "wake", "sweat", "worry"))]
    texts = {"many": [*many, "Airways."], "other": ["What is wheat allergy?", "Not asthma."]}
    assert found(shelf_of(texts), "asthma")[0] == "many"
    assert found(shelf_of(texts), "I wheeze")[0] == "many"


def test_many_ways_of_asking_that_fit_a_little_are_no_better_than_one_that_fits() -> None:
    many = [f"asthma {word}" for word in ("cough", "wheeze", "wake", "sweat", "worry", "sneeze")]
    assert found(shelf_of({"many": [*many, "Airways."], "one": ["What is asthma?", "Airways."]}), "asthma")[0] == "one"


def test_what_is_asked_about_a_thing_counts() -> None:
    assert found(shelf_of(TEXTS), "what is her2")[0] == "her2"
    assert found(shelf_of(TEXTS), "is there a test for her2")[0] == "her2-test"


def test_a_bare_name_asks_for_the_overview() -> None:
    assert found(shelf_of(TEXTS), "her2")[0] == "her2"


def test_what_only_the_answer_says_is_found_too() -> None:
    assert found(shelf_of(TEXTS), "social worker")[0] == "cost"


def test_a_word_that_most_entries_have_finds_less_than_a_rare_one() -> None:
    texts = {f"cancer-{n}": [f"What is cancer {n}?", "Cancer."] for n in range(9)} | {"wig": ["Where do I get a wig?", "Shops."]}
    assert found(shelf_of(texts), "cancer wig")[0] == "wig"


def test_entries_that_fit_alike_come_by_their_slugs() -> None:
    texts = {slug: ["What is asthma?", "Airways."] for slug in ("b", "c", "a")}
    assert found(shelf_of(texts), "asthma") == ["a", "b", "c"]


def test_of_many_the_best_are_taken() -> None:
    texts = {f"n{n:02}": ["What is asthma?" if n == 7 else f"asthma and {n} other things", "Airways."] for n in range(30)}
    assert found(shelf_of(texts), "asthma", most=3)[0] == "n07"
    assert len(found(shelf_of(texts), "asthma", most=3)) == 3


@pytest.mark.parametrize("query", ["", "?!", "the and of", "zzz", "😀", "心臓", "@overview", 'AND OR NOT ( " * :', "%_\\'"])
def test_what_says_nothing_finds_nothing_and_breaks_nothing(query: str) -> None:
    assert found(shelf_of(TEXTS), query) == []


def test_words_of_another_script_are_found_as_they_stand() -> None:
    assert found(shelf_of({"a": ["心臓は大丈夫ですか", "心臓"]}, "ja"), "心臓") == ["a"]


WORDS: Final = st.sampled_from(["heart", "scan", "test", "cost", "cell", "dose", "night", "cough", "treat", "cure", "her2", "zebra"])
ENTRIES: Final = st.dictionaries(
    st.sampled_from("abcdefgh"), st.lists(st.lists(WORDS, min_size=1, max_size=4).map(" ".join), min_size=2, max_size=4), max_size=8
)


@example(before={"a": ["heart", "heart"]}, after={"b": ["scan", "scan"]}, query="heart")
@given(before=ENTRIES, after=ENTRIES, query=st.lists(WORDS, min_size=1, max_size=4).map(" ".join))
def test_a_shelf_that_followed_changes_ranks_as_one_made_anew(
    before: dict[str, list[str]], after: dict[str, list[str]], query: str
) -> None:
    vocabulary = Vocabulary("en")
    old = shelf_of(before, vocabulary=vocabulary) if before else None
    changed = {slug: vocabulary.entry_terms(slug, read_search_terms(kept(wordings, said))) for slug, (*wordings, said) in after.items()}
    followed = shelf_with(vocabulary, old, {**dict.fromkeys(before), **changed})
    anew = shelf_of(after) if after else None
    assert (followed and found(followed, query)) == (anew and found(anew, query))
    assert [followed and followed.spelling.knows(word) for word in query.split()] == [
        anew and anew.spelling.knows(word) for word in query.split()
    ]
