"""Two people make, or drop, the same thing at once: one is told so in a sentence, and nothing of theirs is recorded.

On one connection the other person comes in at the moment at which the verb has looked and waits for the Ledger; with two of
PostgreSQL's it is in test_races_postgresql.py.
"""

from collections.abc import Callable
from typing import Any

import pytest

from faq import workflow
from faq.models import AudiencePolicy, ReviewDecision, Source, StandingText, Topic
from faq.workflow import NewTopic, TransitionRefused, catalogue, standing_texts
from tests.factories import NOW, a, make_lead, make_topic

pytestmark = pytest.mark.django_db


def edit_topic() -> Topic:
    """Make a topic."""
    return workflow.edit_topic(slug="hearts", kind="condition", by=a("author"), at=NOW)


def edit_source() -> Source:
    """Make a source."""
    return workflow.edit_source(key="s1", title="A sheet", by=a("author"), at=NOW)


def bring(topics: list[str], sources: list[str]) -> None:
    """Make topics and sources as an import does."""
    new = [NewTopic(slug, {"kind": "condition"}, [], [], {}) for slug in topics]
    workflow.create_topics_and_sources(new, [{"key": key, "title": "A sheet"} for key in sources], by=a("importer"), at=NOW)


def propose() -> Any:
    """Propose a text."""
    return workflow.propose(kind="notice", key="held", language="en", text="Held.", by=a("lead"), at=NOW)


def somebody_else(monkeypatch: Any, module: Any, step: Callable[[], Any]) -> None:
    """Have `step` done once, by somebody else, just before the next verb of `module` gets the Ledger."""
    lock = module.lock_ledger

    def after_them(at: Any) -> Any:
        monkeypatch.setattr(module, "lock_ledger", lock)
        step()
        return lock(at)

    monkeypatch.setattr(module, "lock_ledger", after_them)


@pytest.mark.parametrize(
    ("mine", "theirs", "named"),
    [
        (edit_topic, edit_topic, "topic hearts"),
        (edit_source, edit_source, "source s1"),
        (lambda: bring(["lungs", "hearts"], ["s2"]), edit_topic, "topic hearts"),
        (lambda: bring(["lungs"], ["s1", "s2"]), edit_source, "source s1"),
        (edit_topic, lambda: bring(["hearts"], []), "topic hearts"),
    ],
)
def test_of_two_who_make_the_same_the_second_is_told_so(mine: Any, theirs: Any, named: str, monkeypatch: Any) -> None:
    makers = [a("author"), a("importer")]
    somebody_else(monkeypatch, catalogue, theirs)
    with pytest.raises(TransitionRefused) as refused:
        mine()
    assert str(refused.value) == f"Somebody else has just made the {named}; look at it, then do it again."
    # On one connection what the other made goes back with what was refused.
    assert ReviewDecision.objects.filter(by__in=makers).count() == Topic.objects.count() + Source.objects.count() == 0


def test_who_edits_a_topic_that_is_there_is_not_held_up() -> None:
    topic = make_topic("hearts")
    assert workflow.edit_topic(slug="hearts", kind="medicine", by=a("author"), at=NOW).pk == topic.pk
    assert edit_source().pk == edit_source().pk


def test_two_who_propose_the_same_text_get_two_numbers(monkeypatch: Any) -> None:
    a("lead")
    somebody_else(monkeypatch, standing_texts, propose)
    propose()
    assert list(StandingText.objects.order_by("number").values_list("number", flat=True)) == [1, 2]


def test_of_two_who_drop_a_sign_off_one_decides() -> None:
    one, two = make_lead(), make_lead()
    policy = workflow.ask_sign_off(audience="patient", sign_off="translation", by=one, at=NOW)
    seen = AudiencePolicy.objects.get()
    workflow.drop_sign_off(policy, by=one, at=NOW, comment="Not needed.")
    with pytest.raises(TransitionRefused, match="asked for no more already"):
        workflow.drop_sign_off(seen, by=two, at=NOW, comment="Not needed.")
    assert ReviewDecision.objects.filter(kind="drop_sign_off").count() == 1
