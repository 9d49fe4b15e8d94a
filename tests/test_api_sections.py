"""`answer.sections`: the answer cut at its headings, whole HTML each, nothing lost and nothing said twice."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faq.content.markdown import render, sanitise
from faq.content.sections import Section, sections
from tests.browsing import see
from tests.drafts import make_source
from tests.factories import make_publication
from tests.reading import entry
from tests.test_markdown import BODIES

SOURCES = [make_source(key) for key in ("a", "b", "c")]
NESTED = """Before.[^b]

# What it *does*[^a]

It grows.[^a][^c]

## For some

::: pitfall Do not
## Inside a box

Guess.
:::

- # Inside a list

# What it does

| a |
|--|
| b |
"""
PIECES = (
    *("# One", "## Two", "### Two", "#", "# ¿Qué es?", "# !!!", "Text[^a].", "More[^b][^zz].", "- # listed", "1. one\n8. eight"),
    *("::: pitfall Box[^c]\n# In the box\n\nText.\n:::", "::: sensitive", ":::", "| a |\n|--|\n| b |", "---", "[x](https://a.example/)"),
)
BLOCKS = st.lists(st.sampled_from(PIECES), max_size=9).map("\n\n".join)
VOID = {"br", "hr"}


def cut(body: str, language: str = "en") -> list[Section]:
    """Return the sections of `body` with the sources a, b and c."""
    return sections(body, SOURCES, language=language)


class Read(HTMLParser):
    """What is seen of some HTML, its ids, and whether every tag is closed where it was opened."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text, self.first = "", ""
        self.ids: list[str] = []
        self.open: list[str] = []
        self.links: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an id and a link; the first of all elements is kept apart."""
        known = dict(attrs)
        self.first = self.first or known.get("id") or "none"
        self.ids += [known["id"] or ""] if "id" in known else []
        self.links += [known["href"] or ""] if "href" in known else []
        self.open += [] if tag in VOID else [tag]

    def handle_endtag(self, tag: str) -> None:
        """Close the innermost tag, which must be this one."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Keep what is seen."""
        self.text += data


def test_an_answer_is_cut_at_its_headings_and_never_within_a_box_or_a_list() -> None:
    found = [(part.id, part.heading, part.citations) for part in cut(NESTED)]
    assert found == [
        ("lead", "", [1]),
        ("section-what-it-does", "What it does", [2, 3]),
        ("section-for-some", "For some", []),
        ("section-what-it-does-2", "What it does", []),
    ]
    assert "Inside a box" in cut(NESTED)[2].html
    assert "Inside a list" in cut(NESTED)[2].html


def test_a_section_begins_with_its_heading() -> None:
    assert cut("# One\n\nText.\n\n## Two") == [
        Section("section-one", "One", '<h2 id="section-one">One</h2>\n<p>Text.</p>\n', []),
        Section("section-two", "Two", '<h3 id="section-two">Two</h3>\n', []),
    ]


@pytest.mark.parametrize(
    "block", ["Text.", "- item", "1. item", "---", "| a |\n|--|\n| b |", "::: pitfall\nText.\n:::", "::: sensitive\nText.\n:::"]
)
def test_whatever_stands_before_the_first_heading_is_the_lead(block: str) -> None:
    lead, one = cut(f"{block}\n\n# One")
    assert (lead.id, lead.heading, Read(lead.html).first, one.id) == ("lead", "", "lead", "section-one")


def test_an_empty_answer_has_no_section() -> None:
    assert cut("") == cut("\n \n") == []


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("¿Qué es el HER2?", "section-que-es-el-her2"),
        ("5 % of 2*5 mg", "section-5-of-2-5-mg"),
        ("乳がん", "section-乳がん"),
        ("HER2_low", "section-her2-low"),
        ("lead", "section-lead"),
        ("?!", "section-part"),
        ("", "section-part"),
        ("one " * 40, "section-" + "-".join(["one"] * 15)),
    ],
)
def test_an_id_is_made_of_the_headings_words(heading: str, name: str) -> None:
    assert [part.id for part in cut(f"# {heading}\n\nText.")] == [name]


