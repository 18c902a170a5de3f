"""Annotations: do segmentations and contours fit the images, and do they say what they mean?

G06 is what is not checked on purpose: a segmentation may leave out empty frames, so their number says nothing.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from .._annotation import Annotation, items
from .._finding import Dimension, Finding, Level, Severity
from .._registry import check

_NEAR_MM, _NEAR = 1e-3, 1e-3
_OPEN_TYPES = ("OPEN_PLANAR", "OPEN_NONPLANAR")
_SEGMENT = (
    "SegmentNumber",
    "SegmentLabel",
    "SegmentAlgorithmType",
    "SegmentedPropertyCategoryCodeSequence",
    "SegmentedPropertyTypeCodeSequence",
)
_PLANAR_MM = 0.1


@check(
    "G01",
    level=Level.STANDARD,
    severity=Severity.ERR,
    dimension=Dimension.CONSISTENT,
    remedy="Add the images that it was drawn on, or make the annotation anew from them.",
    source="PS3.3 C.8.20.2 and C.8.8.5: referenced instances, of the same patient, study and frame of reference",
)
def references(annotation: Annotation) -> Iterator[Finding]:
    """The annotation refers to images that are not there, or are of another patient or place."""
    lacking = annotation.referenced - annotation.images.keys()
    if not annotation.referenced:
        yield Finding("It refers to no image.")
        return
    if lacking:
        yield Finding(
            f"{len(lacking)} of {len(annotation.referenced)} images that it refers to are not here.",
            count=len(lacking),
        )
    images = annotation.images.values()
    for keyword, words in (
        ("PatientID", "another patient"),
        ("FrameOfReferenceUID", "another frame of reference"),
    ):
        own = annotation.row[keyword] or _reference_frame(annotation)
        others = {image[keyword] for image in images if image[keyword]}
        if own and others and own not in others:
            yield Finding(f"The images that it refers to are of {words}.")
    studies = {image["StudyInstanceUID"] for image in images}
    if studies and annotation.row["StudyInstanceUID"] not in studies:
        yield Finding("The images that it refers to are of another study.", severity=Severity.WARN)


@check(
    "G02",
    level=Level.STANDARD,
    severity=Severity.WARN,
    dimension=Dimension.ACCURATE,
    remedy="The mask was resampled or moved. Compare it with the images, and make it anew in their geometry if it "
    "is off.",
    source="PS3.3 C.7.6.16.2: plane position, orientation and pixel spacing of each frame next to its image; 0.001",
)
def same_geometry(annotation: Annotation) -> Iterator[Finding]:
    """Frames of the segmentation do not lie where their images do."""
    if not annotation.is_segmentation:
        return
    off = moved = 0
    shared = _first(annotation.header.get("SharedFunctionalGroupsSequence"))
    for frame in annotation.header.get("PerFrameFunctionalGroupsSequence") or ():
        sources = {
            str(item.ReferencedSOPInstanceUID)
            for item in items(frame)
            if item.get("ReferencedSOPInstanceUID")
        }
        images = [annotation.images[uid] for uid in sources if uid in annotation.images]
        if not images:
            continue
        position = _of_frame(frame, shared, "PlanePositionSequence", "ImagePositionPatient")
        spacing = _of_frame(frame, shared, "PixelMeasuresSequence", "PixelSpacing")
        axes = _of_frame(frame, shared, "PlaneOrientationSequence", "ImageOrientationPatient")
        moved += not any(_near(position, image["ImagePositionPatient"], _NEAR_MM) for image in images)
        off += not any(
            _near(spacing, image["PixelSpacing"], _NEAR)
            and _near(axes, image["ImageOrientationPatient"], _NEAR)
            for image in images
        )
    for number, words in ((moved, "position"), (off, "orientation or pixel spacing")):
        if number:
            yield Finding(f"{number} frames have another {words} than their images.", count=number)


@check(
    "G03",
    level=Level.STANDARD,
    severity=Severity.WARN,
    dimension=Dimension.COMPLETE,
    remedy="Say for every segment what it is and how it was made (page 04).",
    source="EUCAIM handbook, minimum annotation metadata; PS3.3 C.8.20.4 Segment Sequence, looked for where it is "
    "nested",
)
def minimum_metadata(annotation: Annotation) -> Iterator[Finding]:
    """A segment does not say what it is, or how it was made."""
    if not annotation.is_segmentation:
        return
    if not annotation.header.get("SegmentationType"):
        yield Finding("SegmentationType is missing.")
    segments = annotation.header.get("SegmentSequence") or ()
    if not segments:
        yield Finding("There is no segment.")
    for keyword in _SEGMENT:
        missing = sum(not segment.get(keyword) for segment in segments)
        if missing:
            yield Finding(f"{keyword} is missing in {missing} of {len(segments)} segments.", count=missing)
    automatic = [
        one for one in segments if str(one.get("SegmentAlgorithmType", "")) in ("AUTOMATIC", "SEMIAUTOMATIC")
    ]
    unnamed = sum(not one.get("SegmentAlgorithmName") for one in automatic)
    if unnamed:
        yield Finding(f"{unnamed} segments were made by an algorithm that is not named.", count=unnamed)


@check(
    "G04",
    level=Level.STANDARD,
    severity=Severity.WARN,
    dimension=Dimension.ACCURATE,
    remedy="An empty segment says nothing: leave it out, or see why the mask is empty.",
    source="Every described segment has frames, every frame a described segment",
)
def empty_segments(annotation: Annotation) -> Iterator[Finding]:
    """A described segment is in no frame, or a frame shows a segment that is not described."""
    if str(annotation.header.get("SegmentationType", "")) not in ("BINARY", "FRACTIONAL"):
        return
    described = {
        int(one.SegmentNumber)
        for one in annotation.header.get("SegmentSequence") or ()
        if one.get("SegmentNumber") is not None
    }
    shown = {
        int(item.ReferencedSegmentNumber)
        for groups in ("PerFrameFunctionalGroupsSequence", "SharedFunctionalGroupsSequence")
        for frame in annotation.header.get(groups) or ()
        for item in frame.get("SegmentIdentificationSequence") or ()
        if item.get("ReferencedSegmentNumber") is not None
    }
    if described - shown:
        yield Finding(f"{len(described - shown)} segments are in no frame.", count=len(described - shown))
    if shown - described:
        yield Finding(
            f"{len(shown - described)} segments of frames are not described.", severity=Severity.ERR
        )


@check(
    "G05",
    level=Level.STANDARD,
    severity=Severity.ERR,
    dimension=Dimension.CONSISTENT,
    remedy="Make the annotation anew from the de-identified images, or de-identify it together with them: as it is, "
    "it is useless to others and carries UIDs of the hospital.",
    source="The crosswalk of the de-identification: UIDs that it replaced",
)
def original_uids(annotation: Annotation) -> Iterator[Finding]:
    """The annotation still refers to images as they were before de-identification."""
    if not annotation.context.outputs:
        return
    old = annotation.context.ledger.checkable.replaced(annotation.referenced)
    if old:
        yield Finding(f"{len(old)} references lead to originals.", count=len(old))


@check(
    "G07",
    level=Level.STANDARD,
    severity=Severity.ERR,
    dimension=Dimension.CONSISTENT,
    remedy="Number the segments from 1 without gaps.",
    source="PS3.3 C.8.20.2: Segment Number of binary segmentations begins with 1 and goes up by 1",
)
def segment_numbers(annotation: Annotation) -> Iterator[Finding]:
    """Segments are not numbered 1, 2, 3 and so on."""
    if not annotation.is_segmentation or str(annotation.header.get("SegmentationType", "")) == "LABELMAP":
        return
    numbers = [one.get("SegmentNumber") for one in annotation.header.get("SegmentSequence") or ()]
    if numbers and [int(one or 0) for one in numbers] != list(range(1, len(numbers) + 1)):
        yield Finding("Segment numbers are not 1, 2, 3 and so on.")


@check(
    "G08",
    level=Level.STANDARD,
    severity=Severity.WARN,
    dimension=Dimension.ACCURATE,
    remedy="Open the structure set in the program that made it, mend the contours and export it again.",
    source="PS3.3 C.8.8.6 ROI Contour module",
)
def contours(annotation: Annotation) -> Iterator[Finding]:
    """Structures have no contours, or contours that are open, not flat, or have a wrong number of coordinates."""
    if annotation.is_segmentation:
        return
    rois = {
        int(one.ROINumber)
        for one in annotation.header.get("StructureSetROISequence") or ()
        if one.get("ROINumber") is not None
    }
    drawn, opened, bent, broken = set(), 0, 0, 0
    for roi in annotation.header.get("ROIContourSequence") or ():
        for contour in roi.get("ContourSequence") or ():
            drawn.add(int(roi.get("ReferencedROINumber") or -1))
            opened += str(contour.get("ContourGeometricType", "")) in _OPEN_TYPES
            numbers = _numbers(contour.get("ContourData"))
            if not numbers.size or numbers.size % 3:
                broken += 1
            elif numbers.size > 9 and "NONPLANAR" not in str(contour.get("ContourGeometricType", "")):
                bent += not _flat(numbers.reshape(-1, 3))
    for number, words in (
        (len(rois - drawn), "structures have no contour"),
        (opened, "contours are open"),
        (bent, "contours are not flat"),
        (broken, "contours have no whole points"),
    ):
        if number:
            yield Finding(f"{number} {words}.", count=number)


def _reference_frame(annotation: Annotation) -> str:
    for item in annotation.header.get("ReferencedFrameOfReferenceSequence") or ():
        if item.get("FrameOfReferenceUID"):
            return str(item.FrameOfReferenceUID)
    return ""


def _first(sequence: Sequence[Any] | None) -> Any:
    return sequence[0] if sequence else None


def _of_frame(frame: Any, shared: Any, group: str, keyword: str) -> Any:
    for groups in (frame, shared):
        item = _first(groups.get(group)) if groups is not None else None
        if item is not None and item.get(keyword) is not None:
            return item.get(keyword)
    return None


def _near(values: Any, text: str | None, within: float) -> bool:
    """Tell whether numbers are those of an attribute in the index; what is missing on either side does not differ."""
    if values is None or not text:
        return True
    try:
        other = [float(part) for part in text.split("\\")]
    except ValueError:
        return True
    return len(other) == len(values) and all(
        abs(float(a) - b) <= within * max(1, abs(b)) for a, b in zip(values, other, strict=True)
    )


def _numbers(values: Any) -> Any:
    try:
        return np.asarray([float(value) for value in values or ()])
    except (TypeError, ValueError):
        return np.zeros(0)


def _flat(points: Any) -> bool:
    centred = points - points.mean(axis=0)
    return bool(np.abs(centred @ np.linalg.svd(centred, full_matrices=False)[2][-1]).max() <= _PLANAR_MM)
