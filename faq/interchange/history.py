"""The whole past of a library, row by row as its tables hold it, for an empty library elsewhere.

Nothing of it is trusted there: both chains, every hash and every copied column are verified, and HTML is made again from the words.
The guards would refuse rows that did not come through the verbs, so they come off inside the one transaction that brings them in.
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

from faq import publishing, triggers, verify
from faq.interchange.faults import Faulty, Place
from faq.interchange.files import Row
from faq.interchange.lines import read_lines
from faq.interchange.records import HISTORY_FILE
from faq.interchange.transactions import snapshot, take_time
from faq.interchange.wanted import Refused
from faq.models import (
    Answer,
    AudiencePolicy,
    Change,
    Citation,
    Comment,
    Edit,
    Erasure,
    EvidenceAlert,
    ImportRun,
    Ledger,
    Phrasing,
    Publication,
    PublicationTopic,
    Question,
    QuestionTopic,
    Resource,
    ReviewDecision,
    Reviewer,
    Source,
    StandingText,
    Submission,
    SubmissionEditor,
    Topic,
    TopicCode,
    TopicName,
    User,
    Waiver,
)
from faq.workflow import rules

TABLES: Final[tuple[type[models.Model], ...]] = (
    *(User, Topic, Topic.parents.through, TopicCode, TopicName, Source, StandingText, Reviewer, Reviewer.topics.through, AudiencePolicy),
    *(Question, QuestionTopic, Answer, Phrasing, Citation, Resource, Edit, Comment, Submission, SubmissionEditor, ReviewDecision),
    *(Waiver, Erasure, ImportRun, Change, Publication, PublicationTopic, Publication.sources.through, EvidenceAlert, Ledger),
)
"""What a history holds, in this order. Groups, sessions, reminders and files about to be imported belong to the place."""
PERSON: Final = ("id", "username", "first_name", "last_name", "date_joined", "name_is_public", "is_demo")
"""What is told of a person: who they are in the records. Addresses, passwords and rights stay behind."""
MADE_AGAIN: Final = ("html", "renderer_version", "reading_grade")
FORMAT: Final = 1
BATCH: Final = 500


def columns_of(table: type[models.Model]) -> list[models.Field[Any, Any]]:
    """Return the columns of `table` that a history holds."""
    fields = list(table._meta.concrete_fields)
    if table is User:
        return [field for field in fields if field.name in PERSON]
    return [field for field in fields if table is not Publication or field.name not in MADE_AGAIN]


def rows() -> Iterator[Row]:
    """Yield the whole history: a row that says what follows, every row of every table, and a row that says how many there were."""
    count = 0
    with snapshot():
        yield {"record": "history", "format": FORMAT, "tables": {table._meta.db_table: names(table) for table in TABLES}}
        for table in TABLES:
            for row in table._default_manager.order_by("pk").iterator(chunk_size=BATCH):
                yield {"record": "row", "table": table._meta.db_table, "columns": [plain(getattr(row, name)) for name in names(table)]}
                count += 1
        yield {"record": "end", "rows": count}


def names(table: type[models.Model]) -> list[str]:
    """Return the names of the columns of `table` in a history."""
    return [field.attname for field in columns_of(table)]


def plain(value: Any) -> Any:
    """Return a column's value as JSON has it."""
    return value.isoformat() if isinstance(value, date) else value


def history_in(path: Path) -> Path | None:
    """Return the file of `path` that holds a history, or None: it begins with a row that says so."""
    file = path / HISTORY_FILE if path.is_dir() else path
    if not file.is_file() or not file.name.endswith((".jsonl", ".jsonl.gz")):
        return None
    first = next(read_lines(file), None)
    return file if isinstance(first, tuple) and first[0].get("record") == "history" else None


def bring_in(file: Path, by: User, *, is_rehearsal: bool = False) -> int:
    """Read a history into this empty library; return how many questions it has. In a rehearsal everything is taken back.

    Raises Refused where this library may not or cannot take it, Faulty for what is wrong with the file. People come deactivated.
    """
    refuse_unless_empty(by)
    try:
        return replay(file, by, is_rehearsal=is_rehearsal)
    except (DataError, IntegrityError) as error:
        raise Faulty([Place(file.name).fault("file", f"the database refuses it: {error}")]) from error


def replay(file: Path, by: User, *, is_rehearsal: bool) -> int:
    """Store and verify a history in one transaction; return how many questions it has."""
    started_at = timezone.now()
    with transaction.atomic():
        take_time()
        with guards_off():
            Ledger.objects.all().delete()
            count = store(file)
        verified(file)
        continue_numbers()
        run = {"path": str(file.resolve())[-500:], "started_at": started_at, "finished_at": timezone.now(), "counts": {"rows": count}}
        ImportRun.objects.create(by=User.objects.get(username=by.username), **run)
        questions = Question.objects.count()
        transaction.set_rollback(is_rehearsal)
    return questions


