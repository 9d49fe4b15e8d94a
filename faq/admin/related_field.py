"""Related entries, chosen by the wording of their questions: a few lines to type in, with all questions to choose from below each."""

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from faq.content.texts import is_slug
from faq.models import Answer, Question

SPARE: Final = 3
"""Empty lines behind the chosen ones."""
OFFERED: Final = 1_000
"""Questions that a page offers while one types; in a larger library the others are found by their words, once the form is sent."""
NAMED: Final = 6
"""Questions that a refusal names."""
LIST_ID: Final = "known-questions"


def worded() -> QuerySet[Any]:
    """Return the questions, each with its newest wording as `wording`, by slug."""
    newest = Answer.objects.filter(question=OuterRef("pk")).exclude(wording="").order_by("-pk").values("wording")[:1]
    return Question.objects.annotate(wording=Subquery(newest)).exclude(wording=None).order_by("slug").values_list("slug", "wording")


class RelatedInput(forms.Widget):
    """One line for each entry, and some empty ones; a datalist needs no script."""

    use_fieldset = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        values = data.getlist(name) if hasattr(data, "getlist") else data.get(name, [])
        return values if isinstance(values, list) else [values]

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        lines = [line for line in lines_of(value or []) if line]
        own_id = (attrs or {}).get("id", f"id_{name}")
        rows = [(name, own_id, n, n + 1, line, LIST_ID) for n, line in enumerate([*lines, *[""] * SPARE])]
        field = '<input type="text" name="{}" id="{}_{}" aria-label="Related entry {}" value="{}" list="{}" autocomplete="off">'
        each = f'<div class="one-field">{field}</div>'
        options = format_html_join("\n", '<option value="{}">{}</option>', worded()[:OFFERED])
        return format_html('{}<datalist id="{}">{}</datalist>', format_html_join("\n", each, rows), LIST_ID, options)

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        return f"{id_}_0"


def lines_of(values: Sequence[str]) -> list[str]:
    """Return what was typed, an entry each; several may have been pasted into one line."""
    return [line.strip() for value in values for line in str(value).splitlines()]


class RelatedField(forms.Field):
    """Slugs of entries, each typed as the slug or as the question's words, in the order readers see them."""

    def __init__(self, **options: Any) -> None:
        about = "Type some words of the question and choose it, one a line, in the order readers see them. Its slug does as well."
        super().__init__(required=False, widget=RelatedInput, help_text=about, label="Related entries", **options)

    def to_python(self, value: Any) -> list[str]:
        typed = [line for line in lines_of(value or []) if line]
        # What looks like a slug is left to the verb, which knows which entries may still come.
        slugs, wrong = [], []
        for line in typed:
            found = [line] if is_slug(line) else exact(line)
            slugs += found[:1]
            wrong += [] if len(found) == 1 else [refusal(line, found)]
        if wrong:
            raise ValidationError(wrong)
        return list(dict.fromkeys(slugs))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return list(initial or []) != [line for line in lines_of(data or []) if line]


def exact(line: str) -> list[str]:
    """Return the slugs of the questions that are worded so."""
    return [slug for slug, _ in worded().filter(wording__iexact=line)[: NAMED + 1]]


def refusal(line: str, found: Sequence[str]) -> str:
    """Return what to do about words that name no single question."""
    if found:
        return f"Several questions are worded “{line}”. Give the slug of the one you mean: {', '.join(found[:NAMED])}."
    near = worded()
    for word in line.split():
        near = near.filter(wording__icontains=word)
    named = "; ".join(f"“{wording}” ({slug})" for slug, wording in near[:NAMED])
    return f"No question is worded “{line}”. " + (f"These have its words, choose one: {named}." if named else "Look it up under Questions.")
