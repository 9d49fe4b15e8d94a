"""The forms of the sorting desk: exactly the arguments that each verb takes."""

from datetime import datetime
from typing import Any, Final

from django import forms

from faq.admin.action_forms import CommentForm, topic_choices
from faq.admin.forms import CheckboxesField, CommentField, TextField, VerbForm
from faq.models import Publication, SubmittedQuestion
from faq.public.caching import library_state
from faq.search.results import for_readers, search

NEAREST: Final = 5
SHORT: Final = 200
"""Characters of a question that can be a phrasing as it stands, and is filled in; a letter is worded anew."""


def nearest_entries(asked: SubmittedQuestion, at: datetime) -> list[Publication]:
    """Return the entries in force that may answer a question, as its reader would find them today; none once its words are deleted."""
    if not asked.text:
        return []
    found = search(asked.text, for_readers(), [asked.language], library_state(at))
    slugs = [hit.slug for hit in found.hits[:NEAREST]]
    rows = {row.slug: row for row in Publication.objects.current().filter(slug__in=slugs).defer("words")}
    return [rows[slug] for slug in slugs if slug in rows]


class SortingForm(VerbForm):
    """What becomes of a question, and of those that ask nearly the same."""

    alike = forms.BooleanField(required=False, initial=True, label="Also those that ask nearly the same")


class LinkForm(SortingForm):
    """Which entry answers it."""

    nearest = forms.ChoiceField(required=False, label="Entry", widget=forms.RadioSelect, help_text="What a reader finds today.")
    slug = TextField(required=False, label="Another entry", help_text="Its slug, where none of these answers it.")
    phrasing = TextField(
        required=False,
        label="Way of asking for the entry's next version",
        help_text="Search finds the entry by it once it is approved. Take out whatever would tell who asked; empty adds none.",
    )

    def prepare(self) -> None:
        asked: SubmittedQuestion = self.thing
        found = nearest_entries(asked, self.at)
        self.offer("nearest", [(entry.slug, f"{entry.wording} ({entry.slug})") for entry in found])
        if not found:
            del self.fields["nearest"]
        if len(asked.text) <= SHORT and "\n" not in asked.text:
            self.initial.setdefault("phrasing", asked.text)
        self.order_fields(["nearest", "slug", "phrasing", "alike"])

    def arguments(self) -> dict[str, Any]:
        """Return the slug that was typed, else the one that was chosen."""
        asked = self.cleaned_data
        return {"slug": asked["slug"] or asked.get("nearest", ""), "phrasing": asked["phrasing"], "alike": asked["alike"]}


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
