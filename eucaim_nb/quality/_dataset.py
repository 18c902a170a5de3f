"""The whole dataset as its checks see it, and files in which there is no instance."""

import csv
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from eucaim_nb.clinical_files import TABLES, exported_files
from eucaim_nb.errors import WorkspaceError
from eucaim_nb.ledger import ProblemRecord

from ._context import Context
from ._facts import Patient, SeriesFacts, Study

_LONGEST_ROW = 1_000_000


@dataclass(frozen=True, slots=True)
class LooseFile:
    """A file, or folder, in which the scan found no instance; `series` are those of the instances beside it."""

    context: Context
    file_id: int | None
    name: bytes
    member: str
    size: int
    problem: ProblemRecord
    series: Sequence[tuple[str, str]]

    @property
    def claims_dicom(self) -> bool:
        """Whether its name is one that images have: `.dcm`, or no suffix at all."""
        return os.path.splitext(self.name.lower())[1] in (b"", b".dcm", b".ima", b".dicom")


@dataclass(frozen=True)
class ClinicalTable:
    """A table of clinical data that is ready to be sent."""

    name: str
    subjects: frozenset[str]


@dataclass(frozen=True)
class Dataset:
    """Everything that is checked together."""

    context: Context
    series: Sequence[SeriesFacts]
    studies: Sequence[Study]
    patients: Sequence[Patient]

    def same_uid(self) -> Iterator[list[dict[str, Any]]]:
        """Yield the files that share a SOP Instance UID."""
        return self.context.ledger.checkable.same_uid(self.context.sources)

    def same(self, what: str) -> Iterator[list[dict[str, Any]]]:
        """Yield the files that agree in `sha256`, `pixels` or `likeness`, as far as they were looked at."""
        return self.context.ledger.checkable.same(what, self.context.sources)

    def is_in(self, patient_id: str, table: ClinicalTable) -> bool:
        """Tell whether a table has a patient, under this ID, its pseudonym, or the ID that it is the pseudonym of."""
        return not table.subjects.isdisjoint((patient_id, *self._other_ids.get(patient_id, ())))

    @cached_property
    def _other_ids(self) -> dict[str, list[str]]:
        others: dict[str, list[str]] = {}
        for old, new in self.context.ledger.deidentified.crosswalk("patient"):
            others.setdefault(old, []).append(new)
            others.setdefault(new, []).append(old)
        return others

    @cached_property
    def clinical(self) -> list[ClinicalTable]:
        """The clinical tables of the workspace."""
        return list(_clinical_tables(self.context))


def _clinical_tables(context: Context) -> Iterator[ClinicalTable]:
    try:
        files = [one for one in exported_files(context.folder) if one.kind in TABLES]
    except WorkspaceError:
        return  # the clinical page says that the list is damaged
    csv.field_size_limit(_LONGEST_ROW)
    for one in files:
        path = context.folder / "clinical" / one.file
        try:
            with path.open(encoding="utf-8-sig", newline="") as file:
                rows = csv.reader(file)
                next(rows, None)
                subjects = frozenset(row[0].strip() for row in rows if row and row[0].strip())
        except (OSError, UnicodeDecodeError, csv.Error):
            continue  # changed since it was written: it is written anew before it is sent
        yield ClinicalTable(path.name, subjects)
