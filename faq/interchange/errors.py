"""What is wrong with a file, said so that somebody can put it right: `FILE:LINE: FIELD: reason`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Place:
    """Where a row begins; `lines` has the line of each field that does not stand on the first one."""

    file: str
    line: int = 1
    lines: Mapping[str, int] = field(default_factory=dict, compare=False)  # left out of the hash: places are keys, and no dict can be one

    def error(self, name: str, reason: str) -> "RowError":
        """`name` may be dotted (`sources.0.title`): the line is that of its first part."""
        return RowError(one_line(self.file), self.lines.get(name.split(".")[0], self.line), one_line(name), one_line(reason))


@dataclass(frozen=True, order=True)
class RowError:
    """One thing to put right. `field` is "file" or "row" where no single field is to blame."""

    file: str
    line: int
    field: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.field}: {self.reason}"


class RowErrors(Exception):
    """A file or row cannot be used; `errors` says why."""

    def __init__(self, errors: Iterable[RowError]) -> None:
        self.errors = list(errors)
        super().__init__("\n".join(str(error) for error in self.errors))


def one_line(text: str) -> str:
    """At most 500 letters, none of which a terminal would obey: names of files and fields are whatever a stranger chose."""
    plain = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(plain.split())[:500]
