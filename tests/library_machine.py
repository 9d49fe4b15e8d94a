"""The machine of the property test: how a step is taken, by whom, and what the books make of it.

The rules about words on their way to readers are in library_words.py, those about what readers meet and about the house in
library_house.py; what must hold after each step is in test_promise.py.
"""

from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any, Final
from unittest import mock

from django.db import connection, transaction
from django.test import Client
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine

from faq import jobs, workflow
from faq.models import Answer, Change, Publication, Question, User
from faq.public.caching import STORE
from tests.books import CLINICAL, Books, Entry, Person
from tests.factories import NOW
from tests.opening import TOPICS

number = st.integers(0, 5)
anybody = st.integers(0, 10)
reviewing = st.sampled_from((1, 4, 1, 4, 1, 5, 6, 7, 8, 9, 0, 11))  # places in `people`: mostly those who may, and some who may not
writing = st.sampled_from((0, 0, 4, 9, 10, 1))
publishing = st.sampled_from((2, 2, 2, 2, 9, 0, 1))
topic_sets = st.sets(st.sampled_from(TOPICS))
PUBLISHER = 2
"""Their place in `people`."""
TOLERANCE: Final = timedelta(minutes=5)
WHATEVER_THE_CLOCK: Final = {"withdraw", "hold"}
WRITES: Final = ("INSERT", "UPDATE", "DELETE")
WRITES_NO_RECORD: Final = {"edit"}

AUTHORS: Final = {"create_question", "edit", "start_revision", "take_over", "submit", "recall"}
PUBLISHERS: Final = {"publish", "schedule"}
REVIEWERS: Final = {"request_changes", "approve", "object", "withdraw", "hold", "confirm_erasure"}
CLINICIANS: Final = {"resolve", "release", "restore", "confirm", "reaffirm", "mark_source", "triage_alert", "approve_text"}
LEADS: Final = {"grant_reviewer", "revoke_reviewer"}
REVIEWERS_AND: Final = {
    "unschedule": ("publisher",),
    "erase": ("lead",),
    "end_text": ("lead",),
    "propose": ("author", "importer", "lead"),
    "reclassify": ("author", "importer", "lead"),
}
"""The verbs that a reviewer may use, and those in these roles."""

reached: Counter[str] = Counter()
"""How often each kind of thing came about in all examples: a machine that reaches little proves little."""


def note(what: str, times: int = 1) -> None:
    if times:
        reached[what] += times


def may(verb: str, person: Person, at: datetime) -> bool:
    """Return whether somebody has the right to a verb at all, whatever it is about."""
    day = at.date()
    rights: list[tuple[bool, bool]] = [
        (verb in AUTHORS, person.has("author")),
        (verb == "discard", person.has("author", "lead")),
        (verb in PUBLISHERS, person.has("publisher")),
        (verb in LEADS, person.has("lead")),
        (verb in REVIEWERS, person.reviews(day)),
        (verb in CLINICIANS, person.reviews(day, CLINICAL)),
        (verb in REVIEWERS_AND, person.reviews(day) or person.has(*REVIEWERS_AND.get(verb, ()))),
    ]
    return next(has for concerns, has in rights if concerns)


class Steps(RuleBasedStateMachine):
    """A library inside a transaction that is rolled back, books of its own beside it, and a clock that the machine sets."""

    people: list[User]
    opened: Books

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.around = ExitStack()
        self.around.enter_context(mock.patch("django.utils.timezone.now", self.clock))
        self.around.enter_context(transaction.atomic())
        self.around.enter_context(connection.execute_wrapper(self.notice))
        self.is_moved, self.looked_at = True, NOW
        self.client = Client()
        self.books = deepcopy(self.opened)
        self.counted = 0
        STORE.clear()

    def teardown(self) -> None:
        """Count what came about, and leave nothing behind."""
        reached.update(Change.objects.values_list("kind", flat=True))
        transaction.set_rollback(True)
        self.around.close()

    def notice(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        """Note that something was written, be it taken back again: what must hold is looked at again only then, or at another time."""
        self.is_moved |= sql.startswith(WRITES)
        return execute(sql, params, many, context)

    def the_promise_holds(self) -> None:
        """Look at what must hold after each step; test_promise.py says what that is."""
        raise NotImplementedError

    # How a step is taken.

    def clock(self) -> datetime:
        return self.now

    @property
    def is_behind(self) -> bool:
        return self.books.recorded - self.now > TOLERANCE

    def attempt(self, verb: Callable[..., Any], *things: Any, by: int, **arguments: Any) -> Any:
        """Have one person try one verb; a refusal is an answer, anything else that goes wrong is a failure."""
        if None in things:
            return None
        person = self.people[by % len(self.people)].pk
        try:
            outcome = verb(*things, by=User.objects.get(pk=person), at=self.now, **arguments)
        except (workflow.TransitionRefused, workflow.WordsRefused):
            note("refused by the clock", self.is_behind)
            return None
        name = verb.__name__
        assert may(name, self.books.people[person], self.now), f"{name} went through without the right to it"
        assert name in WHATEVER_THE_CLOCK or not self.is_behind, f"{name} went through by a clock that was behind"
        note(f"{name} by a clock behind", self.is_behind)
        if name not in WRITES_NO_RECORD:
            self.record()
        return outcome

    def record(self) -> None:
        self.books.recorded = max(self.books.recorded, self.now)

    def pk(self, place: int) -> int:
        return self.people[place % len(self.people)].pk

    def decides(self, place: int, entry: Entry, editors: Any, sign_off: str = CLINICAL) -> bool:
        return self.books.decides(self.pk(place), entry, editors, self.now.date(), sign_off)

    @staticmethod
    def pick(rows: Any, place: int) -> Any:
        """Return one of the rows, or None; half of the time the newest, which most verbs are about."""
        found = list(rows.order_by("-pk"))
        return found[(place // 2) % len(found) if place % 2 else 0] if found else None

    def holder(self, answer: Answer | None, stranger: int | None = None) -> int:
        """Return the place of the person who holds `answer`, or of a stranger who tries."""
        if answer is None or stranger is not None:
            return stranger or 0
        return [each.pk for each in self.people].index(answer.author_id)

    def entry(self, thing: Any) -> Entry:
        """Return the books' page of a Question, or of whatever belongs to one."""
        return self.books.entries[thing.slug if isinstance(thing, Question) else thing.question.slug]

    def came_out(self, publication: Publication) -> None:
        """Hold a version that was published by whatever way against the books."""
        slug = publication.slug
        waiting = self.books.waiting(slug)
        assert (waiting.submission, waiting.content_hash) == (publication.submission_id, publication.content_hash)
        lacking = self.books.lacks(slug, self.now)
        assert not lacking, f"published, and {lacking}"
        version = self.books.publish(slug)
        note("published on an older edition that nobody looked at", bool(version.alerts))

    def run_jobs(self) -> None:
        """Have the clock do its jobs: what comes out was to come out by now, and what was to come out does, unless something stops it."""
        due = {slug for slug, entry in self.books.entries.items() if entry.waiting and entry.waiting.is_due(self.now)}
        before = set(Publication.objects.values_list("pk", flat=True))
        assert not jobs.run(self.now)["failed"]
        for publication in Publication.objects.exclude(pk__in=before):
            assert publication.slug in due, "the clock published what was not scheduled"
            assert not self.is_behind
            self.came_out(publication)
            self.record()
            due.remove(publication.slug)
            note("published by the clock")
        if not self.is_behind:
            assert all(self.books.lacks(slug, self.now) for slug in due), "what was scheduled did not come out"
            note("kept in by the clock", len(due))
