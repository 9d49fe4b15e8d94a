"""The sentence of an entry that speaks of what was asked."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faq.search.excerpts import LONGEST, READ, excerpt


def entry(html: str, short: str = "Nothing.", language: str = "en") -> dict[str, Any]:
    return {"language": language, "short_answer": short, "answer": {"html": html}}


def marked(html: str, *terms: str, **options: str) -> tuple[str, list[str]]:
    found = excerpt(entry(html, **options), terms)
    return found.text, [found.text[start:end] for start, end in found.ranges]


def test_it_is_the_sentence_that_has_most_of_the_words() -> None:
    html = "<p>The heart pumps. Tests of the heart look for early changes. The end.</p>"
    assert marked(html, "heart", "test") == ("Tests of the heart look for early changes.", ["Tests", "heart"])


def test_of_two_that_have_as_many_the_first_is_taken_and_the_short_answer_comes_before_the_answer() -> None:
    assert marked("<p>Your heart too.</p>", "heart", short="It can harm the heart.")[0] == "It can harm the heart."


def test_where_no_sentence_has_any_it_is_the_beginning_of_the_short_answer() -> None:
    assert marked("<p>Words.</p>", "zebra", short="One. Two.") == ("One.", [])
    assert marked("<p>Words.</p>", short="") == ("Words.", [])
    assert marked("", "zebra", short="") == ("", [])


def test_accents_and_endings_do_not_count_and_ranges_are_of_the_text_as_it_is() -> None:
    assert marked("<p>Los CORAZONES y el corazón.</p>", "corazon", language="es", short="") == (
        "Los CORAZONES y el corazón.",
        ["CORAZONES", "corazón"],
    )


def test_tags_and_numbers_of_sources_are_no_words_of_it() -> None:
    html = '<p>The <strong>heart</strong> pumps <sup class="citation"><a href="#source-1">1</a></sup>.</p><p>Next &amp; last.</p>'
    assert marked(html, "heart", short="")[0] == "The heart pumps."


def test_a_long_sentence_is_cut_around_the_first_word_between_whole_words() -> None:
    text, words = marked(f"<p>{'one two three ' * 60}heart {'four five six ' * 60}.</p>", "heart", short="")
    assert words == ["heart"]
    assert (text[0], text[-1], len(text) <= LONGEST + 2) == ("…", "…", True)


def test_no_tag_is_cut_where_an_answer_is_too_long_to_read_whole() -> None:
    text, _ = marked(f'<p>{"word " * (READ // 5 - 1)}<a href="https://example.org/heart">heart</a></p>', "heart", short="")
    assert "href" not in text


@pytest.mark.parametrize("text", ["a" * 1_000, "heart" * 200, "heart " * 500, "." * 900, "🧬" * 400])
def test_whatever_the_text_it_is_short(text: str) -> None:
    assert len(excerpt(entry(f"<p>{text}</p>", ""), ["heart"]).text) <= LONGEST + 2


@given(st.text(alphabet="heart .!?ñé🧬\n", max_size=700), st.lists(st.sampled_from(["heart", "he", "art"]), max_size=3))
def test_every_range_lies_in_the_text_and_they_follow_each_other(text: str, terms: list[str]) -> None:
    found = excerpt(entry("", text), terms)
    ends = [0, *(end for _, end in found.ranges)]
    assert all(before <= start < end <= len(found.text) for before, (start, end) in zip(ends, found.ranges, strict=False))
