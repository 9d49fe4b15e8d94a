"""`publish_new` leaves row for row what create_question, submit, attest and publish leave, and refuses what they refuse."""

from collections.abc import Iterable
from datetime import date
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Model
from pytest_django import Settings

from faq import verify, workflow
from faq.models import (
    Answer,
    Change,
    Citation,
    Edit,
    Publication,
    PublicationTopic,
    Question,
    QuestionTopic,
    ReviewDecision,
    Source,
    Submission,
    SubmissionEditor,
    Topic,
    TopicName,
    TopicPlacement,
    User,
    Waiver,
)
from tests.factories import NOW, a, make_publication, make_source, make_standing_texts, make_topic, make_user, words
from tests.interchange import make_importer

pytestmark = pytest.mark.django_db

REVIEW = workflow.ExternalReview("Somebody", date(2026, 1, 15), "A report", date(2027, 1, 15))
TABLES: tuple[tuple[type[Model], str], ...] = (
    (Question, "slug"),
    (QuestionTopic, "question__slug"),
    (Answer, "question__slug"),
    (Citation, "answer__question__slug"),
    (Edit, "answer__question__slug"),
    (Submission, "question__slug"),
    (SubmissionEditor, "submission__question__slug"),
    (ReviewDecision, "question__slug"),
    (Waiver, "submission__question__slug"),
    (Change, "slug"),
    (Publication, "slug"),
    (PublicationTopic, "publication__slug"),
    (Publication.sources.through, "publication__slug"),
)
OWN = ("id", "sequence", "slug", "sort_key", "content_hash", "words", "row_hash", "previous_hash", "decision_hash", "wording")
"""Columns that differ between two entries whatever made them, or are compared by name below."""


def changes(**more: Any) -> dict[str, Any]:
    """All words of an entry with something in every field that makes rows, and two concerns."""
    return words(
        question="What is it?",
        origin="human",
        short_answer="",
        body="One in 3 people has it [^s1]. It is 30 % less [^s2]. Call your team.",
        citations=[{"key": "s2", "locator": "page 3", "supporting_quote": ""}, {"key": "s1", "locator": "", "supporting_quote": "Quote"}],
        resources=[{"kind": "helpline", "name": "Line", "phone": "0800"}],
        key_facts=[{"label": "How many", "value": "1 in 3", "source": "s1"}],
        **more,
    )


@pytest.fixture
def importer() -> User:
    """A library that is ready, and somebody who may bring words in."""
    make_standing_texts()
    make_source("s1")
    make_source("s2")
    make_topic("her2", position=2)
    make_topic("guide", kind="guide", name="Start here")
    return make_importer()


publish_new = partial(workflow.publish_new, coming=["other", "another"])
"""As an import calls it: what an arrival relates to comes later."""


def arrival(slug: str, **more: Any) -> workflow.NewEntry:
    """An arrival in two topics."""
    topics, related = more.pop("topics", {"her2": 0, "guide": 3}), ["other", "another"]
    return workflow.NewEntry(slug, "en", changes(**more), topics, related, more.pop("review", REVIEW))


def by_verbs(slug: str, by: User) -> None:
    """Publish the same words step by step."""
    each = arrival(slug)
    places: dict[str, Any] = {"topics": each.topics, "related": each.related, "coming": each.related}
    answer = workflow.create_question(slug=slug, language="en", wording="What is it?", by=by, at=NOW, changes=each.changes, **places)
    submission = workflow.submit(answer, by=by, at=NOW)
    workflow.attest(submission, by=by, at=NOW, **vars(REVIEW))
    workflow.publish(submission, by=by, at=NOW)


def seen(table: type[Model], path: str, slug: str) -> list[dict[str, Any]]:
    """The rows of one entry without what must differ: keys become the words that they stand for."""
    names = [field for field in table._meta.concrete_fields if field.name not in OWN]
    rows = table._default_manager.filter(**{path: slug})
    return sorted(({field.name: meaning(row, field.name, field.is_relation) for field in names} for row in rows), key=str)


