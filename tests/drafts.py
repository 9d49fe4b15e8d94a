"""Plain makers of Words and of what readiness knows around them; no database."""

from typing import Any

from faq.content.words import CitedSource, Words
from faq.readiness import Context, Finding, findings

GOOD_BODY = "HER2 is a protein on cells.[^a] It can drive growth.[^a]"


def make_source(key: str = "a", **fields: Any) -> CitedSource:
    """Return a source that can be found again."""
    return CitedSource.model_validate({"number": None, "key": key, "title": f"Title of {key}", "url": "https://example.org/"} | fields)


def make_words(body: str = GOOD_BODY, **fields: Any) -> Words:
    """Return Words with nothing to find fault with, but for what `fields` change."""
    start: dict[str, Any] = {
        "language": "en",
        "audience": "patient",
        "question": "What is HER2?",
        "short_answer": "A protein on cells.",
        "advice_cards": ["fever"],
        "body": body,
        "citations": [make_source()],
        "provenance": {"origin": "human"},
    }
    return Words.model_validate(start | fields)


def make_context(**fields: Any) -> Context:
    """Return a context in which nothing is missing, but for what `fields` change."""
    start: dict[str, Any] = {"is_safety": False, "disclaimers_in_force": True}
    return Context(**start | fields)


def found(code: str, body: str = GOOD_BODY, *, context: Context | None = None, **fields: Any) -> list[Finding]:
    """Return the findings of one code about Words made of `body` and `fields`."""
    return [each for each in findings(make_words(body, **fields), context or make_context()) if each.code == code]


def sentences_of(code: str, body: str = GOOD_BODY, **fields: Any) -> list[str]:
    """Return the sentences that the findings of one code are about."""
    return [each.sentence for each in found(code, body, **fields)]
