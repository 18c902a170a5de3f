"""What a check of a de-identified file found: where and what kind, never the value itself."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from eucaim_nb.ledger import DeidFinding


class Severity(StrEnum):
    """How much a finding weighs."""

    ERR = "ERR"
    """The file must not be passed on."""
    WARN = "WARN"
    """A person should look at it."""
    INFO = "INFO"


class Kind(StrEnum):
    """What is wrong."""

    UID = "original UID"
    ID = "original number"
    NAME = "name"
    DATE = "date"
    PLACE = "address or institution"
    PHONE = "phone or e-mail"
    IDENTIFIER = "identifying attribute"
    TEXT = "text that may identify"
    PRIVATE = "private attribute"
    REMARK = "remark in a compressed picture"
    OVERLAY = "overlay or curve"
    BURNED_IN = "burned-in text"
    DOCUMENT = "encapsulated document"
    PREAMBLE = "preamble"
    STAMP = "declaration"
    MISSING = "missing attribute"
    MISMATCH = "contradiction"
    REFERENCE = "reference"
    CONTENT = "derived content"
    PIXELS = "pixel data"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with one file.

    `file` is its path below the folder that was looked at. `tag` is the place: a path of attributes such as
    `(0040,A730)[2](0040,A160)`, or `file name`, `preamble`, `after the data set`.
    """

    file: str
    tag: str
    kind: Kind
    severity: Severity
    message: str


def of_file(file: str, findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings with the file they are about, each once, the gravest first."""
    order = list(Severity)
    named = {Finding(file, one.tag, one.kind, one.severity, one.message): None for one in findings}
    return tuple(sorted(named, key=lambda one: order.index(one.severity)))


def is_grave(findings: Iterable[Finding | DeidFinding]) -> bool:
    """Tell whether an output with these findings must not be passed on."""
    return any(one.severity == Severity.ERR for one in findings)
