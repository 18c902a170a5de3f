"""Single projection images: a chest radiograph and a mammogram."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.sr.coding import Code
from pydicom.uid import (
    DigitalMammographyXRayImageStorageForPresentation,
    DigitalXRayImageStorageForPresentation,
)

from ._header import Series, Study, header, scanner
from ._images import set_pixels
from ._phantom import mammogram, projection


def chest(study: Study, number: int) -> Series:
    """Posterior-anterior chest radiograph, 288 by 288."""
    person = study.person
    made_by = scanner("philips", "DX")
    ds = header(study, number, "DX", "Thorax pa", DigitalXRayImageStorageForPresentation, made_by)
    _detector(ds, spacing=1.2)
    ds.BodyPartExamined = "CHEST"
    ds.ViewPosition = "PA"
    ds.PositionerType = None
    ds.PatientOrientation = ["L", "F"]
    ds.ImageLaterality = "U"
    ds.AnatomicRegionSequence = [_code(Code("51185008", "SCT", "Chest"))]
    ds.ViewCodeSequence = [_code(Code("399348003", "SCT", "postero-anterior"))]
    attenuation = projection(person.cancer, 288, person.random("dx"))
    pixels = np.clip(attenuation * 3900 + 60, 0, 4095).astype(np.uint16)
    return Series(study, number, "DX", "Thorax pa", made_by, _single(ds, pixels, person.uid("dx")))


def breast(study: Study, number: int) -> Series:
    """Left cranio-caudal mammogram, 320 by 224."""
    person = study.person
    made_by = scanner("ge", "MG")
    ds = header(study, number, "MG", "L CC", DigitalMammographyXRayImageStorageForPresentation, made_by)
    _detector(ds, spacing=0.7)
    ds.BodyPartExamined = "BREAST"
    ds.PositionerType = "MAMMOGRAPHIC"
    ds.PositionerPrimaryAngle = 0
    ds.PatientOrientation = ["A", "R"]
    ds.ImageLaterality = "L"
    ds.OrganExposed = "BREAST"
    ds.BodyPartThickness, ds.CompressionForce = 52, 98
    ds.KVP, ds.AnodeTargetMaterial, ds.FilterMaterial = 29, "MOLYBDENUM", "MOLYBDENUM"
    ds.AnatomicRegionSequence = [_code(Code("76752008", "SCT", "Breast"))]
    view = _code(Code("399162004", "SCT", "cranio-caudal"))
    view.ViewModifierCodeSequence = []
    ds.ViewCodeSequence = [view]
    pixels = (mammogram(320, 224, person.random("mg")) * 4095).astype(np.uint16)
    return Series(study, number, "MG", "L CC", made_by, _single(ds, pixels, person.uid("mg")))


def _detector(ds: Dataset, *, spacing: float) -> None:
    ds.ImageType = ["ORIGINAL", "PRIMARY", ""]
    ds.PresentationIntentType = "FOR PRESENTATION"
    ds.ImagerPixelSpacing = [spacing, spacing]
    ds.DetectorType = "DIRECT"
    ds.DetectorActiveTime = None
    ds.AcquisitionContextSequence = []
    ds.PixelIntensityRelationship, ds.PixelIntensityRelationshipSign = "LOG", 1
    ds.RescaleIntercept, ds.RescaleSlope, ds.RescaleType = 0, 1, "US"
    ds.PresentationLUTShape = "IDENTITY"
    ds.LossyImageCompression = "00"
    ds.BurnedInAnnotation = "NO"
    ds.WindowCenter, ds.WindowWidth = 2048, 4096


def _single(ds: Dataset, pixels: NDArray[np.uint16], instance: str) -> Iterator[Dataset]:
    set_pixels(ds, pixels, bits=12)
    ds.SOPInstanceUID = instance
    ds.InstanceNumber = 1
    yield ds


def _code(code: Code) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = (
        code.value,
        code.scheme_designator,
        code.meaning,
    )
    return item
