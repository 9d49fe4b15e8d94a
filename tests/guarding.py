"""What the tests of the guards share: a library with a row in every state, raw SQL against it, and guards taken off one by one."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction

from faq import workflow
from faq.integrity import triggers
from faq.integrity.guards import GUARDS, replace_guards
from faq.integrity.ledger import backdating
from faq.models import (
    Answer,
    Comment,
    EvidenceAlert,
    Ledger,
    Publication,
    ReviewDecision,
    StandingText,
    Submission,
    SubmissionEditor,
    Topic,
    TopicName,
    TopicPlacement,
    User,
    Waiver,
)
from tests import factories
from tests.factories import NOW, a

World = dict[str, Any]
"""Rows by name. `decision`, `attestation`, `cause`, `change` and `version` are not stored: they are what valid verbs would store next."""

Attack = Callable[[], object]

BY_NAME = {guard.name: guard for guard in (*GUARDS, *replace_guards())}
HELPLINE = {"kind": "helpline", "name": "Nurse line", "phone": "123"}
ATTESTATION: dict[str, Any] = {"attested_by": "Dr Roe", "attested_on": NOW.date(), "document": "Minutes 7"}
DUE = (NOW + timedelta(days=365)).date()


@contextmanager
def undone() -> Iterator[None]:
    """Take back whatever happens inside."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def world_of(blocker: Any) -> Iterator[World]:
    """Yield one World for all tests of a module, inside a transaction that is taken back in the end."""
    token = backdating.set(True)
    with blocker.unblock(), undone():
        world = people() | answers() | entries() | taken_down() | shared_texts() | evidence()
        yield world | next_rows(world)
    backdating.reset(token)


def people() -> World:
    """Return somebody for every part: `editor` writes and reviews, `root` is a superuser without a review scope."""
    root = factories.make_user("author", "publisher", username="root", is_superuser=True)
    return {
        **{role: a(role) for role in ("author", "reviewer", "publisher", "lead", "importer")},
        "editor": factories.make_reviewer(user=factories.make_author(username="editor")),
        "root": root,
    }


def answers() -> World:
    """Return a draft, and a submitted answer to which somebody beside its author wrote, with all their parts."""
    author, editor = a("author"), User.objects.get(username="editor")
    draft = factories.make_draft("in-draft", resources=[HELPLINE])
    frozen = factories.make_draft("frozen", resources=[HELPLINE])
    workflow.take_over(frozen, by=editor, at=NOW)
    workflow.take_over(frozen, by=author, at=NOW)
    submitted = workflow.submit(frozen, by=author, at=NOW)
    rows = {"draft": draft, "frozen": Answer.objects.get(pk=frozen.pk), "submitted": submitted}
    for name, answer in (("draft", draft), ("frozen", frozen)):
        parts: dict[str, Any] = {
            "citation": answer.citations,
            "edit": answer.edits,
        }
        rows |= {f"{name}_{part}": found.all()[0] for part, found in parts.items()}
    rows["comment"] = Comment.objects.create(answer=draft, by=author, at=NOW, text="Which test?")
    rows["submission_editor"] = SubmissionEditor.objects.get(submission=submitted, user=editor)
    return rows


def entries() -> World:
    """Return an approved submission with a waiver, one that was approved and sent back, and an entry of two versions."""
    approved = factories.make_submission(factories.make_draft("approved", short_answer=""))
    factories.approve(approved, waivers=[factories.waive("short-answer-missing")])
    returned = factories.make_approved(factories.make_draft("returned"))
    workflow.request_changes(returned, by=a("reviewer"), at=NOW, comment="Shorter, please.")
    objected = factories.make_approved(factories.make_draft("objected"))
    workflow.object(objected, by=a("reviewer"), at=NOW, comment="Is the number right?")
    generated = factories.make_submission(factories.make_draft("generated", origin="ai_generated"))
    old = factories.make_publication("entry")
    current = factories.make_publication("entry")
    rows = {"approved": approved, "returned": returned, "objected": objected, "generated": generated, "old": old, "current": current}
    submissions = {name: Submission.objects.get(pk=row.pk) for name, row in rows.items() if isinstance(row, Submission)}
    return rows | submissions | {"old": Publication.objects.get(pk=old.pk), "waiver": Waiver.objects.get(), "question": current.question}


