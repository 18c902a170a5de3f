"""Where the voxels of an image lie: of a NIfTI file by its header, of a series by the index (mm, DICOM's axes).

A converter may flip and reorder the axes of an image, but it leaves its outermost voxels where they were in the
patient: two grids are the same when they have as many voxels and the same eight corners.
"""

import gzip
import itertools
import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

_Array = npt.NDArray[np.float64]

_TOLERANCE = 0.05
"""Share of the smallest spacing by which corners may differ."""
_HEADER_BYTES = 540
_TO_MM = {1: 1000.0, 2: 1.0, 3: 0.001}
_RAS_TO_LPS = np.diag([-1.0, -1.0, 1.0])


@dataclass(frozen=True, eq=False)
class Grid:
    """Voxels in three directions, and the positions of the eight outermost ones, shape (8, 3)."""

    shape: tuple[int, int, int]
    corners: _Array

    @property
    def spacing(self) -> float:
        """The smallest distance between neighbours, in mm."""
        extents = (
            self.corners[0] - self.corners[1],
            self.corners[0] - self.corners[2],
            self.corners[0] - self.corners[4],
        )
        lengths = zip(map(np.linalg.norm, extents), reversed(self.shape), strict=True)
        return min((float(length) / (count - 1) for length, count in lengths if count > 1), default=1.0)


def same_grid(one: Grid, other: Grid) -> bool:
    """Tell whether two grids hold the same voxels, in whatever order."""
    if sorted(one.shape) != sorted(other.shape):
        return False
    apart = np.linalg.norm(one.corners[:, None] - other.corners[None], axis=2)
    most = _TOLERANCE * one.spacing
    return bool((apart.min(axis=0) <= most).all() and (apart.min(axis=1) <= most).all())


def grid_of_nifti(path: Path) -> Grid | None:
    """Return the grid of a NIfTI file; None if it has no header, or the header does not say how the image lies."""
    try:
        with gzip.open(path) if path.name.lower().endswith(".gz") else path.open("rb") as file:
            head = file.read(_HEADER_BYTES)
        return _read(head)
    except (OSError, EOFError, zlib.error, struct.error):
        return None


def grid_of_series(
    headers: Mapping[int, Mapping[str, str | None]], instances: Sequence[Mapping[str, Any]]
) -> Grid | None:
    """Return the grid of the slices of a series; None if they are not parallel, or have no position of their own."""
    sizes = set()
    positions = []
    for row in instances:
        header = headers[row["header_id"]]
        sizes.add(
            tuple(header[name] for name in ("Rows", "Columns", "PixelSpacing", "ImageOrientationPatient"))
        )
        positions.append(_numbers(row["ImagePositionPatient"], 3))
    if len(sizes) != 1 or not all(position is not None for position in positions):
        return None
    [(rows, columns, spacing, orientation)] = sizes
    between, axes = _numbers(spacing, 2), _numbers(orientation, 6)
    if between is None or axes is None or not (rows and columns):
        return None
    along_row, along_column = axes[:3], axes[3:]
    origins = np.array(positions)
    levels = np.round(origins @ np.cross(along_row, along_column), 2)
    ends = origins[[int(levels.argmin()), int(levels.argmax())]]
    shape = (int(columns), int(rows), len(np.unique(levels)))
    across = (shape[0] - 1) * between[1] * along_row
    down = (shape[1] - 1) * between[0] * along_column
    corners = [end + i * across + j * down for i, j, end in itertools.product((0, 1), (0, 1), ends)]
    return Grid(shape, np.array(corners))


def _read(head: bytes) -> Grid | None:
    for order in "<>":
        size = struct.unpack_from(f"{order}i", head)[0]
        if size == 348:
            return _grid(
                order, head, "h", "f", dim=40, pixdim=76, codes=252, quatern=256, rows=280, units=head[123]
            )
        if size == 540:
            units = struct.unpack_from(f"{order}i", head, 500)[0]
            return _grid(
                order, head, "q", "d", dim=16, pixdim=104, codes=344, quatern=352, rows=400, units=units
            )
    return None


def _grid(
    order: str,
    head: bytes,
    whole: str,
    real: str,
    *,
    dim: int,
    pixdim: int,
    codes: int,
    quatern: int,
    rows: int,
    units: int,
) -> Grid | None:
    dims = struct.unpack_from(f"{order}8{whole}", head, dim)
    pixdims = struct.unpack_from(f"{order}8{real}", head, pixdim)
    qform, sform = struct.unpack_from(f"{order}2{'h' if whole == 'h' else 'i'}", head, codes)
    if not 3 <= dims[0] <= 7 or min(dims[1:4]) < 1:
        return None
    if sform > 0:
        affine = np.array(struct.unpack_from(f"{order}12{real}", head, rows)).reshape(3, 4)
    elif qform > 0:
        affine = _from_quaternion(struct.unpack_from(f"{order}6{real}", head, quatern), pixdims)
    else:
        return None
    affine = _RAS_TO_LPS @ affine * _TO_MM.get(units & 7, 1.0)
    shape = (int(dims[1]), int(dims[2]), int(dims[3]))
    ends = itertools.product(*((0, count - 1) for count in shape))
    corners = np.array([affine[:, :3] @ np.array(end) + affine[:, 3] for end in ends])
    return Grid(shape, corners) if np.isfinite(corners).all() else None


def _from_quaternion(values: Sequence[float], pixdim: Sequence[float]) -> _Array:
    """Return the affine of a qform (nifti1.h, method 2)."""
    b, c, d, *offset = values
    a = np.sqrt(max(0.0, 1.0 - (b * b + c * c + d * d)))
    rotation = np.array(
        [
            [a * a + b * b - c * c - d * d, 2 * (b * c - a * d), 2 * (b * d + a * c)],
            [2 * (b * c + a * d), a * a + c * c - b * b - d * d, 2 * (c * d - a * b)],
            [2 * (b * d - a * c), 2 * (c * d + a * b), a * a + d * d - b * b - c * c],
        ]
    )
    scale = np.diag([pixdim[1], pixdim[2], pixdim[3] * (-1 if pixdim[0] < 0 else 1)])
    return np.column_stack([rotation @ scale, offset])


def _numbers(text: str | None, count: int) -> _Array | None:
    try:
        found = np.array([float(part) for part in (text or "").split("\\")])
    except ValueError:
        return None
    return found if len(found) == count and np.isfinite(found).all() else None
