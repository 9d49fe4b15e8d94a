"""Where a topic stands and its codes count once a second person has approved them, since a reviewer's scope reaches below a topic."""

from typing import Any

import pytest
from django.db import connection

from faq import verify, workflow
from faq.integrity import triggers
from faq.models import Ledger, ReviewDecision, Topic, TopicCode, TopicPlacement, User
from faq.workflow import TransitionRefused, WordsRefused
from faq.workflow.permissions import out_of_scope
from tests.factories import NOW, a, make_draft, make_lead, make_reviewer, make_topic, place_topic

pytestmark = pytest.mark.django_db
HEARTS: dict[str, Any] = {"parents": ["organs"], "codes": [("ICD-10-CM", "I50"), ("MeSH", "D6333")]}


def propose_place(slug: str = "hearts", by: User | None = None, **place: Any) -> TopicPlacement:
    topic = make_topic(slug)
    row = workflow.propose(by=by or a("author"), at=NOW, topic=topic, **{"parents": [], "codes": []} | place)
    assert isinstance(row, TopicPlacement)
    return row


def approve(placement: TopicPlacement, by: User | None = None) -> None:
    workflow.approve_text(placement, by=by or a("reviewer"), at=NOW)


def stands(slug: str = "hearts") -> tuple[list[str], list[str]]:
    """Return the parents and codes of a topic that count."""
    topic = Topic.objects.get(slug=slug)
    return sorted(topic.parents.values_list("slug", flat=True)), [str(code) for code in topic.codes.all()]


def test_parents_and_codes_wait_for_a_second_person() -> None:
    make_topic("organs")
    workflow.edit_topic(slug="hearts", by=a("author"), at=NOW, kind="condition", **HEARTS)
    assert stands() == ([], [])
    approve(TopicPlacement.objects.get())
    assert stands() == (["organs"], ["ICD-10-CM|I50", "MeSH|D6333"])


def test_an_approved_place_takes_the_place_of_the_one_before() -> None:
    make_topic("organs")
    make_topic("hearts", **HEARTS)
    place_topic("hearts", codes=[("MeSH", "D6333"), ("MeSH", "D1")])
    assert stands() == (["organs"], ["MeSH|D1", "MeSH|D6333"])
    assert list(TopicPlacement.objects.present().values_list("number", flat=True)) == [2]
    assert list(verify.faults()) == []


def test_who_proposed_a_place_does_not_approve_it() -> None:
    both = make_reviewer(user=a("author"))
    with pytest.raises(TransitionRefused, match="You proposed this place; a second person must approve it"):
        approve(propose_place(**HEARTS | {"parents": []}), by=both)


@pytest.mark.parametrize(
    ("scope", "refused"),
    [({"sign_offs": ["translation"]}, "needs a reviewer with the clinical sign-off"), ({"topics": ["organs"]}, "own review scope")],
)
def test_a_place_takes_a_clinical_reviewer_whose_own_scope_it_leaves(scope: dict[str, Any], refused: str) -> None:
    make_topic("organs")
    placement = propose_place(**HEARTS)
    with pytest.raises(TransitionRefused, match=refused):
        approve(placement, by=make_reviewer(**scope))
    with pytest.raises(TransitionRefused, match="active reviewer"):
        approve(placement, by=make_lead())
    assert stands() == ([], [])


def test_a_reviewer_of_other_topics_or_of_this_one_approves_a_place() -> None:
    for slug in ("organs", "bones"):
        make_topic(slug)
    approve(propose_place(**HEARTS), by=make_reviewer(topics=["bones"]))
    approve(propose_place(parents=["bones"]), by=make_reviewer(topics=["organs"]))
    approve(propose_place(parents=["organs", "bones"]), by=make_reviewer(topics=["hearts", "organs"]))
    assert stands() == (["bones", "organs"], [])


def test_a_review_scope_reaches_below_a_topic_once_that_was_approved() -> None:
    make_topic("organs")
    placement = propose_place(**HEARTS)
    reviewer, question = make_reviewer(topics=["organs"]), make_draft(topics=["hearts"]).question
    assert "does not cover the topics hearts" in out_of_scope(reviewer, question)
    approve(placement)
    assert out_of_scope(reviewer, question) == ""


