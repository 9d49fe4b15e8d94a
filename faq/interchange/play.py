"""A library's past, played row by row through the ordinary verbs: what load_demo does with fixtures/her2/history.yaml.

Each row is `at` (an aware moment), `verb`, `by` (a username), mostly `slug`, and what else that verb takes, under its own names.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from django.db.models import Model

from faq import workflow
from faq.interchange.entries import Entry, entry_of
from faq.interchange.faults import Faulty, Place
from faq.interchange.files import Row, check_inside, read_entry, read_rows
from faq.interchange.rows import TextRow, read
from faq.interchange.shared_texts import propose_text, proposed_text
from faq.interchange.transactions import refusals
from faq.models import Answer, Publication, Question, Source, Submission, User
from faq.models.answers import OPEN

Guides = Mapping[str, dict[str, int]]
"""{entry: {guide: place}}"""
FRAME: Final = ("at", "verb", "by", "slug", "file", "key", "version", "waive")
OURS: Final = ("by", "at", "seen_hash")
"""What a row need not give its verb: the player does."""
ON_SUBMISSION: Final = ("approve", "request_changes", "object", "resolve", "publish", "schedule", "unschedule")
ON_PUBLICATION: Final = ("withdraw", "hold", "release", "restore", "confirm", "erase")
ON_ANSWER: Final = ("submit", "recall", "discard", "take_over")


@dataclass(frozen=True)
class Step:
    """One row of the history, ready to be played. `arguments` are those of its verb that the row itself gives."""

    row: Row
    place: Place
    folder: Path
    guides: Guides
    by: User
    at: datetime

    @property
    def slug(self) -> str:
        """The entry that the row is about."""
        return str(self.row.get("slug", ""))

    @property
    def frame(self) -> dict[str, Any]:
        """Who does it and when."""
        return {"by": self.by, "at": self.at}

    def entry(self) -> Entry:
        """Return the entry of the row's file; its slug must be the row's."""
        entry = entry_of(*read_entry(check_inside(self.folder, str(self.row.get("file", "")), self.place), self.folder))
        if entry.slug != self.slug:
            raise Faulty([self.place.fault("slug", f"is {self.slug}, but {entry.place.file} holds {entry.slug}")])
        return entry

    def texts(self) -> list[tuple[TextRow, Place]]:
        """Return the standing texts of the row's file."""
        rows = read_rows(check_inside(self.folder, str(self.row.get("file", "")), self.place), self.folder)
        return [(read(TextRow, row, place), place) for row, place in rows]

    def arguments(self, verb: Callable[..., Any]) -> dict[str, Any]:
        """Return what the row gives `verb`; raise Faulty naming what that does not take."""
        takes = inspect.signature(verb).parameters
        given = {name: value for name, value in self.row.items() if name not in FRAME}
        needed = [name for name, each in takes.items() if each.kind is each.KEYWORD_ONLY and each.default is each.empty]
        faults = [self.place.fault(name, f"{self.row['verb']} does not take this") for name in given if name not in takes]
        faults += [self.place.fault(name, "is missing") for name in needed if name not in (*given, *OURS)]
        if faults:
            raise Faulty(faults)
        return {name: self.typed(name, value) for name, value in given.items()}

    def typed(self, name: str, value: Any) -> Any:
        """Return `value` as verbs want it: days for names in `_on`, moments for `moment`, waivers as such."""
        try:
            if name.endswith("_on"):
                return date.fromisoformat(value)
            if name == "moment":
                return datetime.fromisoformat(value)
            return [workflow.Waive(**waiver) for waiver in value] if name == "waivers" else value
        except (TypeError, ValueError) as error:
            raise Faulty([self.place.fault(name, str(error))]) from error


def play(path: Path, people: Mapping[str, User], guides: Guides) -> int:
    """Play the history `path`; return how many rows it has. Raises Faulty naming the row that cannot be played.

    `guides` maps an entry to its {guide: place}: those it joins when it is made.
    """
    steps = steps_of(path, people, guides)
    for step in steps:
        with refusals(step.place, f"{step.row['verb']} {step.slug}".strip()):
            PLAYERS[step.row["verb"]](step)
    return len(steps)


def steps_of(path: Path, people: Mapping[str, User], guides: Guides) -> list[Step]:
    """Return the rows of a history, in order of time; raise Faulty for unknown verbs and people, and for a row out of order."""
    steps: list[Step] = []
    for row, place in read_rows(path, path.parent):
        if row.get("verb") not in PLAYERS:
            raise Faulty([place.fault("verb", f"unknown; known are {', '.join(sorted(PLAYERS))}")])
        if row.get("by") not in people:
            raise Faulty([place.fault("by", f"unknown; known are {', '.join(sorted(people))}")])
        at = moment(row.get("at"), place)
        if steps and at < steps[-1].at:
            raise Faulty([place.fault("at", "lies before the row above; put the rows in order of time")])
        steps.append(Step(row, place, path.parent, guides, people[row["by"]], at))
    return steps


