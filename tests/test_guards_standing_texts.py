"""The database keeps standing texts, and topics' names and places: proposed by one, approved by a reviewer, fixed in words and in time."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from faq.models import Reviewer
from tests.factories import NOW
from tests.guarding import World, insert, passes, refuses, run, update, world_of

pytestmark = pytest.mark.django_db
LATER, EARLIER = NOW + timedelta(days=1), NOW - timedelta(days=1)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    yield from world_of(django_db_blocker)


@pytest.mark.parametrize(
    ("guard", "statement"),
    [
        ("standingtext_fixed", "UPDATE faq_standingtext SET text = 'Take twice as much.' WHERE id = {text_in_force}"),
        ("standingtext_fixed", "UPDATE faq_standingtext SET text = 'Other words.' WHERE id = {text_proposed}"),
        ("standingtext_fixed", "UPDATE faq_standingtext SET required = NOT required WHERE id = {text_in_force}"),
        ("standingtext_fixed", "UPDATE faq_standingtext SET proposed_by_id = {root} WHERE id = {text_proposed}"),
        ("standingtext_fixed", "UPDATE faq_standingtext SET approved_by_id = {editor} WHERE id = {text_in_force}"),
        ("standingtext_fixed", "UPDATE faq_standingtext SET starts_at = '2001-01-01 00:00:00' WHERE id = {text_in_force}"),
        ("standingtext_fixed", "UPDATE faq_standingtext SET ends_at = '2099-01-01 00:00:00' WHERE id = {text_ended}"),
        ("standingtext_kept", "DELETE FROM faq_standingtext WHERE id = {text_ended}"),
        ("standingtext_not_backdated", "UPDATE faq_standingtext SET ends_at = '2001-01-01 00:00:00' WHERE id = {text_in_force}"),
        ("topicname_fixed", "UPDATE faq_topicname SET name = 'Lungs' WHERE id = {name_in_force}"),
        ("topicname_fixed", "UPDATE faq_topicname SET synonyms = '[\"lungs\"]' WHERE id = {name_proposed}"),
        ("topicname_fixed", "UPDATE faq_topicname SET language = 'es' WHERE id = {name_proposed}"),
        ("topicname_fixed", "UPDATE faq_topicname SET approved_by_id = {editor} WHERE id = {name_in_force}"),
        ("topicname_fixed", "UPDATE faq_topicname SET ends_at = '2099-01-01 00:00:00' WHERE id = {name_ended}"),
        ("topicname_kept", "DELETE FROM faq_topicname WHERE id = {name_proposed}"),
        ("topicname_not_backdated", "UPDATE faq_topicname SET ends_at = '2001-01-01 00:00:00' WHERE id = {name_in_force}"),
        ("topicplacement_fixed", "UPDATE faq_topicplacement SET parents = 'lungs' WHERE id = {place_in_force}"),
        ("topicplacement_fixed", "UPDATE faq_topicplacement SET codes = 'MeSH|D1' WHERE id = {place_proposed}"),
        ("topicplacement_fixed", "UPDATE faq_topicplacement SET topic_id = {lungs} WHERE id = {place_proposed}"),
        ("topicplacement_fixed", "UPDATE faq_topicplacement SET approved_by_id = {editor} WHERE id = {place_in_force}"),
        ("topicplacement_fixed", "UPDATE faq_topicplacement SET ends_at = '2099-01-01 00:00:00' WHERE id = {place_ended}"),
        ("topicplacement_kept", "DELETE FROM faq_topicplacement WHERE id = {place_proposed}"),
        ("topicplacement_not_backdated", "UPDATE faq_topicplacement SET ends_at = '2001-01-01 00:00:00' WHERE id = {place_in_force}"),
        ("topic_parents_approved", "INSERT INTO faq_topic_parents (from_topic_id, to_topic_id) VALUES ({topic}, {lungs})"),
        ("topic_parents_approved", "INSERT INTO faq_topic_parents (from_topic_id, to_topic_id) VALUES ({lungs}, {topic})"),
        ("topic_parents_fixed", "UPDATE faq_topic_parents SET to_topic_id = {lungs} WHERE id = {parent}"),
        ("topic_parents_in_force", "DELETE FROM faq_topic_parents WHERE id = {parent}"),
        ("topiccode_approved", "INSERT INTO faq_topiccode (topic_id, system, code) VALUES ({topic}, 'ICD-10-CM', 'I5')"),
        ("topiccode_approved", "INSERT INTO faq_topiccode (topic_id, system, code) VALUES ({topic}, 'MeSH', 'I50')"),
        ("topiccode_approved", "INSERT INTO faq_topiccode (topic_id, system, code) VALUES ({lungs}, 'ICD-10-CM', 'I50')"),
        ("topiccode_fixed", "UPDATE faq_topiccode SET code = 'C50' WHERE id = {code}"),
        ("topiccode_in_force", "DELETE FROM faq_topiccode WHERE id = {code}"),
    ],
)
def test_the_database_refuses(world: World, guard: str, statement: str) -> None:
    refuses(guard, run(world, statement))


TABLES = pytest.mark.parametrize(
    ("kind", "first", "reviewer", "backdated"),
    [
        ("text", "standingtext_proposed_first", "standingtext_reviewer", "standingtext_not_backdated"),
        ("name", "topicname_proposed_first", "topicname_reviewer", "topicname_not_backdated"),
        ("place", "topicplacement_proposed_first", "topicplacement_reviewer", "topicplacement_not_backdated"),
    ],
)


def approval(world: World, **columns: Any) -> dict[str, Any]:
    """Return the columns of an approval, with other `columns`."""
    return {"approved_by_id": world["reviewer"].pk, "approved_at": LATER, "starts_at": LATER} | columns


@TABLES
def test_a_text_is_not_born_in_force_or_ended(world: World, kind: str, first: str, reviewer: str, backdated: str) -> None:
    row = world[f"{kind}_proposed"]
    assert passes(insert(row, number=9))
    refuses(first, insert(row, number=9, ends_at=LATER))
    update(world[f"{kind}_in_force"], ends_at=LATER)()
    refuses(first, insert(row, number=9, **approval(world)))


@TABLES
def test_a_reviewer_approves_a_text_and_nobody_else(world: World, kind: str, first: str, reviewer: str, backdated: str) -> None:
    update(world[f"{kind}_in_force"], ends_at=LATER)()
    row = world[f"{kind}_proposed"]
    assert passes(update(row, **approval(world)))
    refuses(reviewer, update(row, **approval(world, approved_by_id=world["root"].pk)))
    Reviewer.objects.filter(user=world["reviewer"]).update(sign_offs=["patient_reader"])
    refuses(reviewer, update(row, **approval(world)))


@TABLES
def test_who_proposed_a_text_does_not_approve_it(world: World, kind: str, first: str, reviewer: str, backdated: str) -> None:
    update(world[f"{kind}_in_force"], ends_at=LATER)()
    row = world[f"{kind}_proposed"]
    insert(world["editor"].reviewer, user_id=row.proposed_by_id)()
    assert not passes(update(row, **approval(world, approved_by_id=row.proposed_by_id)))


@TABLES
def test_a_text_does_not_start_in_the_past(world: World, kind: str, first: str, reviewer: str, backdated: str) -> None:
    update(world[f"{kind}_in_force"], ends_at=LATER)()
    refuses(backdated, update(world[f"{kind}_proposed"], **approval(world, approved_at=EARLIER, starts_at=EARLIER)))


@TABLES
def test_one_text_of_a_line_is_in_force(world: World, kind: str, first: str, reviewer: str, backdated: str) -> None:
    assert not passes(update(world[f"{kind}_proposed"], **approval(world)))
