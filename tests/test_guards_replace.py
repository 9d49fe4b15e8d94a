"""SQLite's OR REPLACE deletes the row in its way; the guards see to it that no guarded row ever stands in a way.

Each statement meets every unique key of a table, whole or partial, as SQLite itself lists them: through Django's connection, and
through a plain one that never heard of `PRAGMA recursive_triggers` or foreign keys.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction

from faq.integrity.guards import GUARDED
from faq.integrity.guards.deletion import UNIQUE_KEYS
from tests.guarding import World, execute, insertion, quoted, refuses, rows_of, undone, values, world_of

pytestmark = [pytest.mark.django_db, pytest.mark.skipif(connection.vendor != "sqlite", reason="OR REPLACE is SQLite's")]

SUBJECTS = {
    "faq_answer": "draft",
    "faq_publication": "current",
    "faq_standingtext": "text_in_force",
    "faq_topicname": "name_in_force",
    "faq_topicplacement": "place_in_force",
    "faq_evidencealert": "alert_open",
}
"""The rows that a table's partial unique key is about."""

FIRST = {f"faq_{name}": f"{name}_proposed_first" for name in ("standingtext", "topicname", "topicplacement")}
"""The guards that already keep a new row from meeting these partial keys."""

MODELS = {model._meta.db_table: model for model in apps.get_app_config("faq").get_models(include_auto_created=True)}
PLAIN = (models.CharField, models.TextField, models.PositiveIntegerField, models.FloatField)
EACH = pytest.mark.parametrize("table", list(UNIQUE_KEYS))


class Key(NamedTuple):
    """A unique key of a table."""

    columns: tuple[str, ...]
    partial: bool


class Statement(NamedTuple):
    """SQL with %s, and what goes there."""

    sql: str
    given: Sequence[Any] = ()


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    yield from world_of(django_db_blocker)