def test_a_refused_place_changes_nothing_and_one_in_force_is_replaced_and_not_ended() -> None:
    placement = propose_place(codes=[("MeSH", "D1")])
    approve(placement)
    workflow.end_text(propose_place(), by=a("lead"), at=NOW, comment="Keep the code.")
    with pytest.raises(TransitionRefused, match="decided already; propose its next version"):
        workflow.end_text(placement, by=a("lead"), at=NOW, comment="No code any more.")
    assert stands() == ([], ["MeSH|D1"])


def test_two_places_that_make_a_circle_are_not_both_approved() -> None:
    make_topic("organs")
    first, second = propose_place(parents=["organs"]), propose_place("organs", parents=["hearts"])
    approve(first)
    with pytest.raises(TransitionRefused, match="cannot stand below itself"):
        approve(second)
    with pytest.raises(TransitionRefused, match="cannot stand below itself"):
        propose_place("organs", parents=["hearts"])


def test_other_columns_of_a_topic_change_without_its_place() -> None:
    make_topic("organs")
    make_topic("hearts", **HEARTS)
    workflow.edit_topic(slug="hearts", by=a("author"), at=NOW, position=4)
    workflow.edit_topic(slug="hearts", by=a("author"), at=NOW, **HEARTS)
    assert TopicPlacement.objects.count() == 1
    assert stands() == (["organs"], ["ICD-10-CM|I50", "MeSH|D6333"])


def test_what_waits_already_is_not_proposed_again_and_is_added_to() -> None:
    for _ in range(2):
        workflow.edit_topic(slug="hearts", by=a("author"), at=NOW, kind="condition", codes=[("MeSH", "D1")])
    make_topic("organs")
    workflow.edit_topic(slug="hearts", by=a("author"), at=NOW, parents=["organs"])
    assert list(TopicPlacement.objects.values_list("parents", "codes")) == [("", "MeSH|D1"), ("organs", "MeSH|D1")]


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (("ICD|10", "I50"), "no bar"),
        (("MeSH", "D1\nD2"), "one line"),
        (("MeSH", "D" * 61), "60 characters"),
        (("", "D1"), "empty"),
    ],
)
def test_a_code_that_could_not_be_told_from_another_is_refused(code: tuple[str, str], reason: str) -> None:
    with pytest.raises(WordsRefused, match=reason):
        propose_place(codes=[code])


def test_a_code_may_have_a_bar_of_its_own() -> None:
    approve(propose_place(codes=[("Local", "a|b")]))
    assert stands() == ([], ["Local|a|b"])
    assert list(verify.faults()) == []


def test_the_chain_holds_what_was_approved_and_moves() -> None:
    make_topic("organs")
    placement = propose_place(**HEARTS)
    before = Ledger.objects.get().decision_head
    approve(placement)
    decision = ReviewDecision.objects.latest("sequence")
    assert (decision.kind, decision.about) == ("approve_text", "place of hearts, 1")
    assert decision.details == '{"parents": ["organs"], "codes": [["ICD-10-CM", "I50"], ["MeSH", "D6333"]]}'
    assert Ledger.objects.get().decision_head == decision.row_hash != before


def another_code(topic: Topic) -> None:
    """Give the topic another code, and its place too."""
    topic.placements.update(codes="MeSH|D2")
    topic.codes.all().delete()
    TopicCode.objects.create(topic=topic, system="MeSH", code="D2")


@pytest.mark.parametrize(
    ("forged", "table"),
    [
        (lambda topic: TopicCode.objects.create(topic=topic, system="MeSH", code="D2"), "faq_topic"),
        (lambda topic: topic.codes.all().delete(), "faq_topic"),
        (lambda topic: topic.parents.clear(), "faq_topic"),
        (another_code, "faq_topicplacement"),
        (lambda topic: topic.placements.update(approved_by=a("lead")), "faq_topicplacement"),
        (lambda topic: ReviewDecision.objects.filter(about__startswith="place").delete(), "faq_topicplacement"),
    ],
)
def test_verify_finds_a_place_that_nobody_approved(forged: Any, table: str) -> None:
    make_topic("organs")
    topic = make_topic("hearts", **HEARTS)
    assert list(verify.faults()) == []
    connection.check_constraints()  # PostgreSQL takes no trigger off a table on which deferred checks still wait
    triggers.remove(connection)
    forged(topic)
    assert {fault.table for fault in verify.faults()} & {"faq_topic", "faq_topicplacement"} == {table}
