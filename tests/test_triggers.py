"""The guards stand after every migration, whatever it rebuilt, and where one does not, `missing` says so."""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.db import connection, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import AlterField, Migration, RunPython
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation

from faq.integrity import triggers
from faq.integrity.guards import GUARDED
from faq.models import Ledger
from faq.models.people import ROLES
from tests.scratch import ALIAS, scratch_database

ONE = "faq_guard_publication_words"
later = itertools.count(9990)
on_sqlite = connection.vendor == "sqlite"
postgresql_only = pytest.mark.skipif(on_sqlite, reason="SQLite's triggers are all or nothing")


def execute(*statements: str) -> None:
    """Execute SQL on the test database."""
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


# What `missing` notices, and `install` puts right.


@pytest.mark.django_db
def test_all_guards_stand_after_migrate() -> None:
    assert triggers.missing(connection) == []
    assert len(triggers.installed(connection)) == len(triggers.declared(connection.vendor))


@pytest.mark.django_db
def test_installing_again_changes_nothing() -> None:
    before = triggers.installed(connection)
    triggers.install(connection)
    triggers.install(connection)
    assert triggers.installed(connection) == before


def body(statement: str) -> str:
    """Return the statement that gives the function of ONE another body."""
    return f"CREATE OR REPLACE FUNCTION {ONE}() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$ {statement} $$"


def made(rest: str) -> str:
    """Return the statement that makes ONE anew, other than it was declared."""
    return f"CREATE TRIGGER {ONE} {rest}"


RAISE = "BEGIN SELECT RAISE(ABORT, 'published words never change'); END"
DROPPED = f"DROP TRIGGER {ONE}" + ("" if on_sqlite else " ON faq_publication")
CALL = f"EXECUTE FUNCTION {ONE}()"
SQLITE_FAULTS = {
    "dropped": [DROPPED],
    "never true": [DROPPED, made(f"BEFORE UPDATE ON faq_publication FOR EACH ROW WHEN 0 {RAISE}")],
    "silent": [DROPPED, made("BEFORE UPDATE ON faq_publication FOR EACH ROW BEGIN SELECT 1; END")],
    "elsewhere": [DROPPED, made(f"BEFORE UPDATE ON faq_topic FOR EACH ROW WHEN 0 {RAISE}")],
}
POSTGRESQL_FAULTS = {
    "dropped": [DROPPED],
    "dropped with its function": [f"DROP FUNCTION {ONE}() CASCADE"],
    "disabled": [f"ALTER TABLE faq_publication DISABLE TRIGGER {ONE}"],
    "for replicas only": [f"ALTER TABLE faq_publication ENABLE REPLICA TRIGGER {ONE}"],
    "silent": [body("BEGIN RETURN NEW; END")],
    "never true": [DROPPED, made(f"BEFORE UPDATE ON faq_publication FOR EACH ROW WHEN (false) {CALL}")],
    "too late": [DROPPED, made(f"AFTER UPDATE ON faq_publication FOR EACH ROW {CALL}")],
    "one column only": [DROPPED, made(f"BEFORE UPDATE OF reading_grade ON faq_publication FOR EACH ROW {CALL}")],
    "elsewhere": [DROPPED, made(f"BEFORE UPDATE ON faq_topic FOR EACH ROW {CALL}")],
    "here and elsewhere": [made(f"BEFORE UPDATE ON faq_topic FOR EACH ROW {CALL}")],
    "looks at temporary tables first": [f"ALTER FUNCTION {ONE}() RESET search_path"],
}
FAULTS = SQLITE_FAULTS if on_sqlite else POSTGRESQL_FAULTS


@pytest.mark.django_db
@pytest.mark.parametrize("fault", FAULTS)
def test_a_guard_that_does_not_stand_as_declared_is_missing_until_it_is_installed(fault: str) -> None:
    execute(*FAULTS[fault])
    assert triggers.missing(connection) == [ONE]
    triggers.install(connection)
    assert triggers.missing(connection) == []


@pytest.mark.django_db
def test_a_guard_that_the_code_no_longer_declares_is_taken_off() -> None:
    """As after a release that renamed it."""
    old = "faq_guard_of_old"
    if on_sqlite:
        execute(f"CREATE TRIGGER {old} BEFORE UPDATE ON faq_topic FOR EACH ROW BEGIN SELECT 1; END")
    else:
        execute(
            body("BEGIN RETURN NEW; END").replace(ONE, old), f"CREATE TRIGGER {old} BEFORE UPDATE ON faq_topic EXECUTE FUNCTION {old}()"
        )
    assert triggers.missing(connection) == [old]
    triggers.install(connection)
    assert triggers.missing(connection) == []


@pytest.mark.django_db
@postgresql_only
def test_a_trigger_that_could_rewrite_rows_after_the_guards_is_named_and_left_to_its_owner() -> None:
    execute(
        "CREATE FUNCTION rewrite() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.words := 'Other.'; RETURN NEW; END $$",
        "CREATE TRIGGER zz_rewrite BEFORE INSERT ON faq_publication FOR EACH ROW EXECUTE FUNCTION rewrite()",
    )
    triggers.install(connection)
    assert triggers.missing(connection) == ["zz_rewrite"]


