"""NRRD (https://teem.sourceforge.net/nrrd/format.html), in one file or with the voxels beside it."""

import bz2
import re
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from eucaim_nb.errors import MaskError

from ._beside import beside
from ._volume import Volume, array_of, bytes_of, frame_of

_TYPES = {
    "i1": ("signed char", "int8", "int8_t"),
    "u1": ("uchar", "unsigned char", "uint8", "uint8_t"),
    "i2": ("short", "short int", "signed short", "signed short int", "int16", "int16_t"),
    "u2": ("ushort", "unsigned short", "unsigned short int", "uint16", "uint16_t"),
    "i4": ("int", "signed int", "int32", "int32_t"),
    "u4": ("uint", "unsigned int", "uint32", "uint32_t"),
    "i8": ("longlong", "long long", "long long int", "signed long long", "int64", "int64_t"),
    "u8": ("ulonglong", "unsigned long long", "unsigned long long int", "uint64", "uint64_t"),
    "f4": ("float",),
    "f8": ("double",),
}
_CODES = {name: code for code, names in _TYPES.items() for name in names}
_SPACES = {
    "left-posterior-superior": (1, 1, 1),
    "lps": (1, 1, 1),
    "right-anterior-superior": (-1, -1, 1),
    "ras": (-1, -1, 1),
    "left-anterior-superior": (1, -1, 1),
    "las": (1, -1, 1),
}
_LONGEST_HEADER = 64 * 1024**2
_DAMAGED = "The NRRD file is damaged: its voxels cannot be unpacked. Copy or export it again."


def read(path: Path) -> Volume:
    """Read the header of an NRRD file.

    Raises
    ------
    MaskError
        It is none, does not say how it lies in the patient, or is of a kind that masks do not come in.
    """
    with path.open("rb") as file:
        fields, keys = _header(file)
        begin = file.tell()
    sizes = [int(one) for one in _field(fields, "sizes").split()]
    directions = _vectors(_field(fields, "space directions"))
    places = [axis for axis, one in enumerate(directions) if one is not None]
    others = [axis for axis, one in enumerate(directions) if one is None]
    if len(directions) != len(sizes) or len(places) != 3 or len(others) > 1:
        raise MaskError("The NRRD file is no image of three dimensions with or without layers. Choose the mask.")
    flip = np.array(_space(fields))
    axes = np.column_stack([flip * directions[axis] for axis in places])
    (origin,) = _vectors(fields.get("space origin", "(0,0,0)"))
    if origin is None:
        raise MaskError("The NRRD file does not say where it lies. Export it again with its geometry.")
    dtype = _dtype(fields)
    encoding = fields.get("encoding", "raw").lower()
    detached = fields.get("data file") or fields.get("datafile")
    source, start = (beside(path, detached), 0) if detached else (path, begin)
    if any(fields.get(name, "0") not in ("", "0") for name in ("line skip", "lineskip", "byte skip", "byteskip")):
        raise MaskError("The NRRD file skips a part of its data, which is not supported. Save it anew.")

    def voxels() -> NDArray[np.generic]:
        with source.open("rb") as file:
            file.seek(start)
            data = _unpacked(file, encoding, dtype, bytes_of(dtype, sizes))
        array = array_of(data, dtype, sizes)
        # The array's axes are those of the file in reverse; layers come first.
        return array[None] if not others else np.moveaxis(array, len(sizes) - 1 - others[0], 0)

    layers = sizes[others[0]] if others else 1
    files = tuple(dict.fromkeys((path, source)))
    return Volume(layers, frame_of([sizes[axis] for axis in places], axes, flip * origin), voxels, files, keys)


def _header(file: BinaryIO) -> tuple[dict[str, str], dict[str, str]]:
    """Read fields and key/value pairs up to the empty line that ends them."""
    if not file.readline(64).startswith(b"NRRD000"):
        raise MaskError("This is no NRRD file. Copy or export it again.")
    fields: dict[str, str] = {}
    keys: dict[str, str] = {}
    while line := file.readline(_LONGEST_HEADER):
        text = line.decode("utf-8", "replace").rstrip("\r\n")
        if not text:
            break
        if text.startswith("#"):
            continue
        if match := re.match(r"([^:]*):=(.*)", text, re.DOTALL):
            keys[match[1]] = re.sub(r"\\([\\n])", lambda one: "\n" if one[1] == "n" else "\\", match[2])
        elif match := re.match(r"([^:]*): (.*)", text, re.DOTALL):
            fields[match[1].lower()] = match[2].strip()
    return fields, keys


def _field(fields: Mapping[str, str], name: str) -> str:
    if name not in fields:
        raise MaskError(f"The NRRD file has no {name}, so it does not say how it lies. Export it again.")
    return fields[name]


def _space(fields: Mapping[str, str]) -> tuple[int, int, int]:
    name = _field(fields, "space").lower()
    if name not in _SPACES:
        raise MaskError("The NRRD file names no anatomical space: left and right could be mistaken. Export it again.")
    return _SPACES[name]


def _vectors(text: str) -> list[NDArray[np.float64] | None]:
    """Return the vectors of a field; None where it says `none`."""
    try:
        found = [
            None if word == "none" else np.array([float(one) for one in word.strip("()").split(",")])
            for word in re.findall(r"none|\([^)]*\)", text)
        ]
    except ValueError:
        found = []
    if not found or any(one is not None and one.shape != (3,) for one in found):
        raise MaskError("The geometry in the header of the NRRD file cannot be understood. Export it again.")
    return found


def _dtype(fields: Mapping[str, str]) -> np.dtype[np.generic]:
    code = _CODES.get(_field(fields, "type").lower())
    if code is None:
        raise MaskError("The voxels of the NRRD file are no plain numbers, so it is no mask. Choose the mask.")
    return np.dtype((">" if fields.get("endian", "little").lower() == "big" else "<") + code)


def _unpacked(file: BinaryIO, encoding: str, dtype: np.dtype[np.generic], count: int) -> bytes:
    try:
        if encoding == "raw":
            return file.read(count)
        if encoding in ("gzip", "gz"):
            return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(file.read(), count)
        if encoding in ("bzip2", "bz2"):
            return bz2.BZ2Decompressor().decompress(file.read(), count)
        if encoding in ("ascii", "text", "txt"):
            return np.array(file.read().split(), dtype=np.float64).astype(dtype).tobytes()
    except (zlib.error, OSError, ValueError) as error:
        raise MaskError(_DAMAGED) from error
    raise MaskError("The NRRD file is packed in a way that is not supported. Save it as raw or gzip.")
