"""The whole dataset as its checks see it, and files in which there is no instance."""

import csv
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from eucaim_nb.ledger import ProblemRecord

from ._context import Context
from ._facts import Patient, SeriesFacts, Study

_OF_IMAGES = frozenset(("relative_days.csv",))
"""Tables in clinical/ that were made from the images."""
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
    """A table in the workspace's `clinical/` whose first column is PatientID."""

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
    folder = context.folder / "clinical"
    if not folder.is_dir():
        return
    csv.field_size_limit(_LONGEST_ROW)
    for path in sorted(folder.glob("*.csv")):
        if path.name in _OF_IMAGES:
            continue
        try:
            with path.open(encoding="utf-8-sig", newline="") as file:
                rows = csv.reader(file)
                head = next(rows, [])
                if not head or head[0].strip().lower() != "patientid":
                    continue
                yield ClinicalTable(
                    path.name, frozenset(row[0].strip() for row in rows if row and row[0].strip())
                )
        except (OSError, UnicodeDecodeError, csv.Error):
            # Not a table that this program wrote: the clinical page says what is wrong with a table.
            continue
