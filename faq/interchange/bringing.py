"""Entries through the verbs: new ones that were reviewed elsewhere a few at a time, all others each in a transaction of its own."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from django.utils import timezone

from faq import workflow
from faq.interchange.entries import Entry
from faq.interchange.fates import Fate, fate_of
from faq.interchange.faults import Faulty
from faq.interchange.plan import Plan
from faq.interchange.shelf import Shelf
from faq.interchange.transactions import own_transaction
from faq.interchange.wanted import Stage, Wanted, review_day
from faq.models import Answer, ImportRun, Question, Submission, User
from faq.workflow.drafting import lock_question
from faq.workflow.who import lock_people

OUTCOMES: Final = {"create": "created", "edit": "new_version", "revise": "new_version", "advance": "new_version", "nothing": "unchanged"}
TOGETHER: Final = 25
"""New entries in one transaction: a fifth of a second under the Ledger's lock, and what a broken-off import does again at most."""


class Bringer:
    """Brings in the entries of one Plan. `is_rehearsal`: everything is done and taken back, transaction by transaction."""

    def __init__(self, plan: Plan, wanted: Wanted, run: ImportRun | None, *, is_rehearsal: bool) -> None:
        self.plan, self.wanted, self.run, self.is_rehearsal = plan, wanted, run, is_rehearsal
        self.shelf = Shelf(plan)
        self.questions = dict(Question.objects.values_list("slug", "pk"))
        self.earlier: dict[str, list[Entry]] = {}

    def bring_all(self, entries: Iterable[Entry]) -> Iterator[str | Faulty]:
        """Bring in `entries` in their order; yield `created`, `new_version` or `unchanged`, or what is wrong, for each."""
        for group in self.groups(entries):
            if len(group) > 1 and self.arrive(group):
                yield from ["created"] * len(group)
            else:
                yield from map(self.bring, group)

    def groups(self, entries: Iterable[Entry]) -> Iterator[list[Entry]]:
        """Yield the entries in groups of up to TOGETHER that may arrive together; any other entry alone."""
        group: list[Entry] = []
        for entry in entries:
            joins = self.arrives(entry) and entry.slug not in {other.slug for other in group}
            if group and (len(group) == TOGETHER or not joins):
                yield group
                group = []
            if self.arrives(entry):  # asked again: what was just brought may be its first version
                group.append(entry)
            else:
                yield [entry]
        if group:
            yield group

    def arrives(self, entry: Entry) -> bool:
        """Return whether `entry` is new here, goes all the way at once, and follows nothing that a rehearsal has taken back."""
        return entry.slug not in self.questions and self.wanted.stage_of(entry) == Stage.PUBLISHED and not self.earlier_than(entry)

    def arrive(self, group: list[Entry]) -> bool:
        """Bring in new entries in one transaction; return whether they came. If not, each is to be tried alone, to name the bad one."""
        frame = self.frame()
        try:
            with self.shelf.trying(is_rehearsal=self.is_rehearsal), own_transaction(group[0].place, is_rehearsal=self.is_rehearsal):
                self.shelf.make(group, **frame)
                published = workflow.bring_in([self.arrival(entry, frame["at"]) for entry in group], run=self.run, **frame)
        except Faulty:
            return False
        if self.is_rehearsal:
            self.remember(group)
        else:
            self.questions |= {publication.slug: publication.question_id for publication in published}
        return True

    def frame(self) -> dict[str, Any]:
        """Return who acts, read afresh with the roles of this moment, and when."""
        by = User.objects.prefetch_related("groups").select_related("reviewer").get(pk=self.wanted.by.pk)
        return {"by": by, "at": timezone.now()}

    def arrival(self, entry: Entry, at: datetime) -> workflow.Arrival:
        """Return what `workflow.bring_in` takes."""
        review = workflow.Attested(**vars(self.wanted.attested()), next_review_due_on=review_day(entry, at))
        return workflow.Arrival(entry.slug, entry.words.language, entry.changes(), self.shelf.place(entry), entry.related, review)

    def bring(self, entry: Entry) -> str | Faulty:
        """Bring in one entry, looking again where another import brought it in between; return the outcome, or what is wrong."""
        outcome = self.attempt(entry)
        while isinstance(outcome, Faulty) and self.came_meanwhile(entry):
            outcome = self.attempt(entry)
        return outcome

    def came_meanwhile(self, entry: Entry) -> bool:
        """Return whether the question of `entry`, or a topic or source, has come from elsewhere since this import looked."""
        found = {} if entry.slug in self.questions else dict(Question.objects.filter(slug=entry.slug).values_list("slug", "pk"))
        self.questions |= found
        return self.shelf.look_again() or bool(found)

    def attempt(self, entry: Entry) -> str | Faulty:
        """Bring in one entry; return the outcome, or what is wrong, and then nothing of it stays."""
        frame = self.frame()
        try:
            with self.shelf.trying(is_rehearsal=self.is_rehearsal), own_transaction(entry.place, is_rehearsal=self.is_rehearsal):
                for earlier in self.earlier_than(entry):
                    self.play(earlier, frame)
                fate = self.play(entry, frame)
        except Faulty as faulty:
            return faulty
        if self.is_rehearsal:
            self.remember([entry])
        elif fate.does == "create":
            self.questions[entry.slug] = Question.objects.values_list("pk", flat=True).get(slug=entry.slug)
        return OUTCOMES[fate.does]

    def earlier_than(self, entry: Entry) -> list[Entry]:
        """Return what `entry` follows and what it translates, where a rehearsal took that back, so that it is done again."""
        original = entry.words.translation_of
        return [*(self.earlier.get(original.slug, []) if original else []), *self.earlier.get(entry.slug, [])]

    def remember(self, entries: Iterable[Entry]) -> None:
        """Keep those that others of a rehearsal follow: the versions before the last, and what is translated."""
        for entry in entries:
            if entry.slug in self.plan.originals or self.plan.last[entry.slug] > (entry.is_draft, entry.version):
                self.earlier.setdefault(entry.slug, []).append(entry)

    def play(self, entry: Entry, frame: dict[str, Any]) -> Fate:
        """Do what the entry's fate asks for, and take it as far as wanted; return its fate."""
        if entry.slug in self.questions:
            lock_question(self.questions[entry.slug])  # before the Ledger, which the first topic or source takes (DESIGN: order of locks)
        lock_people(frame["by"].pk)  # the same: the verbs lock them too, and each verb but the first would come after the Ledger
        wanted = replace(self.wanted, by=frame["by"])
        fate = fate_of(entry, wanted, self.plan.last, frame["at"])
        if fate.does == "nothing":
            return fate
        self.shelf.make([entry], **frame)
        if fate.does == "create" and wanted.stage_of(entry) == Stage.PUBLISHED:
            workflow.bring_in([self.arrival(entry, frame["at"])], run=self.run, **frame)
        else:
            self.advance(entry, self.drafted(entry, fate, frame), frame)
        return fate

    def drafted(self, entry: Entry, fate: Fate, frame: dict[str, Any]) -> Answer:
        """Return the open answer with the entry's words."""
        if fate.question is None:
            asked: dict[str, Any] = {"slug": entry.slug, "language": entry.words.language, "wording": entry.words.question}
            places = self.shelf.place(entry)
            return workflow.create_question(topics=places, related=entry.related, changes=entry.changes(), **asked, **frame)
        if fate.does == "advance" and fate.answer:
            return fate.answer
        answer = fate.answer or workflow.start_revision(fate.question, **frame)
        return workflow.edit(answer, changes=entry.changes(), **frame)

    def advance(self, entry: Entry, answer: Answer, frame: dict[str, Any]) -> None:
        """Take the answer from where it stands to the stage that is wanted."""
        stage = self.wanted.stage_of(entry)
        if stage == Stage.DRAFT:
            return
        is_new = answer.status == Answer.Status.DRAFT
        submission = workflow.submit(answer, **frame) if is_new else Submission.objects.filter(answer=answer)[0]
        if stage >= Stage.ATTESTED and (is_new or answer.status == Answer.Status.SUBMITTED):
            workflow.attest(submission, next_review_due_on=review_day(entry, frame["at"]), **vars(self.wanted.attested()), **frame)
        if stage == Stage.PUBLISHED:
            workflow.publish(submission, run=self.run, **frame)
