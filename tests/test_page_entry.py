"""An entry's page: what is on it, and in which order a frightened reader meets it."""

from typing import Any

import pytest

from tests.browsing import in_order, make_whole_entry, see
from tests.factories import make_publication, make_text

pytestmark = pytest.mark.django_db


@pytest.fixture
def page() -> Any:
    """The page of an entry that has everything."""
    make_whole_entry()
    return see("/questions/emergency/")


def test_urgent_advice_comes_before_anything_else_is_said(page: Any) -> None:
    assert in_order(
        page, "Is this an emergency?", "Fever of 38 °C or more", "Call the 24-hour line", "(before, en)", "Call when you are not"
    )


def test_the_most_urgent_advice_comes_first_and_says_so_in_words(page: Any) -> None:
    assert [level.one("h3").text for level in page.all("div", class_="level")] == ["Emergency", "Not urgent"]


def test_that_ai_wrote_it_is_said_before_the_answer(page: Any) -> None:
    drafted = "Drafted by AI, reviewed by a person"
    assert in_order(page, drafted, "The night team", "Drafted with: A model, 1 February 2026. Based on: A fact sheet", "Call when you are")
    assert page.one("meta", name="ai-disclosure").attributes["content"] == "ai-assisted"


def test_text_by_people_claims_no_machine() -> None:
    make_publication("human")
    page = see("/questions/human/")
    assert "Written by a person, reviewed by another" in page.text
    assert page.all("meta", name="ai-disclosure") == []


def test_the_parts_follow_each_other_as_they_are_needed(page: Any) -> None:
    assert in_order(
        page,
        *(
            "(before, en)",
            "Call when you are not sure.",
            "The new medicine Only in clinical trials (as of January 2026)",
            "A fever is a sign",
        ),
        *("Key facts", "Whom do I call? You then know", "I called and it helped. Ana, patient. A talk", "Help line", "Find a nurse"),
        *("(after, en)", "Source s1", "What comes next?", "Reviewed by Oncology nurse on 2 March 2026"),
    )


def test_marks_lead_to_sources_and_back(page: Any) -> None:
    sources = page.one("section", id="sources")
    assert [each.attributes["id"] for each in sources.all("li")] == ["source-1", "source-2", "general-s3"]
    targets = {each.attributes["id"] for each in page.all() if "id" in each.attributes}
    assert {link.attributes["href"][1:] for link in page.all("a") if link.attributes["href"].startswith("#")} <= targets
    assert "Source s1 . A publisher, 2024. page 4" in sources.text
    assert "A fever counts from 38 °C." in sources.text


def test_key_facts_name_their_source(page: Any) -> None:
    facts = page.one("section", id="key-facts")
    assert [link.attributes["href"] for link in facts.all("a")] == ["#source-1", "#general-s3"]


def test_hard_figures_wait_behind_a_choice(page: Any) -> None:
    hidden = page.one("details", class_="sensitive")
    assert "open" not in hidden.attributes
    assert "One in a hundred" in hidden.text


def test_a_helpline_can_be_called_and_a_film_can_be_read(page: Any) -> None:
    line, film = page.one("ul", class_="resources").all("li")
    assert line.one("a").attributes["href"] == "tel:116123"
    assert "Day and night UK Talk." in line.text
    assert "Length: 1 minute 1 second. With captions." in film.text
    assert "Hello." in film.one("details").text


def test_the_topics_and_versions_are_one_step_away(page: Any) -> None:
    addresses = {link.attributes["href"] for link in page.all("a")}
    assert {"/topics/fever/", "/questions/next-step/", "/questions/emergency/versions/", "/"} <= addresses
    assert "Version 1, published on 2 March 2026. What changed: First version." in page.text


def test_when_it_was_checked_and_will_be_again_is_told(page: Any) -> None:
    assert "Last checked on 2 March 2026; next check by 2 March 2027." in page.text


def test_what_an_entry_does_not_have_leaves_no_empty_heading() -> None:
    make_publication("bare", short_answer="Short.", advice_cards=[])
    page = see("/questions/bare/")
    assert {each.text for each in page.all("h2")} == {
        "On this page",
        "In short",
        "Sources",
        "Who checked it, and when",
        "Was this helpful?",
    }
    assert [part.text for part in page.all() if part.name in ("section", "aside", "ul", "p") and not part.text] == []


def test_a_text_that_applies_after_the_answer_stands_after_it() -> None:
    make_publication("placed")
    make_text(kind="disclaimer", key="late", placement="after", text="Ask before you act.")
    make_text(kind="disclaimer", key="early", placement="before", text="Read this first.")
    assert in_order(see("/questions/placed/"), "Read this first.", "HER2 is a protein that", "Ask before you act.")


def test_words_are_shown_as_words_never_as_markup() -> None:
    make_publication("sly", question="Is <script>alert(1)</script> safe?", resources=[{"kind": "website", "name": "\"A & B\" 'C'"}])
    page = see("/questions/sly/")
    assert page.all("script") == []
    assert page.one("ul", class_="resources").text == "\"A & B\" 'C'"
    assert "Is <script>alert(1)</script> safe?" in page.one("h1").text


def test_for_whom_and_for_which_stage_it_was_written_is_told() -> None:
    make_publication("staged", audience="caregiver", region="Wales", applies_to=["early", "metastatic", "unheard-of"])
    facts = see("/questions/staged/").one("ul", class_="facts-line").text
    assert "For family and carers Written for: Wales About: early disease, disease that has spread, unheard of Last checked" in facts
