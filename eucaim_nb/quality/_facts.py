"""What is kept of each series for the checks across series: small, plain, and enough to compare."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import blake2b
from itertools import groupby
from typing import Any

import numpy as np

from ._context import Context
from ._series import Series

_KEYWORDS = (
    "PatientID", "PatientSex", "PatientAge", "PatientBirthDate", "StudyDate", "SeriesDate", "AcquisitionDate",
    "Modality", "BodyPartExamined", "Manufacturer", "FrameOfReferenceUID", "SOPClassUID", "ImageType",
    "StudyDescription", "ProtocolName", "AccessionNumber",
)  # fmt: skip
_MOST_VALUES = 8


@dataclass(frozen=True, slots=True)
class SeriesFacts:
    """One series among the others.

    Attributes
    ----------
    values
        By keyword, the distinct values in the series, the most frequent first; '' where it is missing.
    extra
        The same for attributes that only whole headers have; only at the level standard.
    plane
        'axial', 'coronal', 'sagittal', 'oblique' or '' without positions.
    spacing
        Of pixels (rows, columns) and of slices, in mm; 0 where unknown.
    geometry
        Digest of its positions and orientation; '' without.
    """

    study_uid: str
    series_uid: str
    number: str
    description: str
    values: Mapping[str, Sequence[str]]
    extra: Mapping[str, Sequence[str]]
    files: int
    images: int
    held_back: int
    bytes: int
    newest_mtime_ns: int
    largest: int
    frames: int
    matrix: tuple[int, int]
    spacing: tuple[float, float, float]
    plane: str
    positions: int
    volumes: int
    geometry: str
    localiser: bool
    annotation: bool
    pictures: bool
    with_suffix: int
    first_file: int

    def all(self, keyword: str) -> Sequence[str]:
        """Return the distinct values of an attribute, without a missing one."""
        return [value for value in self.values.get(keyword, self.extra.get(keyword, ())) if value]

    def one(self, keyword: str) -> str:
        """Return the usual value of an attribute; '' if there is none."""
        found = self.all(keyword)
        return found[0] if found else ""

    @property
    def patient_id(self) -> str:
        """The usual Patient ID."""
        return self.one("PatientID")

    @property
    def modality(self) -> str:
        """The usual modality."""
        return self.one("Modality")

    def plain(self) -> dict[str, Any]:
        """Return it as plain values."""
        return asdict(self)


def facts_of(series: Series) -> SeriesFacts:
    """Return what is kept of a series."""
    stack = series.stacks[0] if series.stacks else None
    parts = series.volumes[0].parts if series.volumes else ()
    down, across = _pair(series.value("PixelSpacing"))
    return SeriesFacts(
        study_uid=series.study_uid,
        series_uid=series.series_uid,
        number=series.value("SeriesNumber"),
        description=series.value("SeriesDescription"),
        values={keyword: _distinct(series.counted(keyword)) for keyword in _KEYWORDS},
        extra={
            keyword: _distinct(series.extra(keyword))
            for keyword in sorted({key for look in series.looks.values() for key in look.facts["extra"]})
        },
        files=len(series.files),
        images=len(series.images),
        held_back=sum(bool(row["held_back"]) for row in series.files),
        bytes=sum(row["size"] for row in series.files),
        newest_mtime_ns=max(row["mtime_ns"] for row in series.files),
        largest=max(row["size"] for row in series.files),
        frames=sum(series.frames),
        matrix=(_whole(series.value("Rows")), _whole(series.value("Columns"))),
        spacing=(down, across, round(parts[0].levels.spacing, 3) if parts else 0.0),
        plane=_plane(stack.normal) if stack else "",
        positions=len(parts[0].levels.at) if parts else 0,
        volumes=len(parts),
        geometry=_geometry(stack.normal, parts[0].levels.at, parts[0].points) if stack and parts else "",
        localiser=bool(series.is_localiser.all()) if series.images else False,
        annotation=series.is_annotation,
        pictures=series.has_pictures,
        with_suffix=sum(row["name"].lower().endswith(b".dcm") for row in series.files if not row["member"]),
        first_file=series.files[0]["file_id"],
    )


def facts_from(kept: Mapping[str, Any]) -> SeriesFacts:
    """Return facts as they were before they were kept."""
    return SeriesFacts(**{**kept, "matrix": tuple(kept["matrix"]), "spacing": tuple(kept["spacing"])})


@dataclass(frozen=True, slots=True)
class Study:
    """The series of one Study Instance UID."""

    context: Context
    uid: str
    series: Sequence[SeriesFacts]


@dataclass(frozen=True, slots=True)
class Patient:
    """The studies of one Patient ID, which may be empty."""

    context: Context
    id: str
    studies: Sequence[Study]

    @property
    def series(self) -> list[SeriesFacts]:
        """Every series of the patient."""
        return [one for study in self.studies for one in study.series]


def studies_of(context: Context, facts: Sequence[SeriesFacts]) -> list[Study]:
    """Group series by study."""
    ordered = sorted(facts, key=lambda one: (one.study_uid, one.series_uid))
    return [Study(context, uid, list(series)) for uid, series in groupby(ordered, lambda one: one.study_uid)]


def patients_of(context: Context, studies: Sequence[Study]) -> list[Patient]:
    """Group studies by patient; a study that has several stands with the first."""
    by_patient: dict[str, list[Study]] = {}
    for study in studies:
        by_patient.setdefault(study.series[0].patient_id, []).append(study)
    return [Patient(context, patient, by_patient[patient]) for patient in sorted(by_patient)]


def _distinct(found: Mapping[str, int]) -> list[str]:
    return [value for value, _ in sorted(found.items(), key=lambda one: (-one[1], one[0]))[:_MOST_VALUES]]


def _pair(text: str) -> tuple[float, float]:
    try:
        down, across = (round(float(part), 4) for part in text.split("\\"))
    except ValueError:
        return 0.0, 0.0
    return down, across


def _whole(text: str) -> int:
    return int(text) if text.isdigit() else 0


def _plane(normal: Any) -> str:
    nearest = int(np.argmax(np.abs(normal)))
    if abs(normal[nearest]) < np.cos(np.radians(15)):
        return "oblique"
    return ("sagittal", "coronal", "axial")[nearest]


def _geometry(normal: Any, at: Any, points: Any) -> str:
    numbers = np.concatenate([np.round(normal, 3), np.round(at, 1), np.round(points.mean(axis=0), 0)]) + 0.0
    return blake2b(numbers.tobytes(), digest_size=8).hexdigest()


def each_pair(facts: Sequence[SeriesFacts], keyword: str) -> Iterator[tuple[str, SeriesFacts]]:
    """Yield each value of an attribute with the series that has it."""
    for one in facts:
        for value in one.all(keyword):
            yield value, one
