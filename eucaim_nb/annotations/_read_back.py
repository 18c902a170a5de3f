"""A written segmentation read again, by other code than wrote it: pixels, places and references of every frame."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom import dcmread
from pydicom.dataset import FileDataset

from eucaim_nb.dicom import quiet_pydicom
from eucaim_nb.errors import MaskError

from ._measure import Measured, of_frames
from ._series import Images

REQUIRED = (
    "SegmentNumber", "SegmentLabel", "SegmentDescription", "SegmentAlgorithmType",
    "SegmentedPropertyCategoryCodeSequence", "SegmentedPropertyTypeCodeSequence",
)  # fmt: skip
"""What each segment must say: PS3.3 C.8.20.2, and the EUCAIM handbook's minimum annotation metadata."""
_NEAR_MM = 1e-3
_WRONG = "The segmentation is not what it should be when it is read again"

Frames = dict[int, list[tuple[NDArray[np.float64], NDArray[np.bool_]]]]


def read_back(path: Path, images: Images) -> dict[int, Measured]:
    """Return what is in a written segmentation, by segment number.

    Raises
    ------
    MaskError
        A reference leads nowhere, a frame lies elsewhere than its image, or a segment lacks what it must say.
    """
    with quiet_pydicom():
        written = dcmread(path)
    for item in described(written):
        missing = [keyword for keyword in REQUIRED if not item.get(keyword)]
        if item.SegmentAlgorithmType != "MANUAL" and not item.get("SegmentAlgorithmName"):
            missing.append("SegmentAlgorithmName")
        if missing:
            raise MaskError(f"{_WRONG}: a segment lacks {', '.join(missing)}.")
    places = {(plane.sop_uid, plane.number): plane.position for plane in images.planes}
    listed = {
        item.ReferencedSOPInstanceUID
        for series in written.ReferencedSeriesSequence
        for item in series.ReferencedInstanceSequence
    }
    if not listed <= {uid for uid, _ in places}:
        raise MaskError(f"{_WRONG}: it refers to images that are not there.")
    found: Frames = defaultdict(list)
    for frame, pixels in zip(written.PerFrameFunctionalGroupsSequence, pixels_of(written), strict=True):
        position = np.array(
            [float(one) for one in frame.PlanePositionSequence[0].ImagePositionPatient]
            if images.in_space
            else (0, 0, 0)
        )
        _check_place(frame, position, places)
        for number, selected in _by_segment(written, frame, pixels):
            found[number].append((position, selected))
    return {number: of_frames(frames, images.axes) for number, frames in found.items()}


def described(written: FileDataset) -> list[Any]:
    """Return the descriptions of segments, without that of a background."""
    return [item for item in written.SegmentSequence if int(item.SegmentNumber)]


def pixels_of(written: FileDataset) -> Iterator[NDArray[np.unsignedinteger]]:
    """Yield the pixels of each frame; those of a binary segmentation are single bits, the lowest first (PS3.5 8.2)."""
    rows, columns, bits = written.Rows, written.Columns, written.BitsAllocated
    count, size = int(written.NumberOfFrames), rows * columns
    packed = np.frombuffer(written.PixelData, np.uint8)
    for frame in range(count):
        first, last = frame * size * bits, (frame + 1) * size * bits
        part = packed[first // 8 : -(-last // 8)]
        if bits == 1:
            part = np.unpackbits(part, bitorder="little")[first % 8 : first % 8 + size]
        yield (part.view("<u2") if bits == 16 else part).reshape(rows, columns)


def _by_segment(
    written: FileDataset, frame: Any, pixels: NDArray[np.unsignedinteger]
) -> Iterator[tuple[int, NDArray[np.bool_]]]:
    if written.SegmentationType == "LABELMAP":
        for number in np.unique(pixels[pixels > 0]):
            yield int(number), pixels == number
        return
    shared = written.SharedFunctionalGroupsSequence[0]
    item = frame if "SegmentIdentificationSequence" in frame else shared
    yield int(item.SegmentIdentificationSequence[0].ReferencedSegmentNumber), pixels > 0


def _check_place(frame: Any, position: NDArray[np.float64], places: dict[tuple[str, int], NDArray[np.float64]]) -> None:
    """Compare a frame with the image that it says it was drawn on."""
    sources: Sequence[Any] = frame.DerivationImageSequence[0].SourceImageSequence
    for source in sources:
        number = int(source.get("ReferencedFrameNumber") or 1) - 1
        image = places.get((source.ReferencedSOPInstanceUID, number))
        if image is None or np.linalg.norm(image - position) > _NEAR_MM:
            raise MaskError(f"{_WRONG}: a frame does not lie where its image does.")
