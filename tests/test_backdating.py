"""Only load_demo records the past: everywhere else a verb with another moment than now is refused, and nothing is written."""

import inspect
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps

from faq import workflow
from faq.integrity.ledger import CLOCK_TOLERANCE, backdating
from faq.workflow import ExternalReview, NewEntry
from tests import factories
from tests.factories import NOW, a
from tests.guarding import World, passes, rows_of, undone, world_of
from tests.inbox import make_asked, make_report

pytestmark = pytest.mark.django_db

LOOKS = {"preview", "statements_of", "to_be_checked", "unchecked", "draft_readiness", "due_reviews", "readiness_of", "may_be_assigned"}
"""Names of the workflow that take a moment and write nothing."""

TODAY = datetime.now(UTC).date()
DUE = TODAY + timedelta(days=365)
ATTESTED: dict[str, Any] = {"attested_by": "Dr Roe", "attested_on": TODAY, "document": "Minutes 7", "next_review_due_on": DUE}
SCOPE: dict[str, Any] = {"profession": "Nurse", "languages": ["en"], "verified_until": DUE}
TERM: dict[str, Any] = {"kind": "glossary", "key": "cell", "language": "en", "title": "Cell", "text": "A small part of the body."}
TABLES = [model._meta.db_table for model in apps.get_app_config("faq").get_models()]

Verb = Callable[[World, datetime], object]


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    for made in world_of(django_db_blocker):
        yield made | more(made)


def more(world: World) -> World:
    """Return rows in the states that no other test of the guards needs."""
    scheduled = factories.make_approved()
    workflow.schedule(scheduled, by=a("publisher"), at=NOW, moment=NOW + timedelta(hours=1))
    factories.make_publication("restored")
    first = factories.make_publication("restored").question.publications.get(version=1)
    restored = workflow.restore(first, by=a("reviewer"), at=NOW, comment="It was better.")
    held = workflow.hold(factories.make_publication("held"), by=a("reviewer"), at=NOW, comment="Checking.")
    factories.make_topic("news", may_expire=True)
    passing = factories.make_submission(topics=["news"])
    factories.approve(passing, next_review_due_on=(NOW + timedelta(days=1)).date(), expires_on=(NOW + timedelta(days=2)).date())
    expiring = workflow.publish(passing, by=a("publisher"), at=NOW)
    asks = factories.make_publication("asked-about")
    revision = factories.make_revision("asked-about")
    linked = make_asked("How do people ask?")
    workflow.link_question(linked, by=a("reviewer"), at=NOW, slug="asked-about", phrasing="How do people ask?")
    workflow.put_on_duty(world["editor"].reviewer, by=a("lead"), at=NOW)
    return {
        "frozen_draft": revision,
        "asked": make_asked(),
        "report": make_report(asks),
        "scheduled": scheduled,
        "restored": restored,
        "held": held,
        "expiring": expiring,
        "by_ai": factories.make_draft("by-ai", origin="ai_generated"),
        "policy": workflow.ask_sign_off(audience="clinician", sign_off="translation", by=a("lead"), at=NOW),
        "everything": factories.make_user("author", "importer", "publisher"),
        "name": workflow.propose(by=a("lead"), at=NOW, topic=factories.place_topic("nameless", kind="condition"), language="en", name="A"),
    }


def publish_new(w: World, at: datetime) -> object:
    """Bring in an entry that was reviewed elsewhere."""
    changes = factories.words(question="What is brought in?", origin="human")
    arrival = NewEntry("brought", "en", changes, topics={}, related=[], review=ExternalReview(**ATTESTED))
    return workflow.publish_new([arrival], by=w["everything"], at=at)


