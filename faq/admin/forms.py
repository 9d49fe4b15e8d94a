"""What the admin's forms share: one form asks for the arguments of one verb, and shows why the verb was refused."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction

from faq import payload, triggers, workflow
from faq.models import User


class Section(NamedTuple):
    """Fields under a heading; `lists` are (label, help, rows) where something is edited as rows."""

    title: str
    fields: list[forms.BoundField]
    lists: Sequence[tuple[str, str, forms.BaseFormSet[Any]]] = ()


class VerbForm(forms.Form):
    """The arguments of one verb on `thing` (None where the verb makes it), asked from `by` at the moment `at`."""

    required_css_class = "required"

    def __init__(self, entered: Any = None, *, thing: Any, by: User, at: datetime, initial: Mapping[str, Any] | None = None) -> None:
        super().__init__(entered, initial=dict(initial or {}), label_suffix="")
        self.thing, self.by, self.at = thing, by, at
        self.prepare()

    def prepare(self) -> None:
        """Add what depends on the thing: its fields, choices and initial values."""

    def arguments(self) -> dict[str, Any]:
        """Return the verb's keyword arguments; the form is valid."""
        return dict(self.cleaned_data)

    def refuse(self, problems: Sequence[tuple[str, str]]) -> None:
        """Show each (field, reason) beside its field, or above the form where it has none."""
        for path, reason in problems:
            field = path.split(".")[0]
            self.add_error(field if field in self.fields else None, reason if field in self.fields else f"{path}: {reason}")

    def sections(self) -> list[Section]:
        """Return the visible fields under headings; one without a heading unless a subclass has several."""
        return [Section("", self.visible_fields())]


@dataclass(frozen=True)
class Step:
    """How the admin calls one verb: `call` with the form's arguments, and what people read around it.

    `ask` labels the comment field. `follows`: afterwards the row that the verb returned is opened. `reads_first`: the words stand
    above the form, because they are to be read before the decision.
    """

    call: Callable[..., Any]
    form: type[VerbForm]
    done: str
    says: str = ""
    ask: str = ""
    follows: bool = False
    reads_first: bool = False


@dataclass(frozen=True)
class Outcome:
    """That a verb went through, and what it returned."""

    result: Any


def perform(step: Step, form: VerbForm) -> Outcome | None:
    """Call the verb with what was entered; None where it was refused: the form then says why and has everything that was typed."""
    if not form.is_valid():
        return None
    thing = () if form.thing is None else (form.thing,)
    try:
        with transaction.atomic():
            return Outcome(step.call(*thing, by=form.by, at=form.at, **form.arguments()))
    except workflow.TransitionRefused as refused:
        form.add_error(None, str(refused))
    except workflow.WordsRefused as refused:
        form.refuse(refused.problems)
    except IntegrityError as error:
        sentence = triggers.sentence_of(error)
        if not sentence:
            raise
        form.add_error(None, f"The library refused this: {sentence}; nothing was changed. Reload the page and look again.")
    return None


# Fields


class Text(forms.CharField):
    """Text in NFC with Unix line ends, as payload.clean_text has it."""

    def to_python(self, value: Any) -> str:
        """Return the cleaned text; raise ValidationError for what a database cannot keep."""
        try:
            return payload.clean_text(str(super().to_python(value) or ""))
        except ValueError as error:
            raise ValidationError(str(error)) from error


class Long(Text):
    """Text of several lines; white space at its ends is kept, so that opening and saving changes nothing."""

    def __init__(self, *, rows: int = 3, **options: Any) -> None:
        widget = forms.Textarea(attrs={"rows": rows, "class": "vLargeTextField"})
        super().__init__(strip=False, widget=widget, **options)


class Comment(Text):
    """A remark; required unless told otherwise."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"}), **options)


class Lines(forms.Field):
    """A list of texts, one per line."""

    def __init__(self, *, rows: int = 3, **options: Any) -> None:
        widget = forms.Textarea(attrs={"rows": rows, "class": "vLargeTextField"})
        options.setdefault("required", False)
        super().__init__(widget=widget, **options)

    def prepare_value(self, value: Any) -> Any:
        """Return a list as lines; what was typed stays as it is."""
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:
        """Return the lines that say something."""
        return list(lines(str(value or "")))

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Return whether the lines differ."""
        return bool((initial or []) != self.to_python(data))


def lines(text: str) -> Iterator[str]:
    """Yield the cleaned lines of `text` that say something; raise ValidationError for what a database cannot keep."""
    try:
        cleaned = payload.clean_text(text)
    except ValueError as error:
        raise ValidationError(str(error)) from error
    yield from (line.strip() for line in cleaned.split("\n") if line.strip())


class Day(forms.DateField):
    """A date, chosen in the browser's own calendar."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **options)


class Ticks(forms.MultipleChoiceField):
    """Any of some choices, each with a box to tick."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("required", False)
        super().__init__(widget=forms.CheckboxSelectMultiple, **options)


def choices(values: Sequence[str], empty: str | None = None) -> list[tuple[str, str]]:
    """Return the choices for plain values, first `empty` as the label of "" if given."""
    named = [(value, value.replace("_", " ")) for value in values]
    return named if empty is None else [("", empty), *named]


def columns(model: type[models.Model], names: Sequence[str]) -> dict[str, forms.Field]:
    """Return the form fields of a model's columns, with their labels, lengths and help texts."""
    found = forms.models.fields_for_model(model, fields=list(names))
    return {name: field for name, field in found.items() if field is not None}
