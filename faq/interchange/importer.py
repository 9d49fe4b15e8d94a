"""Entries through the verbs: new ones that were reviewed elsewhere a few at a time, all others each in a transaction of its own."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, NamedTuple

from django.utils import timezone

from faq import workflow
from faq.content.words import Words
from faq.interchange.entries import FileEntry
from faq.interchange.entry_actions import EntryAction, action_for, whole_words
from faq.interchange.errors import Place, RowErrors
from faq.interchange.options import ImportOptions, Stage, review_day
from faq.interchange.plan import Plan
from faq.interchange.shared_rows import SharedRows
from faq.interchange.transactions import own_transaction
from faq.models import Answer, ImportRun, Question, ReviewDecision, Submission, User, Waiver
from faq.workflow.locks import lock_people, lock_question

OUTCOME_OF: Final = {"create": "created", "edit": "new_version", "revise": "new_version", "advance": "new_version", "nothing": "unchanged"}
GROUP_SIZE: Final = 25
"""New entries in one transaction: a fifth of a second under the Ledger's lock, and what a broken-off import does again at most."""


class ImportedEntry(NamedTuple):
    """What became of one entry: `created`, `new_version` or `unchanged`; a rehearsal of new words tells them, and those before."""

    slug: str
    outcome: str
    before: Words | None = None
    after: Words | None = None