@pytest.fixture(scope="module")
def plain(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    """The same library in a file, opened as any program would."""
    path: Path = tmp_path_factory.mktemp("plain") / "library.sqlite3"
    script = "\n".join(connection.connection.iterdump())
    with sqlite3.connect(path) as made:
        made.executescript(script)
    made.close()
    opened = sqlite3.connect(path)
    pragmas = [opened.execute(f"PRAGMA {name}").fetchone()[0] for name in ("recursive_triggers", "foreign_keys")]
    assert pragmas == [0, 0]
    yield opened
    opened.close()


def keys_of(table: str) -> list[Key]:
    """Return the unique keys of `table` that SQLite knows, and its rowid."""
    with connection.cursor() as cursor:
        listed = cursor.execute(f"PRAGMA index_list({table})").fetchall()
        found = [
            Key(tuple(row[2] for row in cursor.execute(f"PRAGMA index_info({name})").fetchall()), bool(partial))
            for _, name, unique, _, partial in listed
            if unique
        ]
    return [*found, Key(("rowid",), partial=False)]


def subject(world: World, table: str) -> models.Model:
    """Return the row of `table` that a statement tries to push away."""
    row: models.Model | None = world.get(SUBJECTS.get(table, "")) or MODELS[table]._default_manager.last()
    assert row is not None
    return row


def elsewhere(value: Any) -> Any:
    """Return a value that no row of this world has."""
    return value + "x" if isinstance(value, str) else (value or 0) + 1_000


def replacing(row: models.Model, key: Key, others: list[Key]) -> Statement:
    """Return the INSERT OR REPLACE of a row that meets `row` in `key` and in no other key, and says something else."""
    given = values(row)
    taken = {column for other in others for column in other.columns}
    free = [each.attname for each in row._meta.concrete_fields if isinstance(each, PLAIN) and each.attname not in taken]
    for column in (taken & given.keys()) - set(key.columns) | set(free[-1:]):  # a row that is all keys says something else by its number
        given[column] = elsewhere(given[column])
    if key.columns == ("rowid",):
        with connection.cursor() as cursor:
            table, pk = row._meta.db_table, row._meta.pk.column
            cursor.execute(f"SELECT rowid FROM {table} WHERE {pk} = %s", [row.pk])
            given["rowid"] = cursor.fetchone()[0]
    return Statement(insertion(row._meta.db_table, given, "INSERT OR REPLACE"), list(given.values()))


def insertions(world: World, table: str) -> list[tuple[Key, Statement]]:
    """Return an INSERT OR REPLACE per unique key of `table`."""
    keys = keys_of(table)
    return [(key, replacing(subject(world, table), key, keys)) for key in keys]


def updates(world: World, table: str) -> list[Statement]:
    """Return an UPDATE OR REPLACE per unique key that gives another row of `table` the key of the subject, and the partial cases."""
    target = values(subject(world, table))
    pk = subject(world, table).pk
    name = "sequence" if "sequence" in target else "id"
    rows = f"UPDATE OR REPLACE {table} SET {{}} WHERE {name} <> {pk}"
    whole = [key.columns for key in keys_of(table) if key.columns != ("rowid",)]
    made = [
        Statement(rows.format(", ".join(f"{quoted(each)} = %s" for each in columns)), [target[each] for each in columns])
        for columns in whole
    ]
    made.append(Statement(f"UPDATE OR REPLACE {table} SET rowid = (SELECT MAX(rowid) FROM {table}) + 1 WHERE {name} = {pk}"))
    return made + [Statement(sql) for sql in partial_updates(world).get(table, [])]


def partial_updates(world: World) -> dict[str, list[str]]:
    """Return by table the updates that would bring a second row under a partial unique key."""
    approval = f"approved_by_id = {world['reviewer'].pk}, approved_at = '2099-01-01 00:00:00', starts_at = '2099-01-01 00:00:00'"
    return {
        "faq_answer": [
            f"UPDATE OR REPLACE faq_answer SET question_id = {world['draft'].question_id} WHERE id = {world['frozen'].pk}",
            f"UPDATE OR REPLACE faq_answer SET question_id = {world['frozen'].question_id} WHERE id = {world['draft'].pk}",
            f"UPDATE OR REPLACE faq_answer SET status = 'draft', question_id = {world['draft'].question_id} WHERE status = 'published'",
        ],
        "faq_publication": [f"UPDATE OR REPLACE faq_publication SET status = 'current', ended_at = NULL WHERE id = {world['old'].pk}"],
        "faq_standingtext": [f"UPDATE OR REPLACE faq_standingtext SET {approval} WHERE id = {world['text_proposed'].pk}"],
        "faq_topicname": [f"UPDATE OR REPLACE faq_topicname SET {approval} WHERE id = {world['name_proposed'].pk}"],
        "faq_topicplacement": [f"UPDATE OR REPLACE faq_topicplacement SET {approval} WHERE id = {world['place_proposed'].pk}"],
    }


@EACH
def test_insert_or_replace_is_refused_by_its_own_guard(world: World, table: str) -> None:
    for key, statement in insertions(world, table):
        own = f"{table.removeprefix('faq_')}_replaced"
        refuses(FIRST.get(table, own) if key.partial else own, execute(*statement))


@EACH
def test_update_or_replace_is_refused(world: World, table: str) -> None:
    before = rows_of(table)
    for statement in updates(world, table):
        with undone():
            with suppress(IntegrityError), transaction.atomic():
                execute(*statement)()
            assert rows_of(table) == before, statement.sql


@pytest.mark.parametrize(
    ("guard", "table"),
    [
        ("standingtext_displaced", "faq_standingtext"),
        ("topicname_displaced", "faq_topicname"),
        ("topicplacement_displaced", "faq_topicplacement"),
    ],
)
def test_a_text_in_force_is_not_pushed_away_by_the_next(world: World, guard: str, table: str) -> None:
    for sql in partial_updates(world)[table]:
        refuses(guard, execute(sql))


@EACH
def test_a_plain_connection_replaces_nothing_either(world: World, plain: sqlite3.Connection, table: str) -> None:
    statements = [*(statement for _, statement in insertions(world, table)), *updates(world, table)]
    before = plain.execute(f"SELECT rowid, * FROM {table}").fetchall()
    for statement in statements:
        with suppress(sqlite3.IntegrityError):
            plain.execute(statement.sql.replace("%s", "?"), statement.given)
        assert plain.execute(f"SELECT rowid, * FROM {table}").fetchall() == before, statement.sql
        plain.rollback()


@pytest.mark.parametrize("or_", ["IGNORE", "FAIL", "ROLLBACK", "REPLACE"])
def test_no_other_conflict_clause_passes_a_guard(plain: sqlite3.Connection, or_: str) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="published words never change"):
        plain.execute(f"UPDATE OR {or_} faq_publication SET words = 'Other.' WHERE slug = 'entry'")
    plain.rollback()


def test_every_table_with_a_guard_is_replaced_in_vain() -> None:
    assert set(UNIQUE_KEYS) == set(GUARDED)
