"""The verbs on who may decide: review scopes, and the sign-offs that an audience asks for."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final, get_args

from faq.clock import local_date
from faq.content.words import Audience
from faq.integrity.ledger import lock_ledger
from faq.models import AudiencePolicy, ReviewDecision, Reviewer, Submission, User
from faq.models.people import SIGN_OFFS
from faq.workflow.drafts import topics_named
from faq.workflow.errors import check_calendar, raise_if_refused, require_line, require_text, stored_text, verb
from faq.workflow.locks import check_all_locked, lock_people
from faq.workflow.permissions import out_of_scope
from faq.workflow.reopening import approved_by, lock_all_waiting, reopen
from faq.workflow.transitions import Kind, approvals, lead, require, require_right

AUDIENCES: Final = get_args(Audience)


@verb
def grant_reviewer(
    user: User,
    *,
    by: User,
    at: datetime,
    profession: str,
    languages: Sequence[str],
    verified_until: date,
    all_topics: bool = False,
    topics: Sequence[str] = (),
    register: str = "",
    sign_offs: Sequence[str] = ("clinical",),
) -> Reviewer:
    """Entitle `user` to decide within a scope until a day; a lead does it for somebody else. Granting again replaces the scope.

    What waits with an approval of theirs that a smaller scope covers no more is asked about again.
    """
    locked = lock_all_waiting()
    # Both at once, so that two leads who act on each other lock in the same order, and neither waits for the other in a circle.
    lock_people(user.pk, by.pk)
    require_right(lead, by, at)
    raise_if_refused("Nobody grants a review scope to themselves; ask another lead." if user.pk == by.pk else "")
    raise_if_refused("The verification must not have ended already; choose a later day." if verified_until < local_date(at) else "")
    check_calendar(verified_until, "The last day of the verification")
    raise_if_refused(f"Choose sign-offs among {', '.join(SIGN_OFFS)}." if not sign_offs or set(sign_offs) - set(SIGN_OFFS) else "")
    raise_if_refused("Name at least one language." if not languages else "")
    covered = topics_named(topics)
    scope = {"languages": list(languages), "all_topics": all_topics, "sign_offs": list(sign_offs), "verified_until": verified_until}
    titled = {"profession": require_line(profession, "the profession"), "register": stored_text(register), "revoked_at": None}
    reviewer, _ = Reviewer.objects.update_or_create(user=user, defaults=scope | titled, create_defaults=scope | titled | {"granted_at": at})
    reviewer.topics.set(covered.values())
    with lock_ledger(at) as ledger:
        ledger.decide(Kind.GRANT_REVIEWER, by, about=f"reviewer {user.username}", details=scope | {"topics": list(topics)})
        waiting = [each for each in approved_by(user) if not_covered(reviewer, each)]
        check_all_locked(locked, [each.question_id for each in waiting])
        reopen(ledger, waiting, by, f"The review scope of {user}, who approved these words, covers them no more")
    return reviewer


def not_covered(reviewer: Reviewer, submission: Submission) -> bool:
    """Return whether a person could no more give the sign-offs that they gave to these words."""
    lost = approvals(submission).filter(by=reviewer.user).exclude(sign_off__in=reviewer.sign_offs).exists()
    return lost or bool(out_of_scope(reviewer.user, submission.question))


@verb
def revoke_reviewer(reviewer: Reviewer, *, by: User, at: datetime, comment: str) -> ReviewDecision:
    """End a person's right to decide, at once. What was published stands; what waits with their approval is asked about again."""
    locked = lock_all_waiting()
    lock_people(reviewer.user_id, by.pk)
    # Read after the lock: another lead may have revoked it while this one waited.
    reviewer = Reviewer.objects.select_related("user").get(pk=reviewer.pk)
    require("revoke_reviewer", reviewer, by, at)
    reviewer.revoked_at = at
    reviewer.save(update_fields=["revoked_at"])
    with lock_ledger(at) as ledger:
        said = {"about": f"reviewer {reviewer.user.username}", "comment": require_text(comment, "why")}
        decision = ledger.decide(Kind.REVOKE_REVIEWER, by, **said)
        waiting = approved_by(reviewer.user)
        check_all_locked(locked, [each.question_id for each in waiting])
        reopen(ledger, waiting, by, f"The review scope of {reviewer.user}, who approved these words, was revoked")
    return decision


@verb
def ask_sign_off(*, audience: str, sign_off: str, by: User, at: datetime) -> AudiencePolicy:
    """Ask for one more sign-off on every text for `audience`, from now on; the clinical one is asked for always."""
    require_right(lead, by, at)
    raise_if_refused(f"Choose a sign-off: {', '.join(SIGN_OFFS)}." if sign_off not in SIGN_OFFS else "")
    raise_if_refused(f"Choose an audience: {', '.join(AUDIENCES)}." if audience not in AUDIENCES else "")
    with lock_ledger(at) as ledger:  # before the row, which is new: two who ask for the same meet here
        policy, made = AudiencePolicy.objects.get_or_create(audience=audience, sign_off=sign_off)
        raise_if_refused("" if made else "This sign-off is asked for already.")
        ledger.decide(Kind.ASK_SIGN_OFF, by, about=f"sign-off {policy}")
    return policy


@verb
def drop_sign_off(policy: AudiencePolicy, *, by: User, at: datetime, comment: str) -> ReviewDecision:
    """Ask for a sign-off no more; what was approved stays as it is."""
    require("drop_sign_off", policy, by, at)
    with lock_ledger(at) as ledger:  # two who drop the same meet here
        raise_if_refused("" if AudiencePolicy.objects.filter(pk=policy.pk).exists() else "This sign-off is asked for no more already.")
        decision = ledger.decide(
            Kind.DROP_SIGN_OFF, by, about=f"sign-off {policy}", comment=require_text(comment, "why it is asked for no more")
        )
        policy.delete()
    return decision
