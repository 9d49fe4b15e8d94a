"""The rows for what entries share, as the format has them: topics, sources, standing texts; and how two rows about one topic join."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Final, TypeVar

from pydantic import AfterValidator, Field, ValidationError

from faq import payload
from faq.interchange.faults import Faulty, Place
from faq.interchange.files import Row
from faq.models import StandingText, Topic
from faq.payload import Filled, Key, Language, Line, Paragraph, Part, Slug, Url, clean_text

R = TypeVar("R", bound=Part)


def day(value: str) -> str:
    """Return `value` if it is a day as YYYY-MM-DD; raise ValueError otherwise."""
    try:
        date.fromisoformat(value)
    except ValueError:
        raise ValueError("must be a day as YYYY-MM-DD") from None
    return value


def one_of(choices: Sequence[str]) -> AfterValidator:
    """Return the validator that a text is one of `choices`."""

    def check(value: str) -> str:
        if value not in choices:
            raise ValueError(f"must be one of {', '.join(choices)}")
        return value

    return AfterValidator(check)


Day = Annotated[str, AfterValidator(day)]
Place0 = Annotated[int, Field(ge=0, le=1_000_000)]
Synonym = Annotated[str, AfterValidator(clean_text), Field(min_length=1, max_length=300)]


class NameRow(Part):
    """What a topic is called in one language."""

    name: Annotated[str, AfterValidator(clean_text), Field(min_length=1, max_length=300)]
    synonyms: list[Synonym] = []


class CodeRow(Part):
    """A code in a terminology."""

    system: Annotated[str, AfterValidator(clean_text), Field(min_length=1, max_length=40)]
    code: Annotated[str, AfterValidator(clean_text), Field(min_length=1, max_length=60)]


class TopicRow(Part):
    """A topic with its names per language; `members` are the entries of a guide, in order."""

    slug: Slug
    kind: Annotated[str, one_of(Topic.Kind.values)]
    parents: list[Slug] = []
    position: Place0 = 0
    is_safety: bool = False
    may_expire: bool = False
    names: dict[Language, NameRow] = {}
    codes: list[CodeRow] = []
    members: list[Slug] = []


class SourceRow(Part):
    """A source that entries cite by its key."""

    key: Key
    kind: Annotated[str, AfterValidator(clean_text), Field(max_length=60)] = ""
    title: Filled
    publisher: Line = ""
    year: Annotated[int, Field(ge=1000, le=9999)] | None = None
    url: Url = ""
    doi: Line = ""
    read_on: Day | None = None
    note: Paragraph = ""

    def fields(self) -> dict[str, Any]:
        """Return what `workflow.edit_source` takes."""
        return self.model_dump() | {"read_on": date.fromisoformat(self.read_on) if self.read_on else None}


class TextRow(Part):
    """A standing text, as `workflow.propose` takes it; the five fields of LINE tell its versions from other texts."""

    kind: Annotated[str, one_of(StandingText.Kind.values)]
    key: Key
    language: Language
    audience: Annotated[str, one_of(("", "patient", "caregiver", "clinician"))] = ""
    origin: Annotated[str, one_of(("", "human", "ai_assisted", "ai_generated"))] = ""
    placement: Annotated[str, one_of(("", *StandingText.Placement.values))] = ""
    required: bool = False
    level: Annotated[str, one_of(("", *StandingText.Level.values))] = ""
    title: Line = ""
    text: Annotated[str, AfterValidator(clean_text), Field(min_length=1, max_length=20_000)]
    sources: list[Line] = []


LINE: Final = ("kind", "key", "language", "audience", "origin")
"""What tells one standing text from another; its versions share all five."""


def read(shape: type[R], row: Row, place: Place, within: str = "") -> R:
    """Return `row` in its `shape`, nulls left out; raise Faulty with a fault per field, named with `within` before it."""
    try:
        return shape.model_validate({name: value for name, value in row.items() if value is not None})
    except ValidationError as error:
        raise Faulty(place.fault(within + name, reason_of(reason, shape)) for name, reason in payload.problems(error)) from error


def reason_of(reason: str, shape: type[Part]) -> str:
    """Return a reason of pydantic in the words of the format where its own say too little."""
    if reason == "Extra inputs are not permitted":
        return f"unknown field; known are {', '.join(shape.model_fields)}"
    return "is missing" if reason == "Field required" else reason


def join(first: TopicRow, other: TopicRow) -> tuple[TopicRow, list[str]]:
    """Return `first` with what `other` adds, and a warning for each thing in which they differ: the first name and kind stay.

    Codes, synonyms, and names in further languages are joined; another name in the same language becomes a synonym.
    """
    warnings = [] if other.kind == first.kind else [f"{first.slug} is {first.kind} and not {other.kind}"]
    names = dict(first.names)
    for language, name in other.names.items():
        if language not in names:
            names[language] = name
            continue
        names[language], differs = join_names(names[language], name)
        warnings += [f"{first.slug} is called “{names[language].name}”; “{name.name}” becomes a synonym"] if differs else []
    codes = [*first.codes, *(code for code in other.codes if code not in first.codes)]
    return first.model_copy(update={"names": names, "codes": codes}), warnings


def join_names(first: NameRow, other: NameRow) -> tuple[NameRow, bool]:
    """Return `first` with the synonyms of `other`, and whether the two names differ by more than their case."""
    known = {first.name.casefold(), *(synonym.casefold() for synonym in first.synonyms)}
    new = {synonym.casefold(): synonym for synonym in (other.name, *other.synonyms) if synonym.casefold() not in known}
    joined = NameRow.model_construct(name=first.name, synonyms=[*first.synonyms, *new.values()])
    return joined, other.name.casefold() != first.name.casefold() and other.name.casefold() in new
