"""The Words of an entry: their schema, their canonical bytes, their hash, and the upcaster for older schemas.

Everything a reader is told, and everything a reviewer approves, is one `Words` value. Its canonical form is RFC 8785 JSON;
its hash is the SHA-256 of those bytes. The slug and the version number are not part of it, so a restored version keeps its hash.
"""

import hashlib
import json
import re
import unicodedata
from datetime import date
from typing import Annotated, Any, Literal

import rfc8785
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_core import ErrorDetails

SCHEMA_VERSION = 1
DISCLOSURES = {"human": "none", "ai_assisted": "ai-assisted", "ai_generated": "ai-generated"}
SERVICE_KINDS = ("service", "helpline", "website", "publication")
MEDIA_KINDS = ("video", "audio", "animation")
HALF = re.compile("[\ud800-\udfff]")
"""Half of a surrogate pair: a letter to Python, but nothing that UTF-8 can hold."""

Audience = Literal["patient", "caregiver", "clinician"]
Origin = Literal["human", "ai_assisted", "ai_generated"]


def clean_text(value: str) -> str:
    """Return `value` in NFC with Unix line ends; raise ValueError for what one of the databases cannot keep."""
    if "\x00" in value:
        raise ValueError("contains a NUL character; remove it")
    if HALF.search(value):
        raise ValueError("contains half of a surrogate pair; save the text as UTF-8 again")
    return unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n"))


def web_address(value: str) -> str:
    """Return `value` if it is empty or starts with http(s)://; raise ValueError otherwise."""
    if value and not value.startswith(("https://", "http://")):
        raise ValueError("must start with https:// or http://")
    return value


def partial_date(value: str) -> str:
    """Return `value` if it is YYYY, YYYY-MM or YYYY-MM-DD and names a real day; raise ValueError otherwise."""
    parts = value.split("-")
    if len(parts) > 3 or not all(part.isascii() and part.isdigit() for part in parts):
        raise ValueError("must be YYYY, YYYY-MM or YYYY-MM-DD")
    try:
        date.fromisoformat("-".join([*parts, "01", "01"][:3]))
    except ValueError:
        raise ValueError("must be YYYY, YYYY-MM or YYYY-MM-DD") from None
    return value


def is_slug(value: str) -> bool:
    """Return whether `value` may be a public address: lower-case letters, digits, hyphens between them, at most 100 characters."""
    return len(value) <= 100 and re.fullmatch(SLUG, value) is not None


Line = Annotated[str, AfterValidator(clean_text), Field(max_length=500)]
Filled = Annotated[str, AfterValidator(clean_text), Field(min_length=1, max_length=500)]
ShortAnswer = Annotated[str, AfterValidator(clean_text), Field(max_length=1_500)]
Paragraph = Annotated[str, AfterValidator(clean_text), Field(max_length=5_000)]
FilledParagraph = Annotated[str, AfterValidator(clean_text), Field(min_length=1, max_length=5_000)]
Transcript = Annotated[str, AfterValidator(clean_text), Field(max_length=20_000)]
Body = Annotated[str, AfterValidator(clean_text), Field(max_length=100_000)]
Url = Annotated[str, AfterValidator(clean_text), AfterValidator(web_address), Field(max_length=500)]
SLUG = r"^[a-z0-9]+(-+[a-z0-9]+)*$"
Slug = Annotated[str, Field(pattern=SLUG, max_length=100)]
Key = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=120)]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=20)]
PartialDate = Annotated[str, AfterValidator(partial_date)]


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
    value: Filled
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


class CitedSource(Part):
    """A source as it was when the words were frozen; `number` is its mark in the body, None for a general source."""

    number: Annotated[int, Field(ge=1)] | None
    key: Key
    title: Filled
    publisher: Line = ""
    year: Annotated[int, Field(ge=1000, le=9999)] | None = None
    url: Url = ""
    doi: Line = ""
    locator: Line = ""
    supporting_quote: Paragraph = ""


