"""What readers see of a Markdown body: marks, boxes, tables, headings, links; and that nothing else gets through."""

import re
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faq.content import markdown
from faq.content.markdown import marks, number_citations, parse, plain_of_tokens, render, sanitise
from faq.content.markdown_parser import PARSER
from tests.drafts import make_source

SOURCES = [make_source(key) for key in ("a", "b", "c")]
PIECES = [
    "[^a]",
    "[^b]",
    "[^zz]",
    "[^a]: https://x.example",
    "::: sensitive\n",
    "::: worked-example Anna\n",
    ":::: pitfall <b>\n",
    ":::\n",
    "# ",
    "\n## ",
    "\n- ",
    "\n    - ",
    "\n1. ",
    "> ",
    "|a|b|\n|:-|-:|\n|1|[^a]|\n",
    "\n\n",
    "`",
    "```\n",
    "*",
    "**",
    "\\",
    "&#106;",
    "&lt;",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<a href='javascript:alert(1)'>",
    "![",
    "[x](javascript:alert(1))",
    "[x](//evil.example)",
    "[x](https://good.example 't')",
    "](",
    "<https://good.example>",
    "<details open>",
    "style=",
    "text ",
    "\t",
    "\x00",
    "\ud800",
]
BODIES = st.lists(st.sampled_from(PIECES) | st.text(max_size=12), max_size=14).map("".join)


def show(body: str, language: str = "en", heading_level: int = 2) -> str:
    """Return the HTML of `body` with the sources a, b and c."""
    return render(body, SOURCES, language=language, heading_level=heading_level)


