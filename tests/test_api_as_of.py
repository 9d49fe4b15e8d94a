"""`?as_of=`: what readers were told on a day, with the topics, warnings and standing texts of that day."""

from datetime import timedelta
from typing import Any

import pytest

from faq import workflow
from faq.models import StandingText
from tests.factories import NOW, a, make_publication, make_text, make_topic
from tests.reading import get

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
MUCH_LATER = NOW + 40 * DAY


def on(day: str, slug: str = "what-is-her2") -> Any:
    """The entry as it stood on a day, asked much later."""
    answer = get(f"entries/{slug}/?as_of={day}", at=MUCH_LATER)
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_an_earlier_day_brings_the_words_of_that_day() -> None:
    make_publication("what-is-her2")
    make_publication("what-is-her2", at=NOW + 9 * DAY, short_answer="HER2 is a protein on cells.", change_note="Shorter.")
    assert (on("2026-03-10")["version"], on("2026-03-11")["version"]) == (1, 2)
    assert on("2026-03-10")["status"] == "current"
    assert on("2026-03-10")["ended_at"] is None


def test_the_day_ends_where_the_library_is(settings: Any) -> None:
    settings.LIBRARY_TIME_ZONE = "Pacific/Auckland"
    make_publication("what-is-her2")  # on 3 March there
    assert get("entries/what-is-her2/?as_of=2026-03-02", at=MUCH_LATER).status_code == 404
    assert get("entries/what-is-her2/?as_of=2026-03-03", at=MUCH_LATER).status_code == 200


def test_before_its_first_publication_there_was_none() -> None:
    make_publication("what-is-her2")
    assert get("entries/what-is-her2/?as_of=2026-03-01", at=MUCH_LATER).status_code == 404


def test_today_means_now_and_tomorrow_is_refused() -> None:
    make_publication("what-is-her2")
    assert get("entries/what-is-her2/?as_of=2026-04-11", at=MUCH_LATER).json()["version"] == 1
    refused = get("entries/what-is-her2/?as_of=2026-04-12", at=MUCH_LATER)
    assert refused.status_code == 400
    assert refused.json()["errors"] == [{"field": "as_of", "detail": "That day has not come yet; the library's date is 2026-04-11."}]


@pytest.mark.parametrize("value", ["yesterday", "2026-02-30", "20260301", "2026-W10-1", "2026-03-01T10:00:00Z", ""])
def test_only_days_are_understood(value: str) -> None:
    refused = get(f"entries/what-is-her2/?as_of={value}")
    assert refused.status_code == 400
    assert refused.json()["errors"][0] == {"field": "as_of", "detail": "Must be a day, as YYYY-MM-DD."}


def test_a_day_before_calendars_is_only_a_day_without_the_entry() -> None:
    make_publication("what-is-her2")
    assert get("entries/what-is-her2/?as_of=0001-01-01").status_code == 404


def test_disclaimers_are_those_in_force_then() -> None:
    make_publication("what-is-her2")
    text = StandingText.objects.get(kind="disclaimer", key="ask-your-team")
    make_text(at=NOW + 9 * DAY, kind="disclaimer", key=text.key, placement="after", required=True, text="Ask them today.")
    assert [each["text"] for each in on("2026-03-10")["disclaimers"]][1] == text.text
    assert [each["text"] for each in on("2026-03-11")["disclaimers"]][1] == "Ask them today."


def test_a_disclaimer_that_ended_is_shown_for_the_days_before() -> None:
    make_publication("what-is-her2")
    text = make_text(kind="disclaimer", key="while-we-move", placement="before", text="We are moving.")
    workflow.end_text(text, by=a("reviewer"), at=NOW + 9 * DAY, comment="We have moved.")
    assert len(on("2026-03-10")["disclaimers"]) == 3
    assert len(on("2026-03-11")["disclaimers"]) == 2


def test_topics_and_related_entries_are_those_of_then() -> None:
    make_topic("her2", name="HER2")
    make_publication("other")
    published = make_publication("what-is-her2", topics=["her2"], related=["other"])
    workflow.reclassify(published.question, by=a("author"), at=NOW + 9 * DAY, topics=[], related=[])
    assert (on("2026-03-11")["topics"], on("2026-03-11")["related"]) == ([], [])
    assert on("2026-03-10")["topics"] == [{"slug": "her2", "name": "HER2", "kind": "condition"}]
    assert on("2026-03-10")["related"] == [{"slug": "other", "question": "What is other?"}]


def test_a_related_entry_that_came_later_was_not_shown_then() -> None:
    make_publication("what-is-her2", related=["other"])
    make_publication("other", at=NOW + 9 * DAY)
    assert (on("2026-03-10")["related"], len(on("2026-03-11")["related"])) == ([], 1)


def test_the_review_stood_as_it_stood_then() -> None:
    make_publication("what-is-her2", review_in_days=35)
    assert [on(day)["review"]["state"] for day in ("2026-03-07", "2026-03-08", "2026-04-07")] == [
        "current",
        "due",
        "overdue",
    ]


def test_its_own_address_names_the_day() -> None:
    make_publication("what-is-her2")
    assert on("2026-03-05")["links"]["self"].endswith("/api/v1/entries/what-is-her2/?as_of=2026-03-05")
