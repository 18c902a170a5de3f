"""The files of the node as the dataset service sees them: a tree of folders made from what was uploaded."""

import hashlib
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydicom import dcmread
from pydicom.errors import InvalidDicomError

from .._header import JsonDataset
from .._store import Store
from ._people import PROJECT

_READ = {
    "age": 0x00101010,
    "sex": 0x00100040,
    "date": 0x00080020,
    "subproject": 0x70D12000,
    "modality": 0x00080060,
    "body_part": 0x00180015,
    "manufacturer": 0x00080070,
}


@dataclass(frozen=True, slots=True)
class SeriesFolder:
    """One series: only its first file is ever read."""

    name: str
    first: Path
    bytes: int

    def tags(self) -> dict[str, str | None]:
        """Return what the creation job looks at; `None` is absent, an empty text is present without value."""
        try:
            header = dcmread(self.first, stop_before_pixels=True, specific_tags=list(_READ.values()))
        except (OSError, InvalidDicomError):
            return dict.fromkeys(_READ)
        return {name: _text(header.get_item(tag)) for name, tag in _READ.items()}


@dataclass(frozen=True, slots=True)
class StudyFolder:
    """One study, by its path below the datalake."""

    study_id: str
    name: str
    subject: str
    path: str
    series: dict[str, SeriesFolder]

    def index(self) -> dict[str, Any]:
        """Return the study as it is named when a dataset is made."""
        return {
            "studyId": self.study_id,
            "studyName": self.name,
            "subjectName": self.subject,
            "pathInDatalake": self.path,
            "series": [{"folderName": name, "tags": []} for name in self.series],
            "url": "",
        }


class Datalake:
    """What is in the DICOMweb store, as folders.

    Parameters
    ----------
    store : Store
        What was uploaded.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def studies(self) -> dict[str, StudyFolder]:
        """Return every study by its path, in order of arrival."""
        series = self._series()
        folders = {}
        for found in self._store.search("study"):
            uid = hashlib.sha256(found.study.encode()).hexdigest()[:24]
            subject = _value(found.attributes, "00100020") or "unknown"
            name = _value(found.attributes, "00081030") or "-".join(found.modalities) or "study"
            date = _value(found.attributes, "00080020")
            path = f"{_safe(subject)}_{PROJECT}/{_safe(name)}{_safe(date)}_{uid[:8]}"
            folders[path] = StudyFolder(uid, name[:128], subject, path, series.get(found.study, {}))
        return folders

    def _series(self) -> dict[str, dict[str, SeriesFolder]]:
        """Return the series by study and name, in one pass over the store."""
        found: dict[str, dict[str, SeriesFolder]] = {}
        for one in self._store.instances():
            of_study = found.setdefault(one.study, {})
            known = of_study.get(one.series) or SeriesFolder(one.series, one.path, 0)
            of_study[one.series] = replace(known, bytes=known.bytes + one.bytes)
        return found


def _value(attributes: JsonDataset, tag: str) -> str:
    values = attributes.get(tag, {}).get("Value") or [""]
    return str(values[0])


def _safe(text: str) -> str:
    return re.sub(r"[^\w.-]", "_", text, flags=re.ASCII)[:64]


def _text(element: Any) -> str | None:
    if element is None:
        return None
    raw = element.value  # as it is in the file, not as pydicom understands it
    text = raw.decode("latin-1") if isinstance(raw, bytes) else str(raw or "")
    return text.strip(" \0")
