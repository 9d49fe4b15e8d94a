"""Whatever is wrong with a value, the reason is a sentence for people: no regular expression, and none of pydantic's own."""

import re
from collections.abc import Iterator
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import pytest
from pydantic import BaseModel, ValidationError

from faq.content.reasons import problems_in
from faq.content.words import DraftWords, Provenance, Words
from faq.interchange.rows import SourceRow, TextRow, TopicRow

PROGRAMMERS = re.compile(
    r"Input|String should|List should|valid (string|integer|list|dict)|pattern|\^|\\|\$|pydantic|Extra inputs|Field required|ctx|no value"
)
WRONG: list[Any] = [
    *(None, "", " ", "x" * 200_000, "ÀÉ !", "\ud800", "a\x00b", "none of these", "9999-99-99", 0, -1, 10**30, 1.5, True, [], [None], [[]]),
    *(["", ""], ["x" * 200_000], {}, {"unknown": 1}, [{}], [{"kind": "nothing"}], [{"kind": 1}], [{"key": "a"}, {"key": "a"}], {1: 2}),
]


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """Yield the models that a value of `annotation` may be made of."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation) if get_origin(annotation) in (Annotated, Union, UnionType, list, dict) else ():
        if inner is not NoneType and get_origin(inner) is not Literal:
            yield from models_in(inner)


def all_models(*models: type[BaseModel]) -> set[type[BaseModel]]:
    """Return `models` with all that they are made of."""
    inner = {found for model in models for field in model.model_fields.values() for found in models_in(field.annotation)}
    return set(models) if inner <= set(models) else all_models(*models, *inner)


MODELS = sorted(all_models(Words, DraftWords, Provenance, TopicRow, SourceRow, TextRow), key=lambda model: model.__name__)


def reasons(model: type[BaseModel], values: Any) -> list[str]:
    """Return what is said about `values`."""
    try:
        model.model_validate(values)
    except ValidationError as error:
        return [reason for _, reason in problems_in(error)]
    return []


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_each_wrong_value_of_each_field_has_a_reason_for_people(model: type[BaseModel]) -> None:
    told = {reason for name in model.model_fields for value in WRONG for reason in reasons(model, {name: value})}
    told |= {reason for value in WRONG for reason in reasons(model, value)}
    assert [reason for reason in told if PROGRAMMERS.search(reason) or len(reason) < 8] == []


@pytest.mark.parametrize(
    ("model", "values", "told"),
    [
        (TopicRow, {"slug": "Not A Slug", "kind": "test"}, "must be lower-case letters, digits and hyphens between them"),
        (TextRow, {"language": "english"}, "must be a language code, such as en, es or es-MX"),
        (SourceRow, {"key": "ä"}, "must be letters and digits without accents, and “.”, “_” or “-” after the first of them"),
        (SourceRow, {"year": "2024"}, "must be a whole number"),
        (SourceRow, {"year": 20}, "must be 1000 or more"),
        (SourceRow, {"title": 12}, "must be text; put it in quotation marks"),
        (SourceRow, {"title": None}, "is empty; fill it in, or leave the field out"),
        (Provenance, {"origin": "robot"}, "must be human, ai_assisted or ai_generated"),
        (
            DraftWords,
            {"resources": [{"kind": "shop"}]},
            "must have one of these as its kind: service, helpline, website, publication, video, audio, animation",
        ),
        (DraftWords, {"resources": [{"name": "x"}]}, "is missing its kind"),
    ],
)
def test_a_reason_says_what_to_do(model: type[BaseModel], values: Any, told: str) -> None:
    assert told in reasons(model, values)
