"""What can be wrong with a file, in words a person can act on.

A message says what was found and what to do. It never quotes a value or other content of the file, so it may
be shown, stored and logged as it is.
"""

from dataclasses import dataclass
from enum import StrEnum

from eucaim_nb.errors import EucaimError


class ProblemKind(StrEnum):
    """Everything the header reader can report about one file."""

    EMPTY_FILE = "empty file"
    NOT_DICOM = "not DICOM"
    NO_PREAMBLE = "no preamble"
    EXECUTABLE_PREAMBLE = "executable preamble"
    DICOMDIR = "DICOMDIR"
    MISSING_TRANSFER_SYNTAX = "missing transfer syntax"
    TRANSFER_SYNTAX_MISMATCH = "transfer syntax mismatch"
    TRUNCATED_HEADER = "truncated header"
    TRUNCATED_PIXEL_DATA = "truncated pixel data"
    MISSING_PIXEL_DATA = "missing pixel data"
    MISSING_UIDS = "missing UIDs"
    INVALID_UID = "invalid UID"
    UNREADABLE_VALUE = "unreadable value"
    TOO_DEEP = "too deep"
    TOO_LARGE_WHEN_INFLATED = "too large when inflated"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a file.

    Attributes
    ----------
    kind : ProblemKind
    message : str
        What was found and what to do about it, without any value from the file.
    sniffed : str
        What the file seems to be instead, such as ``"PDF document"``; empty when that is not the question.
    """

    kind: ProblemKind
    message: str
    sniffed: str = ""


class HeaderError(EucaimError):
    """The file gives no header that later phases could use.

    Attributes
    ----------
    problem : Problem
        Why not, and what to do.
    """

    def __init__(self, kind: ProblemKind, message: str, sniffed: str = "") -> None:
        super().__init__(message)
        self.problem = Problem(kind, message, sniffed)

    def __reduce__(self) -> tuple[type["HeaderError"], tuple[ProblemKind, str, str]]:
        # Workers send errors home by pickle, which would otherwise call __init__ with the message alone.
        return HeaderError, (self.problem.kind, self.problem.message, self.problem.sniffed)
