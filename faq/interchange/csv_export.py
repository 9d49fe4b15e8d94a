"""The library as a table for spreadsheets, for people who plan reviews: one line an entry in force, one an open draft."""

import csv
import re
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any, Final
from unicodedata import normalize

from django.db.models import Prefetch
from django.utils import timezone, translation
from django.utils.dates import MONTHS, MONTHS_3, MONTHS_AP, WEEKDAYS, WEEKDAYS_ABBR

from faq.clock import local_date, review_state
from faq.content.folding import fold
from faq.content.words import read_words
from faq.interchange.exporting import questions
from faq.interchange.transactions import snapshot
from faq.interchange.writing import Slugs, written_whole
from faq.models import Answer, Publication, Question
from faq.models.answers import OPEN
from faq.public.links import page_url
from faq.workflow.drafts import draft_of

CSV_COLUMNS: Final = (
    *("slug", "language", "audience", "question", "short_answer", "topics", "origin", "version", "status", "decision", "reviewer"),
    *("published_on", "next_review_due_on", "review_state", "reading_grade", "sources", "address"),
)
"""FORMAT.md says what each of them holds."""
SIGNS: Final = frozenset("=+-@＝＋－＠﹦﹢﹣﹫−")
"""What begins a formula in some spreadsheet, in full-width and small forms too."""

NUMBERS_AND_DAYS: Final = ("version", "published_on", "next_review_due_on", "reading_grade", "sources")
"""Columns that a spreadsheet shall read as what they are, to sort and to count by."""
SPREADSHEETS_SPEAK: Final = (
    *("ar", "cs", "da", "de", "el", "en", "es", "fi", "fr", "hu", "it", "nb", "nl", "pl", "pt", "ro", "ru", "sv", "tr", "uk", "vi"),
)
"""Languages whose months and days are known for what they are; a spreadsheet reads those of its own language, and English ones."""
CURRENCY: Final = re.compile("aud|brl|cad|chf|cny|czk|dkk|eur|ft|gbp|huf|inr|jpy|kc|kr|lei|mxn|nok|pln|r|ron|rs|rub|sek|try|uah|usd|zl")
WITHIN_NUMBERS: Final = re.compile("a|am|d|de|del|den|di|e|er|h|le|m|nd|o|of|p|pm|rd|s|st|t|th|uhr|utc|z|[年月日時时分秒년월일]")
"""What may stand within or after a number: exponents, ordinals, times, and the small words of days written out."""
TRUTH_VALUE: Final = re.compile("true|false|verdadeir[ao]|verdadero|falso|vrai|faux|wahr|falsch|vero|waar|onwaar|истина|ложь")


def write_csv(path: Path, *, drafts: bool, slugs: Slugs = None) -> int:
    """Return how many lines there are below the head. `slugs` None: all entries. Raises ExportRefused where `path` cannot be written."""
    # utf-8-sig: by the byte order mark Excel knows that the file is UTF-8.
    with written_whole(path) as temporary, temporary.open("w", encoding="utf-8-sig", newline="") as stream, snapshot():
        table = csv.writer(stream, quoting=csv.QUOTE_ALL)
        table.writerow(CSV_COLUMNS)
        count = 0
        for row in csv_rows(slugs, timezone.now(), drafts=drafts):
            table.writerow([cell_of(name, str(row.get(name) or "")) for name in CSV_COLUMNS])
            count += 1
    return count


def csv_rows(slugs: Slugs, at: datetime, *, drafts: bool) -> Iterator[dict[str, Any]]:
    """Yield {column: cell}, of each question first the entry in force, then, with `drafts`, the words somebody works on."""
    shown = Publication.objects.current().filter(is_withheld=False).exclude(words="")
    in_force = Prefetch("publications", shown, to_attr="in_force")
    working = Answer.objects.filter(status__in=OPEN)
    for question in questions(slugs, in_force, Prefetch("answers", working, to_attr="working")):
        every_row = {"slug": question.slug, "language": question.language, "topics": topics_of(question)}
        for publication in vars(question)["in_force"]:
            yield every_row | published_row(publication, at)
        for answer in vars(question)["working"] if drafts else ():
            yield every_row | draft_row(answer)


