"""Lists within an answer, edited as rows: key facts, citations and the like. An emptied row goes; an empty one waits at the end."""

from collections.abc import Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import Any, ClassVar, Final, cast, get_args
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict, ErrorList
from django.http import QueryDict
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from pydantic import BaseModel

from faq.admin.forms import TextField, choices
from faq.admin.word_fields import LISTS, form_field, shapes_of
from faq.models import Source
from faq.workflow.citing import marked_sources

SPARE: Final = 1
"""Empty rows at the end of a list; a button adds further ones, by script or without."""
MOST: Final = 1_000
"""Rows that a list may have while it is typed; Django takes no more."""
KIND: Final = "kind"
"""The field by which the rows of a list that may be of several models tell which one they are."""
SOURCES_ID: Final = "known-sources"
"""The list of all sources to choose from while one types."""
HEADINGS: Final[Mapping[str, tuple[str, str]]] = {
    "status_lines": ("Where things stand", "What is established, and what is only being tried."),
    "key_facts": ("Key facts", "Short facts, such as: How common it is | 15 in 100."),
    "care_team_questions": ("Questions to ask the care team", ""),
    "citations": (
        "Sources",
        "A mark in the body, written [^key], names its source here by itself. A source without a mark is a general one.",
    ),
    "resources": ("Services and recordings", "Where to turn. Recordings have captions and a transcript."),
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
    """The rows of one list, with numbers that put them in order. `has_room_asked`: a row was just added, to be filled in."""

    ordering_widget = OrderInput
    has_room_asked = False

    @property
    def is_open(self) -> bool:
        """Whether the list is shown unfolded: it says something, or is just to be filled in."""
        return bool(self.initial) or self.has_room_asked or any(row.has_changed() for row in self.extra_forms)

    def add_fields(self, form: ListRow, index: int | None) -> None:
        super().add_fields(form, index)
        # Django passes over a row behind those that the page began with where it is as another window has stored it meanwhile.
        form.empty_permitted = False

    def filled(self) -> list[ListRow]:
        """Return the rows that say something, in the order their numbers ask for, those without a number last."""
        # Django's ordered_forms leaves out the spare rows alone, and not one that was emptied.
        rows = [row for row in self.forms if not row.is_blank()]
        return sorted(rows, key=lambda row: row.cleaned_data.get("ORDER") or len(rows) + 1)

    def in_order(self) -> list[ListRow]:
        """Return the rows in the order in which the words have them, be they typed or stored."""
        return self.filled() if self.is_bound and self.is_valid() else list(self.forms)

    def key_of(self, row: ListRow) -> str:
        return str((row.cleaned_data if self.is_bound else row.initial).get("key") or "")

    def values(self) -> list[dict[str, Any]]:
        return [row.entered() for row in self.filled()]

    def leave_unjudged(self) -> None:
        """Say nothing of what is wrong: the rows are not through yet."""
        self._errors, self._non_form_errors = [ErrorDict() for _ in self.forms], ErrorList()
        for row in self.forms:
            row._errors = ErrorDict()  # type: ignore[attr-defined]

    def refuse(self, steps: Sequence[str], reason: str) -> bool:
        """Show `reason` in the row and field that `steps` name, such as 2, label; return whether there is such a row."""
        rows = self.filled()
        if not steps or not steps[0].isdigit() or int(steps[0]) >= len(rows):
            return False
        row = rows[int(steps[0])]
        # The last step: where rows have kinds, pydantic puts the kind between the number and the field.
        row.add_error(steps[-1] if steps[-1] in row.fields else None, reason)
        return True


# Sources


def add_source(key: str) -> SafeString:
    """Return a link to where the source `key` is made, beside the words, which stay open."""
    address = f"{reverse('admin:faq_source_add')}?{urlencode({'key': key})}"
    return format_html('<a href="{}" target="_blank" rel="noopener">Add the source “{}” (in a new tab)</a>', address, key)


class SourceField(TextField):
    """The key of a source of the library, chosen while one types among keys and titles; `known`: {key: title}."""

    def __init__(self, known: Mapping[str, str], **options: Any) -> None:
        attrs = {"list": SOURCES_ID, "autocomplete": "off"}
        super().__init__(label="Source", required=False, widget=forms.TextInput(attrs=attrs), **options)
        self.known = known

    def to_python(self, value: Any) -> str:
        typed = super().to_python(value).strip()
        key = key_among(typed, self.known)
        if key:
            return key
        if typed:
            reason = "The library has no source “{}”. {}, then save here again; or choose another one."
            raise ValidationError(format_html(reason, typed, add_source(typed)))
        return ""


def key_among(typed: str, known: Mapping[str, str]) -> str:
    """Return the key that was typed, alone or before its title, or that of the one source with the title typed; "" for neither."""
    for key in (typed, typed.partition(":")[0].strip()):
        if key in known:
            return key
    titled = [key for key, title in known.items() if typed and title.casefold() == typed.casefold()]
    return titled[0] if len(titled) == 1 else ""


def known_sources() -> dict[str, str]:
    """Return {key: title} of every source, with what is to be known of one that does not stand any more."""
    sources = Source.objects.order_by("key").values_list("key", "title", "state")
    return {key: title if state == "current" else f"{title} ({state})" for key, title, state in sources}


class CitationFormSet(ListFormSet):
    """Citations, each chosen among all sources of the library; `known`: {key: title} of them."""

    known: Mapping[str, str] = MappingProxyType({})

    def add_fields(self, form: ListRow, index: int | None) -> None:
        super().add_fields(form, index)
        typed = form.data.get(form.add_prefix("key")) if form.is_bound else form.initial.get("key")
        form.fields["key"] = SourceField(self.known, help_text=self.known.get(key_among(str(typed or ""), self.known), ""))


def with_rows_of_marks(entered: QueryDict, known: Mapping[str, str]) -> None:
    """Add to what was `entered` a row for each source that the body marks and no row names, in empty rows as far as there are any."""
    count = typed_count(entered, "citations")
    rows = [entered.get(f"citations-{n}-key", "").strip() for n in range(count)]
    # An emptied row that was there already stays as it is: it has its number among the others.
    first = typed_count(entered, "citations", "INITIAL")
    empty = [n for n in range(first, count) if not any(entered.get(f"citations-{n}-{name}") for name in ("key", *CITED))]
    for key in marked_sources(entered.get("body", ""), [key_among(typed, known) for typed in rows]):
        n = empty.pop(0) if empty else count
        count = max(count, n + 1)
        entered[f"citations-{n}-key"] = key
    entered["citations-TOTAL_FORMS"] = str(count)


CITED: Final = ("locator", "supporting_quote")


def with_another_row(entered: QueryDict, name: str) -> None:
    """Add an empty row to the list `name`."""
    entered[f"{name}-TOTAL_FORMS"] = str(typed_count(entered, name) + 1)


def typed_count(entered: QueryDict, name: str, which: str = "TOTAL") -> int:
    """Return how many rows of a list were sent; 0 where that is no number."""
    number = entered.get(f"{name}-{which}_FORMS", "")
    return min(int(number), MOST) if number.isascii() and number.isdigit() and len(number) < 9 else 0


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
    if name == "key_facts":
        fields["source"].widget.attrs["list"] = SOURCES_ID
    nullable = frozenset(field for field, shape in shapes.items() if shape.is_optional)
    return type("ListRow", (ListRow,), fields | {"models": models, "nullable": nullable})


def heading_of(name: str) -> tuple[str, str]:
    """Return the (label, help) of the list `name`."""
    return HEADINGS.get(name, (name.replace("_", " ").capitalize(), ""))


def formset_for(name: str, current: Sequence[Mapping[str, Any]], entered: Any, known: Mapping[str, str]) -> ListFormSet:
    """Return the rows of the list `name` as they were `entered`, or else (None) with what it holds now; `known`: of known_sources."""
    base = CitationFormSet if name == "citations" else ListFormSet
    formset = forms.formset_factory(row_form(name), formset=base, extra=SPARE, can_order=True)
    rows = cast(ListFormSet, formset(entered, initial=list(current), prefix=name, form_kwargs={"label_suffix": ""}))
    if isinstance(rows, CitationFormSet):
        rows.known = known
    return rows
