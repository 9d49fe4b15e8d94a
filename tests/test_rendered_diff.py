"""What changed is marked in the text as readers see it: words, cells, links, marks, cards, locators, and what was moved."""

import re

from hypothesis import given
from hypothesis import strategies as st

from faq.content.markdown import render
from faq.content.rendered import blocks_of, mark_statements
from faq.content.rendered_diff import Marked, marked, unmarked
from faq.content.words import CitedSource

SOURCES = [CitedSource(key=key, number=number, title=key) for number, key in enumerate(("christie", "nci"), start=1)]


def beside_nothing(numbers: object) -> str:
    return ""


def compare(old: str, new: str, *, sources: tuple[list[CitedSource], list[CitedSource]] = (SOURCES, SOURCES)) -> Marked:
    """Compare two Markdown texts as they are rendered, within the body of an entry."""
    return of_html(render(old, sources[0], language="en"), render(new, sources[1], language="en"), sources)


def of_html(old: str, new: str, sources: tuple[list[CitedSource], list[CitedSource]] = (SOURCES, SOURCES)) -> Marked:
    numbers = [{str(source.number): source.key for source in cited} for cited in sources]
    old, new = (f'<div class="body" data-field="body">{html}</div>' for html in (old, new))
    return marked(blocks_of(old, numbers[0]), blocks_of(new, numbers[1]), beside_nothing)


def changes(found: Marked) -> list[str]:
    """Return what is marked as taken out and added, without tags, `-` and `+` before it."""
    runs = re.findall(r"<(ins|del)>(.*?)</(?:ins|del)>", found.html)
    return [("+" if tag == "ins" else "-") + re.sub("<[^>]*>", "", text) for tag, text in runs]


def text_of(html: str) -> str:
    return " ".join(re.sub("<[^>]*>", " ", html).split())


class TestWords:
    """Words of a paragraph."""

    def test_a_changed_word_is_marked_in_its_sentence(self) -> None:
        found = compare("Take *two* tablets a day.", "Take *three* tablets a day.")
        assert changes(found) == ["-two", "+three"]
        assert found.changes == 1

    def test_a_dropped_not_is_marked(self) -> None:
        assert changes(compare("Do not stop the medicine.", "Do stop the medicine.")) == ["-not"]

    def test_emphasis_that_came_is_a_change(self) -> None:
        found = compare("Call at once.", "Call **at once**.")
        assert "<ins><strong>at once</strong></ins>" in found.html
        assert found.changes == 1

    def test_the_same_words_are_no_change(self) -> None:
        found = compare("One.\n\nTwo.", "One.\n\nTwo.")
        assert (changes(found), found.changes) == ([], 0)

    def test_another_line_end_within_a_paragraph_is_no_change_for_readers(self) -> None:
        assert compare("One word\nand another.", "One word and another.").changes == 0

    def test_markup_in_the_words_stays_text(self) -> None:
        found = compare("a &lt;b&gt; c", "a &lt;script&gt; c")
        assert "<script>" not in found.html
        assert "&lt;script&gt;" in found.html


class TestTables:
    """Cells and rows."""

    HEAD = "| Medicine | How often |\n|---|---|\n"

    def test_a_changed_cell_is_marked_in_its_row(self) -> None:
        found = compare(self.HEAD + "| A | weekly |\n| B | daily |", self.HEAD + "| A | monthly |\n| B | daily |")
        assert changes(found) == ["-weekly", "+monthly"]
        assert found.html.count("<tr>") == 3

    def test_a_row_that_came_stands_in_its_table(self) -> None:
        found = compare(self.HEAD + "| A | weekly |\n| C | daily |", self.HEAD + "| A | weekly |\n| B | monthly |\n| C | daily |")
        assert changes(found) == ["+B", "+monthly"]
        assert found.html.count("<table") == 1

    def test_a_row_that_went_stands_in_its_table(self) -> None:
        found = compare(self.HEAD + "| A | weekly |\n| B | monthly |\n| C | daily |", self.HEAD + "| A | weekly |\n| C | daily |")
        assert changes(found) == ["-B", "-monthly"]
        assert (found.html.count("<table"), found.html.count("<tr>")) == (1, 4)

    def test_two_cells_that_changed_places_are_two_changes(self) -> None:
        found = compare(self.HEAD + "| A | weekly |", self.HEAD + "| weekly | A |")
        assert sorted(changes(found)) == ["+A", "+weekly", "-A", "-weekly"]

    def test_a_column_that_came_is_marked_in_each_row(self) -> None:
        wide = "| Medicine | How often | How |\n|---|---|---|\n| A | weekly | drip |"
        assert changes(compare(self.HEAD + "| A | weekly |", wide)) == ["+How", "+drip"]

    def test_an_emptied_cell_stays_a_cell(self) -> None:
        found = compare(self.HEAD + "| A | weekly |", self.HEAD + "| A | |")
        assert changes(found) == ["-weekly"]
        assert found.html.count("<td>") == 2


