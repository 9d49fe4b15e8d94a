"""410: what a client is told about an entry that was taken down, expired, or whose text is withheld or erased."""

from datetime import timedelta
from typing import Any

import pytest

from faq import workflow
from faq.clock import local_date
from faq.models import Publication
from tests.factories import NOW, a, approve, make_draft, make_publication, make_reviewer, make_submission, make_text, make_topic
from tests.reading import LATER, get

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
ACTION = "Call the 24-hour line at once."


def withdrawn(slug: str = "what-is-her2", **arguments: Any) -> Publication:
    """An entry with the marker word `zebrafinch` and a card, taken down a day after its publication."""
    published = make_publication(slug, body="Zebrafinch is a word [^s1].", advice_cards=["fever"])
    workflow.withdraw(published, by=a("reviewer"), at=NOW + DAY, **{"reason": "unsafe"} | arguments)
    return published


def gone(path: str, **asked: Any) -> Any:
    """The members of a 410."""
    answer = get(f"entries/{path}", **{"at": NOW + 9 * DAY} | asked)
    assert (answer.status_code, answer["Content-Type"]) == (410, "application/problem+json"), answer.content
    assert b"ebrafinch" not in answer.content
    return answer.json()


def test_the_answer_says_why_when_and_what_stays_true() -> None:
    withdrawn()
    told = gone("what-is-her2/")
    assert (told["reason"], told["withdrawn_at"], told["language"]) == ("unsafe", "2026-03-03T12:00:00Z", "en")
    assert told["notice"] == "This answer was taken down. Ask the care team."
    assert told["urgent_advice"] == [{"level": "emergency", "signs": "Fever of 38 °C or more", "action": ACTION}]
    assert {text["key"] for text in told["disclaimers"]} == {"not-medical-advice", "ask-your-team"}


def test_the_replacement_is_named_while_it_is_in_force() -> None:
    better = make_publication("better")
    withdrawn(replacement="better")
    assert gone("what-is-her2/")["replacement"] == "better"
    assert gone("what-is-her2/")["links"]["replacement"] == "http://testserver/api/v1/entries/better/"
    workflow.withdraw(better, by=a("reviewer"), at=NOW + 2 * DAY, reason="error")
    assert (gone("what-is-her2/")["replacement"], gone("what-is-her2/")["links"]["replacement"]) == (None, None)


def test_a_notice_in_words_of_its_own_counts_once_it_is_confirmed() -> None:
    published = withdrawn(notice_text="Figures were wrong.")
    assert gone("what-is-her2/")["notice"] == "This answer was taken down. Ask the care team."
    workflow.confirm(published, by=make_reviewer(), at=NOW + 2 * DAY)
    assert gone("what-is-her2/")["notice"] == "Figures were wrong."


def test_an_expired_entry_says_that_it_expired() -> None:
    make_topic("news", may_expire=True)
    submission = make_submission(make_draft("what-is-her2", topics=["news"]))
    day = local_date(NOW + DAY)
    approve(submission, next_review_due_on=day, expires_on=day)
    published = workflow.publish(submission, by=a("publisher"), at=NOW)
    workflow.expire(published, at=NOW + 2 * DAY)
    told = gone("what-is-her2/")
    assert (told["reason"], told["notice"], told["withdrawn_at"]) == (
        "expired",
        "This answer is too old to be shown.",
        "2026-03-04T12:00:00Z",
    )


def test_the_days_before_stay_readable_and_the_days_after_do_not() -> None:
    withdrawn()
    assert get("entries/what-is-her2/?as_of=2026-03-02", at=NOW + 9 * DAY).status_code == 200
    assert gone("what-is-her2/?as_of=2026-03-05")["reason"] == "unsafe"


def test_a_notice_of_an_earlier_day_is_the_one_in_force_then() -> None:
    withdrawn()
    make_text(at=NOW + 5 * DAY, key="withdrawn", text="Taken down, in new words.")
    assert gone("what-is-her2/?as_of=2026-03-05")["notice"] == "This answer was taken down. Ask the care team."
    assert gone("what-is-her2/")["notice"] == "Taken down, in new words."


def test_withheld_text_is_gone_from_every_moment_and_number() -> None:
    withdrawn(withhold=[1])
    for path in ("what-is-her2/", "what-is-her2/versions/1/", "what-is-her2/?as_of=2026-03-02", "what-is-her2/?as_of=2026-03-05"):
        assert gone(path)["reason"] == "unsafe"


def test_withheld_text_is_spoken_of_in_the_words_of_today() -> None:
    withdrawn(withhold=[1])
    make_text(at=NOW + 5 * DAY, key="withdrawn", text="Taken down, in new words.")
    assert gone("what-is-her2/?as_of=2026-03-02")["notice"] == "Taken down, in new words."


def test_withheld_text_stays_gone_while_other_words_are_in_force() -> None:
    withdrawn(withhold=[1])
    make_publication("what-is-her2", at=NOW + 2 * DAY, body="Other words [^s1].")
    assert get("entries/what-is-her2/", at=NOW + 9 * DAY).json()["version"] == 2
    assert gone("what-is-her2/versions/1/")["withdrawn_at"] == "2026-03-03T12:00:00Z"


def test_erased_words_leave_a_notice_and_the_advice_for_emergencies() -> None:
    published = withdrawn()
    erasure = workflow.erase(published, by=a("lead"), at=NOW + 2 * DAY, legal_basis="A court's order")
    workflow.confirm_erasure(erasure, by=make_reviewer(), at=NOW + 3 * DAY)
    told = gone("what-is-her2/versions/1/")
    assert (told["reason"], told["notice"]) == ("legal", "The words of this version were removed.")
    assert [card["action"] for card in told["urgent_advice"]] == [ACTION]


def test_a_related_entry_taken_down_is_named_no_more() -> None:
    make_publication("other", related=["what-is-her2"])
    withdrawn()
    assert get("entries/other/", at=NOW + 9 * DAY).json()["related"] == []


def test_the_list_leaves_it_out_and_its_history_stays() -> None:
    withdrawn()
    assert get("entries/", at=LATER).json()["count"] == 0
    assert get("entries/what-is-her2/versions/", at=LATER).json()["count"] == 1


def test_caches_keep_it_for_seconds_only() -> None:
    withdrawn()
    assert get("entries/what-is-her2/")["Cache-Control"] == "public, max-age=10, must-revalidate"


def test_it_says_what_kind_of_library_answers() -> None:
    withdrawn()
    assert gone("what-is-her2/")["library_status"] == "demonstration"
