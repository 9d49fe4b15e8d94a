"""The promise, under random people doing random things in any order, by clocks that are not always right.

After each step everything that a public face shows was approved word for word by a qualified person who wrote none of it, equals
its hash, nothing shown before is lost, and `verify` finds nothing. What the machine expects it keeps in its own books (books.py), not in
the library's tables: who wrote which words since the last version, who was entitled to decide, which approvals count, which texts stand.
"""

import logging
import os
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import invariant, run_state_machine_as_test

from faq import verify
from faq.content.words import CitedSource, Provenance, Words, canonical_text, digest
from faq.integrity.ledger import backdating
from faq.models import Answer, EvidenceAlert, Ledger
from tests.books import Entry, Version
from tests.library_house import HouseRules
from tests.library_machine import reached
from tests.opening import SLUGS, open_library

EACH_TIME = [check for check in verify.CHECKS if check not in (verify.guards, verify.references)]
"""Two checks look at what no verb can touch, and take as long as the rest: they wait for the end of an example."""

OFTEN = {
    *("published", "withdrawn", "held", "restored", "reaffirmed", "reclassified", "standing_text", "evidence_alert", "erased"),
    *("published by the clock", "held over approved words"),
    *("revoked under approved words", "text of a second person", "text ended", "triaged", "restored on an older edition"),
    *("erased a marker", "a clock behind", "refused by the clock"),
}
"""What even a short run has to reach, as kinds of Changes and in the words of `note`."""
RARELY = {
    *("scope made smaller", "withdrawn under approved words", "withdraw by a clock behind"),
    *("released", "confirmed", "evidence_cleared", "kept in by the clock", "text refused"),
    "published on an older edition that nobody looked at",
}
"""What a long run has to reach besides. Of what else is noted even those meet some now and then only: "alerted anew", "hold by a clock
behind", "taken out of its approver's topics", each in two of three runs of 300 examples.
"""


class Library(HouseRules):
    """The rules, and what must hold after each step."""

    def teardown(self) -> None:
        try:
            self.look_at_the_end()
        finally:
            super().teardown()

    def look_at_the_end(self) -> None:
        """Look at what is too slow to look at after each step."""
        self.look_for_erased_words()
        for slug, entry in self.books.entries.items():
            if entry.versions:
                self.look_at_today(slug)
        assert [*verify.guards(), *verify.references()] == []

    @invariant()
    def the_promise_holds(self) -> None:
        if not self.is_moved and self.looked_at == self.now:
            return
        self.is_moved, self.looked_at = False, self.now
        self.readers_meet_only_approved_words_and_lose_none()
        self.what_waits_has_the_approvals_that_count()
        self.every_alert_waits_until_somebody_looked()
        self.nothing_is_found_by_verify()

    def readers_meet_only_approved_words_and_lose_none(self) -> None:
        for slug in SLUGS:
            entry = self.books.entries.get(slug)
            versions = entry.versions if entry else []
            status, listed = self.read(f"{slug}/versions/")
            assert status == (200 if versions else 404)
            assert listed.get("count", 0) == len(versions), "a version is lost, or there is one more"
            for number in range(1, len(versions) + 1):
                self.look_at(slug, number)
            if versions:
                self.look_at_entry(slug)

    def read(self, path: str) -> tuple[int, dict[str, Any]]:
        """Ask as an app does; no answer holds a word that was erased."""
        response = self.client.get(f"/api/v1/entries/{path}")
        text = response.content.decode()
        assert not [marker for marker in self.books.gone if marker in text], "erased words are shown"
        return response.status_code, response.json()

    def look_at(self, slug: str, number: int) -> None:
        """Hold one version against the books."""
        version = self.books.entries[slug].versions[number - 1]
        status, entry = self.read(f"{slug}/versions/{number}/")
        assert status == (410 if version.is_withheld or version.is_erased else 200), entry
        self.look_at_texts(self.books.entries[slug], version, entry)
        if status == 200:
            found = digest(canonical_text(words_in(entry)))
            assert entry["content_hash"] == f"sha256:{found}", "the words shown are not those of the hash"
            assert version.content_hash == found, "a version changed"
            assert self.books.approved.get(found), "shown, and nobody approved these bytes"

    def look_at_texts(self, entry: Entry, version: Version, shown: dict[str, Any]) -> None:
        """Around the words, or in their place, stand the disclaimers and cards that a second person approved, and no other."""
        disclaimers, cards = self.books.shown(entry.language, self.now)
        assert sorted((each["key"], each["text"], each["version"]) for each in shown["disclaimers"]) == disclaimers
        emergencies = [key for key, card in cards.items() if card["level"] == "emergency"]
        asked = emergencies if version.is_erased else version.cards
        assert shown["urgent_advice"] == [cards[key] for key in asked if key in cards]

    def look_at_entry(self, slug: str) -> None:
        """The entry itself is the newest version, held where somebody holds it, with the alerts that wait; or it is gone."""
        current = self.books.entries[slug].current
        status, entry = self.read(f"{slug}/")
        assert status == (200 if current else 410)
        if current:
            assert entry["version"] == len(self.books.entries[slug].versions)
            assert bool(entry["review"]["held"]) == current.is_held
            standing = {(key, state) for key, state in current.alerts if self.books.sources[key] == state}
            assert standing == {(each["source"], each["state"]) for each in entry["review"]["alerts"] if not each["outcome"]}
        if self.is_behind:
            self.look_at_today(slug)

    def look_at_today(self, slug: str) -> None:
        """What stood today is what stands now, whatever moments were recorded by a clock that was ahead."""
        assert self.read(f"{slug}/?as_of={self.now.date()}") == self.read(f"{slug}/")

    def what_waits_has_the_approvals_that_count(self) -> None:
        open_answers = Answer.objects.filter(status__in=["submitted", "approved", "scheduled"])
        waits = open_answers.values_list("question__slug", "status", "scheduled_for")
        expected = {(slug, *status_of(entry)) for slug, entry in self.books.entries.items() if entry.waiting}
        assert set(waits) == expected

    def every_alert_waits_until_somebody_looked(self) -> None:
        rows = EvidenceAlert.objects.filter(outcome="").values_list("publication__slug", "publication__version", "source__key", "state")
        expected = {
            (slug, number, *alert)
            for slug, entry in self.books.entries.items()
            for number, version in enumerate(entry.versions, 1)
            for alert in version.alerts
        }
        assert set(rows) == expected

    def nothing_is_found_by_verify(self) -> None:
        assert Ledger.objects.get().moved_at == self.books.recorded
        assert [fault for check in EACH_TIME for fault in check()] == []
        assert list(verify.composed(whole=True)) == []


