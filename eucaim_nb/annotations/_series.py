"""The images a mask is drawn on: the planes of one series, in order along their normal."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom import dcmread

from eucaim_nb.dicom import Place
from eucaim_nb.errors import MaskError
from eucaim_nb.workspace import Workspace

_SAME_PLACE_MM = 1e-2
_NO_IMAGES = frozenset(
    ("SEG", "RTSTRUCT", "RTPLAN", "RTDOSE", "RTRECORD", "REG", "FID", "SR", "KO", "PR", "DOC", "SM", "ECG", "HD")
)
_GEOMETRY = ["SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence", "NumberOfFrames"]


@dataclass(frozen=True, slots=True)
class Plane:
    """One image, or one frame of an image of many.

    `position` is the centre of its first pixel in millimetres, LPS; `number` counts frames from 0.
    """

    position: NDArray[np.float64]
    sop_uid: str
    sop_class: str
    place: Place
    number: int = 0


@dataclass(frozen=True)
class Images:
    """The planes of a series on which masks can be drawn.

    Attributes
    ----------
    rows, columns
        Size of every plane.
    axes : array of shape (3, 2)
        One step to the next column and to the next row, in millimetres, LPS.
    planes
        By position along the normal, each place once.
    in_space
        Whether the images say where in the patient they lie; radiographs do not.
    source_id
        Which source of the index they are from.
    remarks
        What was decided about them, in words.
    """

    patient_id: str
    study_uid: str
    series_uid: str
    frame_of_reference: str
    modality: str
    description: str
    number: str
    rows: int
    columns: int
    axes: NDArray[np.float64]
    planes: tuple[Plane, ...]
    in_space: bool
    many_frames: bool
    source_id: int
    remarks: tuple[str, ...] = ()

    @cached_property
    def normal(self) -> NDArray[np.float64]:
        """Unit vector from one plane to the next."""
        across = np.cross(self.axes[:, 0], self.axes[:, 1])
        return np.asarray(across / np.linalg.norm(across))

    @cached_property
    def positions(self) -> NDArray[np.float64]:
        """Positions of the planes, of shape (planes, 3)."""
        return np.array([plane.position for plane in self.planes])

    @cached_property
    def spacing(self) -> float:
        """Usual distance of neighbouring planes in millimetres; the pixel spacing for a single plane."""
        gaps = np.diff(self.positions @ self.normal)
        return float(np.median(gaps)) if len(gaps) else float(np.linalg.norm(self.axes[:, 1]))

    @property
    def voxel_ml(self) -> float:
        """Volume of a voxel in millilitres."""
        return float(np.prod(np.linalg.norm(self.axes, axis=0))) * self.spacing / 1000


@dataclass(frozen=True, slots=True)
class _Row:
    """What decides where a plane lies."""

    plane: Plane
    shape: tuple[int, int]
    axes: NDArray[np.float64]
    in_space: bool


def image_series(workspace: Workspace) -> list[Mapping[str, str]]:
    """Return patient, study, series, modality, number and description of every series that holds images.

    Only originals: what this workspace de-identified is made of them and lies where they do.
    """
    left_out = {one.series_uid for one in workspace.ledger.exclusions.all() if not one.sop_uid}
    return [
        {
            "patient_id": one.patient_id,
            "study_uid": one.study_uid,
            "series_uid": one.series_uid,
            "modality": one.modality,
            "number": one.number,
            "description": one.description,
        }
        for one in workspace.ledger.index.series(workspace.originals())
        if one.modality not in _NO_IMAGES and one.series_uid not in left_out
    ]


def images_of(workspace: Workspace, series_uid: str) -> Images:
    """Return the images of a series, from the index where it knows enough.

    Raises
    ------
    MaskError
        The series holds no images, or they do not say how they lie.
    """
    originals = workspace.originals()
    rows = [row for row in workspace.ledger.index.instances(series_uid, originals) if not row["held_back"]]
    if not rows:
        raise MaskError("No image of this series is indexed. Scan its folder first.")
    first = rows[0]
    found = list(_rows(workspace, rows))
    if not found:
        raise MaskError("The images of this series do not say how they lie in space, so no mask can be placed on them.")
    kept, remarks = _of_one_stack(found)
    roots = {root: number for number, root, _ in workspace.ledger.index.sources()}
    return Images(
        patient_id=first["PatientID"] or "",
        study_uid=first["StudyInstanceUID"],
        series_uid=series_uid,
        frame_of_reference=first["FrameOfReferenceUID"] or "",
        modality=first["Modality"] or "",
        description=first["SeriesDescription"] or "",
        number=first["SeriesNumber"] or "",
        rows=kept[0].shape[0],
        columns=kept[0].shape[1],
        axes=kept[0].axes,
        planes=tuple(one.plane for one in kept),
        in_space=kept[0].in_space,
        many_frames=any(one.plane.number for one in found),
        source_id=roots[first["root"]],
        remarks=remarks,
    )


def _rows(workspace: Workspace, rows: Sequence[Mapping[str, Any]]) -> Iterator[_Row]:
    seen: set[str] = set()
    for row in rows:
        if row["SOPInstanceUID"] in seen or not (row["Rows"] and row["Columns"]):
            continue
        seen.add(row["SOPInstanceUID"])
        place = Place.of(workspace.folder, row["root"], row["folder"], row["name"], row["member"])
        if int(row["NumberOfFrames"] or 1) > 1 and not row["ImagePositionPatient"]:
            yield from _frames(place, row)
        else:
            position, axes = _numbers(row["ImagePositionPatient"], 3), _axes(row)
            plane = Plane(np.array(position or (0, 0, 0)), row["SOPInstanceUID"], row["SOPClassUID"], place)
            in_space = position is not None and row["ImageOrientationPatient"] is not None
            if in_space or len(rows) == 1:
                yield _Row(plane, (int(row["Rows"]), int(row["Columns"])), axes, in_space)


def _frames(place: Place, row: Mapping[str, Any]) -> Iterator[_Row]:
    """Yield the frames of an enhanced image, whose functional groups say where they lie (PS3.3 C.7.6.16)."""
    try:
        with place.open() as file:
            header = dcmread(file, stop_before_pixels=True, specific_tags=_GEOMETRY)
    except Exception as error:
        raise MaskError("A file of this series cannot be read any more. Scan again.") from error
    shared = (header.get("SharedFunctionalGroupsSequence") or [None])[0]

    def value(frame: Any, group: str, keyword: str) -> list[float] | None:
        for groups in (frame, shared):
            item = (groups.get(group) or [None])[0] if groups is not None else None
            if item is not None and item.get(keyword) is not None:
                return [float(one) for one in item.get(keyword)]
        return None

    for number, frame in enumerate(header.get("PerFrameFunctionalGroupsSequence") or ()):
        position = value(frame, "PlanePositionSequence", "ImagePositionPatient")
        cosines = value(frame, "PlaneOrientationSequence", "ImageOrientationPatient")
        spacing = value(frame, "PixelMeasuresSequence", "PixelSpacing")
        if position and cosines and spacing:
            plane = Plane(np.array(position), row["SOPInstanceUID"], row["SOPClassUID"], place, number)
            yield _Row(plane, (int(row["Rows"]), int(row["Columns"])), _steps(cosines, spacing), True)


def _of_one_stack(found: Sequence[_Row]) -> tuple[list[_Row], tuple[str, ...]]:
    """Return the planes of the largest stack that lie at different places, in order, and what was passed over."""
    remarks = []

    def kind(row: _Row) -> tuple[Any, ...]:
        return row.shape, tuple(np.round(row.axes, 3).ravel() + 0.0)

    stacks = [list(rows) for _, rows in groupby(sorted(found, key=kind), kind)]
    stack = max(stacks, key=len)
    if len(stacks) > 1:
        remarks.append(f"Images of another size or orientation are passed over: {len(found) - len(stack):,}.")
    normal = np.cross(stack[0].axes[:, 0], stack[0].axes[:, 1])
    normal /= np.linalg.norm(normal)
    kept: list[_Row] = []
    for row in sorted(stack, key=lambda one: float(one.plane.position @ normal)):
        if not kept or np.linalg.norm(row.plane.position - kept[-1].plane.position) > _SAME_PLACE_MM:
            kept.append(row)
    if len(kept) < len(stack):
        remarks.append(
            f"{len(stack) - len(kept):,} images lie where others do (phases, echoes or b-values): the segmentation "
            "refers to the first at each place."
        )
    return kept, tuple(remarks)


def _axes(row: Mapping[str, Any]) -> NDArray[np.float64]:
    cosines = _numbers(row["ImageOrientationPatient"], 6) or (1, 0, 0, 0, 1, 0)
    spacing = _numbers(row["PixelSpacing"], 2) or _numbers(row["ImagerPixelSpacing"], 2) or (1, 1)
    return _steps(cosines, spacing)


def _steps(cosines: Iterable[float], spacing: Sequence[float]) -> NDArray[np.float64]:
    along_row, along_column = np.array(list(cosines), dtype=float).reshape(2, 3)
    return np.column_stack([along_row * spacing[1], along_column * spacing[0]])


def _numbers(text: str | None, count: int) -> list[float] | None:
    try:
        found = [float(one) for one in (text or "").split("\\")]
    except ValueError:
        return None
    return found if len(found) == count and np.isfinite(found).all() else None
