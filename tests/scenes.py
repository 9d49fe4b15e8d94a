"""An entry at which two people meet, with words, a topic, a source and an advice card of its own, so that many fit into one library."""

import itertools
from datetime import datetime, timedelta
from typing import Any

from faq import workflow
from faq.integrity.ledger import ledger_moment
from faq.models import Answer, Erasure, Publication, Question, Source, StandingText, Submission
from tests import factories
from tests.factories import NOW, a, make_draft, make_publication, make_reviewer, make_revision, make_submission, make_text, make_topic

HOUR, MONTH, DUE = timedelta(hours=1), timedelta(days=30), timedelta(days=300)
numbers = itertools.count(1)


class Scene:
    """What is at hand when a race begins.

    `entry`: `new` (none is published), `bare` (the same, and the words name no card), `current`, `held`, `expiring`, `two` versions,
    `restored` and not confirmed, or `erasing`: somebody has asked for the erasure of version 1.
    `stage` is how far new words are: `none`, `draft`, `by an AI` (a draft too), `submitted`, `approved`, `objected` (and approved) or
    `scheduled`.
    `reviewer` approves the new words, and `third` decides about nothing before.
    """

    def __init__(self, entry: str, stage: str) -> None:
        self.name = f"pair-{next(numbers)}"
        self.at = self.moment()
        factories.make_standing_texts(at=self.at)
        self.reviewer, self.third, self.lead = make_reviewer(at=self.at), make_reviewer(at=self.at), a("lead")
        for topic in (self.name, "elsewhere"):
            make_topic(topic, at=self.at, may_expire=entry == "expiring" and topic == self.name)
        make_text(at=self.at, **self.card, text="Call at once.")
        self.cards = [] if entry == "bare" else [self.name]
        if entry not in ("new", "bare"):
            self.bring_entry(entry)
        self.bring_words(stage, is_new=entry in ("new", "bare"))
        self.at = self.moment()

    @staticmethod
    def moment() -> datetime:
        """Return a moment that no other scene has left behind: the Ledger's."""
        return ledger_moment(NOW)

    def bring_entry(self, state: str) -> None:
        submission = make_submission(make_draft(self.name, at=self.at, topics=[self.name], **self.words()), at=self.at)
        soon = (self.at + MONTH).date()
        dates: dict[str, Any] = {"next_review_due_on": soon, "expires_on": soon} if state == "expiring" else {}
        factories.approve(submission, at=self.at, **dates)
        workflow.publish(submission, by=a("publisher"), at=self.at)
        if state in ("two", "restored", "erasing"):
            make_publication(self.name, at=self.at)
        if state == "restored":
            workflow.restore(self.version(1), by=a("reviewer"), at=self.at, comment="It was better.")
        if state == "held":
            workflow.hold(self.version(1), by=a("reviewer"), at=self.at, comment="Checking.")
        if state == "erasing":
            workflow.erase(self.version(1), by=self.lead, at=self.at, legal_basis="A court's order.")

    def bring_words(self, stage: str, *, is_new: bool) -> None:
        if stage == "none":
            return
        changes = self.words(origin="ai_generated" if stage == "by an AI" else "human", short_answer="Cells are small.")
        draft = make_draft(self.name, at=self.at, topics=[self.name], **changes) if is_new else self.revision(changes)
        if stage in ("draft", "by an AI"):
            return
        submission = make_submission(draft, at=self.at)
        if stage != "submitted":
            factories.approve(submission, by=self.reviewer, at=self.at)
        if stage == "objected":
            workflow.object(submission, by=self.reviewer, at=self.at, comment="Wrong.")
        if stage == "scheduled":
            workflow.schedule(submission, by=a("publisher"), at=self.at, moment=self.at + HOUR)

    def revision(self, changes: dict[str, Any]) -> Answer:
        return make_revision(self.name, at=self.at, **changes)

    def words(self, **changes: Any) -> dict[str, Any]:
        return {"body": f"Cells grow [^{self.name}].", "citations": [{"key": self.name}], "advice_cards": self.cards} | changes

    @property
    def card(self) -> dict[str, Any]:
        return {"kind": "advice_card", "key": self.name, "language": "en", "level": "emergency", "title": "Fever"}

    def proposal(self, **fields: Any) -> StandingText:
        text = workflow.propose(by=self.lead, at=self.at, **{"language": "en"} | fields)
        assert isinstance(text, StandingText)
        return text

    def card_proposal(self) -> StandingText:
        return self.proposal(**self.card, text="Call the team at once.")

    def card_in_force(self) -> StandingText:
        return StandingText.objects.get(kind="advice_card", key=self.name, number=1)

    @property
    def question(self) -> Question:
        return Question.objects.get(slug=self.name)

    @property
    def answer(self) -> Answer:
        return Answer.objects.filter(question__slug=self.name).latest("pk")

    @property
    def submission(self) -> Submission:
        return Submission.objects.filter(question__slug=self.name).latest("pk")

    @property
    def source(self) -> Source:
        return Source.objects.get(key=self.name)

    @property
    def erasure(self) -> Erasure:
        return Erasure.objects.get(question__slug=self.name)

    @property
    def current(self) -> Publication:
        return Publication.objects.current().get(slug=self.name)

    def version(self, number: int) -> Publication:
        return Publication.objects.get(slug=self.name, version=number)
