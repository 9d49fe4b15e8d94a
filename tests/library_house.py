"""More rules of the property test's machine: what people do to what readers meet, and what leads, sources and clocks do meanwhile."""

from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from faq import workflow
from faq.models import Erasure, EvidenceAlert, Ledger, Publication, Question, Reviewer, Source, StandingText, Submission, User
from faq.models.people import SIGN_OFFS
from tests.books import CLINICAL, reopened
from tests.factories import BODY
from tests.library_machine import anybody, note, number, publishing, reviewing, topic_sets, writing
from tests.library_words import WordsRules
from tests.opening import SLUGS, SOURCES, TOPICS, text_of

REVIEWER, LEAD = 1, 3
PASSING = (4, 5, 6, 7, 8, 9, 10, 11)
"""Places in `people`. Those who come and go are no others, so that no example comes to a halt; a change of scope may hit anybody."""


class ReadersRules(WordsRules):
    """What is done to what readers meet."""

    def target(self, place: int, aimed: bool) -> Publication | None:
        """Return a version; where it is `aimed`, the one in force of an entry with approved words on their way, if there is one."""
        slugs = [slug for slug, entry in self.books.entries.items() if entry.current and entry.waiting and entry.waiting.given]
        aims = Publication.objects.current().filter(slug__in=slugs) if aimed else Publication.objects.none()
        return aims.first() or self.pick(Publication.objects, place)

    @rule(person=reviewing, place=number, aimed=st.booleans(), withhold=st.booleans())
    def withdraw(self, person: int, place: int, aimed: bool, withhold: bool) -> None:
        publication = self.target(place, aimed)
        taken = self.attempt(workflow.withdraw, publication, by=person, reason="unsafe", withhold=[1] if withhold else [])
        for each in taken or ():
            entry = self.entry(each)
            note("withdrawn under approved words", reopened([entry]))
            entry.versions[-1].end()
            for version in entry.versions if withhold else ():
                version.is_withheld |= version.content_hash == entry.versions[0].content_hash

    @rule(person=reviewing, place=number, aimed=st.booleans())
    def hold(self, person: int, place: int, aimed: bool) -> None:
        held = self.attempt(workflow.hold, self.target(place, aimed), by=person, comment="A reader wrote.")
        if held:
            note("held over approved words", reopened([self.entry(held)]))
            self.version(held).is_held = True

    def version(self, publication: Publication) -> Any:
        return self.entry(publication).versions[publication.version - 1]

    @precondition(lambda self: any(entry.current and entry.current.is_held for entry in self.books.entries.values()))
    @rule(person=reviewing, place=number)
    def release(self, person: int, place: int) -> None:
        held = self.pick(Publication.objects.filter(is_held=True), place)
        released = self.attempt(workflow.release, held, by=person, comment="It is right.")
        if released:
            version = self.version(released)
            assert version.restored_by is None, "a restored version was released without a second person"
            assert self.decides(person, self.entry(released), version.editors)
            version.is_held = False

    @rule(person=reviewing, place=number, clear=st.booleans())
    def restore(self, person: int, place: int, clear: bool) -> None:
        ended = self.pick(Publication.objects.exclude(status="current"), place)
        if ended and clear:
            self.give_up_draft(ended.question)
        self.bring_back(ended, person)

    def bring_back(self, ended: Any, person: int) -> None:
        restored = self.attempt(workflow.restore, ended, by=person, comment="The new one was wrong.")
        if restored:
            entry, old = self.entry(restored), self.version(ended)
            assert not old.is_withheld, "words that were withheld came back"
            assert not any(self.books.sources[key] == "retracted" for key in old.cites), "words came back whose source was retracted"
            assert entry.waiting is None
            assert self.decides(person, entry, old.editors)
            version = self.books.restore(restored.slug, ended.version, self.pk(person))
            note("restored on an older edition", bool(version.alerts))

    @precondition(lambda self: any(entry.current and entry.current.restored_by for entry in self.books.entries.values()))
    @rule(person=reviewing, place=number)
    def confirm(self, person: int, place: int) -> None:
        confirmed = self.attempt(workflow.confirm, self.pick(Publication.objects.current(), place), by=person)
        if confirmed:
            version = self.version(confirmed)
            assert version.restored_by not in (None, self.pk(person)), "who restored a version confirmed it"
            assert self.decides(person, self.entry(confirmed), version.editors), "somebody without the right confirmed"
            version.restored_by, version.is_held = None, False
            note("confirmed")

    @rule(person=reviewing, place=number, days=st.integers(0, 90))
    def reaffirm(self, person: int, place: int, days: int) -> None:
        publication = self.pick(Publication.objects.current() if days % 3 else Publication.objects, place)
        if publication:
            seen, due = {publication.pk: publication.content_hash}, (self.now + timedelta(days=days)).date()
            if self.attempt(workflow.reaffirm, seen, by=person, next_review_due_on=due):
                assert self.decides(person, self.entry(publication), self.version(publication).editors)

    @rule(person=writing, place=number, topics=topic_sets)
    def reclassify(self, person: int, place: int, topics: set[str]) -> None:
        question = self.pick(Question.objects, place)
        if self.attempt(workflow.reclassify, question, by=person, topics=sorted(topics), related=["one"]):
            entry = self.entry(question)
            entry.topics = set(topics)
            note("taken out of its approver's topics", self.books.is_uncovered(entry) and bool(reopened([entry])))

    # Erasure.

    @rule(person=st.sampled_from((1, 3, 3, 4, 0)), place=number, second=st.none() | reviewing)
    def ask_for_erasure(self, person: int, place: int, second: int | None) -> None:
        ended = self.pick(Publication.objects.exclude(status="current"), place)
        if self.attempt(workflow.erase, ended, by=person, legal_basis="GDPR, article 17"):
            self.entry(ended).erasing[ended.version] = self.pk(person)
            if second is not None:
                self.confirm_erasure(second, 0, clear=True)

    @rule(person=reviewing, place=number, clear=st.booleans())
    def confirm_erasure(self, person: int, place: int, clear: bool) -> None:
        erasure = self.pick(Erasure.objects, place)
        if erasure and clear:
            self.give_up_draft(erasure.question)
        erased = self.attempt(workflow.confirm_erasure, erasure, by=person)
        if erased:
            entry = self.entry(erased)
            assert entry.erasing.pop(erased.version) != self.pk(person), "who asked for an erasure confirmed it"
            assert entry.current is None or entry.current.submission != erased.submission_id, "words in force were erased"
            before = len(self.books.gone)
            self.books.erase(erased.slug, erased.version)
            self.look_for_erased_words()
            note("erased a marker", len(self.books.gone) > before)

    def look_for_erased_words(self) -> None:
        """Look in every column of every table for the markers of erased words, as text and as the hexadecimal digits of a sort key."""
        wanted = {form for marker in self.books.gone for form in (marker, marker.encode().hex())}
        for model in apps.get_app_config("faq").get_models(include_auto_created=True) if wanted else ():
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT * FROM {model._meta.db_table}")
                rows = str([[bytes(value) if isinstance(value, memoryview) else value for value in row] for row in cursor.fetchall()])
            assert not [form for form in wanted if form in rows], f"{model._meta.db_table} still has erased words"

    # Evidence.

    @rule(person=reviewing, place=number, states=st.lists(st.sampled_from(["superseded", "retracted", "current"]), min_size=1, max_size=3))
    def mark_source(self, person: int, place: int, states: list[str]) -> None:
        source = self.pick(Source.objects, place)
        for state in states:
            self.mark(source, person, state)

    @precondition(lambda self: any(entry.waiting and entry.waiting.is_approved for entry in self.books.entries.values()))
    @rule(person=reviewing, place=number, key=st.sampled_from(SOURCES), by=publishing)
    def a_source_moves_before_words_come_out(self, person: int, place: int, key: str, by: int) -> None:
        submission = self.pick(Submission.objects.filter(answer__status="approved"), place)
        self.mark(Source.objects.get(key=key), person, "superseded")
        self.bring_out(submission, by)

    @precondition(lambda self: any(len(entry.versions) > 1 for entry in self.books.entries.values()))
    @rule(person=reviewing, second=reviewing, place=number, key=st.sampled_from(SOURCES))
    def a_source_moves_before_words_come_back(self, person: int, second: int, place: int, key: str) -> None:
        ended = self.pick(Publication.objects.filter(status="superseded"), place)
        if ended:
            self.mark(Source.objects.get(key=key), second, "superseded")
            self.give_up_draft(ended.question)
            self.bring_back(ended, person)

    def mark(self, source: Source, person: int, state: str) -> None:
        if self.attempt(workflow.mark_source, source, by=person, state=state, comment="The journal says so."):
            seen = {(alert.publication.slug, alert.state) for alert in EvidenceAlert.objects.filter(source=source).exclude(outcome="")}
            for slug in self.books.mark(source.key, state):
                note("alerted anew", (slug, state) in seen)

    @precondition(lambda self: any(version.alerts for entry in self.books.entries.values() for version in entry.versions))
    @rule(person=reviewing, place=number, outcome=st.sampled_from(["unaffected", "minor", "affected"]))
    def triage(self, person: int, place: int, outcome: str) -> None:
        alert = self.pick(EvidenceAlert.objects, place)
        if self.attempt(workflow.triage_alert, alert, by=person, outcome=outcome, note="Read both."):
            entry = self.entry(alert.publication)
            assert self.decides(person, entry, set())
            self.version(alert.publication).alerts.remove((alert.source.key, alert.state))
            note("triaged")


