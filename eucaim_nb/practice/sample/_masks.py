"""Segmentation masks on the grid of the CT, as NIfTI-1 files."""

import gzip
import json
import struct

import numpy as np
from numpy.typing import NDArray

from ._ct import Geometry
from ._people import Person
from ._phantom import structures
from ._tables import rows


def nifti(person: Person, place: Geometry) -> bytes:
    """Compressed NIfTI-1 mask of organ and lesion of one person."""
    data = _labels(person, place)
    return gzip.compress(_header(place) + data.tobytes(), compresslevel=6, mtime=0)


def _labels(person: Person, place: Geometry) -> NDArray[np.uint8]:
    """Label numbers of shape (planes, rows, columns): columns vary fastest, as NIfTI stores them."""
    numbers = {
        row["name"]: int(row["label"]) for row in rows("labels") if row["name"] in (person.cancer, "lesion")
    }
    volume = np.zeros((place.count, place.size, place.size), dtype=np.uint8)
    for plane in range(place.count):
        for row, mask in structures(person.cancer, place.depth(plane), place.size):
            volume[plane][mask] = numbers.get(row["structure"], 0)
    return volume


def _header(place: Geometry) -> bytes:
    # NIfTI is RAS, DICOM is LPS: x and y change sign.
    x, y, z = place.origin
    affine = (
        (-place.spacing, 0.0, 0.0, -x),
        (0.0, -place.spacing, 0.0, -y),
        (0.0, 0.0, place.thickness, z),
    )
    header = bytearray(352)
    struct.pack_into("<i", header, 0, 348)
    struct.pack_into("<8h", header, 40, 3, place.size, place.size, place.count, 1, 1, 1, 1)
    struct.pack_into("<hh", header, 70, 2, 8)  # unsigned 8 bit
    struct.pack_into("<8f", header, 76, 1, place.spacing, place.spacing, place.thickness, 0, 0, 0, 0)
    struct.pack_into("<f", header, 108, 352)  # voxels begin here
    struct.pack_into("<ff", header, 112, 1, 0)  # slope, intercept
    struct.pack_into("<b", header, 123, 2)  # millimetres
    struct.pack_into("<hh", header, 252, 1, 1)  # qform and sform: scanner coordinates
    struct.pack_into("<6f", header, 256, 0, 0, 1, -x, -y, z)  # quaternion: half a turn about z
    for index, line in enumerate(affine):
        struct.pack_into("<4f", header, 280 + 16 * index, *line)
    header[344:348] = b"n+1\0"
    return bytes(header)


def labels_json() -> bytes:
    """What the label numbers mean: name, category and type as code triples."""
    labels = {
        row["label"]: {
            "name": row["name"],
            "category": {"value": row["category_code"], "scheme": "SCT", "meaning": row["category"]},
            "type": {"value": row["code"], "scheme": "SCT", "meaning": row["meaning"]},
        }
        for row in rows("labels")
    }
    return (json.dumps(labels, indent=2) + "\n").encode()