def meaning(row: Model, name: str, is_relation: bool) -> Any:
    """What a column says, without the entry's own address and keys."""
    value = getattr(row, name)
    if is_relation and value is not None:
        return str(value) if isinstance(value, (Source, Topic, User)) else type(value).__name__
    return value


def differences(first: str, second: str) -> Iterable[str]:
    """The tables in which two entries differ."""
    for table, path in TABLES:
        one, two = seen(table, path, first), seen(table, path, second)
        assert one, f"no rows of {table.__name__}"
        if one != two:
            yield f"{table.__name__}: {one} {two}"


def test_it_leaves_what_the_four_verbs_leave(importer: User) -> None:
    by_verbs("by-verbs", importer)
    publish_new([arrival("arrived"), arrival("another")], by=importer, at=NOW)
    assert list(differences("by-verbs", "arrived")) == []
    assert list(differences("by-verbs", "another")) == []


def test_words_and_hashes_are_the_same(importer: User) -> None:
    by_verbs("by-verbs", importer)
    publish_new([arrival("arrived")], by=importer, at=NOW)
    assert len(set(Publication.objects.values_list("content_hash", "words", "reading_grade"))) == 1
    assert len(set(Publication.objects.values_list("decision__content_hash", flat=True))) == 1


def test_both_chains_and_every_record_hold(importer: User) -> None:
    published = publish_new([arrival(f"e-{number}") for number in range(7)], by=importer, at=NOW)
    assert [publication.slug for publication in published] == [f"e-{number}" for number in range(7)]
    assert list(verify.faults(html=True)) == []


def test_a_source_that_was_replaced_is_told_in_the_state(importer: User) -> None:
    workflow.mark_source(Source.objects.get(key="s1"), by=a("reviewer"), at=NOW, state="superseded", comment="A new edition.")
    by_verbs("by-verbs", importer)
    publish_new([arrival("arrived")], by=importer, at=NOW)
    assert '"source_states":{"s1":"superseded"}' in Change.objects.get(slug="arrived").state
    assert list(differences("by-verbs", "arrived")) == []


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"origin": "ai_generated"}, "cannot be attested"),
        ({"citations": []}, "Name at least one source"),
        ({"body": "Marked [^s7]."}, "No source has the key “s7”"),
        ({"topics": {"nowhere": 0}}, "Unknown topic: nowhere"),
        ({"translation_of": {"slug": "nowhere", "version": 1}}, "was never published"),
        ({"review": workflow.ExternalReview(" ", date(2026, 1, 15), "A report", date(2027, 1, 15))}, "Say who reviewed the words"),
        ({"review": workflow.ExternalReview("Somebody", date(2026, 1, 15), "A report", date(2026, 3, 2))}, "must lie ahead"),
        ({"review": workflow.ExternalReview("Somebody", date(2027, 1, 15), "A report", date(2028, 1, 15))}, "cannot lie in the future"),
    ],
)
def test_one_bad_arrival_stops_all(importer: User, more: dict[str, Any], reason: str) -> None:
    bad = workflow.NewEntry(
        "bad",
        "en",
        changes() | {name: more[name] for name in more if name not in ("topics", "review")},
        more.get("topics", {}),
        [],
        more.get("review", REVIEW),
    )
    with pytest.raises(workflow.TransitionRefused, match=reason):
        publish_new([arrival("good"), bad], by=importer, at=NOW)
    assert not Question.objects.exists()


def test_words_that_break_their_schema_are_refused(importer: User) -> None:
    with pytest.raises(workflow.WordsRefused):
        publish_new([arrival("bad", audience="everybody")], by=importer, at=NOW)


def test_a_taken_slug_is_refused(importer: User) -> None:
    make_publication("taken")
    with pytest.raises(workflow.TransitionRefused, match="The slug taken is taken"):
        publish_new([arrival("taken")], by=importer, at=NOW)