def refuse_unless_empty(by: User) -> None:
    """Raise Refused where the setting does not allow a history, `by` may not import, or the library holds anything."""
    if not settings.ALLOW_HISTORY_IMPORT:
        raise Refused("This path holds a library's history. Set ALLOW_HISTORY_IMPORT to bring it into an empty library.")
    refused = rules.importer(by, None, timezone.now())
    if refused:
        raise Refused(refused)
    if any(table._default_manager.exists() for table in TABLES if table not in (User, Ledger)):
        raise Refused("A history goes only into an empty library. Set DATABASE_URL to another database.")


@contextmanager
def guards_off() -> Iterator[None]:
    """Take the guards off and put them back, inside the caller's transaction; deferred checks of foreign keys are made in between."""
    try:
        triggers.remove(connection)
    except DatabaseError as error:
        raise Refused("The guards can only be lifted by the database's role that owns the tables: set DATABASE_URL to that one.") from error
    yield
    connection.check_constraints()
    triggers.install(connection)


def store(file: Path) -> int:
    """Store the rows of `file`; return how many there were. Raises Faulty for a file of another release, or one that was cut."""
    lines = whole_rows(file)
    head, place = next(lines)
    tables = {table._meta.db_table: table for table in TABLES}
    if head.get("format") != FORMAT or head.get("tables") != {name: names(table) for name, table in tables.items()}:
        raise Faulty([place.fault("tables", "was written by another release; import it with that one")])
    count, end = 0, None
    for name, group in groupby(lines, key=lambda line: line[0].get("table")):
        if name is None:
            end = [row.get("rows") for row, _ in group][-1]
        elif name in tables:
            count += insert(tables[name], group)
        else:
            raise Faulty([next(group)[1].fault("table", f"unknown: {name}")])
    if end != count:
        raise Faulty([place.fault("file", f"has {count} rows and should have {end}: its end was cut off")])
    return count


def whole_rows(file: Path) -> Iterator[tuple[Row, Place]]:
    """Yield the rows of a history; raise Faulty for the first that cannot be read."""
    for line in read_lines(file):
        if isinstance(line, Faulty):
            raise line
        yield line


def insert(table: type[models.Model], lines: Iterator[tuple[Row, Place]]) -> int:
    """Store the rows of one table as they are, people all at once and others batch by batch; return how many."""
    count = 0
    while made := [built(table, row, place) for row, place in islice(lines, None if table is User else BATCH)]:
        if table is User:
            make_room([row for row in made if isinstance(row, User)])
        table._default_manager.bulk_create(made, batch_size=BATCH)
        count += len(made)
    return count


def built(table: type[models.Model], row: Row, place: Place) -> models.Model:
    """Return the row of `table` that a line holds; raise Faulty for values that are none of its columns'."""
    fields, values = columns_of(table), row.get("columns")
    if not isinstance(values, list) or len(values) != len(fields):
        raise Faulty([place.fault("columns", f"must be {len(fields)} values")])
    try:
        made = table(**{field.attname: field.to_python(value) for field, value in zip(fields, values, strict=True)})
    except (ValidationError, TypeError, ValueError) as error:
        raise Faulty([place.fault("columns", str(error))]) from error
    if isinstance(made, User):
        made.is_active = False
        made.set_unusable_password()
    return made


def make_room(people: list[User]) -> None:
    """Let accounts that stand here already keep their names, and give them other keys where records point to those of `people`."""
    here = list(User.objects.order_by("pk"))
    taken = {user.username for user in here}
    free = 1 + max(user.pk for user in [*people, *here])
    for number, user in enumerate(user for user in here if user.pk in {person.pk for person in people}):
        move_account(user.pk, free + number)
    for person in people:
        if person.username in taken:
            person.username = f"{person.username[:100]}-imported-{person.pk}"


def move_account(old: int, new: int) -> None:
    """Give the account `old` the key `new`, and all rows that point to it."""
    User.objects.filter(pk=old).update(id=new)
    for relation in User._meta.get_fields(include_hidden=True):
        if isinstance(relation, models.ManyToOneRel) and relation.related_model is not None:
            column = relation.field.attname
            relation.related_model._base_manager.filter(**{column: old}).update(**{column: new})


def verified(file: Path) -> None:
    """Verify every record, and make the HTML from the words; raise Faulty for the first record that does not hold."""
    try:
        fault = next((fault for check in verify.CHECKS for fault in check()), None)
        if fault is None:
            publishing.render_again(Publication.objects.iterator(chunk_size=BATCH))
    except (ValueError, LookupError, TypeError) as error:
        raise Faulty([Place(file.name).fault("file", f"holds records that cannot be read: {error}")]) from error
    if fault:
        raise Faulty([Place(file.name).fault(f"{fault.table} {fault.pk}", fault.reason)])


def continue_numbers() -> None:
    """Let new rows be numbered after those brought in."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(TABLES)):
            cursor.execute(statement)
