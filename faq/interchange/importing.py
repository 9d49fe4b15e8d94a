"""A whole import: read the path once to know what is wrong, then import entry by entry under an ImportRun that can go on later."""

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import Final, Protocol

from django.utils import timezone

from faq.interchange.entries import FileEntry, entry_from_row
from faq.interchange.errors import RowError, RowErrors
from faq.interchange.importer import EntryImporter, ImportedEntry
from faq.interchange.options import ImportOptions
from faq.interchange.plan import Plan, plan_of
from faq.interchange.records import Record, records
from faq.interchange.shared_rows import library_additions
from faq.interchange.transactions import analyze_tables
from faq.interchange.zipfiles import unpacked
from faq.models import ImportRun, User

OUTCOMES: Final = ("created", "new_version", "unchanged", "refused")
MANY: Final = 500
"""New entries after which the database looks at its tables anew: SQLite never does by itself, and without it a page can take seconds."""
SAVE_EVERY: Final = 100
"""Entries after which an ImportRun says how far it is."""


class Report(Protocol):
    """What is told of an import while it runs: the command line and the admin have one each."""

    def error(self, error: RowError) -> None:
        """A row, or part of it, was refused."""

    def warn(self, text: str) -> None:
        """Two rows differ, or a row and the library; `text` says which stays."""

    def progress(self, done: int, total: int) -> None:
        """Called after each entry; `total` counts entries too."""

    def entry(self, entry: ImportedEntry) -> None:
        """An entry came in, or was here already."""


def import_entries(
    path: Path,
    options: ImportOptions,
    report: Report,
    *,
    is_rehearsal: bool = False,
    skip_invalid: bool = False,
    run: ImportRun | None = None,
) -> Counter[str]:
    """Return how many rows had which of OUTCOMES.

    One bad row stops everything before anything is written, unless `skip_invalid`. A rehearsal does all that an import does and
    takes every entry back, so it refuses what an import would. `run`: what run_of returned, for a caller whose path is a temporary
    file and no name to go on by. Raises ImportRefused where the import cannot begin, RowErrors where the path cannot be read.
    """
    options.check(timezone.now())
    goes_on = skip_invalid or is_rehearsal
    with unpacked(path) as folder:
        plan = plan_of(folder, options, timezone.now())
        counts = Counter(dict.fromkeys(OUTCOMES, 0) | {"refused": len(plan.bad_places)})
        for error in sorted(plan.errors):
            report.error(error)
        if plan.bad_places and not goes_on:
            return counts
        run = None if is_rehearsal else stored(run or run_of(str(path.resolve()), options.by))
        try:
            importer = EntryImporter(plan, options, run, is_rehearsal=is_rehearsal)
            for outcome in import_rows(folder, plan, importer, report, go_on=goes_on):
                counts[outcome] += 1
                record_progress(run, counts)
        except RowErrors as row_errors:
            # What came before stays, and the run is left unfinished: the same command goes on with it.
            report_errors(row_errors, report)
            counts["refused"] += 1
        else:
            record_progress(run, counts, finished=True)
        if counts["created"] >= MANY and not is_rehearsal:
            analyze_tables()
    for warning in plan.warnings:
        report.warn(warning)
    return counts


def run_of(name: str, by: User) -> ImportRun:
    """The run that was broken off under the same name by the same person, or a new one.

    A new one is not stored yet, since an import that stops at a bad row must leave nothing behind. Of a name that is longer than its
    column the end is kept, which tells files apart.
    """
    unfinished = ImportRun.objects.filter(path=name[-500:], by=by, finished_at=None).first()
    return unfinished or ImportRun(path=name[-500:], by=by, started_at=timezone.now())


def stored(run: ImportRun) -> ImportRun:
    if run.pk is None:
        run.save()
    return run


def record_progress(run: ImportRun | None, counts: Counter[str], *, finished: bool = False) -> None:
    """Only every SAVE_EVERY entries, and at the end: it is a write of its own beside each entry's."""
    if run and (finished or counts.total() % SAVE_EVERY == 0):
        run.counts = dict(counts)
        run.finished_at = timezone.now() if finished else None
        run.save(update_fields=["counts", "finished_at"])


def import_rows(path: Path, plan: Plan, importer: EntryImporter, report: Report, *, go_on: bool) -> Iterator[str]:
    """Import standing texts, entries, and the topics and sources that no entry needs; yield one of OUTCOMES for each entry.

    What a verb refuses is reported and yielded as `refused` where the import shall `go_on`, and raised as RowErrors otherwise.
    """
    options, is_rehearsal = importer.options, importer.is_rehearsal
    results: Iterator[ImportedEntry | RowErrors | None] = chain(
        map(errors_of, library_additions(plan, options, is_rehearsal=is_rehearsal)),
        importer.import_all(entries_in(path, plan)),
        map(errors_of, importer.shared.create_rest(options.by, is_rehearsal=is_rehearsal)),
    )
    outcomes = (result for result in results if result is not None)  # a shared row that came in is not counted
    for done, outcome in enumerate(outcomes, 1):
        if isinstance(outcome, RowErrors):
            if not go_on:
                raise outcome
            report_errors(outcome, report)
        report.progress(min(done, plan.entries), plan.entries)  # a shared row that was refused is counted, so `done` may run over
        if isinstance(outcome, RowErrors):
            yield "refused"
        else:
            report.entry(outcome)
            yield outcome.outcome


def errors_of(call: Callable[[], None]) -> RowErrors | None:
    try:
        call()
    except RowErrors as row_errors:
        return row_errors
    return None


def entries_in(path: Path, plan: Plan) -> Iterator[FileEntry]:
    """Yield the good entries. Translations come after all others, so that what they translate is there.

    Each time the path is read again: it may hold more than the memory does.
    """
    for translations in (False, True) if plan.originals else (False,):
        for record in records(path):
            if isinstance(record, Record) and record.kind == "entry" and record.place not in plan.bad_places:
                entry = entry_from_row(record.row, record.place)
                if bool(entry.words.translation_of) == translations:
                    yield entry


def report_errors(row_errors: RowErrors, report: Report) -> None:
    for error in row_errors.errors:
        report.error(error)
