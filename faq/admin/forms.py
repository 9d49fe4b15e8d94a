"""What the admin's forms share: one form asks for the arguments of one verb, and shows why the verb was refused."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.forms.utils import ErrorDict

from faq import workflow
from faq.content.letters import is_blank
from faq.content.texts import clean_text, said_or_empty
from faq.integrity import triggers
from faq.models import User


class Section(NamedTuple):
    """Fields under a heading."""

    title: str
    fields: list[forms.BoundField]


class VerbForm(forms.Form):
    """The arguments of one verb on `thing` (None where the verb makes it), asked from `by` at the moment `at`."""

    # Marks the labels of fields that must be filled in; the style sheet of Django's admin shows it.
    required_css_class = "required"
    is_quiet = False
    """Whether what was entered is only shown again: another button was pressed, so that no fault is found in it."""

    def __init__(self, entered: Any = None, *, thing: Any, by: User, at: datetime, initial: Mapping[str, Any] | None = None) -> None:
        # Django would end each label with a colon.
        super().__init__(entered, initial=dict(initial or {}), label_suffix="")
        self.thing, self.by, self.at = thing, by, at
        self.prepare()

    def prepare(self) -> None:
        """Add what depends on the thing: its fields, choices and initial values."""

    def full_clean(self) -> None:
        if self.is_quiet:
            self._errors, self.cleaned_data = ErrorDict(), {}
        else:
            super().full_clean()

    def offer(self, name: str, offered: Sequence[tuple[str, str]]) -> None:
        """Let the (value, label) pairs `offered` be what can be chosen in the field `name`."""
        cast(forms.ChoiceField, self.fields[name]).choices = offered

    def arguments(self) -> dict[str, Any]:
        """Return the verb's keyword arguments; the form is valid."""
        return dict(self.cleaned_data)

    def refuse(self, problems: Sequence[tuple[str, str]]) -> None:
        """Show each (field, reason) beside its field, or above the form where it has none; fields are dotted, as in `generator.name`."""
        for path, reason in problems:
            field = path.split(".")[0]
            self.add_error(field if field in self.fields else None, reason if field in self.fields else f"{path}: {reason}")

    def refused(self, refusal: workflow.TransitionRefused) -> None:
        """Say above the form why the verb was refused."""
        self.add_error(None, str(refusal))

    def sections(self) -> list[Section]:
        """Return the visible fields under headings; one without a heading unless a subclass has several."""
        return [Section("", self.visible_fields())]


@dataclass(frozen=True)
class Action:
    """A button and its form: the verb that is called with the form's arguments, and what people read around it.

    `ask` labels the comment field. `follows`: afterwards the row that the verb returned is opened. `reads_first`: the words stand
    above the form, because they are to be read before the decision. `sure`: the button under what will happen, which is shown first.
    """

    call: Callable[..., Any]
    form: type[VerbForm]
    done: str
    says: str = ""
    ask: str = ""
    follows: bool = False
    reads_first: bool = False
    sure: str = ""


@dataclass(frozen=True)
class ActionResult:
    """That a verb went through, and what it returned: that may be nothing, which would look like a refusal."""

    result: Any


def run_action(action: Action, form: VerbForm) -> ActionResult | None:
    """Call the verb with what was entered, as a whole or not at all; return None where it was refused, as `attempt` does."""
    return attempt(transaction.atomic(action.call), form)


def attempt(call: Callable[..., Any], form: VerbForm) -> ActionResult | None:
    """Call something with what was entered; return None where it was refused: the form then says why, and keeps all that was typed.

    Raises IntegrityError where the database refused for another reason than a guard's.
    """
    if not form.is_valid():
        return None
    thing = () if form.thing is None else (form.thing,)
    try:
        return ActionResult(call(*thing, by=form.by, at=form.at, **form.arguments()))
    except workflow.TransitionRefused as refused:
        form.refused(refused)
    except workflow.WordsRefused as refused:
        form.refuse(refused.problems)
    except IntegrityError as error:
        sentence = triggers.sentence_of(error)
        if not sentence:
            raise
        form.add_error(None, f"The library refused this: {sentence}; nothing was changed. Reload the page and look again.")
    return None


# Fields


class TextField(forms.CharField):
    """Text as words.clean_text has it, "" where it says nothing; what cannot be kept is refused."""

    def to_python(self, value: Any) -> str:
        try:
            return said_or_empty(clean_text(str(super().to_python(value) or "")))
        except ValueError as error:
            raise ValidationError(str(error)) from error


class LongTextField(TextField):
    """Text of several lines; white space at its ends is kept, so that opening and saving changes nothing."""

    def __init__(self, *, rows: int = 3, **options: Any) -> None:
        widget = forms.Textarea(attrs={"rows": rows, "class": "vLargeTextField"})
        super().__init__(strip=False, widget=widget, **options)


class CommentField(TextField):
    """A remark, typed in a box of four lines; required unless told otherwise."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"}), **options)


class LinesField(forms.Field):
    """A list of texts, one per line."""

    def __init__(self, *, rows: int = 3, **options: Any) -> None:
        widget = forms.Textarea(attrs={"rows": rows, "class": "vLargeTextField"})
        options.setdefault("required", False)
        super().__init__(widget=widget, **options)

    def prepare_value(self, value: Any) -> Any:
        # A form that is refused has the text as it was typed, not a list.
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:
        return list(lines_of_text(str(value or "")))

    def has_changed(self, initial: Any, data: Any) -> bool:
        # Django takes "" for the initial value of an empty field, which differs from [].
        return bool((initial or []) != self.to_python(data))


def lines_of_text(text: str) -> Iterator[str]:
    """Yield the cleaned lines of `text` that say something; raise ValidationError for what a database cannot keep."""
    try:
        cleaned = clean_text(text)
    except ValueError as error:
        raise ValidationError(str(error)) from error
    yield from (line.strip() for line in cleaned.split("\n") if not is_blank(line))


class DayInput(forms.DateInput):
    """The browser's own calendar, which takes a day as YYYY-MM-DD and in no other form, whatever the language of the page."""

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d", attrs={"type": "date"})


class DayField(forms.DateField):
    """A date, chosen in the browser's own calendar."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=DayInput(), **options)


class CheckboxesField(forms.MultipleChoiceField):
    """Any of some choices, each with a box to tick."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("required", False)
        super().__init__(widget=forms.CheckboxSelectMultiple, **options)


def choices(values: Sequence[str], empty: str | None = None) -> list[tuple[str, str]]:
    """Return (value, label) of plain values, first `empty` as the label of "" if it is given."""
    named = [(value, value.replace("_", " ")) for value in values]
    return named if empty is None else [("", empty), *named]


class ChecksField(forms.MultipleChoiceField):
    """The places of sentences that were ticked (workflow.to_be_checked); the verb says in words what is wrong with another one."""

    def __init__(self) -> None:
        super().__init__(required=False, widget=forms.MultipleHiddenInput)

    def valid_value(self, value: str) -> bool:
        return True


def column_fields(model: type[models.Model], names: Sequence[str]) -> dict[str, forms.Field]:
    """Return {name: form field} of a model's columns, with their labels, lengths and help texts."""
    fields = forms.models.fields_for_model(model, fields=list(names))
    return {name: field for name, field in fields.items() if field is not None}
