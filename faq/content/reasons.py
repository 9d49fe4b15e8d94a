"""What is wrong with words that were not taken, in sentences for people: pydantic's own are for programmers."""

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from faq.content.texts import KEY, LANGUAGE, SLUG

UNKNOWN = "unknown field"
FORMS = {
    SLUG: "must be lower-case letters, digits and hyphens between them",
    KEY: "must be letters and digits without accents, and “.”, “_” or “-” after the first of them",
    LANGUAGE: "must be a language code, such as en, es or es-MX",
}
"""{pattern: what it means to people}"""
REASONS = {
    "missing": "is missing",
    "extra_forbidden": UNKNOWN,
    "string_type": "must be text",
    "string_unicode": "contains half of a surrogate pair; save the text as UTF-8 again",
    "bool_type": "must be true or false",
    "list_type": "must be a list",
    "dict_type": "must be names with values",
    "model_type": "must be names with values",
    "model_attributes_type": "must be names with values",
    "union_tag_not_found": "is missing its kind",
    "greater_than_equal": "must be {ge} or more",
    "less_than_equal": "must be {le} or less",
    "too_short": "must not be empty",
    "string_too_short": "must not be empty",
    "too_long": "must have at most {max_length:,} characters",  # the types here count after cleaning; pydantic would speak of a list
    "string_too_long": "must have at most {max_length:,} characters",
    "literal_error": "must be {expected}",
    "union_tag_invalid": "must have one of these as its kind: {expected_tags}",
    "invalid_key": "must have names that are text",
    "value_error": "{error}",
}
"""{type of pydantic's: what to do}. pydantic's own sentences are for programmers."""


def reason_of(problem: ErrorDetails) -> str:
    kind, given, values = problem["type"], problem["input"], problem.get("ctx", {})
    if given is None:
        return "is empty; fill it in, or leave the field out"
    if kind == "string_pattern_mismatch":
        return FORMS[values["pattern"]]
    if kind == "string_type" and isinstance(given, int | float):
        return "must be text; put it in quotation marks"
    if kind.startswith("int_"):
        return "must be a whole number"
    plain = {name: value.replace("'", "") if name.startswith("expected") else value for name, value in values.items()}
    return REASONS.get(kind, "is no value for this field").format(**plain)


def problems_in(error: ValidationError) -> list[tuple[str, str]]:
    """Return the (field, reason) pairs of a failed validation, for people to read; fields have the names of EDITABLE."""
    paths = ((".".join(str(step) for step in problem["loc"]), problem) for problem in error.errors())
    return [(path.removeprefix("provenance.") or "entry", reason_of(problem)) for path, problem in paths]
