"""The form in which an author writes: every word of an answer under the names that `workflow.edit` takes."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple, cast

from django import forms
from django.forms.utils import ErrorDict
from django.http import QueryDict
from django.utils.html import strip_tags

from faq import workflow
from faq.admin.answer_layout import AFTER, LAYOUT, UNPLACED, Fold, Heading, Part, Placed, PlacedRow, form_names, name_of, says_something
from faq.admin.answer_layout import place_of as place_in
from faq.admin.as_typed import as_lines
from faq.admin.forms import Action, VerbForm, run_action
from faq.admin.formsets import SOURCES_ID, ListFormSet, formset_for, heading_of, known_sources, with_another_row, with_rows_of_marks
from faq.admin.word_fields import LISTS, PIECES, word_fields
from faq.content.words import Words, flattened
from faq.models import Answer, StandingText, User
from faq.readiness import Finding
from faq.workflow import responsible
from faq.workflow.seen import WordsMoved, seal, sealed

SAVE_OVER: Final = "_over"
"""The button by which somebody puts their words in the place of others that they have been shown."""
PREVIEW: Final = "_preview"
"""The button that shows the words as readers would see them, and keeps nothing."""
AUTOSAVE: Final = "_autosave"
"""What the page's script sends instead of a button, to save while somebody types."""
ANOTHER_ROW: Final = "_row"
"""The buttons that ask for one more empty row of a list."""


class SeenField(forms.CharField):
    """What was seen of the words as the form was opened (workflow.seen_of), carried by the page."""

    widget = forms.HiddenInput

    def to_python(self, value: Any) -> dict[str, str]:  # type: ignore[override]
        return seen_in(str(value or ""))


def seen_in(text: str) -> dict[str, str]:
    """Return what a page carried; nothing was seen where it makes no sense, so that whatever is stored now is shown first."""
    try:
        seen = json.loads(text or "{}")
    except ValueError:
        return {}
    return {str(name): str(mark) for name, mark in seen.items()} if isinstance(seen, dict) else {}


class Beside(NamedTuple):
    """A field that was saved elsewhere meanwhile: as it is stored now, and as it stood in the form. `is_disputed`: changed in both."""

    label: str
    stored: str
    typed: str
    is_disputed: bool