class EntryImporter:
    """Imports the entries of one Plan. In a rehearsal everything is done and taken back, transaction by transaction.

    `questions`: {slug: primary key} of those in the library, as far as this import knows. `taken_back`: {slug: its versions so far},
    which a rehearsal does once more before an entry that builds on them. `attested`: {key of a Submission: the entry's place} of those
    whose reviews this transaction has recorded.
    """

    def __init__(self, plan: Plan, options: ImportOptions, run: ImportRun | None, *, is_rehearsal: bool) -> None:
        self.plan, self.options, self.run, self.is_rehearsal = plan, options, run, is_rehearsal
        self.shared = SharedRows(plan, options)
        self.questions = dict(Question.objects.values_list("slug", "pk"))
        self.taken_back: dict[str, list[FileEntry]] = {}
        self.attested: dict[int, Place] = {}

    def import_all(self, entries: Iterable[FileEntry]) -> Iterator[ImportedEntry | RowErrors]:
        """Yield for each entry, in its order, what became of it, or what is wrong with it."""
        for group in self.groups(entries):
            if len(group) > 1 and self.import_group(group):
                yield from (ImportedEntry(entry.slug, "created") for entry in group)
            else:
                yield from map(self.import_one, group)

    def groups(self, entries: Iterable[FileEntry]) -> Iterator[list[FileEntry]]:
        """Yield up to GROUP_SIZE new entries together, and any other entry alone. Whoever asks for the next group has imported the last."""
        group: list[FileEntry] = []
        for entry in entries:
            joins = self.can_be_grouped(entry) and entry.slug not in {other.slug for other in group}
            if group and (len(group) == GROUP_SIZE or not joins):
                yield group
                group = []
            if self.can_be_grouped(entry):  # asked again: the group just imported may hold its first version
                group.append(entry)
            else:
                yield [entry]
        if group:
            yield group

    def can_be_grouped(self, entry: FileEntry) -> bool:
        """Whether `entry` is new, goes all the way at once (the case that publish_new is for), and builds on nothing taken back."""
        return entry.slug not in self.questions and self.options.stage_of(entry) == Stage.PUBLISHED and not self.needed_before(entry)

    def import_group(self, group: list[FileEntry]) -> bool:
        """Import all of these new entries or none; after False each is to be tried alone, which names the bad one."""
        by_and_at = self.by_and_at()
        try:
            with self.shared.trying(is_rehearsal=self.is_rehearsal), own_transaction(group[0].place, is_rehearsal=self.is_rehearsal):
                self.shared.create_needed(group, **by_and_at)
                published = workflow.publish_new(
                    [self.new_entry(entry, by_and_at["at"]) for entry in group], run=self.run, coming=self.plan.slugs, **by_and_at
                )
                self.attested = {row.submission_id: entry.place for row, entry in zip(published, group, strict=True)}
                concerns = self.concerns_kept()
        except RowErrors:
            return False
        self.warn_of(concerns)
        if self.is_rehearsal:
            self.remember(group)
        else:
            self.questions |= {publication.slug: publication.question_id for publication in published}
        return True

    def by_and_at(self) -> dict[str, Any]:
        """The keywords of every verb. The person is read afresh: a role may be taken away in the course of a long import."""
        by = User.objects.prefetch_related("groups").select_related("reviewer").get(pk=self.options.by.pk)
        return {"by": by, "at": timezone.now()}

    def new_entry(self, entry: FileEntry, at: datetime) -> workflow.NewEntry:
        review = workflow.ExternalReview(**vars(self.options.require_attestation()), next_review_due_on=review_day(entry, at))
        places = self.shared.topic_places(entry)
        return workflow.NewEntry(entry.slug, entry.words.language, entry.changes(), places, entry.related, review)

    def import_one(self, entry: FileEntry) -> ImportedEntry | RowErrors:
        """Return what became of an entry, or what is wrong.

        Another import may create the same question, topic or source between this one's look at the library and its write. One of the
        two is refused then, and tries again with what it has learned; where nothing new has appeared, the refusal stands.
        """
        outcome = self.attempt(entry)
        while isinstance(outcome, RowErrors) and self.appeared_meanwhile(entry):
            outcome = self.attempt(entry)
        return outcome

    def appeared_meanwhile(self, entry: FileEntry) -> bool:
        new = {} if entry.slug in self.questions else dict(Question.objects.filter(slug=entry.slug).values_list("slug", "pk"))
        self.questions |= new
        return self.shared.refresh() or bool(new)

    def attempt(self, entry: FileEntry) -> ImportedEntry | RowErrors:
        """Return what became of an entry, or what is wrong; in that case nothing of it stays."""
        by_and_at = self.by_and_at()
        self.attested = {}
        try:
            with self.shared.trying(is_rehearsal=self.is_rehearsal), own_transaction(entry.place, is_rehearsal=self.is_rehearsal):
                for earlier in self.needed_before(entry):
                    self.apply(earlier, by_and_at)
                imported = self.apply(entry, by_and_at)
                concerns = self.concerns_kept()
        except RowErrors as row_errors:
            return row_errors
        self.warn_of(concerns)
        if self.is_rehearsal:
            self.remember([entry])
        elif imported.outcome == "created":
            self.questions[entry.slug] = Question.objects.values_list("pk", flat=True).get(slug=entry.slug)
        return imported

    def concerns_kept(self) -> list[tuple[Place, Waiver]]:
        """Return what stands beside the reviews that were recorded; asked before a rehearsal takes it back."""
        kept = Waiver.objects.filter(submission__in=self.attested, decision__kind=ReviewDecision.Kind.ATTEST) if self.attested else ()
        return [(self.attested[row.submission_id], row) for row in kept]

    def warn_of(self, concerns: Iterable[tuple[Place, Waiver]]) -> None:
        """Tell of each concern: nobody here looked at it, and the words go out with it."""
        for place, row in concerns:
            sentence = f" “{row.sentence}”" if row.sentence else ""
            self.plan.warn(place, "entry", f"a concern is kept beside the review: {row.code.replace('_', ' ')}{sentence}")

    def needed_before(self, entry: FileEntry) -> list[FileEntry]:
        """What a rehearsal took back and `entry` builds on: what it translates, then its own earlier versions."""
        original = entry.words.translation_of
        return [*(self.taken_back.get(original.slug, []) if original else []), *self.taken_back.get(entry.slug, [])]

    def remember(self, entries: Iterable[FileEntry]) -> None:
        """Keep only those that others build on, or a rehearsal would hold its whole path in memory."""
        for entry in entries:
            if entry.slug in self.plan.originals or self.plan.last_versions[entry.slug] > (entry.is_draft, entry.version):
                self.taken_back.setdefault(entry.slug, []).append(entry)

    def apply(self, entry: FileEntry, by_and_at: dict[str, Any]) -> ImportedEntry:
        """Take the entry as far as the import goes, and return what became of it; a rehearsal tells its words before and after.

        The locks come first, in the order of faq/workflow/locks.py. Each verb takes them too, but the first one may create a topic or
        source and then holds the Ledger: to wait for a question or an account after that is to wait in a circle with a person who has
        locked it and waits for the Ledger.
        """
        if entry.slug in self.questions:
            lock_question(self.questions[entry.slug])
        lock_people(by_and_at["by"].pk)
        options = replace(self.options, by=by_and_at["by"])
        action = action_for(entry, options, self.plan.last_versions, by_and_at["at"])
        if action.kind == "nothing":
            return ImportedEntry(entry.slug, "unchanged")
        before = action.words_before() if self.is_rehearsal else None
        self.shared.create_needed([entry], **by_and_at)
        if action.kind == "create" and options.stage_of(entry) == Stage.PUBLISHED:
            [published] = workflow.publish_new([self.new_entry(entry, by_and_at["at"])], run=self.run, coming=self.plan.slugs, **by_and_at)
            self.attested[published.submission_id] = entry.place
        else:
            self.advance(entry, self.open_draft(entry, action, by_and_at), by_and_at)
        # Asked of the library and not of the file, since what the file leaves open is filled in there.
        after = whole_words(Answer.objects.filter(question__slug=entry.slug).latest("pk")) if before else None
        return ImportedEntry(entry.slug, OUTCOME_OF[action.kind], before, after)

    def open_draft(self, entry: FileEntry, action: EntryAction, by_and_at: dict[str, Any]) -> Answer:
        if action.question is None:
            asked: dict[str, Any] = {"slug": entry.slug, "language": entry.words.language, "wording": entry.words.question}
            places = self.shared.topic_places(entry)
            return workflow.create_question(
                topics=places, related=entry.related, coming=self.plan.slugs, changes=entry.changes(), **asked, **by_and_at
            )
        if action.kind == "advance" and action.answer:
            return action.answer
        answer = action.answer or workflow.start_revision(action.question, **by_and_at)
        return workflow.edit(answer, changes=entry.changes(), **by_and_at)

    def advance(self, entry: FileEntry, answer: Answer, by_and_at: dict[str, Any]) -> None:
        """Take the answer from where it stands to the stage of the import; a step that was taken before is not taken again."""
        stage = self.options.stage_of(entry)
        if stage == Stage.DRAFT:
            return
        is_new = answer.status == Answer.Status.DRAFT
        submission = workflow.submit(answer, **by_and_at) if is_new else Submission.objects.filter(answer=answer)[0]  # the newest
        if stage >= Stage.ATTESTED and (is_new or answer.status == Answer.Status.SUBMITTED):
            review = vars(self.options.require_attestation())
            workflow.attest(submission, next_review_due_on=review_day(entry, by_and_at["at"]), **review, **by_and_at)
            self.attested[submission.pk] = entry.place
        if stage == Stage.PUBLISHED:
            workflow.publish(submission, run=self.run, **by_and_at)
