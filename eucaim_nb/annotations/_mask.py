"""What a mask says: labelled voxels, where they lie in the patient, and what the labels mean."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ._codes import Code


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one segment is and how it was made; empty or None where nobody said.

    Attributes
    ----------
    label, description
        A short name, and more about it in words.
    category, type, region
        Coded: a kind of thing, the thing, and where in the body it is.
    method
        `MANUAL`, `SEMIAUTOMATIC` or `AUTOMATIC` (PS3.3 C.8.20.2, Segment Algorithm Type).
    algorithm, algorithm_version
        What the program or model is called.
    tracking_id
        Name under which the same lesion goes at other times.
    colour
        Red, green and blue from 0 to 255.
    """

    label: str = ""
    description: str = ""
    category: Code | None = None
    type: Code | None = None
    region: Code | None = None
    method: str = ""
    algorithm: str = ""
    algorithm_version: str = ""
    tracking_id: str = ""
    colour: tuple[int, int, int] | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """A set of voxels: those of `layer` that have the value `value`."""

    layer: int
    value: int
    meaning: Meaning = field(default_factory=Meaning)


@dataclass(frozen=True, slots=True)
class Frame:
    """The voxel grid of a mask.

    Attributes
    ----------
    shape
        Voxels along i, j and k.
    affine : array of shape (4, 4)
        From voxel indices (i, j, k) to millimetres in the patient, LPS as in DICOM.
    """

    shape: tuple[int, int, int]
    affine: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Mask:
    """A mask as its file has it.

    Attributes
    ----------
    labels : unsigned array of shape (layers, k, j, i)
        0 is background. Segments may overlap only across layers.
    frame
        Where the voxels lie.
    segments
        What the file says of its labels; labels that it does not speak of are not among them.
    """

    labels: NDArray[np.unsignedinteger]
    frame: Frame
    segments: tuple[Segment, ...] = ()

    def __post_init__(self) -> None:
        assert self.labels.shape[:0:-1] == self.frame.shape

    def all_segments(self) -> tuple[Segment, ...]:
        """Return a segment for every label that is there, with what the file says of it."""
        said: Mapping[tuple[int, int], Segment] = {(one.layer, one.value): one for one in self.segments}
        return tuple(
            said.get((layer, value), Segment(layer, value))
            for layer, labels in enumerate(self.labels)
            for value in values_of(labels)
        )


def values_of(labels: NDArray[np.unsignedinteger]) -> list[int]:
    """Return the labels that occur, without background, in ascending order."""
    if labels.dtype.itemsize <= 2:
        return [int(one) for one in np.flatnonzero(np.bincount(labels.ravel())) if one]
    return [int(one) for one in np.unique(labels) if one]
