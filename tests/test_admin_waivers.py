"""The approval's form asks about each concern, and shows beside it what was said last time: nothing is ticked or filled in."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from faq import workflow
from faq.clock import local_date
from faq.models import ReviewDecision, Submission, User, Waiver
from tests.admin_client import done, form_in, page_of, refusals, see, send, signed_in, verb_of
from tests.factories import BODY, a, approve, make_draft, make_reviewer, make_revision, make_submission, waive

pytestmark = pytest.mark.django_db
SENTENCE = "It is found in 15 of 100 people."
CONCERN = f"{BODY} {SENTENCE}"
FIGURE = ("figure-without-mark", SENTENCE)
ASKED = "Tick that the reason of last time still holds, say why this may stand, or request changes instead."


def approval(submission: Submission, reviewer: User, **changes: Any) -> Any:
    """Open the approval page, fill it in and send it."""
    day = str(local_date(timezone.now()) + timedelta(days=300))
    return send(reviewer, verb_of(submission, "approve"), **{"next_review_due_on": day} | changes)


def reasons_in(page: Any) -> list[str]:
    """Return the names of the fields that ask why a concern may stand, each of which is followed by its box if it has one."""
    return [name for name in page.context["form"].fields if name.startswith("waive_") and not name.endswith("_again")]


def second(body: str = CONCERN, concerns: tuple[tuple[str, str], ...] = (FIGURE,), **words: Any) -> Submission:
    """Return the submission of a revision whose first version has the waivers of `concerns`."""
    first = make_submission(make_draft("her2", body=body, **words))
    approve(first, waivers=[waive(*concern, reason=f"True of {concern[1] or 'it all'}") for concern in concerns])
    workflow.publish(first, by=a("publisher"), at=timezone.now())
    return make_submission(make_revision("her2", body=body + " Ask anew."))


def test_a_concern_needs_a_reason_before_approval() -> None:
    submission, reviewer = make_submission(body=CONCERN), make_reviewer()
    refused = approval(submission, reviewer, comment="Fine by me.")
    (name,) = reasons_in(refused)
    assert refused.context["form"].errors[name] == ["Say why this may stand, or request changes instead."]
    assert form_in(refused.content.decode())["comment"] == "Fine by me."
    done(approval(submission, reviewer, **{name: "The source is named in the sentence before."}))
    waiver = Waiver.objects.get()
    assert (waiver.code, waiver.sentence) == ("figure-without-mark", SENTENCE)


def test_what_was_said_last_time_is_shown_and_not_filled_in() -> None:
    submission = second()
    opened = signed_in(make_reviewer()).get(verb_of(submission, "approve"))
    (name,) = reasons_in(opened)
    entered = form_in(opened.content.decode())
    assert (entered[name], f"{name}_again" in entered) == ("", False)
    day = f"{ReviewDecision.objects.get(kind='approve').at:%Y-%m-%d}"
    assert f"Last time (version 1, the-reviewer, {day}): True of {SENTENCE}" in opened.content.decode()
    assert "The same reason still holds" in opened.content.decode()


def test_a_version_that_was_never_published_is_named_by_its_submission() -> None:
    first = make_submission(make_draft("her2", body=CONCERN))
    approve(first, waivers=[waive(*FIGURE)])
    workflow.recall(first.answer, by=first.submitted_by, at=timezone.now())
    page = see(make_reviewer(), verb_of(make_submission(first.answer), "approve"))
    assert "Last time (submission 1, the-reviewer, " in page


def test_a_form_sent_as_it_was_opened_is_refused_and_keeps_what_was_typed() -> None:
    submission, reviewer = second(), make_reviewer()
    refused = approval(submission, reviewer, comment="Fine by me.")
    (name,) = reasons_in(refused)
    assert refused.context["form"].errors == {name: [ASKED]}
    assert form_in(refused.content.decode())["comment"] == "Fine by me."
    assert not submission.decisions.filter(kind="approve").exists()


def test_a_tick_gives_the_reason_of_last_time_again() -> None:
    submission, reviewer = second(), make_reviewer()
    earlier = Waiver.objects.get()
    (name,) = reasons_in(signed_in(reviewer).get(verb_of(submission, "approve")))
    done(approval(submission, reviewer, **{f"{name}_again": str(earlier.pk)}))
    waiver = Waiver.objects.get(submission=submission)
    assert (waiver.reason, waiver.carried_from, waiver.decision.by) == (earlier.reason, earlier, reviewer)
    assert f"for the same reason as last time (the-reviewer, {earlier.decision.at:%Y-%m-%d})" in see(reviewer, page_of(submission))


def test_a_reason_typed_in_place_of_the_tick_is_the_reviewer_s_own() -> None:
    submission, reviewer = second(), make_reviewer()
    (name,) = reasons_in(signed_in(reviewer).get(verb_of(submission, "approve")))
    done(approval(submission, reviewer, **{name: "I looked it up again."}))
    waiver = Waiver.objects.get(submission=submission)
    assert (waiver.carried_from, waiver.reason) == (None, "I looked it up again.")


def test_one_tick_is_not_enough_for_two_concerns() -> None:
    other = ("figure-without-mark", "It took 7 years.")
    submission, reviewer = second(f"{CONCERN} {other[1]}", (FIGURE, other)), make_reviewer()
    opened = signed_in(reviewer).get(verb_of(submission, "approve"))
    one, two = reasons_in(opened)
    earlier = opened.context["form"].last[one]
    refused = approval(submission, reviewer, **{f"{one}_again": str(earlier.pk)})
    assert refused.context["form"].errors == {two: [ASKED]}
    assert form_in(refused.content.decode())[f"{one}_again"] == str(earlier.pk), "what was ticked comes back"


def test_a_tick_for_a_reason_that_was_replaced_meanwhile_is_refused_and_comes_back_empty() -> None:
    submission, reviewer = second(), make_reviewer(sign_offs=("clinical", "plain_language"))
    seen = Waiver.objects.get()
    (name,) = reasons_in(signed_in(reviewer).get(verb_of(submission, "approve")))
    approve(submission, by=reviewer, sign_off="plain_language", waivers=[waive(*FIGURE, reason="Said plainly.")])
    refused = approval(submission, make_reviewer(), **{f"{name}_again": str(seen.pk), "comment": "Fine by me."})
    assert "no longer the one you read: read it again" in " ".join(refusals(refused))
    page = refused.content.decode()
    assert "Said plainly." in page
    assert (form_in(page)["comment"], f"{name}_again" in form_in(page)) == ("Fine by me.", False)


@pytest.mark.parametrize("key", ["0", "-1", "x", "9" * 30, "½"])
def test_a_tick_for_nothing_is_refused(key: str) -> None:
    submission, reviewer = second(), make_reviewer()
    (name,) = reasons_in(signed_in(reviewer).get(verb_of(submission, "approve")))
    refused = approval(submission, reviewer, **{f"{name}_again": key})
    assert "no longer the one you read" in " ".join(refusals(refused))


def test_what_was_said_of_the_text_as_a_whole_is_shown_without_a_box() -> None:
    submission = second(BODY, (("short-answer-missing", ""),), short_answer="")
    reviewer = make_reviewer()
    refused = approval(submission, reviewer)
    (name,) = reasons_in(refused)
    assert "True of it all That was about the text as a whole: say anew why it may stand." in refused.content.decode()
    assert f"{name}_again" not in refused.content.decode()
    assert refused.context["form"].errors == {name: ["Say why this may stand, or request changes instead."]}
    forged = approval(submission, reviewer, **{f"{name}_again": str(Waiver.objects.get().pk)})
    assert refusals(forged) == ["Say why this may stand, or request changes instead."]


def test_a_tick_and_a_reason_are_not_both_given() -> None:
    submission, reviewer = second(), make_reviewer()
    (name,) = reasons_in(signed_in(reviewer).get(verb_of(submission, "approve")))
    refused = approval(submission, reviewer, **{name: "My own.", f"{name}_again": str(Waiver.objects.get().pk)})
    assert "either that the reason of last time still holds, or your own" in " ".join(refusals(refused))
    assert form_in(refused.content.decode())[name] == "My own."


def test_where_there_is_no_concern_nothing_is_asked() -> None:
    submission, reviewer = make_submission(make_draft("her2")), make_reviewer()
    page = signed_in(reviewer).get(verb_of(submission, "approve"))
    assert (reasons_in(page), "Last time" in page.content.decode()) == ([], False)
    done(approval(submission, reviewer))


def test_the_page_asks_the_database_no_more_often_for_more_concerns() -> None:
    others = tuple(("figure-without-mark", f"It took {years} years.") for years in (4, 5, 6))
    counted = []
    for slug, concerns in (("one", (FIGURE,)), ("four", (FIGURE, *others))):
        body = " ".join([BODY, *(sentence for _, sentence in concerns)])
        first = make_submission(make_draft(slug, body=body))
        approve(first, waivers=[waive(*concern) for concern in concerns])
        workflow.publish(first, by=a("publisher"), at=timezone.now())
        client, submission = signed_in(make_reviewer()), make_submission(make_revision(slug))
        with CaptureQueriesContext(connection) as captured:
            assert client.get(verb_of(submission, "approve")).status_code == 200
        counted.append(len(captured))
    assert counted[0] == counted[1]
