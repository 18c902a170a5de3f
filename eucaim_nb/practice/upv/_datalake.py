"""The files of the node as the dataset service sees them: a tree of folders made from what was uploaded."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from pydicom import dcmread
from pydicom.errors import InvalidDicomError

from .._header import JsonDataset
from .._store import Store
from ._people import PROJECT

Tags = dict[str, str | None]
READ = {
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
    """One series.

    Attributes
    ----------
    name : str
        The series instance UID.
    bytes : int
        The size of its files.
    tags : callable
        Returns what the creation job looks at, from the header of the first file: `None` is absent, an empty text is
        present without value.
    """

    name: str
    bytes: int
    tags: Callable[[], Tags]


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


class DatalakeUnreachable(Exception):
    """The server that holds the files does not answer."""


class Datalake(Protocol):
    """The uploaded files, as folders."""

    def studies(self) -> dict[str, StudyFolder]:
        """Return every study by its path, in order of arrival.

        Raises
        ------
        DatalakeUnreachable
            They cannot be asked for now.
        """


class StoreDatalake:
    """What is in the DICOMweb store.

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
            folder = study_folder(
                found.study, found.attributes, found.modalities, series.get(found.study, {})
            )
            folders[folder.path] = folder
        return folders

    def _series(self) -> dict[str, dict[str, SeriesFolder]]:
        """Return the series by study and name, in one pass over the store."""
        found: dict[str, dict[str, SeriesFolder]] = {}
        for one in self._store.instances():
            of_study = found.setdefault(one.study, {})
            known = of_study.get(one.series) or SeriesFolder(one.series, 0, partial(_tags_of, one.path))
            of_study[one.series] = replace(known, bytes=known.bytes + one.bytes)
        return found


def study_folder(
    uid: str, attributes: JsonDataset, modalities: list[str], series: dict[str, SeriesFolder]
) -> StudyFolder:
    """Return the folder of a study, named after what its first instance says."""
    ident = hashlib.sha256(uid.encode()).hexdigest()[:24]
    subject = _value(attributes, "00100020") or "unknown"
    name = _value(attributes, "00081030") or "-".join(modalities) or "study"
    date = _value(attributes, "00080020")
    path = f"{_safe(subject)}_{PROJECT}/{_safe(name)}{_safe(date)}_{ident[:8]}"
    return StudyFolder(ident, name[:128], subject, path, series)


def _tags_of(path: Path) -> Tags:
    try:
        header = dcmread(path, stop_before_pixels=True, specific_tags=list(READ.values()))
    except (OSError, InvalidDicomError):
        return dict.fromkeys(READ)
    return {name: _text(header.get_item(tag)) for name, tag in READ.items()}


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