def status_of(entry: Entry) -> tuple[str, Any]:
    """Return the status in which waiting words have to be, with the moment of the schedule."""
    waiting = entry.waiting
    assert waiting
    return ("scheduled" if waiting.moment else "approved" if waiting.is_approved else "submitted"), waiting.moment


def words_in(entry: dict[str, Any]) -> Words:
    """Return the Words of an entry of the API, put together as a client would to check the hash."""
    provenance = {name: entry["provenance"][name] for name in Provenance.model_fields}
    cited = [{name: each[name] for name in CitedSource.model_fields} for each in entry["citations"]]
    same = {name: entry[name] for name in Words.model_fields if name in entry}
    return Words.model_validate(same | {"body": entry["answer"]["markdown"], "provenance": provenance, "citations": cited})


@pytest.fixture
def _as_in_use(db: None) -> Iterator[None]:
    """Once the library stands, take away what conftest.py gives every test: the machine names no moment but that of its clock."""
    Library.people, Library.opened = open_library()
    token = backdating.set(False)
    logging.disable(logging.WARNING)  # each refusal and each 404 is a line; of a failure nothing else would be seen
    yield
    logging.disable(logging.NOTSET)
    backdating.reset(token)


@pytest.mark.django_db
@pytest.mark.usefixtures("_as_in_use")
def test_nothing_unapproved_is_shown_and_nothing_shown_is_lost() -> None:
    thorough = bool(os.environ.get("THOROUGH"))
    reached.clear()
    run_state_machine_as_test(
        Library,
        settings=settings(
            max_examples=300 if thorough else 24,
            stateful_step_count=60 if thorough else 40,
            derandomize=not thorough,
            phases=list(Phase) if thorough else [Phase.generate],  # a failure is told at once; THOROUGH=1 makes it small
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
        ),
    )
    missed = (OFTEN | RARELY if thorough else OFTEN) - reached.keys()
    assert not missed, f"the machine never got as far as {sorted(missed)}"
