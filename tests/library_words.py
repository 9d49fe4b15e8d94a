"""Rules of the property test's machine about words on their way to readers: writing, deciding, publishing, and time that passes."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from faq import workflow
from faq.content.words import digest
from faq.models import Answer, Question, Submission, User
from faq.models.answers import OPEN
from tests.books import CLINICAL, Entry
from tests.factories import BODY, words
from tests.library_machine import PUBLISHER, Steps, anybody, number, publishing, reviewing, topic_sets, writing
from tests.opening import MARKER, SLUGS, waiting_of

BODIES = (BODY, BODY + " Take 5 mg a day [^s2].", "Cells grow [^s2]. That is all [^s1].")

ON_ITS_WAY = st.fixed_dictionaries(
    {
        "steps": st.integers(1, 4),
        "author": writing,
        "reviewer": reviewing,
        "hours": st.none() | st.integers(1, 48),
        "marked": st.booleans(),
        "body": st.sampled_from(BODIES),
    }
)
"""How an entry is carried on; where there are `hours` it is put on the schedule, and published at once where there are none."""


class WordsRules(Steps):
    """What people do to words that are not out yet."""

    # Writing.

    @rule(person=writing, place=number, topics=topic_sets)
    def create(self, person: int, place: int, topics: set[str]) -> None:
        slug = SLUGS[place % len(SLUGS)]
        language = "es" if slug == "uno" else "en"
        about: dict[str, Any] = {"slug": slug, "language": language, "wording": f"{slug}?", "topics": sorted(topics)}
        if self.attempt(workflow.create_question, by=person, **about):
            self.books.entries[slug] = Entry(language, set(topics), {self.pk(person)})

    @initialize(one=ON_ITS_WAY, two=ON_ITS_WAY)
    def begin(self, one: dict[str, Any], two: dict[str, Any]) -> None:
        self.carry_on("one", **one)
        self.carry_on("two", **two)

    @rule(how=ON_ITS_WAY)
    def carry_one_on(self, how: dict[str, Any]) -> None:
        self.carry_on("one", **how)

    @rule(how=ON_ITS_WAY)
    def carry_two_on(self, how: dict[str, Any]) -> None:
        self.carry_on("two", **how)

    @rule(how=ON_ITS_WAY)
    def carry_uno_on(self, how: dict[str, Any]) -> None:
        self.carry_on("uno", **how)

    def carry_on(self, slug: str, *, steps: int, author: int, reviewer: int, hours: int | None, marked: bool, body: str) -> None:
        """Do what comes next for an entry on its way to readers, `steps` times: one by one it would hardly ever get there."""
        question = Question.objects.filter(slug=slug).first()
        for _ in range(steps):
            answer = Answer.objects.filter(question=question, status__in=OPEN).first()
            submission = answer.submissions.first() if answer else None
            if answer is None:
                self.write(self.revise(question, author), author, marked=marked, body=body)
            elif answer.status == "draft":
                self.hand_in(answer, self.holder(answer))
            elif answer.status == "submitted":
                self.give(submission, reviewer)
            elif answer.status == "approved" and hours is None:
                self.bring_out(submission, PUBLISHER)
            elif answer.status == "approved":
                self.plan(submission, PUBLISHER, timedelta(hours=hours or 0))

    @rule(
        stranger=st.none() | anybody,
        place=number,
        body=st.sampled_from(BODIES),
        origin=st.sampled_from(["human", "human", "ai_generated"]),
        marked=st.booleans(),
        cards=st.sampled_from([[], ["fever"]]),
    )
    def edit(self, stranger: int | None, place: int, **changes: Any) -> None:
        answer = self.pick(Answer.objects.filter(status="draft"), place) or self.pick(Answer.objects, place)
        self.write(answer, self.holder(answer, stranger), **changes)

    def write(self, answer: Answer | None, by: int, *, body: str, marked: bool, origin: str = "human", cards: Sequence[str] = ()) -> None:
        """Change a draft; where it is `marked` a word is put into it that stands nowhere else."""
        changes = words(body=body, origin=origin, advice_cards=list(cards), citations=[{"key": "s1"}, {"key": "s2"}])
        self.counted += 1
        marker = MARKER + "".join(chr(ord("a") + int(digit)) for digit in f"{self.counted:03}")
        if marked:
            changes |= {"body": f"{body} Some call it {marker} [^s1].", "question": f"What is {marker}?"}
        answer = self.attempt(workflow.edit, answer, by=by, changes=changes)
        if answer:
            self.entry(answer).wrote.add(answer.author.pk)
            self.entry(answer).typed |= {marker} if marked else set()

    @rule(person=writing, place=number)
    def start_revision(self, person: int, place: int) -> None:
        self.revise(self.pick(Question.objects, place), person)

    def revise(self, question: Question | None, by: int) -> Answer | None:
        answer: Answer | None = self.attempt(workflow.start_revision, question, by=by)
        if answer:
            self.entry(answer).wrote.add(answer.author.pk)
        return answer

    @rule(person=writing, place=number)
    def take_over(self, person: int, place: int) -> None:
        answer = self.pick(Answer.objects.filter(status__in=OPEN), place)
        answer = self.attempt(workflow.take_over, answer, by=person)
        if answer:
            self.entry(answer).wrote.add(answer.author.pk)

    @rule(stranger=st.none() | anybody, place=number)
    def submit(self, stranger: int | None, place: int) -> None:
        answer = self.pick(Answer.objects.filter(status__in=OPEN), place)
        self.hand_in(answer, self.holder(answer, stranger))

    def hand_in(self, answer: Answer | None, by: int) -> None:
        submission = self.attempt(workflow.submit, answer, by=by)
        if submission:
            entry = self.entry(submission)
            entry.waiting = waiting_of(submission, entry)

    @rule(stranger=st.none() | anybody, place=number, verb=st.sampled_from([workflow.recall, workflow.discard]))
    def recall_or_discard(self, stranger: int | None, place: int, verb: Callable[..., Any]) -> None:
        answer = self.pick(Answer.objects.filter(status__in=OPEN), place)
        self.take_back(answer, self.holder(answer, stranger), verb)

    def take_back(self, answer: Answer | None, by: int, verb: Callable[..., Any]) -> None:
        why = {"reason": "No."} if verb is workflow.discard else {}
        if self.attempt(verb, answer, by=by, **why):
            self.entry(answer).waiting = None

    def give_up_draft(self, question: Question) -> None:
        """Let nothing be open of a question, for a restoration or an erasure of its words waits for that."""
        for verb in (workflow.recall, workflow.discard):
            answer = Answer.objects.filter(question=question, status__in=OPEN).first()
            self.take_back(answer, self.holder(answer), verb)

    # Deciding.

    @rule(
        person=reviewing,
        place=number,
        right=st.sampled_from([True, True, True, False]),
        sign_off=st.sampled_from([CLINICAL, CLINICAL, CLINICAL, "patient_reader"]),
        waive=st.booleans(),
        days=st.integers(1, 60),
    )
    def approve(self, person: int, place: int, **said: Any) -> None:
        self.give(self.pick(Submission.objects.filter(answer__status="submitted"), place), person, **said)

    def give(
        self, submission: Submission | None, by: int, *, right: bool = True, sign_off: str = CLINICAL, waive: bool = True, days: int = 30
    ) -> None:
        """Give a sign-off, waiving what is to be waived and ticking what is to be ticked, or neither of them.

        Where it is not `right` words are approved that nobody saw.
        """
        if submission is None:
            return
        found = workflow.readiness_of(submission, self.now) if waive else []
        concerns = [workflow.GivenWaiver(each.code, each.sentence, "It may.") for each in found if each.grade == "concern"]
        seen = submission.content_hash if right else "0" * 64
        said: dict[str, Any] = {"seen_hash": seen, "sign_off": sign_off, "waivers": concerns}
        said["checked"] = [statement.place for statement in workflow.to_be_checked(submission, self.now)] if waive else []
        lacks = sign_off == CLINICAL and workflow.unchecked(submission, User.objects.get(pk=self.pk(by)), said["checked"], self.now)
        due = (self.now + timedelta(days=days)).date()
        if self.attempt(workflow.approve, submission, by=by, next_review_due_on=due, **said):
            entry, slug = self.entry(submission), submission.question.slug
            assert right, "approved words that were not seen"
            assert not lacks, "approved words of an AI with sentences that nobody held against their sources"
            assert digest(submission.words) == self.books.waiting(slug).content_hash
            assert self.decides(by, entry, entry.wrote, sign_off), "an editor, or somebody without the right, approved"
            self.books.approve(slug, self.pk(by), sign_off)

    @staticmethod
    def waiting() -> Any:
        """Return the submissions whose answer is open: decided or not, newest or not."""
        return Submission.objects.filter(answer__status__in=OPEN)

    @rule(person=reviewing, place=number)
    def request_changes(self, person: int, place: int) -> None:
        submission = self.pick(self.waiting(), place)
        if self.attempt(workflow.request_changes, submission, by=person, comment="Shorter."):
            assert self.decides(person, self.entry(submission), self.entry(submission).wrote, "")
            self.entry(submission).waiting = None

    @rule(person=reviewing, place=number, verb=st.sampled_from([workflow.object, workflow.resolve]))
    def object_or_resolve(self, person: int, place: int, verb: Callable[..., Any]) -> None:
        submission = self.pick(self.waiting(), place)
        if self.attempt(verb, submission, by=person, comment="I looked at it."):
            self.books.waiting(submission.question.slug).is_objected_to = verb is workflow.object
            entry = self.entry(submission)
            assert self.decides(person, entry, entry.wrote) or verb is workflow.object

    # Publishing.

    def approved(self, place: int) -> Submission | None:
        """Return words that a publisher might take for approved."""
        found: Submission | None = self.pick(Submission.objects.filter(answer__status="approved"), place)
        return found or self.pick(Submission.objects, place)

    @rule(person=publishing, place=number)
    def publish(self, person: int, place: int) -> None:
        self.bring_out(self.approved(place), person)

    def bring_out(self, submission: Submission | None, by: int) -> None:
        publication = self.attempt(workflow.publish, submission, by=by)
        if publication:
            assert self.books.waiting(publication.slug).moment is None, "published by hand while it was on the schedule"
            self.came_out(publication)

    @rule(person=publishing, place=number, hours=st.integers(0, 48))
    def schedule(self, person: int, place: int, hours: int) -> None:
        self.plan(self.approved(place), person, timedelta(hours=hours))

    def plan(self, submission: Submission | None, by: int, wait: timedelta) -> None:
        moment = self.now + wait
        answer = self.attempt(workflow.schedule, submission, by=by, moment=moment)
        if answer:
            waiting = self.books.waiting(answer.question.slug)
            assert moment > self.now
            assert waiting.is_approved
            assert not waiting.is_objected_to
            waiting.moment = moment

    @precondition(lambda self: any(entry.waiting and entry.waiting.moment for entry in self.books.entries.values()))
    @rule(person=anybody, place=number)
    def unschedule(self, person: int, place: int) -> None:
        submission = self.pick(Submission.objects.filter(answer__status="scheduled"), place)
        if self.attempt(workflow.unschedule, submission, by=person):
            self.books.waiting(submission.question.slug).moment = None

    @rule(hours=st.integers(0, 24 * 20), catch_up=st.booleans())
    def time_passes(self, hours: int, catch_up: bool) -> None:
        self.now += timedelta(hours=hours)
        if catch_up and self.is_behind:
            self.now = self.books.recorded
        self.run_jobs()
