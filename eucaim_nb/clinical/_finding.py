"""What a person should know about a table, down to the cell."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """How grave a finding is."""

    ERR = "ERR"
    """Nothing is exported while it stands."""
    WARN = "WARN"
    INFO = "INFO"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about a table, a column, or one value of a column in some rows.

    `message` and `remedy` hold no value of a cell: they may be logged and reported. `value` does, and goes to
    `private/` only. `rows` are numbered as a spreadsheet numbers them, the first line of the file being 1.
    """

    rule: str
    severity: Severity
    message: str
    remedy: str = ""
    column: str = ""
    target: str = ""
    value: str = field(default="", repr=False)
    rows: tuple[int, ...] = ()

    @property
    def count(self) -> int:
        """In how many rows it is; 1 for what is not about rows."""
        return max(len(self.rows), 1)

    @property
    def masked(self) -> str:
        """The form of the value without its content: letters become `a`, digits `9`."""
        return masked(self.value)


def masked(value: str) -> str:
    """Return the form of a text without its content: letters become `a`, digits `9`."""
    return re.sub(r"[^\W\d_]", "a", re.sub(r"\d", "9", value))[:40]


def blocking(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings that stand in the way of an export."""
    return [one for one in findings if one.severity is Severity.ERR]