def taken_down() -> World:
    """Return a withdrawn version, another whose erasure was asked for, one that was erased, and one that a withdrawn AI text followed."""
    factories.make_publication("turned")
    generator = {"name": "A model", "generated_on": "2026-03-01"}
    turned = factories.make_publication("turned", origin="ai_generated", generator=generator)
    workflow.withdraw(turned, by=a("reviewer"), at=NOW, reason="error")
    withdrawn, asked, erased = (factories.make_publication(slug, resources=[HELPLINE]) for slug in ("withdrawn", "asked", "erased"))
    for publication in (withdrawn, asked, erased):
        workflow.withdraw(publication, by=a("reviewer"), at=NOW, reason="unsafe", withhold=[1])
    orders = [workflow.erase(each, by=a("lead"), at=NOW, legal_basis="A court's order.") for each in (asked, erased)]
    workflow.confirm_erasure(orders[1], by=a("reviewer"), at=NOW)
    fresh = {name: Publication.objects.get(slug=name) for name in ("withdrawn", "asked", "erased")}
    fresh["turned"] = Publication.objects.get(slug="turned", version=1)
    return fresh | {"order": orders[0], "confirmed_order": orders[1], "erased_answer": fresh["erased"].submission.answer}


def shared_texts() -> World:
    """Return standing texts and topic names: proposed, in force, and ended."""
    term: dict[str, Any] = {"kind": "glossary", "key": "gene", "language": "en", "title": "Gene"}
    factories.make_topic("organs")
    topic = factories.make_topic("hearts", parents=["organs"], codes=[("ICD-10-CM", "I50")])
    place: dict[str, Any] = {"parents": ["organs"], "codes": [("ICD-10-CM", "I50"), ("MeSH", "D6333")]}
    ended = factories.make_text(text="A part.", **term)
    rows: World = {"text_in_force": factories.make_text(text="A part of a cell.", **term), "topic": topic}
    rows["text_proposed"] = workflow.propose(by=a("lead"), at=NOW, text="A plan in a cell.", **term)
    names = [workflow.propose(by=a("lead"), at=NOW, topic=topic, language="en", name=name) for name in ("Heart", "The heart")]
    workflow.approve_text(names[0], by=a("reviewer"), at=NOW)
    found = {"name_ended": TopicName.objects.get(topic=topic, number=1), "name_in_force": TopicName.objects.get(pk=names[0].pk)}
    rows |= {"place_ended": TopicPlacement.objects.get(topic=topic), "lungs": factories.make_topic("lungs")}
    factories.place_topic("hearts", **place)
    rows |= {"place_in_force": TopicPlacement.objects.present().get(topic=topic), "code": topic.codes.order_by("pk")[0]}
    rows["place_proposed"] = workflow.propose(by=a("lead"), at=NOW, topic=topic, parents=["lungs"], codes=[])
    rows["parent"] = Topic.parents.through._default_manager.get(from_topic=topic)
    rows["place_ended"].refresh_from_db()
    return rows | found | {"name_proposed": names[1], "text_ended": StandingText.objects.get(pk=ended.pk)}


def evidence() -> World:
    """Return two alerts about a source that was replaced: one still open, one looked at."""
    for slug in ("first", "second"):
        factories.make_publication(slug, body="Cells grow [^s9].", citations=[{"key": "s9"}])
    source = workflow.mark_source(factories.make_source("s9"), by=a("reviewer"), at=NOW, state="superseded", comment="There is a new one.")
    unseen, seen = EvidenceAlert.objects.order_by("pk")
    seen = workflow.triage_alert(seen, by=a("reviewer"), at=NOW, outcome="minor", note="One number.")
    return {"source": source, "alert_open": unseen, "alert_triaged": seen}


def next_rows(world: World) -> World:
    """Return the rows that an approval, an attestation and a publication would store next; nothing is stored."""
    with undone():
        decision = factories.approve(world["submitted"])
    with undone():
        attestation = workflow.attest(world["submitted"], by=a("importer"), at=NOW, next_review_due_on=DUE, **ATTESTATION)
    with undone():
        version = workflow.publish(world["approved"], by=a("publisher"), at=NOW)
        change = version.last_change
        cause = change.decision
    return {"decision": decision, "attestation": attestation, "version": version, "change": change, "cause": cause}


# Raw SQL.


def execute(statement: str, given: Sequence[Any] | None = None) -> Attack:
    """Return the attack that executes `statement` with `given` in its places."""

    def attack() -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement, given)

    return attack


def run(world: World, statement: str) -> Attack:
    """Return the attack that executes `statement`, in which {name} is the primary key of that row of the world."""
    return execute(statement.format(**{name: row.pk for name, row in world.items()}))