class Seen(HTMLParser):
    """Collects every tag with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def is_allowed(tag: str, name: str, value: str) -> bool:
    """Tell, apart from the code under test, whether readers may get this attribute."""
    if name == "href":
        return tag == "a" and re.match(r"https?://|mailto:|tel:|#source-\d+$", value, re.IGNORECASE) is not None
    known = {
        "id": r"mark-\d+-\d+",
        "rel": "noopener noreferrer",
        "class": "|citation|worked-example|pitfall|sensitive|container-title|table|align-(left|center|right)",
        "role": "region",
        "tabindex": "0",
        "scope": "col",
        "start": r"\d+",
        "value": r"\d+",
        "lang": r"[a-z]{2,3}(-\w+)*",
        "dir": "ltr",
        "aria-label": r"(?s).*",
    }
    return re.fullmatch(known.get(name, r"(?!)"), value) is not None


# Marks and numbers


def test_a_mark_links_to_its_source_by_number() -> None:
    link = '<a href="#source-1" id="mark-1-1" aria-label="Source 1" rel="noopener noreferrer">1</a>'
    assert show("Cells grow.[^b]") == f'<p>Cells grow.<sup class="citation">{link}</sup></p>\n'


def test_the_same_mark_twice_gets_two_ids() -> None:
    assert re.findall(r'id="([^"]+)"', show("One[^a] two[^b] three[^a]")) == ["mark-1-1", "mark-2-1", "mark-1-2"]


def test_marks_side_by_side_do_not_read_as_one_number() -> None:
    assert '</a></sup><sup class="citation">, <a' in show("One[^a][^b]")


def test_stored_numbers_are_kept() -> None:
    assert 'href="#source-7"' in render("One[^a]", [make_source("a", number=7)], language="en")


def test_an_unknown_mark_is_shown_as_a_question_mark() -> None:
    assert show("One[^zz] two") == "<p>One[?] two</p>\n"


def test_marks_are_listed_once_in_order() -> None:
    assert marks("One[^b] two[^a] three[^b] \\[^c]") == ["b", "a"]


def test_numbers_follow_the_first_marks_and_general_sources_come_last() -> None:
    numbered = number_citations("One[^c] two[^zz] three[^a]", SOURCES)
    assert [(each.key, each.number) for each in numbered] == [("c", 1), ("a", 2), ("b", None)]


def test_a_footnote_definition_does_not_vanish() -> None:
    assert ": https://example.org" in show("[^a]: https://example.org")


# Boxes


def test_a_worked_example_is_always_labelled_invented() -> None:
    assert '<p class="container-title">Invented example: Anna</p>' in show("::: worked-example Anna\nText\n:::")
    assert ">An invented example<" in show("::: worked-example An invented example\nText\n:::")


def test_a_pitfall_is_a_labelled_section() -> None:
    assert show("::: pitfall\nText\n:::").startswith(
        '<section class="pitfall" aria-label="Common pitfall"><p class="container-title">Common pitfall</p>'
    )


def test_sensitive_figures_are_behind_a_closed_choice() -> None:
    html = show("::: sensitive Show figures\n45 in 100\n:::")
    assert html == '<details class="sensitive"><summary>Show figures</summary>\n<p>45 in 100</p>\n</details>\n'


def test_the_words_of_the_renderer_are_in_the_language_of_the_entry() -> None:
    html = show("Uno[^a]\n\n::: sensitive\nDos\n:::", language="es-MX")
    assert 'aria-label="Fuente 1"' in html
    assert "<summary>Cifras que pueden ser difíciles de leer</summary>" in html


def test_words_of_the_renderer_say_that_they_are_english_in_a_language_that_it_does_not_speak() -> None:
    html = show(
        "واحد[^a]\n\n::: pitfall\nاثنان\n:::\n\n::: pitfall ثلاثة\nx\n:::\n\n::: sensitive\nx\n:::\n\n| أ |\n|--|\n| ب |", language="ar"
    )
    assert 'aria-label="Source 1" lang="en"' in html
    assert '<section class="pitfall"><p class="container-title"><span dir="ltr" lang="en">Common pitfall</span></p>' in html
    assert '<span dir="ltr" lang="en">Common pitfall</span>: ثلاثة</p>' in html
    assert '<summary><span dir="ltr" lang="en">Figures that can be hard to read</span></summary>' in html
    assert 'aria-label="Table 1" lang="en"><table lang="ar">' in html
    assert "lang=" not in show("Uno[^a]\n\n::: pitfall\nDos\n:::\n\n| a |\n|--|\n| b |", language="es-MX")


@pytest.mark.parametrize("number", ["+44(0)2079460958", "+44%20(0)20", "0800%20123", "112,999", "0800 FLOWERS"])
def test_a_number_is_a_link_only_where_all_of_it_is_to_be_dialled(number: str) -> None:
    assert "<a " not in show(f"[call](tel:{number})")
    assert "<a " in show("[call](tel:+44-20-7946.0958;ext=5)")


@pytest.mark.parametrize("box", ["pitfall", "sensitive"])
def test_a_box_cut_short_in_a_quotation_breaks_nothing(box: str) -> None:
    assert "Text" in show(f"> ::: {box} Text\n> ")


@pytest.mark.parametrize("box", ["pitfall", "sensitive"])
def test_a_title_is_text(box: str) -> None:
    assert "&lt;b&gt;" in show(f"::: {box} <b>\nText\n:::")


# Tables, headings, lists, links


def test_a_table_scrolls_from_the_keyboard_and_names_its_columns() -> None:
    html = show("| a | b |\n|--|--:|\n| 1 | 2 |")
    assert html.startswith('<div class="table" tabindex="0" role="region" aria-label="Table 1"><table>')
    assert '<th scope="col" class="align-right">b</th>' in html
    assert '<td class="align-right">2</td>' in html


def test_an_empty_column_heading_is_no_heading() -> None:
    assert "<th></th>" not in show("|  | b |\n|--|--|\n| 1 | 2 |").replace(' scope="col"', "")


@pytest.mark.parametrize(("body", "tags"), [("# a\n\n### b", "h2 h4"), ("## a\n\n### b", "h2 h3"), ("### a\n\n## b", "h3 h2")])
def test_the_shallowest_heading_stands_below_the_title_of_the_page(body: str, tags: str) -> None:
    assert re.findall(r"<(h\d)>", show(body)) == tags.split()


def test_no_heading_is_deeper_than_six_or_the_title_of_the_page() -> None:
    assert re.findall(r"<(h\d)>", show("# a\n\n###### b", heading_level=5)) == ["h5", "h6"]
    assert "<h1>" not in show("# a", heading_level=1)


def test_an_indented_list_is_a_list_and_not_code() -> None:
    assert show("Ask about:\n    - fever\n        - at night\n    - pain").count("<li>") == 3
    assert "<code>" not in show("    - fever\n    - pain\n\n      more")


@pytest.mark.parametrize("address", ["https://nhs.uk/x", "http://a.example", "mailto:info@a.example", "tel:+1-800-422-6237"])
def test_whole_addresses_are_links(address: str) -> None:
    assert f'<a href="{address}" rel="noopener noreferrer">name</a>' in show(f"[name]({address})")


@pytest.mark.parametrize(
    "address",
    [
        "//evil.example",
        "/relative",
        "page",
        "#source-1",
        "javascript:alert(1)",
        "JaVaScRiPt:x",
        "data:text/html,x",
        "ftp://a.example",
        "&#106;avascript:x",
    ],
)
def test_other_addresses_are_no_links(address: str) -> None:
    assert "<a " not in show(f"[name]({address}) and [x]\n\n[x]: {address}")


def test_an_image_is_shown_as_its_words() -> None:
    assert show("See ![a *round* cell](https://a.example/x.png)") == "<p>See a round cell</p>\n"


def test_html_is_shown_as_typed() -> None:
    assert show("<b>x</b>\n\n<div>y</div>") == "<p>&lt;b&gt;x&lt;/b&gt;</p>\n<p>&lt;div&gt;y&lt;/div&gt;</p>\n"


def test_struck_out_text_is_not_made() -> None:
    assert show("~~x~~") == "<p>~~x~~</p>\n"


# Plain text


def test_plain_text_keeps_boxes_and_tables_and_drops_marks() -> None:
    body = "# Title\n\nCells *grow*.[^a]\n\n::: pitfall Mind\n- one\n- two\n:::\n\n| a | b |\n|--|--|\n| 1 | [two](https://x.example) |"
    assert plain_of_tokens(parse(body)) == "Title\nCells grow.\nMind\none\ntwo\na | b\n1 | two"


def test_excerpts_can_leave_out_sensitive_figures() -> None:
    body = "One\n\n::: sensitive Figures\n45 in 100\n:::\n\nTwo"
    assert plain_of_tokens(parse(body), sensitive=False) == "One\nTwo"
    assert "45 in 100" in plain_of_tokens(parse(body))


# Nothing else gets through


@pytest.mark.parametrize(
    "bad",
    [
        '<a href="javascript:alert(1)">x</a>',
        '<a href="java\nscript:alert(1)">x</a>',
        '<a href="//evil.example">x</a>',
        '<a href="/x">x</a>',
        '<a href="data:text/html,x">x</a>',
        '<p onclick="x()">x</p>',
        '<p style="color:red">x</p>',
        "<script>x</script>",
        '<img src="x">',
        "<iframe></iframe>",
        '<svg onload="x">',
        '<a id="source-1">x</a>',
        '<form action="x"><button>x</button></form>',
        "<details open>x</details>",
        '<p class="wanted">x</p>',
        "<h1>x</h1>",
        '<div role="button">x</div>',
        "<style>x</style>",
        "<base href='https://evil.example'>",
    ],
)
def test_the_sanitiser_takes_out_what_is_not_on_the_list(bad: str) -> None:
    for tag, attributes in Seen(sanitise(bad)).tags:
        assert tag in markdown.TAGS
        assert all(is_allowed(tag, name, value or "") for name, value in attributes.items())


def test_the_sanitiser_saves_what_a_broken_parser_lets_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PARSER, "validateLink", lambda url: True)
    assert "javascript" not in show("[x](javascript:alert(1))")
    assert "evil" not in show("[x](//evil.example)")


def test_the_parser_is_safe_without_the_sanitiser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markdown, "sanitise", lambda html: html)
    html = show("<script>x</script> <img src=x onerror=y> [x](javascript:alert(1)) [y](//evil.example)")
    assert Seen(html).tags == [("p", {})]


@settings(deadline=None)
@given(BODIES)
def test_whatever_is_written_only_the_allowed_comes_out(body: str) -> None:
    for tag, attributes in Seen(show(body)).tags:
        assert tag in markdown.TAGS
        assert [(name, value) for name, value in attributes.items() if not is_allowed(tag, name, value or "")] == []


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from([*PIECES, "<p onclick=x>", "<svg/onload=x>", "<a href=jAvascript:x>", "<!--", "-->"]) | st.text(max_size=9)
    ).map("".join)
)
def test_whatever_is_sanitised_only_the_allowed_comes_out(html: str) -> None:
    for tag, attributes in Seen(sanitise(html)).tags:
        assert tag in markdown.TAGS
        assert [(name, value) for name, value in attributes.items() if not is_allowed(tag, name, value or "")] == []


@settings(deadline=None)
@given(BODIES)
def test_ids_are_unique_on_a_page(body: str) -> None:
    ids = [attributes["id"] for _, attributes in Seen(show(body)).tags if "id" in attributes]
    assert len(ids) == len(set(ids))


@settings(deadline=None)
@given(BODIES)
def test_numbers_are_without_gap_and_in_the_order_of_marks(body: str) -> None:
    known = [key for key in marks(body) if key in ("a", "b", "c")]
    numbered = [(each.key, each.number) for each in number_citations(body, SOURCES) if each.number]
    assert numbered == [(key, position) for position, key in enumerate(known, start=1)]


@settings(deadline=None)
@given(BODIES)
def test_plain_text_never_fails(body: str) -> None:
    assert isinstance(plain_of_tokens(parse(body)) + plain_of_tokens(parse(body), sensitive=False), str)


def test_threads_share_one_parser() -> None:
    bodies = [f"# {n}\n\nText[^a] and[^b]\n\n| a |\n|--|\n| {n} |" for n in range(40)]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(show, bodies)) == [show(body) for body in bodies]
