"""Where each field of the author's form stands: the order in which somebody thinks of an answer, with what is seldom needed folded."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString

from faq.admin.formsets import ListFormSet, add_source
from faq.admin.word_fields import PIECES
from faq.content.words import AT_LEAST, DEFAULTS, EDITABLE
from faq.readiness import Finding


class Fold(NamedTuple):
    """Fields that stand folded under a summary while they say nothing."""

    summary: str
    names: tuple[str, ...]


LAYOUT: Final[Mapping[str, Sequence[str | Fold]]] = {
    "The question": (
        "question",
        Fold("Who it is for, and other words for it", ("audience", "region", "applies_to", "phrasings")),
        Fold("The entry that it translates", ("translation_of",)),
    ),
    "The answer": ("short_answer", "body", "key_facts", "quotations"),
    "What keeps readers safe": (
        Fold("Urgent advice", ("advice_cards",)),
        "status_lines",
        "care_team_questions",
        "resources",
        Fold("One thing to do next", ("call_to_action",)),
    ),
    "What it rests on": ("citations",),
    "Where the words come from": (
        "origin",
        Fold("The program that drafted them", ("generator",)),
        Fold("Byline, licence and thanks", ("byline", "licence", "attribution")),
        Fold("Who answers for them", ("responsible",)),
    ),
    "What changed": (Fold("Kind of update, and what readers are told of it", ("update_type", "change_note")),),
}
"""{heading: its fields}. A list of rows stands folded by itself."""
UNTOUCHED: Final = DEFAULTS | {"audience": AT_LEAST["audience"], "origin": "human"}


def placed_names(placed: Sequence[str | Fold]) -> list[str]:
    return [name for part in placed for name in ([part] if isinstance(part, str) else part.names)]


UNPLACED: Final = tuple(name for name in EDITABLE if name not in {name for placed in LAYOUT.values() for name in placed_names(placed)})
"""Fields that nobody gave a place yet: they stand at the end of the answer."""
AFTER: Final = "The answer"


class Placed(NamedTuple):
    """One field with what readiness found in it; the name of its place, by which the script finds it again."""

    field: forms.BoundField
    findings: list[Finding]
    place: str


class PlacedRow(NamedTuple):
    """One row of a list; `place` as in Placed."""

    form: forms.Form
    findings: list[Finding]
    place: str


class Part(NamedTuple):
    """Fields, or the rows of a list; folded under its `summary` unless `is_open`, and not to be folded without one."""

    summary: str
    is_open: bool
    fields: list[Placed]
    rows: ListFormSet | None = None
    help: str = ""
    listed: Sequence[PlacedRow] = ()
    findings: Sequence[Finding] = ()
    place: str = ""


class Heading(NamedTuple):
    title: str
    parts: list[Part]


def form_names(name: str) -> list[str]:
    """Return what the form calls the field `name`, or its pieces."""
    return [f"{name}-{piece}" for piece in PIECES[name]] if name in PIECES else [name]


def name_of(form_name: str) -> str:
    """Return the name of the field that the form calls `form_name`, alone or as one of its pieces."""
    return form_name.partition("-")[0]


def says_something(field: forms.BoundField) -> bool:
    """Whether a field holds another value than a draft begins with."""
    value = field.value()
    return value not in (None, "", [], UNTOUCHED.get(field.name))


def place_of(finding: Finding, lists: Mapping[str, ListFormSet]) -> str:
    """Return the place in the form to which a finding belongs: a field, a piece of one, a list, or a row such as `key_facts.0`.

    Sources are found by their keys, which stand as the sentence: frozen, they are in another order than in the form.
    """
    name, _, number = finding.field.partition(".")
    if name not in lists:
        return form_names(name)[0]
    rows = lists[name].in_order()
    if name == "citations":
        row = next((row for row in rows if finding.sentence and lists[name].key_of(row) == finding.sentence), None)
    else:
        row = rows[int(number)] if number.isdigit() and int(number) < len(rows) else None
    return f"{name}.{lists[name].forms.index(row)}" if row else name


def explained(finding: Finding) -> SafeString:
    """Return what to do about a finding, with the way to a source that the library lacks."""
    key = missing_source(finding)
    return format_html("{} {}", finding.message, add_source(key)) if key else format_html("{}", finding.message)


def missing_source(finding: Finding) -> str:
    """Return the key that no source has, or an empty string; the message has it between “ and ”."""
    named = finding.message.partition("No source has the key “")[2]
    return named.partition("”")[0] if finding.code == "mark-without-source" else ""
