"""The Words of an entry: THE list of its fields, their canonical bytes, their hash, and the upcaster for older schemas.

Everything a reader is told, and everything a reviewer approves, is one `Words` value. Its canonical form is RFC 8785 JSON;
its hash is the SHA-256 of those bytes. The slug and the version number are not part of it, so a restored version keeps its hash.

No other place lists the fields: whatever goes through them walks the model, or names the few that it treats specially. A draft is the
same list but for its citations, which name sources by key alone (`DraftWords`): titles join when the words are frozen.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Annotated, Any, Generic, Literal, TypeVar

import rfc8785
from pydantic import BaseModel, ConfigDict, Field, field_validator

from faq.content.texts import (
    STORED,
    Body,
    Counted,
    Doi,
    Filled,
    FilledLines,
    FilledParagraph,
    FilledUrl,
    Key,
    Language,
    Line,
    Lines,
    Number,
    Paragraph,
    PartialDate,
    ShortAnswer,
    Slug,
    Transcript,
    Truth,
    Url,
    Year,
)

SCHEMA_VERSION = 1

Audience = Literal["patient", "caregiver", "clinician"]
Origin = Literal["human", "ai_assisted", "ai_generated"]


class Part(BaseModel):
    """One frozen piece of the Words: unknown fields and coerced types are refused."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class StatusLine(Part):
    """Where one thing stands, and since when that is known."""

    item: Filled
    status: Literal["established", "expanding", "investigational", "trial_only", "not_recommended"]
    as_of: PartialDate


class KeyFact(Part):
    """A label and a value; `source` is the key of a citation of this entry."""

    label: Filled
    value: FilledLines
    source: Key | None = None


class CareTeamQuestion(Part):
    """A question to ask, and why asking it helps."""

    question: Filled
    why: Paragraph = ""


class Quotation(Part):
    """What somebody said, who that is, and where it was said."""

    text: FilledParagraph
    who: Filled
    role: Line = ""
    source: Line = ""


class CitedKey(Part):
    """A source as a draft names it; the library knows what the key stands for."""

    key: Key
    locator: Line = ""
    supporting_quote: Paragraph = ""


class CitedSource(CitedKey):
    """A source as it was when the words were frozen; `number` is its mark in the body, None for a general source."""

    number: Counted | None
    title: Filled
    publisher: Line = ""
    year: Year | None = None
    url: Url = ""
    doi: Doi = ""


class Service(Part):
    """A place a reader can turn to."""

    kind: Literal["service", "helpline", "website", "publication"]
    name: Filled
    url: Url = ""
    phone: Line = ""
    hours: Lines = ""
    region: Line = ""
    description: Paragraph = ""


class Media(Part):
    """A recording, as a link, with its transcript; `duration_s` in seconds."""

    kind: Literal["video", "audio", "animation"]
    name: Filled
    url: Url = ""
    captions: Truth = False
    duration_s: Number | None = None
    transcript: Transcript = ""


class CallToAction(Part):
    """One thing a reader can do next."""

    label: Filled
    url: FilledUrl


class TranslationOf(Part):
    """The version whose words were translated."""

    slug: Slug
    version: Counted


class Generator(Part):
    """The program that drafted the words, when, and from which documents."""

    name: Filled
    generated_on: PartialDate
    grounded_in: list[Filled] = []


class Responsible(Part):
    """The organisation that answers for the words, and how it is reached: a mail address, a page, a telephone number."""

    name: Filled
    contact: Filled


class Provenance(Part):
    """Where the words come from, and who answers for them. The disclosure shown to readers is computed from `origin`, never typed."""

    origin: Origin
    responsible: Responsible | None = None
    byline: Line = ""
    generator: Generator | None = None
    licence: Line = ""
    attribution: Paragraph = ""


Citation = TypeVar("Citation", bound=CitedKey)


class Fields(Part, Generic[Citation]):
    """Every field of the words of an entry, in the order in which a person goes through them."""

    schema_version: Literal[1] = 1  # SCHEMA_VERSION; a Literal cannot name it
    question: Filled
    language: Language
    audience: Audience
    region: Line = ""
    applies_to: list[Key] = []
    translation_of: TranslationOf | None = None
    phrasings: list[Filled] = []
    short_answer: ShortAnswer = ""
    status_lines: list[StatusLine] = []
    advice_cards: list[Key] = []
    body: Body
    key_facts: list[KeyFact] = []
    care_team_questions: list[CareTeamQuestion] = []
    quotations: list[Quotation] = []
    citations: list[Citation] = []
    resources: list[Annotated[Service | Media, Field(discriminator="kind")]] = []
    call_to_action: CallToAction | None = None
    provenance: Provenance
    update_type: Literal["major", "minor"] = "major"
    change_note: Paragraph = ""

    @field_validator("citations", "advice_cards", "phrasings")
    @classmethod
    def one_of_each(cls, rows: list[Any]) -> list[Any]:
        """Refuse doubles, which would make a citation or a card ambiguous."""
        keys = [row.key if isinstance(row, CitedKey) else row for row in rows]
        doubles = sorted({key for key in keys if keys.count(key) > 1})
        if doubles:
            raise ValueError(f"named twice: {', '.join(doubles)}")
        return rows