@pytest.mark.django_db
@postgresql_only
def test_a_trigger_that_only_looks_on_is_nobodys_business() -> None:
    execute(
        "CREATE FUNCTION look() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$",
        "CREATE TRIGGER zz_look AFTER INSERT ON faq_publication FOR EACH ROW EXECUTE FUNCTION look()",
    )
    assert triggers.missing(connection) == []


@pytest.mark.django_db
@postgresql_only
def test_a_session_in_which_no_trigger_fires_misses_every_guard() -> None:
    execute("SET LOCAL session_replication_role = replica")
    assert triggers.missing(connection) == sorted(triggers.declared("postgresql"))


# Migrations.


@pytest.fixture(scope="module")
def scratch(django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BaseDatabaseWrapper]:
    """A migrated database for the tests of this module; each leaves it with its guards on."""
    with django_db_blocker.unblock(), scratch_database(tmp_path_factory.mktemp("scratch")) as made:
        yield made


@pytest.fixture
def migrate_with(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Return what runs `manage.py migrate` as if one more migration with these operations lay on disk."""
    load = MigrationLoader.load_disk

    def run(*operations: Operation) -> None:
        later_one = f"{next(later)}_later"

        def load_one_more(loader: MigrationLoader) -> None:
            load(loader)
            last = max(name for app, name in loader.disk_migrations if app == "faq")
            attributes = {"operations": list(operations), "dependencies": [("faq", last)]}
            loader.disk_migrations["faq", later_one] = type("Later", (Migration,), attributes)(later_one, "faq")

        monkeypatch.setattr(MigrationLoader, "load_disk", load_one_more)
        call_command("migrate", database=ALIAS, verbosity=0)

    return run


def rebuild(model: type[models.Model]) -> Operation:
    """Return the operation that makes SQLite build the table of `model` anew: a column that may be empty from now on.

    A table that Django made for a ManyToManyField is built anew by that field: its keys are constrained no more.
    """
    owner: Any = model._meta.auto_created
    if owner:
        name = next(each.name for each in owner._meta.local_many_to_many if each.remote_field.through is model)
        return AlterField(owner._meta.model_name or "", name, models.ManyToManyField(f"faq.{owner.__name__}", db_constraint=False))
    field = next(each for each in model._meta.local_fields if not each.primary_key and not each.null)
    changed: models.Field[Any, Any] = field.clone()
    changed.null = True
    return AlterField(model._meta.model_name or "", field.name, changed)


def test_the_guards_stand_after_a_migration_that_rebuilt_every_guarded_table(
    scratch: BaseDatabaseWrapper, migrate_with: Callable[..., None]
) -> None:
    guarded = [model for model in apps.get_app_config("faq").get_models(include_auto_created=True) if model._meta.db_table in GUARDED]
    meanwhile: list[int] = []
    assert len(guarded) == len(GUARDED)
    look = RunPython(lambda *_: meanwhile.append(len(triggers.missing(scratch))))
    migrate_with(*(rebuild(model) for model in guarded), look)
    assert triggers.missing(scratch) == []
    assert meanwhile == [len(triggers.declared("sqlite")) if on_sqlite else 0]


def test_after_a_migration_that_failed_the_guards_are_missing_until_one_succeeds(
    scratch: BaseDatabaseWrapper, migrate_with: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """On PostgreSQL they never come off."""

    def fail(*_: Any) -> None:
        raise RuntimeError("the disk is full")

    with pytest.raises(RuntimeError, match="the disk is full"):
        migrate_with(RunPython(fail))
    assert bool(triggers.missing(scratch)) is on_sqlite
    migrate_with(RunPython(RunPython.noop))
    assert triggers.missing(scratch) == []


def test_migrating_only_another_app_leaves_the_guards_standing(scratch: BaseDatabaseWrapper) -> None:
    call_command("migrate", "sessions", "zero", database=ALIAS, verbosity=0)
    assert triggers.missing(scratch) == []


def test_a_database_without_tables_lacks_every_guard_and_nothing_fails(django_db_blocker: Any, tmp_path: Path) -> None:
    """As after `migrate faq zero`."""
    with django_db_blocker.unblock(), scratch_database(tmp_path, migrated=False, alias="empty") as empty:
        triggers.after_migrate(using="empty")
        assert triggers.missing(empty) == sorted(triggers.declared(empty.vendor))


def test_a_library_is_not_flushed_by_mistake_and_is_whole_again_after_a_flush(scratch: BaseDatabaseWrapper) -> None:
    with pytest.raises(CommandError, match="couldn't be flushed"):
        call_command("flush", database=ALIAS, interactive=False, verbosity=0)
    assert Ledger.objects.using(ALIAS).exists()
    triggers.remove(scratch)
    call_command("flush", database=ALIAS, interactive=False, verbosity=0)
    assert triggers.missing(scratch) == []
    assert (Ledger.objects.using(ALIAS).get().last_sequence, Group.objects.using(ALIAS).count()) == (0, len(ROLES))
