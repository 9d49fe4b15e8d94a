"""Two people meet at one entry, each with a verb of their own: every pair of verbs that could tread on each other, in both orders.

Whatever comes of it: the second waits, and is refused in a sentence or goes on from what the first left. Nobody meets an error of the
database, and nothing is in force but by an approval from before it, which nothing has voided meanwhile.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, NamedTuple

import pytest
from django.db import connection, transaction
from django.db.models import Max

from faq import verify, workflow
from faq.models import EvidenceAlert, Publication, ReviewDecision, Source, StandingText, Topic, TopicName
from faq.public import documents
from faq.workflow import TransitionRefused
from tests.factories import a, approve, make_author, reviewer_row
from tests.racing import assert_versions_hold, at_the_ledger, others
from tests.scenes import DUE, HOUR, MONTH, Scene

pytestmark = [
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one writer in at a time: test_races_sqlite.py"),
    pytest.mark.usefixtures("threads_see_it"),
]
Step = Callable[[], Any]


class Pair(NamedTuple):
    """Two verbs by their names in VERBS, and the Scene at which they meet: what has become of the entry, how far new words of it are."""

    one: str
    other: str
    entry: str
    stage: str


def narrow(scene: Scene) -> Step:
    """Prepare to take the language of the new words from whoever approved them."""
    until = (scene.at + 12 * MONTH).date()
    scope: dict[str, Any] = {"profession": "Nurse", "languages": ["es"], "all_topics": True, "verified_until": until}
    return partial(workflow.grant_reviewer, scene.reviewer, by=scene.lead, at=scene.at, **scope)


def reaffirm(scene: Scene) -> Step:
    seen = {scene.current.pk: scene.current.content_hash}
    return partial(workflow.reaffirm, seen, by=scene.reviewer, at=scene.at, next_review_due_on=(scene.at + DUE).date())


def triage(scene: Scene) -> Step:
    state = partial(workflow.mark_source, Source.objects.get(key=scene.name), by=scene.third, at=scene.at)
    state(state="superseded", comment="A newer one is out.")
    alert = EvidenceAlert.objects.get(publication=scene.current)
    return partial(workflow.triage_alert, alert, by=scene.reviewer, at=scene.at, outcome="minor", note="One number.")


def revise_notice(key: str) -> Callable[[Scene], Step]:
    """Return how somebody prepares to approve the next version of a notice that a verb puts up."""

    def prepare(scene: Scene) -> Step:
        return partial(workflow.approve_text, scene.proposal(kind="notice", key=key, text="Ask the team."), by=scene.third, at=scene.at)

    return prepare


def name_topic(scene: Scene) -> Step:
    """Prepare to approve another name of the entry's topic, on the page for many."""
    topic = Topic.objects.get(slug=scene.name)
    name = workflow.propose(by=scene.lead, at=scene.at, topic=topic, language="en", name="Another name")
    assert isinstance(name, TopicName)
    return partial(workflow.approve_names, workflow.seen_names([name]), by=scene.third, at=scene.at)


VERBS: dict[str, Callable[[Scene], Step]] = {
    "edit": lambda w: partial(workflow.edit, w.answer, by=a("author"), at=w.at, changes={"short_answer": "Cells are tiny."}),
    "lower_origin": lambda w: partial(workflow.lower_origin, w.answer, by=a("author"), at=w.at, comment="Written anew."),
    "take_over": lambda w: partial(workflow.take_over, w.answer, by=make_author(), at=w.at),
    "submit": lambda w: partial(workflow.submit, w.answer, by=a("author"), at=w.at),
    "recall": lambda w: partial(workflow.recall, w.answer, by=a("author"), at=w.at),
    "discard": lambda w: partial(workflow.discard, w.answer, by=a("author"), at=w.at, reason="Not needed."),
    "start_revision": lambda w: partial(workflow.start_revision, w.question, by=a("author"), at=w.at),
    "approve": lambda w: partial(approve, w.submission, by=w.reviewer, at=w.at),
    "object": lambda w: partial(workflow.object, w.submission, by=w.third, at=w.at, comment="Wrong."),
    "resolve": lambda w: partial(workflow.resolve, w.submission, by=w.third, at=w.at, comment="It is right."),
    "publish": lambda w: partial(workflow.publish, w.submission, by=a("publisher"), at=w.at),
    "schedule": lambda w: partial(workflow.schedule, w.submission, by=a("publisher"), at=w.at, moment=w.at + HOUR),
    "unschedule": lambda w: partial(workflow.unschedule, w.submission, by=a("publisher"), at=w.at),
    "publish_scheduled": lambda w: partial(workflow.publish_scheduled, w.answer, at=w.at + 2 * HOUR),
    "withdraw": lambda w: partial(workflow.withdraw, w.current, by=a("reviewer"), at=w.at, reason="unsafe"),
    "hold": lambda w: partial(workflow.hold, w.current, by=a("reviewer"), at=w.at, comment="A reader wrote."),
    "release": lambda w: partial(workflow.release, w.current, by=w.reviewer, at=w.at, comment="It is right."),
    "restore": lambda w: partial(workflow.restore, w.version(1), by=w.third, at=w.at, comment="It was better."),
    "confirm": lambda w: partial(workflow.confirm, w.current, by=w.reviewer, at=w.at),
    "reaffirm": reaffirm,
    "reclassify": lambda w: partial(workflow.reclassify, w.question, by=a("author"), at=w.at, topics=["elsewhere"], related=[]),
    "expire": lambda w: partial(workflow.expire, w.current, at=w.at + 2 * MONTH),
    "erase": lambda w: partial(workflow.erase, w.version(1), by=w.lead, at=w.at, legal_basis="A court's order."),
    "confirm_erasure": lambda w: partial(workflow.confirm_erasure, w.erasure, by=w.third, at=w.at),
    "mark_source": lambda w: partial(workflow.mark_source, w.source, by=w.third, at=w.at, state="retracted", comment="They say so."),
    "triage_alert": triage,
    "approve_text": lambda w: partial(workflow.approve_text, w.card_proposal(), by=w.third, at=w.at),
    "approve_names": name_topic,
    "end_text": lambda w: partial(workflow.end_text, w.card_in_force(), by=w.lead, at=w.at, comment="Not ours."),
    "approve_text held": revise_notice("held"),
    "approve_text withdrawn": revise_notice("withdrawn"),
    "edit_topic": lambda w: partial(workflow.edit_topic, slug=w.name, by=a("author"), at=w.at, is_safety=True),
    "grant_reviewer": narrow,
    "revoke_reviewer": lambda w: partial(workflow.revoke_reviewer, reviewer_row(w.reviewer), by=w.lead, at=w.at, comment="Struck off."),
}
"""How somebody prepares each verb at a Scene. Those who decide are other people in either verb of a pair."""

