"""Every sign that somebody typed is seen by readers, or a finding of readiness names the place: a lost sign is a wrong dose."""

import gzip
import html
import json
import os
import re
from collections import Counter
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faq.content.markdown import render
from faq.content.words import Words
from faq.readiness import Finding, findings, markup_rules
from faq.readiness.reading import Reading
from tests.drafts import make_context, make_source, make_words, sentences_of

CODES = {"text-unseen", "markup-as-typed", "link-broken", "sign-or-bullet", "image", "raw-html", "box-broken", "blank-text"}
ENTITY = re.compile(r"&#?\w+;")
BOX = re.compile(r"^\s*:{3,}[ ]*(?:worked-example|pitfall|sensitive)", re.MULTILINE)
SHAPING = re.compile(r"[\s*_#|:`\[\]()\\&;!.-]")
"""What may be gone from the page because it shaped the text; stars between numbers and doubtful dashes are looked for by themselves."""
MEDQUAD = os.environ.get("MEDQUAD_FILE", "")


class Page(HTMLParser):
    """The text of a page as somebody sees it, with the numbers that a browser counts and the addresses of links."""

    def __init__(self, shown: str) -> None:
        super().__init__()
        self.text = ""
        self.next: list[int | None] = []
        self.feed(shown)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag in ("ol", "ul"):
            self.next.append(int(told.get("start") or 1) if tag == "ol" else None)
        elif tag == "li" and self.next[-1] is not None:
            number = int(told.get("value") or self.next[-1])
            self.text += f"{number}. "
            self.next[-1] = number + 1
        elif tag == "a":
            self.text += f" {told.get('href') or ''} "

    def handle_endtag(self, tag: str) -> None:
        if tag in ("ol", "ul"):
            self.next.pop()

    def handle_data(self, data: str) -> None:
        self.text += data


def page(body: str) -> str:
    """Return what stands on the page, but for the numbers of citation marks."""
    return Page(re.sub(r'<sup class="citation">.*?</sup>', "", render(body, [make_source()], language="en"))).text


def unescaped(text: str) -> str:
    """Return `text` with the signs that it gives by name, and without marks, which become numbers."""
    return ENTITY.sub(lambda found: html.unescape(found[0]), text).replace("[^a]", "")


def signs(text: str) -> Counter[str]:
    """Count what a reader must see."""
    return Counter(SHAPING.sub("", text))


def told(body: str) -> list[Finding]:
    """Return the findings about markup."""
    return [each for each in findings(make_words(body), make_context()) if each.code in CODES]


# Signs of sums and formulas


@pytest.mark.parametrize(
    "text",
    [
        "Take 2*5 mg (or 1*10 mg) once a day.",
        "White cells are 4-11 x 10*9/L and platelets 150-400 x 10*9/L.",
        "Either (2)*3*(4) or 5%*10%.",
        "2**3 and 4**5",
        "The gene HLA-DRB1*04:04 and UGT1A1*28 (UGT1A1*6).",
        "10 mg* or 20 mg**",
        "snake_case_name and 5_000_000",
        "x < 5 and y > 6, so 5<x>6",
        "≥ 38 °C, ± 2 %, 10^9/L, 5 ~ 6, ½ of 1/2",
    ],
)
def test_a_star_or_sign_between_numbers_stays(text: str) -> None:
    assert page(text).strip() == text


@pytest.mark.parametrize("text", ["*stop* now", "**stop**[^a] now", "**stop** now", "(*stop*)", "**5 mg** a day", "_stop_ now", "停*止*了"])
def test_words_are_still_stressed(text: str) -> None:
    assert "*" not in page(text)
    assert "_" not in page(text)


@pytest.mark.parametrize(
    "line",
    ["- > 38 °C for one hour", "- >= 3 loose stools", "- < 4 wet nappies", "1. > 5 cm is large", "> 5 cm", ">5 cm", "+ 3 points", "* ≥ 2"],
)
@pytest.mark.parametrize("before", ["", "The lump grew to\n", "Call if:\n\n", "- one\n\n"])
def test_a_sign_at_the_start_of_a_line_stays(line: str, before: str) -> None:
    sign = next(sign for sign in line if sign in "<>+≥")
    assert page(before + line).count(sign) == line.count(sign)
    assert told(before + line) == []


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("- 5 °C", "5 °C"),
        ("- 5 mg", "5 mg"),
        ("The dose is 5\n- 10 mg", "10 mg"),
        ("- 5 °C\n- 10 °C", "5 °C"),
        ("1. - 5", "5"),
        ("10 mg*\n\n* not for everybody", "not for everybody"),
    ],
)
def test_a_bullet_that_may_be_a_sign_is_asked_about(body: str, words: str) -> None:
    assert sentences_of("sign-or-bullet", body)[0] == words


