"""One mask becomes one segmentation: read, placed, described, written, read again and compared."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eucaim_nb.dicom import Studio
from eucaim_nb.errors import MaskError

from ._contours import draw
from ._files import Format, MaskFile, dataset, load
from ._fit import Verdict, fit, place
from ._labels import Labels
from ._mask import Mask, Segment
from ._measure import Measured, in_mask, on_images
from ._overlay import Shown, overlay
from ._read_back import read_back
from ._series import Images
from ._write import Labelled, as_seg, save

_SAME = 0.1
"""Of a voxel: how far centroids of mask, labels and file may lie apart, for rounded numbers in headers."""


@dataclass(frozen=True, slots=True)
class Made:
    """A segmentation that was written: its instance, how the mask lay, its segments as plain values, and remarks."""

    sop_uid: str
    verdict: Verdict
    resampled: bool
    segments: tuple[dict[str, Any], ...]
    remarks: tuple[str, ...]
    has_picture: bool


@dataclass(frozen=True, slots=True)
class _Placed:
    """Labels of shape (layers, planes, rows, columns) on the images, and what each segment measured in the mask."""

    labels: NDArray[np.unsignedinteger]
    segments: tuple[Segment, ...]
    truths: tuple[Measured | None, ...]
    verdict: Verdict
    remarks: tuple[str, ...]


def convert(
    mask: MaskFile,
    images: Images,
    labels: Labels,
    path: Path,
    picture: Path,
    studio: Studio,
    *,
    seed: str,
    subject: str,
    resample: bool = False,
    labelmap: bool = False,
) -> Made:
    """Write a mask as a segmentation of images and check what was written.

    Parameters
    ----------
    path, picture
        Where the segmentation and the picture of its segments are written.
    seed, subject, labelmap
        As for `as_seg`.
    resample
        Whether a mask of another grid is taken over by nearest neighbours.

    Raises
    ------
    MaskError
        It cannot be written, or what was written is not what the mask says.
    """
    placed = (
        _of_contours(mask, images) if mask.format is Format.RTSTRUCT else _of_voxels(mask, images, resample=resample)
    )
    meanings = [Labelled(one.layer, one.value, labels.of(one)) for one in placed.segments]
    made = as_seg(placed.labels, meanings, images, seed=seed, subject=subject, labelmap=labelmap)
    save(made, path)
    found = read_back(path, images)
    within = _SAME * min(*np.linalg.norm(images.axes, axis=0), images.spacing)
    segments, shown = [], []
    for number, (one, truth) in enumerate(zip(meanings, placed.truths, strict=True), 1):
        selected = placed.labels[one.layer] == one.value
        measured = on_images(selected, images)
        written = found.get(number)
        for other in (truth, written):
            if other is not None and not measured.is_like(other, within):
                path.unlink()
                raise MaskError("What was written is not what the mask holds. Please report this, with the mask.")
        if written is None:
            path.unlink()
            raise MaskError("A segment is missing in what was written. Please report this, with the mask.")
        segments.append(_plain(number, one, written, selected, images))
        shown.append(Shown(selected, one.meaning.colour))
    resampled = placed.verdict is Verdict.RESAMPLE
    remarks = (*images.remarks, *placed.remarks)
    return Made(
        str(made.SOPInstanceUID),
        placed.verdict,
        resampled,
        tuple(segments),
        remarks,
        overlay(shown, images, picture, studio),
    )


def _of_contours(mask: MaskFile, images: Images) -> _Placed:
    drawn = draw(dataset(mask), images)
    return _Placed(drawn.labels, drawn.segments, (None,) * len(drawn.segments), Verdict.EXACT, drawn.remarks)


def _of_voxels(mask: MaskFile, images: Images, *, resample: bool) -> _Placed:
    read = load(mask)
    segments = read.all_segments()
    if not segments:
        raise MaskError("The mask is empty: no voxel has a label.")
    found = fit(read.frame, images)
    labels = np.stack([place(layer, found, resample=resample) for layer in read.labels])
    if found.verdict is not Verdict.RESAMPLE:
        # A radiograph says no place, so that there is none to compare with.
        truths = tuple(in_mask(read, one) if images.in_space else None for one in segments)
        remarks = [*_left_out(read), *([] if images.in_space else [found.reason])]
        return _Placed(labels, segments, truths, found.verdict, tuple(remarks))
    kept = tuple(one for one in segments if (labels[one.layer] == one.value).any())
    remarks = [*_left_out(read), f"{found.reason} It was resampled by nearest neighbours: look at the pictures."]
    if len(kept) < len(segments):
        remarks.append(f"{len(segments) - len(kept)} segments vanished when the mask was resampled.")
    voxel = abs(float(np.linalg.det(read.frame.affine[:3, :3]))) / 1000
    before = sum(in_mask(read, one).voxels for one in kept) * voxel
    after = sum(int((labels[one.layer] == one.value).sum()) for one in kept) * images.voxel_ml
    remarks.append(f"Its volume was {before:.4g} mL and is {after:.4g} mL.")
    return _Placed(labels, kept, (None,) * len(kept), found.verdict, tuple(remarks))


def _left_out(mask: Mask) -> Iterator[str]:
    there = {(one.layer, one.value) for one in mask.all_segments()}
    empty = sum((one.layer, one.value) not in there for one in mask.segments)
    if empty:
        yield f"{empty:,} described segments have no voxel and are left out."


def _plain(
    number: int, one: Labelled, written: Measured, selected: NDArray[np.bool_], images: Images
) -> dict[str, Any]:
    meaning = one.meaning
    assert meaning.type is not None
    return {
        "number": number,
        "label": meaning.label,
        "type": meaning.type.plain(),
        "method": meaning.method,
        "voxels": written.voxels,
        "ml": round(written.voxels * images.voxel_ml, 4),
        "centroid_mm": [round(one, 3) for one in written.centroid],
        "slices": int(np.count_nonzero(selected.any(axis=(1, 2)))),
    }
