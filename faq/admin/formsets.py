"""Lists within an answer, edited as rows: key facts, citations and the like. An emptied row goes; some empty ones wait at the end."""

from collections.abc import Mapping, Sequence
from functools import cache, cached_property
from typing import Any, ClassVar, Final, cast, get_args

from django import forms
from pydantic import BaseModel

from faq.admin.forms import choices
from faq.admin.word_fields import LISTS, form_field, shapes_of
from faq.models import Source

SPARE: Final = 2
"""Empty rows at the end of a list, without any JavaScript; each save offers further ones."""
KIND: Final = "kind"
"""The field by which the rows of a list that may be of several models tell which one they are."""
HEADINGS: Final[Mapping[str, tuple[str, str]]] = {
    "status_lines": ("Where things stand", "What is established, and what is only being tried."),
    "key_facts": ("Key facts", "Short facts, such as: How common it is | 15 in 100."),
    "care_team_questions": ("Questions to ask the care team", ""),
    "citations": ("Sources", "A mark in the text is written [^key]. A source without a mark is a general one."),
    "resources": ("Services and recordings", "Recordings have captions and a transcript."),
}
"""(label, help) of the lists whose own name says too little."""


class ListRow(forms.Form):
    """One row. Nothing is required here: an empty row is none, and the schema of the Words says what a full one lacks.

    `models`: those that the row may be. `nullable`: fields for which nothing is None, and not an empty text.
    """

    models: ClassVar[tuple[type[BaseModel], ...]] = ()
    nullable: ClassVar[frozenset[str]] = frozenset()

    def clean(self) -> dict[str, Any]:
        """Refuse what the row's kind has no place for, rather than lose it."""
        kind = self.cleaned_data.get(KIND)
        for name in fields_of_other_kinds(self.models, kind):
            if self.cleaned_data.get(name):
                self.add_error(name, f"A {kind} has none; empty this field, or choose another kind.")
        return self.cleaned_data

    def entered(self) -> dict[str, Any]:
        """Return the row as `edit` takes it: the fields that count for its kind."""
        others = {"ORDER", *fields_of_other_kinds(self.models, self.cleaned_data.get(KIND))}
        values = {name: value for name, value in self.cleaned_data.items() if name not in others}
        return {name: None if name in self.nullable and value == "" else value for name, value in values.items()}

    def is_blank(self) -> bool:
        # Django fills ORDER with a number in every row that is there already.
        return not any(value for name, value in self.cleaned_data.items() if name != "ORDER")


def kinds_of(model: type[BaseModel]) -> tuple[str, ...]:
    return get_args(model.model_fields[KIND].annotation)


def fields_of_other_kinds(models: Sequence[type[BaseModel]], kind: str | None) -> set[str]:
    """Return the fields of a row that have no meaning for its `kind`; none where no kind is chosen, or all rows are of one model."""
    if len(models) == 1 or not kind:
        return set()
    own = next(model for model in models if kind in kinds_of(model))
    return {name for model in models for name in model.model_fields} - own.model_fields.keys()


class OrderInput(forms.NumberInput):
    """A small field for the number that puts a row in order."""

    def __init__(self) -> None:
        super().__init__(attrs={"min": 1, "class": "order"})


class ListFormSet(forms.BaseFormSet[ListRow]):
    """The rows of one list, with numbers that put them in order."""

    ordering_widget = OrderInput

    @property
    def is_open(self) -> bool:
        """Whether the list is shown unfolded: it says something, or it is the sources, which every answer needs."""
        return self.initial_form_count() > 0 or self.prefix == "citations" or any(row.has_changed() for row in self.extra_forms)

    def filled(self) -> list[ListRow]:
        """Return the rows that say something, in the order their numbers ask for, those without a number last."""
        # Django's ordered_forms leaves out the spare rows alone, and not one that was emptied.
        rows = [row for row in self.forms if not row.is_blank()]
        return sorted(rows, key=lambda row: row.cleaned_data.get("ORDER") or len(rows) + 1)

    def values(self) -> list[dict[str, Any]]:
        return [row.entered() for row in self.filled()]

    def refuse(self, steps: Sequence[str], reason: str) -> bool:
        """Show `reason` in the row and field that `steps` name, such as 2, label; return whether there is such a row."""
        rows = self.filled()
        if not steps or not steps[0].isdigit() or int(steps[0]) >= len(rows):
            return False
        row = rows[int(steps[0])]
        # The last step: where rows have kinds, pydantic puts the kind between the number and the field.
        row.add_error(steps[-1] if steps[-1] in row.fields else None, reason)
        return True


class CitationFormSet(ListFormSet):
    """Citations, each chosen among all sources of the library."""

    @cached_property
    def sources(self) -> list[tuple[str, str]]:
        """(key, label) of every source, asked for once for all rows."""
        sources = Source.objects.order_by("key").values_list("key", "title", "state")
        return [(key, f"{key}: {title[:80]}" + ("" if state == "current" else f" ({state})")) for key, title, state in sources]

    def add_fields(self, form: ListRow, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["key"].choices = [("", "choose"), *self.sources]  # type: ignore[attr-defined]


# Made once: Django copies the fields of a form's class for each form, so that choices of one request stay its own.
@cache
def row_form(name: str) -> type[ListRow]:
    """Return the form of one row of the list `name`, with a field for each field of its models."""
    models = LISTS[name]
    shapes = {field: shape for model in models for field, shape in shapes_of(model).items()}
    fields: dict[str, Any] = {field: form_field(f"{name}.{field}", shape, empty="choose") for field, shape in shapes.items()}
    # The merged field knows the kinds of the last model alone.
    if len(models) > 1:
        kinds = [kind for model in models for kind in kinds_of(model)]
        fields[KIND] = forms.ChoiceField(choices=choices(kinds, "choose"), required=False)
    if name == "citations":
        fields["key"] = forms.ChoiceField(label="Source", required=False)
    nullable = frozenset(field for field, shape in shapes.items() if shape.is_optional)
    return type("ListRow", (ListRow,), fields | {"models": models, "nullable": nullable})


def heading_of(name: str) -> tuple[str, str]:
    """Return the (label, help) of the list `name`."""
    return HEADINGS.get(name, (name.replace("_", " ").capitalize(), ""))


def formset_for(name: str, current: Sequence[Mapping[str, Any]], entered: Any) -> ListFormSet:
    """Return the rows of the list `name` as they were `entered`, or else (None) with what it holds now."""
    rows = CitationFormSet if name == "citations" else ListFormSet
    formset = forms.formset_factory(row_form(name), formset=rows, extra=SPARE, can_order=True)
    return cast(ListFormSet, formset(entered, initial=list(current), prefix=name, form_kwargs={"label_suffix": ""}))
