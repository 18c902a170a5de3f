"""What a check of CTP's files says."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How grave a note is: an error loses images or lets identifiers pass, a warning may."""

    ERR = "ERR"
    WARN = "WARN"
    INFO = "INFO"


@dataclass(frozen=True, slots=True)
class Note:
    """One thing about one file: which rule found it, where in the file, and what to do."""

    file: str
    rule: str
    severity: Severity
    where: str
    message: str