class TestLinksAndMarks:
    """What stands behind words."""

    def test_another_address_behind_the_same_name_is_a_change(self) -> None:
        found = compare("See [the page](https://a.example/).", "See [the page](https://b.example/).")
        assert changes(found) == ["-the page", "+the page"]
        assert "https://a.example/" in found.html

    def test_another_source_behind_the_same_number_is_a_change(self) -> None:
        other = [SOURCES[1].model_copy(update={"number": 1})]
        found = compare("Cells grow [^christie].", "Cells grow [^nci].", sources=(SOURCES[:1], other))
        assert changes(found) == ["-1", "+1"]

    def test_the_same_source_under_another_number_is_none(self) -> None:
        turned = [SOURCES[1].model_copy(update={"number": 1}), SOURCES[0].model_copy(update={"number": 2})]
        found = compare("Cells grow [^christie].", "It is so [^nci].\n\nCells grow [^christie].", sources=(SOURCES[:1], turned))
        assert changes(found) == ["+It is so", "+1", "+."]
        assert found.changes == 1


class TestPlaces:
    """Paragraphs that stand elsewhere, and entries of lists."""

    OLD = "First of all comes this.\n\nThen the second thing is said here.\n\nAnd last of all the third one."
    MOVED = "Then the second thing is said here.\n\nFirst of all comes this.\n\nAnd last of all the third one."

    def test_a_moved_paragraph_is_neither_new_nor_gone(self) -> None:
        found = compare(self.OLD, self.MOVED)
        assert changes(found) == []
        assert "[Moved to here]" in found.html
        assert "[From here was moved: “" in found.html

    def test_a_word_that_changed_on_the_way_is_marked(self) -> None:
        found = compare(self.OLD, self.MOVED.replace("comes this", "comes that"))
        assert changes(found) in (["-this.", "+that."], ["+that.", "-this."])

    def test_an_entry_that_went_stands_in_its_list(self) -> None:
        found = compare("- One of them.\n- Two of them.\n- Three.", "- One of them.\n- Three.")
        assert changes(found) == ["-Two of them."]
        assert found.html.count("<ul>") == 1

    def test_a_heading_that_became_a_paragraph_is_told(self) -> None:
        found = compare("## What to do\n\nCall.", "What to do\n\nCall.")
        assert "[Was a heading]" in found.html

    def test_an_ordered_list_that_became_another_is_told(self) -> None:
        assert "[Was an entry of a list]" in compare("1. Call first.", "- Call first.").html

    def test_a_box_that_became_another_is_told(self) -> None:
        old, new = ("::: pitfall Mind\nDo not wait.\n:::", "::: worked-example Mind\nDo not wait.\n:::")
        assert compare(old, new).changes > 0

    def test_what_did_not_change_is_folded_and_counted(self) -> None:
        found = compare("One.\n\nTwo.\n\nThree words here.", "One.\n\nTwo.\n\nThree words there.")
        assert "2 unchanged parts" in found.html
        assert found.html.count('class="unchanged"') == 2

    def test_a_heading_stays_with_what_changed_below_it(self) -> None:
        found = compare("## Top\n\nOne word here.", "## Top\n\nOne word there.")
        assert 'class="unchanged"' not in found.html

    def test_each_id_stands_there_once(self) -> None:
        found = compare("Cells [^christie] grow [^nci].\n\nOther [^christie].", "Other [^christie].\n\nCells [^christie] may grow [^nci].")
        names = re.findall(r' id="([^"]+)"', found.html)
        assert len(names) == len(set(names))