DRAFTING: dict[str, Verb] = {
    "create_question": lambda w, at: workflow.create_question(slug="new", language="en", wording="New?", by=w["author"], at=at),
    "start_revision": lambda w, at: workflow.start_revision(w["question"], by=w["author"], at=at),
    "edit": lambda w, at: workflow.edit(w["draft"], by=w["author"], at=at, changes={"short_answer": "Something else."}),
    "comment": lambda w, at: workflow.comment(w["draft"], by=w["author"], at=at, text="Which test?"),
    "lower_origin": lambda w, at: workflow.lower_origin(w["by_ai"], by=w["author"], at=at, comment="Written anew."),
    "take_over": lambda w, at: workflow.take_over(w["draft"], by=w["editor"], at=at),
    "discard": lambda w, at: workflow.discard(w["draft"], by=w["author"], at=at, reason="Not needed."),
    "submit": lambda w, at: workflow.submit(w["draft"], by=w["author"], at=at),
    "recall": lambda w, at: workflow.recall(w["approved"].answer, by=w["author"], at=at),
    "publish_new": publish_new,
}
REVIEWING: dict[str, Verb] = {
    "assign": lambda w, at: workflow.assign([w["submitted"]], by=w["lead"], at=at, reviewer=None, due_on=DUE),
    "request_changes": lambda w, at: workflow.request_changes(w["submitted"], by=w["reviewer"], at=at, comment="Shorter."),
    "approve": lambda w, at: factories.approve(w["submitted"], by=w["reviewer"], at=at),
    "attest": lambda w, at: workflow.attest(w["submitted"], by=w["importer"], at=at, **ATTESTED),
    "object": lambda w, at: workflow.object(w["submitted"], by=w["reviewer"], at=at, comment="Is that so?"),
    "resolve": lambda w, at: workflow.resolve(w["objected"], by=w["reviewer"], at=at, comment="It is."),
    "publish": lambda w, at: workflow.publish(w["approved"], by=w["publisher"], at=at),
    "schedule": lambda w, at: workflow.schedule(w["approved"], by=w["publisher"], at=at, moment=at + timedelta(days=1)),
    "unschedule": lambda w, at: workflow.unschedule(w["scheduled"], by=w["publisher"], at=at),
    "publish_scheduled": lambda w, at: workflow.publish_scheduled(w["scheduled"].answer, at=at),
}
READERS: dict[str, Verb] = {
    "withdraw": lambda w, at: workflow.withdraw(w["current"], by=w["reviewer"], at=at, reason="unsafe"),
    "hold": lambda w, at: workflow.hold(w["current"], by=w["reviewer"], at=at, comment="Checking."),
    "hold_citing": lambda w, at: workflow.hold_citing(w["source"], by=w["reviewer"], at=at, comment="Checking."),
    "release": lambda w, at: workflow.release(w["held"], by=w["reviewer"], at=at, comment="Fine."),
    "restore": lambda w, at: workflow.restore(w["old"], by=w["reviewer"], at=at, comment="It was better."),
    "confirm": lambda w, at: workflow.confirm(w["restored"], by=w["editor"], at=at),
    "confirm_erasure": lambda w, at: workflow.confirm_erasure(w["order"], by=w["reviewer"], at=at),
    "reaffirm": lambda w, at: workflow.reaffirm(
        {w["current"].pk: w["current"].content_hash}, by=w["reviewer"], at=at, next_review_due_on=DUE
    ),
    "reclassify": lambda w, at: workflow.reclassify(w["question"], by=w["author"], at=at, topics=["hearts"], related=[]),
    "mark_source": lambda w, at: workflow.mark_source(w["source"], by=w["reviewer"], at=at, state="retracted", comment="They say so."),
    "triage_alert": lambda w, at: workflow.triage_alert(w["alert_open"], by=w["reviewer"], at=at, outcome="minor", note="One number."),
    "expire": lambda w, at: workflow.expire(w["expiring"], at=at),
    "erase": lambda w, at: workflow.erase(w["withdrawn"], by=w["lead"], at=at, legal_basis="An order."),
}
LIBRARY: dict[str, Verb] = {
    "propose": lambda w, at: workflow.propose(by=w["lead"], at=at, **TERM),
    "approve_text": lambda w, at: workflow.approve_text(w["text_proposed"], by=w["reviewer"], at=at),
    "approve_names": lambda w, at: workflow.approve_names(workflow.seen_names([w["name"]]), by=w["reviewer"], at=at),
    "end_text": lambda w, at: workflow.end_text(w["text_in_force"], by=w["reviewer"], at=at, comment="Not used."),
    "edit_topic": lambda w, at: workflow.edit_topic(slug="hearts", by=w["author"], at=at, position=3),
    "edit_source": lambda w, at: workflow.edit_source(key="s1", by=w["author"], at=at, title="Another title"),
    "create_topics_and_sources": lambda w, at: workflow.create_topics_and_sources(
        [], [{"key": "never-cited", "title": "A source"}], by=w["author"], at=at
    ),
    "grant_reviewer": lambda w, at: workflow.grant_reviewer(w["root"], by=w["lead"], at=at, **SCOPE),
    "revoke_reviewer": lambda w, at: workflow.revoke_reviewer(w["editor"].reviewer, by=w["lead"], at=at, comment="Left."),
    "ask_sign_off": lambda w, at: workflow.ask_sign_off(audience="clinician", sign_off="plain_language", by=w["lead"], at=at),
    "edit_checklist": lambda w, at: workflow.edit_checklist(sign_off="translation", items=["It reads well."], by=w["lead"], at=at),
    "drop_sign_off": lambda w, at: workflow.drop_sign_off(w["policy"], by=w["lead"], at=at, comment="Nobody does it."),
    "put_on_duty": lambda w, at: workflow.put_on_duty(w["reviewer"].reviewer, by=w["lead"], at=at),
    "take_off_duty": lambda w, at: workflow.take_off_duty(w["editor"].reviewer, by=w["lead"], at=at),
}
INBOX: dict[str, Verb] = {
    "link_question": lambda w, at: workflow.link_question(w["asked"], by=w["reviewer"], at=at, slug=w["current"].slug),
    "open_question": lambda w, at: workflow.open_question(w["asked"], by=w["author"], at=at, wording="May one swim?"),
    "reject_question": lambda w, at: workflow.reject_question(w["asked"], by=w["author"], at=at, reason="Not about this."),
    "take_phrasings": lambda w, at: workflow.take_phrasings(w["frozen_draft"], by=w["author"], at=at),
    "close_report": lambda w, at: workflow.close_report(w["report"], by=w["reviewer"], at=at, reason="It is right."),
}
VERBS = DRAFTING | REVIEWING | READERS | LIBRARY | INBOX


