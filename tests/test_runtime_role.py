"""On PostgreSQL the service runs as a role that owns nothing: it can do the whole job, and nothing to the guards."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test import Client

from faq import workflow
from faq.integrity import triggers
from faq.models import Erasure, Publication
from tests.factories import NOW, PASSWORD, a, make_publication, make_reviewer, make_topic

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no roles: whoever may write the file owns it"),
]

README = (Path(__file__).resolve().parent.parent / "README.md").read_text()
RUNTIME = f"library_runtime_{os.getpid()}"


def recipe(database: str) -> str:
    """Return the SQL that the README tells whoever sets the database up, for this database and a role of this test's own."""
    found = re.search(r"```sql\n(CREATE ROLE library_runtime .*?)```", README, re.DOTALL)
    assert found
    return found[1].replace("DATABASE library ", f"DATABASE {database} ").replace("library_runtime", RUNTIME)


@pytest.fixture(autouse=True)
def _as_runtime_role(db: None) -> Iterator[None]:
    """Be the runtime role until the end of the test; even the role itself is rolled back."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database()")
        cursor.execute(recipe(cursor.fetchone()[0]))
        cursor.execute(f"SET LOCAL ROLE {RUNTIME}")
    yield
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")


def test_the_role_owns_nothing() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole")
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT rolsuper OR rolcreaterole OR rolcreatedb FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False,)


def test_it_does_the_whole_job() -> None:
    make_topic("hearts")
    make_publication("entry", topics=["hearts"])
    current = make_publication("entry")
    workflow.hold(current, by=a("reviewer"), at=NOW, comment="Checking.")
    workflow.withdraw(current, by=a("reviewer"), at=NOW, reason="unsafe", withhold=[1, 2])
    order = workflow.erase(Publication.objects.get(version=1), by=a("lead"), at=NOW, legal_basis="A court's order.")
    workflow.confirm_erasure(order, by=make_reviewer(), at=NOW)
    assert Erasure.objects.get().confirmed_at
    assert Publication.objects.get(version=1).words == ""


def test_people_sign_in_and_readers_read() -> None:
    make_publication("entry")
    client = Client()
    assert client.login(username=a("author").username, password=PASSWORD)
    assert client.get("/api/v1/entries/entry/").status_code == 200


def test_it_sees_that_the_guards_stand() -> None:
    assert triggers.missing(connection) == []


def test_the_guards_refuse_it_what_they_refuse_everybody() -> None:
    publication = make_publication("entry")
    with pytest.raises(IntegrityError, match="published words never change"), transaction.atomic():
        Publication.objects.filter(pk=publication.pk).update(words="Take twice as much.")


@pytest.mark.parametrize(
    "statement",
    [
        "TRUNCATE faq_change",
        "TRUNCATE faq_publication CASCADE",
        "ALTER TABLE faq_publication DISABLE TRIGGER ALL",
        "ALTER TABLE faq_publication DISABLE TRIGGER faq_guard_publication_words",
        "ALTER TABLE faq_publication ADD COLUMN other text",
        "ALTER TABLE faq_publication OWNER TO CURRENT_USER",
        "DROP TRIGGER faq_guard_publication_words ON faq_publication",
        "DROP FUNCTION faq_guard_publication_words() CASCADE",
        "DROP TABLE faq_waiver",
        "ALTER FUNCTION faq_guard_publication_words() RESET search_path",
        "CREATE OR REPLACE FUNCTION faq_guard_publication_words() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "CREATE TRIGGER zz BEFORE UPDATE ON faq_publication FOR EACH ROW EXECUTE FUNCTION faq_guard_publication_words()",
        "CREATE RULE zz AS ON UPDATE TO faq_publication DO INSTEAD NOTHING",
        "CREATE TABLE faq_other (id int)",
        "CREATE TEMPORARY TABLE faq_reviewdecision (id int)",
        "SET session_replication_role = replica",
        "ALTER ROLE CURRENT_USER SUPERUSER",
    ],
)
def test_it_can_do_nothing_to_the_guards_or_round_them(statement: str) -> None:
    refusal = pytest.raises(ProgrammingError, match=r"permission denied|must be owner|must be superuser")
    with refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