class TestParts:
    """Cards, sources and other parts beside the body, which are rendered by the admin's template."""

    def test_another_level_of_a_card_is_a_change(self) -> None:
        card = '<section class="advice"><div class="level {}"><p class="named">{}</p><ul><li>Fever</li></ul></div></section>'
        found = of_html(card.format("urgent", "Same day"), card.format("emergency", "Emergency"))
        assert changes(found) == ["-Same day", "+Emergency"]

    def test_a_changed_locator_is_a_change(self) -> None:
        row = "<ul><li>1. A leaflet. {} <span>[christie]</span></li></ul>"
        assert changes(of_html(row.format("page 4"), row.format("page 5"))) == ["-4", "+5"]


class TestStatements:
    """Sentences that a link leads to."""

    def test_a_sentence_is_found_through_marks_and_emphasis(self) -> None:
        blocks = blocks_of(
            '<div data-field="body"><p>It <em>is</em> so<sup class="citation"><a href="#source-1">1</a></sup>.</p></div>', {}
        )
        assert mark_statements(blocks, [("body", "It is so.")]) == {1}
        html = unmarked(blocks, beside_nothing).html
        assert 'id="statement-1"' in html
        assert html.count('id="statement-1"') == 1

    def test_a_row_of_a_table_is_a_sentence(self) -> None:
        html = "<div data-field='body'>" + render("| A | B |\n|---|---|\n| 5 mg | daily |", [], language="en") + "</div>"
        assert mark_statements(blocks_of(html, {}), [("body", "5 mg | daily")]) == {1}

    def test_the_same_sentence_in_another_field_is_another_one(self) -> None:
        html = '<div data-field="short_answer"><p>Call.</p></div><div data-field="body"><p>Call.</p></div>'
        blocks = blocks_of(html, {})
        assert mark_statements(blocks, [("body", "Call."), ("short_answer", "Call.")]) == {1, 2}
        assert [block.words[0].statement for block in blocks] == [2, 1]

    def test_what_is_not_there_has_no_place(self) -> None:
        assert mark_statements(blocks_of('<div data-field="body"><p>Call.</p></div>', {}), [("body", "Wait.")]) == set()

    def test_what_stands_beside_a_part_comes_after_it(self) -> None:
        blocks = blocks_of('<div class="body" data-field="body"><p>One.</p><ul><li>Two.</li><li>Three.</li></ul></div>', {})
        mark_statements(blocks, [("body", "One."), ("body", "Two."), ("body", "Three.")])
        html = unmarked(blocks, lambda numbers: f"<aside>{list(numbers)}</aside>").html
        assert re.sub("<span[^>]*>|</span>", "", html).startswith('<div class="body" data-field="body"><p>One.</p><aside>[1]</aside><ul>')
        assert "</ul><aside>[2, 3]</aside>" in html


LINES = st.lists(
    st.sampled_from(
        ["Take two tablets.", "Do not wait, call.", "- an entry", "- another entry", "## A heading", "| A | B |\n|---|---|\n| 1 | 2 |"]
    ),
    max_size=6,
).map("\n\n".join)


@given(LINES, LINES)
def test_without_what_went_the_marked_text_is_the_new_one(old: str, new: str) -> None:
    found = compare(old, new)
    without = re.sub(r"<del>.*?</del>|<em class=\"moved\">.*?</em>|<p class=\"folded\">.*?</p>", "", found.html)
    assert text_of(without) == text_of(render(new, SOURCES, language="en"))


@given(LINES)
def test_a_text_beside_itself_has_no_change(text: str) -> None:
    assert compare(text, text).changes == 0


@given(LINES, LINES)
def test_elements_are_closed_in_order(old: str, new: str) -> None:
    stack: list[str] = []
    for closing, tag in re.findall(r"<(/?)([a-z0-9]+)", compare(old, new).html):
        if tag in ("br", "hr"):
            continue
        if closing:
            assert stack.pop() == tag
        else:
            stack.append(tag)
    assert stack == []
