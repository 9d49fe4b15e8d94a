"""JSON Lines, plain or packed with gzip: one row a line, read as a stream so that a large file needs little memory."""

import gzip
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final

from faq.interchange.faults import Faulty, Place
from faq.interchange.files import Row, check_plain, check_storable, decoded, name_of

LONGEST_LINE: Final = 10_000_000
"""Bytes in one row: far above the longest answer (payload.Body), so that one is refused with a word about its length."""


def read_lines(path: Path) -> Iterator[tuple[Row, Place] | Faulty]:
    """Yield each row of a `.jsonl` or `.jsonl.gz` file with its place, or what is wrong with that line; empty lines are passed over.

    Raises Faulty where the file as a whole cannot be read.
    """
    name = name_of(path, path)
    check_plain(path, Place(name))
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as stream:
            yield from read_stream(stream, name)  # type: ignore[arg-type]
    except (OSError, EOFError, zlib.error) as error:
        raise Faulty([Place(name).fault("file", f"cannot be read: {error}")]) from error


def read_stream(stream: BinaryIO, name: str) -> Iterator[tuple[Row, Place] | Faulty]:
    """Yield the rows of an open file of JSON Lines."""
    number = 0
    while raw := stream.readline(LONGEST_LINE):
        number += 1
        place = Place(name, number)
        if len(raw) == LONGEST_LINE and not raw.endswith(b"\n"):
            yield Faulty([place.fault("row", f"is longer than {LONGEST_LINE // 1_000_000} MB")])
            pass_over_line(stream)
        elif number == 1 and raw.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise Faulty([place.fault("file", "is UTF-16; save it again as UTF-8")])
        elif raw.strip():
            try:
                yield read_row(raw, place), place
            except Faulty as faulty:
                yield faulty


def pass_over_line(stream: BinaryIO) -> None:
    """Read to the end of a line without keeping it."""
    while (rest := stream.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
        pass


def read_row(raw: bytes, place: Place) -> Row:
    """Return the object on one line; raise Faulty for anything else."""
    text = decoded(raw, place)
    try:
        row = json.loads(text, object_pairs_hook=each_once, parse_constant=no_number)
    except RecursionError:
        raise Faulty([place.fault("row", "is nested too deeply")]) from None
    except ValueError as error:
        raise Faulty([place.fault("row", f"is no JSON: {error}")]) from error
    if not isinstance(row, dict):
        raise Faulty([place.fault("row", "must be an object: {…}")])
    if "\\u" in text:
        check_storable(row, place)
    return row


def each_once(pairs: list[tuple[str, Any]]) -> Row:
    """Return `pairs` as a mapping; raise ValueError for a name that stands twice."""
    row = dict(pairs)
    if len(row) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"{next(name for name in names if names.count(name) > 1)} stands twice")
    return row


def no_number(name: str) -> Any:
    """Refuse NaN and Infinity, which are no JSON."""
    raise ValueError(f"{name} is no number")
