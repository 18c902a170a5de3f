"""What a check says: how grave it is, which of EUCAIM's dimensions it is about, and how deep one has to look for it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import Any


class Severity(StrEnum):
    """How much a finding weighs."""

    ERR = "ERR"
    """It will fail, or is lost or wrong: nothing of it should be sent."""
    WARN = "WARN"
    """A person should look at it."""
    INFO = "INFO"
    """Good to know."""


class Dimension(StrEnum):
    """The dimensions of data quality in EUCAIM's handbook for data holders."""

    COMPLETE = "complete"
    UNIQUE = "unique"
    CONSISTENT = "consistent"
    ACCURATE = "accurate"
    INTEGRITY = "integrity"


class Level(Enum):
    """How deep checks look. Each level has the checks of those before it."""

    QUICK = 1
    """The index alone: what the scan read of every header."""
    STANDARD = 2
    """Every file is read once: whole header, digest, references."""
    FULL = 3
    """Every picture is decoded."""

    @property
    def word(self) -> str:
        """Its name on the command line."""
        return self.name.lower()

    @classmethod
    def of(cls, word: str) -> "Level":
        """Return the level of a name; ValueError if there is none."""
        for level in cls:
            if level.word == word:
                return level
        raise ValueError(word)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check found.

    Parameters
    ----------
    message
        What was found, without any value that identifies a patient: numbers, positions and names of attributes may
        stand in it.
    remedy, severity
        In place of those of the check.
    patient_id, study_uid, series_uid, sop_uid
        What it is about, as far as the check knows better than the view that it was given.
    files
        Ids of the files it is about.
    count
        How many files, images or other things are like this.
    evidence
        Plain numbers and words for whoever looks closer, such as the positions of missing slices in mm.
    """

    message: str
    remedy: str = ""
    severity: Severity | None = None
    patient_id: str | None = None
    study_uid: str | None = None
    series_uid: str | None = None
    sop_uid: str = ""
    files: Sequence[int] = ()
    count: int = 1
    evidence: Mapping[str, Any] = field(default_factory=dict)


def about_files(message: str, files: Sequence[int]) -> Iterator[Finding]:
    """Yield one finding about some files, if there are any."""
    if files:
        yield Finding(message, files=files, count=len(files))
