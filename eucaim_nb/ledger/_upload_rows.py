"""What the journal of transfers is made of: states, items, steps, and counts."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class UploadState(StrEnum):
    """How far an instance has come. Only `VERIFIED` says that the server itself showed to have this content."""

    QUEUED = "queued"
    SENDING = "sending"
    ACKNOWLEDGED = "acknowledged"
    VERIFIED = "verified"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class UploadItem:
    """One instance to send: where its bytes are, what it is called on the server, and what its file was like when
    it was indexed (`size` of the instance in bytes, `mtime_ns` of the file or archive; -1 if the index has no file
    of it any more). `digest` is the MD5 of what was sent, empty until it is known. `taken` says that the node took
    this instance from here before, perhaps with other content; `listed_as` is study/series/instance UIDs under which
    the node lists it, empty for its own."""

    sop_uid: str
    study_uid: str
    series_uid: str
    patient_id: str
    digest: str
    state: UploadState
    attempts: int
    size: int
    mtime_ns: int
    root: bytes
    folder: bytes
    name: bytes
    member: str
    taken: bool = False
    listed_as: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """One step of one instance in the journal.

    `status` is the HTTP status, `attempt` counts one more try. `known` is the size and time of the file whose content
    the node took. What is None is left as it was.
    """

    sop_uid: str
    state: UploadState
    status: int | None = None
    message: str = ""
    attempt: bool = False
    known: tuple[int, int] | None = None
    proof: str | None = None
    warning: str | None = None
    listed_as: str | None = None


@dataclass(frozen=True, slots=True)
class UploadRecord:
    """What became of one instance: `status` is the last HTTP status (None if there was no answer), `changed_at` seconds
    since the epoch. `sha256` is that of the output of this workspace that was sent, empty if something else was."""

    sop_uid: str
    study_uid: str
    series_uid: str
    patient_id: str
    state: UploadState
    size: int
    attempts: int
    status: int | None
    message: str
    changed_at: float
    md5: str
    sha256: str


@dataclass(frozen=True, slots=True)
class UploadCounts:
    """Instances by state, and the bytes of those verified."""

    queued: int = 0
    sending: int = 0
    acknowledged: int = 0
    verified: int = 0
    failed: int = 0
    bytes_verified: int = 0

    @property
    def total(self) -> int:
        """All instances in the journal."""
        return self.queued + self.sending + self.acknowledged + self.verified + self.failed


@dataclass(frozen=True, slots=True)
class SeriesUpload:
    """A series in the journal: what the node calls it, where it gave it another UID, is `listed_as`."""

    patient_id: str
    study_uid: str
    series_uid: str
    listed_as: str
    instances: int
    verified: int


@dataclass(frozen=True, slots=True)
class StudyUpload:
    """How far one study is: numbers of its series and instances, bytes, and instances by where they stand."""

    patient_id: str
    study_uid: str
    series: int
    instances: int
    bytes: int
    verified: int
    under_way: int
    failed: int


def item_of(row: Any) -> UploadItem:
    """Return a row of the journal as an item."""
    return UploadItem(
        sop_uid=row["sop_uid"],
        study_uid=row["study_uid"],
        series_uid=row["series_uid"],
        patient_id=row["patient_id"],
        digest=row["digest"],
        state=UploadState(row["state"]),
        attempts=row["attempts"],
        size=row["size"],
        mtime_ns=-1 if row["mtime_ns"] is None else row["mtime_ns"],
        root=row["root"] or b"",
        folder=row["folder"] or b"",
        name=row["name"] or b"",
        member=row["member"] or "",
        taken=bool(row["taken"]),
        listed_as=row["listed_as"],
    )
