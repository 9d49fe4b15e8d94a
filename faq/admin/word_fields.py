"""Form fields made from THE list of an entry's fields (content/words.py): a field added there can be edited without a line here.

OPTIONS names only what a field needs beside what its type says: another label, a help text, a taller box.
"""

from collections.abc import Mapping
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, NamedTuple, Union, get_args, get_origin

from annotated_types import Ge, MaxLen
from django import forms
from pydantic import BaseModel

from faq.admin.forms import CheckboxesField, LinesField, LongTextField, TextField, choices
from faq.content.words import EDITABLE, DraftWords, Provenance

ONE_LINE: Final = 500
"""Characters up to which a text is typed on one line."""
OPTIONS: Final[Mapping[str, Mapping[str, Any]]] = {
    "question": {"max_length": 500, "required": True},
    "phrasings": {"rows": 5, "help_text": "The question in patients' own words, one per line. Search finds them; readers do not see them."},
    "region": {"help_text": "Where it holds, such as US. Empty: anywhere."},
    "applies_to": {"help_text": "One per line, such as early or metastatic."},
    "short_answer": {"rows": 3, "help_text": "Two or three sentences of plain text, without marks."},
    "body": {"rows": 12, "help_text": "Markdown, with a mark such as [^key] after what a source supports."},
    "advice_cards": {"label": "Cards", "help_text": "The cards readers need with this answer."},
    "origin": {"help_text": "It only moves towards AI: “Mark as AI-assisted” alone lowers it, with a reason."},
    "licence": {"help_text": "Such as CC BY 4.0."},
    "update_type": {"label": "Kind of update"},
    "change_note": {"help_text": "What is new in this version; readers see it."},
    "translation_of-slug": {"label": "Translation of", "help_text": "The slug of the entry that was translated."},
    "translation_of-version": {"label": "Its version"},
    "call_to_action-label": {"label": "Call to action", "help_text": "One thing a reader can do next."},
    "call_to_action-url": {"label": "Its address"},
    "responsible-name": {"label": "Who answers for it", "help_text": "The organisation, as readers see it. Only a lead changes it."},
    "responsible-contact": {"label": "How it is reached", "help_text": "A mail address, a page or a telephone number."},
    "generator-name": {"label": "Generator", "help_text": "The program that drafted the words."},
    "generator-generated_on": {"label": "Generated on", "help_text": "YYYY-MM-DD"},
    "generator-grounded_in": {"label": "Grounded in", "help_text": "The documents it was given, one per line."},
    "status_lines.as_of": {"label": "As of", "help_text": "YYYY-MM"},
    "key_facts.source": {"help_text": "Key of a cited source"},
    "quotations.source": {"help_text": "Where it was said"},
    "citations.locator": {"help_text": "Page, section or table"},
    "resources.url": {"label": "Address"},
    "resources.duration_s": {"label": "Seconds"},
}
"""By name in a form: `field`, `field-piece` for what is one thing or nothing, `list.field` for a row's."""


class Shape(NamedTuple):
    """What a field holds: its bare type, the limits beside it (annotated_types), and whether it may be None."""

    base: Any
    limits: tuple[Any, ...]
    is_optional: bool

    def limit(self, kind: type[Any], name: str) -> Any:
        """Return the value `name` of a limit of a `kind`, or None."""
        return next((getattr(limit, name) for limit in self.limits if isinstance(limit, kind)), None)

    @property
    def is_list(self) -> bool:
        return get_origin(self.base) is list

    @property
    def models(self) -> tuple[type[BaseModel], ...]:
        """The models of which this is one, or a list of one; empty where it is none."""
        inner = shape_of(get_args(self.base)[0]).base if self.is_list else self.base
        # A list may be of several models, as `resources` is.
        members = get_args(inner) if get_origin(inner) in (Union, UnionType) else (inner,)
        return tuple(member for member in members if isinstance(member, type) and issubclass(member, BaseModel))


def shape_of(annotation: Any, limits: tuple[Any, ...] = ()) -> Shape:
    """Return the Shape of an annotation such as `Annotated[str, MaxLen(500)] | None`; `limits` are those found around it."""
    if get_origin(annotation) is Annotated:
        inner, *more = get_args(annotation)
        return shape_of(inner, (*more, *limits))
    # Python makes a UnionType of `int | None`, and a Union of `Annotated[int, ...] | None`.
    members = get_args(annotation) if get_origin(annotation) in (Union, UnionType) else ()
    others = [member for member in members if member is not NoneType]
    if len(others) == 1 < len(members):
        return shape_of(others[0], limits)._replace(is_optional=True)
    return Shape(annotation, limits, is_optional=False)


def shapes_of(model: type[BaseModel]) -> dict[str, Shape]:
    """Return {field: its Shape}; pydantic keeps the outermost limits of an annotation apart from it, as `metadata`."""
    return {name: shape_of(info.annotation, tuple(info.metadata)) for name, info in model.model_fields.items()}


FIELDS: Final = shapes_of(DraftWords) | shapes_of(Provenance)
SHAPES: Final = {name: FIELDS[name] for name in EDITABLE}
PIECES: Final = {name: shapes_of(shape.models[0]) for name, shape in SHAPES.items() if shape.models and not shape.is_list}
"""{field: {piece: Shape}} of what is one thing or nothing, edited as several form fields named `field-piece`."""
LISTS: Final = {name: shape.models for name, shape in SHAPES.items() if shape.models and shape.is_list}
"""{field: the models that its rows may be} of what is edited as rows (formsets.py)."""


def form_field(name: str, shape: Shape, *, empty: str | None = None) -> forms.Field:
    """Return the field for a value of `shape`; `empty` labels a first choice that is none, for a list of choices that may stay open."""
    options: dict[str, Any] = {"required": False, **OPTIONS.get(name, {})}
    if get_origin(shape.base) is Literal:
        return forms.ChoiceField(choices=choices(get_args(shape.base), empty), **options | {"required": empty is None})
    if shape.is_list:
        # Cards are chosen among those of the library; any other list is typed, one a line.
        return CheckboxesField(**options) if name == "advice_cards" else LinesField(**options)
    if shape.base is bool:
        return forms.BooleanField(**options)
    if shape.base is int:
        return forms.IntegerField(min_value=shape.limit(Ge, "ge"), **options)
    # No max_length: the model says what is too long, once the text is cleaned, and its reason comes back to the field.
    is_long = (shape.limit(MaxLen, "max_length") or 0) > ONE_LINE
    return LongTextField(**{"rows": 2, **options}) if is_long else TextField(**options)


def word_fields() -> dict[str, forms.Field]:
    """Return {name: form field} of everything but LISTS, under the names of OPTIONS; new ones each time, since a form fills in choices."""
    plain = {name: shape for name, shape in SHAPES.items() if not shape.models}
    pieces = {f"{name}-{piece}": shape for name, shapes in PIECES.items() for piece, shape in shapes.items()}
    return {name: form_field(name, shape) for name, shape in (plain | pieces).items()}
