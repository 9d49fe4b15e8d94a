"""The form in which an author writes: every word of an answer under the names that `workflow.edit` takes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, cast

from django import forms
from django.db import transaction
from django.http import QueryDict

from faq import payload, publishing, workflow
from faq.admin.forms import Lines, Long, Section, Step, Text, Ticks, VerbForm, choices
from faq.admin.library_forms import ORIGINS
from faq.admin.rows import LISTS, Rows, rows_of
from faq.models import Answer, StandingText, User
from faq.readiness import Finding
from faq.workflow.drafting import COLUMNS
from faq.workflow.library import AUDIENCES

PIECES: Final[Mapping[str, tuple[str, ...]]] = {
    "translation_of": ("slug", "version"),
    "call_to_action": ("label", "url"),
    "generator": ("name", "generated_on", "grounded_in"),
}
"""Fields of the Words that are one thing or nothing, edited as several form fields named `field-piece`."""

BODY_HELP: Final = (
    "Markdown: ## Heading, **strong**, - list. A mark such as [^key] stands after what the source supports. "
    "A box begins with ::: worked-example Title (or pitfall, or sensitive) and ends with :::"
)


class AnswerForm(VerbForm):
    """An answer's words. Only what was changed is handed to `edit`."""

    seen = forms.CharField(widget=forms.HiddenInput)
    question = Text(max_length=500)
    phrasings = Lines(rows=5, help_text="The question in patients' own words, one per line. Search finds them; readers do not see them.")
    audience = forms.ChoiceField(choices=choices(AUDIENCES))
    region = Text(required=False, help_text="Where it holds, such as US. Empty: anywhere.")
    applies_to = Lines(help_text="One per line, such as early or metastatic.")
    short_answer = Long(rows=4, required=False, help_text="Two or three sentences of plain text, without marks.")
    body = Long(rows=24, required=False, help_text=BODY_HELP)
    advice_cards = Ticks(label="Urgent advice", help_text="The cards readers need with this answer.")
    origin = forms.ChoiceField(choices=choices(ORIGINS), help_text="Text that an AI drafted stays AI-generated, whoever reviews it.")
    byline = Text(required=False)
    licence = Text(required=False, help_text="Such as CC BY 4.0.")
    attribution = Long(rows=2, required=False)
    update_type = forms.ChoiceField(choices=choices(("major", "minor")), label="Kind of update")
    change_note = Long(rows=2, required=False, help_text="What is new in this version; readers see it.")

    def prepare(self) -> None:
        """Fill in the words as they stand."""
        self.current = current_words(self.thing)
        self.add_pieces()
        self.fields["advice_cards"].choices = cards(self.thing, self.at)  # type: ignore[attr-defined]
        plain = {name: value for name, value in self.current.items() if name in self.fields}
        self.initial.update(plain | {"seen": self.thing.changed_at.isoformat()})
        self.lists = {name: rows_of(name, self.current[name], self.data if self.is_bound else None) for name in LISTS}

    def add_pieces(self) -> None:
        """Add the fields of translation, call to action and generator."""
        made: dict[str, forms.Field] = {
            "translation_of-slug": Text(required=False, label="Translation of", help_text="The slug of the entry that was translated."),
            "translation_of-version": forms.IntegerField(required=False, min_value=1, label="Its version"),
            "call_to_action-label": Text(required=False, label="Call to action", help_text="One thing a reader can do next."),
            "call_to_action-url": Text(required=False, label="Its address"),
            "generator-name": Text(required=False, label="Generator", help_text="The program that drafted the words."),
            "generator-generated_on": Text(required=False, label="Generated on", help_text="YYYY-MM-DD"),
            "generator-grounded_in": Lines(label="Grounded in", help_text="The documents it was given, one per line."),
        }
        self.fields |= made
        for field, names in PIECES.items():
            self.initial.update({f"{field}-{name}": (self.current[field] or {}).get(name) for name in names})

    def is_valid(self) -> bool:
        """Return whether the fields and every row are in order; all are looked at."""
        return all([super().is_valid(), *(rows.is_valid() for rows in self.lists.values())])

    def clean(self) -> dict[str, Any]:
        """Refuse to write over words saved elsewhere since this page was opened; saving once more does it on purpose."""
        newest = self.thing.changed_at.isoformat()
        if self.cleaned_data.get("seen") not in (newest, None):
            entered = cast(QueryDict, self.data).copy()
            entered["seen"] = newest
            self.data = entered
            self.add_error(
                None, "This answer was saved in another window since you opened it. Save again to put these words in their place."
            )
        return self.cleaned_data

    def arguments(self) -> dict[str, Any]:
        """Return what was changed, under the names of `edit`."""
        plain = {name: self.cleaned_data[name] for name in self.current if name in self.cleaned_data}
        whole = plain | {field: self.piece(field) for field in PIECES} | {name: rows.values() for name, rows in self.lists.items()}
        return {"changes": {name: value for name, value in whole.items() if value != self.current[name]}}

    def piece(self, field: str) -> dict[str, Any] | None:
        """Return the value of a field edited in pieces; None where all are empty."""
        found = {name: self.cleaned_data[f"{field}-{name}"] for name in PIECES[field]}
        return found if any(found.values()) else None

    def refuse(self, problems: Sequence[tuple[str, str]]) -> None:
        """Show each (field, reason) in its row, its piece, or beside its field."""
        for path, reason in problems:
            name, *steps = path.removeprefix("provenance.").split(".")
            in_row = name in self.lists and self.lists[name].refuse(steps, reason)
            if not in_row:
                field = f"{name}-{steps[-1]}" if name in PIECES and steps else name
                super().refuse([(field if field in self.fields else path, reason)])

    def sections(self) -> list[Section]:
        """Return the fields in the order in which an author thinks of them."""
        return [Section(title, [self[name] for name in names if name in self.fields], self.listed(names)) for title, names in LAYOUT]

    def listed(self, names: Sequence[str]) -> list[tuple[str, str, Rows]]:
        """Return the (label, help, rows) of the lists among `names`."""
        return [(LISTS[name][2], LISTS[name][3], self.lists[name]) for name in names if name in self.lists]


