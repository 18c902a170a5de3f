"""What goes into the index of instances, and what is read out of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Known:
    """What the ledger remembers of a file, to tell whether it changed."""

    id: int
    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class ProblemRecord:
    """Something wrong with a file or folder. `usable` says whether the file is indexed all the same."""

    kind: str
    message: str
    sniffed: str = ""
    usable: bool = False


@dataclass(frozen=True, slots=True)
class InstanceRecord:
    """Attributes of one instance by keyword (see `reference/index_attributes.csv`) and TransferSyntaxUID."""

    values: Mapping[str, str]
    held_back: bool = False


@dataclass(frozen=True, slots=True)
class FileRecord:
    """One file, or one member of an archive, as a scan found it. Names are bytes as the file system has them."""

    folder: bytes
    name: bytes
    size: int
    mtime_ns: int
    member: str = ""
    instance: InstanceRecord | None = None
    problems: Sequence[ProblemRecord] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class Totals:
    """Counts over the index: `instances` counts distinct SOP Instance UIDs, `patients` distinct Patient IDs."""

    files: int
    instances: int
    series: int
    studies: int
    patients: int
    problems: int
    bytes: int


@dataclass(frozen=True, slots=True)
class SeriesRow:
    """One series in the index, with the attributes of its first instance; `variants` > 1 means its headers disagree."""

    patient_id: str
    study_uid: str
    series_uid: str
    study_date: str
    study_description: str
    modality: str
    number: str
    description: str
    body_part: str
    manufacturer: str
    instances: int
    bytes: int
    held_back: int
    variants: int
