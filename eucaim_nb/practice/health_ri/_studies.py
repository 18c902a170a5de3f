"""Received DICOM files, sorted into studies and series, with the labels that the node gives them."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from .._header import Header, JsonDataset, NotAnInstance, keys_of, read_attributes, read_header
from ._answers import Refused
from ._archive import Archive
from ._files import receive
from ._labels import cleaned, routing
from ._records import StoredFile

_COMMENTS = keys_of(["PatientComments", "StudyComments", "AdditionalPatientHistory"])
_DATATYPE = {"PT": "pet", "MR": "mr", "CT": "ct", "MG": "mg", "US": "us"}  # the first one names the session


@dataclass(slots=True)
class Series:
    """The files of one series, by the name they get."""

    uid: str
    number: str
    modality: str
    description: str
    files: dict[str, StoredFile] = field(default_factory=dict)

    @property
    def xsi_type(self) -> str:
        """The data type of the scan."""
        return f"xnat:{_DATATYPE.get(self.modality, 'otherDicom')}ScanData"


@dataclass(slots=True)
class Study:
    """The series of one study, and what its first file says about where it belongs."""

    uid: str
    date: str
    time: str
    projects: list[str]  # candidates, best first
    subject: str
    session: str
    series: dict[str, Series] = field(default_factory=dict)

    @property
    def modality(self) -> str:
        """The modality that decides the type of the session."""
        present = [one.modality for one in self.series.values()]
        return next((one for one in _DATATYPE if one in present), present[0] if present else "OT")

    @property
    def xsi_type(self) -> str:
        """The data type of the session."""
        return f"xnat:{_DATATYPE.get(self.modality, 'otherDicom')}SessionData"

    def scans(self) -> Iterator[tuple[str, Series]]:
        """Yield every series with its scan ID: the series number, made unique."""
        taken: set[str] = set()
        for one in self.series.values():
            scan = base = cleaned(one.number or one.uid)
            count = 0
            while scan in taken:
                count += 1
                scan = f"{base}-{(one.modality or 'OT')[:2].upper()}{count}"
            taken.add(scan)
            yield scan, one


class Received:
    """The studies of one request.

    Parameters
    ----------
    archive : Archive
        Keeps the bytes.
    skip : bool
        Leave out what is no DICOM instance, instead of refusing it.
    """

    def __init__(self, archive: Archive, *, skip: bool) -> None:
        self._archive = archive
        self._skip = skip
        self._order: list[tuple[Series, str]] = []
        self.studies: dict[str, Study] = {}

    @property
    def blobs(self) -> list[str]:
        """The bytes that were taken in."""
        return [series.files[name].blob for series, name in self._order]

    def take(self, chunks: Iterable[bytes]) -> None:
        """Take in one file.

        Raises
        ------
        Refused
            400: it is no DICOM instance; what came before stays.
        """
        stored = receive(self._archive, chunks, "")
        path = self._archive.open_path(stored.blob)
        try:
            header = read_header(path)
        except NotAnInstance as error:
            self._archive.discard([stored.blob])
            if self._skip:
                return
            raise Refused(400, "Unable to read a file as DICOM; files before it were kept") from error
        study = self.studies.get(header.study)
        if study is None:
            study = _study(header, read_attributes(path, _COMMENTS))
            self.studies[header.study] = study
        series = study.series.get(header.series)
        if series is None:
            series = _series(header)
            study.series[header.series] = series
        name = _file_name(header)
        if name in series.files:
            self._archive.discard([stored.blob])
            return
        series.files[name] = StoredFile(
            name, stored.blob, stored.md5, stored.bytes, "application/dicom", "DICOM"
        )
        self._order.append((series, name))

    def lose(self, count: int | None = None) -> None:
        """Forget the last files, or all, as a node does that says nothing about it."""
        lost = self._order if count is None else self._order[-count:]
        self._archive.discard([series.files.pop(name).blob for series, name in lost])
        self._order = self._order[: len(self._order) - len(lost)]


def _study(header: Header, comments: JsonDataset) -> Study:
    said: dict[str, str] = {}
    for tag in _COMMENTS:
        said = routing(_value(comments, tag)) | said

    def value(keyword: str) -> str:
        return _value(header.attributes, keys_of([keyword])[0])

    return Study(
        uid=header.study,
        date=value("StudyDate"),
        time=value("StudyTime"),
        projects=[
            one for one in (said.get("project"), value("StudyDescription"), value("AccessionNumber")) if one
        ],
        subject=said.get("subject") or value("PatientName"),
        session=said.get("session") or value("PatientID"),
    )


def _series(header: Header) -> Series:
    number, modality, description = (
        _value(header.attributes, tag) for tag in keys_of(["SeriesNumber", "Modality", "SeriesDescription"])
    )
    return Series(header.series, number, modality, description)


def _file_name(header: Header) -> str:
    """Return a name of the node's own: clients find a file again by its digest, not by the name they sent."""
    number = _value(header.attributes, keys_of(["InstanceNumber"])[0])
    series = _value(header.attributes, keys_of(["SeriesNumber"])[0])
    digest = hashlib.sha1(f"{header.sop_class}{header.sop}".encode(), usedforsecurity=False).hexdigest()
    return f"{header.study}-{cleaned(series) or 0}-{cleaned(number) or 0}-{digest[:8]}.dcm"


def _value(attributes: JsonDataset, tag: str) -> str:
    values: Any = attributes.get(tag, {}).get("Value") or [""]
    first = values[0]
    return str((first.get("Alphabetic", "") if isinstance(first, dict) else first) or "").strip()
