"""`offline_days`: how long an app that cannot ask goes on showing an entry; and how an entry learns what its topics are."""

from datetime import timedelta
from typing import Any

import pytest

from faq import workflow
from faq.models import Change, Document
from faq.workflow import bulk
from tests.factories import NOW, a, make_publication, make_source, make_standing_texts, make_topic, make_user, words
from tests.reading import entry

pytestmark = pytest.mark.django_db


def test_an_app_shows_an_entry_for_a_week_without_asking(settings: Any) -> None:
    make_topic("her2")
    make_publication("what-is-her2", topics=["her2"])
    assert entry("what-is-her2")["offline_days"] == 7
    settings.OFFLINE_DAYS = 30
    assert entry("what-is-her2")["offline_days"] == 30


def test_one_about_safety_for_a_day(settings: Any) -> None:
    settings.OFFLINE_DAYS = 30
    make_topic("her2")
    make_topic("danger", is_safety=True)
    make_publication("what-is-her2", topics=["her2", "danger"], advice_cards=["fever"])
    assert entry("what-is-her2")["offline_days"] == 1


def test_an_entry_learns_at_once_that_its_topic_is_about_safety_now() -> None:
    make_topic("danger")
    published = make_publication("what-is-her2", topics=["danger"], advice_cards=["fever"])
    before = Change.objects.count()
    workflow.edit_topic(slug="danger", by=a("author"), at=NOW, is_safety=True)
    assert '"offline_days":1' in Document.objects.get().body
    change = Change.objects.latest("sequence")
    assert (Change.objects.count(), change.kind, change.slug) == (before + 1, "reclassified", published.slug)
    workflow.edit_topic(slug="danger", by=a("reviewer"), at=NOW, is_safety=False)
    assert '"offline_days":7' in Document.objects.get().body


def test_and_what_kind_of_topic_it_is() -> None:
    make_topic("danger", kind="condition")
    make_publication("what-is-her2", topics=["danger"])
    workflow.edit_topic(slug="danger", by=a("author"), at=NOW, kind="symptom")
    assert entry("what-is-her2")["topics"] == [{"slug": "danger", "name": "Danger", "kind": "symptom"}]


def test_a_topic_that_says_nothing_else_to_readers_moves_no_entry() -> None:
    make_topic("danger")
    make_publication("what-is-her2", topics=["danger"])
    before = Change.objects.count()
    workflow.edit_topic(slug="danger", by=a("author"), at=NOW, position=4)
    assert Change.objects.count() == before


def test_so_do_entries_that_arrive_at_that_very_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    make_topic("danger")
    make_standing_texts()
    make_source()
    asked = bulk.check_readiness

    def meanwhile(*arguments: Any) -> None:
        asked(*arguments)
        workflow.edit_topic(slug="danger", by=a("author"), at=NOW, is_safety=True)

    monkeypatch.setattr(bulk, "check_readiness", meanwhile)
    changes = words(question="What is it?", origin="human", advice_cards=["fever"])
    review = workflow.ExternalReview("Somebody", NOW.date(), "Minutes", NOW.date() + timedelta(days=30))
    arrival = workflow.NewEntry("her2", "en", changes, {"danger": 0}, [], review)
    workflow.publish_new([arrival], by=make_user("author", "importer", "publisher"), at=NOW)
    assert entry("her2")["offline_days"] == 1
