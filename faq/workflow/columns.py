"""What the columns of topics, sources and standing texts take: texts cleaned as the Words are, and every other rule of a column asked."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from faq.clock import calendar_fault
from faq.content.texts import clean_text, one_line, said_or_empty
from faq.models import StandingText
from faq.workflow.errors import WordsRefused


def clean_field(field: str, value: str) -> str:
    """Return `value` as words.clean_text has it, "" where it says nothing; raise WordsRefused naming `field` otherwise."""
    try:
        return said_or_empty(clean_text(value)).strip()
    except ValueError as error:
        raise WordsRefused([(field, str(error))]) from error


def check_columns(row: models.Model) -> None:
    """Raise WordsRefused with a reason per field where `row` breaks its columns' own rules, or an advice card lacks its level."""
    for field in row._meta.concrete_fields:
        for text in texts_in(getattr(row, field.attname)):
            check_text(field, text)
    try:
        row.clean_fields(exclude=[field.name for field in row._meta.concrete_fields if field.is_relation])
    except ValidationError as error:
        raise WordsRefused([(field, " ".join(reasons)) for field, reasons in error.message_dict.items()]) from error
    days = [(field.name, getattr(row, field.attname)) for field in row._meta.concrete_fields]
    faults = [(name, fault) for name, day in days if isinstance(day, date) and (fault := calendar_fault(day))]
    if faults:
        raise WordsRefused(faults)
    if isinstance(row, StandingText) and row.kind == StandingText.Kind.ADVICE_CARD and not (row.level and row.title):
        raise WordsRefused([("level", "an advice card needs its level and, as its title, the signs")])
    if isinstance(row, StandingText) and row.kind == StandingText.Kind.DISCLAIMER and not row.placement:
        raise WordsRefused([("placement", "a disclaimer stands before or after the answer")])


def check_text(field: models.Field[Any, Any], text: str) -> None:
    """Raise WordsRefused for a text that cannot be kept, a line end in anything but a long text, and an empty member of a list."""
    kept = clean_field(field.name, text)
    try:
        _ = kept if isinstance(field, models.TextField) else one_line(kept)
    except ValueError as error:
        raise WordsRefused([(field.name, str(error))]) from error
    if isinstance(field, models.JSONField) and not kept:
        raise WordsRefused([(field.name, "must not be empty")])


def texts_in(value: Any) -> Iterator[str]:
    """Yield each text of a column: the column itself, or those in its list."""
    if isinstance(value, str):
        yield value
    if isinstance(value, list | tuple):
        for each in value:
            yield from texts_in(each)