@pytest.mark.parametrize("body", ["- 5 mg\n- 10 mg", "- fever\n- 3 or more stools", "\\- 5 °C", "−5 °C", "-5 °C", "* one\n* two*"])
def test_a_list_is_not_asked_about(body: str) -> None:
    assert told(body) == []


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("1. 8 mg\n8. 6 mg\n22. 4 mg", ["1. 8 mg", "8. 6 mg", "22. 4 mg"]),
        ("3. a\n4. b", ["3. a", "4. b"]),
        ("5. a\n5. b", ["5. a", "5. b"]),
        ("0. a\n2) b\n4) c", ["0. a", "2. b", "4. c"]),
        ("1. a\n1. b\n1. c", ["1. a", "2. b", "3. c"]),  # so many write lists that are to be counted
        ("1. a\n   - x\n   - y\n3. b", ["1. a", "x", "y", "3. b"]),
    ],
)
def test_the_numbers_of_a_list_are_those_that_were_typed(body: str, shown: list[str]) -> None:
    assert [line for line in page(body).splitlines() if line] == shown


# Blocks that swallow


@pytest.mark.parametrize("body", ["Ring 111\n===", "Take\n10 mg\n--\nor 20 mg", "Ring 111\n---\nnow"])
def test_a_line_below_a_text_makes_no_heading(body: str) -> None:
    assert "<h2>" not in render(body, [], language="en")


def test_code_that_is_never_closed_hides_no_heading_and_is_named() -> None:
    body = "```\nnever closed\n\n## Side effects\n\ntext[^a]"
    assert "<h2>Side effects</h2>" in render(body, [make_source()], language="en")
    assert sentences_of("markup-as-typed", body) == ["```"]


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        ("Ring 111\n===", ["==="]),
        ("10 mg\n--\nor 20 mg", ["--"]),
        ("> what somebody said", ["> what somebody said"]),
        ("+ one\n+ two", ["+ one", "+ two"]),
        ("See [our leaflet](/leaflet.pdf) or\n[part two](#part-two).", ["See [our leaflet](/leaflet.pdf) or", "[part two](#part-two)."]),
        ("![Rash on an arm](images/rash.png)", ["![Rash on an arm](images/rash.png)"]),
        ("[Text us](sms:12345)", ["[Text us](sms:12345)"]),
        ('[ours](https://a.example "Take 5 mg")', ['[ours](https://a.example "Take 5 mg")']),
        ("[leaflet]: https://a.example", ["[leaflet]: https://a.example"]),
        ("[the leaflet][one]", ["[the leaflet][one]"]),
        ("[^a]: A note", [": A note"]),
        ("~~never~~ take it", ["~~never~~ take it"]),
        ("{: .big}", ["{: .big}"]),
        ("Take it{:.big} now", ["Take it{:.big} now"]),
        ("{% include dose.html %}", ["{% include dose.html %}"]),
        ("{{ dose }}", ["{{ dose }}"]),
        ("**never closed", ["**never closed"]),
        ("H~2~O", ["H~2~O"]),
        ("10^9^", ["10^9^"]),
        ("==marked==", ["==marked=="]),
        ("[[Heart]]", ["[[Heart]]"]),
        ("- [ ] ask", ["[ ] ask"]),
        ("| a | b |", ["| a | b |"]),
        ("Fish &amp;amp; chips", ["Fish &amp; chips"]),
        ("a&nbsp b", ["a&nbsp b"]),
        ("as shown before [3]", ["as shown before [3]"]),
    ],
)
def test_what_readers_see_as_typed_is_named(body: str, lines: list[str]) -> None:
    assert sorted(set(sentences_of("markup-as-typed", body))) == sorted(lines)
    assert not signs(unescaped(body)) - signs(page(body))


@pytest.mark.parametrize(
    "body",
    [
        "Ask [the nurse](tel:+15550100) (or not) [today].",
        "It costs $5, 5 & 6, {about} 7.",
        "Name: ______ and 3 + 4 = 7",
        "# Title\n\n---\n\n**bold** _and_ more\\\nnew line <https://a.example>",
        "| a | b |\n|--|:-:|\n| 1 | 2 |\n| 3 |",
        "::: pitfall Mind the **dose** &amp; the day[^a]\ntext\n:::",
    ],
)
def test_nothing_is_named_where_all_is_well(body: str) -> None:
    assert told(body) == []


