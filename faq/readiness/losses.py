"""What readers lose: parts that the version before has and these words do not. One concern for each kind of loss, naming what is gone.

Rows of a list are known again by what names them, so a changed value is no loss, nor is a new order. What has no rule of its own here
is lost where it was filled and is empty now. The waiver is about the version before too: of another one nothing was said last time.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final, get_args

from faq.content.words import FROM_THE_SOURCE, CitedSource, Origin, Part, Words
from faq.readiness.reading import Found

ROWS: Final[Mapping[str, tuple[str, str, str]]] = {
    "key_facts": ("key-fact-lost", "label", "key facts"),
    "citations": ("source-lost", "key", "sources"),
    "status_lines": ("status-line-lost", "item", "lines on where things stand"),
    "resources": ("resource-lost", "name", "places to turn to"),
}
"""{field: (code, what names a row, what readers call them)}."""
WITH_OWN_RULE: Final = {*ROWS, "advice_cards", "provenance", "short_answer", "update_type", "change_note"}
"""An empty short answer is a concern as it is, and what changed is said of each version anew."""


def losses(before: Words, words: Words, version: int, out_of_date: Sequence[str] = ()) -> Iterator[Found]:
    """Yield what `words` lose of `before`, which is that `version`. To drop a source is none where its key is `out_of_date`."""
    for code, where, what, gone in lost_parts(before, words, out_of_date):
        if gone:
            named = ", ".join(gone)
            message = (
                f"Version {version} has {what} that these words leave out: {named}. Put them back, or say why readers need them no more."
            )
            yield code, message, where, f"Version {version}: {named}"


def lost_parts(before: Words, words: Words, out_of_date: Sequence[str]) -> Iterator[tuple[str, str, str, list[str]]]:
    """Yield (code, field, what it is, the names of what is gone) for each kind of loss there could be."""
    cards = [key for key in before.advice_cards if key not in words.advice_cards]
    yield "advice-card-lost", "advice_cards", "urgent advice", cards
    for field, (code, name, what) in ROWS.items():
        yield (
            code,
            field,
            what,
            [lost for lost in lost_rows(getattr(before, field), getattr(words, field), name) if lost not in out_of_date],
        )
    yield "provenance-lost", "provenance", "words on where it comes from", list(emptied(before.provenance, words.provenance))
    others = list(emptied(before, words, WITH_OWN_RULE))
    yield "part-lost", others[0] if others else "body", "parts", [name.replace("_", " ") for name in others]


def lost_rows(before: Sequence[Any], rows: Sequence[Any], name: str) -> Iterator[str]:
    """Yield the names of rows that are gone, and `name (part)` of those that are there with a part of them empty."""
    left = defaultdict(list)
    for row in rows:
        left[folded(getattr(row, name))].append(row)
    for row in before:
        called = getattr(row, name)
        same = left[folded(called)]
        if same:
            yield from (f"{called} ({part})" for part in emptied(row, same.pop(0)))
        else:
            yield called


def folded(name: str) -> str:
    return " ".join(name.casefold().split())


def emptied(before: Part, now: Part, passed_over: Collection[str] = ()) -> Iterator[str]:
    """Yield the names of fields that were filled and are empty; of what is filled in both, those within it."""
    if isinstance(before, CitedSource):
        passed_over = FROM_THE_SOURCE  # what the library knows of a source: no draft can lose it
    for name in type(before).model_fields:
        old, new = getattr(before, name), getattr(now, name, None)
        if name in passed_over:
            continue
        if old and not new:
            yield "mark in the body" if name == "number" else name
        elif isinstance(old, Part) and isinstance(new, Part):
            yield from (f"{name} {part}".replace("_", " ") for part in emptied(old, new))


def origin_lowered(before: Words, words: Words, version: int) -> Iterator[Found]:
    """An origin nearer to people: readers are told less of the part that an AI had, and disclaimers for it may be gone."""
    order, old, new = get_args(Origin), before.provenance.origin, words.provenance.origin
    if order.index(new) < order.index(old):
        message = f"Version {version} is {old} and these words say {new}: say what people did to them, or mark them {old} again."
        yield "origin-lowered", message, "origin", f"Version {version}: {old}"
