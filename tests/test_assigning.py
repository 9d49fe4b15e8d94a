"""A lead shares the work out: whose decision words wait for, and until when. It gives and takes no right."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from faq import workflow
from faq.clock import local_date
from faq.models import Assignment, ReviewDecision, Submission, User
from faq.workflow import TransitionRefused
from tests.admin_client import done, page_of, refusals, see, send, signed_in, verb_of
from tests.factories import NOW, a, approve, make_approved, make_reviewer, make_submission, make_topic, make_user, reviewer_row
from tests.test_admin_lists import waiting

pytestmark = pytest.mark.django_db
TODAY = local_date(NOW)
NEXT_WEEK = TODAY + timedelta(days=7)


def assign(*submissions: Submission, **arguments: Any) -> list[Submission]:
    """Assign as the lead does it."""
    told: dict[str, Any] = {"by": a("lead"), "at": NOW, "reviewer": None}
    return workflow.assign(submissions, **told | arguments)


def listed(user: User, query: str) -> list[int]:
    """Return the keys of the submissions that the list shows under `query`."""
    return [row.pk for row in signed_in(user).get(f"/admin/faq/submission/{query}").context["cl"].result_list]


def bulk(*submissions: Submission) -> str:
    """Return the address of the page on which these are assigned."""
    return f"{reverse('admin:faq_submission_assign')}?{'&'.join(f'entry={each.pk}' for each in submissions)}"


def test_it_stands_first_for_the_reviewer_and_no_more_for_others() -> None:
    first, second, mine, another = make_submission(), make_submission(), make_reviewer(), make_reviewer()
    assign(second, reviewer=mine)
    assert waiting(mine) == {"Assigned to me": [page_of(second)], "Waiting for my decision": [page_of(first)]}
    assert waiting(another) == {"Waiting for my decision": [page_of(first)]}


def test_the_most_urgent_comes_first() -> None:
    reviewer, one, two, three = make_reviewer(), make_submission(), make_submission(), make_submission()
    assign(one, reviewer=reviewer)
    assign(two, reviewer=reviewer, due_on=NEXT_WEEK)
    assign(three, reviewer=reviewer, due_on=TODAY)
    assert waiting(reviewer)["Assigned to me"] == [page_of(three), page_of(two), page_of(one)]


def test_what_was_not_decided_in_time_waits_for_everybody_again() -> None:
    submission, another = make_submission(), make_reviewer()
    today = local_date(timezone.now())
    assign(submission, reviewer=make_reviewer(), due_on=today)
    assert "Waiting for my decision" not in waiting(another)
    Assignment.objects.update(due_on=today - timedelta(days=1))
    assert waiting(another)["Waiting for my decision"] == [page_of(submission)]


def test_others_may_decide_as_before() -> None:
    submission = make_submission()
    assign(submission, reviewer=make_reviewer())
    assert approve(submission, by=make_reviewer()).kind == "approve"


def test_it_stays_with_an_answer_that_comes_back() -> None:
    submission, reviewer = make_submission(), make_reviewer()
    assign(submission, reviewer=reviewer, due_on=NEXT_WEEK)
    workflow.request_changes(submission, by=reviewer, at=NOW, comment="Shorter.")
    again = workflow.submit(submission.answer, by=submission.submitted_by, at=NOW)
    assert waiting(reviewer)["Assigned to me"] == [page_of(again)]


def test_it_leaves_a_decision_that_names_person_and_day() -> None:
    submission, reviewer = make_submission(), make_reviewer()
    assign(submission, reviewer=reviewer, due_on=NEXT_WEEK)
    assign(submission)
    first, second = ReviewDecision.objects.filter(kind="assign").order_by("sequence")
    assert (first.submission, first.about, first.details) == (submission, str(reviewer), f'{{"due_on": "{NEXT_WEEK}"}}')
    assert (second.about, second.details, Assignment.objects.get().reviewer) == ("whoever may decide", "", None)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"by": "author"}, "This needs the role of lead"),
        ({"by": "reviewer"}, "This needs the role of lead"),
        ({"reviewer": "author"}, "wrote part of"),
        ({"reviewer": "publisher"}, "has no review scope that covers"),
        ({"due_on": TODAY - timedelta(days=1)}, "has passed; choose a later day"),
        ({"due_on": TODAY.replace(year=2200)}, "The day by which it is due"),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_and_nothing_is_assigned(arguments: dict[str, Any], reason: str) -> None:
    submission = make_submission()
    people = {name: a(arguments[name]) for name in ("by", "reviewer") if name in arguments}
    with pytest.raises(TransitionRefused, match=reason):
        assign(submission, **arguments | people)
    assert not Assignment.objects.exists()


def test_who_wrote_part_of_the_words_is_told_so_even_with_a_scope() -> None:
    submission = make_submission()
    make_reviewer(user=submission.submitted_by)
    with pytest.raises(TransitionRefused, match=f"wrote part of {submission.question}"):
        assign(submission, reviewer=submission.submitted_by)


def test_all_are_assigned_or_none() -> None:
    waits, approved = make_submission(), make_approved()
    with pytest.raises(TransitionRefused, match="this needs submitted"):
        assign(waits, approved)
    with pytest.raises(TransitionRefused, match="Choose submissions"):
        assign()
    assert not Assignment.objects.exists()


def test_those_alone_are_offered_who_may_decide_about_all_of_it() -> None:
    make_topic("hearts")
    submissions = [make_submission(topics=["hearts"]), make_submission()]
    everything, spanish, writer = make_reviewer(), make_reviewer(languages=["es"]), submissions[0].submitted_by
    make_reviewer(user=writer)
    hearts = make_reviewer(topics=["hearts"], all_topics=False)
    left = make_reviewer()
    workflow.revoke_reviewer(reviewer_row(left), by=a("lead"), at=NOW, comment="Left.")
    offered = workflow.may_be_assigned(submissions, NOW)
    assert everything in offered
    assert not {spanish, writer, hearts, left} & set(offered)
    assert hearts in workflow.may_be_assigned(submissions[:1], NOW)


def test_a_lead_assigns_one_from_its_page_and_several_from_the_list() -> None:
    one, two, reviewer, lead = make_submission(), make_submission(), make_reviewer(), a("lead")
    day = local_date(timezone.now()) + timedelta(days=3)
    done(send(lead, verb_of(one, "assign"), reviewer=reviewer.pk, due_on=day))
    assert f"Assigned to {reviewer}, by {day}" in see(reviewer, page_of(one))
    chosen = signed_in(lead).post("/admin/faq/submission/", {"action": "assign_several", "_selected_action": [one.pk, two.pk]})
    assert set(done(chosen).partition("?")[2].split("&")) == {f"entry={one.pk}", f"entry={two.pk}"}
    done(send(lead, bulk(one, two), reviewer=reviewer.pk))
    assert set(Assignment.objects.values_list("answer", "reviewer", "due_on")) == {
        (each.answer_id, reviewer.pk, None) for each in (one, two)
    }


def test_a_refused_form_says_why_and_keeps_what_was_typed() -> None:
    submission, yesterday = make_submission(), local_date(timezone.now()) - timedelta(days=1)
    answer = send(a("lead"), bulk(submission), due_on=yesterday)
    assert refusals(answer) == [f"{yesterday} has passed; choose a later day."]
    assert f'value="{yesterday}"' in answer.content.decode()


def test_the_page_is_for_leads_and_for_what_waits() -> None:
    waits, approved = make_submission(), make_approved()
    assert signed_in(make_reviewer()).get(bulk(waits)).status_code == 403
    assert "assign_several" not in see(make_reviewer(), "/admin/faq/submission/")
    assert done(signed_in(a("lead")).get(bulk(approved))) == "/admin/faq/submission/"
    chosen = {"action": "assign_several", "_selected_action": [waits.pk]}
    assert "assign" not in signed_in(make_reviewer()).post("/admin/faq/submission/", chosen).headers.get("Location", "")
    assert signed_in(make_reviewer()).post(bulk(waits), {"reviewer": "", "due_on": ""}).status_code == 403
    assert not Assignment.objects.exists()


def test_more_than_a_page_can_tell_are_done_in_turns() -> None:
    submissions, client = [make_submission() for _ in range(3)], signed_in(a("lead"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("faq.admin.chosen.CHOSEN", 2)
        chosen = {"action": "assign_several", "_selected_action": [each.pk for each in submissions]}
        page = client.post("/admin/faq/submission/", chosen, follow=True)
    assert "These are the first 2 of those that you chose" in page.content.decode()
    assert [each.pk for each in page.context["chosen"]] == [each.pk for each in submissions[:2]]


def test_the_list_is_asked_whose_and_how_late() -> None:
    mine, late, nobodys, lead = make_submission(), make_submission(), make_submission(), make_user("lead")
    reviewer, today = make_reviewer(), local_date(timezone.now())
    assign(mine, reviewer=reviewer)
    assign(late, reviewer=make_reviewer(), due_on=TODAY)
    Assignment.objects.filter(answer=late.answer).update(due_on=today - timedelta(days=1))
    assert listed(reviewer, "?assigned=me") == [mine.pk]
    assert listed(lead, f"?assigned={reviewer.pk}") == [mine.pk]
    assert listed(lead, "?assigned=nobody") == [nobodys.pk]
    assert listed(lead, "?due=overdue") == listed(lead, "?due=week") == [late.pk]
    assert listed(lead, "?due=none") == [mine.pk, nobodys.pk]
    assert listed(lead, "?assigned=x") == []