@pytest.mark.parametrize("lacking", ["author", "importer", "publisher"])
def test_it_needs_the_roles_of_all_four(importer: User, lacking: str) -> None:
    importer.groups.remove(importer.groups.get(name=lacking))
    with pytest.raises(workflow.TransitionRefused, match=f"role of {lacking}"):
        publish_new([arrival("one")], by=importer, at=NOW)


def test_it_can_be_switched_off(importer: User, settings: Settings) -> None:
    settings.ALLOW_ATTESTATION = False
    with pytest.raises(workflow.TransitionRefused, match="set ALLOW_ATTESTATION"):
        publish_new([arrival("one")], by=importer, at=NOW)


def shelf() -> tuple[list[workflow.NewTopic], list[dict[str, Any]]]:
    """New topics and sources."""
    fields = {"kind": "test", "position": 4, "is_safety": True, "may_expire": False}
    names = {"en": {"name": "Part", "synonyms": ["bit"]}, "es": {"name": "Parte", "synonyms": []}}
    topics = [workflow.NewTopic("whole", fields, [], [], {}), workflow.NewTopic("part", fields, ["whole"], [("UMLS", "C1")], names)]
    return topics, [{"key": "s8", "title": "Eight", "year": 2024, "read_on": date(2026, 1, 2)}]


SHELF_TABLES: tuple[type[Model], ...] = (Topic, TopicPlacement, TopicName, Source)


def shelved() -> list[Any]:
    """All columns of topics, sources and the decisions about them but for keys and hashes."""
    rows: list[list[dict[str, Any]]] = [list(table._default_manager.order_by("pk").values()) for table in SHELF_TABLES]
    own = ("id", "topic_id", "sequence", "row_hash", "previous_hash")
    decided = ReviewDecision.objects.filter(kind__in=["edit_topic", "propose", "edit_source"]).order_by("kind", "about")
    rows.append([dict(row) for row in decided.values()])
    return [{name: value for name, value in row.items() if name not in own} for table in rows for row in table]


def test_shelving_leaves_what_its_three_verbs_leave() -> None:
    topics, sources = shelf()
    by = make_importer()
    with transaction.atomic():
        for new in topics:
            topic = workflow.edit_topic(slug=new.slug, by=by, at=NOW, parents=new.parents, codes=new.codes, **new.fields)
            for language, name in new.names.items():
                workflow.propose(by=by, at=NOW, topic=topic, language=language, **name)
        for fields in sources:
            workflow.edit_source(by=by, at=NOW, **fields)
        one_by_one = shelved()
        transaction.set_rollback(True)
    workflow.create_topics_and_sources(topics, sources, by=by, at=NOW)
    assert shelved() == one_by_one
    assert list(verify.faults()) == []


@pytest.mark.parametrize(
    ("topics", "sources", "reason"),
    [
        ([workflow.NewTopic("a", {"kind": "test"}, ["nowhere"], [], {})], [], "Unknown topic: nowhere"),
        ([workflow.NewTopic("A!", {"kind": "test"}, [], [], {})], [], "slug: use lower-case letters"),
        ([workflow.NewTopic("a", {"kind": "planet"}, [], [], {})], [], "kind: "),
        ([workflow.NewTopic("a", {"kind": "test"}, [], [], {"en": {"name": "x" * 301}})], [], "name: "),
        ([], [{"key": "s8", "title": ""}], "title: "),
    ],
)
def test_shelving_refuses_what_its_verbs_refuse(topics: list[workflow.NewTopic], sources: list[dict[str, Any]], reason: str) -> None:
    with pytest.raises((workflow.TransitionRefused, workflow.WordsRefused), match=reason):
        workflow.create_topics_and_sources(topics, sources, by=make_importer(), at=NOW)
    assert not Topic.objects.exists()


def test_shelving_needs_a_role() -> None:
    with pytest.raises(workflow.TransitionRefused, match="role of author or importer or lead"):
        workflow.create_topics_and_sources(*shelf(), by=make_user("publisher"), at=NOW)
