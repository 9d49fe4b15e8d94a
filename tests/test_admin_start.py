"""The admin's first page is each person's own: what waits for them, what came back to them, what they did, and a menu of what is theirs."""

import re
from datetime import timedelta
from itertools import product

import pytest
from django.utils import timezone

from faq import workflow
from faq.admin.dashboard import Queue
from faq.models import Question, Source, Submission, User
from faq.workflow.permissions import out_of_scope, reviewer_of, within_scope
from tests.admin_client import page_of, see, signed_in
from tests.factories import (
    NOW,
    a,
    approve,
    make_draft,
    make_publication,
    make_reviewer,
    make_revision,
    make_standing_texts,
    make_submission,
    make_topic,
    make_user,
    place_topic,
)

pytestmark = pytest.mark.django_db
GENERATOR = {"name": "A model", "generated_on": "2026-01-02", "grounded_in": ["A sheet"]}
MINE = "Waiting for my decision"


def queues(user: User) -> dict[str, Queue]:
    """Return the lists on the first page of `user` by their titles."""
    return {queue.title: queue for queue in signed_in(user).get("/admin/").context["queues"]}


def waiting(user: User, title: str) -> list[str]:
    """Return where the rows of one list lead, none where there is no such list."""
    found = queues(user).get(title)
    return [row.url for row in found.rows] if found else []


def menu(user: User, address: str = "/admin/") -> dict[str, list[str]]:
    """Return the menu on a page: {heading: names of lists}."""
    sections = signed_in(user).get(address).context["app_list"]
    return {section["name"]: [str(model["name"]).lower() for model in section["models"]] for section in sections}


# What waits for a reviewer.


def test_a_reviewer_gets_what_their_scope_covers_and_no_more() -> None:
    for slug in ("hearts", "lungs"):
        make_topic(slug)
    make_standing_texts("es")
    hearts = make_submission(make_draft("one", topics=["hearts"]))
    make_submission(make_draft("two", topics=["lungs"]))
    make_submission(make_draft("three", topics=["hearts", "lungs"]))
    make_submission(make_draft("four"))
    make_submission(make_draft("five", topics=["hearts"], language="es"))
    assert waiting(make_reviewer(topics=["hearts"], languages=["en"]), MINE) == [page_of(hearts)]


def test_a_list_is_made_by_the_scope_by_which_a_decision_is_refused() -> None:
    for slug in ("hearts", "valves", "lungs"):
        make_topic(slug)
    place_topic("valves", parents=["hearts"])
    make_standing_texts("es")
    sets = [[], ["hearts"], ["valves"], ["lungs"], ["hearts", "valves"], ["valves", "lungs"]]
    for number, (language, topics) in enumerate(product(["en", "es"], sets)):
        make_draft(f"q{number}", language=language, topics=topics)
    for languages, covered in product([["en"], ["es"], ["en", "es"]], [[], ["hearts"], ["valves"], ["hearts", "lungs"]]):
        person = make_reviewer(languages=languages, topics=covered)
        reviewer = reviewer_of(person)
        assert reviewer is not None
        listed = set(Question.objects.filter(within_scope(reviewer)).values_list("slug", flat=True))
        assert listed == {each.slug for each in Question.objects.all() if not out_of_scope(person, each)}, (languages, covered)


def test_what_somebody_has_signed_off_waits_for_others_until_it_is_asked_about_again() -> None:
    make_publication("her2")
    workflow.ask_sign_off(audience="patient", sign_off="patient_reader", by=a("lead"), at=NOW)
    submission, reviewer = make_submission(make_revision("her2")), make_reviewer(sign_offs=["clinical", "patient_reader"])
    approve(submission, by=reviewer)
    assert waiting(reviewer, MINE) == []
    assert waiting(make_reviewer(), MINE) == [page_of(submission)]
    workflow.hold(submission.question.publications.get(), by=make_reviewer(), at=NOW, comment="A reader wrote.")
    assert waiting(reviewer, MINE) == [page_of(submission)]


def test_the_one_that_waits_longest_comes_first_and_its_age_is_told() -> None:
    at = timezone.now()
    old = make_submission(at=at - timedelta(days=3, hours=2))
    new = make_submission(at=at)
    found = queues(make_reviewer(at=at))[MINE]
    assert [row.url for row in found.rows] == [page_of(old), page_of(new)]
    assert (found.count, found.oldest) == (2, "3 days")


