"""The library as a table for spreadsheets, for people who plan reviews: one line an entry in force, one an open draft."""

import csv
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django.db.models import Count, Prefetch
from django.utils import timezone

from faq import payload
from faq.clock import local_date, review_state
from faq.interchange.exporting import questions
from faq.interchange.transactions import snapshot
from faq.interchange.writing import Slugs, whole
from faq.models import Answer, Publication, Question
from faq.models.answers import OPEN
from faq.representations import addresses

COLUMNS: Final = (
    *("slug", "language", "audience", "question", "short_answer", "topics", "origin", "version", "status", "decision", "reviewer"),
    *("published_on", "next_review_due_on", "review_state", "reading_grade", "sources", "address"),
)
"""FORMAT.md says what each of them holds."""
SIGNS: Final = frozenset("=+-@＝＋－＠﹦﹢﹣﹫−")
"""What begins a formula in some spreadsheet, in full-width and small forms too."""


def write_table(path: Path, *, drafts: bool, slugs: Slugs = None) -> int:
    """Write the table to `path` as CSV (UTF-8 with the mark by which Excel knows it); return how many lines it has below its head.

    `slugs`: only these entries; None for all. Raises writing.NotWritten where `path` cannot be written.
    """
    with whole(path) as made, made.open("w", encoding="utf-8-sig", newline="") as stream, snapshot():
        table = csv.writer(stream, quoting=csv.QUOTE_ALL)
        table.writerow(COLUMNS)
        count = 0
        for row in table_rows(slugs, timezone.now(), drafts=drafts):
            table.writerow([harmless(str(row.get(name) or "")) for name in COLUMNS])
            count += 1
    return count


def table_rows(slugs: Slugs, at: datetime, *, drafts: bool) -> Iterator[dict[str, Any]]:
    """Yield the cells by their columns, of each question first the entry in force, then, with `drafts`, the words somebody works on."""
    shown = Publication.objects.current().filter(is_withheld=False).exclude(words="").defer("html")
    in_force = Prefetch("publications", shown, to_attr="in_force")
    working = Answer.objects.filter(status__in=OPEN).annotate(cited=Count("citations"))
    for question in questions(slugs, in_force, Prefetch("answers", working, to_attr="working")):
        around = {"slug": question.slug, "language": question.language, "topics": topics_of(question)}
        for publication in vars(question)["in_force"]:
            yield around | published(publication, at)
        for answer in vars(question)["working"] if drafts else ():
            yield around | drafted(answer)


def topics_of(question: Question) -> str:
    """Return the slugs of the topics, in their order."""
    return ", ".join(row.topic.slug for row in question.questiontopic_set.all())


def published(publication: Publication, at: datetime) -> dict[str, Any]:
    """Return what the table says of an entry in force; of the reviewer it has what readers are told: the role."""
    words = payload.read(publication.words)
    grade = publication.reading_grade
    return {
        **{name: getattr(publication, name) for name in ("audience", "origin", "version", "next_review_due_on")},
        "question": words.question,
        "short_answer": words.short_answer,
        "status": "held" if publication.is_held else publication.status,
        "decision": "attested" if publication.attested_on else "approved",
        "reviewer": publication.attested_by or publication.decided_by_role,
        "published_on": local_date(publication.published_at),
        "review_state": review_state(publication.next_review_due_on, at),
        "reading_grade": "" if grade is None else str(max(0, round(grade))),  # whole: in some countries Excel reads 8.5 as a day in May
        "sources": str(len(words.citations)),
        "address": addresses.page(publication.slug, publication.language),
    }


def drafted(answer: Answer) -> dict[str, Any]:
    """Return what the table says of an open draft: readers have no address for it, and nobody has approved it."""
    columns = {name: getattr(answer, name) for name in ("audience", "short_answer", "origin", "status")}
    return columns | {"question": answer.wording, "sources": str(vars(answer)["cited"])}


def harmless(text: str) -> str:
    """Return `text` on one line, so that no spreadsheet takes it for a formula: an apostrophe stands before what would begin one.

    That is what OWASP advises ("CSV Injection"); quotes are doubled by the csv module. White space, invisible letters and quotes before
    the sign are looked through. After a semicolon the same holds, since in many countries a spreadsheet begins a new cell there.
    """
    parts = " ".join(text.split()).split(";")
    return ";".join(f"'{part}" if first_letter(part) in SIGNS else part for part in parts)


def first_letter(text: str) -> str:
    """Return the first visible letter of `text` that is no quote; an empty string where there is none."""
    return next((letter for letter in text if letter.isprintable() and letter not in ' "'), "")
