"""What readers get of an entry is composed when it changes, found by one query, and never older than what it tells."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from faq import jobs, verify, workflow
from faq.models import Change, Document, DocumentLink, DocumentTerm, Publication, StandingText
from faq.public import caching, documents
from faq.public.caching import COUNTS, STORE
from faq.workflow import publishing
from tests.browsing import see
from tests.factories import NOW, a, make_draft, make_publication, make_source, make_text, make_topic
from tests.reading import LATER, entry, get

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def stored(slug: str) -> str:
    """Return the document of `slug` as it is kept."""
    return Document.objects.get(slug=slug).body


def wrong(at: Any = LATER) -> list[tuple[str, str]]:
    """Return what is kept, would be served, and is not what composing gives."""
    slugs = list(Publication.objects.values_list("slug", flat=True).distinct())
    return list(documents.differing(slugs, at))


# Composed when it changes.


def test_a_document_is_there_as_soon_as_the_entry_is() -> None:
    make_publication("her2")
    with CaptureQueriesContext(connection) as queries:
        answer = get("entries/her2/")
    assert (answer.content.decode(), len(queries)) == (stored("her2"), 1)


def test_an_entry_that_names_another_follows_its_wording_and_its_end() -> None:
    make_publication("other")
    make_publication("her2", related=["other"])
    make_publication("other", question="What else is there to ask?")
    assert "What else is there to ask?" in stored("her2")
    workflow.withdraw(Publication.objects.get(slug="other", status="current"), by=a("reviewer"), at=NOW, reason="unsafe")
    assert "What else" not in stored("her2")


def test_an_entry_that_names_one_not_published_yet_names_it_from_then_on() -> None:
    make_publication("her2", related=["later"])
    assert "What is later?" not in stored("her2")
    make_publication("later")
    assert "What is later?" in stored("her2")


def test_translations_follow_their_original_and_each_other() -> None:
    make_publication("her2")
    for slug in ("her2-es", "her2-mx"):
        make_publication(slug, language="es", translation_of={"slug": "her2", "version": 1})
    assert '"slug":"her2-mx","version":1,"behind":false' in stored("her2-es")
    make_publication("her2")
    assert '"slug":"her2","version":2' in stored("her2-es")
    assert '"slug":"her2-mx","version":1,"behind":true' in stored("her2-es")


def test_what_replaces_a_gone_entry_is_named_as_long_as_it_is_in_force() -> None:
    make_publication("new")
    workflow.withdraw(make_publication("old"), by=a("reviewer"), at=NOW, reason="outdated", replacement="new")
    assert (Document.objects.get(slug="old").status, '"replacement":"new"' in stored("old")) == (410, True)
    workflow.withdraw(Publication.objects.get(slug="new"), by=a("reviewer"), at=NOW, reason="unsafe")
    assert '"replacement":null' in stored("old")


def test_an_entry_names_no_more_whom_it_named_before() -> None:
    make_publication("other")
    published = make_publication("her2", related=["other"])
    assert set(DocumentLink.objects.filter(document="her2").values_list("slug", flat=True)) == {"her2", "other"}
    workflow.reclassify(published.question, by=a("author"), at=NOW, topics=[], related=[])
    assert set(DocumentLink.objects.filter(document="her2").values_list("slug", flat=True)) == {"her2"}


def test_a_topics_name_and_the_state_of_a_source_reach_the_document() -> None:
    topic = make_topic("hearts", name="Heart")
    make_publication("her2", topics=["hearts"])
    name = workflow.propose(by=a("lead"), at=NOW, topic=topic, language="en", name="The heart")
    workflow.approve_text(name, by=a("reviewer"), at=NOW)
    assert '"name":"The heart"' in stored("her2")
    workflow.mark_source(make_source("s1"), by=a("reviewer"), at=NOW, state="retracted", comment="The journal says so.")
    assert '"source_state":"retracted"' in stored("her2")


def test_of_erased_words_no_document_keeps_one() -> None:
    make_publication("her2", short_answer="Zebrafinch.")
    make_publication("near", related=["her2"])
    workflow.withdraw(Publication.objects.get(slug="her2"), by=a("reviewer"), at=NOW, reason="legal", withhold=[1])
    order = workflow.erase(Publication.objects.get(slug="her2"), by=a("lead"), at=NOW, legal_basis="An order.")
    workflow.confirm_erasure(order, by=a("reviewer"), at=NOW)
    everything = "".join(map(str, Document.objects.values_list("body", "beside", "folded_text"))).casefold()
    assert "zebrafinch" not in everything
    assert "what is her2?" not in everything


def test_a_document_that_cannot_be_composed_leaves_no_change_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    published = make_publication("her2")
    count, body = Change.objects.count(), stored("her2")

    def fail(*_: Any) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(documents, "keep", fail)
    with pytest.raises(RuntimeError):
        workflow.hold(published, by=a("reviewer"), at=NOW, comment="Checking.")
    assert (Change.objects.count(), stored("her2")) == (count, body)


def test_a_draft_has_no_document() -> None:
    make_draft("her2")
    assert not Document.objects.exists()


# Compared when it is read.


def test_a_standing_text_is_told_at_once_and_kept_later() -> None:
    make_publication("her2")
    make_text(kind="disclaimer", key="ask-your-team", placement="after", required=True, text="Ask before you act.", at=NOW)
    assert "Ask before you act." not in stored("her2")
    assert "Ask before you act." in str(entry("her2")["disclaimers"])
    assert "Ask before you act." in see("/questions/her2/").text
    assert publishing.compose_outdated(LATER) == 1
    assert "Ask before you act." in stored("her2")


def test_midnight_changes_what_is_told_and_not_what_is_kept() -> None:
    make_publication("her2", review_in_days=35)  # due from 8 March on, overdue after 6 April
    states = [entry("her2", at=NOW + days * DAY)["review"]["state"] for days in (1, 10, 40)]
    assert states == ["current", "due", "overdue"]
    assert '"state":"current"' in stored("her2")
    assert publishing.compose_outdated(NOW + 40 * DAY) == 1
    assert '"state":"overdue"' in stored("her2")


def test_what_a_clock_composed_that_was_ahead_is_not_told_before_its_time() -> None:
    make_publication("her2")
    ahead = NOW + 800 * DAY
    assert publishing.compose_outdated(ahead) == 1
    assert entry("her2", at=ahead)["review"]["state"] == "overdue"
    assert entry("her2")["review"]["state"] == get("entries/").json()["results"][0]["review"]["state"] == "current"
    assert wrong() == []
    assert publishing.compose_outdated(LATER) == 1


@pytest.mark.parametrize(("name", "value"), [("PUBLIC_URL", "https://faq.example.org"), ("LIBRARY_STATUS", "live"), ("OFFLINE_DAYS", 9876)])
def test_a_setting_that_a_document_shows_counts_at_once(settings: Any, name: str, value: Any) -> None:
    make_publication("her2")
    setattr(settings, name, value)
    assert str(value) in str(entry("her2"))
    assert str(value) not in stored("her2")


def test_a_new_release_serves_nothing_that_the_last_one_composed(monkeypatch: pytest.MonkeyPatch) -> None:
    make_publication("her2")
    Document.objects.update(body='{"old": true}')
    assert get("entries/her2/").json() == {"old": True}
    monkeypatch.setattr(caching, "release", lambda: "another")
    assert entry("her2")["slug"] == "her2"
    assert get("entries/").json()["results"][0]["slug"] == "her2"


def test_a_missing_document_is_composed_on_the_spot_and_a_read_writes_nothing() -> None:
    make_publication("her2")
    Document.objects.all().delete()
    with CaptureQueriesContext(connection) as queries:
        assert entry("her2")["slug"] == "her2"
        assert "What is her2?" in see("/questions/her2/").text
    assert all(query["sql"].startswith("SELECT") for query in queries)
    assert not Document.objects.exists()


def test_a_list_composes_what_does_not_hold_and_keeps_the_order() -> None:
    for slug in ("a-entry", "b-entry", "c-entry"):
        make_publication(slug)
    Document.objects.filter(slug="b-entry").update(release="older", body="{}")
    assert [each["slug"] for each in get("entries/").json()["results"]] == ["a-entry", "b-entry", "c-entry"]


# Catching up.


@pytest.fixture
def five(monkeypatch: pytest.MonkeyPatch) -> None:
    """Five entries, and batches of two."""
    monkeypatch.setattr(documents, "BATCH", 2)
    for number in range(5):
        make_publication(f"entry-{number}")


@pytest.mark.usefixtures("five")
def test_catching_up_composes_what_is_missing_or_old_and_nothing_else() -> None:
    assert publishing.compose_outdated(LATER) == 0
    Document.objects.filter(slug__in=["entry-0", "entry-2", "entry-3"]).update(release="older")
    DocumentLink.objects.filter(document="entry-4").delete()
    Document.objects.filter(slug="entry-4").delete()
    assert publishing.compose_outdated(LATER) == 4
    assert (publishing.compose_outdated(LATER), wrong()) == (0, [])


@pytest.mark.usefixtures("five")
def test_the_clock_and_the_command_catch_up() -> None:
    Document.objects.update(release="older")
    assert jobs.run(LATER)["composed"] == 5
    Document.objects.update(release="older")
    assert [composed(), composed(), composed("--all")] == ["composed=5", "composed=0", "composed=5 graded=0"]


def test_migrating_composes_what_a_release_has_changed_and_what_no_list_would_show() -> None:
    make_publication("her2")
    Document.objects.all().delete()
    assert get("entries/").json()["count"] == 0
    call_command("migrate", verbosity=0)
    STORE.clear()  # a worker begins empty after a release
    COUNTS.known.clear()
    assert get("entries/").json()["count"] == 1


def composed(*options: str) -> str:
    """Return what `manage.py compose` prints."""
    out = StringIO()
    call_command("compose", *options, stdout=out)
    return out.getvalue().strip()


def test_composing_changes_no_word_no_hash_and_no_version() -> None:
    make_publication("her2")
    before = list(Publication.objects.values()), list(Change.objects.values()), list(StandingText.objects.values())
    publishing.compose_outdated(LATER, everything=True)
    publishing.grade_again()
    assert (list(Publication.objects.values()), list(Change.objects.values()), list(StandingText.objects.values())) == before


# Checked.


def faults() -> list[tuple[str, Any]]:
    return [(fault.table, fault.pk) for fault in verify.faults(html=True)]


def test_verify_finds_a_document_that_says_something_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: LATER)
    make_publication("her2")
    assert faults() == []
    for column, value in (
        ("body", "{}"),
        ("beside", "{}"),
        ("tag", '"x"'),
        ("is_listed", False),
        ("audience", "clinician"),
        ("sort_key", "0"),
        ("published_key", "0"),
        ("reviewed_key", "0"),
        ("folded_text", "zebra"),
        ("next_review_due_on", LATER.date()),
    ):
        before = Document.objects.values(column).get(slug="her2")
        Document.objects.update(**{column: value})
        assert faults() == [("faq_document", "her2")], column
        Document.objects.update(**before)
    stray = DocumentLink.objects.create(document_id="her2", slug="elsewhere")
    assert faults() == [("faq_document", "her2")]
    stray.delete()
    DocumentTerm.objects.filter(kind="source").update(value="s2")
    assert faults() == [("faq_document", "her2")]


def test_verify_finds_a_document_that_is_missing_and_one_of_no_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: LATER)
    make_publication("her2")
    DocumentLink.objects.all().delete()
    DocumentTerm.objects.all().delete()
    Document.objects.update(slug="stranger")
    assert faults() == [("faq_document", "stranger"), ("faq_document", "her2")]


def test_verify_finds_another_reading_grade() -> None:
    published = make_publication("her2")
    Publication.objects.update(reading_grade=99.0)
    assert ("faq_publication", published.pk) in faults()
    publishing.grade_again()
    assert faults() == []
