"""Does a mask lie on the voxels of the images, and which of its voxels is which pixel?

Each plane is looked at by itself, so that series in any order, with gaps between slices or with a tilted gantry are
treated like any other: a mask is never taken to have as many slices as the series, in the same order.
"""

from dataclasses import dataclass
from enum import StrEnum
from itertools import product

import numpy as np
from numpy.typing import NDArray

from eucaim_nb.errors import MaskError

from ._mask import Frame
from ._series import Images

_NEAR = 0.02
"""Of a voxel: how far the corners of mask and images may lie apart, for rounded numbers in headers."""
_JITTER = 0.1
"""Of a voxel: how far a single slice may lie off where even spacing would put it."""
_OVERLAP = 0.05
"""Of a mask: the least part that must lie within the images for a mask of another grid to be taken as theirs."""
_SAMPLES = 17


class Verdict(StrEnum):
    """How the voxels of a mask lie to the pixels of the images."""

    EXACT = "exact"
    """Voxel on pixel, and as many of them."""
    CROPPED = "cropped"
    """Voxel on pixel, for a part of the images, or beyond them."""
    RESAMPLE = "needs resampling"
    """It overlaps the images and lies on another grid."""
    INCOMPATIBLE = "incompatible"
    """It does not lie where the images are."""


@dataclass(frozen=True)
class Fit:
    """How a mask lies on images.

    Attributes
    ----------
    verdict
    reason
        Why it is not exact, in words.
    origins : array of shape (planes, 3)
        Where in the mask, in voxels (i, j, k), the first pixel of each plane lies.
    steps : array of shape (3, 2)
        Steps in the mask, in voxels, to the next column and to the next row.
    """

    verdict: Verdict
    reason: str
    images: Images
    origins: NDArray[np.float64]
    steps: NDArray[np.float64]

    @property
    def placeable(self) -> bool:
        """Whether each voxel of the mask is one pixel."""
        return self.verdict in (Verdict.EXACT, Verdict.CROPPED)


def fit(frame: Frame, images: Images) -> Fit:
    """Compare the grid of a mask with images. No voxel is needed for it."""
    affine = frame.affine if images.in_space else _flat(frame, images)
    if affine is None:
        words = f"The image has {images.columns} x {images.rows} pixels, the mask {frame.shape[0]} x {frame.shape[1]}."
        return Fit(Verdict.INCOMPATIBLE, words, images, np.zeros((1, 3)), np.zeros((3, 2)))
    inverse = np.linalg.inv(affine)
    origins = images.positions @ inverse[:3, :3].T + inverse[:3, 3]
    steps = inverse[:3, :3] @ images.axes

    def found(verdict: Verdict, reason: str = "") -> Fit:
        return Fit(verdict, reason, images, origins, steps)

    if (wrong := _misfit(frame, images, origins, steps)) is not None:
        if _overlap(frame, images, affine) >= _OVERLAP:
            return found(Verdict.RESAMPLE, wrong)
        return found(Verdict.INCOMPATIBLE, f"The mask lies beside the images. {wrong}")
    inside, covered = _coverage(frame, images, np.rint(origins), np.rint(steps))
    if not inside:
        return found(Verdict.INCOMPATIBLE, "The mask lies beside the images.")
    if covered == inside == int(np.prod(frame.shape)):
        return found(Verdict.EXACT, "" if images.in_space else "It is placed by its pixels: see that it lies right.")
    if inside < int(np.prod(frame.shape)):
        return found(Verdict.CROPPED, "A part of the mask lies where there is no image.")
    return found(Verdict.CROPPED, "The mask covers a part of the images.")


def place(labels: NDArray[np.unsignedinteger], found: Fit, *, resample: bool = False) -> NDArray[np.unsignedinteger]:
    """Return a layer of a mask on the pixels of the images.

    Parameters
    ----------
    labels : array of shape (k, j, i)
    found
        How its grid lies on the images.
    resample
        Whether a mask of another grid is taken over by nearest neighbours.

    Returns
    -------
    array of shape (planes, rows, columns)

    Raises
    ------
    MaskError
        It does not lie on the images, or a labelled voxel lies where there is no image.
    """
    if found.placeable:
        placed = _pulled(labels, found)
        lost = int(np.count_nonzero(labels)) - int(np.count_nonzero(placed))
        if lost:
            raise MaskError(
                f"{lost:,} voxels of the mask lie where the series has no image: slices are missing, or the mask is of "
                "another series. Export the series again, or choose the one that it was drawn on."
            )
        return placed
    if found.verdict is Verdict.RESAMPLE and resample:
        placed = _nearest(labels, found)
        if not placed.any():
            raise MaskError("Nothing of the mask lies on the images.")
        return placed
    raise MaskError(f"{found.reason} Choose the series that the mask was drawn on.")


