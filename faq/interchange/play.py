"""A library's past, played row by row through the ordinary verbs: what load_demo does with fixtures/her2/history.yaml.

Each row is `at` (an aware moment), `verb`, `by` (a username), mostly `slug`, and what else that verb takes, under its own names.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TypeVar

from django.db.models import Model

from faq import workflow
from faq.clock import calendar_fault, read_day
from faq.interchange.entries import FileEntry, entry_from_row
from faq.interchange.errors import Place, RowErrors
from faq.interchange.files import Row, check_inside, read_entry, read_rows, typed
from faq.interchange.rows import TextRow, read_row
from faq.interchange.shared_texts import propose_text, proposed_text
from faq.interchange.transactions import refusals_as_errors
from faq.models import Answer, Publication, Question, Source, Submission, User
from faq.models.answers import OPEN

Guides = Mapping[str, dict[str, int]]
"""{entry: {guide: place}}"""
READ_BY_PLAYER: Final = ("at", "verb", "by", "slug", "file", "key", "version", "waive")
"""Fields of a row that say what it is about; all others are arguments of its verb."""
GIVEN_BY_PLAYER: Final = ("by", "at", "seen_hash")
"""Arguments that a verb requires and a row need not give."""
ON_SUBMISSION: Final = ("request_changes", "object", "resolve", "publish", "schedule", "unschedule")
ON_PUBLICATION: Final = ("withdraw", "hold", "release", "restore", "confirm", "erase")
ON_ANSWER: Final = ("submit", "recall", "discard", "take_over", "lower_origin")
M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Step:
    """One row of the history, ready to be played. `folder` is that of the history: paths in rows begin there.

    `coming`: slugs of all its rows.
    """

    row: Row
    place: Place
    folder: Path
    guides: Guides
    coming: frozenset[str]
    by: User
    at: datetime

    @property
    def slug(self) -> str:
        return str(self.row.get("slug", ""))

    @property
    def by_and_at(self) -> dict[str, Any]:
        return {"by": self.by, "at": self.at}

    def entry(self) -> FileEntry:
        """The entry of the row's file. Raises RowErrors where that is another one than the row is about."""
        entry = entry_from_row(*read_entry(check_inside(self.folder, str(self.row.get("file", "")), self.place), self.folder))
        if entry.slug != self.slug:
            raise RowErrors([self.place.error("slug", f"is {self.slug}, but {entry.place.file} holds {entry.slug}")])
        return entry

    def texts(self) -> list[tuple[TextRow, Place]]:
        rows = read_rows(check_inside(self.folder, str(self.row.get("file", "")), self.place), self.folder)
        return [(read_row(TextRow, row, place), place) for row, place in rows]

    def arguments(self, verb: Callable[..., Any]) -> dict[str, Any]:
        """Raises RowErrors naming what `verb` does not take, and what it lacks: the call itself would name no line of the file."""
        takes = inspect.signature(verb).parameters
        given = {name: value for name, value in self.row.items() if name not in READ_BY_PLAYER}
        needed = [name for name, argument in takes.items() if argument.kind is argument.KEYWORD_ONLY and argument.default is argument.empty]
        errors = [self.place.error(name, f"{self.row['verb']} does not take this") for name in given if name not in takes]
        errors += [self.place.error(name, "is missing") for name in needed if name not in (*given, *GIVEN_BY_PLAYER)]
        if errors:
            raise RowErrors(errors)
        return {name: self.typed(name, value) for name, value in given.items()}

    def typed(self, name: str, value: Any) -> Any:
        """In a file days and moments are text; a verb wants a day for a name in `_on`, a moment for `moment`, and GivenWaivers."""
        try:
            if name.endswith("_on"):
                return read_day(value)
            if name == "moment":
                return aware_moment(value)
            return [workflow.GivenWaiver(**waiver) for waiver in value] if name == "waivers" else value
        except (TypeError, ValueError) as error:
            raise RowErrors([self.place.error(name, str(error))]) from error


def play(path: Path, people: Mapping[str, User], guides: Guides) -> int:
    """Return how many rows the history `path` has. `people`: {username: account}. `guides`: those that an entry joins when it is made.

    Raises RowErrors naming the row that cannot be played.
    """
    steps = read_steps(path, people, guides)
    for step in steps:
        with refusals_as_errors(step.place, f"{step.row['verb']} {step.slug}".strip()):
            PLAYERS[step.row["verb"]](step)
    return len(steps)


def read_steps(path: Path, people: Mapping[str, User], guides: Guides) -> list[Step]:
    steps: list[Step] = []
    rows = read_rows(path, path.parent)
    coming = frozenset(str(row.get("slug")) for row, _ in rows)
    for row, place in rows:
        if row.get("verb") not in PLAYERS:
            raise RowErrors([place.error("verb", f"unknown; known are {', '.join(sorted(PLAYERS))}")])
        if row.get("by") not in people:
            raise RowErrors([place.error("by", f"unknown; known are {', '.join(sorted(people))}")])
        at = moment_in_row(row.get("at"), place)
        # The Ledger would not refuse such a row, but give it the moment of the row above.
        if steps and at < steps[-1].at:
            raise RowErrors([place.error("at", "lies before the row above; put the rows in order of time")])
        steps.append(Step(typed(row), place, path.parent, guides, coming, people[row["by"]], at))
    return steps