STOPS = ("withdraw", "hold", "revoke_reviewer", "grant_reviewer")
"""What has words asked about again that wait for publication."""
ON_THE_WAY = (
    ("publish", "approved"),
    ("schedule", "approved"),
    ("publish_scheduled", "scheduled"),
    ("approve", "submitted"),
    ("resolve", "objected"),
)

PAIRS: dict[str, list[Pair]] = {
    **{f"{stop} and words on their way": [Pair(stop, verb, "current", stage) for verb, stage in ON_THE_WAY] for stop in STOPS},
    "a restored version": [
        Pair("confirm", "release", "restored", "none"),
        Pair("confirm", "withdraw", "restored", "none"),
        Pair("confirm", "restore", "restored", "none"),
        Pair("confirm", "mark_source", "restored", "none"),
        Pair("confirm", "confirm", "restored", "none"),
        Pair("restore", "start_revision", "two", "none"),
        Pair("restore", "mark_source", "two", "none"),
        Pair("restore", "withdraw", "two", "none"),
        Pair("restore", "restore", "two", "none"),
        Pair("release", "withdraw", "held", "none"),
    ],
    "an erasure": [
        Pair("erase", "publish", "two", "approved"),
        Pair("erase", "restore", "two", "none"),
        Pair("erase", "edit", "two", "draft"),
        Pair("erase", "submit", "two", "draft"),
        Pair("confirm_erasure", "publish", "erasing", "approved"),
        Pair("confirm_erasure", "restore", "erasing", "none"),
        Pair("confirm_erasure", "edit", "erasing", "draft"),
        Pair("confirm_erasure", "submit", "erasing", "draft"),
        Pair("confirm_erasure", "discard", "erasing", "draft"),
        Pair("confirm_erasure", "start_revision", "erasing", "none"),
        Pair("confirm_erasure", "withdraw", "erasing", "none"),
    ],
    "evidence": [
        Pair("mark_source", "publish", "current", "approved"),
        Pair("mark_source", "publish", "new", "approved"),
        Pair("mark_source", "publish_scheduled", "current", "scheduled"),
        Pair("mark_source", "approve", "current", "submitted"),
        Pair("mark_source", "reaffirm", "current", "none"),
        Pair("triage_alert", "withdraw", "current", "none"),
        Pair("triage_alert", "mark_source", "current", "none"),
    ],
    "standing texts": [
        Pair("approve_text", "publish", "new", "approved"),
        Pair("approve_text", "approve", "new", "submitted"),
        Pair("approve_text held", "hold", "current", "none"),
        Pair("approve_text withdrawn", "withdraw", "current", "none"),
        Pair("end_text", "publish", "new", "approved"),
        Pair("end_text", "publish_scheduled", "new", "scheduled"),
        Pair("end_text", "approve", "new", "submitted"),
        Pair("end_text", "hold", "current", "none"),
        Pair("end_text", "withdraw", "current", "none"),
        Pair("approve_text", "end_text", "new", "none"),
    ],
    "names of topics": [
        Pair("approve_names", "approve_names", "current", "none"),
        Pair("approve_names", "publish", "current", "approved"),
        Pair("approve_names", "publish", "new", "approved"),
        Pair("approve_names", "reclassify", "current", "none"),
        Pair("approve_names", "withdraw", "current", "none"),
        Pair("approve_names", "edit_topic", "current", "none"),
    ],
    "topics, dates and drafts": [
        Pair("reclassify", "publish", "current", "approved"),
        Pair("reclassify", "expire", "expiring", "none"),
        Pair("reclassify", "approve", "current", "submitted"),
        Pair("edit_topic", "publish", "bare", "approved"),
        Pair("reaffirm", "withdraw", "current", "none"),
        Pair("reaffirm", "expire", "expiring", "none"),
        Pair("expire", "publish", "expiring", "approved"),
        Pair("expire", "withdraw", "expiring", "none"),
        Pair("lower_origin", "edit", "current", "by an AI"),
        Pair("lower_origin", "submit", "current", "by an AI"),
        Pair("lower_origin", "take_over", "current", "by an AI"),
        Pair("object", "publish", "current", "approved"),
        Pair("object", "publish_scheduled", "current", "scheduled"),
        Pair("unschedule", "publish_scheduled", "current", "scheduled"),
        Pair("recall", "schedule", "current", "approved"),
        Pair("publish_scheduled", "publish_scheduled", "current", "scheduled"),
    ],
}


