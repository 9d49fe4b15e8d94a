"""A long text is read before anything is locked: nobody else's verb waits for it. With the Ledger in hand only its surroundings are."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from markdown_it.token import Token

from faq import readiness, workflow
from faq.content import markdown
from faq.integrity.ledger import LedgerWriter, lock_ledger
from faq.models import Publication, User
from faq.readiness import Context
from faq.readiness.reading import Found, Reading
from faq.workflow import TransitionRefused, publishing
from tests.factories import NOW, a, make_approved, make_publication, make_reviewer, make_source
from tests.test_bulk import arrival, publish_new
from tests.test_bulk import importer as importer

pytestmark = pytest.mark.django_db


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was read of texts while nothing was locked; reading one with the Ledger in hand fails."""
    held: list[LedgerWriter] = []
    seen: list[str] = []

    @contextmanager
    def lock(at: datetime) -> Iterator[LedgerWriter]:
        with lock_ledger(at) as ledger:
            held.append(ledger)
            yield ledger
            held.pop()

    def tokens(reading: Reading) -> list[Token]:
        assert not held, "a text is read with the Ledger in hand"
        seen.append(reading.words.body)
        return markdown.parse(reading.words.body)

    monkeypatch.setattr(publishing, "lock_ledger", lock)
    monkeypatch.setattr(Reading, "tokens", property(tokens))
    return seen


def test_before_words_are_published(read: list[str]) -> None:
    submission = make_approved()
    read.clear()
    workflow.publish(submission, by=a("publisher"), at=NOW)
    assert read


def test_before_the_clock_publishes_them(read: list[str]) -> None:
    submission = make_approved()
    workflow.schedule(submission, by=a("publisher"), at=NOW, moment=NOW + timedelta(hours=1))
    read.clear()
    publishing.publish_scheduled(submission.answer, at=NOW + timedelta(hours=2))
    assert read
    assert Publication.objects.current().count() == 1


def test_before_they_are_restored(read: list[str]) -> None:
    first = make_publication("her2")
    workflow.withdraw(first, by=a("reviewer"), at=NOW, reason="error")
    read.clear()
    workflow.restore(first, by=make_reviewer(), at=NOW, comment="It was right.")
    assert read


def test_before_an_import_brings_them(read: list[str], importer: User) -> None:
    publish_new([arrival("arrived")], by=importer, at=NOW)
    assert read


def stricter(monkeypatch: pytest.MonkeyPatch) -> None:
    """A release comes whose readiness finds an error in every text."""

    def rule(reading: Reading, context: Context) -> Iterator[Found]:
        yield "body-empty", "A newer rule.", "body", ""

    monkeypatch.setattr(readiness, "STOPPING", (rule,))


def test_what_a_stricter_release_finds_in_approved_words_stops_their_publication(monkeypatch: pytest.MonkeyPatch) -> None:
    submission, scheduled = make_approved(), make_approved()
    workflow.schedule(scheduled, by=a("publisher"), at=NOW, moment=NOW + timedelta(hours=1))
    stricter(monkeypatch)
    with pytest.raises(TransitionRefused, match="A newer rule"):
        workflow.publish(submission, by=a("publisher"), at=NOW)
    with pytest.raises(TransitionRefused, match="A newer rule"):
        publishing.publish_scheduled(scheduled.answer, at=NOW + timedelta(hours=2))


def test_what_a_stricter_release_finds_in_an_earlier_version_stops_its_return(monkeypatch: pytest.MonkeyPatch) -> None:
    first = make_publication("her2")
    workflow.withdraw(first, by=a("reviewer"), at=NOW, reason="error")
    stricter(monkeypatch)
    with pytest.raises(TransitionRefused, match="A newer rule"):
        workflow.restore(first, by=make_reviewer(), at=NOW, comment="It was right.")


def test_what_came_up_meanwhile_stops_it_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where a source is retracted between the reading and the lock."""
    submission = make_approved()
    monkeypatch.setattr(publishing, "errors_in", lambda *_: [])
    workflow.mark_source(make_source(), by=a("reviewer"), at=NOW, state="retracted", comment="The journal says so.")
    with pytest.raises(TransitionRefused, match="retracted"):
        workflow.publish(submission, by=a("publisher"), at=NOW)
