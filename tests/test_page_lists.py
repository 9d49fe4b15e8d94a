"""The front page and the topic pages: what can be found from there, and what must not be."""

from datetime import timedelta

import pytest

from faq import workflow
from tests.browsing import in_order, see, visit
from tests.bulk import make_many_publications
from tests.factories import a, make_draft, make_publication, make_text, make_topic
from tests.reading import LATER

pytestmark = pytest.mark.django_db


def addresses(path: str) -> list[str]:
    """Where the links of a page's content lead."""
    return [link.attributes["href"] for link in see(path).one("main").all("a")]


def test_an_empty_library_says_so() -> None:
    assert "No answers have been published yet." in see("/").text
    assert addresses("/") == []


def test_help_comes_first_then_topics_then_what_is_new() -> None:
    make_topic("when-to-call", kind="symptom", is_safety=True, name="When to call")
    make_topic("heart", kind="symptom", is_safety=True, name="Heart")
    make_publication("older", question="What is older?")
    make_publication("heart-signs", topics=["heart"], question="What about the heart?", advice_cards=["fever"])
    make_publication("whom-to-call", topics=["heart", "when-to-call"], question="Whom do I call?", advice_cards=["fever"])
    make_publication("newer", question="What is newer?", at=LATER)
    page = see("/", at=LATER + timedelta(minutes=1))
    assert in_order(page, "When to get help", "Whom do I call?", "What about the heart?", "Topics", "Heart 2 answers", "What is newer?")
    assert in_order(page, "What is newer?", "What is older?")


def test_topics_stand_under_the_plain_name_of_their_kind() -> None:
    make_topic("pills", kind="medicine", name="Pills")
    make_topic("start", kind="guide", name="Start here")
    make_publication("one", topics=["pills", "start"])
    assert in_order(see("/"), "Guides", "Start here 1 answer", "Medicines", "Pills 1 answer")


def test_entries_for_clinicians_stand_apart_and_are_labelled() -> None:
    make_topic("pills", name="Pills")
    make_publication("doses", topics=["pills"], question="Which dose?", audience="clinician")
    make_publication("pills", topics=["pills"], question="What are pills?")
    for path in ("/", "/topics/pills/"):
        page = see(path)
        assert in_order(page, "What are pills?", "For health professionals", "Which dose?")
        assert page.text.count("Which dose?") == 1
    assert "For health professionals" in see("/questions/doses/").one("ul", class_="facts-line").text


def test_a_topic_has_its_name_its_introduction_and_its_entries() -> None:
    make_topic("pills", name="Pills")
    make_publication("one", topics=["pills"], short_answer="One is enough.")
    make_text(kind="topic_text", key="pills", text="Pills are swallowed.")
    page = see("/topics/pills/")
    assert page.one("h1").text == "Pills"
    assert in_order(page, "Pills are swallowed.", "What is one?", "One is enough.")


def test_an_introduction_is_plain_text_in_paragraphs() -> None:
    make_topic("pills", name="Pills")
    make_publication("one", topics=["pills"])
    make_text(kind="topic_text", key="pills", text="Pills are *swallowed*.\n\nNever <b>chewed</b>.")
    paragraphs = see("/topics/pills/").one("div", class_="lead").all("p")
    assert [each.text for each in paragraphs] == ["Pills are *swallowed*.", "Never <b>chewed</b>."]


def test_topics_lead_up_and_down() -> None:
    make_topic("medicines", name="Medicines")
    make_topic("pills", name="Pills", parents=["medicines"])
    make_publication("one", topics=["medicines", "pills"])
    assert "/topics/pills/" in addresses("/topics/medicines/")
    assert "/topics/medicines/" in addresses("/topics/pills/")


def test_a_topic_that_only_drafts_use_is_nowhere() -> None:
    make_topic("medicines", name="Medicines")
    make_topic("secret", name="Secret", parents=["medicines"])
    make_publication("one", topics=["medicines"])
    make_draft("two", topics=["secret", "medicines"])
    visit("/topics/secret/", status=404)
    for path in ("/", "/topics/medicines/", "/questions/one/"):
        assert "ecret" not in visit(path).content.decode()


def test_a_topic_whose_last_entry_was_taken_down_is_gone_too() -> None:
    make_topic("pills", name="Pills")
    publication = make_publication("one", topics=["pills"])
    assert "What is one?" in see("/topics/pills/").text
    workflow.withdraw(publication, by=a("reviewer"), at=LATER, reason="outdated")
    visit("/topics/pills/", status=404)
    assert addresses("/") == []


def test_a_replaced_version_is_listed_once_in_its_new_words() -> None:
    make_topic("pills", name="Pills")
    make_publication("one", topics=["pills"], short_answer="Old words.")
    make_publication("one", short_answer="New words.")
    text = see("/topics/pills/").text
    assert (text.count("What is one?"), "Old words." in text, "New words." in text) == (1, False, True)


def test_a_guide_keeps_its_order() -> None:
    make_topic("start", kind="guide", name="Start here")
    for place, slug in enumerate(("zebra", "mango", "apple"), 1):
        make_publication(slug, topics={"start": place})
    assert in_order(see("/topics/start/"), "zebra", "mango", "apple")


def test_a_long_topic_is_shown_in_pages() -> None:
    make_topic("pills", name="Pills")
    make_many_publications(51, topics=["pills"])
    first, second = see("/topics/pills/"), see("/topics/pills/?page=2")
    assert (len(first.one("ul", class_="cards").all("li")), len(second.one("ul", class_="cards").all("li"))) == (50, 1)
    assert first.one("a", rel="next").attributes["href"] == second.one("a", rel="prev").attributes["href"].replace("1", "2") == "?page=2"
    assert "Page 2 of 2" in second.text


@pytest.mark.parametrize("page", ["0", "3", "-1", "x", "٣", "1e1", "9" * 30])
def test_a_page_that_does_not_exist_is_a_404(page: str) -> None:
    make_topic("pills", name="Pills")
    make_publication("one", topics=["pills"])
    visit(f"/topics/pills/?page={page}", status=404)
