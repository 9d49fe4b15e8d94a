"""What changed between two versions: paragraphs first, then words; nothing is lost and nothing is markup."""

from hypothesis import given
from hypothesis import strategies as st

from faq.content import diff
from faq.content.diff import Difference, Piece, differences
from tests.drafts import make_source, make_words


def compare(before: str, after: str) -> list[Piece]:
    """Return the pieces of both texts."""
    return Difference("body", before, after).pieces


def joined(pieces: list[Piece], *changes: str) -> str:
    """Return the text of the pieces of `changes`."""
    return "".join(piece.text for piece in pieces if piece.change in changes)


def test_a_changed_word_is_the_only_thing_marked() -> None:
    pieces = compare("Take it with food.", "Take it without food.")
    assert pieces == [Piece("same", "Take it"), Piece("removed", " with"), Piece("added", " without"), Piece("same", " food.")]


def test_a_new_paragraph_leaves_its_neighbours_alone() -> None:
    found = compare("First.\n\nLast.", "First.\n\nA new thought altogether.\n\nLast.")
    assert found == [Piece("same", "First.\n\n"), Piece("added", "A new thought altogether.\n\n"), Piece("same", "Last.")]


def test_a_changed_paragraph_is_found_behind_one_that_went() -> None:
    found = compare("Gone entirely, every bit.\n\nThe heart is watched by echo.", "The heart is watched by an echo scan.")
    assert found[0] == Piece("removed", "Gone entirely, every bit.\n\n")
    assert Piece("same", "The heart is watched by") in found


def test_repeated_words_are_not_swallowed() -> None:
    before = "Take" + " the dose" * 300
    found = compare(before, before.replace("the dose", "half the dose", 1))
    assert joined(found, "added") == " half"


def test_a_line_end_that_changes_the_markdown_shows() -> None:
    pieces = compare("One thing - another", "One thing\n- another")
    assert any(piece.change == "added" and "\n-" in piece.text for piece in pieces)


def test_fields_are_named_in_the_order_of_the_words() -> None:
    before = make_words(short_answer="A protein.", phrasings=["what is her2"])
    after = make_words(short_answer="A protein on cells.", phrasings=["what is her2", "her2 meaning"])
    assert [each.field for each in differences(before, after)] == ["phrasings", "short_answer"]


def test_a_source_that_goes_is_shown_whole() -> None:
    before = make_words(citations=[make_source("a"), make_source("b")])
    (difference,) = differences(before, make_words(citations=[make_source("a")]))
    assert joined(difference.pieces, "removed").strip() == "key: b\ntitle: Title of b\nurl: https://example.org/"


def test_the_same_words_differ_in_nothing() -> None:
    assert differences(make_words(), make_words()) == []


def test_a_long_paragraph_is_replaced_rather_than_searched_for_ever() -> None:
    before, after = "one " * 3000, "one two " * 1500
    assert [piece.change for piece in diff.compare_words(before, after)] == ["removed", "added"]


TEXTS = st.text(alphabet="ab \n.", max_size=60)


@given(TEXTS, TEXTS)
def test_both_texts_can_be_read_from_the_pieces(before: str, after: str) -> None:
    found = compare(before, after)
    assert joined(found, "same", "removed") == before
    assert joined(found, "same", "added") == after