def test_a_section_keeps_its_id_where_others_come_and_go() -> None:
    assert cut("# Two\n\nText.")[0] == cut("Before.\n\n# One\n\nText.\n\n# Two\n\nText.")[2]


@pytest.mark.parametrize("headings", [["A", "A", "A 2"], ["A 2", "A", "A"], ["A", "A 2", "A", "A 2"]])
def test_no_two_headings_get_one_id(headings: list[str]) -> None:
    ids = [part.id for part in cut("\n\n".join(f"# {heading}" for heading in headings))]
    assert len(set(ids)) == len(headings)


def test_marks_and_tables_are_counted_through() -> None:
    html = "".join(part.html for part in cut("# One\n\nText[^a].\n\n| a |\n|--|\n| b |\n\n# Two\n\nText[^a].\n\n| a |\n|--|\n| b |"))
    assert re.findall(r'id="(mark[^"]+)"', html) == ["mark-1-1", "mark-1-2"]
    assert re.findall(r'aria-label="(Table[^"]+)"', html) == ["Table 1", "Table 2"]


def without_section_ids(html: str) -> str:
    """Return HTML as `render` makes it."""
    return re.sub(r' id="(?:lead|section[^"]*)"', "", html)


@settings(deadline=None)
@given(st.one_of(BLOCKS, BODIES), st.sampled_from(["en", "es", "ar"]))
def test_whatever_is_written_no_letter_is_lost_and_none_said_twice(body: str, language: str) -> None:
    found = cut(body, language)
    whole = "".join(part.html for part in found)
    assert without_section_ids(whole) == render(body, SOURCES, language=language)
    assert "".join(Read(part.html).text for part in found) == Read(whole).text


@settings(deadline=None)
@given(st.one_of(BLOCKS, BODIES))
def test_whatever_is_written_each_section_is_whole_and_begins_with_its_id(body: str) -> None:
    found = cut(body)
    ids = [name for part in found for name in Read(part.html).ids]
    assert len(ids) == len(set(ids))
    for part in found:
        assert sanitise(part.html) == part.html
        assert Read(part.html).first == part.id
        assert (part.heading == "") >= (part.id == "lead")
        assert set(map(int, re.findall(r'id="mark-(\d+)-', part.html))) == set(part.citations)
        assert len(part.citations) == len(set(part.citations))


@settings(deadline=None)
@given(st.one_of(BLOCKS, BODIES))
def test_every_link_leads_somewhere_wherever_it_is_shown(body: str) -> None:
    for part in cut(body):
        for link in Read(part.html).links:
            source = re.fullmatch(r"#source-(\d+)", link)
            assert int(source[1]) in part.citations if source else re.match(r"https?://|mailto:|tel:", link, re.IGNORECASE)


@pytest.mark.django_db
class TestServed:
    """What the API and the page make of it."""

    BODY = "HER2 is a protein [^s1].\n\n## Who asks\n\nAsk the team, or [call](tel:116123)."

    @pytest.fixture
    def answer(self) -> dict[str, Any]:
        """An entry with two sections."""
        make_publication("what-is-her2", body=self.BODY)
        answer: dict[str, Any] = entry("what-is-her2")
        return answer

    def test_the_sections_joined_are_the_answer(self, answer: dict[str, Any]) -> None:
        parts = answer["answer"]["sections"]
        assert "".join(part["html"] for part in parts) == answer["answer"]["html"]
        assert [tuple(part) for part in parts] == [("id", "heading", "html", "citations")] * 2
        assert [(part["id"], part["heading"], part["citations"]) for part in parts] == [
            ("lead", "", [1]),
            ("section-who-asks", "Who asks", []),
        ]

    def test_an_anchor_names_a_citation_of_the_same_entry(self, answer: dict[str, Any]) -> None:
        numbers = {f"#source-{each['number']}" for each in answer["citations"]}
        assert set(Read(answer["answer"]["html"]).links) == {*numbers, "tel:116123"}

    @pytest.mark.usefixtures("answer")
    def test_a_section_has_its_place_on_the_page(self) -> None:
        ids = [part.attributes["id"] for part in see("/questions/what-is-her2/").all() if "id" in part.attributes]
        assert {"lead", "section-who-asks"} <= set(ids)
        assert len(ids) == len(set(ids))
