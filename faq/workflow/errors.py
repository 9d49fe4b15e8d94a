"""The two refusals of the workflow, which faces translate and never invent, and the log that tells them afterwards."""

import functools
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from typing import Final, ParamSpec, TypeVar

from django.db import IntegrityError, models, transaction

from faq.clock import calendar_fault
from faq.content.texts import clean_text, said_or_empty
from faq.integrity import triggers
from faq.integrity.ledger import ClockBehind, check_clock


class Refused(Exception):
    """What a verb was refused with; `verb` is its name, once it was told to the log."""

    verb = ""


class WordsRefused(Refused):
    """The words of an answer break their schema; `problems` lists (field, reason)."""

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        self.problems = problems
        super().__init__("; ".join(f"{field}: {reason}" for field, reason in problems))


class TransitionRefused(Refused):
    """A verb was refused; the text says why and what to do."""


def raise_if_refused(refused: str) -> None:
    if refused:
        raise TransitionRefused(refused)


def stored_text(text: str) -> str:
    """Return `text` as it is kept, "" where it says nothing; where it cannot be kept raise TransitionRefused, which says what to do."""
    try:
        return said_or_empty(clean_text(text))
    except ValueError as error:
        raise TransitionRefused(f"The text {error}.") from error


def require_text(text: str, what: str) -> str:
    """Return `text` as it is kept; where it says nothing raise TransitionRefused, which asks to say `what`."""
    cleaned = stored_text(text).strip()
    if not cleaned:
        raise TransitionRefused(f"Say {what}.")
    return cleaned


def check_calendar(value: date | datetime, what: str) -> None:
    """Raise TransitionRefused where `what`, such as “The day of expiry”, lies outside the library's calendar."""
    fault = calendar_fault(value)
    raise_if_refused(f"{what} {fault}; correct it." if fault else "")


def require_line(text: str, what: str) -> str:
    """Return `text` as require_text has it; raise TransitionRefused also where it is more than one line, which is shown as one."""
    line = require_text(text, what)
    if "\n" in line:
        raise TransitionRefused("The text must be one line: take the line end out.")
    return line


@contextmanager
def guards_as_refusals() -> Iterator[None]:
    """Tell as a refusal what the database refuses: by a guard, in the guard's words, or as a second row with the key of another.

    Whoever meets it came past a rule that the verb does not ask about, or at the same moment as somebody else. Any other IntegrityError
    is a fault of the program and goes on.
    """
    try:
        yield
    except IntegrityError as error:
        # SQLite has no codes, and its guards against REPLACE speak as it does itself; PostgreSQL's for a doubled key is 23505.
        if str(error).startswith("UNIQUE constraint failed") or getattr(error.__cause__, "sqlstate", "") == "23505":
            raise TransitionRefused("Somebody else has just made the same; look again, then do it again.") from error
        sentence = triggers.sentence_of(error)
        if not sentence:
            raise
        raise TransitionRefused(f"The library refused this: {sentence}; nothing was changed. Look again, then do it again.") from error


def refuse_wrong_clock(verb_name: str) -> None:
    """Raise TransitionRefused where the machine's clock is behind what is recorded: new texts would come into force later than now."""
    try:
        check_clock()
    except ClockBehind as fault:
        if verb_name not in WHATEVER_THE_CLOCK:
            raise TransitionRefused(
                f"A machine's clock is wrong: {fault}. Until that is put right entries can be withdrawn and held, and nothing else."
            ) from fault


P = ParamSpec("P")
R = TypeVar("R")
logger = logging.getLogger(__name__)
WHATEVER_THE_CLOCK: Final = ("withdraw", "hold", "hold_citing")
"""The verbs that keep readers from harm, and may not wait; what they record gets the Ledger's moment."""
told_elsewhere: ContextVar[bool] = ContextVar("told_elsewhere", default=False)
"""True while an import runs, which tells each refusal itself, with its file and line."""


def verb(function: Callable[P, R]) -> Callable[P, R]:
    """Make a function a verb: all or nothing of it is written, and where it is refused the log says which verb, on what, by whom, why.

    A verb that another one calls is told once, under its own name.
    """

    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            refuse_wrong_clock(function.__name__)
            with transaction.atomic(), guards_as_refusals():
                return function(*args, **kwargs)
        except Refused as refused:
            if not (refused.verb or told_elsewhere.get()):
                refused.verb = function.__name__
                # A verb that makes its thing has none to name yet; the slug or key it was to have stands in.
                things = ", ".join(label_of_thing(thing) for thing in args) or str(kwargs.get("slug") or kwargs.get("key") or "-")
                told = (refused.verb, things, kwargs.get("by") or "the clock", refused)
                logger.info("%s on %s by %s was refused: %s", *map(one_line, told))
            raise

    return call


def one_line(value: object) -> str:
    """Return `value` for the log: a key that somebody entered can hold a new line, and would write one of its own, or half a letter."""
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in str(value))


def label_of_thing(thing: object) -> str:
    """Return what the log calls a thing: its table and key, not its words, which may be personal."""
    if isinstance(thing, models.Model):
        return f"{thing._meta.model_name} {thing.pk}"
    return f"{type(thing).__name__} of {len(thing)}" if hasattr(thing, "__len__") else type(thing).__name__
