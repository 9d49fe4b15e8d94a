"""What the templates of the admin need beside Django's own tags."""

from typing import Any

from django import template

from faq.models import ReviewDecision
from faq.publishing import details_of

register = template.Library()


@register.filter
def facts(decision: ReviewDecision) -> list[tuple[str, str]]:
    """Return (name, value) of what else the verb recorded and left not empty, in words."""
    return [(name.replace("_", " "), in_line(value)) for name, value in details_of(decision).items() if value not in ("", [], {}, None)]


def in_line(value: Any) -> str:
    """Return a value as JSON has it in one line of text."""
    if isinstance(value, dict):
        return "; ".join(f"{name}: {in_line(each)}" for name, each in value.items())
    return ", ".join(in_line(each) for each in value) if isinstance(value, list) else str(value)