class Words(Fields[CitedSource]):
    """Every word of one version of an entry, frozen: what is hashed, approved and published."""


class DraftWords(Fields[CitedKey]):
    """The same as somebody works on them; a draft is valid after every edit, though much of it may still be empty."""


WITH_THE_QUESTION = ("schema_version", "language")
"""Fields that no edit changes: the question has its language for ever."""
EDITABLE = (*(name for name in DraftWords.model_fields if name not in (*WITH_THE_QUESTION, "provenance")), *Provenance.model_fields)
"""The names under which people and files give the fields: those of the provenance stand beside the others."""
DEFAULTS = {
    name: field.get_default(call_default_factory=True)
    for shape in (DraftWords, Provenance)
    for name, field in shape.model_fields.items()
    if name in EDITABLE and not field.is_required()
}
"""What a field says that stored bytes lack, since a release added it after they were written."""
AT_LEAST = {"schema_version": SCHEMA_VERSION, "audience": "patient", "body": "", "provenance": {"origin": "human"}}
"""What a draft begins with beside its question and language."""
FROM_THE_SOURCE = tuple(name for name in CitedSource.model_fields if name not in (*CitedKey.model_fields, "number"))
"""What is copied from the library's source into a citation when words are frozen: title, publisher, …"""


def canonical_text(words: Words | DraftWords) -> str:
    """Return the RFC 8785 JSON text of `words`: the bytes that are hashed, approved and published, or that a draft is kept as."""
    return rfc8785.dumps(words.model_dump(mode="json")).decode()


def digest(canonical_text: str) -> str:
    """Return the SHA-256 of a canonical text as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(canonical_text.encode()).hexdigest()


def read_words(canonical_text: str) -> Words:
    """Bring stored Words up to the present schema; raise ValueError for a text that is none."""
    return Words.model_validate(upcast(json.loads(canonical_text)), context=STORED)


def read_draft(canonical_text: str) -> DraftWords:
    """Bring a stored draft up to the present schema; raise ValueError for a text that is none."""
    return DraftWords.model_validate(upcast(json.loads(canonical_text)), context=STORED)


def as_draft(words: Words) -> DraftWords:
    """Return published `words` as a draft has them: titles of sources go, for the library's own are taken when it is frozen."""
    cited = [source.model_dump(include=set(CitedKey.model_fields)) for source in words.citations]
    return DraftWords.model_validate(words.model_dump() | {"citations": cited}, context=STORED)


def required_fields(shape: type[BaseModel]) -> tuple[str, ...]:
    return tuple(name for name, field in shape.model_fields.items() if field.is_required())


def flat(words: Words | DraftWords) -> dict[str, Any]:
    """Return the fields of `words` by the names of EDITABLE, as JSON has their values."""
    return flattened(words.model_dump(mode="json"))


def flattened(raw: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of `raw`, the JSON of a draft or of Words, by the names of EDITABLE; nothing is validated.

    What an older release did not know has its default, as for `read_draft`.
    """
    fields = upcast(raw)
    values = DEFAULTS | fields | fields["provenance"]
    return {name: values[name] for name in EDITABLE}


def nested(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return `fields`, which have the names of EDITABLE, with those of the provenance in their place."""
    provenance = {name: value for name, value in fields.items() if name in Provenance.model_fields}
    others = {name: value for name, value in fields.items() if name not in Provenance.model_fields}
    return others | ({"provenance": provenance} if provenance else {})


def edited(canonical_text: str, changes: Mapping[str, Any]) -> DraftWords:
    """Return a stored draft with `changes`, by the names of EDITABLE; raise pydantic's ValidationError for values that are none.

    The draft itself is not validated before: where a newer schema takes less than the older one, a change may put that right.
    """
    raw, new = upcast(json.loads(canonical_text)), nested(changes)
    return DraftWords.model_validate(raw | new | {"provenance": raw["provenance"] | new.get("provenance", {})})


def upcast(raw: dict[str, Any]) -> dict[str, Any]:
    """Bring an older schema's fields up to the present one; the stored bytes and their hash stay as they are."""
    if raw.get("schema_version") != SCHEMA_VERSION:
        raise ValueError(f"unknown schema_version {raw.get('schema_version')!r}; this release reads {SCHEMA_VERSION}")
    return raw