@contextmanager
def met(pair: Pair) -> Iterator[tuple[Step, Step]]:
    """Make the scene, and let both be prepared; afterwards hold the entry against what must be so whoever came first."""
    with transaction.atomic():
        scene = Scene(pair.entry, pair.stage)
        one, other = VERBS[pair.one](scene), VERBS[pair.other](scene)
    try:
        yield one, other
        assert_in_force_by_an_approval(scene)
        assert_what_it_stands_on_stands(scene)
        assert list(documents.differing([scene.name], scene.moment())) == []
    except AssertionError as error:
        error.add_note(str(pair))
        raise


def assert_both_were_answered(outcomes: list[Any]) -> None:
    """Assert that nobody met an error but a refusal, and that not both were refused."""
    assert not [each for each in outcomes if isinstance(each, Exception) and not isinstance(each, TransitionRefused)]
    assert not all(isinstance(each, Exception) for each in outcomes)


def assert_in_force_by_an_approval(scene: Scene) -> None:
    """Assert of the version in force that its approval came before it, and nothing that voids it in between."""
    found = Publication.objects.current().filter(slug=scene.name).first()
    if found is None:
        return
    about = ReviewDecision.objects.filter(question=found.question)
    made = about.get(kind__in=["publish", "restore"], version=found.version)
    approval = ReviewDecision.objects.get(pk=found.decision_id)
    assert (approval.kind, approval.submission_id, approval.content_hash) == ("approve", found.submission_id, found.content_hash)
    published = about.filter(kind="publish", submission=found.submission).aggregate(first=Max("sequence"))["first"]
    between = ReviewDecision.objects.filter(sequence__gt=approval.sequence, sequence__lt=published)
    assert approval.sequence < published <= made.sequence
    assert not between.filter(question=found.question, kind__in=["reopen", "withdraw", "hold", "confirm_erasure"]).exists()
    assert not between.filter(kind="revoke_reviewer", about=f"reviewer {approval.by.username if approval.by else ''}").exists()
    objections = between.filter(kind="object", submission=found.submission)
    assert not objections.exclude(resolutions__sequence__lt=published).exists()


def assert_what_it_stands_on_stands(scene: Scene) -> None:
    """Assert of the version in force that its card stands, that it names one in a safety topic, and that evidence that fell is told."""
    found = Publication.objects.current().filter(slug=scene.name).first()
    if found is None:
        return
    cards = json.loads(found.words)["advice_cards"]
    assert cards or not Topic.objects.filter(questions=found.question, is_safety=True).exists()
    assert not cards or StandingText.objects.in_force(scene.moment()).filter(kind="advice_card", key=scene.name).exists()
    assert scene.source.state == "current" or EvidenceAlert.objects.filter(publication=found, state=scene.source.state).exists()


def meet(one: Step, other: Step) -> list[Any]:
    """Let the first do all that it does, and the other run into it before it is committed."""
    with others(other) as outcomes:
        try:
            with transaction.atomic():
                first = one()
        except TransitionRefused as refused:
            first = refused
    return [first, *outcomes]


@pytest.mark.parametrize("subject", PAIRS)
def test_whoever_comes_second_is_refused_or_goes_on_from_what_the_first_left(subject: str) -> None:
    """Each pair meets three times: in either order, and where both have come as far as the Ledger, holding what they lock before it."""
    for pair in PAIRS[subject]:
        with met(pair) as (one, other):
            assert_both_were_answered(meet(one, other))
        with met(pair) as (one, other):
            assert_both_were_answered(meet(other, one))
        with met(pair) as (one, other):
            assert_both_were_answered(at_the_ledger(one, other))
    assert_versions_hold()
    assert list(verify.faults()) == []
