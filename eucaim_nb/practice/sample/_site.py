"""What was written for the first persons, and the list of problems planted into it."""

from collections.abc import Callable
from typing import Any

from pydicom.dataset import Dataset

from ._answer_key import Identity, Record
from ._export import Export, encode
from ._tables import pick


class Site:
    """The written series of the first persons, and the list of problems planted so far."""

    def __init__(self, export: Export, records: list[Record], identities: list[Identity]) -> None:
        self.export = export
        self.records = records
        self.identities = identities
        self.problems: list[dict[str, Any]] = []

    def series(self, person: int, modality: str, number: int = 1) -> Record:
        """The series of one person with this modality and series number."""
        return next(
            record
            for record in self.records
            if (record.series.study.person.index, record.series.modality, record.series.number)
            == (person, modality, number)
        )

    def note(self, kind: str, path: str, **more: object) -> None:
        """Put a planted problem on the list."""
        fact = pick("problems", kind=kind)[0]
        self.problems.append(
            {
                "path": path,
                "kind": kind,
                "verdict": fact["verdict"],
                "counted": fact["counted"] == "yes",
                "meaning": fact["meaning"],
                **more,
            }
        )

    def change(self, record: Record, edit: Callable[[Dataset], None]) -> None:
        """Rewrite every image of a series."""
        for path in record.paths:
            ds = self.export.load(path)
            edit(ds)
            self.export.replace(path, encode(ds, record.series.scanner["transfer_syntax"]))
            self.export.patient_ids.add(str(ds.PatientID))
