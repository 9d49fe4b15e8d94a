"""The words of a form as text to read: beside other words, or to be copied where they cannot be saved."""

import json
from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

from faq.admin.answer_layout import name_of
from faq.content.words import EDITABLE, flattened
from faq.models import Answer


def as_lines(value: Any) -> str:
    """Return a value of the words as text to read beside another: a line for each field of a row, an empty line between rows."""
    if isinstance(value, Mapping):
        return "\n".join(f"{name.replace('_', ' ')}: {as_lines(held)}" for name, held in value.items() if held not in (None, "", []))
    if isinstance(value, list):
        between = "\n\n" if any(isinstance(member, Mapping) for member in value) else "\n"
        return between.join(as_lines(member) for member in value)
    return "" if value is None else str(value)


def not_stored(typed: QueryDict, answer: Answer) -> list[tuple[str, str]]:
    """Return (label, text) of what was typed into the form of `answer` and does not stand there."""
    words = flattened(json.loads(answer.words)) if answer.words else {}
    # The token, the numbers of rows and the like are no words of anybody's.
    named = [name for name in typed if name_of(name) in EDITABLE and not name.endswith(("_FORMS", "-ORDER"))]
    said = {name: "\n".join(typed.getlist(name)).replace("\r\n", "\n") for name in named}
    new = {name: text for name, text in said.items() if text not in ("", held(words, name))}
    return [(name.replace("-", " ").replace("_", " ").capitalize(), text) for name, text in new.items()]


def held(words: Any, form_name: str) -> str:
    """Return as text what `words` hold where a form has a field of that name, such as `key_facts-0-label`; "" for nothing."""
    for step in form_name.split("-"):
        if isinstance(words, list):
            words = words[int(step)] if step.isdecimal() and int(step) < len(words) else None
        else:
            words = words.get(step) if isinstance(words, Mapping) else None
    return as_lines(words)
