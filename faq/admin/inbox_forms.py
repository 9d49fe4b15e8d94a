"""The forms of the sorting desk: exactly the arguments that each verb takes."""

from typing import Any, Final

from django import forms

from faq.admin.action_forms import CommentForm, topic_choices
from faq.admin.forms import CheckboxesField, CommentField, TextField, VerbForm
from faq.models import SubmittedQuestion

SHORT: Final = 200
"""Characters of a question that can be a phrasing as it stands, and is filled in; a letter is worded anew."""


class SortingForm(VerbForm):
    """What becomes of a question, and of those that ask nearly the same."""

    alike = forms.BooleanField(required=False, initial=True, label="Also those that ask nearly the same")


class LinkForm(SortingForm):
    """Which entry answers it."""

    slug = TextField(label="Entry", help_text="The slug of the entry in force that answers it; the nearest ones stand below.")
    phrasing = TextField(
        required=False,
        label="Way of asking for the entry's next version",
        help_text="Search finds the entry by it once it is approved. Take out whatever would tell who asked; empty adds none.",
    )

    def prepare(self) -> None:
        asked: SubmittedQuestion = self.thing
        if len(asked.text) <= SHORT and "\n" not in asked.text:
            self.initial.setdefault("phrasing", asked.text)
        self.order_fields(["slug", "phrasing", "alike"])


class OpenForm(SortingForm):
    """The question of the library that comes of it."""

    wording = TextField(label="Question", help_text="Worded for everybody: readers see it above the answer.")
    slug = TextField(required=False, help_text="Part of the address, for ever. Left empty, it is made from the question.")
    topics = CheckboxesField()

    def prepare(self) -> None:
        self.offer("topics", topic_choices(self.at))
        self.order_fields(["wording", "slug", "topics", "alike"])


class RejectForm(SortingForm):
    """Why nothing comes of it."""

    reason = CommentField(label="Why does nothing come of it?", help_text="For colleagues; nobody replies to readers.")

    def prepare(self) -> None:
        self.order_fields(["reason", "alike"])


class CloseForm(CommentForm):
    """What came of a report."""

    def arguments(self) -> dict[str, Any]:
        return {"reason": self.cleaned_data["comment"]}
