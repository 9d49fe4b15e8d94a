"""A whole import: read the path once to know what is wrong, then bring in entry by entry under an ImportRun that can go on later."""

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import Final, Protocol

from django.utils import timezone

from faq.interchange.amending import additions
from faq.interchange.bringing import Bringer
from faq.interchange.entries import Entry, entry_of
from faq.interchange.faults import Fault, Faulty
from faq.interchange.packing import unpacked
from faq.interchange.plan import Plan, plan_of
from faq.interchange.records import Record, records
from faq.interchange.transactions import measure_tables
from faq.interchange.wanted import Wanted
from faq.models import ImportRun, User

OUTCOMES: Final = ("created", "new_version", "unchanged", "refused")
MANY: Final = 500
"""New entries after which the database looks at its tables anew: SQLite never does by itself, and without it a page can take seconds."""
SAVE_EVERY: Final = 100
"""Entries after which an ImportRun says how far it is."""


class Report(Protocol):
    """What hears of an import while it runs."""

    def fault(self, fault: Fault) -> None:
        """Hear what is wrong with a row."""

    def warn(self, text: str) -> None:
        """Hear what was decided where rows differ."""

    def progress(self, done: int, total: int) -> None:
        """Hear how many entries are done."""


def bring_in(
    path: Path, wanted: Wanted, report: Report, *, is_rehearsal: bool = False, skip_invalid: bool = False, run: ImportRun | None = None
) -> Counter[str]:
    """Import `path`, unpacked if it is a .zip; return how many rows had which of OUTCOMES.

    One bad row stops everything before anything is written, unless `skip_invalid`. A rehearsal does all that an import does and
    takes every entry back, so it refuses what an import would. `run`: what run_of found, where the path is not the name to go on by;
    a new one is stored when the import begins. Raises wanted.Refused where the import cannot begin, Faulty where the path cannot be read.
    """
    wanted.check(timezone.now())
    goes_on = skip_invalid or is_rehearsal
    with unpacked(path) as folder:
        plan = plan_of(folder, wanted, timezone.now())
        counts = Counter(dict.fromkeys(OUTCOMES, 0) | {"refused": len(plan.bad)})
        for fault in sorted(plan.faults):
            report.fault(fault)
        if plan.bad and not goes_on:
            return counts
        run = None if is_rehearsal else begun(run or run_of(str(path.resolve()), wanted.by))
        try:
            for outcome in steps(folder, plan, Bringer(plan, wanted, run, is_rehearsal=is_rehearsal), report, go_on=goes_on):
                counts[outcome] += 1
                note(run, counts)
        except Faulty as faulty:
            tell(faulty, report)
            counts["refused"] += 1
        else:
            note(run, counts, finished=True)
        if counts["created"] >= MANY and not is_rehearsal:
            measure_tables()
    for warning in plan.warnings:
        report.warn(warning)
    return counts


def run_of(name: str, by: User) -> ImportRun:
    """Return the run that was broken off with the same name and person, or a new one, which is not stored yet."""
    unfinished = ImportRun.objects.filter(path=name[-500:], by=by, finished_at=None).first()
    return unfinished or ImportRun(path=name[-500:], by=by, started_at=timezone.now())


def begun(run: ImportRun) -> ImportRun:
    """Return `run`, stored."""
    if run.pk is None:
        run.save()
    return run


def note(run: ImportRun | None, counts: Counter[str], *, finished: bool = False) -> None:
    """Write from time to time, and at the end, what a run has done."""
    if run and (finished or counts.total() % SAVE_EVERY == 0):
        run.counts = dict(counts)
        run.finished_at = timezone.now() if finished else None
        run.save(update_fields=["counts", "finished_at"])


def steps(path: Path, plan: Plan, bringer: Bringer, report: Report, *, go_on: bool) -> Iterator[str]:
    """Bring in standing texts, entries, and the topics and sources that no entry needs; yield the outcome of each entry.

    What a verb refuses is told and yielded as `refused` where the import shall `go_on`, and raised as Faulty otherwise.
    """
    wanted, is_rehearsal = bringer.wanted, bringer.is_rehearsal
    outcomes: Iterator[str | Faulty | None] = chain(
        map(tried, additions(plan, wanted, is_rehearsal=is_rehearsal)),
        bringer.bring_all(entries(path, plan)),
        map(tried, bringer.shelf.rest(wanted.by, is_rehearsal=is_rehearsal)),
    )
    happened = (outcome for outcome in outcomes if outcome is not None)
    for done, outcome in enumerate(happened, 1):
        if isinstance(outcome, Faulty):
            if not go_on:
                raise outcome
            tell(outcome, report)
        report.progress(min(done, plan.entries), plan.entries)
        yield "refused" if isinstance(outcome, Faulty) else outcome


def tried(call: Callable[[], None]) -> Faulty | None:
    """Return what is wrong where `call` is refused."""
    try:
        call()
    except Faulty as faulty:
        return faulty
    return None


def entries(path: Path, plan: Plan) -> Iterator[Entry]:
    """Yield the good entries of `path`; translations come after all others, so that what they translate is there."""
    for translations in (False, True) if plan.originals else (False,):
        for record in records(path):
            if isinstance(record, Record) and record.kind == "entry" and record.place not in plan.bad:
                entry = entry_of(record.row, record.place)
                if bool(entry.words.translation_of) == translations:
                    yield entry


def tell(faulty: Faulty, report: Report) -> None:
    """Report each fault."""
    for fault in faulty.faults:
        report.fault(fault)
