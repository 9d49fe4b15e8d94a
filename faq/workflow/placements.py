"""Where topics stand: their parents, which widen what a reviewer of a topic may decide, and their codes, by which readers' programs ask.

Like a name, a place is proposed by one person and counts once another approved it (standing_texts.py): its rows are written here then.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from faq.models import Topic, TopicCode, TopicPlacement
from faq.workflow.columns import check_columns, clean_field
from faq.workflow.errors import WordsRefused, raise_if_refused

Codes = Sequence[tuple[str, str]]
"""(system, code) pairs."""
BAR: Final = "|"
"""Between system and code, in a row of TopicPlacement as in the API."""


def new_placement_row(topic: Topic, parents: Iterable[str], codes: Iterable[tuple[str, str]]) -> TopicPlacement:
    """Return an unsaved TopicPlacement without a number, parents (slugs) and codes in a fixed order; raise WordsRefused for bad codes."""
    lines = {BAR.join(clean_code(system, code)) for system, code in codes}
    return TopicPlacement(topic=topic, parents="\n".join(sorted(set(parents))), codes="\n".join(sorted(lines)))


def clean_code(system: str, code: str) -> tuple[str, str]:
    pair = clean_field("codes", system), clean_field("codes", code)
    if not all(pair):
        raise WordsRefused([("codes", "must not be empty")])
    if BAR in pair[0]:
        raise WordsRefused([("codes", "the system's name must have no bar, which parts it from the code")])
    check_columns(TopicCode(system=pair[0], code=pair[1]))
    return pair


def other_placement(topic: Topic, parents: Sequence[str] | None, codes: Codes | None) -> TopicPlacement | None:
    """Return a row to propose for a stored topic, with `parents` and `codes` (None: as they are, or wait to be); None where nothing differs
    from what is in force, or waits already.
    """
    rows = list(topic.placements.filter(ends_at=None).order_by("number"))
    newest = rows[-1] if rows else TopicPlacement(topic=topic)
    wanted = new_placement_row(topic, newest.parent_slugs if parents is None else parents, newest.code_pairs if codes is None else codes)
    in_force = next((row for row in rows if row.approved_at), TopicPlacement(topic=topic))
    same = [row for row in (newest, in_force) if (row.parents, row.codes) == (wanted.parents, wanted.codes)]
    return None if same else wanted


def known_parents(placement: TopicPlacement) -> list[Topic]:
    """Return the parent topics; raise TransitionRefused for an unknown one, or one that is the topic itself or, as approved, below it."""
    slugs = placement.parent_slugs
    parents = list(Topic.objects.filter(slug__in=slugs))
    unknown = set(slugs) - {parent.slug for parent in parents}
    raise_if_refused(f"Unknown topic: {', '.join(sorted(unknown))}. Make it first." if unknown else "")
    # All that stands above the new parents, layer by layer; `above` also ends the walk where the rows hold a circle already.
    above, layer = set(), {parent.pk for parent in parents}
    while layer:
        above |= layer
        layer = set(Topic.objects.filter(children__in=layer).values_list("pk", flat=True)) - above
    raise_if_refused("A topic cannot stand below itself; choose other parents." if placement.topic_id in above else "")
    return parents


def put_in_place(placement: TopicPlacement) -> None:
    """Make the topic's parents and codes those of its placement, which is in force by now: the guards ask. The Ledger is in hand, so that
    of two placements which make a circle the second finds the first.
    """
    topic, wanted = placement.topic, set(placement.code_pairs)
    topic.parents.set(known_parents(placement))
    here = {(row.system, row.code): row.pk for row in topic.codes.all()}
    TopicCode.objects.filter(pk__in=[key for pair, key in here.items() if pair not in wanted]).delete()
    TopicCode.objects.bulk_create(TopicCode(topic=topic, system=system, code=code) for system, code in sorted(wanted - here.keys()))


def place_details(placement: TopicPlacement) -> dict[str, Any]:
    """Return what decisions record of a placement, so that the chain holds what was approved."""
    return {"parents": placement.parent_slugs, "codes": [list(pair) for pair in placement.code_pairs]}
