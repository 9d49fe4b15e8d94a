"""Values that YAML cuts short without a word: ` #` begins a comment, also in the middle of “What is the #1 sign?”."""

import re
from collections.abc import Iterator
from typing import Any, Final

import yaml

from faq.interchange.errors import Place, RowErrors

COMMENT: Final = re.compile(r"[ \t]*#")
REASON: Final = "“#” begins a comment here and cuts the value off: put the value in quotes, or the comment on a line of its own"


def refuse_cut_values(node: Any, text: str, place: Place) -> None:
    """Raise RowErrors for each value without quotes in `node`, the YAML of `text`, that a comment follows on its line.

    Behind a quoted value, a list or a whole line a comment is plainly meant to be one; behind these nobody can tell.
    """
    cuts = [Place(place.file, place.line + line).error(name, REASON) for name, line in cut_values(node, text, ())]
    if cuts:
        raise RowErrors(cuts)


def cut_values(node: Any, text: str, path: tuple[str, ...]) -> Iterator[tuple[str, int]]:
    """Yield the dotted name and the line, from 0, of each such value; a row of a list of rows goes without its number."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from cut_values(value, text, (*path, str(key.value)))
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            yield from cut_values(value, text, (*path, str(number)) if path else ())
    elif isinstance(node, yaml.ScalarNode) and not node.style and COMMENT.match(text, node.end_mark.index):
        yield ".".join(path) or "row", node.end_mark.line
