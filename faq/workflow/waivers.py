"""Why concerns of readiness may stand: given by a reviewer in each approval, and never filled in from an earlier one."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from faq.models import Question, Submission, Waiver
from faq.readiness import Finding
from faq.workflow.errors import TransitionRefused, require_text, stored_text


@dataclass(frozen=True)
class GivenWaiver:
    """What a reviewer says in this approval of the concern `code` about `sentence`: a `reason`, or that the one of last time still holds.

    `again`: the key of the earlier Waiver whose reason was read and is given again.
    """

    code: str
    sentence: str
    reason: str = ""
    again: int | None = None


def earlier_waivers(question: Question) -> dict[tuple[str, str], Waiver]:
    """Return the newest waiver given for `question` by (code, sentence), to be shown as “last time”: none of them settles a concern."""
    # An attestation leaves rows without a reason: there nobody waived anything. Nor is anything left to read of those that were erased.
    rows = Waiver.objects.filter(submission__question=question).exclude(reason="").order_by("pk")
    return {(row.code, row.sentence): row for row in rows}


def resolve_concerns(submission: Submission, findings: Sequence[Finding], waivers: Collection[GivenWaiver]) -> list[Waiver]:
    """Return an unsaved Waiver per concern, as given in `waivers`.

    Raises TransitionRefused for a concern without one, for a waiver of nothing, and as `waiver_again` says.
    """
    given = {(waive.code, waive.sentence): waive for waive in waivers}
    concerns = {(finding.code, finding.sentence): finding for finding in findings if finding.grade == "concern"}
    strangers = given.keys() - concerns.keys()
    if strangers:
        raise TransitionRefused("No such concern: " + "; ".join(f"{code} “{sentence}”" for code, sentence in sorted(strangers)))
    unsettled = [finding for key, finding in concerns.items() if key not in given]
    if unsettled:
        listed = " ".join(f"[{finding.code}] {finding.message}" for finding in unsettled)
        raise TransitionRefused(f"Change the words, or waive each concern in this approval, with a reason: {listed}")
    earlier = earlier_waivers(submission.question)
    return [
        new_waiver(submission, given[key]) if given[key].again is None else waiver_again(submission, given[key], earlier.get(key))
        for key in concerns
    ]


def new_waiver(submission: Submission, given: GivenWaiver) -> Waiver:
    reason = require_text(given.reason, f"why the concern {given.code} may stand")
    return Waiver(submission=submission, code=given.code, sentence=given.sentence, reason=reason)


def waiver_again(submission: Submission, given: GivenWaiver, last: Waiver | None) -> Waiver:
    """Return an unsaved Waiver with the reason of `last`, the newest one about the same sentence.

    Raises TransitionRefused where that is not the one that was read, where another reason stands beside it, and for the text as a whole:
    no sentence shows that it is still the same.
    """
    concern = f"{given.code} “{given.sentence}”" if given.sentence else given.code
    if not given.sentence:
        raise TransitionRefused(f"The concern {concern} is about the text as a whole: say anew why it may stand.")
    if stored_text(given.reason):
        raise TransitionRefused(f"Say of the concern {concern} either that the reason of last time still holds, or your own reason.")
    if last is None or last.pk != given.again:
        raise TransitionRefused(f"The reason given last time for {concern} is no longer the one you read: read it again, or give your own.")
    return Waiver(submission=submission, code=given.code, sentence=given.sentence, reason=last.reason, carried_from=last)


def kept_concerns(submission: Submission, findings: Sequence[Finding]) -> list[Waiver]:
    """Return an unsaved row per concern: beside an attestation they are kept, not waived."""
    return [
        Waiver(submission=submission, code=finding.code, sentence=finding.sentence) for finding in findings if finding.grade == "concern"
    ]
