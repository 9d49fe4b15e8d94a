"""The rows for what entries share, as the format has them: topics, sources, standing texts; and how two rows about one topic join."""

from collections.abc import Sequence
from typing import Annotated, Any, Final, TypeVar

from pydantic import AfterValidator, Field, ValidationError

from faq.clock import read_day
from faq.content.reasons import UNKNOWN, problems_in
from faq.content.texts import CLEAN, FILLED, ONE_LINE, OR_EMPTY, Doi, Filled, Key, Language, Line, Number, Paragraph, Slug, Truth, Url, Year
from faq.content.words import Part
from faq.interchange.errors import Place, RowErrors
from faq.interchange.files import Row
from faq.models import StandingText, Topic

R = TypeVar("R", bound=Part)


def iso_day(value: str) -> str:
    read_day(value)
    return value


def one_of(choices: Sequence[str]) -> AfterValidator:
    def check(value: str) -> str:
        if value not in choices:
            raise ValueError(f"must be one of {', '.join(choices)}")
        return value

    return AfterValidator(check)


Day = Annotated[str, AfterValidator(iso_day)]
Name = Annotated[str, CLEAN, ONE_LINE, FILLED, Field(max_length=300)]


class NameRow(Part):
    """What a topic is called in one language."""

    name: Name
    synonyms: list[Name] = []


class CodeRow(Part):
    """A code in a terminology, such as UMLS or ICD-10-CM."""

    system: Annotated[str, CLEAN, ONE_LINE, FILLED, Field(max_length=40)]
    code: Annotated[str, CLEAN, ONE_LINE, FILLED, Field(max_length=60)]


class TopicRow(Part):
    """A topic with its names per language; `members` are the entries of a guide, in order."""

    slug: Slug
    kind: Annotated[str, one_of(Topic.Kind.values)]
    parents: list[Slug] = []
    position: Number = 0
    is_safety: Truth = False
    may_expire: Truth = False
    names: dict[Language, NameRow] = {}
    codes: list[CodeRow] = []
    members: list[Slug] = []


class SourceRow(Part):
    """A source that entries cite by its key."""

    key: Key
    kind: Annotated[str, CLEAN, ONE_LINE, OR_EMPTY, Field(max_length=60)] = ""
    title: Filled
    publisher: Line = ""
    year: Year | None = None
    url: Url = ""
    doi: Doi = ""
    read_on: Day | None = None
    note: Paragraph = ""

    def fields(self) -> dict[str, Any]:
        """The keywords of `workflow.edit_source`."""
        return self.model_dump() | {"read_on": read_day(self.read_on) if self.read_on else None}


class TextRow(Part):
    """A standing text, as `workflow.propose` takes it; TEXT_IDENTITY tells its versions from other texts."""

    kind: Annotated[str, one_of(StandingText.Kind.values)]
    key: Key
    language: Language
    audience: Annotated[str, one_of(("", "patient", "caregiver", "clinician"))] = ""
    origin: Annotated[str, one_of(("", "human", "ai_assisted", "ai_generated"))] = ""
    placement: Annotated[str, one_of(("", *StandingText.Placement.values))] = ""
    required: Truth = False
    level: Annotated[str, one_of(("", *StandingText.Level.values))] = ""
    title: Line = ""
    text: Annotated[str, CLEAN, FILLED, Field(max_length=20_000)]
    sources: list[Filled] = []


TEXT_IDENTITY: Final = ("kind", "key", "language", "audience", "origin")
"""What tells one standing text from another; its versions share all five."""


def read_row(shape: type[R], row: Row, place: Place, within: str = "") -> R:
    """Raises RowErrors with an error per field, named with `within` before it.

    A field that is null counts as left out, as it does for the words of an entry.
    """
    try:
        return shape.model_validate({name: value for name, value in row.items() if value is not None})
    except ValidationError as error:
        known = f"{UNKNOWN}; known are {', '.join(shape.model_fields)}"
        # A name with a dot is one within a field, of whose names these are not.
        told = [(name, known if reason == UNKNOWN and "." not in name else reason) for name, reason in problems_in(error)]
        raise RowErrors(place.error(within + name, reason) for name, reason in told) from error


def join_topics(first: TopicRow, other: TopicRow) -> tuple[TopicRow, list[str]]:
    """Return the joined topic, and a warning for each thing in which the two differ: the first name and kind stay.

    Codes, synonyms, and names in further languages are joined; another name in the same language becomes a synonym.
    """
    warnings = [] if other.kind == first.kind else [f"{first.slug} is {first.kind} and not {other.kind}"]
    names = dict(first.names)
    for language, name in other.names.items():
        if language not in names:
            names[language] = name
            continue
        names[language], is_new_synonym = join_names(names[language], name)
        warnings += [f"{first.slug} is called “{names[language].name}”; “{name.name}” becomes a synonym"] if is_new_synonym else []
    codes = [*first.codes, *(code for code in other.codes if code not in first.codes)]
    return first.model_copy(update={"names": names, "codes": codes}), warnings


def join_names(first: NameRow, other: NameRow) -> tuple[NameRow, bool]:
    """Return `first` with the synonyms of `other`, and whether the name of `other` has become one of them."""
    known = {first.name.casefold(), *(synonym.casefold() for synonym in first.synonyms)}
    new = {synonym.casefold(): synonym for synonym in (other.name, *other.synonyms) if synonym.casefold() not in known}
    # Not validated again: every text comes from a row that was.
    joined = NameRow.model_construct(name=first.name, synonyms=[*first.synonyms, *new.values()])
    return joined, other.name.casefold() in new
