"""What a segment measures: voxels, volume and centroid, from a mask, on images, or from a written file."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ._mask import Mask, Segment
from ._series import Images


@dataclass(frozen=True, slots=True)
class Measured:
    """A segment in numbers: voxels, and the mean of their centres in millimetres, LPS."""

    voxels: int
    centroid: tuple[float, float, float]

    def is_like(self, other: "Measured", within: float) -> bool:
        """Tell whether two have as many voxels, and centroids at most so many millimetres apart."""
        apart = np.linalg.norm(np.subtract(self.centroid, other.centroid))
        return self.voxels == other.voxels and bool(apart <= within)


def in_mask(mask: Mask, segment: Segment) -> Measured:
    """Measure a segment by the voxels and the grid of its own file."""
    labels = mask.labels[segment.layer]
    counts = _profiles(labels == segment.value)
    return _measured(counts, mask.frame.affine[:3, :3], mask.frame.affine[:3, 3])


def on_images(selected: NDArray[np.bool_], images: Images) -> Measured:
    """Measure the selected pixels of images, of shape (planes, rows, columns)."""
    return of_frames(zip(images.positions, selected, strict=True), images.axes)


def of_frames(frames: Iterable[tuple[NDArray[np.float64], NDArray[np.bool_]]], axes: NDArray[np.float64]) -> Measured:
    """Measure frames, each given by the position of its first pixel and the pixels that are selected."""
    total, moments = 0, np.zeros(3)
    for position, pixels in frames:
        by_row, by_column = pixels.sum(axis=1), pixels.sum(axis=0)
        count = int(by_row.sum())
        if count:
            indices = (by_column @ np.arange(len(by_column)), by_row @ np.arange(len(by_row)))
            moments += count * position + axes @ indices
            total += count
    return _centred(total, moments)


def slices_to_show(selected: NDArray[np.bool_], number: int = 3) -> list[int]:
    """Return planes that show a segment best: the first quarter, the middle and the last quarter of those it is in."""
    planes = np.flatnonzero(selected.any(axis=(1, 2)))
    if not len(planes):
        return []
    places = np.linspace(0, len(planes) - 1, number + 2)[1:-1]
    return sorted({int(planes[round(place)]) for place in places})


def _profiles(selected: NDArray[np.bool_]) -> Sequence[NDArray[np.intp]]:
    """Return how many voxels are selected at each i, j and k of an array of shape (k, j, i)."""
    by_plane = selected.sum(axis=0)
    return by_plane.sum(axis=0), by_plane.sum(axis=1), selected.sum(axis=(1, 2))


def _measured(counts: Sequence[NDArray[np.intp]], axes: NDArray[np.float64], origin: NDArray[np.float64]) -> Measured:
    total = int(counts[0].sum())
    sums = np.array([one @ np.arange(len(one)) for one in counts], dtype=float)
    return _centred(total, total * origin + axes @ sums)


def _centred(total: int, moments: NDArray[np.float64]) -> Measured:
    x, y, z = moments / max(total, 1)
    return Measured(total, (float(x), float(y), float(z)))
