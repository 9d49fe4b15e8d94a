"""What two versions of an entry have each of their own, field by field, as JSON."""

from typing import Final

from faq.content.diff import differences
from faq.content.words import Words
from faq.public.entry_json import Json

OPS: Final = {"same": "equal", "added": "insert", "removed": "delete"}
NAMES: Final = {"body": "answer.markdown"}
"""The fields of the Words that the JSON of an entry has elsewhere."""


def fields_json(before: Words, after: Words) -> list[Json]:
    """Return the fields that differ, in the order of the Words, each with the pieces of its text.

    The pieces that are `equal` and `insert`, put together, are the text of `after` to the letter, those that are `equal` and `delete`
    that of `before`. A list has an empty line between its members, and a part a line `name: value` for each of its fields.
    """
    return [
        {
            "field": NAMES.get(difference.field, difference.field),
            "parts": [{"op": OPS[piece.change], "text": piece.text} for piece in difference.pieces],
        }
        for difference in differences(before, after)
    ]