class AnswerForm(VerbForm):
    """An answer's words, as far as `edit` takes them from this person. Only what was changed is handed to it.

    `beside`: after a refusal, what was saved elsewhere meanwhile; `over`: what SAVE_OVER then says was seen.
    """

    seen = SeenField(required=False)
    beside: Sequence[Beside] = ()
    over: str = ""

    def prepare(self) -> None:
        # Unvalidated, so that words of an older schema which the present one refuses can be put right here.
        self.current = flattened(json.loads(self.thing.words))
        self.open = responsible.open_to(self.by, self.thing, self.at)
        self.known = known_sources()
        # Who answers for them stands there for everybody; the words are not a lead's to change, and stand in the preview.
        for name, form_field in word_fields().items():
            form_field.disabled = name_of(name) not in self.open
            if name_of(name) in {*self.open, responsible.FIELD}:
                self.fields[name] = form_field
        if "advice_cards" in self.fields:
            self.offer("advice_cards", cards(self.thing, self.current["advice_cards"], self.at))
        self.initial.update(self.values_of(self.current))
        self.initial["seen"] = json.dumps(sealed(self.current))
        if self.is_bound:
            self.complete()
        entered = self.data if self.is_bound else None
        self.lists = {name: formset_for(name, self.current[name], entered, self.known) for name in LISTS if name in self.open}
        asked = self.lists.get(self.data.get(ANOTHER_ROW, ""))
        if asked is not None:
            asked.has_room_asked = True

    def complete(self) -> None:
        """Put into what was entered the rows that it asks for: of sources that the body marks, and an empty one."""
        self.data = entered = cast(QueryDict, self.data).copy()
        if "citations" in self.open:
            with_rows_of_marks(entered, self.known)
        name = entered.get(ANOTHER_ROW, "")
        if name in LISTS:
            with_another_row(entered, name)

    def values_of(self, words: Mapping[str, Any]) -> dict[str, Any]:
        """Return {form name: value} of `words`, lists of rows apart."""
        plain = {name: value for name, value in words.items() if name in self.fields}
        pieces = {f"{field}-{piece}": (words[field] or {}).get(piece) for field in PIECES for piece in PIECES[field]}
        return plain | {name: value for name, value in pieces.items() if name in self.fields}

    def leave_unjudged(self) -> None:
        """Say nothing of what is wrong: somebody is still typing."""
        self._errors = ErrorDict()
        for rows in self.lists.values():
            rows.leave_unjudged()

    def is_valid(self) -> bool:
        # A list, not a generator: all are looked at, so that every wrong field is told at once.
        return all([super().is_valid(), *(rows.is_valid() for rows in self.lists.values())])

    @property
    def lists_have_errors(self) -> bool:
        """Whether a row of some list is wrong; `errors` knows nothing of the rows."""
        return any(rows.total_error_count() for rows in self.lists.values())

    @property
    def is_holders(self) -> bool:
        """Whether the words may be written here, and not only who answers for them."""
        return "question" in self.fields

    def typed(self) -> dict[str, Any]:
        """Return what stands in the form, under the names of EDITABLE."""
        plain = {name: self.cleaned_data[name] for name in self.current if name in self.cleaned_data}
        pieces = {field: self.piece(field) for field in PIECES if field in self.open}
        return plain | pieces | {name: rows.values() for name, rows in self.lists.items()}

    def arguments(self) -> dict[str, Any]:
        """Return as `changes` what was changed since the form was opened, and as `seen` what of the stored words was seen."""
        seen = self.cleaned_data["seen"]
        changes = {name: value for name, value in self.typed().items() if name in self.open and seal(value) != seen.get(name)}
        return {"changes": changes, "seen": seen | seen_in(self.data.get(SAVE_OVER, ""))}

    def piece(self, field: str) -> dict[str, Any] | None:
        """Return the value of a field edited in pieces; None where all are empty."""
        values = {piece: self.cleaned_data[f"{field}-{piece}"] for piece in PIECES[field]}
        return values if any(values.values()) else None

    def refuse(self, problems: Sequence[tuple[str, str]]) -> None:
        """Show each (field, reason) in its row, its piece, or beside its field."""
        for path, reason in problems:
            name, *steps = path.split(".")
            in_row = name in self.lists and self.lists[name].refuse(steps, reason)
            if not in_row:
                field = f"{name}-{steps[-1]}" if name in PIECES and steps else name
                super().refuse([(field if field in self.fields else path, reason)])

    # Words that were saved elsewhere meanwhile

    def refused(self, refusal: workflow.TransitionRefused) -> None:
        super().refused(refusal)
        if isinstance(refusal, WordsMoved):
            self.show_beside(refusal)

    def show_beside(self, refusal: WordsMoved) -> None:
        """Show what is stored now beside what was typed. What this person left alone becomes what is stored; the rest waits for them."""
        typed, seen, now = self.typed(), self.cleaned_data["seen"], sealed(refusal.stored)
        moved = [name for name in refusal.moved if name in typed and typed[name] != refusal.stored[name]]
        disputed = [name for name in moved if seal(typed[name]) != seen.get(name)]
        self.beside = [Beside(label_of(name), as_lines(refusal.stored[name]), as_lines(typed[name]), name in disputed) for name in moved]
        self.over = json.dumps({name: now[name] for name in disputed}) if disputed else ""
        entered = self.take([name for name in moved if name not in disputed], refusal.stored)
        # All else stands in the form as it is stored, or was changed by nobody else: from now on it counts as seen.
        entered["seen"] = json.dumps(now | {name: seen.get(name, "") for name in disputed})

    def take(self, names: Sequence[str], stored: Mapping[str, Any]) -> QueryDict:
        """Put the fields `names` of the stored words into the form, in the place of what it held; return what it holds now."""
        self.data = entered = cast(QueryDict, self.data).copy()
        values = self.values_of(stored)
        for name in names:
            if name in self.lists:
                self.lists[name] = formset_for(name, stored[name], None, self.known)
                continue
            for form_name in form_names(name):
                value = self.fields[form_name].prepare_value(values[form_name])
                entered.setlist(form_name, value if isinstance(value, list) else ["" if value is None else value])
        return entered

    # What stands where

    def headings(self, findings: Sequence[Finding]) -> list[Heading]:
        """Return the form in the order of LAYOUT, each finding at its place."""
        found: dict[str, list[Finding]] = {}
        for finding in findings:
            found.setdefault(place_in(finding, self.lists), []).append(finding)
        headings = []
        for title, placed in LAYOUT.items():
            parts = [self.part(each, found) for each in (*placed, *(UNPLACED if title == AFTER else ()))]
            headings.append(Heading(title, [part for part in parts if part.fields or part.rows is not None]))
        return [heading for heading in headings if heading.parts]

    def part(self, placed: str | Fold, found: Mapping[str, list[Finding]]) -> Part:
        if isinstance(placed, str) and placed in LISTS:
            return self.listed(placed, found)
        names = (placed,) if isinstance(placed, str) else placed.names
        form_named = [each for name in names for each in form_names(name) if each in self.fields]
        fields = [Placed(self[each], found.get(each, []), each) for each in form_named]
        if isinstance(placed, str):
            return Part("", is_open=True, fields=fields)
        is_open = any(says_something(each.field) or each.field.errors or each.findings for each in fields) or self.is_asked_for(names)
        return Part(placed.summary, is_open, fields)

    def is_asked_for(self, names: Sequence[str]) -> bool:
        """Whether the next version has to say what is new in it."""
        return "change_note" in names and self.thing.question.publications.exists()

    def listed(self, name: str, found: Mapping[str, list[Finding]]) -> Part:
        """Return the rows of a list as a part; of a list that is not open to this person there are none."""
        rows: ListFormSet | None = self.lists.get(name)
        if rows is None:
            return Part("", is_open=False, fields=[])
        listed = [PlacedRow(row, found.get(f"{name}.{n}", []), f"{name}.{n}") for n, row in enumerate(rows.forms)]
        own = found.get(name, [])
        is_open = rows.is_open or any(row.findings for row in listed) or bool(rows.total_error_count())
        label, about = heading_of(name)
        return Part(label, is_open, [], rows, about, listed, own, name)

    def without_place(self, findings: Sequence[Finding]) -> list[Finding]:
        """Return the findings that belong to no field of this form."""
        return [finding for finding in findings if name_of(place_in(finding, self.lists).partition(".")[0]) not in self.open]

    @property
    def sources(self) -> list[tuple[str, str]]:
        """(key, title) of what can be cited."""
        return list(self.known.items())

    sources_id = SOURCES_ID