def moment_in_row(value: Any, place: Place) -> datetime:
    try:
        return aware_moment(value)
    except ValueError as error:
        raise RowErrors([place.error("at", str(error))]) from error


def aware_moment(value: Any) -> datetime:
    """Raises ValueError, which says what is asked for."""
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise ValueError("must be a moment such as 2026-03-02T12:00:00Z") from None
    if moment.tzinfo is None:
        raise ValueError("must name its time zone, such as Z")
    if fault := calendar_fault(moment):
        raise ValueError(fault)
    return moment


# What a row is about.


def require_row(row: M | None, step: Step, what: str) -> M:
    """Raise RowErrors where the library has no `row`; `what` was looked for."""
    if row is None:
        raise RowErrors([step.place.error("slug", f"{step.slug} has no {what} here")])
    return row


def question_of(step: Step) -> Question:
    return require_row(Question.objects.filter(slug=step.slug).first(), step, "question")


def answer_of(step: Step) -> Answer:
    return require_row(Answer.objects.filter(question__slug=step.slug, status__in=OPEN).first(), step, "open answer")


def submission_of(step: Step) -> Submission:
    """The newest one."""
    return require_row(Submission.objects.filter(question__slug=step.slug).order_by("-number").first(), step, "submission")


def publication_of(step: Step) -> Publication:
    """The version that the row names, or the newest one."""
    rows = Publication.objects.filter(slug=step.slug).order_by("-version")
    chosen = rows.filter(version=step.row["version"]) if step.row.get("version") else rows
    return require_row(chosen.first(), step, "published version")


# The players.


def player_of(find: Callable[[Step], Any], name: str) -> Callable[[Step], None]:
    verb = getattr(workflow, name)

    def player(step: Step) -> None:
        verb(find(step), **step.by_and_at, **step.arguments(verb))

    return player


def play_approve(step: Step) -> None:
    """The person has seen the words of the newest submission: `approve` asks for their hash."""
    submission = submission_of(step)
    arguments = {"waivers": [], **step.arguments(workflow.approve)}
    arguments["waivers"] += waivers_for(step, submission)
    # A demonstration says of every sentence that it was checked, as it says that somebody approved: by people who are called what they are.
    arguments["checked"] = [statement.place for statement in workflow.to_be_checked(submission, step.at)]
    workflow.approve(submission, **step.by_and_at, seen_hash=submission.content_hash, **arguments)


def waivers_for(step: Step, submission: Submission) -> list[workflow.GivenWaiver]:
    """Return a waiver per concern whose code the row's `waive` ({code: reason}) names; raise RowErrors for a code without a concern."""
    reasons = step.row.get("waive") or {}
    findings = workflow.readiness_of(submission, step.at) if reasons else []
    concerns = [finding for finding in findings if finding.grade == "concern"]
    unused = sorted(reasons.keys() - {concern.code for concern in concerns})
    if unused:
        raise RowErrors(step.place.error("waive", f"there is no concern {code}") for code in unused)
    return [workflow.GivenWaiver(concern.code, concern.sentence, reasons[concern.code]) for concern in concerns if concern.code in reasons]


def play_create(step: Step) -> None:
    entry = step.entry()
    answer = workflow.create_question(
        slug=entry.slug,
        language=entry.words.language,
        wording=entry.words.question,
        topics=entry.topics | step.guides.get(entry.slug, {}),
        related=entry.related,
        coming=step.coming,
        **step.by_and_at,
    )
    workflow.edit(answer, **step.by_and_at, changes=entry.changes())


def play_revise(step: Step) -> None:
    answer = workflow.start_revision(question_of(step), **step.by_and_at)
    workflow.edit(answer, **step.by_and_at, changes=step.entry().changes())


def play_edit(step: Step) -> None:
    workflow.edit(answer_of(step), **step.by_and_at, changes=step.entry().changes())


def play_reclassify(step: Step) -> None:
    workflow.reclassify(question_of(step), **step.by_and_at, coming=step.coming, **step.arguments(workflow.reclassify))


def play_reaffirm(step: Step) -> None:
    publication = publication_of(step)
    workflow.reaffirm({publication.pk: publication.content_hash}, **step.by_and_at, **step.arguments(workflow.reaffirm))


def play_mark_source(step: Step) -> None:
    source = require_row(Source.objects.filter(key=step.row.get("key")).first(), step, f"source {step.row.get('key')}")
    workflow.mark_source(source, **step.by_and_at, **step.arguments(workflow.mark_source))


def play_propose_texts(step: Step) -> None:
    for row, place in step.texts():
        propose_text(row, place, **step.by_and_at)


def play_approve_texts(step: Step) -> None:
    for row, place in step.texts():
        with refusals_as_errors(place):
            workflow.approve_text(proposed_text(row, place), **step.by_and_at)


PLAYERS: Final[dict[str, Callable[[Step], None]]] = {
    "create": play_create,
    "revise": play_revise,
    "edit": play_edit,
    "approve": play_approve,
    "reaffirm": play_reaffirm,
    "reclassify": play_reclassify,
    "mark_source": play_mark_source,
    "propose_text": play_propose_texts,
    "approve_text": play_approve_texts,
    **{name: player_of(submission_of, name) for name in ON_SUBMISSION},
    **{name: player_of(publication_of, name) for name in ON_PUBLICATION},
    **{name: player_of(answer_of, name) for name in ON_ANSWER},
}
