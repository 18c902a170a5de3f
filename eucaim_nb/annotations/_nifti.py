"""NIfTI-1 and NIfTI-2 in one file, plain or compressed (https://nifti.nimh.nih.gov)."""

import gzip
import math
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

from eucaim_nb.errors import MaskError

from ._mask import Frame
from ._volume import Volume, array_of, bytes_of, frame_of

_TYPES = {2: "u1", 4: "i2", 8: "i4", 16: "f4", 64: "f8", 256: "i1", 512: "u2", 768: "u4", 1024: "i8", 1280: "u8"}
_MILLIMETRES = {0: 1.0, 1: 1000.0, 2: 1.0, 3: 0.001}
_TO_LPS = np.diag([-1.0, -1.0, 1.0])
_DAMAGED = "The NIfTI file is damaged: it cannot be unpacked. Copy or export it again."
_NO_PLACE = (
    "The NIfTI file does not say how it lies in the scanner (sform and qform are 0), so left and right could be "
    "mistaken. Export it again with its orientation."
)


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where the fields of a header are: offset and format of each, for one version."""

    size: int
    dim: tuple[int, str]
    pixdim: tuple[int, str]
    offset: tuple[int, str]
    scale: tuple[int, str]
    datatype: int
    units: int
    codes: tuple[int, str]
    quaternion: tuple[int, str]
    rows: tuple[int, str]


_ONE = _Layout(348, (40, "8h"), (76, "8f"), (108, "f"), (112, "2f"), 70, 123, (252, "2h"), (256, "6f"), (280, "12f"))
_TWO = _Layout(540, (16, "8q"), (104, "8d"), (168, "q"), (176, "2d"), 12, 500, (344, "2i"), (352, "6d"), (400, "12d"))


def read(path: Path) -> Volume:
    """Read the header of a NIfTI file.

    Raises
    ------
    MaskError
        It is none, or does not say how it lies in the scanner.
    """
    head = _bytes(path, 0, _TWO.size)
    order, layout = _form(head)

    def numbers(field: tuple[int, str]) -> tuple[float, ...]:
        return struct.unpack_from(order + field[1], head, field[0])

    rank, *dim = (int(one) for one in numbers(layout.dim))
    if not 1 <= rank <= 7 or any(one != 1 for one in dim[4:rank]):
        raise MaskError("The NIfTI file has more than four dimensions, so it is no mask. Choose the mask.")
    sizes = [*dim[:rank], 1, 1, 1][:4]
    (code,) = numbers((layout.datatype, "h"))
    if code not in _TYPES:
        raise MaskError("The voxels of the NIfTI file are no plain numbers, so it is no mask. Choose the mask.")
    dtype = np.dtype(order + _TYPES[int(code)])
    (begin,), (slope, intercept) = numbers(layout.offset), numbers(layout.scale)

    def voxels() -> NDArray[np.generic]:
        stored = array_of(_bytes(path, int(begin), bytes_of(dtype, sizes)), dtype, sizes)
        if slope == 0 or not math.isfinite(slope) or (slope, intercept) == (1, 0):
            return stored
        scaled: NDArray[np.generic] = stored.astype(np.float64) * slope + intercept
        return scaled

    unit = _MILLIMETRES.get(head[layout.units] & 7, 1.0)
    qform, sform = numbers(layout.codes)
    if sform > 0:
        matrix = np.array(numbers(layout.rows)).reshape(3, 4)
    elif qform > 0:
        matrix = _of_quaternion(numbers(layout.quaternion), numbers(layout.pixdim))
    else:
        raise MaskError(_NO_PLACE)
    return Volume(sizes[3], _frame(sizes, unit * matrix), voxels, (path,))


def _form(head: bytes) -> tuple[str, _Layout]:
    """Return the byte order and the layout of a header."""
    for layout in (_ONE, _TWO):
        for order in "<>":
            if len(head) >= layout.size and struct.unpack_from(order + "i", head)[0] == layout.size:
                return order, layout
    raise MaskError("This is no NIfTI file. Copy or export it again.")


def _of_quaternion(quaternion: tuple[float, ...], pixdim: tuple[float, ...]) -> NDArray[np.float64]:
    """Return the 3 x 4 matrix that a quaternion and the voxel sizes stand for (nifti1.h, method 2)."""
    b, c, d, *origin = quaternion
    a = math.sqrt(max(0.0, 1 - b * b - c * c - d * d))
    turn = np.array(
        [
            [a * a + b * b - c * c - d * d, 2 * (b * c - a * d), 2 * (b * d + a * c)],
            [2 * (b * c + a * d), a * a + c * c - b * b - d * d, 2 * (c * d - a * b)],
            [2 * (b * d - a * c), 2 * (c * d + a * b), a * a + d * d - b * b - c * c],
        ]
    )
    sizes = np.array(pixdim[1:4]) * (1, 1, -1 if pixdim[0] < 0 else 1)
    return np.column_stack([turn * sizes, origin])


def _frame(sizes: list[int], matrix: NDArray[np.float64]) -> Frame:
    return frame_of(sizes[:3], _TO_LPS @ matrix[:, :3], _TO_LPS @ matrix[:, 3])


def _bytes(path: Path, begin: int, count: int) -> bytes:
    """Return bytes of the unpacked file, fewer at its end."""
    try:
        with _opened(path) as file:
            file.seek(begin)
            return file.read(count)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise MaskError(_DAMAGED) from error


def _opened(path: Path) -> BinaryIO:
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    return cast(BinaryIO, gzip.open(path, "rb")) if packed else path.open("rb")
