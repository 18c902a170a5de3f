"""What was planted where: found by looking into the datasets that are written, not by a second list."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset

from ._clinical import PATH as CLINICAL_PATH
from ._colour import burned_text
from ._header import Series
from ._people import Person

RETAIN = ("Gleason", "Paget", "Iohexol 300")


@dataclass
class Record:
    """One written series as its files stand, which a planted problem may change."""

    series: Series
    folder: str
    patient_id: str
    description: str
    paths: list[str] = field(default_factory=list)
    instances: int = 0

    @classmethod
    def of(cls, series: Series) -> "Record":
        """Record of a series of which nothing is written yet."""
        return cls(series, series.folder, series.study.person.patient_id, series.description)

    def entry(self) -> dict[str, Any]:
        """The line of this series in the answer key."""
        return {
            "patient_id": self.patient_id,
            "study_uid": self.series.study.uid,
            "series_uid": self.series.uid,
            "folder": self.folder,
            "modality": self.series.modality,
            "description": self.description,
            "instances": self.instances,
        }


class Identity:
    """The identifiers of one person and every place where they were written."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self._where: dict[tuple[str, str], list[str]] = {}
        self._burned: list[dict[str, Any]] = []

    def note(self, kind: str, value: str, place: str) -> None:
        """Note one place that holds an identifier of the person."""
        self._where.setdefault((kind, value), []).append(place)

    def renamed(self, folder: str, patient_id: str) -> None:
        """Note that the images of a series carry another spelling of the patient ID."""
        place = f"{folder} (0010,0020)"
        self._where["patient id", self.person.patient_id].remove(place)
        self.note("patient id", patient_id, place)

    def look_in_row(self, row: dict[str, str]) -> None:
        """Note every cell of the person's row in the clinical table that holds an identifier."""
        person = self.person
        known = [
            *_known(person),
            ("name", f"{person.family}, {person.given}"),
            ("birth date", f"{person.birth:%d/%m/%y}"),
            ("patient id", person.patient_id.lstrip("0")),
        ]
        for column, text in row.items():
            self._note_found(known, text, f"{CLINICAL_PATH} {column}")

    def look(self, record: Record, ds: Dataset, path: str) -> None:
        """Note every place in one dataset of a series that holds an identifier of the person."""
        known = [*_known(self.person), *_known_of_study(record.series, ds)]
        for place, text in _texts(ds):
            self._note_found(known, text, f"{record.folder} {place}")
        lines = burned_text(self.person, record.series.modality)
        if lines:
            box = [{"text": line.text, "box": line.box} for line in lines]
            self._burned.append({"path": path, "lines": box, "declared": str(ds.BurnedInAnnotation)})

    def _note_found(self, known: list[tuple[str, str]], text: str, place: str) -> None:
        found = {(kind, value) for kind, value in known if value in text}
        for kind, value in sorted(found):
            # A family name inside a full name is told once, as the full name.
            if not any(value in other and value != other for _, other in found):
                self.note(kind, value, place)

    def entry(self) -> dict[str, Any]:
        """The line of this person in the answer key."""
        return {
            "patient_id": self.person.patient_id,
            "name": self.person.name,
            "name_in_pixels": self.person.latin,
            "birth_date": self.person.birth_date,
            "sex": self.person.sex,
            "cancer": self.person.cancer,
            "vendor": self.person.vendor,
            "character_set": self.person.charset,
            "identifiers": [
                {"value": value, "kind": kind, "where": where} for (kind, value), where in self._where.items()
            ],
            "burned_in": self._burned,
        }


def _known(person: Person) -> list[tuple[str, str]]:
    return [
        ("name", person.name),
        ("name", person.family),
        ("name", person.given),
        ("name", person.latin),
        ("patient id", person.patient_id),
        ("national id", person.national_id),
        ("birth date", person.birth_date),
        ("birth date", f"{person.birth:%d.%m.%Y}"),
        ("address", f"{person.street}, {person.city}"),
        ("phone", person.phone),
        ("e-mail", person.email),
        ("physician", person.physician),
        ("physician", person.physician.split("^")[0]),
        ("operator", "Novak^T"),
        ("hospital", person.hospital),
        ("city", person.city),
    ]


def _known_of_study(series: Series, ds: Dataset) -> list[tuple[str, str]]:
    return [
        ("accession number", series.study.accession),
        ("device serial number", str(ds.DeviceSerialNumber)),
        ("study date", f"{series.study.on:%Y%m%d}"),
        ("study date", f"{series.study.on:%d/%m/%Y}"),
        ("uid with date and patient id", str(ds.ReferencedStudySequence[0].ReferencedSOPInstanceUID)),
    ]


def _texts(ds: Dataset, place: str = "") -> Iterator[tuple[str, str]]:
    for element in ds:
        here = f"{place}{element.tag}"
        if element.VR == "SQ":
            for number, item in enumerate(element.value):
                yield from _texts(item, f"{here}[{number}].")
        elif element.keyword != "PixelData":
            yield here, _text(element)


def _text(element: DataElement) -> str:
    if isinstance(element.value, bytes):
        return element.value.decode("utf-8", errors="ignore")
    if element.VR == "UI" and element.keyword != "ReferencedSOPInstanceUID":
        return ""
    return str(element.value)
