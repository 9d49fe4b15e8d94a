"""The screen on which a submission is read and decided: its words with what changed, each sentence beside its sources, and one form."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, Final

from django.forms import BoundField
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from faq import workflow
from faq.admin import panels
from faq.admin.approve_form import tick_name, waiver_name
from faq.admin.forms import VerbForm
from faq.content import rendered_diff
from faq.content.rendered import Block, blocks_of, mark_statements
from faq.content.words import CitedSource, Words, read_words
from faq.models import ReviewDecision, Submission, User
from faq.readiness import Finding
from faq.readiness.statements import Statement
from faq.workflow import publishing
from faq.workflow.first_text import first_of_ai
from faq.workflow.readiness_context import version_before
from faq.workflow.sent_back import sent_back_before
from faq.workflow.transitions import Kind

DECIDED_HERE: Final = ("approve", "request_changes", "object")
"""The verbs whose buttons stand on the screen itself."""
AGAINST: Final = "against"
"""The parameter that says with which earlier words these are compared."""
LOOK: Final = "_look"
"""The button that compares with other words: nothing is decided, and what was typed and ticked stays."""


SENT_BACK: Final = "sent-back"


@dataclass(frozen=True)
class Earlier:
    """Earlier words to compare with: `name` in the address, `label` on the button."""

    name: str
    label: str
    words: Words

    @property
    def said(self) -> str:
        """The label within a sentence."""
        return self.label[0].lower() + self.label[1:]


@dataclass(frozen=True)
class Note:
    """What stands beside a sentence. `number` is that of its anchor; `state`s are those of its sources, the current ones left out."""

    number: int
    statement: Statement
    sources: Sequence[tuple[CitedSource, str]]
    wants_check: bool
    may_tick: bool
    checked_before: bool
    is_ticked: bool
    is_missing: bool


@dataclass(frozen=True)
class PlacedFinding:
    """A finding with the number of its place in the text (0 where it has none), and the fields in which a concern is answered."""

    finding: Finding
    number: int
    fields: Sequence[BoundField] = ()


@dataclass
class Screen:
    """What is shown of a submission to one person at a moment; `approval`: the form in which they may approve it, if they may."""

    submission: Submission
    words: Words
    by: User
    at: datetime
    approval: VerbForm | None
    against: str
    findings: list[Finding] = field(default_factory=list)
    found: set[int] = field(default_factory=set)

    def context(self) -> dict[str, Any]:
        # Two sentences of the same words may rest on different sources, and each wants its own tick.
        statements = list({statement.place: statement for statement in workflow.statements_of(self.words, self.at)}.values())
        self.findings = workflow.readiness_of(self.submission, self.at)
        anchors = self.anchors(statements)
        notes = self.notes(statements)
        html = self.html(self.words)  # once: it is taken apart anew for each comparison
        self.found = mark_statements(blocks_in(html, self.words), anchors)
        earlier = earlier_words(self.submission, self.words)
        texts = {each.name: self.compared(html, each, anchors, notes) for each in earlier}
        chosen = self.against if self.against in texts else next(iter(texts), "")
        shown = texts[chosen] if chosen else self.compared(html, None, anchors, notes)
        wanted = [note for note in notes if note.wants_check]
        return {
            "words": self.words,
            "origin": panels.ORIGIN_LINES[self.words.provenance.origin],
            "comparisons": [(each, texts[each.name].changes, each.name == chosen) for each in earlier],
            "chosen": next((each for each in earlier if each.name == chosen), None),
            "text": shown,
            **{
                grade: [self.placed(each, anchors) for each in self.findings if each.grade == grade]
                for grade in ("error", "concern", "advice")
            },
            "wanted": wanted,
            "unchecked": [note for note in wanted if not note.checked_before and not note.is_ticked],
            "note": submit_note(self.submission),
            **self.sent_back({each.name: texts[each.name].changes for each in earlier}),
        }

    def sent_back(self, changes: dict[str, int]) -> dict[str, Any]:
        """Return what was decided against earlier words, and what became of them; `changes` by comparison."""
        decisions = sent_back_before(self.submission)
        is_there = SENT_BACK in changes
        return {
            "sent_back": decisions,
            "sent_back_erased": bool(decisions) and not is_there,
            "is_unchanged": is_there and not changes[SENT_BACK],
        }

    def anchors(self, statements: Sequence[Statement]) -> list[tuple[str, str]]:
        """Return the (field, sentence) of all statements, then of what else is found fault with: a link leads to each by its number."""
        places = [(statement.where, statement.text) for statement in statements]
        others = [(finding.field, finding.sentence) for finding in self.findings if finding.sentence]
        return places + [place for place in dict.fromkeys(others) if place not in places]

    def notes(self, statements: Sequence[Statement]) -> list[Note]:
        states = publishing.states_of_sources({source.key for source in self.words.citations})
        done = workflow.checked_before(self.submission, self.by)
        ticked = set(self.approval["checked"].value() or ()) if self.approval else set()
        missing = bool(self.approval and "checked" in self.approval.errors)
        is_ai = self.words.provenance.origin != "human"
        return [
            Note(
                number,
                statement,
                [(source, states.get(source.key, "")) for source in statement.sources],
                wants_check=is_ai and bool(statement.reasons),
                may_tick=self.approval is not None,
                checked_before=statement.place in done,
                is_ticked=statement.place in ticked,
                is_missing=missing and is_ai and bool(statement.reasons) and statement.place not in done | ticked,
            )
            for number, statement in enumerate(statements, start=1)
        ]

    def placed(self, finding: Finding, anchors: Sequence[tuple[str, str]]) -> PlacedFinding:
        name = waiver_name(finding)
        names = [each for each in (name, tick_name(name)) if self.approval and each in self.approval.fields]
        fields = [self.approval[each] for each in names] if self.approval else []
        place = (finding.field, finding.sentence)
        number = anchors.index(place) + 1 if place in anchors else 0
        return PlacedFinding(finding, number if number in self.found else 0, fields)

    def compared(
        self, html: str, earlier: Earlier | None, anchors: Sequence[tuple[str, str]], notes: Sequence[Note]
    ) -> rendered_diff.Marked:
        """Return the words as readers see them, `html`, with what changed since `earlier` marked."""
        blocks = blocks_in(html, self.words)
        mark_statements(blocks, anchors)
        left = {note.number: note for note in notes}
        beside = partial(beside_part, left)
        old = blocks_in(self.html(earlier.words), earlier.words) if earlier else None
        text = rendered_diff.unmarked(blocks, beside) if old is None else rendered_diff.marked(old, blocks, beside)
        # One whose words stand within another's has no place of its own: it is to be ticked all the same.
        return text._replace(html=text.html + beside_part(left, list(left)))

    def html(self, words: Words) -> str:
        return render_to_string("admin/faq/_entry.html", {"panel": panels.words_panel(words, self.submission.question, self.at)})


def blocks_in(html: str, words: Words) -> list[Block]:
    return blocks_of(html, {str(source.number): source.key for source in words.citations if source.number})


def beside_part(left: dict[int, Note], numbers: Sequence[int]) -> SafeString:
    """Return what stands beside a part of the text: the sources of each of its sentences, and where it is to be ticked.

    Of `left` it takes the notes that it shows.
    """
    shown = [left.pop(number) for number in numbers if number in left]
    return render_to_string("admin/faq/_statements.html", {"notes": shown}) if shown else SafeString()


def earlier_words(submission: Submission, words: Words) -> list[Earlier]:
    """Return what the words may be compared with, the nearest first: what came back last, the version in force, the AI's first text."""
    found: list[Earlier] = []
    decisions = sent_back_before(submission)
    last = decisions[0].submission if decisions else None
    if last and last.words:
        found.append(Earlier(SENT_BACK, f"Since it was sent back on {decisions[0].at:%Y-%m-%d}", read_words(last.words)))
    version = version_before(submission.question, submission)
    if version:
        label = f"Since version {version.version} ({str(version.get_status_display()).lower()})"
        found.append(Earlier("version", label, read_words(version.words)))
    first = first_of_ai(submission.question, words.question) if words.provenance.origin != "human" else None
    if first is not None:
        found.append(Earlier("ai", "Since the AI’s first text", first))
    return found


def submit_note(submission: Submission) -> str:
    """Return what the author told the reviewer on submitting."""
    rows = ReviewDecision.objects.filter(submission=submission, kind=Kind.SUBMIT).order_by("-sequence")
    return rows.values_list("comment", flat=True).first() or ""
