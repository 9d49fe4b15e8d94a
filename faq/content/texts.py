"""The kinds of text, number and date that stand in the Words and beside them: how each is cleaned, and what it may hold."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo

from faq.clock import LATEST, calendar_fault
from faq.content.doi import bare_doi
from faq.content.letters import is_blank, refuse_controls, with_unix_line_ends, without_needless

NO_CHARACTER = re.compile("[\x00\ufffe\uffff]")
"""What XML 1.0 (2.2, Characters) leaves out beside half surrogates."""
HALF_SURROGATE = re.compile("[\ud800-\udfff]")
"""Half of a surrogate pair: a letter to Python, but nothing that UTF-8 can hold."""


def clean_text(value: str) -> str:
    """Return `value` in NFC with Unix line ends and nothing needless that nobody sees (letters.py).

    The same letters typed on another keyboard, or sent by a browser with other line ends, so have the same bytes and hash.
    Raises ValueError for what one of the databases cannot keep, and for signs that show a text in another order than it is stored.
    """
    refuse_no_characters(value)
    if HALF_SURROGATE.search(value):
        raise ValueError("contains half of a surrogate pair; save the text as UTF-8 again")
    refuse_controls(value)
    return unicodedata.normalize("NFC", without_needless(unicodedata.normalize("NFC", with_unix_line_ends(value))))


def said_or_empty(value: str) -> str:
    """Return `value`, or "" where it says nothing: a text of spaces or zero-width letters would stand as an empty place on the page."""
    return "" if is_blank(value) else value


def filled(value: str) -> str:
    if is_blank(value):
        raise ValueError("must not be empty")
    return value


def one_line(value: str) -> str:
    """Return `value` without line ends around it; raise ValueError for one within, which would not be seen where it is shown."""
    line = value.strip() if "\n" in value else value
    if "\n" in line:
        raise ValueError("must be one line: take the line end out")
    return line


class Unquoted(str):
    """What a file writes without quotes and might mean as a number or a truth value; that is for the field to say."""

    __slots__ = ()


def as_number(value: Any) -> Any:
    """Return the number that a file means; anything else as it is, for the field to refuse."""
    return int(value) if isinstance(value, Unquoted) and re.fullmatch("-?(?:0|[1-9][0-9]{0,17})", value) else value


def as_truth(value: Any) -> Any:
    """Return the truth value that a file means; anything else as it is, for the field to refuse."""
    return value == "true" if isinstance(value, Unquoted) and value in ("true", "false") else value


def refuse_no_characters(value: str) -> None:
    """Raise ValueError for what is no character of a text: NUL, which PostgreSQL does not keep, and others that XML (feeds) cannot hold."""
    if found := NO_CHARACTER.search(value):
        named = "a NUL character" if found[0] == "\x00" else f"the character U+{ord(found[0]):04X}, which no page or feed can hold"
        raise ValueError(f"contains {named}; remove it")


def web_address(value: str) -> str:
    if value and not value.startswith(("https://", "http://")):
        raise ValueError("must start with https:// or http://")
    return value


def partial_date(value: str) -> str:
    """Return `value` if it is YYYY, YYYY-MM or YYYY-MM-DD and names a real day; raise ValueError otherwise."""
    parts = value.split("-")
    if len(parts) > 3 or not all(part.isascii() and part.isdigit() for part in parts):
        raise ValueError("must be YYYY, YYYY-MM or YYYY-MM-DD")
    try:
        # Completed to a whole day, so that the calendar judges it: there is no 2025-02-30 and no 2025-13.
        day = date.fromisoformat("-".join([*parts, "01", "01"][:3]))
    except ValueError:
        raise ValueError("must be YYYY, YYYY-MM or YYYY-MM-DD") from None
    if fault := calendar_fault(day):
        raise ValueError(fault)
    return value


def is_slug(value: str) -> bool:
    """Lower-case letters, digits, hyphens between them, at most 100 characters."""
    return len(value) <= 100 and re.fullmatch(SLUG, value) is not None


STORED: Final = "stored"
"""The context in which kept words are read: a rule of today does not make unreadable, or change, what was kept before it."""


def rule(check: Callable[[str], str]) -> AfterValidator:
    """Return `check` as a rule for texts that come in."""

    def apply(value: str, info: ValidationInfo) -> str:
        return value if info.context == STORED else check(value)

    return AfterValidator(apply)


CLEAN, OR_EMPTY, FILLED, ONE_LINE = rule(clean_text), rule(said_or_empty), rule(filled), rule(one_line)
# Lengths are counted after cleaning. What must fit into a column of the database (slug, key, wording) is as long as that column.
# A Line is one line; every other text may have several, and is shown with them.
Line = Annotated[str, CLEAN, ONE_LINE, OR_EMPTY, Field(max_length=500)]
Filled = Annotated[str, CLEAN, ONE_LINE, FILLED, Field(max_length=500)]
Lines = Annotated[str, CLEAN, OR_EMPTY, Field(max_length=1_000)]
FilledLines = Annotated[str, CLEAN, FILLED, Field(max_length=1_000)]
ShortAnswer = Annotated[str, CLEAN, OR_EMPTY, Field(max_length=1_500)]
Paragraph = Annotated[str, CLEAN, OR_EMPTY, Field(max_length=5_000)]
FilledParagraph = Annotated[str, CLEAN, FILLED, Field(max_length=5_000)]
Transcript = Annotated[str, CLEAN, OR_EMPTY, Field(max_length=20_000)]
Body = Annotated[str, CLEAN, OR_EMPTY, Field(max_length=100_000)]
Url = Annotated[str, CLEAN, ONE_LINE, OR_EMPTY, AfterValidator(web_address), Field(max_length=500)]
FilledUrl = Annotated[Url, FILLED]
Doi = Annotated[str, CLEAN, ONE_LINE, OR_EMPTY, rule(bare_doi), Field(max_length=500)]
SLUG = r"^[a-z0-9]+(-+[a-z0-9]+)*$"
Slug = Annotated[str, Field(pattern=SLUG, max_length=100)]
KEY = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"
Key = Annotated[str, Field(pattern=KEY, max_length=120)]
LANGUAGE = r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"  # a language tag in the form of BCP 47: `es`, `es-MX`, `zh-Hant`
Language = Annotated[str, Field(pattern=LANGUAGE, max_length=20)]
PartialDate = Annotated[str, AfterValidator(partial_date)]
# A count, for which JSON of our canonical kind has a form, and which nobody writes longer.
MOST = 1_000_000
Number = Annotated[int, BeforeValidator(as_number), Field(ge=0, le=MOST)]
Counted = Annotated[int, BeforeValidator(as_number), Field(ge=1, le=MOST)]
Year = Annotated[int, BeforeValidator(as_number), Field(ge=1000, le=LATEST.year)]
"""Of a publication: a book may be older than any day that the library keeps."""
Truth = Annotated[bool, BeforeValidator(as_truth)]