def moment(value: Any, place: Place) -> datetime:
    """Return the aware moment that `value` names; raise Faulty for anything else."""
    try:
        at = datetime.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise Faulty([place.fault("at", "must be a moment such as 2026-03-02T12:00:00Z")]) from error
    if at.tzinfo is None:
        raise Faulty([place.fault("at", "must name its time zone, such as Z")])
    return at


# What a row is about.


def found(row: Model | None, step: Step, what: str) -> Any:
    """Return `row`; raise Faulty where there is none."""
    if row is None:
        raise Faulty([step.place.fault("slug", f"{step.slug} has no {what} here")])
    return row


def question_of(step: Step) -> Question:
    """Return the question a row names."""
    question: Question = found(Question.objects.filter(slug=step.slug).first(), step, "question")
    return question


def answer_of(step: Step) -> Answer:
    """Return the open answer of the question a row names."""
    answer: Answer = found(Answer.objects.filter(question__slug=step.slug, status__in=OPEN).first(), step, "open answer")
    return answer


def submission_of(step: Step) -> Submission:
    """Return the newest submission of the question a row names."""
    submission: Submission = found(Submission.objects.filter(question__slug=step.slug).order_by("-number").first(), step, "submission")
    return submission


def publication_of(step: Step) -> Publication:
    """Return the version a row names, or the newest one."""
    rows = Publication.objects.filter(slug=step.slug).order_by("-version")
    chosen = rows.filter(version=step.row["version"]) if step.row.get("version") else rows
    publication: Publication = found(chosen.first(), step, "published version")
    return publication


# The players.


def on(find: Callable[[Step], Any], name: str) -> Callable[[Step], None]:
    """Return the player of the verb `name`, which acts on what `find` finds."""
    verb = getattr(workflow, name)

    def player(step: Step) -> None:
        verb(find(step), **step.frame, **step.arguments(verb))

    return player


def approve(step: Step) -> None:
    """Approve the newest submission, whose words the person saw."""
    submission = submission_of(step)
    arguments = {"waivers": [], **step.arguments(workflow.approve)}
    arguments["waivers"] += waived(step, submission)
    workflow.approve(submission, **step.frame, seen_hash=submission.content_hash, **arguments)


def waived(step: Step, submission: Submission) -> list[workflow.Waive]:
    """Return a waiver per concern whose code the row's `waive` ({code: reason}) names; raise Faulty for a code nobody is concerned by."""
    reasons = step.row.get("waive") or {}
    concerns = [each for each in workflow.readiness_of(submission, step.at) if each.grade == "concern"] if reasons else []
    unused = sorted(reasons.keys() - {each.code for each in concerns})
    if unused:
        raise Faulty(step.place.fault("waive", f"there is no concern {code}") for code in unused)
    return [workflow.Waive(each.code, each.sentence, reasons[each.code]) for each in concerns if each.code in reasons]


def create(step: Step) -> None:
    """Make the question that the row's file holds, with its first draft."""
    entry = step.entry()
    answer = workflow.create_question(
        slug=entry.slug,
        language=entry.words.language,
        wording=entry.words.question,
        topics=entry.topics | step.guides.get(entry.slug, {}),
        related=entry.related,
        **step.frame,
    )
    workflow.edit(answer, **step.frame, changes=entry.changes())


def revise(step: Step) -> None:
    """Open a new draft with the words of the row's file."""
    answer = workflow.start_revision(question_of(step), **step.frame)
    workflow.edit(answer, **step.frame, changes=step.entry().changes())


def edit(step: Step) -> None:
    """Give the open draft the words of the row's file."""
    workflow.edit(answer_of(step), **step.frame, changes=step.entry().changes())


def reaffirm(step: Step) -> None:
    """Say that the newest version still stands."""
    publication = publication_of(step)
    workflow.reaffirm({publication.pk: publication.content_hash}, **step.frame, **step.arguments(workflow.reaffirm))


def mark_source(step: Step) -> None:
    """Say what became of the source that `key` names."""
    source = found(Source.objects.filter(key=step.row.get("key")).first(), step, f"source {step.row.get('key')}")
    workflow.mark_source(source, **step.frame, **step.arguments(workflow.mark_source))


def propose_texts(step: Step) -> None:
    """Propose every standing text of the row's file."""
    for row, place in step.texts():
        propose_text(row, place, **step.frame)


def approve_texts(step: Step) -> None:
    """Put every standing text of the row's file into force."""
    for row, place in step.texts():
        with refusals(place):
            workflow.approve_text(proposed_text(row, place), **step.frame)


PLAYERS: Final[dict[str, Callable[[Step], None]]] = {
    "create": create,
    "revise": revise,
    "edit": edit,
    "approve": approve,
    "reaffirm": reaffirm,
    "reclassify": on(question_of, "reclassify"),
    "mark_source": mark_source,
    "propose_text": propose_texts,
    "approve_text": approve_texts,
    **{name: on(submission_of, name) for name in ON_SUBMISSION if name != "approve"},
    **{name: on(publication_of, name) for name in ON_PUBLICATION},
    **{name: on(answer_of, name) for name in ON_ANSWER},
}
