"""The whole past of a library, row by row as its tables hold it, for an empty library elsewhere.

Nothing of it is trusted there: both chains, every hash and every copied column are verified, and HTML is made again from the words.
The guards would refuse rows that did not come through the verbs, so they come off inside the one transaction of the import.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from itertools import groupby, islice
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.color import no_style
from django.db import DatabaseError, DataError, IntegrityError, connection, models, transaction
from django.utils import timezone

from faq import verify
from faq.clock import calendar_fault
from faq.integrity import triggers
from faq.interchange.errors import Place, RowErrors
from faq.interchange.files import Row, read_lines
from faq.interchange.options import ImportRefused
from faq.interchange.records import HISTORY_FILE
from faq.interchange.transactions import lift_timeouts, snapshot
from faq.models import (
    Answer,
    AudiencePolicy,
    Change,
    Checklist,
    Citation,
    Comment,
    Edit,
    Erasure,
    EvidenceAlert,
    ImportRun,
    Ledger,
    Publication,
    PublicationTopic,
    Question,
    QuestionTopic,
    ReviewDecision,
    Reviewer,
    Source,
    StandingText,
    Submission,
    SubmissionEditor,
    Topic,
    TopicCode,
    TopicName,
    TopicPlacement,
    User,
    Waiver,
)
from faq.workflow import publishing, transitions

TABLES: Final[tuple[type[models.Model], ...]] = (
    *(User, Topic, Topic.parents.through, TopicCode, TopicName, TopicPlacement, Source, StandingText),
    *(Reviewer, Reviewer.topics.through, AudiencePolicy, Checklist),
    *(Question, QuestionTopic, Answer, Citation, Edit, Comment, Submission, SubmissionEditor, ReviewDecision),
    *(Waiver, Erasure, ImportRun, Change, Publication, PublicationTopic, Publication.sources.through, EvidenceAlert, Ledger),
)
"""What a history holds, in this order. Groups, sessions, reminders, assignments and files about to be imported belong to the place."""
PERSON: Final = ("id", "username", "first_name", "last_name", "date_joined", "name_is_public", "is_demo")
"""What is told of a person: who they are in the records. Addresses, passwords and rights stay behind."""
MADE_AGAIN: Final = ("reading_grade",)
FORMAT: Final = 1
BATCH: Final = 500
"""Rows read or written at once."""


def history_columns(table: type[models.Model]) -> list[models.Field[Any, Any]]:
    fields = list(table._meta.concrete_fields)
    if table is User:
        return [field for field in fields if field.name in PERSON]
    return [field for field in fields if table is not Publication or field.name not in MADE_AGAIN]


def history_rows() -> Iterator[Row]:
    """Yield a row that says what follows, every row of every table, and a row that says how many there were.

    By the first a reader knows a file of another release, by the last a file that was cut off.
    """
    count = 0
    with snapshot():
        yield {"record": "history", "format": FORMAT, "tables": {table._meta.db_table: column_names(table) for table in TABLES}}
        for table in TABLES:
            for row in table._default_manager.order_by("pk").iterator(chunk_size=BATCH):
                yield {
                    "record": "row",
                    "table": table._meta.db_table,
                    "columns": [json_value(getattr(row, name)) for name in column_names(table)],
                }
                count += 1
        yield {"record": "end", "rows": count}


def column_names(table: type[models.Model]) -> list[str]:
    return [field.attname for field in history_columns(table)]


def json_value(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value  # a datetime is a date too


def history_in(path: Path) -> Path | None:
    """Return the file of `path` that begins as a history does, or None."""
    file = path / HISTORY_FILE if path.is_dir() else path
    if not file.is_file() or not file.name.endswith((".jsonl", ".jsonl.gz")):
        return None
    first = next(read_lines(file), None)
    return file if isinstance(first, tuple) and first[0].get("record") == "history" else None


def import_history(file: Path, by: User, *, is_rehearsal: bool = False) -> int:
    """Return how many questions the history has. People come deactivated; in a rehearsal everything is taken back.

    Raises ImportRefused where this library may not or cannot take it, RowErrors for what is wrong with the file.
    """
    refuse_unless_empty(by)
    try:
        return replay(file, by, is_rehearsal=is_rehearsal)
    except (DataError, IntegrityError) as error:
        raise RowErrors([Place(file.name).error("file", f"the database refuses it: {error}")]) from error


def replay(file: Path, by: User, *, is_rehearsal: bool) -> int:
    started_at = timezone.now()
    with transaction.atomic():
        lift_timeouts()
        with guards_off():
            Ledger.objects.all().delete()  # `migrate` made an empty one; the history brings its own
            count = store(file)
        verify_records(file)
        continue_numbers()
        run = {"path": str(file.resolve())[-500:], "started_at": started_at, "finished_at": timezone.now(), "counts": {"rows": count}}
        # Read again by name: `by` may have another key since, see make_room.
        ImportRun.objects.create(by=User.objects.get(username=by.username), **run)
        questions = Question.objects.count()
        transaction.set_rollback(is_rehearsal)
    return questions


def refuse_unless_empty(by: User) -> None:
    if not settings.ALLOW_HISTORY_IMPORT:
        raise ImportRefused("This path holds a library's history. Set ALLOW_HISTORY_IMPORT to bring it into an empty library.")
    refused = transitions.importer(by, None, timezone.now())
    if refused:
        raise ImportRefused(refused)
    if any(table._default_manager.exists() for table in TABLES if table not in (User, Ledger)):
        raise ImportRefused("A history goes only into an empty library. Set DATABASE_URL to another database.")


@contextmanager
def guards_off() -> Iterator[None]:
    """Inside the caller's transaction, which both databases extend to triggers: after an error the guards stand as before.

    Foreign keys, which are checked at the end of a transaction, are checked before the guards go back.
    """
    try:
        triggers.remove(connection)
    except DatabaseError as error:
        raise ImportRefused(
            "The guards can only be lifted by the database's role that owns the tables: set DATABASE_URL to that one."
        ) from error
    yield
    connection.check_constraints()
    triggers.install(connection)


def store(file: Path) -> int:
    """Return how many rows were stored. Raises RowErrors for a file of another release, or one that was cut off."""
    lines = whole_rows(file)
    head, place = next(lines)
    tables = {table._meta.db_table: table for table in TABLES}
    if head.get("format") != FORMAT or head.get("tables") != {name: column_names(table) for name, table in tables.items()}:
        raise RowErrors([place.error("tables", "was written by another release; import it with that one")])
    count, end = 0, None
    for name, group in groupby(lines, key=lambda line: line[0].get("table")):
        if name is None:  # the row that ends a history, and has no table
            end = [row.get("rows") for row, _ in group][-1]
        elif name in tables:
            count += insert(tables[name], group)
        else:
            raise RowErrors([next(group)[1].error("table", f"unknown: {name}")])
    if end != count:
        raise RowErrors([place.error("file", f"has {count} rows and should have {end}: its end was cut off")])
    return count


def whole_rows(file: Path) -> Iterator[tuple[Row, Place]]:
    """Other than an import of entries a history has no rows to spare: the first that cannot be read is raised as RowErrors."""
    for line in read_lines(file):
        if isinstance(line, RowErrors):
            raise line
        yield line


def insert(table: type[models.Model], lines: Iterator[tuple[Row, Place]]) -> int:
    """Store the rows of one table as they are, people all at once, since make_room must know them all; return how many."""
    count = 0
    while rows := [row_from_line(table, row, place) for row, place in islice(lines, None if table is User else BATCH)]:
        if table is User:
            make_room([row for row in rows if isinstance(row, User)])
        table._default_manager.bulk_create(rows, batch_size=BATCH)
        count += len(rows)
    return count


def row_from_line(table: type[models.Model], row: Row, place: Place) -> models.Model:
    fields, values = history_columns(table), row.get("columns")
    if not isinstance(values, list) or len(values) != len(fields):
        raise RowErrors([place.error("columns", f"must be {len(fields)} values")])
    try:
        instance = table(**{field.attname: field.to_python(value) for field, value in zip(fields, values, strict=True)})
    except (ValidationError, TypeError, ValueError) as error:
        raise RowErrors([place.error("columns", str(error))]) from error
    days = [(field.attname, getattr(instance, field.attname)) for field in fields]
    faults = [f"{name} {fault}" for name, day in days if isinstance(day, date) and (fault := calendar_fault(day))]
    if faults:
        raise RowErrors(place.error("columns", fault) for fault in faults)
    if isinstance(instance, User):
        instance.is_active = False
        instance.set_unusable_password()
    return instance


def make_room(people: list[User]) -> None:
    """Accounts of this library keep their names, and give up their keys where `people` have the same.

    The keys of `people` cannot change: records name people by key, and the hashes of the chains are over those records.
    """
    accounts = list(User.objects.order_by("pk"))
    taken = {account.username for account in accounts}
    free = 1 + max(account.pk for account in [*people, *accounts])
    keys = {person.pk for person in people}
    for number, account in enumerate(account for account in accounts if account.pk in keys):
        move_account(account.pk, free + number)
    for person in people:
        if person.username in taken:
            person.username = f"{person.username[:100]}-imported-{person.pk}"


def move_account(old: int, new: int) -> None:
    """Change the key of an account, and all rows that point to it. Foreign keys are checked at the end of the transaction only."""
    User.objects.filter(pk=old).update(id=new)
    # Hidden are the relations without a name of their own (`related_name="+"`) and the tables behind groups and permissions.
    for relation in User._meta.get_fields(include_hidden=True):
        if isinstance(relation, models.ManyToOneRel) and relation.related_model is not None:
            column = relation.field.attname
            relation.related_model._base_manager.filter(**{column: old}).update(**{column: new})


def verify_records(file: Path) -> None:
    """Raise RowErrors for the first record that does not hold; make what is derived from those that do."""
    try:
        fault = next((fault for check in verify.CHECKS for fault in check()), None)
        if fault is None:
            publishing.grade_again()
            publishing.compose_outdated(timezone.now(), everything=True)
    except (ValueError, LookupError, TypeError) as error:
        raise RowErrors([Place(file.name).error("file", f"holds records that cannot be read: {error}")]) from error
    if fault:
        raise RowErrors([Place(file.name).error(f"{fault.table} {fault.pk}", fault.reason)])


def continue_numbers() -> None:
    """The rows have brought their keys with them, and PostgreSQL's sequences, which number new rows, do not know of those."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(TABLES)):
            cursor.execute(statement)