LAYOUT: Final = (
    ("The question", ("question", "phrasings", "audience", "region", "applies_to", "translation_of-slug", "translation_of-version")),
    ("The answer", ("short_answer", "body", "advice_cards")),
    ("Sources", ("citations",)),
    ("Beside the answer", ("status_lines", "key_facts", "care_team_questions", "quotations")),
    ("Where to turn", ("resources", "call_to_action-label", "call_to_action-url")),
    (
        "Where the words come from",
        ("origin", "generator-name", "generator-generated_on", "generator-grounded_in", "byline", "licence", "attribution"),
    ),
    ("This version", ("update_type", "change_note")),
)


def current_words(answer: Answer) -> dict[str, Any]:
    """Return an answer's words under the names, and in the shapes, that `edit` takes."""
    rows = answer.citations.select_related("source")
    return {name: getattr(answer, name) for name in COLUMNS} | {
        "question": answer.wording,
        "translation_of": publishing.translation_of(answer),
        "phrasings": [row.text for row in answer.phrasings.all()],
        "citations": [{"key": row.source.key, "locator": row.locator, "supporting_quote": row.supporting_quote} for row in rows],
        "resources": [publishing.resource_words(row) for row in answer.resources.all()],
    }


def cards(answer: Answer, at: datetime) -> list[tuple[str, str]]:
    """Return the advice cards to choose from: those the answer names, in its order, then the others in force in its language."""
    texts = StandingText.objects.in_force(at).filter(kind=StandingText.Kind.ADVICE_CARD, language=answer.question.language)
    named = {text.key: f"{text.key}: {text.title} ({text.get_level_display()})" for text in texts.order_by("key")}
    own = {key: named.get(key, f"{key} (not in force in this language)") for key in answer.advice_cards}
    return list((own | named).items())


def save(answer: Answer, *, by: User, at: datetime, changes: Mapping[str, Any]) -> Answer:
    """Edit the answer if anything was changed."""
    return workflow.edit(answer, by=by, at=at, changes=changes) if changes else answer


EDIT_ANSWER: Final = Step(save, AnswerForm, "Saved.")


def preview(answer: Answer, *, by: User, at: datetime, changes: Mapping[str, Any]) -> tuple[payload.Words, list[Finding]]:
    """Return the words as they would be with `changes`, and what readiness finds in them; nothing is kept. Raises as `edit` does."""
    with transaction.atomic():
        edited = save(answer, by=by, at=at, changes=changes)
        found = publishing.words_of(edited), workflow.draft_readiness(edited, at)
        transaction.set_rollback(True)
    return found
