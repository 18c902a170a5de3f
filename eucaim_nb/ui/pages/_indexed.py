"""What the pages read from the index: its sources, and its series by patient and study."""

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from eucaim_nb.errors import EucaimError
from eucaim_nb.ledger import SeriesRow
from eucaim_nb.workspace import Workspace

if TYPE_CHECKING:
    from eucaim_nb.dicom import Place


@dataclass(frozen=True, slots=True)
class Source:
    """A folder in the index; `scanned_at` is ISO 8601 (UTC), None if no scan came to its end."""

    id: int
    folder: Path
    scanned_at: str | None


@dataclass(frozen=True, slots=True)
class Study:
    """The series of one study."""

    uid: str
    series: Sequence[SeriesRow]


@dataclass(frozen=True, slots=True)
class Patient:
    """The studies of one Patient ID, which may be empty."""

    id: str
    studies: Sequence[Study]

    @property
    def series(self) -> list[SeriesRow]:
        """Every series of the patient."""
        return [one for study in self.studies for one in study.series]


def sources(workspace: Workspace) -> list[Source]:
    """Return the folders in the index."""
    return [
        Source(number, (workspace.folder / os.fsdecode(root)).resolve(), scanned_at)
        for number, root, scanned_at in workspace.ledger.index.sources()
    ]


def originals(workspace: Workspace) -> list[Source]:
    """Return the folders that were scanned, without what this workspace wrote itself."""
    ours = workspace.deidentified.resolve()
    return [source for source in sources(workspace) if not source.folder.is_relative_to(ours)]


def patients(rows: Iterable[SeriesRow]) -> list[Patient]:
    """Group series, which come in the order of patients and studies."""
    return [
        Patient(
            patient,
            [Study(uid, list(of_study)) for uid, of_study in groupby(of_patient, lambda row: row.study_uid)],
        )
        for patient, of_patient in groupby(rows, lambda row: row.patient_id)
    ]


def opened(workspace: Workspace, row: Mapping[str, Any]) -> IO[bytes]:
    """Open the bytes of an instance.

    Raises
    ------
    EucaimError
        They are no longer as they were when they were indexed.
    """
    try:
        return place(workspace, row).open()
    except Exception as error:
        raise EucaimError(
            "The file of this instance is gone, or changed since the scan. Scan the folder again."
        ) from error


def place(workspace: Workspace, row: Mapping[str, Any]) -> "Place":
    """Return where the bytes of an instance are."""
    from eucaim_nb.dicom import Place

    return Place.of(workspace.folder, row["root"], row["folder"], row["name"], row["member"])


def file_name(row: Mapping[str, Any]) -> str:
    """Return the file of an instance, and the member of an archive, relative to its source."""
    return where(row["folder"], row["name"], row["member"])


def where(folder: bytes, name: bytes, member: str) -> str:
    """Return a place in the index as a person reads it, relative to its source."""
    from eucaim_nb.dicom import shown

    path = os.fsdecode(os.path.join(folder, name)) if name else os.fsdecode(folder)
    return " > ".join(shown(part) for part in [path or ".", *(json.loads(member) if member else [])])
