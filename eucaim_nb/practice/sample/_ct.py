"""Axial CT series."""

from collections.abc import Iterator
from dataclasses import dataclass

from pydicom.dataset import Dataset
from pydicom.uid import CTImageStorage

from ._header import Series, Study, add_private, header, scanner
from ._images import as_ds, set_pixels, stored
from ._people import Person
from ._phantom import ct_slice
from ._tables import pick

_LOWEST_PLANE = {"PELVIS": -310.0, "ABDOMEN": -120.0, "CHEST": 95.0}


@dataclass(frozen=True)
class Geometry:
    """An axial stack in patient coordinates (LPS, mm), planes from feet to head."""

    size: int
    spacing: float
    thickness: float
    origin: tuple[float, float, float]
    count: int

    def z(self, plane: int) -> float:
        """Height of a plane in mm."""
        return self.origin[2] + plane * self.thickness

    def depth(self, plane: int) -> float:
        """Height of a plane as a fraction of the stack, in [-1, 1]."""
        return (2 * plane + 1) / self.count - 1


def geometry(person: Person, count: int) -> Geometry:
    """Where this person's CT lies."""
    size, spacing, thickness = 192, 1.875, 2.5
    corner = -spacing * (size - 1) / 2
    lowest = _LOWEST_PLANE[body_part(person)] - 2.5 * (person.index % 5)
    return Geometry(size, spacing, thickness, (corner, corner - 142.5, lowest), count)


def body_part(person: Person) -> str:
    """Body Part Examined of this person's cancer."""
    return pick("cancers", cancer=person.cancer)[0]["body_part"]


def series(study: Study, number: int, count: int) -> Series:
    """One CT of `count` planes."""
    made_by = scanner(study.person.vendor, "CT")
    description = f"{body_part(study.person).title()} ven. 2.5 B30f"
    ds = header(study, number, "CT", description, CTImageStorage, made_by)
    _acquisition(ds, study)
    add_private(ds, study.person, study.person.vendor)
    return Series(
        study, number, "CT", description, made_by, _slices(ds, study.person, geometry(study.person, count))
    )


def _acquisition(ds: Dataset, study: Study) -> None:
    ds.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    ds.BodyPartExamined = body_part(study.person)
    ds.ContrastBolusAgent = "Iohexol 300"
    ds.SliceThickness = 2.5
    ds.KVP = 120
    ds.DataCollectionDiameter = 500
    ds.ReconstructionDiameter = 360
    ds.GantryDetectorTilt = 0
    ds.TableHeight = 142.5
    ds.RotationDirection = "CW"
    ds.ExposureTime, ds.XRayTubeCurrent, ds.Exposure = 500, 220, 110
    ds.FilterType = "WEDGE"
    ds.ConvolutionKernel = "B30f"
    ds.PatientPosition = "HFS"
    ds.AcquisitionNumber = 1
    ds.FrameOfReferenceUID = study.person.uid("frame", study.number)
    ds.PositionReferenceIndicator = None
    ds.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    ds.WindowCenter, ds.WindowWidth = 50, 400
    ds.RescaleIntercept, ds.RescaleSlope, ds.RescaleType = -1024, 1, "HU"


def _slices(ds: Dataset, person: Person, place: Geometry) -> Iterator[Dataset]:
    ds.PixelSpacing = [place.spacing, place.spacing]
    random = person.random("ct", ds.StudyInstanceUID)
    # GE numbers its images from head to feet here, the others from feet to head.
    planes = range(place.count)
    for position, plane in enumerate(reversed(planes) if person.vendor == "ge" else planes, start=1):
        ds.SOPInstanceUID = person.uid("ct", ds.StudyInstanceUID, position)
        ds.InstanceNumber = position
        ds.ImagePositionPatient = as_ds(place.origin[0], place.origin[1], place.z(plane))
        ds.SliceLocation = as_ds(place.z(plane))[0]
        values = ct_slice(person.cancer, place.depth(plane), place.size, random)
        set_pixels(ds, stored(values + 1024, 12), bits=12)
        yield ds