class HouseRules(ReadersRules):
    """What is done to standing texts, review scopes, accounts and clocks."""

    @rule(person=st.sampled_from((3, 0, 1, 2, 8)), place=st.integers(0, 30), second=st.none() | reviewing)
    def propose(self, person: int, place: int, second: int | None) -> None:
        old = self.pick(StandingText.objects.filter(kind__in=["disclaimer", "advice_card"]), place)
        fields = {name: getattr(old, name) for name in ("kind", "key", "language", "placement", "required", "level", "title")}
        text = self.attempt(workflow.propose, by=person, text=f"{old.text[:200]} And ask.", **fields)
        if text:
            self.books.texts[text.pk] = text_of(text)
            assert text.starts_at is None
            if second is not None:
                self.approve_text(second, 0)

    @rule(person=reviewing, place=number)
    def approve_text(self, person: int, place: int) -> None:
        text = self.attempt(workflow.approve_text, self.pick(StandingText.objects.proposed(), place), by=person)
        if text:
            known = self.books.texts[text.pk]
            assert known.proposed_by != self.pk(person), "who proposed a text approved it"
            assert known.language in self.books.people[self.pk(person)].languages
            self.books.approve_text(text.pk, self.books.recorded)
            note("text of a second person")

    @rule(person=anybody, place=st.integers(0, 40))
    def end_text(self, person: int, place: int) -> None:
        text = self.attempt(workflow.end_text, self.pick(StandingText.objects, place), by=person, comment="Not needed.")
        if text:
            self.books.texts[text.pk].ends = self.books.recorded
            note("text ended" if self.books.texts[text.pk].starts else "text refused")

    # People.

    def whom(self, place: int, aimed: bool) -> int:
        """Return `place`; where it is `aimed`, that of a reviewer with an approval that waits, if there is one."""
        given = {by for entry in self.books.entries.values() if entry.waiting for by, _ in entry.waiting.given}
        aims = [each for each in (REVIEWER, *PASSING) if self.pk(each) in given]
        return aims[0] if aims and aimed else place

    @rule(
        place=anybody,
        aimed=st.booleans(),
        by=st.sampled_from((LEAD, LEAD, LEAD, 1)),
        languages=st.sampled_from([["en", "es"], ["en", "es"], ["es"], ["en"]]),
        topics=st.sampled_from([None, None, [*TOPICS], ["hearts"], ["lungs"]]),
        sign_offs=st.sampled_from([[CLINICAL], [CLINICAL], [*SIGN_OFFS], ["plain_language"]]),
        days=st.integers(0, 1000),
    )
    def grant(
        self, place: int, aimed: bool, by: int, languages: list[str], topics: list[str] | None, sign_offs: list[str], days: int
    ) -> None:
        place = self.whom(place, aimed)
        until = (self.now + timedelta(days=days)).date()
        scope: dict[str, Any] = {"languages": languages, "sign_offs": sign_offs, "verified_until": until, "profession": "Oncology nurse"}
        named: dict[str, Any] = {"topics": topics} if topics else {"all_topics": True}
        user = User.objects.get(pk=self.pk(place))
        if self.attempt(workflow.grant_reviewer, user, by=by, **scope, **named):
            assert place != by, "somebody granted a scope to themselves"
            self.books.people[user.pk].scope(languages, topics, sign_offs, until)
            note("scope made smaller", len(self.books.reopen_of(user.pk)))

    @rule(place=st.sampled_from(PASSING), aimed=st.booleans(), by=st.sampled_from((LEAD, LEAD, LEAD, 1)))
    def revoke(self, place: int, aimed: bool, by: int) -> None:
        user = self.people[self.whom(place, aimed)]
        if self.attempt(workflow.revoke_reviewer, Reviewer.objects.filter(user=user).first(), by=by, comment="Left."):
            self.books.people[user.pk].until = None
            note("revoked under approved words", len(self.books.reopen_of(user.pk)))

    @rule(place=st.sampled_from(PASSING))
    def switch_account(self, place: int) -> None:
        """Switch an account off or on, as a lead does in the admin: what they approved stands, and they decide no more."""
        person = self.books.people[self.pk(place)]
        person.is_active = not person.is_active
        User.objects.filter(pk=self.pk(place)).update(is_active=person.is_active)

    # Clocks.

    @precondition(lambda self: not self.is_behind and self.now.year < 2080)
    @rule(
        ahead=st.sampled_from([timedelta(minutes=4), timedelta(hours=2), timedelta(days=20), timedelta(days=800)]),
        deeds=st.lists(st.sampled_from(["carry_on", "propose", "hold", "withdraw", "jobs"]), min_size=1, max_size=3),
        place=number,
        reviewer=reviewing,
        then=st.sampled_from(["", "hold", "withdraw"]),
    )
    def clock_jumps(self, ahead: timedelta, deeds: list[str], place: int, reviewer: int, then: str) -> None:
        """For a while the clock is ahead; once it is right again, what was done meanwhile lies ahead."""
        right, self.now = self.now, self.now + ahead
        for deed in deeds:
            self.do(deed, place, reviewer)
            self.the_promise_holds()
        self.now = right
        note("a clock behind", self.is_behind)
        self.do(then, place, reviewer)

    def do(self, deed: str, place: int, reviewer: int) -> None:
        if deed == "carry_on":
            self.carry_on(SLUGS[place % 2], steps=4, author=0, reviewer=reviewer, hours=None, marked=True, body=BODY)
        elif deed == "propose":
            self.propose(LEAD, place, reviewer)
        elif deed == "hold":
            self.hold(reviewer, place, aimed=True)
        elif deed == "withdraw":
            self.withdraw(reviewer, place, aimed=True, withhold=False)
        elif deed == "jobs":
            self.run_jobs()

    @rule(place=number, away=st.sampled_from([timedelta(minutes=-6), timedelta(minutes=6), timedelta(days=400), timedelta(days=-400)]))
    def name_another_moment(self, place: int, away: timedelta) -> None:
        """Nobody names another moment than the clock's, not even for what keeps readers from harm."""
        publication = self.pick(Publication.objects, place)
        before = Ledger.objects.values().get()
        with pytest.raises((ValueError, workflow.TransitionRefused)):
            workflow.withdraw(publication, by=self.people[1], at=self.now + away, reason="unsafe")
        assert Ledger.objects.values().get() == before
