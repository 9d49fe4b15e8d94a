"""What is wrong with a file, said so that somebody can put it right: `FILE:LINE: FIELD: reason`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Place:
    """Where a row begins; `lines` has the line of each field that does not stand on the first one."""

    file: str
    line: int = 1
    lines: Mapping[str, int] = field(default_factory=dict, compare=False)

    def fault(self, name: str, reason: str) -> "Fault":
        """Return the fault `reason` about the field `name` (dotted: the line is that of its first part)."""
        return Fault(one_line(self.file), self.lines.get(name.split(".")[0], self.line), one_line(name), one_line(reason))


@dataclass(frozen=True, order=True)
class Fault:
    """One thing to put right. `field` is "file" or "row" where no single field is to blame."""

    file: str
    line: int
    field: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.field}: {self.reason}"


class Faulty(Exception):
    """A file or row cannot be used; `faults` says why."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = list(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


def one_line(reason: str) -> str:
    """Return `reason` on one line, short enough to read, with nothing a terminal would obey."""
    plain = "".join(letter if letter.isprintable() else " " for letter in reason)
    return " ".join(plain.split())[:500]
