"""What the readers of image formats share: a file's grid and keys at once, its voxels when they are asked for."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eucaim_nb.errors import MaskError

from ._mask import Frame

_MOST_BYTES = 8 * 1024**3
_MOST_LABEL = 2**16 - 1


@dataclass(frozen=True, slots=True)
class Volume:
    """An image file that was opened: `voxels()` reads an array of shape (layers, k, j, i).

    `keys` are further entries of its header, by name; `files` are all files it consists of.
    """

    layers: int
    frame: Frame
    voxels: Callable[[], NDArray[np.generic]]
    files: tuple[Path, ...]
    keys: Mapping[str, str] = field(default_factory=dict)


def frame_of(shape: Sequence[int], axes: NDArray[np.float64], origin: Sequence[float] | NDArray[np.float64]) -> Frame:
    """Return a grid from its shape, its axes (columns: one step along i, j and k in mm, LPS) and its origin.

    Raises
    ------
    MaskError
        It is no grid.
    """
    affine = np.eye(4)
    affine[:3, :3], affine[:3, 3] = axes, origin
    if not np.isfinite(affine).all() or abs(np.linalg.det(affine)) < 1e-9:
        raise MaskError("The mask does not say how its voxels lie in space. Export it again with its geometry.")
    if min(shape) < 1:
        raise MaskError("The mask has no voxels. Export it again.")
    i, j, k = (int(one) for one in shape)
    return Frame((i, j, k), affine)


def array_of(data: bytes, dtype: np.dtype[np.generic], sizes: Sequence[int]) -> NDArray[np.generic]:
    """Return bytes as an array of the given sizes, the first of which varies fastest.

    Raises
    ------
    MaskError
        There are fewer bytes than that takes.
    """
    needed = bytes_of(dtype, sizes)
    if len(data) < needed:
        raise MaskError("The mask is cut short: it has fewer voxels than its header says. Copy or export it again.")
    return np.frombuffer(data, dtype, prod(sizes)).reshape(tuple(sizes)[::-1])


def bytes_of(dtype: np.dtype[np.generic], sizes: Sequence[int]) -> int:
    """Return how many bytes voxels take.

    Raises
    ------
    MaskError
        It is more than a mask may take.
    """
    needed = prod(sizes) * dtype.itemsize
    if min(sizes) < 1 or needed > _MOST_BYTES:
        raise MaskError("The header of the mask asks for no voxels, or for more than 8 GiB. Export it again.")
    return needed


def as_labels(voxels: NDArray[np.generic]) -> NDArray[np.unsignedinteger]:
    """Return voxels as labels.

    Raises
    ------
    MaskError
        They are no whole numbers from 0 to 65,535.
    """
    if voxels.dtype.kind == "b" or (voxels.dtype.kind == "u" and voxels.dtype.itemsize == 1):
        return np.ascontiguousarray(voxels, np.uint8)
    lowest, highest = voxels.min(), voxels.max()
    if not (0 <= lowest <= highest <= _MOST_LABEL):
        raise MaskError("The file holds values below 0 or above 65,535, so it is no mask. Choose the mask.")
    labels = voxels.astype(np.uint8 if highest <= 255 else np.uint16)
    if voxels.dtype.kind == "f" and not np.array_equal(labels, voxels):
        raise MaskError("The file holds numbers that are not whole, so it is no mask. Round them, or choose the mask.")
    return np.ascontiguousarray(labels)