def label_of(name: str) -> str:
    return heading_of(name)[0]


def cards(answer: Answer, named: Sequence[str], at: datetime) -> list[tuple[str, str]]:
    """Return (key, label) of the advice cards to choose from: those `named` in the answer, then the others in force in its language."""
    texts = StandingText.objects.in_force(at).filter(kind=StandingText.Kind.ADVICE_CARD, language=answer.question.language)
    labels = {text.key: f"{text.key}: {text.title} ({text.get_level_display()})" for text in texts.order_by("key")}
    # Those named come first, in the answer's order: a form sends ticked boxes in the order of the page, and opening an answer and
    # saving it must change nothing. One that is not in force any more stays ticked for the same reason.
    own = {key: labels.get(key, f"{key} (not in force in this language)") for key in named}
    return list((own | labels).items())


def save(answer: Answer, *, by: User, at: datetime, changes: Mapping[str, Any], seen: Mapping[str, str]) -> Answer:
    # Where nothing was typed nothing is asked of other windows either: the page shows what is stored now.
    return workflow.edit(answer, by=by, at=at, changes=changes, seen=seen) if changes else answer


def preview(answer: Answer, *, by: User, at: datetime, changes: Mapping[str, Any], seen: Mapping[str, str]) -> tuple[Words, list[Finding]]:
    # Whatever was saved elsewhere meanwhile: nothing is written over here.
    return workflow.preview(answer, by=by, at=at, changes=changes)


EDIT_ANSWER: Final = Action(save, AnswerForm, "Saved.")


def autosaved(form: AnswerForm) -> dict[str, str]:
    """Save what is typed; return `message`, and `seen` for the page to carry where it went through."""
    outcome = run_action(EDIT_ANSWER, form)
    if outcome is None:
        return {"message": f"Not saved: {why_not(form)}"}
    return {"message": f"Saved {form.at:%H:%M} UTC", "seen": json.dumps(workflow.seen_of(outcome.result))}


def why_not(form: AnswerForm) -> str:
    """Return the first thing that is wrong, in a sentence for the line beside the buttons."""
    if form.beside:
        return "other words were saved meanwhile. Press Save to see both, and choose."
    for name, reasons in form.errors.items():
        where = f"{form[name].label}: " if name in form.fields else ""
        return f"{where}{strip_tags(str(reasons[0]))}"
    row = next((rows.prefix for rows in form.lists.values() if rows.total_error_count()), "")
    return f"a row under “{label_of(row)}” is not complete, or wrong. Press Save to see what it lacks." if row else ""
