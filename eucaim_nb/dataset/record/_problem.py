"""What is said against a field of the record."""

from dataclasses import dataclass
from enum import StrEnum

from ._field import Field, field_of


class Severity(StrEnum):
    """Whether the catalogue would refuse it, or somebody should look at it."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a field of the record; `key` is that of the field or node, with its numbers."""

    severity: Severity
    key: str
    message: str

    @property
    def field(self) -> Field:
        """The field or node it is about."""
        return field_of(self.key)


def error(key: str, message: str) -> Problem:
    """Return what the catalogue would refuse."""
    return Problem(Severity.ERROR, key, message)


def warning(key: str, message: str) -> Problem:
    """Return what somebody should look at."""
    return Problem(Severity.WARNING, key, message)