def _misfit(frame: Frame, images: Images, origins: NDArray[np.float64], steps: NDArray[np.float64]) -> str | None:
    """Return in words why voxels and pixels do not coincide; None if they do."""
    whole = np.rint(steps)
    drift = np.abs(steps - whole) @ (images.columns - 1, images.rows - 1)
    axes = [int(np.argmax(np.abs(one))) for one in steps.T]
    if axes[0] == axes[1] or (np.abs(whole).sum(axis=0) != 1).any() or drift.max() > _NEAR:
        askew = max(np.abs(np.delete(one, axis)).max() for one, axis in zip(steps.T, axes, strict=True))
        if askew > _NEAR:
            return "It is turned against the images."
        sizes = np.linalg.norm(frame.affine[:3, :3], axis=0)
        return f"Its voxels measure {_mm(sizes)}, those of the images {_mm(_sizes(images))}."
    through = 3 - axes[0] - axes[1]
    rest = origins - np.rint(origins)
    in_plane, along = np.abs(np.delete(rest, through, axis=1)), rest[:, through]
    if np.ptp(in_plane, axis=0).max() > _NEAR:
        return "Slices of the images are shifted against each other (a tilted gantry), those of the mask are not."
    if np.ptp(along) > 2 * _JITTER:
        return f"Its slices are not where those of the images are, which are {images.spacing:.3g} mm apart."
    if in_plane.max() > _NEAR or abs(along.mean()) > _NEAR or np.abs(along).max() > _JITTER:
        moved = np.linalg.norm(frame.affine[:3, :3] @ rest.mean(axis=0))
        return f"It is shifted against the pixels by {moved:.2g} mm."
    if len(origins) > 1 and abs(float(np.median(np.diff(np.rint(origins[:, through]))))) > 1:
        return f"It has slices between those of the images, which are {images.spacing:.3g} mm apart."
    return None


def _coverage(
    frame: Frame, images: Images, origins: NDArray[np.float64], steps: NDArray[np.float64]
) -> tuple[int, int]:
    """Return how many pixels of the images lie in the mask, and how many there are."""
    inside = 0
    first, last = origins, origins + steps @ (images.columns - 1, images.rows - 1)
    for low, high in zip(np.minimum(first, last), np.maximum(first, last), strict=True):
        sides = np.minimum(high, np.array(frame.shape) - 1) - np.maximum(low, 0) + 1
        inside += int(np.prod(np.maximum(sides, 0)))
    return inside, len(images.planes) * images.rows * images.columns


def _overlap(frame: Frame, images: Images, affine: NDArray[np.float64]) -> float:
    """Return which part of a mask lies within the images."""
    ranges = [np.linspace(0, size - 1, min(size, _SAMPLES)) for size in frame.shape]
    points = np.array(list(product(*ranges))) @ affine[:3, :3].T + affine[:3, 3]
    basis = np.column_stack([images.axes, images.normal])
    near = np.abs((points @ images.normal)[:, None] - (images.positions @ images.normal)[None]).argmin(axis=1)
    column, row, along = np.linalg.solve(basis, (points - images.positions[near]).T)
    inside = (np.abs(along) <= images.spacing) & (column > -1) & (column < images.columns)
    return float((inside & (row > -1) & (row < images.rows)).mean())


def _pulled(labels: NDArray[np.unsignedinteger], found: Fit) -> NDArray[np.unsignedinteger]:
    images, steps = found.images, np.rint(found.steps).astype(int)
    across, down = (int(np.argmax(np.abs(one))) for one in steps.T)
    through = 3 - across - down
    # Axis 0 of the array is k, axis 2 is i.
    view = labels.transpose(2 - through, 2 - down, 2 - across)
    placed = np.zeros((len(images.planes), images.rows, images.columns), dtype=labels.dtype)
    for plane, origin in enumerate(np.rint(found.origins).astype(int)):
        slice_ = origin[through]
        if not 0 <= slice_ < view.shape[0]:
            continue
        here, there = _overlapping(origin[down], steps[down, 1], view.shape[1], images.rows)
        left, right = _overlapping(origin[across], steps[across, 0], view.shape[2], images.columns)
        placed[plane, there, right] = view[slice_, here, left]
    return placed


def _overlapping(origin: int, step: int, size: int, count: int) -> tuple[slice, slice]:
    """Return which part of a mask's axis, walked in steps of 1 or -1 from an origin, is which part of the pixels."""
    first, last = (-origin, size - 1 - origin) if step > 0 else (origin - size + 1, origin)
    first, last = max(first, 0), min(last, count - 1)
    if first > last:
        return slice(0, 0), slice(0, 0)
    begin, end = origin + step * first, origin + step * last + step
    return slice(begin, end if end >= 0 else None, step), slice(first, last + 1)


def _nearest(labels: NDArray[np.unsignedinteger], found: Fit) -> NDArray[np.unsignedinteger]:
    images = found.images
    rows, columns = np.mgrid[: images.rows, : images.columns]
    ways = found.steps[:, 0, None, None] * columns + found.steps[:, 1, None, None] * rows
    sizes = np.array(labels.shape[::-1])[:, None, None]
    placed = np.zeros((len(images.planes), images.rows, images.columns), dtype=labels.dtype)
    for plane, origin in enumerate(found.origins):
        index = np.rint(origin[:, None, None] + ways).astype(np.intp)
        inside = ((index >= 0) & (index < sizes)).all(axis=0)
        i, j, k = index[:, inside]
        placed[plane][inside] = labels[k, j, i]
    return placed


def _flat(frame: Frame, images: Images) -> NDArray[np.float64] | None:
    """Return how a mask lies on a single image that says no position: pixel on pixel, as its axes point."""
    if frame.shape != (images.columns, images.rows, 1):
        return None
    affine = np.eye(4)
    for axis in range(2):
        backwards = frame.affine[axis, axis] < 0
        size = np.linalg.norm(images.axes[:, axis])
        affine[axis, axis] = -size if backwards else size
        affine[axis, 3] = size * (frame.shape[axis] - 1) if backwards else 0
    return affine


def _sizes(images: Images) -> NDArray[np.float64]:
    return np.array([*np.linalg.norm(images.axes, axis=0), images.spacing])


def _mm(sizes: NDArray[np.float64]) -> str:
    return " x ".join(f"{size:.3g}" for size in sizes) + " mm"
