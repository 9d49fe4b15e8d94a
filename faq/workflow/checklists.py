"""What a reviewer ticks before a sign-off: points that a lead words, the same for all words of that sign-off."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from faq.integrity.ledger import lock_ledger
from faq.models import Checklist, User
from faq.models.people import SIGN_OFFS
from faq.workflow.errors import TransitionRefused, raise_if_refused, require_line, verb
from faq.workflow.transitions import Kind, lead, require_right

MOST_POINTS: Final = 12
"""Points of one checklist: more are ticked without being read."""
LONGEST_POINT: Final = 300
"""Letters of one point."""

USUAL: Final[Mapping[str, Sequence[str]]] = {
    "clinical": (
        "What it says is what its sources say, of the same people, treatment and stage.",
        "Nothing is missing that a reader needs in order to stay safe: which signs, whom to call, how soon.",
        "Benefits and harms are told alike, each out of the same number of people.",
        "It says what is not known, and where care differs between places.",
        "The reader is told what to do, or what to ask their team, in words that they can act on.",
    ),
    "plain_language": (
        "The question and the first sentence say what it is about.",
        "The words are everyday ones; a medical term is explained where it first stands.",
        "Sentences are short, say who does what, and speak to the reader.",
        "Numbers can be used as they stand: nothing has to be worked out.",
        "Headings and lists part it into pieces that are read one at a time, in the order in which they are needed.",
        "What to do comes in steps, each small enough to take.",
    ),
    "patient_reader": (
        "I know what it says after reading it once.",
        "I know what I would do next.",
        "Nothing in it blames me, frightens me without need, or leaves people like me out.",
    ),
    "translation": (
        "Every figure, unit, sign and medicine is as in the original.",
        "It reads as if it had been written in this language, for people where it is read.",
        "Telephone numbers, help and words for services are those of the readers' own place.",
    ),
}
"""{sign-off: points} to begin with, in our own words. What they ask for follows the Patient Education Materials Assessment Tool (PEMAT) of
the US Agency for Healthcare Research and Quality, and the NHS service manual's and content standard's asks of health content.
"""


@verb
def edit_checklist(*, sign_off: str, items: Sequence[str], by: User, at: datetime) -> Checklist:
    """Say which points are ticked before a sign-off, from now on; none, and nothing is asked. Approvals that were given stand.

    Raises TransitionRefused without the role of lead, for a sign-off that there is not, and for points that are too many or too long.
    """
    require_right(lead, by, at)
    raise_if_refused(f"Choose a sign-off: {', '.join(SIGN_OFFS)}." if sign_off not in SIGN_OFFS else "")
    points = list(dict.fromkeys(require_line(item, "what the point asks") for item in items))
    raise_if_refused(f"These are {len(points)} points; {MOST_POINTS} at most are read." if len(points) > MOST_POINTS else "")
    long = next((point for point in points if len(point) > LONGEST_POINT), "")
    raise_if_refused(f"A point has {LONGEST_POINT} letters at most; shorten “{long[:60]}…”." if long else "")
    with lock_ledger(at) as ledger:  # before the row, which may be new: two who word the same one meet here
        checklist, _ = Checklist.objects.update_or_create(sign_off=sign_off, defaults={"items": points})
        ledger.decide(Kind.EDIT_CHECKLIST, by, about=str(checklist), details={"points": points})
    return checklist


def points_of(sign_off: str) -> list[str]:
    """Return what is ticked before a sign-off."""
    found = Checklist.objects.filter(sign_off=sign_off).values_list("items", flat=True).first()
    return list(found or ())


def require_points(sign_off: str, ticked: Collection[str]) -> dict[str, Any]:
    """Return what an approval keeps of its checklist; raise TransitionRefused where a point was not ticked."""
    points = points_of(sign_off)
    missing = [point for point in points if point not in ticked]
    if missing:
        raise TransitionRefused(f"Tick each point of the checklist, or request changes. Not ticked: “{missing[0]}”")
    return {"checklist": points} if points else {}
