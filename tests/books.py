"""The books of the property test: what its machine knows by itself, told by what people did and never read back from the library.

Plain values, so that each example begins with a copy. Moments are aware, `day` is the day on which somebody acts, people are primary keys.
"""

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final

NOTICES: Final = ("withdrawn", "held", "expired", "erased")
CLINICAL: Final = "clinical"


@dataclass
class Person:
    """An account and its review scope as leads left them. `topics` None: all. `until` None: no reviewer, or none any more."""

    roles: frozenset[str]
    is_active: bool = True
    languages: frozenset[str] = frozenset()
    topics: frozenset[str] | None = frozenset()
    sign_offs: frozenset[str] = frozenset()
    until: date | None = None

    def scope(self, languages: Iterable[str], topics: Iterable[str] | None, sign_offs: Iterable[str], until: date) -> None:
        self.languages, self.sign_offs, self.until = frozenset(languages), frozenset(sign_offs), until
        self.topics = None if topics is None else frozenset(topics)

    def has(self, *roles: str) -> bool:
        return self.is_active and bool(self.roles & set(roles))

    def reviews(self, day: date, sign_off: str = "") -> bool:
        return self.is_active and self.until is not None and day <= self.until and (not sign_off or sign_off in self.sign_offs)

    def covers(self, language: str, topics: Collection[str]) -> bool:
        return language in self.languages and (self.topics is None or (bool(topics) and set(topics) <= self.topics))


@dataclass
class Frozen:
    """Words that were submitted, with those who wrote them. `waived`: sources whose last move their approver knew, with a reason."""

    submission: int
    content_hash: str
    words: str
    editors: frozenset[int]
    waived: set[str] = field(default_factory=set, kw_only=True)

    @property
    def cites(self) -> set[str]:
        return {cited["key"] for cited in json.loads(self.words)["citations"]}

    @property
    def cards(self) -> list[str]:
        return list(json.loads(self.words)["advice_cards"])


@dataclass
class Waiting(Frozen):
    """Words on their way: the sign-offs that count, by whom; objections; the moment of the schedule."""

    given: set[tuple[int, str]] = field(default_factory=set)
    is_objected_to: bool = False
    moment: datetime | None = None

    @property
    def is_approved(self) -> bool:
        return any(sign_off == CLINICAL for _, sign_off in self.given)

    def is_due(self, at: datetime) -> bool:
        return self.moment is not None and self.moment <= at

    def reopen(self) -> bool:
        """Forget what was given and when it was to come out; return whether there was anything to forget."""
        had = bool(self.given)
        self.given, self.waived, self.moment = set(), set(), None
        return had


@dataclass
class Version(Frozen):
    """A version that readers met. `alerts`: (source, state) that wait for somebody; `restored_by`: who did, until another confirms it."""

    is_current: bool = True
    is_held: bool = False
    is_withheld: bool = False
    is_erased: bool = False
    restored_by: int | None = None
    alerts: set[tuple[str, str]] = field(default_factory=set)

    def end(self) -> None:
        self.is_current, self.is_held, self.restored_by = False, False, None


@dataclass
class Entry:
    """A question: who wrote since the last version came out, what waits, what readers met, the markers typed into its drafts."""

    language: str
    topics: set[str]
    wrote: set[int]
    waiting: Waiting | None = None
    versions: list[Version] = field(default_factory=list)
    typed: set[str] = field(default_factory=set)
    erasing: dict[int, int] = field(default_factory=dict)
    """{version: who asked for its erasure}."""

    @property
    def current(self) -> Version | None:
        return self.versions[-1] if self.versions and self.versions[-1].is_current else None


@dataclass
class Text:
    """One version of a standing text."""

    kind: str
    key: str
    language: str
    number: int
    text: str
    title: str
    level: str
    required: bool
    proposed_by: int
    starts: datetime | None = None
    ends: datetime | None = None

    def in_force(self, at: datetime) -> bool:
        return self.starts is not None and self.starts <= at and (self.ends is None or at < self.ends)

    @property
    def line(self) -> tuple[str, str, str]:
        return self.kind, self.key, self.language


