"""What changed between two versions: paragraphs first, then words; nothing is lost and nothing is markup."""

from hypothesis import given
from hypothesis import strategies as st

from faq.content import diff
from faq.content.diff import Piece, as_html, compare, differences
from tests.drafts import make_source, make_words


def joined(text: list[list[Piece]], *changes: str) -> list[str]:
    """Return each paragraph's text as it is with only the pieces of `changes`."""
    found = ("".join(piece.text for piece in paragraph if piece.change in changes) for paragraph in text)
    return [each for each in found if each]


def test_a_changed_word_is_the_only_thing_marked() -> None:
    (paragraph,) = compare("Take it with food.", "Take it without food.")
    assert paragraph == [Piece("same", "Take it"), Piece("removed", " with"), Piece("added", " without"), Piece("same", " food.")]


def test_a_new_paragraph_leaves_its_neighbours_alone() -> None:
    found = compare("First.\n\nLast.", "First.\n\nA new thought altogether.\n\nLast.")
    assert found == [[Piece("same", "First.")], [Piece("added", "A new thought altogether.")], [Piece("same", "Last.")]]


def test_a_changed_paragraph_is_found_behind_one_that_went() -> None:
    found = compare("Gone entirely, every bit.\n\nThe heart is watched by echo.", "The heart is watched by an echo scan.")
    assert found[0] == [Piece("removed", "Gone entirely, every bit.")]
    assert Piece("same", "The heart is watched by") in found[1]


def test_repeated_words_are_not_swallowed() -> None:
    before = "Take" + " the dose" * 300
    found = compare(before, before.replace("the dose", "half the dose", 1))
    assert joined(found, "added") == [" half"]


def test_a_line_end_that_changes_the_markdown_shows() -> None:
    (paragraph,) = compare("One thing - another", "One thing\n- another")
    assert any(piece.change == "added" and "\n-" in piece.text for piece in paragraph)


def test_html_in_a_text_is_shown_as_text() -> None:
    html = as_html(compare("<b>old</b>", "<script>alert(1)</script>"))
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_unchanged_paragraphs_are_folded_and_counted() -> None:
    before = "\n\n".join(f"Paragraph {number}." for number in range(9))
    html = as_html(compare(before, before + "\n\nNew."))
    assert "<summary>8 paragraphs unchanged</summary>" in html
    assert html.endswith("<p><ins>New.</ins></p>")


def test_blank_lines_alone_are_said_to_be_all() -> None:
    (difference,) = differences(make_words("One.\n\nTwo."), make_words("One.\n\n\nTwo."))
    assert "Only blank lines" in difference.html


def test_fields_are_named_in_the_order_of_the_words() -> None:
    before = make_words(short_answer="A protein.", phrasings=["what is her2"])
    after = make_words(short_answer="A protein on cells.", phrasings=["what is her2", "her2 meaning"])
    assert [each.label for each in differences(before, after)] == ["Phrasings", "Short answer"]


def test_a_source_that_goes_is_shown_whole() -> None:
    before = make_words(citations=[make_source("a"), make_source("b")])
    (difference,) = differences(before, make_words(citations=[make_source("a")]))
    assert joined(difference.paragraphs, "removed") == ["key: b\ntitle: Title of b\nurl: https://example.org/"]


def test_the_same_words_differ_in_nothing() -> None:
    assert differences(make_words(), make_words()) == []


def test_a_long_paragraph_is_replaced_rather_than_searched_for_ever() -> None:
    before, after = "one " * 3000, "one two " * 1500
    assert [piece.change for piece in diff.compare_words(before, after)] == ["removed", "added"]


TEXTS = st.text(alphabet="ab \n.", max_size=60)


@given(TEXTS, TEXTS)
def test_both_texts_can_be_read_from_the_pieces(before: str, after: str) -> None:
    found = compare(before, after)
    assert joined(found, "same", "removed") == diff.paragraphs(before)
    assert joined(found, "same", "added") == diff.paragraphs(after)
