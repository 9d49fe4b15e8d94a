"""Reaffirming several entries at once: each is shown in full, and each has a box that says it was read."""

from typing import Any, Final

from django import forms

from faq import workflow
from faq.admin.forms import Comment, Day, Step, VerbForm
from faq.models import Publication


class ReaffirmSeveral(VerbForm):
    """That each of several versions still stands; `thing` is their list."""

    next_review_due_on = Day(label="Next review on")
    comment = Comment(required=False, help_text="For colleagues.")

    def prepare(self) -> None:
        """Add a box and the hash of the shown words per entry."""
        for publication in self.thing:
            missing = {"required": "Read this entry, or leave it out."}
            label = f"I have read {publication} and it still stands"
            self.fields[f"read_{publication.pk}"] = forms.BooleanField(label=label, error_messages=missing)
            self.fields[f"seen_{publication.pk}"] = forms.CharField(widget=forms.HiddenInput, initial=publication.content_hash)

    def arguments(self) -> dict[str, Any]:
        """Return the day, the comment and, as `seen`, the hash of the words that were shown, by key."""
        publications: list[Publication] = self.thing
        seen = {each.pk: self.cleaned_data[f"seen_{each.pk}"] for each in publications}
        return {"seen": seen} | {name: self.cleaned_data[name] for name in ("next_review_due_on", "comment")}


def reaffirm_several(publications: list[Publication], *, seen: dict[int, str], **arguments: Any) -> list[Publication]:
    """Reaffirm all of them, or none."""
    return workflow.reaffirm(seen, **arguments)


REAFFIRM: Final = Step(reaffirm_several, ReaffirmSeveral, "Reaffirmed.", says="You say that every word above still stands.")
