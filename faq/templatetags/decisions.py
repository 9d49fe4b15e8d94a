"""What the templates of the admin need beside Django's own tags."""

from typing import Any

from django import template

from faq.models import ReviewDecision
from faq.workflow.publishing import details_of

register = template.Library()


@register.filter
def facts(decision: ReviewDecision) -> list[tuple[str, str]]:
    """Return (name, value) of what else the verb recorded and left not empty, in words."""
    # 0 and False say something, so emptiness is not left to their truth.
    return [(name.replace("_", " "), in_line(value)) for name, value in details_of(decision).items() if value not in ("", [], {}, None)]


def in_line(value: Any) -> str:
    """Return a JSON value as one line of text: lists with commas, objects as `name: value; name: value`."""
    if isinstance(value, dict):
        return "; ".join(f"{name}: {in_line(inner)}" for name, inner in value.items())
    return ", ".join(in_line(entry) for entry in value) if isinstance(value, list) else str(value)