def test_a_row_tells_a_draft_by_an_ai_from_one_by_a_person() -> None:
    make_submission(make_draft("by-a-program", origin="ai_generated", generator=GENERATOR))
    make_submission(make_draft("by-a-person"))
    assert sorted("AI draft" in row.note for row in queues(make_reviewer())[MINE].rows) == [False, True]


def test_an_objection_waits_for_whoever_may_resolve_it() -> None:
    submission = make_submission()
    approve(submission)
    workflow.object(submission, by=make_reviewer(), at=NOW, comment="Too short.")
    assert waiting(make_reviewer(), "Objections to resolve") == [page_of(submission)]
    workflow.resolve(Submission.objects.get(), by=make_reviewer(), at=NOW, comment="It is right.")
    assert waiting(make_reviewer(), "Objections to resolve") == []


def test_of_due_reviews_the_heading_tells_how_many_are_late() -> None:
    at = timezone.now()
    make_publication("late", at=at - timedelta(days=40), review_in_days=30)
    make_publication("soon", at=at, review_in_days=5)
    assert queues(make_reviewer())["Reviews due, 1 of them overdue"].count == 2


def test_alerts_and_reviews_are_those_of_the_reviewers_scope() -> None:
    make_topic("lungs")
    make_publication(at=timezone.now(), review_in_days=5)
    workflow.mark_source(Source.objects.get(), by=a("reviewer"), at=timezone.now(), state="superseded", comment="New edition.")
    assert set(queues(make_reviewer(topics=["lungs"]))) == set()
    assert set(queues(make_reviewer())) == {"Evidence alerts to look at", "Reviews due"}


def test_a_lead_without_a_scope_sees_all_that_waits() -> None:
    submission = make_submission()
    assert waiting(a("lead"), "Awaiting a decision") == [page_of(submission)]


def test_whose_verification_ended_is_asked_for_nothing() -> None:
    make_submission()
    ended = make_reviewer(at=NOW - timedelta(days=9), verified_until=NOW.date())
    assert queues(ended) == {}


# What an author gets.


def test_what_was_sent_back_stands_before_an_authors_other_drafts_with_the_reason() -> None:
    submission = make_submission()
    workflow.request_changes(submission, by=a("reviewer"), at=NOW, comment="Name the trial.")
    draft = make_draft()
    page = see(a("author"), "/admin/")
    assert list(queues(a("author"))) == ["Sent back to me", "My drafts"]
    assert waiting(a("author"), "Sent back to me") == [page_of(submission.answer)]
    assert waiting(a("author"), "My drafts") == [page_of(draft)]
    assert re.search(r'<blockquote class="reason">Name the trial.</blockquote>', page)


# What was done.


def test_what_somebody_did_lately_leads_back_to_it() -> None:
    submission = make_submission()
    approve(submission)
    workflow.object(submission, by=a("reviewer"), at=NOW, comment="Too short.")
    found = signed_in(a("reviewer")).get("/admin/").context["lately"]
    assert [row.url for row in found[:2]] == [page_of(submission)] * 2
    assert [row.label.partition(":")[0] for row in found[:2]] == ["Object", "Approve"]


def test_who_did_nothing_yet_is_shown_nothing_of_it() -> None:
    assert "What I did lately" not in see(make_reviewer(), "/admin/")


# The menu.


def test_a_reviewers_menu_has_what_waits_and_what_readers_sent() -> None:
    readers = ["readers' questions", "reports", "feedback", "missed searches"]
    assert menu(make_reviewer()) == {"Review": ["waiting", "published", "alerts", "history"], "Readers": readers}


@pytest.mark.parametrize(
    ("role", "headings"),
    [
        ("author", ["Readers", "Library"]),
        ("publisher", ["Review"]),
        ("importer", ["Library", "Imports"]),
        ("lead", ["Review", "Readers", "Library", "Names and places", "People", "Imports", "Audit", "Details"]),
        ("auditor", ["Review", "Readers", "Library", "Names and places", "People", "Imports", "Audit", "Details"]),
    ],
)
def test_everybodys_menu_is_that_of_their_roles(role: str, headings: list[str]) -> None:
    assert list(menu(make_user(role))) == headings


def test_whoever_wants_to_read_more_finds_all_lists() -> None:
    reviewer = make_reviewer()
    assert '<a href="?lists=all">All lists</a>' in see(reviewer, "/admin/")
    assert menu(reviewer, "/admin/?lists=all") == menu(a("lead"))
    assert "All lists" not in see(a("lead"), "/admin/")
