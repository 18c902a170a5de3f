"""Images with text in their pixels: ultrasound clips and screen captures."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.uid import SecondaryCaptureImageStorage, UltrasoundMultiFrameImageStorage

from ._ct import body_part
from ._header import Series, Study, add_private, header, scanner
from ._images import grey8, set_pixels
from ._people import Person
from ._phantom import ct_slice, ultrasound
from ._text import Line, burn


def burned_text(person: Person, modality: str) -> list[Line]:
    """Lines that are drawn into the pixels of this person's images of a modality."""
    match modality:
        case "US":
            return [Line(person.latin, 4, 2), Line(f"{person.patient_id} {person.birth:%d/%m/%Y}", 4, 11)]
        case "OT":
            born = f"BORN {person.birth:%d.%m.%Y}"
            return [
                Line(person.latin, 8, 4, 2),
                Line(f"ID {person.patient_id}", 8, 22, 2),
                Line(born, 8, 238, 2),
            ]
    return []


def ultrasound_clip(study: Study, number: int) -> Series:
    """Three frames with the patient's name in the banner; RGB, or YBR for the vendor that compresses."""
    person = study.person
    made_by = scanner(person.vendor, "US")
    ds = header(study, number, "US", "US clip", UltrasoundMultiFrameImageStorage, made_by)
    ds.ImageType = ["ORIGINAL", "PRIMARY", "", "0001"]
    ds.BodyPartExamined = "BREAST" if person.cancer == "breast" else body_part(person)
    if person.cancer == "breast":
        ds.Laterality = "L"
    ds.PatientOrientation = None
    ds.FrameTime = 40
    ds.NumberOfFrames, ds.FrameIncrementPointer = 3, 0x00181063
    ds.LossyImageCompression = "00"
    ds.UltrasoundColorDataPresent = 1
    ds.BurnedInAnnotation = "YES"
    ds.SequenceOfUltrasoundRegions = [_region()]
    add_private(ds, person, person.vendor)
    return Series(study, number, "US", "US clip", made_by, _clip(ds, person))


def _region() -> Dataset:
    region = Dataset()
    region.RegionSpatialFormat, region.RegionDataType, region.RegionFlags = 1, 1, 0
    region.RegionLocationMinX0, region.RegionLocationMinY0 = 0, 20
    region.RegionLocationMaxX1, region.RegionLocationMaxY1 = 199, 149
    region.PhysicalUnitsXDirection = region.PhysicalUnitsYDirection = 3
    region.PhysicalDeltaX = region.PhysicalDeltaY = 0.04
    return region


def _clip(ds: Dataset, person: Person) -> Iterator[Dataset]:
    random = person.random("us")
    frames = np.zeros((3, 150, 200, 3), dtype=np.uint8)
    for index, frame in enumerate(frames):
        grey = ultrasound(person.cancer, 130, 200, random, phase=float(index)).astype(np.uint8)
        frame[20:] = grey[..., np.newaxis]
        frame[60:80, 120:140, 0] = np.maximum(frame[60:80, 120:140, 0], 140)
        for line in burned_text(person, "US"):
            burn(frame, line)
    compressed = person.vendor == "philips"
    photometric = "YBR_FULL" if compressed else "RGB"
    set_pixels(ds, _to_ybr(frames) if compressed else frames, bits=8, photometric=photometric)
    ds.SOPInstanceUID = person.uid("us")
    ds.InstanceNumber = 1
    yield ds


def _to_ybr(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Full-range YCbCr (PS3.3 C.7.6.3.1.2)."""
    to_ybr = np.array([[0.299, 0.587, 0.114], [-0.1687, -0.3313, 0.5], [0.5, -0.4187, -0.0813]])
    ybr: NDArray[np.uint8] = np.clip(np.rint(rgb @ to_ybr.T + [0, 128, 128]), 0, 255).astype(np.uint8)
    return ybr


def capture(study: Study, number: int) -> Series:
    """Screenshot of the CT with name, record number and birth date on it; its header denies the text."""
    person = study.person
    made_by = scanner("capture", "OT")
    ds = header(study, number, "OT", "Screenshot key image", SecondaryCaptureImageStorage, made_by)
    ds.ImageType = ["DERIVED", "SECONDARY"]
    ds.BodyPartExamined = body_part(person)
    ds.ConversionType = "WSD"
    ds.DateOfSecondaryCapture, ds.TimeOfSecondaryCapture = ds.StudyDate, ds.StudyTime
    ds.PatientOrientation = None
    ds.BurnedInAnnotation = "NO"
    return Series(study, number, "OT", "Screenshot key image", made_by, _screenshot(ds, person))


def _screenshot(ds: Dataset, person: Person) -> Iterator[Dataset]:
    screen = np.full((256, 384), 24, dtype=np.uint8)
    screen[42:234, 96:288] = grey8(ct_slice(person.cancer, 0.05, 192, person.random("capture")), -160, 240)
    for line in burned_text(person, "OT"):
        burn(screen, line)
    set_pixels(ds, screen, bits=8)
    ds.SOPInstanceUID = person.uid("capture")
    ds.InstanceNumber = 1
    yield ds
