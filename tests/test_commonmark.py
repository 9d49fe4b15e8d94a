"""Markdown for elsewhere: whoever reads it by the rules of CommonMark sees what stands on our pages, sign for sign."""

import re
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from faq.content.commonmark import body, bullet, definition, escaped, link, paragraphs, quotation
from faq.content.markdown import render
from tests.drafts import make_source
from tests.test_markup_seen import BODIES, Page

THEIRS = MarkdownIt("commonmark").enable("table")
"""Another reader, with all the rules that ours leaves out."""
SHIPPED = sorted((Path(__file__).resolve().parent.parent / "fixtures/her2/entries").glob("*.md"))
OURS = re.compile(r'<sup class="citation">(?:, )?<a [^>]*>([0-9]+)</a></sup>')
THEIR_MARKS = re.compile(r"<a [^>]*>(\[[0-9]+\])</a>")
LABELS = ("Figures that can be hard to read", "Common pitfall", "Invented example")
PIECES = [
    *("*", "_", "**", "`", "```", "#", "# ", "- ", "+ ", "-", "+", "1. ", "8) ", "22.", "> ", ">", "<b>", "&amp;", "&nbsp;", "|", "|---|"),
    *(
        "\n",
        "\n\n",
        "    ",
        "\t",
        "[a](https://x.example)",
        "[1]: https://x.example",
        "![b](c)",
        "[1]",
        "!",
        "\\",
        "~~",
        "===",
        "---",
        "=",
        ":-",
    ),
    *("38 °C", "2*5", "é", "“q”", "<https://y.example>", "c d", ":", "::: pitfall"),
]
TYPED = st.one_of(st.text(max_size=40), st.lists(st.sampled_from(PIECES), max_size=10).map("".join))


def written(markdown: str) -> str:
    """Return a body for elsewhere: its sources `a` and `s1` have numbers, and the first an address."""
    return body(markdown, {"a": 1, "s1": 2}, {1}, language="en", heading_level=2) + f"\n\n{definition(1, 'https://a.example/')}\n"


def seen_here(markdown: str) -> str:
    sources = [make_source("a").model_copy(update={"number": 1}), make_source("s1").model_copy(update={"number": 2})]
    return words(OURS.sub(r"[\1]", render(markdown, sources, language="en")))


def seen_there(markdown: str) -> str:
    return words(THEIR_MARKS.sub(r"\1", THEIRS.render(written(markdown))))


def words(shown: str) -> str:
    """Return what is seen, the numbers of lists and the addresses of links among it, without space and the labels of boxes."""
    return re.sub(r"\s|" + "|".join(f"{label}:?" for label in LABELS), "", Page(shown).text)


# Plain texts.


@settings(deadline=None, max_examples=300)
@given(TYPED)
@example("1. a\n- b\n> c\n# d")
def test_a_plain_text_is_shown_as_it_was_typed(text: str) -> None:
    typed = re.sub(r"[\0\r\ud800-\udfff]", "", text)
    shown = THEIRS.render(paragraphs(typed))
    assert re.findall("<(?!/)([a-z0-9]+)", shown.replace("<br />", "")) == ["p"] * shown.count("<p>")
    assert Page(shown).text.split() == typed.split()
    assert Page(THEIRS.render(f"# {escaped(' '.join(typed.split()))}")).text.split() == typed.split()


def test_its_paragraphs_and_line_ends_are_those_that_were_typed() -> None:
    assert THEIRS.render(paragraphs("One.\nTwo.\n \nThree.\n")) == "<p>One.<br />\nTwo.</p>\n<p>Three.</p>\n"


@pytest.mark.parametrize(
    "address", ["https://x.example/a_(b)_c", "https://x.example/?a=1&copy;=2", "https://x.example/a b\\c", "https://x.example/é"]
)
def test_an_address_leads_where_it_led(address: str) -> None:
    [href] = re.findall('href="([^"]*)"', THEIRS.render(link("there", address)))
    straight = THEIRS.normalizeLink(address)
    assert href.replace("&amp;", "&").replace("%28", "(").replace("%29", ")") == straight.replace("\\", "%5C")


def test_without_an_address_there_is_no_link() -> None:
    assert link("there", "") == "there"


def test_blocks_that_say_nothing_leave_no_sign() -> None:
    assert (bullet("", ""), quotation(""), bullet("a", "", "b"), quotation("a", "b")) == ("", "", "- a\n\n  b", "> a\n>\n> b")


# Bodies.


@settings(deadline=None, max_examples=400)
@given(BODIES)
@example("> 38 °C\n\n2*5 mg and 3*4 mg")
@example("1. a\n8. b\n22. c\n\n- d\n\n* e\n+ f")
@example("*a*[^a]!\n\n![see [^a]](https://x.example) [b [^a]](https://x.example)")
@example("a\\\n&nbsp;")
def test_a_body_says_elsewhere_what_it_says_here(markdown: str) -> None:
    assert seen_there(markdown) == seen_here(markdown), written(markdown)


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_so_does_every_body_that_is_shipped(file: Path) -> None:
    markdown = file.read_text().split("\n---\n", 1)[1]
    assert seen_there(markdown) == seen_here(markdown)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("> 38 °C", r"\> 38 °C"),
        ("2*5 mg, 3*4 mg", r"2\*5 mg, 3\*4 mg"),
        ("It *helps* **a lot** [^a].", r"It *helps* **a lot** [\[1\]][1]."),
        ("It helps [^s1].", r"It helps \[2\]."),
        ("It helps [^unknown].", r"It helps \[?\]."),
        ("Stop![^a]", r"Stop\![\[1\]][1]"),
        ("[There](https://x.example)", "[There](https://x.example)"),
        ("# One\n\n## Two", "## One\n\n### Two"),
        ("1. a\n8. b", "1. a\n\n8) b"),
        ("- a\n\n* b", "- a\n\n+ b"),
        ("- a\n  - b\n- c", "- a\n\n  - b\n- c"),
        ("::: pitfall Not this\nText\n:::", "> **Common pitfall:** Not this\n>\n> Text"),
        ("::: sensitive\nText\n:::", "> **Figures that can be hard to read**\n>\n> Text"),
        ("::: worked-example An invented example\nText\n:::", "> An invented example\n>\n> Text"),
        ("| a | b |\n|--:|---|\n| 1 \\| 2 | 3 |", "| a | b |\n| --: | --- |\n| 1 \\| 2 | 3 |"),
        ("a\n\n***\n\nb", "a\n\n***\n\nb"),
    ],
)
def test_how_it_is_written(typed: str, told: str) -> None:
    assert written(typed) == f"{told}\n\n[1]: https://a.example/\n"


def test_stress_that_others_would_read_as_signs_is_left_out() -> None:
    # Written as a letter, é would keep their reader from seeing where the stress ends.
    assert (written("*a.*&eacute;").split("\n")[0], written("*a*, *b.* c").split("\n")[0]) == ("a.é", "*a*, *b.* c")


def test_boxes_have_the_labels_of_their_language_and_english_ones_where_there_are_none() -> None:
    box = "::: pitfall\nTexto\n:::"
    assert body(box, {}, (), language="es-MX", heading_level=2).startswith("> **Error frecuente**")
    assert body(box, {}, (), language="fr", heading_level=2).startswith("> **Common pitfall**")
