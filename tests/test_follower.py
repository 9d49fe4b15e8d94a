"""`examples/follow.py` keeps its folder in step with the library, whatever happens there and wherever it is interrupted itself."""

import os
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from faq.models import Change
from faq.public.caching import COUNTS, STORE
from tests.factories import NOW
from tests.following import HAPPENINGS, Crash, Happening, Interrupted, Library, service

THOROUGH = bool(os.environ.get("THOROUGH"))
PAGE_SIZE = 2
"""So that a first sync is many pages, between which entries come and go."""

happening = st.tuples(st.sampled_from(HAPPENINGS), st.integers(0, 31))
reached: Counter[str] = Counter()
quiet = settings(
    derandomize=not THOROUGH,
    phases=list(Phase) if THOROUGH else [Phase.generate],  # a failure is told at once; THOROUGH=1 makes it small
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


class Following(RuleBasedStateMachine):
    """A library inside a transaction that is rolled back, and a folder that follows it."""

    library: Library

    def __init__(self) -> None:
        super().__init__()
        STORE.clear()
        COUNTS.known.clear()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.library.now = NOW
        self.folder = tempfile.TemporaryDirectory(prefix="follower-")
        self.backup = ""

    def teardown(self) -> None:
        """Count what came about, and leave nothing behind."""
        reached.update(Change.objects.values_list("kind", flat=True))
        self.folder.cleanup()
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    def follow(self, meanwhile: dict[int, Happening] | None = None, crash_at: int = 0) -> None:
        """Start the follower's program in its folder. Once it has followed to the end, that is what the service has."""
        follower = start(self.library, Path(self.folder.name), meanwhile, crash_at)
        try:
            follower.catch_up()
        except Crash:
            reached["crash"] += 1
        else:
            assert follower.entries() == self.library.in_force()

    @rule(what=st.lists(happening, min_size=1, max_size=3))
    def things_happen(self, what: list[Happening]) -> None:
        for each in what:
            self.library.happens(*each)

    @rule(what=happening)
    def one_thing_happens_and_is_followed(self, what: Happening) -> None:
        self.library.happens(*what)
        self.follow()

    @rule(what=st.dictionaries(st.integers(1, 12), happening, min_size=1, max_size=3))
    def things_happen_while_they_are_followed(self, what: dict[int, Happening]) -> None:
        self.follow(what)

    @rule(hours=st.integers(0, 31))
    def time_passes(self, hours: int) -> None:
        self.library.happens("pass_time", hours)
        self.follow()

    @rule(what=happening, crash_at=st.integers(1, 12))
    def the_follower_crashes(self, what: Happening, crash_at: int) -> None:
        self.library.happens(*what)
        self.follow(crash_at=crash_at)

    @rule()
    def a_backup_is_made(self) -> None:
        self.backup = transaction.savepoint()

    @precondition(lambda self: self.backup)
    @rule(what=st.none() | happening)
    def the_backup_is_restored(self, what: Happening | None) -> None:
        transaction.savepoint_rollback(self.backup)
        STORE.clear()
        if what:
            self.library.happens(*what)


def start(library: Library, folder: Path, meanwhile: dict[int, Happening] | None = None, crash_at: int = 0) -> Interrupted:
    follower = Interrupted(folder, service(library, meanwhile), lambda: library.now, crash_at)
    follower.page_size = PAGE_SIZE
    return follower


@pytest.fixture
def library(db: None, monkeypatch: pytest.MonkeyPatch) -> Library:
    monkeypatch.setattr(os, "fsync", lambda _: None)  # it matters in a power cut alone
    return Library()


def test_whatever_happens_there_and_here_the_folder_comes_to_be_what_the_service_has(library: Library) -> None:
    reached.clear()
    Following.library = library
    size = settings(quiet, max_examples=300 if THOROUGH else 10, stateful_step_count=50 if THOROUGH else 30)
    run_state_machine_as_test(Following, settings=size)
    missed = {"published", "withdrawn", "restored", "reclassified", "standing_text", "erased", "expired", "crash"} - reached.keys()
    assert not missed, f"the machine never got as far as {sorted(missed)}"


def test_a_first_copy_of_rows_that_move_ends_as_what_the_service_has(library: Library) -> None:
    @settings(quiet, max_examples=500 if THOROUGH else 25)
    @given(what=st.dictionaries(st.integers(1, 6), happening, min_size=1, max_size=4))
    def first_copy(what: dict[int, Happening]) -> None:
        STORE.clear()
        library.now = NOW
        with transaction.atomic(), tempfile.TemporaryDirectory(prefix="follower-") as folder:
            follower = start(library, Path(folder), what)
            follower.catch_up()
            assert follower.entries() == library.in_force()
            transaction.set_rollback(True)

    first_copy()
