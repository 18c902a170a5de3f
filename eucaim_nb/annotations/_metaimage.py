"""MetaImage (https://itk.org/Wiki/MetaIO/Documentation): `.mha`, or `.mhd` with the voxels beside it."""

import zlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eucaim_nb.errors import MaskError

from ._beside import beside
from ._volume import Volume, array_of, bytes_of, frame_of

_TYPES = {
    "MET_CHAR": "i1", "MET_UCHAR": "u1", "MET_SHORT": "i2", "MET_USHORT": "u2", "MET_INT": "i4", "MET_UINT": "u4",
    "MET_LONG": "i4", "MET_ULONG": "u4", "MET_LONG_LONG": "i8", "MET_ULONG_LONG": "u8", "MET_FLOAT": "f4",
    "MET_DOUBLE": "f8",
}  # fmt: skip
_LONGEST_LINE = 1024**2


def read(path: Path) -> Volume:
    """Read the header of a MetaImage file.

    Raises
    ------
    MaskError
        It is none, or is no mask.
    """
    fields, begin = _header(path)
    sizes = [int(one) for one in _value(fields, "DimSize").split()]
    rank = len(sizes)
    if rank not in (2, 3) or fields.get("ElementNumberOfChannels", "1") != "1":
        raise MaskError("The MetaImage file is no image of two or three dimensions with one value per voxel.")
    code = _TYPES.get(_value(fields, "ElementType"))
    if code is None:
        raise MaskError("The voxels of the MetaImage file are no plain numbers, so it is no mask. Choose the mask.")
    big = fields.get("BinaryDataByteOrderMSB", fields.get("ElementByteOrderMSB", "False")).lower() == "true"
    dtype = np.dtype((">" if big else "<") + code)
    packed = fields.get("CompressedData", "False").lower() == "true"
    name = _value(fields, "ElementDataFile")
    source, start = (path, begin) if name == "LOCAL" else (beside(path, name), 0)
    shape = [*sizes, 1][:3]

    def voxels() -> NDArray[np.generic]:
        count = bytes_of(dtype, shape)
        with source.open("rb") as file:
            file.seek(start)
            try:
                unpack = zlib.decompressobj(zlib.MAX_WBITS | 32).decompress
                data = unpack(file.read(), count) if packed else file.read(count)
            except zlib.error as error:
                raise MaskError("The MetaImage file is damaged: it cannot be unpacked. Copy it again.") from error
        return array_of(data, dtype, shape)[None]

    axes, origin = np.eye(3), np.zeros(3)
    # The matrix has the direction of each axis in a row.
    axes[:rank, :rank] = np.array(_numbers(fields, "TransformMatrix", rank * rank)).reshape(rank, rank).T
    axes[:, :rank] *= _numbers(fields, "ElementSpacing", rank)
    origin[:rank] = _numbers(fields, "Offset" if "Offset" in fields else "Position", rank)
    return Volume(1, frame_of(shape, axes, list(origin)), voxels, tuple(dict.fromkeys((path, source))))


def _header(path: Path) -> tuple[dict[str, str], int]:
    """Read the fields up to ElementDataFile, after which the voxels begin."""
    fields: dict[str, str] = {}
    with path.open("rb") as file:
        while line := file.readline(_LONGEST_LINE):
            name, sign, value = line.decode("latin-1").partition("=")
            if not sign:
                break
            fields[name.strip()] = value.strip()
            if name.strip() == "ElementDataFile":
                return fields, file.tell()
    raise MaskError("This is no MetaImage file. Copy or export it again.")


def _value(fields: Mapping[str, str], name: str) -> str:
    if name not in fields:
        raise MaskError(f"The MetaImage file has no {name}. Export it again.")
    return fields[name]


def _numbers(fields: Mapping[str, str], name: str, count: int) -> list[float]:
    """Return the numbers of a field of the geometry.

    Raises
    ------
    MaskError
        They are not there: without them it would be a guess how the mask lies.
    """
    try:
        found = [float(one) for one in _value(fields, name).split()]
    except ValueError:
        found = []
    if len(found) != count:
        raise MaskError("The geometry in the header of the MetaImage file cannot be understood. Export it again.")
    return found
