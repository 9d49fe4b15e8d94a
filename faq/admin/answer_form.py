"""The form in which an author writes: every word of an answer under the names that `workflow.edit` takes."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, cast

from django import forms
from django.db import transaction
from django.http import QueryDict

from faq import workflow
from faq.admin.forms import Action, Section, VerbForm
from faq.admin.formsets import formset_for, heading_of
from faq.admin.word_fields import LISTS, PIECES, word_fields
from faq.content.words import EDITABLE, Words, flattened
from faq.models import Answer, StandingText, User
from faq.readiness import Finding
from faq.workflow import responsible
from faq.workflow.drafts import words_of

LAYOUT: Final = {
    "The question": ("question", "phrasings", "audience", "region", "applies_to", "translation_of"),
    "The answer": ("short_answer", "body", "advice_cards"),
    "Sources": ("citations",),
    "Beside the answer": ("status_lines", "key_facts", "care_team_questions", "quotations"),
    "Where to turn": ("resources", "call_to_action"),
    "Where the words come from": ("origin", "responsible", "generator", "byline", "licence", "attribution"),
    "This version": ("update_type", "change_note"),
}
"""{heading: names of fields} in the order in which an author thinks of them."""
UNPLACED: Final = tuple(name for name in EDITABLE if name not in {name for names in LAYOUT.values() for name in names})
"""Fields that nobody gave a place yet: they stand beside the answer."""


class AnswerForm(VerbForm):
    """An answer's words, as far as `edit` takes them from this person. Only what was changed is handed to it."""

    seen = forms.CharField(widget=forms.HiddenInput)

    def prepare(self) -> None:
        # Unvalidated, so that words of an older schema which the present one refuses can be put right here.
        self.current = flattened(json.loads(self.thing.words))
        self.open = responsible.open_to(self.by, self.thing, self.at)
        # Who answers for them stands there for everybody; the words are not a lead's to change, and stand in the preview.
        for name, form_field in word_fields().items():
            form_field.disabled = name_of(name) not in self.open
            if name_of(name) in {*self.open, responsible.FIELD}:
                self.fields[name] = form_field
        if "advice_cards" in self.fields:
            self.fields["advice_cards"].choices = cards(self.thing, self.current["advice_cards"], self.at)  # type: ignore[attr-defined]
        self.initial.update({name: value for name, value in self.current.items() if name in self.fields})
        self.initial["seen"] = self.thing.changed_at.isoformat()
        for field, pieces in PIECES.items():
            self.initial.update({f"{field}-{piece}": (self.current[field] or {}).get(piece) for piece in pieces})
        entered = self.data if self.is_bound else None
        self.lists = {name: formset_for(name, self.current[name], entered) for name in LISTS if name in self.open}

    def is_valid(self) -> bool:
        # A list, not a generator: all are looked at, so that every wrong field is told at once.
        return all([super().is_valid(), *(rows.is_valid() for rows in self.lists.values())])

    @property
    def lists_have_errors(self) -> bool:
        """Whether a row of some list is wrong; `errors` knows nothing of the rows."""
        return any(rows.total_error_count() for rows in self.lists.values())

    def clean(self) -> dict[str, Any]:
        """Refuse to write over words saved elsewhere since this page was opened; saving once more does it on purpose."""
        newest = self.thing.changed_at.isoformat()
        if self.cleaned_data.get("seen") not in (newest, None):
            # The hidden field of the page that comes back has the newest moment, so that saving once more goes through.
            entered = cast(QueryDict, self.data).copy()
            entered["seen"] = newest
            self.data = entered
            self.add_error(
                None, "This answer was saved in another window since you opened it. Save again to put these words in their place."
            )
        return self.cleaned_data

    def arguments(self) -> dict[str, Any]:
        """Return as `changes` what was changed, under the names of EDITABLE."""
        plain = {name: self.cleaned_data[name] for name in self.current if name in self.cleaned_data}
        pieces = {field: self.piece(field) for field in PIECES if field in self.open}
        whole = plain | pieces | {name: rows.values() for name, rows in self.lists.items()}
        return {"changes": {name: value for name, value in whole.items() if value != self.current[name]}}

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

    def sections(self) -> list[Section]:
        sections = []
        for heading, placed in LAYOUT.items():
            names = (*placed, *UNPLACED) if heading == "Beside the answer" else placed
            fields = [self[form_name] for name in names for form_name in form_names(name) if form_name in self.fields]
            sections.append(Section(heading, fields, [(*heading_of(name), self.lists[name]) for name in names if name in self.lists]))
        return sections


def form_names(name: str) -> list[str]:
    """Return what the form calls the field `name`, or its pieces."""
    return [f"{name}-{piece}" for piece in PIECES[name]] if name in PIECES else [name]


def name_of(form_name: str) -> str:
    """Return the name of the field that the form calls `form_name`, alone or as one of its pieces."""
    return form_name.partition("-")[0]


def cards(answer: Answer, named: Sequence[str], at: datetime) -> list[tuple[str, str]]:
    """Return (key, label) of the advice cards to choose from: those `named` in the answer, then the others in force in its language."""
    texts = StandingText.objects.in_force(at).filter(kind=StandingText.Kind.ADVICE_CARD, language=answer.question.language)
    labels = {text.key: f"{text.key}: {text.title} ({text.get_level_display()})" for text in texts.order_by("key")}
    # Those named come first, in the answer's order: a form sends ticked boxes in the order of the page, and opening an answer and
    # saving it must change nothing. One that is not in force any more stays ticked for the same reason.
    own = {key: labels.get(key, f"{key} (not in force in this language)") for key in named}
    return list((own | labels).items())


def save(answer: Answer, *, by: User, at: datetime, changes: Mapping[str, Any]) -> Answer:
    # An Edit without changes would make the person one of those who wrote the words, and so may not approve them.
    return workflow.edit(answer, by=by, at=at, changes=changes) if changes else answer


def preview(answer: Answer, *, by: User, at: datetime, changes: Mapping[str, Any]) -> tuple[Words, list[Finding]]:
    """Return the words as they would be with `changes`, and what readiness finds in them; nothing is kept. Raises as `edit` does."""
    with transaction.atomic():
        edited = save(answer, by=by, at=at, changes=changes)
        previewed = words_of(edited), workflow.draft_readiness(edited, at)
        transaction.set_rollback(True)
    return previewed


EDIT_ANSWER: Final = Action(save, AnswerForm, "Saved.")
PREVIEW_ANSWER: Final = Action(preview, AnswerForm, done="")