def topics_of(question: Question) -> str:
    return ", ".join(row.topic.slug for row in question.questiontopic_set.all())


def published_row(publication: Publication, at: datetime) -> dict[str, Any]:
    """Of the reviewer the table says what readers are told: the role, or who attested."""
    words = read_words(publication.words)
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
        "address": page_url(publication.slug, publication.language),
    }


def draft_row(answer: Answer) -> dict[str, Any]:
    """A draft has no address for readers, and no decision."""
    columns = {name: getattr(answer, name) for name in ("audience", "origin", "status")}
    draft = draft_of(answer)
    return columns | {"question": draft.question, "short_answer": draft.short_answer, "sources": str(len(draft.citations))}


def cell_of(name: str, text: str) -> str:
    """Return what the column `name` holds of `text`."""
    cell = escape_formula(text)
    return f"'{cell}" if name not in NUMBERS_AND_DAYS and not cell.startswith("'") and is_reread(cell) else cell


def is_reread(text: str) -> bool:
    """Whether some spreadsheet would take `text` for a number, a day, a time, a sum of money, a truth value or an error, and change it.

    It does so with a cell as a whole: `0012`, `1/2`, `10:30`, `5 %`; or, with letters, where each run of them belongs to a number or a
    day: `1e5`, `mar-1`, `3 de mayo`. One word more, as in `how-is-her2-tested`, and the text stays. To guard too much costs an apostrophe.
    """
    # A sign that folds to letters (℃, ⼀) is no word that would keep a spreadsheet from reading the rest.
    folded = fold("".join(letter if letter.isalpha() or not is_worded(letter) else " " for letter in text))
    if text.startswith("#") or TRUTH_VALUE.fullmatch(folded):
        return True
    runs = ["".join(letters) for is_word, letters in groupby(folded, str.isalpha) if is_word]
    if not any(letter.isnumeric() for letter in text + folded):
        return False
    first = runs.pop(0) if folded[:1].isalpha() else ""
    return is_name(first) and all(WITHIN_NUMBERS.fullmatch(run) or is_name(run) for run in runs)


def is_worded(sign: str) -> bool:
    return any(map(str.isalpha, normalize("NFKD", sign)))


def is_name(word: str) -> bool:
    """Whether `word`, folded, is a month, a day of the week (three letters are enough) or a currency; nothing is one too."""
    return not word or bool(CURRENCY.fullmatch(word)) or (len(word) > 2 and any(name.startswith(word) for name in calendar_names()))


@cache
def calendar_names() -> frozenset[str]:
    """The months and days of the week, folded, in the languages that spreadsheets here may speak; Django knows them."""
    names = []
    for language in SPREADSHEETS_SPEAK:
        with translation.override(language):
            names += [str(name) for table in (MONTHS, MONTHS_3, MONTHS_AP, WEEKDAYS, WEEKDAYS_ABBR) for name in table.values()]
    return frozenset(word for name in names for word in fold(name).replace(".", " ").split() if len(word) > 2)


def escape_formula(text: str) -> str:
    """Put the text on one line, with an apostrophe before what a spreadsheet would take for a formula.

    That is what OWASP advises ("CSV Injection"); quotes are doubled by the csv module. White space, invisible letters and quotes before
    the sign are looked through. After a semicolon the same holds, since in many countries a spreadsheet begins a new cell there.
    """
    parts = " ".join(text.split()).split(";")
    return ";".join(f"'{part}" if first_letter(part) in SIGNS else part for part in parts)


def first_letter(text: str) -> str:
    return next((letter for letter in text if letter.isprintable() and letter not in ' "'), "")
