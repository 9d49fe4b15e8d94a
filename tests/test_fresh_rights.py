"""Every verb reads afresh who uses it: whoever lost a right a second ago, in another process, is refused whatever the caller holds."""

import inspect
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db.models import prefetch_related_objects

from faq import workflow
from faq.clock import local_date
from faq.models import ReviewDecision, Reviewer, User
from faq.workflow import ExternalReview, NewEntry, NewTopic, TransitionRefused
from tests.factories import (
    NOW,
    a,
    make_draft,
    make_publication,
    make_reviewer,
    make_source,
    make_submission,
    make_topic,
    make_user,
    reviewer_row,
)

pytestmark = pytest.mark.django_db
NEXT_YEAR = local_date(NOW) + timedelta(days=365)
SCOPE: dict[str, Any] = {"profession": "Oncologist", "languages": ["en"], "verified_until": NEXT_YEAR}
REVIEW = ExternalReview("Somebody", local_date(NOW), "Minutes", NEXT_YEAR)
ROLES = ("author", "publisher", "importer", "lead")


def arrival() -> NewEntry:
    """Return an entry that was reviewed elsewhere."""
    changes: dict[str, Any] = {"question": "What?", "origin": "human"}
    return NewEntry("her2", "en", changes, {}, [], REVIEW)


def making(user: User) -> dict[str, Callable[[], Any]]:
    """Return by name each verb that makes its thing, and some of those that the table has, to be used by `user`."""
    return {
        "create_question": lambda: workflow.create_question(slug="q", language="en", wording="What?", by=user, at=NOW),
        "create_topics_and_sources": lambda: workflow.create_topics_and_sources(
            [NewTopic("lungs", {"kind": "condition"}, [], [], {})], [], by=user, at=NOW
        ),
        "edit_topic": lambda: workflow.edit_topic(slug="lungs", kind="condition", by=user, at=NOW),
        "edit_source": lambda: workflow.edit_source(key="s1", title="A sheet", by=user, at=NOW),
        "propose": lambda: workflow.propose(kind="notice", key="held", language="en", text="Held.", by=user, at=NOW),
        "grant_reviewer": lambda: workflow.grant_reviewer(a("author"), by=user, at=NOW, **SCOPE),
        "ask_sign_off": lambda: workflow.ask_sign_off(audience="patient", sign_off="translation", by=user, at=NOW),
        "edit_checklist": lambda: workflow.edit_checklist(sign_off="clinical", items=["It is so."], by=user, at=NOW),
        "publish_new": lambda: workflow.publish_new([arrival()], by=user, at=NOW),
    }


IN_THE_TABLE: dict[str, Callable[[User], Any]] = {
    "comment": lambda user: workflow.comment(make_draft(), by=user, at=NOW, text="Which test?"),
    "take_over": lambda user: workflow.take_over(make_draft(), by=user, at=NOW),
    "start_revision": lambda user: workflow.start_revision(make_publication().question, by=user, at=NOW),
    "attest": lambda user: workflow.attest(make_submission(), by=user, at=NOW, **vars(REVIEW)),
    "revoke_reviewer": lambda user: workflow.revoke_reviewer(reviewer_row(make_reviewer()), by=user, at=NOW, comment="Left."),
    "reclassify": lambda user: workflow.reclassify(make_draft().question, by=user, at=NOW, topics=[], related=[]),
    "assign": lambda user: workflow.assign([make_submission()], by=user, at=NOW, reviewer=None),
    "edit_topic": lambda user: workflow.edit_topic(slug=make_topic().slug, kind="medicine", by=user, at=NOW),
    "edit_source": lambda user: workflow.edit_source(key=make_source().key, title="Another", by=user, at=NOW),
}


def held(*roles: str) -> User:
    """Return somebody as a caller may hold them: with the groups looked up and remembered."""
    user = make_user(*roles)
    prefetch_related_objects([user], "groups")
    return user


def switch_off(user: User) -> None:
    """Do what another process does."""
    User.objects.filter(pk=user.pk).update(is_active=False)


def take_roles(user: User) -> None:
    """Do what another process does."""
    User.objects.get(pk=user.pk).groups.clear()


def remove(user: User) -> None:
    """Do what only SQL does."""
    take_roles(user)
    User.objects.filter(pk=user.pk).delete()


def refused(call: Callable[[], Any], user: User) -> str:
    """Return why a verb was refused; fail where it was not, or where something was recorded all the same."""
    pk = user.pk
    with pytest.raises(TransitionRefused) as error:
        call()
    assert not ReviewDecision.objects.filter(by=pk).exists()
    return str(error.value)


@pytest.mark.parametrize("lose", [switch_off, take_roles])
@pytest.mark.parametrize("verb", making(User()))
def test_who_lost_the_role_a_moment_ago_makes_nothing_any_more(verb: str, lose: Callable[[User], None]) -> None:
    user = held(*ROLES)
    lose(user)
    assert "a lead can give it" in refused(making(user)[verb], user)


@pytest.mark.parametrize("lose", [switch_off, take_roles])
@pytest.mark.parametrize("verb", IN_THE_TABLE)
def test_who_lost_the_role_a_moment_ago_changes_nothing_any_more(verb: str, lose: Callable[[User], None]) -> None:
    user = held(*ROLES)
    lose(user)
    assert "a lead can" in refused(lambda: IN_THE_TABLE[verb](user), user)


@pytest.mark.parametrize("verb", making(User()))
def test_an_account_that_is_gone_makes_nothing(verb: str) -> None:
    user = held(*ROLES)
    stale = User.objects.get(pk=user.pk)
    prefetch_related_objects([stale], "groups")
    remove(user)
    assert "This account is not there any more" in refused(making(stale)[verb], stale)


def test_who_got_the_role_a_moment_ago_may_use_it() -> None:
    user = held()
    User.objects.get(pk=user.pk).groups.set([Group.objects.get_or_create(name="author")[0]])
    assert making(user)["create_question"]().author == user


def test_every_verb_without_a_thing_is_among_those_that_are_tried() -> None:
    verbs = {name: getattr(workflow, name) for name in workflow.__all__}
    # The first of a verb's arguments is its thing, and stands alone before the star.
    asked = {name: list(inspect.signature(verb).parameters.values()) for name, verb in verbs.items() if inspect.isfunction(verb)}
    without = {
        name for name, each in asked.items() if "by" in {one.name for one in each} and each[0].kind == inspect.Parameter.KEYWORD_ONLY
    }
    assert without - making(User()).keys() == set()


def test_a_review_scope_names_topics_that_are_there() -> None:
    make_topic("hearts")
    person, lead = make_user(), a("lead")
    with pytest.raises(TransitionRefused, match="Unknown topic: livers, lungs"):
        workflow.grant_reviewer(person, by=lead, at=NOW, topics=["lungs", "hearts", "livers"], **SCOPE)
    assert not Reviewer.objects.filter(user=person).exists()
