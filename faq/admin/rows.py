"""Lists within an answer, edited as rows: key facts, citations and the like. An emptied row goes; some empty ones wait at the end."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final

from django import forms

from faq import payload
from faq.admin.forms import Long, Text, choices
from faq.models import Source

STATUSES: Final = ("established", "expanding", "investigational", "trial_only", "not_recommended")
SPARE: Final = 2
SERVICE_FIELDS: Final = ("phone", "hours", "region", "description")
MEDIA_FIELDS: Final = ("captions", "duration_s", "transcript")


class Row(forms.Form):
    """One row. Nothing is required here: an empty row is none, and the schema of the Words says what a full one lacks."""

    nullable: ClassVar[tuple[str, ...]] = ()
    use_required_attribute = False

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options | {"label_suffix": ""})
        for field in self.fields.values():
            field.required = False

    def entered(self) -> dict[str, Any]:
        """Return the row as `edit` takes it."""
        values = {name: value for name, value in self.cleaned_data.items() if name != "ORDER"}
        return {name: None if name in self.nullable and value == "" else value for name, value in values.items()}

    def is_blank(self) -> bool:
        """Return whether nothing was entered."""
        return not any(value for name, value in self.cleaned_data.items() if name != "ORDER")


class StatusLineRow(Row):
    """Where one thing stands."""

    item = Text()
    status = forms.ChoiceField(choices=choices(STATUSES, "choose"))
    as_of = Text(label="As of", help_text="YYYY-MM")


class KeyFactRow(Row):
    """A label and a value."""

    nullable = ("source",)
    label = Text()
    value = Text()
    source = Text(help_text="Key of a cited source")


class CareTeamQuestionRow(Row):
    """A question to ask, and why."""

    question = Text()
    why = Long(rows=2)


class QuotationRow(Row):
    """What somebody said."""

    text = Long(rows=2)
    who = Text()
    role = Text()
    source = Text(help_text="Where it was said")


class CitationRow(Row):
    """A source, where in it, and what it says."""

    key = forms.ChoiceField(label="Source")
    locator = Text(help_text="Page, section or table")
    supporting_quote = Long(rows=2, label="Supporting quote")


class ResourceRow(Row):
    """A service or a recording; which fields count depends on the kind."""

    nullable = ("duration_s",)
    kind = forms.ChoiceField(choices=choices((*payload.SERVICE_KINDS, *payload.MEDIA_KINDS), "choose"))
    name = Text()
    url = Text(label="Address")
    phone = Text()
    hours = Text()
    region = Text()
    description = Long(rows=2)
    captions = forms.BooleanField()
    duration_s = forms.IntegerField(label="Seconds", min_value=0)
    transcript = Long(rows=2)

    def clean(self) -> dict[str, Any]:
        """Refuse what the kind has no place for, rather than lose it."""
        kind = self.cleaned_data.get("kind")
        for name in foreign(kind) if kind else ():
            if self.cleaned_data.get(name):
                self.add_error(name, f"A {kind} has none; empty this field, or choose another kind.")
        return self.cleaned_data

    def entered(self) -> dict[str, Any]:
        """Return the fields that count for the kind."""
        return {name: value for name, value in super().entered().items() if name not in foreign(self.cleaned_data["kind"])}


def foreign(kind: str) -> tuple[str, ...]:
    """Return the fields of a resource that have no meaning for its kind."""
    return SERVICE_FIELDS if kind in payload.MEDIA_KINDS else MEDIA_FIELDS


class OrderInput(forms.NumberInput):
    """A small field for the number that puts a row in order."""

    def __init__(self) -> None:
        super().__init__(attrs={"min": 1, "class": "order"})


class Rows(forms.BaseFormSet[Row]):
    """The rows of one list, with numbers that put them in order."""

    ordering_widget = OrderInput

    @property
    def is_open(self) -> bool:
        """Return whether the list is shown unfolded: it says something, or it is the sources, which every answer needs."""
        return self.initial_form_count() > 0 or self.prefix == "citations" or any(row.has_changed() for row in self.extra_forms)

    def filled(self) -> list[Row]:
        """Return the rows that say something, in the order their numbers ask for, those without a number last."""
        rows = [row for row in self.forms if not row.is_blank()]
        return sorted(rows, key=lambda row: row.cleaned_data.get("ORDER") or len(rows) + 1)

    def values(self) -> list[dict[str, Any]]:
        """Return the list as `edit` takes it."""
        return [row.entered() for row in self.filled()]

    def refuse(self, steps: Sequence[str], reason: str) -> bool:
        """Show `reason` in the row and field that `steps` (such as 2, label) name; return whether there is such a row."""
        rows = self.filled()
        if not steps or not steps[0].isdigit() or int(steps[0]) >= len(rows):
            return False
        row = rows[int(steps[0])]
        row.add_error(steps[-1] if steps[-1] in row.fields else None, reason)
        return True


class CitationRows(Rows):
    """Citations, with the sources to choose from looked up once."""

    def add_fields(self, form: Row, index: int | None) -> None:
        """Offer every source in each row."""
        super().add_fields(form, index)
        form.fields["key"].choices = self.sources()  # type: ignore[attr-defined]

    def sources(self) -> list[tuple[str, str]]:
        """Return the choices, from the database the first time."""
        if not hasattr(self, "found"):
            rows = Source.objects.order_by("key").values_list("key", "title", "state")
            self.found = [(key, f"{key}: {title[:80]}" + ("" if state == "current" else f" ({state})")) for key, title, state in rows]
        return [("", "choose"), *self.found]


LISTS: Final[Mapping[str, tuple[type[Row], type[Rows], str, str]]] = {
    "status_lines": (StatusLineRow, Rows, "Where things stand", "What is established, and what is only being tried."),
    "key_facts": (KeyFactRow, Rows, "Key facts", "Short facts, such as: How common it is | 15 in 100."),
    "care_team_questions": (CareTeamQuestionRow, Rows, "Questions to ask the care team", ""),
    "quotations": (QuotationRow, Rows, "Quotations", ""),
    "citations": (
        CitationRow,
        CitationRows,
        "Sources",
        "A mark in the text is written [^key]. A source without a mark is a general one.",
    ),
    "resources": (
        ResourceRow,
        Rows,
        "Services and recordings",
        "Recordings have captions and a transcript.",
    ),
}


def rows_of(name: str, current: Sequence[Mapping[str, Any]], entered: Any) -> Rows:
    """Return the rows of the list `name`, with what it holds now, or what was entered."""
    row, rows, _, _ = LISTS[name]
    made = forms.formset_factory(row, formset=rows, extra=SPARE, can_order=True, max_num=1000)
    found = made(entered, initial=list(current), prefix=name)
    if not isinstance(found, Rows):
        raise TypeError(name)
    return found