@pytest.mark.parametrize("field", ["short_answer", "question"])
@pytest.mark.parametrize("text", ["Take **5 mg**.", "See [it](https://a.example).", "Fish &amp; chips", "a `b` c"])
def test_markup_in_plain_text_is_named(field: str, text: str) -> None:
    assert sentences_of("markup-as-typed", **{field: text})[0] == text


def test_cells_beyond_the_heading_of_a_table_stop_approval() -> None:
    body = "| Dose | Day |\n|---|---|\n| 10 mg | 1 | never with alcohol |\n| 20 mg | a|b |\n| 5 | 6 |"
    assert sentences_of("text-unseen", body) == ["| 10 mg | 1 | never with alcohol |", "| 20 mg | a|b |"]
    assert sentences_of("text-unseen", "| a |\n|--|\n| b \\| c |") == []


@pytest.mark.parametrize(
    ("body", "code"), [("[](https://a.example)", "blank-text"), ("[ ](https://a.example)", "blank-text"), ("[name]()", "link-broken")]
)
def test_a_link_without_name_or_address_is_named(body: str, code: str) -> None:
    assert len(sentences_of(code, body)) == 1


def test_the_title_of_a_box_is_read_as_markdown() -> None:
    shown = render("::: pitfall Never **stop** eating &amp; drinking[^a]\nText\n:::", [make_source()], language="en")
    assert 'aria-label="Common pitfall: Never stop eating &amp; drinking"' in shown
    assert 'Common pitfall: Never <strong>stop</strong> eating &amp; drinking<sup class="citation">' in shown
    assert "<summary>Long <em>words</em></summary>" in render("::: sensitive Long *words*\nText\n:::", [], language="en")


# Whatever is typed

STARTS = [
    "",
    "- ",
    "* ",
    "+ ",
    "> ",
    "- > ",
    "1. ",
    "8) ",
    "## ",
    "    ",
    "| ",
    ">= ",
    "\t",
    "::: ",
    "::: sensitive ",
    "[x]: ",
    "- - ",
    "1. - ",
]
WORDS = [
    *("2*5", "10*9/L", "(2)*3*(4)", "> 38", ">= 3", "< 4", "**5**", "*6*", "_7_", "~~8~~", "| 9 | 10", "`11`", "&lt; 12", "\\* 13"),
    *(
        "[a](/x)",
        "[b](https://x.example)",
        "[c](https://x.example 't')",
        "![d](e.png)",
        "![f](https://x.example/g)",
        "[h][i]",
        "[](https://j.example)",
    ),
    *(
        "<b>k</b>",
        "<https://l.example>",
        "{: .m}",
        "[^a]",
        "n° 14 %",
        "± 15",
        "A",
        "===",
        "---",
        "--",
        "```",
        ":::",
        "|--|--|",
        "- 16",
        "+ 17",
        "=",
    ),
]
LINES = st.tuples(st.sampled_from(STARTS), st.lists(st.sampled_from(WORDS), max_size=4).map(" ".join)).map("".join)
BODIES = st.lists(st.tuples(LINES, st.sampled_from(["\n", "\n\n"])).map("".join), max_size=8).map("".join)


@settings(deadline=None, max_examples=600)
@given(BODIES)
def test_every_letter_and_sign_is_seen_or_named(body: str) -> None:
    # "1." on every entry of a list asks for counting.
    typed = BOX.sub("", unescaped(body)).replace("1. ", "").replace("<https:", "https:").replace("example>", "example")
    lost = signs(typed) - signs(page(body))
    named = "".join(each.sentence + each.message for each in told(body))
    assert not lost.keys() - signs(named).keys(), (body, page(body))


@settings(deadline=None, max_examples=300)
@given(BODIES)
def test_every_star_between_numbers_is_seen(body: str) -> None:
    between = re.compile(r"(?<=\d)\*(?=\d)")
    gone = len(between.findall(body)) - len(between.findall(page(body)))
    assert gone <= 0 or any(each.code == "text-unseen" for each in told(body))


@pytest.mark.skipif(not MEDQUAD, reason="MEDQUAD_FILE is not set")
def test_of_real_texts_nothing_is_lost_and_little_is_asked() -> None:
    asked = Counter[str]()
    with gzip.open(MEDQUAD) as packed:
        for row in map(json.loads, packed):
            words = Words.model_validate(
                {"question": "?", "language": "en", "audience": "patient", "body": row["body"], "provenance": {"origin": "human"}}
            )
            reading = Reading(words)
            asked.update(found[0] for rule in markup_rules.RULES for found in rule(reading))
            assert not signs(unescaped(row["body"])) - signs(page(row["body"])), row["slug"]
    assert asked["text-unseen"] == 0