def values(row: models.Model, **columns: Any) -> dict[str, Any]:
    """Return the columns of `row` as the database takes them; those in `columns` are replaced, and an automatic key left out."""
    fields = {field.column or "": field for field in row._meta.concrete_fields}
    kept = {column: field for column, field in fields.items() if column in columns or not isinstance(field, models.AutoField)}
    new = {column: columns.get(column, getattr(row, field.attname)) for column, field in kept.items()}
    return {column: fields[column].get_db_prep_save(value, connection) for column, value in new.items()}


def quoted(column: str) -> str:
    """Return a column's name for SQL: `key` is a word of SQL's own."""
    return connection.ops.quote_name(column)


def insertion(table: str, given: dict[str, Any], verb: str = "INSERT") -> str:
    """Return the statement that inserts the columns `given` into `table`."""
    return f"{verb} INTO {table} ({', '.join(map(quoted, given))}) VALUES ({', '.join(['%s'] * len(given))})"


def insert(row: models.Model, **columns: Any) -> Attack:
    """Return the attack that inserts `row` again with other `columns`, by raw SQL."""
    given = values(row, **columns)
    return execute(insertion(row._meta.db_table, given), list(given.values()))


def update(row: models.Model, **columns: Any) -> Attack:
    """Return the attack that gives `row` other `columns`, by raw SQL."""
    given = {column: value for column, value in values(row, **columns).items() if column in columns}
    assignments = ", ".join(f"{quoted(column)} = %s" for column in given)
    return execute(f"UPDATE {row._meta.db_table} SET {assignments} WHERE {row._meta.pk.column} = %s", [*given.values(), row.pk])


def all_of(*attacks: Attack) -> Attack:
    """Return the attack that carries out `attacks` one after the other."""

    def attack() -> None:
        for each in attacks:
            each()

    return attack


def decide(world: World, **columns: Any) -> Attack:
    """Return what comes before a Change: the decision that causes it is the next in the chain, and the Ledger moves on."""
    cause = world["cause"]

    def attack() -> None:
        ledger = Ledger.objects.get()
        sequence = ledger.decision_sequence + 1
        insert(cause, sequence=sequence, previous_hash=ledger.decision_head, **columns)()
        update(ledger, decision_sequence=sequence, decision_head=cause.row_hash, moved_at=cause.at)()

    return attack


def tell(world: World, **columns: Any) -> Attack:
    """Return the attack that stores the Change which the last decision causes."""

    def attack() -> None:
        last = ReviewDecision.objects.latest("sequence")
        insert(world["change"], **{"decision_id": last.pk, "decision_hash": last.row_hash} | columns)()

    return attack


def append_change(world: World, **columns: Any) -> Attack:
    """Return what comes before a publication: its decision and its Change are stored, and the Ledger moves on."""
    change = world["change"]
    about = {name: value for name, value in columns.items() if name == "question_id"}
    head = {"last_sequence": change.sequence, "change_head": change.row_hash, "moved_at": change.at}
    return all_of(decide(world, **about), tell(world, **columns), lambda: update(Ledger.objects.get(), **head)())


# What the database says to it.


def rows_of(table: str) -> list[tuple[Any, ...]]:
    """Return all rows of `table`."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} ORDER BY 1")
        return [tuple(row) for row in cursor.fetchall()]


def take_off(table: str, but: str = "") -> None:
    """Take the guards of `table` off, all or all `but` one."""
    connection.check_constraints()  # PostgreSQL touches no trigger while a foreign key waits to be checked
    for guard in BY_NAME.values():
        if guard.table == table and guard.name != but:
            triggers.drop(connection, triggers.PREFIX + guard.name)


def passes(attack: Attack) -> bool:
    """Return whether the database lets `attack` through; it is taken back."""
    try:
        with undone():
            attack()
    except IntegrityError:
        return False
    return True


def refuses(name: str, attack: Attack) -> None:
    """Assert that the database refuses `attack`, that the guard `name` alone does and leaves its table as it was, and nothing else does."""
    with pytest.raises(IntegrityError), transaction.atomic():
        attack()
    guard = BY_NAME[name]
    before = rows_of(guard.table)
    with undone():
        take_off(guard.table, but=name)
        with pytest.raises(IntegrityError, match=re.escape(guard.message)), transaction.atomic():
            attack()
        assert rows_of(guard.table) == before
    with undone():
        take_off(guard.table)
        attack()
        assert rows_of(guard.table) != before, "this changes nothing even without guards"
