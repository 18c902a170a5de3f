"""Labels on the pixels of images as a DICOM Segmentation (PS3.3 A.51), written by highdicom."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from pydicom import dcmread
from pydicom.dataset import Dataset, FileDataset

from eucaim_nb import __version__
from eucaim_nb.dicom import quiet_pydicom
from eucaim_nb.errors import MaskError
from eucaim_nb.whole import replacing

from ._codes import Code
from ._mask import Meaning
from ._series import Images

if TYPE_CHECKING:
    from highdicom.seg import SegmentDescription

_OF_IMAGES = (
    "PatientAge", "PatientSize", "PatientWeight", "BodyPartExamined", "Laterality", "PatientIdentityRemoved",
    "DeidentificationMethod", "DeidentificationMethodCodeSequence", "LongitudinalTemporalInformationModified",
)  # fmt: skip
"""What the segmentation says as its images do; a node compares it between the series of a study."""
_SERIES_NUMBER = 1000


@dataclass(frozen=True, slots=True)
class Labelled:
    """A segment to write: where it is in the labels, and what it is."""

    layer: int
    value: int
    meaning: Meaning


def as_seg(
    labels: NDArray[np.unsignedinteger],
    segments: Sequence[Labelled],
    images: Images,
    *,
    seed: str,
    subject: str,
    labelmap: bool = False,
) -> Dataset:
    """Return a segmentation of images.

    Parameters
    ----------
    labels : array of shape (layers, planes, rows, columns)
    segments
        In the order in which they are numbered.
    images
        The images, in the order of the planes.
    seed
        What the UIDs follow from: the same seed gives the same instance.
    subject
        What the UIDs under which lesions are tracked follow from, the same at every time of a patient.
    labelmap
        One frame per plane (Label Map Segmentation), which many programs do not know yet, instead of one per segment.

    Raises
    ------
    MaskError
        The images cannot be read, or segments overlap that must not.
    """
    from highdicom.seg import Segmentation, SegmentationTypeValues

    sources = _headers(images)
    with warnings.catch_warnings(), quiet_pydicom():
        warnings.simplefilter("ignore", UserWarning)  # long labels and names of other character sets
        try:
            made = Segmentation(
                source_images=sources,
                pixel_array=_pixels(labels, segments, images, sources, labelmap=labelmap),
                segmentation_type=SegmentationTypeValues.LABELMAP if labelmap else SegmentationTypeValues.BINARY,
                segment_descriptions=[
                    _description(number, one.meaning, seed, subject) for number, one in enumerate(segments, 1)
                ],
                series_instance_uid=uid(f"{seed} series"),
                series_number=_SERIES_NUMBER + _whole(images.number),
                sop_instance_uid=uid(f"{seed} instance"),
                instance_number=1,
                manufacturer="eucaim_nb",
                manufacturer_model_name="eucaim_nb",
                software_versions=__version__,
                device_serial_number="none",
                content_label="SEGMENTATION",
                content_description="Segmentation",
                series_description="Segmentation",
            )
        except (ValueError, TypeError, AttributeError, KeyError) as error:
            raise MaskError(
                "The segmentation cannot be written for these images: their headers lack something that it needs, or "
                "contradict each other. See what the quality checks say of the series."
            ) from error
    for keyword in _OF_IMAGES:
        if keyword in sources[0] and keyword not in made:
            made[keyword] = sources[0][keyword]
    made.SegmentsOverlap = "YES" if len(labels) > 1 else "NO"
    for item, one in zip(made.SegmentSequence[labelmap:], segments, strict=True):
        item.SegmentDescription = one.meaning.description[:1024]
    return made


def save(made: Dataset, path: Path) -> None:
    """Write a segmentation whole or not at all, closed to other users.

    Raises
    ------
    MaskError
        The folder cannot be written.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with replacing(path, "wb") as file, quiet_pydicom():
            made.save_as(file)
    except OSError as error:
        raise MaskError(f"The segmentation cannot be written to the workspace: {error.strerror}. Make room.") from error


def uid(seed: str) -> str:
    """Return the UID that follows from a text (PS3.5 B.2)."""
    return f"2.25.{int.from_bytes(blake2b(seed.encode(), digest_size=16).digest(), 'big')}"


def _headers(images: Images) -> list[FileDataset]:
    """Return the headers of the images, one for each file, in the order of the planes."""
    places = list(dict.fromkeys(plane.place for plane in images.planes))
    if images.many_frames and len(places) > 1:
        raise MaskError("The series has several images of many frames: it is not clear which one the mask is of.")
    found = []
    try:
        for place in places:
            with place.open() as file, quiet_pydicom():
                found.append(dcmread(file, stop_before_pixels=True))
    except Exception as error:
        raise MaskError("An image of the series cannot be read any more. Scan again.") from error
    return found


def _pixels(
    labels: NDArray[np.unsignedinteger],
    segments: Sequence[Labelled],
    images: Images,
    sources: Sequence[FileDataset],
    *,
    labelmap: bool,
) -> NDArray[np.unsignedinteger]:
    """Return frames in the order of the sources: numbers of segments, or a stack of masks where layers overlap."""
    if len(labels) > 1 and labelmap:
        raise MaskError("Segments of the mask overlap, which a label map cannot hold. Write it without label map.")
    if len(labels) == 1:
        numbers = np.zeros(max(one.value for one in segments) + 1, np.uint8 if len(segments) < 256 else np.uint16)
        for number, one in enumerate(segments, 1):
            numbers[one.value] = number
        frames: NDArray[np.unsignedinteger] = numbers[np.minimum(labels[0], len(numbers) - 1)]
    else:
        frames = np.stack([labels[one.layer] == one.value for one in segments], axis=-1).astype(np.uint8)
    if not images.many_frames:
        return frames
    every = np.zeros((int(sources[0].NumberOfFrames), *frames.shape[1:]), frames.dtype)
    every[[plane.number for plane in images.planes]] = frames
    return every


def _description(number: int, meaning: Meaning, seed: str, subject: str) -> "SegmentDescription":
    from highdicom import AlgorithmIdentificationSequence
    from highdicom.color import CIELabColor
    from highdicom.seg import SegmentDescription
    from pydicom.sr.codedict import codes

    assert meaning.category is not None
    assert meaning.type is not None
    algorithm = None
    if meaning.method != "MANUAL":
        family = codes.cid7162.ArtificialIntelligence
        version = meaning.algorithm_version or "unknown"
        algorithm = AlgorithmIdentificationSequence(name=meaning.algorithm[:64], family=family, version=version[:64])
    tracking_id = meaning.tracking_id or f"{meaning.label} {number}"
    follows_from = f"{subject} {meaning.tracking_id}" if meaning.tracking_id else f"{seed} {number}"
    return SegmentDescription(
        segment_number=number,
        segment_label=meaning.label[:64],
        segmented_property_category=_coded(meaning.category),
        segmented_property_type=_coded(meaning.type),
        algorithm_type=meaning.method,
        algorithm_identification=algorithm,
        tracking_id=tracking_id[:64],
        tracking_uid=uid(f"{follows_from} tracked"),
        anatomic_regions=[_coded(meaning.region)] if meaning.region else None,
        display_color=CIELabColor.from_rgb(*meaning.colour) if meaning.colour else None,
    )


def _coded(code: Code) -> Any:
    from highdicom.sr import CodedConcept

    return CodedConcept(code.value, code.scheme, code.meaning)


def _whole(text: str) -> int:
    return int(text) if text.isdecimal() else 0
