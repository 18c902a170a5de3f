"""Contours of an RT Structure Set as labels on the pixels of the images (PS3.3 C.8.8.6).

Contours of a structure that lie within each other make holes (XOR), whether each is closed or both are joined by a
keyhole. A pixel belongs to a structure if its centre lies inside or on the line: so contours drawn along pixel borders
and contours drawn through the outermost pixels both give the pixels that were meant.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from eucaim_nb.errors import MaskError

from ._mask import Meaning, Segment
from ._series import Images

_CLOSED = ("CLOSED_PLANAR", "CLOSEDPLANAR_XOR", "CLOSED_PLANAR_XOR")
_ON_LINE = 0.01
"""Of a pixel: how near a contour a pixel centre counts as on it."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """Contours on pixels: labels of shape (layers, planes, rows, columns), segments, and what was left out in words."""

    labels: NDArray[np.unsignedinteger]
    segments: tuple[Segment, ...]
    remarks: tuple[str, ...]


def draw(structures: Dataset, images: Images) -> Drawn:
    """Fill the contours of a structure set.

    Raises
    ------
    MaskError
        No contour lies on the images.
    """
    methods = {int(one.ROINumber): one for one in structures.get("StructureSetROISequence") or ()}
    shape = (len(images.planes), images.rows, images.columns)
    layers: list[NDArray[np.uint16]] = []
    segments: list[Segment] = []
    skipped = off = empty = 0
    for roi in structures.get("ROIContourSequence") or ():
        filled = np.zeros(shape, dtype=bool)
        by_plane: dict[int, list[NDArray[np.float64]]] = {}
        for contour in roi.get("ContourSequence") or ():
            points = _points(contour)
            if points is None:
                skipped += 1
            elif (plane := _plane_of(points, images)) is None:
                off += 1
            else:
                by_plane.setdefault(plane, []).append(_pixels(points, images, plane))
        for plane, contours in by_plane.items():
            filled[plane] = _filled(contours, images.rows, images.columns)
        if not filled.any():
            empty += 1
            continue
        value = len(segments) + 1
        number = int(roi.get("ReferencedROINumber") or 0)
        layer = _free(layers, filled)
        layers[layer][filled] = value
        segments.append(Segment(layer, value, _meaning(methods.get(number), roi)))
    remarks = tuple(
        f"{count:,} {words}"
        for count, words in (
            (off, "contours lie off the planes of the images and are left out."),
            (skipped, "points and open lines are no areas and are left out."),
            (empty, "structures have no contour on the images and are left out."),
        )
        if count
    )
    if not segments:
        raise MaskError(" ".join(["No contour lies on the images of this series.", *remarks]))
    return Drawn(np.stack(layers), tuple(segments), remarks)


def _free(layers: list[NDArray[np.uint16]], filled: NDArray[np.bool_]) -> int:
    """Return the first layer in which nothing overlaps, a new one if there is none."""
    for number, layer in enumerate(layers):
        if not layer[filled].any():
            return number
    layers.append(np.zeros(filled.shape, dtype=np.uint16))
    return len(layers) - 1


def _meaning(described: Dataset | None, roi: Dataset) -> Meaning:
    colour = [int(one) for one in roi.get("ROIDisplayColor") or ()]
    red, green, blue = colour if len(colour) == 3 else (0, 0, 0)
    method = str(described.get("ROIGenerationAlgorithm") or "") if described is not None else ""
    return Meaning(
        label=str(described.get("ROIName") or "ROI") if described is not None else "ROI",
        method=method if method in ("MANUAL", "SEMIAUTOMATIC", "AUTOMATIC") else "",
        colour=(red, green, blue) if len(colour) == 3 else None,
    )


def _points(contour: Dataset) -> NDArray[np.float64] | None:
    """Return the points of a closed contour; None if it encloses no area."""
    if str(contour.get("ContourGeometricType") or "") not in _CLOSED:
        return None
    numbers = np.array([float(one) for one in contour.get("ContourData") or ()])
    return numbers.reshape(-1, 3) if len(numbers) >= 9 and not len(numbers) % 3 else None


def _plane_of(points: NDArray[np.float64], images: Images) -> int | None:
    """Return the plane a contour lies in; None if it lies between planes, or crosses them."""
    depths = points @ images.normal
    gaps = np.abs(images.positions @ images.normal - depths.mean())
    plane = int(gaps.argmin())
    half = images.spacing / 2
    return plane if gaps[plane] < half and np.ptp(depths) < half else None


def _pixels(points: NDArray[np.float64], images: Images, plane: int) -> NDArray[np.float64]:
    """Return points as (column, row), whole numbers being centres of pixels."""
    found: NDArray[np.float64] = (points - images.positions[plane]) @ np.linalg.pinv(images.axes).T
    return found


def _filled(contours: Sequence[NDArray[np.float64]], rows: int, columns: int) -> NDArray[np.bool_]:
    """Return the pixels whose centre lies in an odd number of contours, or on one."""
    toggles = np.zeros((rows, columns + 1), dtype=np.intp)
    on_line = np.zeros((rows, columns), dtype=bool)
    for contour in contours:
        row, column = _crossings(contour[:, 0], contour[:, 1], rows)
        np.add.at(toggles, (row, np.clip(np.ceil(column), 0, columns).astype(int)), 1)
        _mark(on_line, row, column)
        _mark(on_line.T, *_crossings(contour[:, 1], contour[:, 0], columns))
        nearest = np.rint(contour)
        at = nearest[np.abs(contour - nearest).max(axis=1) <= _ON_LINE].astype(int)
        at = at[((at >= 0) & (at < (columns, rows))).all(axis=1)]
        on_line[at[:, 1], at[:, 0]] = True
    inside: NDArray[np.bool_] = np.cumsum(toggles[:, :columns], axis=1) % 2 == 1
    return inside | on_line


def _crossings(
    along: NDArray[np.float64], across: NDArray[np.float64], count: int
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Return where the edges of a closed contour cross the lines 0, 1, ... of `across`: the lines and the places."""
    other_along, other_across = np.roll(along, -1), np.roll(across, -1)
    low, high = np.minimum(across, other_across), np.maximum(across, other_across)
    first = np.clip(np.ceil(low), 0, count).astype(int)
    lines = np.clip(np.ceil(high), 0, count).astype(int) - first
    edges = np.repeat(np.arange(len(along)), lines)
    line = np.arange(len(edges)) - np.repeat(np.cumsum(lines) - lines, lines) + first[edges]
    slope = (other_along - along)[edges] / (other_across - across)[edges]
    return line, along[edges] + (line - across[edges]) * slope


def _mark(on_line: NDArray[np.bool_], line: NDArray[np.intp], place: NDArray[np.float64]) -> None:
    nearest = np.rint(place)
    near = (np.abs(place - nearest) <= _ON_LINE) & (nearest >= 0) & (nearest < on_line.shape[1])
    on_line[line[near], nearest[near].astype(int)] = True
