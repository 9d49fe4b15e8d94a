"""A clock that is behind what is recorded: nothing is written but what keeps readers from harm, health says so, and today is today."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from faq import jobs
from faq.integrity.ledger import CLOCK_TOLERANCE, backdating
from faq.models import Ledger, Publication
from faq.workflow import TransitionRefused
from faq.workflow.errors import WHATEVER_THE_CLOCK
from tests.guarding import World, undone
from tests.reading import ask
from tests.test_backdating import VERBS
from tests.test_backdating import world as world

pytestmark = pytest.mark.django_db
YEAR = timedelta(days=365)


@pytest.fixture(autouse=True)
def _as_in_use(world: World) -> Iterator[None]:
    """Take away what conftest.py gives every test, once the library stands."""
    token = backdating.set(False)
    with undone():
        yield
    backdating.reset(token)


def set_clock(monkeypatch: pytest.MonkeyPatch, behind: timedelta) -> datetime:
    """Set this machine's clock `behind` the newest record, as it is after another machine's was ahead; return that record's moment."""
    moved_at = Ledger.objects.get().moved_at
    assert moved_at
    monkeypatch.setattr(timezone, "now", lambda: moved_at - behind)
    return moved_at


@pytest.mark.parametrize("verb", [verb for verb in VERBS if verb not in WHATEVER_THE_CLOCK])
def test_every_verb_but_withdraw_and_hold_is_refused(world: World, verb: str, monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, YEAR)
    with pytest.raises(
        TransitionRefused, match=r"clock is wrong: the clock says .* Until that is put right entries can be withdrawn and held"
    ):
        VERBS[verb](world, timezone.now())


@pytest.mark.parametrize("verb", ["withdraw", "hold"])
def test_what_keeps_readers_from_harm_takes_the_ledgers_moment(world: World, verb: str, monkeypatch: pytest.MonkeyPatch) -> None:
    moment = set_clock(monkeypatch, YEAR)
    VERBS[verb](world, timezone.now())
    publication = Publication.objects.select_related("last_change").get(pk=world["current"].pk)
    assert publication.last_change.at == moment
    assert (publication.status, publication.is_held) == (("withdrawn", False) if verb == "withdraw" else ("current", True))


def test_clocks_that_differ_a_little_are_let_through(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, CLOCK_TOLERANCE * 0.9)
    VERBS["mark_source"](world, timezone.now())


def test_a_history_is_played_whatever_the_clock(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, YEAR)
    token = backdating.set(True)
    VERBS["mark_source"](world, timezone.now())
    backdating.reset(token)


def test_the_clocks_own_verbs_wait_and_say_why(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    counts = jobs.run(set_clock(monkeypatch, YEAR) + timedelta(hours=2))
    assert counts["published"] == 0
    assert counts["refused"] > 0


def test_health_says_so(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ask("GET", "/health/ready", at=timezone.now()).json()["clock"] == "ok"
    set_clock(monkeypatch, YEAR)
    answer = ask("GET", "/health/ready", at=timezone.now())
    assert (answer.status_code, answer.json()["database"]) == (503, "ok")
    assert answer.json()["clock"].startswith("wrong: the clock says 2025-")


def test_as_of_today_nothing_is_shown_that_was_withdrawn(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, YEAR)
    slug = world["current"].slug
    address = f"/api/v1/entries/{slug}/?as_of={timezone.now().date()}"
    assert ask("GET", address, at=timezone.now()).status_code == 200, "published by a clock that was ahead"
    VERBS["withdraw"](world, timezone.now())
    assert ask("GET", address, at=timezone.now()).status_code == 410


def test_as_of_today_an_entry_is_held_that_was_held_by_a_clock_ahead(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, YEAR)
    VERBS["hold"](world, timezone.now())
    answer: Any = ask("GET", f"/api/v1/entries/{world['current'].slug}/?as_of={timezone.now().date()}", at=timezone.now()).json()
    assert answer["review"]["held"]["since"]