@dataclass
class Books:
    """All of it. `approved`: by hash who gave the clinical sign-off; `gone`: markers of erased words; `recorded`: the newest moment."""

    recorded: datetime
    people: dict[int, Person] = field(default_factory=dict)
    entries: dict[str, Entry] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    texts: dict[int, Text] = field(default_factory=dict)
    approved: dict[str, set[int]] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)

    # Who may.

    def decides(self, person: int, entry: Entry, editors: Collection[int], day: date, sign_off: str) -> bool:
        """Return, by the machine's own reading of the design, whether this person might give this sign-off to words of `editors`."""
        somebody = self.people[person]
        return person not in editors and somebody.reviews(day, sign_off) and somebody.covers(entry.language, entry.topics)

    # Words.

    def approve(self, slug: str, person: int, sign_off: str) -> None:
        waiting = self.waiting(slug)
        waiting.given.add((person, sign_off))
        if sign_off == CLINICAL:  # nobody gets past the concern about an older edition without a reason
            waiting.waived |= {key for key in waiting.cites if self.sources[key] == "superseded"}
            self.approved.setdefault(waiting.content_hash, set()).add(person)

    def waiting(self, slug: str) -> Waiting:
        found = self.entries[slug].waiting
        assert found, f"nothing of {slug} waits"
        return found

    def lacks(self, slug: str, at: datetime) -> str:
        """Return what stands between the waiting words of `slug` and readers, as far as these books know, or an empty string."""
        waiting, language = self.waiting(slug), self.entries[slug].language
        if not waiting.is_approved:
            return "nobody's approval counts"
        if waiting.is_objected_to:
            return "somebody objected"
        if any(self.sources[key] == "retracted" for key in waiting.cites):
            return "a source was retracted"
        force = {text.line for text in self.in_force(language, at)}
        needed = {("notice", key, language) for key in NOTICES} | {("advice_card", key, language) for key in waiting.cards}
        disclaimed = any(text.required and text.kind == "disclaimer" for text in self.in_force(language, at))
        return "" if needed <= force and disclaimed else "a standing text is missing"

    def publish(self, slug: str) -> Version:
        """Move what waits among the versions, and begin a new line of editors."""
        entry, waiting = self.entries[slug], self.waiting(slug)
        entry.waiting, entry.wrote = None, set()
        return self.add(entry, waiting)

    def restore(self, slug: str, number: int, person: int) -> Version:
        entry = self.entries[slug]
        version = self.add(entry, entry.versions[number - 1])
        version.is_held, version.restored_by = True, person
        return version

    def add(self, entry: Entry, words: Frozen) -> Version:
        if entry.current:
            entry.current.end()
        version = Version(words.submission, words.content_hash, words.words, words.editors, waived=set(words.waived))
        unseen = {key for key in version.cites if self.sources[key] != "current"} - version.waived
        version.alerts = {(key, self.sources[key]) for key in unseen}
        entry.versions.append(version)
        return version

    def reopen_of(self, person: int) -> list[str]:
        """Ask again about what waits with a sign-off that this person could give no more; return the slugs."""
        somebody, asked = self.people[person], []
        for slug, entry in self.entries.items():
            given = {sign_off for by, sign_off in entry.waiting.given if by == person} if entry.waiting else set()
            lost = somebody.until is None or given - somebody.sign_offs or not somebody.covers(entry.language, entry.topics)
            if given and lost and entry.waiting and entry.waiting.reopen():
                asked.append(slug)
        return asked

    def is_uncovered(self, entry: Entry) -> bool:
        """Return whether one who approved what waits reviews no longer all topics in which the entry stands."""
        given = entry.waiting.given if entry.waiting else set()
        return any(not self.people[by].covers(entry.language, entry.topics) for by, _ in given)

    # Erasure.

    def erase(self, slug: str, number: int) -> None:
        """Note the erased version, with those that repeat its submission, and each marker that no other version holds."""
        entry = self.entries[slug]
        submission = entry.versions[number - 1].submission
        entry.versions = [
            replace(each, is_erased=True, is_withheld=True, words="") if each.submission == submission else each for each in entry.versions
        ]
        kept = "".join(each.words for each in entry.versions)
        self.gone |= {marker for marker in entry.typed if marker not in kept}

    # Evidence.

    def mark(self, key: str, state: str) -> list[str]:
        """Note the state of a source; return the slugs whose version in force gets an alert that it did not have."""
        self.sources[key] = state
        for entry in self.entries.values():
            for words in (entry.waiting, *entry.versions):
                if words:
                    words.waived.discard(key)
        alerted = []
        for slug, entry in self.entries.items():
            if state != "current" and entry.current and key in entry.current.cites and (key, state) not in entry.current.alerts:
                entry.current.alerts.add((key, state))
                alerted.append(slug)
        return alerted

    # Standing texts.

    def in_force(self, language: str, at: datetime) -> Iterator[Text]:
        yield from (text for text in self.texts.values() if text.language == language and text.in_force(at))

    def approve_text(self, pk: int, moment: datetime) -> None:
        text = self.texts[pk]
        for other in self.texts.values():
            if other.line == text.line and other.starts and other.ends is None:
                other.ends = moment
        text.starts = moment

    def shown(self, language: str, at: datetime) -> tuple[list[Any], dict[str, Any]]:
        """Return what an answer of the API has to show: the disclaimers as sorted rows, the cards by key."""
        texts = list(self.in_force(language, at))
        disclaimers = sorted((text.key, text.text, text.number) for text in texts if text.kind == "disclaimer")
        cards = {t.key: {"level": t.level, "signs": t.title, "action": t.text} for t in texts if t.kind == "advice_card"}
        return disclaimers, cards


def reopened(entries: Iterable[Entry]) -> int:
    """Ask again about what waits of `entries`; return for how many that changed something."""
    return sum(bool(entry.waiting and entry.waiting.reopen()) for entry in entries)
