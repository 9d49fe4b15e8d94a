"""What stops approval."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faq.content.letters import CONTROL, ORDER
from faq.readiness import GRADES, Finding, findings
from tests.drafts import found, make_context, make_source, make_words, sentences_of


def test_what_stops_approval_and_cannot_be_waived() -> None:
    assert {code for code, grade in GRADES.items() if grade == "error"} == {
        "blank-text",
        "body-empty",
        "source-missing",
        "mark-without-source",
        "source-retracted",
        "disclaimer-missing",
        "urgent-advice-missing",
        "standing-text-missing",
        "licence-missing",
        "responsible-missing",
        "text-unseen",
    }


def test_good_words_have_no_findings() -> None:
    assert findings(make_words(), make_context()) == []


@pytest.mark.parametrize("body", ["", "  \n\n ", "[^a]", "***", "&nbsp;", "&#8203; &shy;", "\u2800", "\u3164"])
def test_a_body_without_words_is_empty(body: str) -> None:
    assert len(found("body-empty", body)) == 1


def test_an_entry_needs_a_source() -> None:
    assert [each.field for each in found("source-missing", "Text.", citations=[])] == ["citations"]


def test_a_mark_needs_a_source_of_the_entry() -> None:
    finding = found("mark-without-source", "One.[^a] Two.[^zz] Three.")[0]
    assert finding == Finding(
        "mark-without-source", "error", "No source has the key “zz”: add the source, or correct the mark [^zz].", "body", "Two."
    )


@pytest.mark.parametrize("body", ["| a[^zz] |\n|--|\n| 1 |", "# Head[^zz]", "- one[^zz]", "[^zz]", "::: sensitive\nx[^zz]\n:::"])
def test_a_mark_without_a_source_is_found_wherever_it_stands(body: str) -> None:
    assert len(found("mark-without-source", body)) == 1


def test_a_mark_with_a_backslash_is_none() -> None:
    assert found("mark-without-source", "One \\[^zz].") == []


def test_a_key_fact_needs_a_source_of_the_entry() -> None:
    fact = {"label": "People", "value": "Many", "source": "zz"}
    assert [each.field for each in found("mark-without-source", key_facts=[fact])] == ["key_facts.0"]


def test_a_mark_in_the_short_answer_would_be_shown_as_typed() -> None:
    assert [each.field for each in found("mark-without-source", short_answer="A protein.[^a]")] == ["short_answer"]


@pytest.mark.parametrize(("state", "count"), [("retracted", 1), ("superseded", 0), ("current", 0)])
def test_a_retracted_source_stops_approval(state: str, count: int) -> None:
    stopped = found("source-retracted", context=make_context(source_states={"a": state}))
    assert [(each.field, each.sentence) for each in stopped] == [("citations.0", "a")] * count


def test_a_required_disclaimer_must_be_in_force() -> None:
    assert len(found("disclaimer-missing", context=make_context(disclaimers_in_force=False))) == 1


@pytest.mark.parametrize(("is_safety", "cards", "count"), [(True, [], 1), (True, ["fever"], 0), (False, [], 0)])
def test_a_safety_topic_needs_urgent_advice(is_safety: bool, cards: list[str], count: int) -> None:
    assert len(found("urgent-advice-missing", advice_cards=cards, context=make_context(is_safety=is_safety))) == count


def test_each_standing_text_must_exist_in_the_language() -> None:
    missing = found("standing-text-missing", context=make_context(texts_missing=("advice_card fever", "notice held")))
    assert [(each.field, each.sentence) for each in missing] == [("advice_cards", "advice_card fever"), ("language", "notice held")]


def test_errors_come_first_and_every_message_says_something() -> None:
    words = make_words("Visit https://a.example[^zz]. It helps 12 % of people.", short_answer="", citations=[make_source(url="")])
    grades = [each.grade for each in findings(words, make_context())]
    assert grades == sorted(grades, key=("error", "concern", "advice").index)
    assert all(each.message.endswith((".", ")")) for each in findings(words, make_context()))


def test_the_same_thing_is_said_once() -> None:
    assert sentences_of("figure-without-mark", "It lasts 3 weeks.\n\nIt lasts 3 weeks.") == ["It lasts 3 weeks."]


PIECES = [
    "[^a]",
    "12 % of people",
    "1 in 8",
    "HR 0.47 ",
    "::: sensitive\n",
    ":::\n",
    "\n- ",
    "\n\n## ",
    "|a|\n|-|\n|1|\n",
    "![x](y)",
    "<b>",
    "✅",
    "0808 1 ",
]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(PIECES) | st.text(max_size=15), max_size=10).map("".join),
    st.text(max_size=60),
    st.sampled_from(["en", "es", "fr", "es-MX"]),
    st.sampled_from(["patient", "clinician"]),
)
def test_readiness_never_fails(body: str, short_answer: str, language: str, audience: str) -> None:
    storable = [text.encode("utf-8", "replace").decode().replace("\x00", "") for text in (body, short_answer)]
    clean = [CONTROL.sub("", ORDER.sub("", text)) for text in storable]
    words = make_words(clean[0], short_answer=clean[1], language=language, audience=audience, key_facts=[{"label": "x", "value": "12 %"}])
    context = make_context(brands={"Herceptin": "trastuzumab", "(": "["}, medicines=frozenset({"*"}))
    assert all(each.code in GRADES and each.grade == GRADES[each.code] for each in findings(words, context))


@pytest.mark.parametrize(
    "part", ["[](https://x.example/)", "[ \u00a0](https://x.example/)", "[&shy;](https://x.example/)", "##\n\nOne.", "## &#8203;"]
)
def test_a_link_or_heading_without_a_word_stops_approval(part: str) -> None:
    assert len(found("blank-text", f"Words [^a].\n\n{part}\n")) == 1


@pytest.mark.parametrize(
    "part", ["[A page](https://x.example/)", "[![A picture](x)](https://x.example/)", "## Heading", "| |a|\n|-|-|\n|1| |"]
)
def test_what_has_a_word_does_not(part: str) -> None:
    assert found("blank-text", f"Words [^a].\n\n{part}\n") == []
