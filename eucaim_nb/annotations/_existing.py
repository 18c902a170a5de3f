"""A segmentation that is one already: checked, not written anew."""

from collections.abc import Iterator

import numpy as np
from pydicom.dataset import FileDataset

from eucaim_nb.errors import MaskError

from ._files import MaskFile, dataset
from ._read_back import REQUIRED, described
from ._series import Images

_NEAR_MM = 0.01


def check_existing(mask: MaskFile, images: Images) -> tuple[str, ...]:
    """Check a segmentation against its images, and return remarks.

    Raises
    ------
    MaskError
        It refers to other images, or lacks what every segmentation must say (PS3.3 C.8.20.2).
    """
    written = dataset(mask)
    known = {plane.sop_uid for plane in images.planes}
    listed = {
        str(one.get("ReferencedSOPInstanceUID"))
        for series in written.get("ReferencedSeriesSequence") or ()
        for one in series.get("ReferencedInstanceSequence") or ()
    }
    if listed and not listed & known:
        raise MaskError(
            "It refers to images that are not indexed. If these are de-identified copies, give the mask that it was "
            "made of: its segmentation is then written on the originals and de-identified with them."
        )
    segments = described(written)
    missing = {keyword for item in segments for keyword in REQUIRED if not item.get(keyword)}
    if not segments or missing - {"SegmentDescription"}:
        said = ", ".join(sorted(missing)) or "segments"
        raise MaskError(f"It lacks {said}. Give the mask that it was made of, or mend it in the program that made it.")
    return tuple(_remarks(written, images, missing, len(listed - known)))


def _remarks(written: FileDataset, images: Images, missing: set[str], unknown: int) -> Iterator[str]:
    if missing:
        yield "Segments have no description, which EUCAIM asks for."
    if unknown:
        yield f"{unknown:,} images that it refers to are not in the stack."
    frames = [
        np.array([float(one) for one in item.ImagePositionPatient])
        for frame in written.get("PerFrameFunctionalGroupsSequence") or ()
        for item in frame.get("PlanePositionSequence") or ()
    ]
    off = sum(np.linalg.norm(images.positions - one, axis=1).min() > _NEAR_MM for one in frames)
    if off:
        yield f"{off:,} of {len(frames):,} frames do not lie where an image begins: look at it in a viewer."
