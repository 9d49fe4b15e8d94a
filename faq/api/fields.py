"""Lists with some members of each entry alone (`fields`), never without those that keep a reader safe."""

import json
from collections.abc import Iterable, Sequence
from typing import Final

from django.http import QueryDict

from faq.public.documents import encoded
from faq.public.entry_json import ORDER
from faq.public.errors import InvalidParams

KEPT: Final = ("slug", "status", "language", "version", "provenance", "disclaimers", "urgent_advice", "review", "links")
"""Whatever is asked for: which words these are, where they come from, how they stand, and what must be read with them."""


def fields_param(params: QueryDict) -> tuple[str, ...]:
    """Return the members asked for beside KEPT, in their order; none means all of an entry."""
    asked = [name.strip() for value in params.getlist("fields") for name in value.split(",")]
    if any(name not in ORDER for name in asked):
        raise InvalidParams([("fields", f"Unknown member. Known: {', '.join(ORDER)}.")])
    return tuple(name for name in ORDER if name in asked)


def narrowed(bodies: Iterable[str], fields: Sequence[str]) -> list[str]:
    """Return the JSON of entries with `fields` and KEPT alone, or whole where no fields are named."""
    if not fields:
        return list(bodies)
    wanted = {*fields, *KEPT}
    entries = (json.loads(body) for body in bodies)
    return [encoded({name: value for name, value in entry.items() if name in wanted}) for entry in entries]