@pytest.fixture(autouse=True)
def _as_in_use(world: World) -> Iterator[None]:
    """Take away what conftest.py gives every test, once the library stands."""
    token = backdating.set(False)
    yield
    backdating.reset(token)


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """Return all rows of the library."""
    return {table: rows_of(table) for table in TABLES}


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_records_this_moment_and_no_other(world: World, verb: str) -> None:
    before, now = everything(), datetime.now(UTC)
    with undone():
        VERBS[verb](world, now)
        assert everything() != before
    with pytest.raises(ValueError, match="has passed; only load_demo records"):
        VERBS[verb](world, now - CLOCK_TOLERANCE - timedelta(minutes=1))
    with pytest.raises(ValueError, match="lies ahead; only load_demo records"):
        VERBS[verb](world, now + CLOCK_TOLERANCE + timedelta(minutes=1))
    assert everything() == before


def test_a_slow_request_and_a_clock_that_differs_are_let_through(world: World) -> None:
    for away in (-CLOCK_TOLERANCE, CLOCK_TOLERANCE):
        moment = datetime.now(UTC) + away * 0.9
        assert passes(lambda: VERBS["hold"](world, moment))  # noqa: B023  (called at once)


def test_every_verb_is_tried_above() -> None:
    verbs = {name for name in workflow.__all__ if "at" in parameters(getattr(workflow, name))}
    assert verbs - LOOKS == {name.split()[0] for name in VERBS}


def parameters(thing: Any) -> set[str]:
    """Return the names of what a function takes."""
    return set(inspect.signature(thing).parameters) if inspect.isfunction(thing) else set()
