"""A checklist: points that a lead words for a sign-off, each ticked by whoever gives it, and kept with the approval as they stood."""

import json
from typing import Any

import pytest

from faq import verify, workflow
from faq.models import Checklist, ReviewDecision
from faq.models.people import SIGN_OFFS
from faq.workflow import TransitionRefused
from faq.workflow.checklists import LONGEST_POINT, MOST_POINTS, USUAL
from tests.admin_client import done, form_in, page_of, refusals, see, send, signed_in, verb_of
from tests.factories import NOW, a, approve, make_reviewer, make_submission, make_user

pytestmark = pytest.mark.django_db
POINTS = ["It says what its sources say.", "Nothing is missing."]


def ask(*points: str, sign_off: str = "clinical") -> Checklist:
    """Word a checklist as the lead does it."""
    return workflow.edit_checklist(sign_off=sign_off, items=points, by=a("lead"), at=NOW)


def kept(decision: ReviewDecision) -> Any:
    return json.loads(decision.details or "{}").get("checklist")


def test_nothing_is_asked_where_there_is_none() -> None:
    assert kept(approve(make_submission())) is None


def test_each_point_is_ticked_and_kept_as_it_stood() -> None:
    ask(*POINTS)
    decision = approve(make_submission(), checklist=POINTS)
    ask("Something else.")
    assert kept(ReviewDecision.objects.get(pk=decision.pk)) == POINTS
    assert list(verify.faults()) == []


@pytest.mark.parametrize("ticked", [[], POINTS[:1], ["Something else.", POINTS[0]]], ids=["none", "one", "another"])
def test_a_point_without_a_tick_stops_the_approval(ticked: list[str]) -> None:
    ask(*POINTS)
    with pytest.raises(TransitionRefused, match=f"Not ticked: “{POINTS[1] if ticked else POINTS[0]}”"):
        approve(make_submission(), checklist=ticked)
    assert not ReviewDecision.objects.filter(kind="approve").exists()


def test_each_sign_off_has_its_own() -> None:
    ask(*POINTS, sign_off="plain_language")
    submission, both = make_submission(), make_reviewer(sign_offs=["clinical", "plain_language"])
    approve(submission, by=both)
    workflow.ask_sign_off(audience="patient", sign_off="plain_language", by=a("lead"), at=NOW)
    second = make_submission()
    approve(second, by=both)
    with pytest.raises(TransitionRefused, match="Not ticked"):
        approve(second, by=both, sign_off="plain_language")
    assert kept(approve(second, by=both, sign_off="plain_language", checklist=POINTS)) == POINTS


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"by": "reviewer"}, "This needs the role of lead"),
        ({"sign_off": "unheard-of"}, "Choose a sign-off"),
        ({"items": ["One.", " "]}, "Say what the point asks"),
        ({"items": ["One\nand two."]}, "one line"),
        ({"items": [f"Point {number}." for number in range(MOST_POINTS + 1)]}, f"{MOST_POINTS} at most"),
        ({"items": ["x" * (LONGEST_POINT + 1)]}, f"{LONGEST_POINT} letters at most"),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused(arguments: dict[str, Any], reason: str) -> None:
    asked: dict[str, Any] = {"sign_off": "clinical", "items": POINTS, "at": NOW}
    by = a(arguments.pop("by", "lead"))
    with pytest.raises(TransitionRefused, match=reason):
        workflow.edit_checklist(**asked | arguments, by=by)
    assert not Checklist.objects.exists()


def test_it_is_worded_anew_and_each_wording_leaves_a_decision() -> None:
    ask(*POINTS, POINTS[0])
    ask()
    assert Checklist.objects.get().items == []
    told = ReviewDecision.objects.filter(kind="edit_checklist").order_by("sequence").values_list("about", "details")
    assert list(told) == [("clinical checklist", json.dumps({"points": POINTS})), ("clinical checklist", '{"points": []}')]
    assert kept(approve(make_submission())) is None


def test_there_are_usual_points_for_every_sign_off() -> None:
    assert USUAL.keys() == set(SIGN_OFFS)
    for sign_off, points in USUAL.items():
        assert ask(*points, sign_off=sign_off).items == list(points)


def test_a_lead_begins_with_the_usual_points_and_words_them_anew() -> None:
    lead = a("lead")
    done(send(lead, "/admin/faq/checklist/add/", sign_off="clinical"))
    checklist = Checklist.objects.get()
    assert checklist.items == list(USUAL["clinical"])
    assert 'value="clinical"' not in see(lead, "/admin/faq/checklist/add/")
    done(send(lead, page_of(checklist), items="\r\n".join(POINTS)))
    assert Checklist.objects.get().items == POINTS
    assert "It says what its sources say." in see(make_user("auditor"), page_of(checklist))
    assert signed_in(make_reviewer()).get("/admin/faq/checklist/add/").status_code == 403


def test_nobody_ends_a_checklist_by_an_empty_form() -> None:
    checklist, lead = ask(*POINTS), a("lead")
    why = ["Write the points, or take all of them out and tick that nothing is asked."]
    assert refusals(send(lead, page_of(checklist), items="")) == refusals(send(lead, page_of(checklist), nothing="on")) == why
    assert Checklist.objects.get().items == POINTS
    done(send(lead, page_of(checklist), items="", nothing="on"))
    assert Checklist.objects.get().items == []


def test_the_reviewer_ticks_on_the_screen_and_loses_no_tick_when_something_else_is_wrong() -> None:
    ask(*POINTS)
    submission, reviewer = make_submission(), make_reviewer()
    page = see(reviewer, page_of(submission))
    assert page.count('name="points_clinical"') == len(POINTS)
    assert "checked" not in page.partition('name="points_clinical"')[2][:200]
    refused = send(reviewer, verb_of(submission, "approve"), points_clinical=POINTS[:1])
    assert refusals(refused) == ["Tick each point once you have looked, or request changes."]
    assert form_in(refused.content.decode())["points_clinical"] == POINTS[0]
    done(send(reviewer, verb_of(submission, "approve"), points_clinical=POINTS))
    assert kept(ReviewDecision.objects.get(kind="approve")) == POINTS
    assert "Nothing is missing." in see(reviewer, page_of(submission))


def test_to_send_words_back_takes_no_tick() -> None:
    ask(*POINTS)
    submission, reviewer = make_submission(), make_reviewer()
    done(send(reviewer, verb_of(submission, "request_changes"), comment="Shorter."))
    assert ReviewDecision.objects.filter(kind="request_changes").count() == 1
