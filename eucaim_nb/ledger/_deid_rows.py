"""The rows of what became of each original in the de-identification."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class DeidState(StrEnum):
    """What became of an original."""

    WRITTEN = "written"
    QUARANTINED = "quarantined"
    """It was set aside: nothing of it may be passed on."""
    DROPPED = "dropped"
    """The profile leaves such instances out."""
    SKIPPED = "skipped"
    """There was nothing to do, or nothing that could be done now: see the kind."""
    ALREADY = "already"
    """It is an output of this program."""


@dataclass(frozen=True, slots=True)
class DeidRow:
    """What became of one original; see schema 4 for the columns. `file_id` is None once it is no longer indexed."""

    file_id: int | None
    recipe: str
    state: DeidState
    kind: str = ""
    severity: str = ""
    reason: str = ""
    source_size: int = 0
    source_mtime_ns: int = 0
    source_sha256: str = ""
    baseline: str = ""
    output: str = ""
    size: int = 0
    mtime_ns: int = 0
    sha256: str = ""
    patient: str = ""
    study_uid: str = ""
    series_uid: str = ""
    sop_uid: str = ""
    days: int | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    blanked: Sequence[tuple[int, ...]] = ()
    """Rectangles of the picture that were made black in all frames: top, left, bottom, right."""
    changed_at: float = 0.0
    verified_at: float | None = None
    id: int = 0


@dataclass(frozen=True, slots=True)
class DeidFinding:
    """Something about one original or its output that a person should know; where the original is, if it is indexed."""

    file_id: int | None
    kind: str
    severity: str
    message: str
    tag: str = ""
    output: str = ""
    place: tuple[bytes, bytes, bytes, str] | None = None
    """Root, folder, name and member."""


@dataclass(frozen=True, slots=True)
class DeidCounts:
    """Originals by what became of them, and outputs that were verified."""

    written: int = 0
    quarantined: int = 0
    dropped: int = 0
    skipped: int = 0
    already: int = 0
    verified: int = 0
