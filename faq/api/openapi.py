"""How the OpenAPI document describes the public paths.

What a path answers stands in OPERATIONS, what a parameter means in PARAMETERS; which parameters a path knows says its view (`known`).
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse
from pydantic import BaseModel

from faq.api import library_shapes as library
from faq.api import shapes
from faq.api import write_shapes as written
from faq.public import errors

JSON: Final = "application/json"


@dataclass(frozen=True)
class Operation:
    """What one path answers: a name for clients, a line, the shape of a 200 (by media type if there are several), the errors beside it.

    `body` is what a POST takes, `taken` what a 202 answers to it.
    """

    name: str
    summary: str
    answer: type[BaseModel] | None
    errors: tuple[int, ...] = ()
    tag: str = "entries"
    forms: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    headers: tuple[str, ...] = ("ETag", "Cache-Control", "Vary")
    more: str = ""
    body: type[BaseModel] | None = None
    taken: type[BaseModel] | None = None


UNKEPT: Final = ("Cache-Control",)
SENT: Final = (400, 403, 413, 415, 429)
"""Errors of whatever readers send in."""
TAGGED: Final = ("ETag", "Cache-Control", "Vary")
LISTED: Final = (*TAGGED, "Link", "Library-Cursor")
VERSIONED: Final = (*TAGGED, "Link")
FORMS: Final = {"application/ld+json": ("jsonld", "object"), "text/markdown": ("md", "string")}
"""The forms of an entry beside JSON: how `format` names each, and its type as JSON Schema has it."""
OPERATIONS: Final[dict[str, Operation]] = {
    "/entries/": Operation("list_entries", "Entries in force", shapes.EntryPage, (400, 404), headers=LISTED),
    "/entries/{slug}/": Operation(
        "read_entry", "One entry, now or as it stood", shapes.Entry, (400, 404, 410), forms=FORMS, headers=VERSIONED
    ),
    "/entries/{slug}/versions/": Operation("list_versions", "Every version of an entry", shapes.VersionPage, (400, 404), headers=LISTED),
    "/entries/{slug}/versions/{number}/": Operation(
        "read_version", "One version, for ever", shapes.Entry, (400, 404, 410), forms=FORMS, headers=VERSIONED
    ),
    "/entries/{slug}/versions/{number}/diff/": Operation(
        "read_diff", "What changed between two versions", library.Diff, (400, 404, 410), headers=VERSIONED
    ),
    "/search/": Operation("search", "Entries for a question in a patient's own words", shapes.SearchPage, (400, 404), headers=LISTED),
    "/topics/": Operation("list_topics", "Topics", library.TopicPage, (400, 404), "library", headers=LISTED),
    "/topics/{slug}/": Operation("read_topic", "One topic", library.TopicAnswer, (400, 404), "library"),
    "/sources/": Operation("list_sources", "Sources", library.SourcePage, (400, 404), "library", headers=LISTED),
    "/sources/{key}/": Operation("read_source", "One source", library.SourceAnswer, (400, 404), "library"),
    "/standing-texts/": Operation(
        "list_standing_texts",
        "Disclaimers, glossary, notices, advice cards",
        library.StandingTextPage,
        (400, 404),
        "library",
        headers=LISTED,
    ),
    "/hashes/{sha256}/": Operation("read_hash", "What became of words by their hash", library.HashAnswer, (400, 404), "library"),
    "/questions/": Operation(
        "ask_question",
        "Ask what no entry answers",
        written.Matches,
        SENT,
        "readers",
        {},
        UNKEPT,
        "",
        written.AskedQuestion,
        written.QuestionReceived,
    ),
    "/reports/": Operation(
        "report", "Say that something is wrong with an entry", None, SENT, "readers", {}, UNKEPT, "", written.SentReport, written.Received
    ),
    "/feedback/": Operation(
        "give_feedback",
        "Say whether an entry helped",
        None,
        (*SENT, 422),
        "readers",
        {},
        UNKEPT,
        "",
        written.SentFeedback,
        written.Received,
    ),
    "/changes/": Operation("list_changes", "The change feed", library.Feed, (400, 409), "changes", headers=LISTED),
}
"""By path below /api/v1."""

WHOLE: Final = {"type": "integer", "minimum": 1}
SLUG: Final = {"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$", "maxLength": 100}
DAY: Final = {"type": "string", "format": "date"}
TEXT: Final = {"type": "string"}


def one_of(*values: str) -> dict[str, Any]:
    """Return the schema of one of `values`."""
    return {"type": "string", "enum": list(values)}


@dataclass(frozen=True)
class Parameter:
    """What a parameter means: its JSON schema, a sentence, a value that works on the demonstration library."""

    schema: dict[str, Any]
    description: str
    example: Any = None
    many: bool = False
    where: str = OpenApiParameter.QUERY
    required: bool = False


PATH: Final = OpenApiParameter.PATH
PARAMETERS: Final[dict[str, Parameter]] = {
    "slug": Parameter(SLUG, "The slug of an entry, or of a topic under `topics/`.", "what-does-her2-positive-mean", where=PATH),
    "number": Parameter(WHOLE, "The number of the version.", 1, where=PATH),
    "key": Parameter({**TEXT, "maxLength": 120}, "The key of the source.", "label-herceptin", where=PATH),
    "sha256": Parameter(
        {**TEXT, "pattern": "^(sha256:)?[0-9a-fA-F]{64}$"},
        "A SHA-256 as `content_hash` has it, with or without `sha256:` before it.",
        where=PATH,
    ),
    "as_of": Parameter(
        DAY, "The entry as it stood at the end of this day in the library's time zone; a day that has not come is a 400.", "2026-03-01"
    ),
    "against": Parameter(WHOLE, "The version to compare with; the one before, if none is named.", 1),
    "page": Parameter({**WHOLE, "maximum": 1_000_000}, "The number of the page, for jumping; to read on, follow `next`.", 1),
    "page_size": Parameter({**WHOLE, "maximum": 100, "default": 20}, "Rows on a page.", 20),
    "after": Parameter(TEXT, "Where the page before ended: take it from `next` as it stands."),
    "before": Parameter(TEXT, "Where the page after began: take it from `previous` as it stands."),
    "ordering": Parameter(
        one_of("question", "-published_at", "-last_reviewed_on"), "By wording (the default), newest first, last reviewed first.", "question"
    ),
    "fields": Parameter(
        TEXT, f"Names of members, with commas: only these, and always {', '.join(shapes.ALWAYS)}.", "question,short_answer"
    ),
    "topic": Parameter(SLUG, "A topic, with all that stand below it; `topics/` has the known ones.", "breast-cancer", many=True),
    "code": Parameter(
        TEXT,
        "A system and a code, `ICD-10-CM|C50.911`: entries with this code or one above it, such as C50.",
        "ICD-10-CM|C50.911",
        many=True,
    ),
    "audience": Parameter(
        one_of("patient", "caregiver", "clinician", "any"),
        "For whom the words are. Without it entries for clinicians are left out; `any` brings all.",
        "patient",
        many=True,
    ),
    "language": Parameter(TEXT, "A language of the library, as BCP 47 has it.", "es", many=True),
    "region": Parameter(TEXT, "Where the words hold, as entries have it.", "US", many=True),
    "applies_to": Parameter(TEXT, "A stage or situation, as entries have it.", "metastatic", many=True),
    "origin": Parameter(one_of("human", "ai_assisted", "ai_generated"), "How the words began.", "ai_generated", many=True),
    "source": Parameter(TEXT, "The key of a source that entries cite; `sources/` has the known ones.", "label-herceptin", many=True),
    "review_state": Parameter(one_of("current", "due", "overdue"), "How the review stands today.", "current", many=True),
    "published_after": Parameter(DAY, "Published on this day or later.", "2026-01-01"),
    "published_before": Parameter(DAY, "Published on this day or before.", "2026-12-31"),
    "reviewed_after": Parameter(DAY, "Last reviewed on this day or later.", "2026-01-01"),
    "reviewed_before": Parameter(DAY, "Last reviewed on this day or before.", "2026-12-31"),
    "q": Parameter({**TEXT, "maxLength": 200}, "Entries that contain this text, whatever its case and accents.", "heart", many=True),
    "q of search": Parameter(
        {**TEXT, "minLength": 1, "maxLength": 2_000},
        "A question in a patient's own words, a letter or a few words; slips of spelling are repaired.",
        "can this treatment mess up my heart?",
        required=True,
    ),
    "kind": Parameter(one_of("disclaimer", "glossary", "notice", "advice_card"), "The kind of standing text.", "advice_card", many=True),
    "since": Parameter(TEXT, "The cursor to go on from; without one the feed starts at its beginning.", "0"),
    "limit": Parameter({**WHOLE, "maximum": 500, "default": 100}, "Rows at most.", 100),
    "include": Parameter(one_of("entry"), "`entry`: each row brings its version of the entry, 100 rows at most.", "entry"),
}
"""By name; a name means the same wherever it stands, but `q` in search."""

FORMAT_IS: Final = "The form of the answer; it outweighs `Accept`."
HEADERS: Final = {
    "ETag": "Tag of exactly this answer: send it back as `If-None-Match`, and an answer that is still right is a 304.",
    "Cache-Control": "How long the answer may be reused without asking. Never longer than a withdrawal may take to arrive.",
    "Vary": "What else decided the answer.",
    "Link": "RFC 8288: `next` and `prev` of a list; of an entry `version-history`, `latest-version`, `predecessor-version`, "
    "`successor-version`.",
    "Library-Cursor": "Where the change feed stood when the list was made: read all pages, then follow the feed from the first one's.",
    "Retry-After": "Seconds after which to ask again.",
}
PROBLEMS: Final[dict[int, tuple[str, type[BaseModel]]]] = {
    400: ("A parameter is unknown, or its value means nothing here; `errors` names it and what it may be.", shapes.InvalidProblem),
    403: ("It was sent from a page of another site.", shapes.Problem),
    404: ("There never was such a thing, or there is no such page.", shapes.Problem),
    413: ("The body is too long.", shapes.Problem),
    415: ("The body must be `application/json`.", shapes.Problem),
    422: ("The `Idempotency-Key` came with another opinion before.", shapes.Problem),
    429: ("Too much was sent from there; `Retry-After` says when to send again.", shapes.Problem),
    409: ("The cursor is unknown here: begin anew with a first sync.", shapes.Problem),
    406: ("None of the forms in `Accept` is known here.", shapes.Problem),
    410: ("It was taken down, or its text is withheld: show what stands in its place.", shapes.Gone),
    503: ("The library cannot answer right now.", shapes.Problem),
}
ALWAYS: Final = (406, 503)
"""Errors that any path may answer with."""


class Schema(AutoSchema):
    """How one public path is described."""

    @property
    def operation(self) -> Operation:
        """Raises KeyError for a path that nobody has described."""
        return OPERATIONS[self.path.removeprefix("/api/v1")]

    def get_operation_id(self) -> str:
        return self.operation.name

    def get_summary(self) -> str:
        return self.operation.summary

    def get_description(self) -> str:  # type: ignore[override]
        return " ".join((type(self.view).__doc__ or "").split()) + self.operation.more

    def get_tags(self) -> list[str]:
        return [self.operation.tag]

    def get_auth(self) -> list[Any]:
        return []

    def get_filter_backends(self) -> list[Any]:
        return []

    def get_override_parameters(self) -> list[Any]:
        in_path = [name for name, each in PARAMETERS.items() if each.where == OpenApiParameter.PATH and f"{{{name}}}" in self.path]
        asked = [parameter(name, self.meaning(name)) for name in (*in_path, *getattr(self.view, "known", ()))]
        if self.operation.body:
            keyed = [KEYED] if self.operation.name == "give_feedback" else []
            return [*keyed, *self.answer_headers()]
        forms = ("json", *(name for name, _ in self.operation.forms.values()))
        return [*asked, parameter("format", Parameter(one_of(*forms), FORMAT_IS, forms[-1])), CONDITIONAL, *self.answer_headers()]

    def meaning(self, name: str) -> Parameter:
        return PARAMETERS.get(f"{name} of {self.operation.name}") or PARAMETERS[name]

    def answer_headers(self) -> Iterator[OpenApiParameter]:
        for name in self.operation.headers:
            good = [200, 202] if self.operation.body else [200, 304]
            yield OpenApiParameter(name, str, OpenApiParameter.HEADER, description=HEADERS[name], response=good)
        yield OpenApiParameter(
            "Cache-Control", str, OpenApiParameter.HEADER, description=HEADERS["Cache-Control"], response=[*self.statuses()]
        )
        yield OpenApiParameter("Retry-After", int, OpenApiParameter.HEADER, description=HEADERS["Retry-After"], response=[429, 503])

    def statuses(self) -> Sequence[int]:
        return sorted({*self.operation.errors, *ALWAYS})

    def get_request_serializer(self) -> Any:
        return self.operation.body

    def get_response_serializers(self) -> Any:
        name = self.operation.name
        answers: dict[Any, Any] = {}
        if self.operation.answer:
            answers[200, JSON] = OpenApiResponse(self.operation.answer, "", examples_of(f"{name}.json"))
        if self.operation.taken:
            answers[202, JSON] = OpenApiResponse(self.operation.taken, "", examples_of(f"{name}-taken.json"))
        for media_type, (form, kind) in self.operation.forms.items():
            answers[200, media_type] = OpenApiResponse({"type": kind}, "", examples_of(f"{self.operation.name}.{form}"))
        if not self.operation.body:
            answers[304] = OpenApiResponse(None, "The answer whose `ETag` was sent is still right.")
        for status in self.statuses():
            sentence, shape = PROBLEMS[status]
            answers[status, errors.CONTENT_TYPE] = OpenApiResponse(shape, sentence, examples_of(f"problem-{status}.json"))
        return answers


def parameter(name: str, each: Parameter) -> OpenApiParameter:
    # Examples stand in the schema, for what stands beside it Swagger UI fills in and sends.
    one = each.schema if each.example is None else {**each.schema, "examples": [each.example]}
    schema = {"type": "array", "items": one} if each.many else one
    sentence = each.description + (" Repeat it to mean any of several." if each.many else "")
    in_path = each.where == OpenApiParameter.PATH
    return OpenApiParameter(name, schema, each.where, required=in_path or each.required, description=sentence)  # type: ignore[arg-type]


CONDITIONAL: Final = OpenApiParameter("If-None-Match", str, OpenApiParameter.HEADER, description="The `ETag` of the answer you have.")


KEYED: Final = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "maxLength": 255},
    OpenApiParameter.HEADER,
    description="One for each opinion: sent again, it counts once.",
)


EXAMPLES: Final = Path(__file__).with_name("examples")
"""Answers of the demonstration library, which tests/test_api_examples.py records and compares."""


@cache
def examples_of(name: str) -> list[OpenApiExample]:
    """Return the recorded answer in the file `name`."""
    recorded = (EXAMPLES / name).read_text(encoding="utf-8")
    return [OpenApiExample("demonstration", recorded if name.endswith(".md") else json.loads(recorded))]


# What goes through all components in the end.


def tidy(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Receive the finished document: answers are whole, so every member is there; what pydantic says of its own inputs goes."""
    told = result["components"].get("schemas", {})
    for name, component in told.items():
        tidy_shape(component)
        if name in ("EntryRow", "SearchRow"):
            component["required"] = [*shapes.ALWAYS, *(("score", "excerpt") if name == "SearchRow" else ())]
        component["required"] = [each for each in component["required"] if each not in library.SOMETIMES.get(name, ())]
    for body in (operation.body for operation in OPERATIONS.values() if operation.body):  # what is sent is not whole, and nothing else
        needed = [name for name, each in body.model_fields.items() if each.is_required()]
        if body.__name__ in told:
            told[body.__name__] |= {"required": needed, "additionalProperties": False}
    return result


def tidy_shape(shape: Any) -> None:
    """Tidy a schema and all that stand in it."""
    if isinstance(shape, dict):
        for old, new in (("ge", "minimum"), ("le", "maximum")):
            if old in shape:
                shape[new] = shape.pop(old)
        if isinstance(shape.get("title"), str):  # a member may be called so as well, and then it is a schema
            del shape["title"]
        if "properties" in shape:
            make_whole(shape)
    for each in shape.values() if isinstance(shape, dict) else shape if isinstance(shape, list) else ():
        tidy_shape(each)


def make_whole(shape: dict[str, Any]) -> None:
    """Say that every member of an object is there, and that others may come."""
    shape.pop("additionalProperties", None)
    shape["required"] = list(shape["properties"])
    for each in shape["properties"].values():
        each.pop("default", None)