class Service(Part):
    """A place a reader can turn to."""

    kind: Literal["service", "helpline", "website", "publication"]
    name: Filled
    url: Url = ""
    phone: Line = ""
    hours: Line = ""
    region: Line = ""
    description: Paragraph = ""


class Media(Part):
    """A recording, as a link, with its transcript; `duration_s` in seconds."""

    kind: Literal["video", "audio", "animation"]
    name: Filled
    url: Url = ""
    captions: bool = False
    duration_s: Annotated[int, Field(ge=0)] | None = None
    transcript: Transcript = ""


class CallToAction(Part):
    """One thing a reader can do next."""

    label: Filled
    url: Url


class TranslationOf(Part):
    """The version whose words were translated."""

    slug: Slug
    version: Annotated[int, Field(ge=1)]


class Generator(Part):
    """The program that drafted the words, when, and from which documents."""

    name: Filled
    generated_on: PartialDate
    grounded_in: list[Filled] = []


class Provenance(Part):
    """Where the words come from. The disclosure shown to readers is computed from `origin`, never typed."""

    origin: Origin
    byline: Line = ""
    generator: Generator | None = None
    licence: Line = ""
    attribution: Paragraph = ""


class Words(Part):
    """Every word of one version of an entry."""

    schema_version: Literal[1] = 1
    language: Language
    audience: Audience
    region: Line = ""
    applies_to: list[Key] = []
    translation_of: TranslationOf | None = None
    question: Filled
    phrasings: list[Filled] = []
    short_answer: ShortAnswer = ""
    status_lines: list[StatusLine] = []
    advice_cards: list[Key] = []
    body: Body
    key_facts: list[KeyFact] = []
    care_team_questions: list[CareTeamQuestion] = []
    quotations: list[Quotation] = []
    citations: list[CitedSource] = []
    resources: list[Annotated[Service | Media, Field(discriminator="kind")]] = []
    call_to_action: CallToAction | None = None
    provenance: Provenance
    update_type: Literal["major", "minor"] = "major"
    change_note: Paragraph = ""

    @field_validator("citations", "advice_cards", "phrasings")
    @classmethod
    def one_of_each(cls, rows: list[Any]) -> list[Any]:
        """Refuse doubles, which would make a citation or a card ambiguous."""
        keys = [row.key if isinstance(row, CitedSource) else row for row in rows]
        doubles = sorted({key for key in keys if keys.count(key) > 1})
        if doubles:
            raise ValueError(f"named twice: {', '.join(doubles)}")
        return rows


def canonical(words: Words) -> str:
    """Return the RFC 8785 JSON text of `words`: the bytes that are hashed, approved and published."""
    return rfc8785.dumps(words.model_dump(mode="json")).decode()


def digest(canonical_text: str) -> str:
    """Return the SHA-256 of a canonical text as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(canonical_text.encode()).hexdigest()


def read(canonical_text: str) -> Words:
    """Return the Words of a stored canonical text, brought up to the present schema; raise ValueError if it is none."""
    return Words.model_validate(upcast(json.loads(canonical_text)))


def upcast(raw: dict[str, Any]) -> dict[str, Any]:
    """Bring an older schema's fields up to the present one; the stored bytes and their hash stay as they are."""
    if raw.get("schema_version") != SCHEMA_VERSION:
        raise ValueError(f"unknown schema_version {raw.get('schema_version')!r}; this release reads {SCHEMA_VERSION}")
    return raw


def problems(error: ValidationError) -> list[tuple[str, str]]:
    """Return the (field, reason) pairs of a failed validation, for people to read."""
    return [(".".join(str(step) for step in each["loc"]) or "entry", reason(each)) for each in error.errors()]


def reason(each: ErrorDetails) -> str:
    """Return why one field was refused. The types here count characters after cleaning, which pydantic calls items."""
    if each["type"] == "too_long":
        return f"must have at most {each['ctx']['max_length']:,} characters"
    return "must not be empty" if each["type"] == "too_short" else each["msg"].removeprefix("Value error, ")
