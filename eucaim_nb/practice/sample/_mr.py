"""MR series: oblique T2 and a diffusion series with two b-values."""

from collections.abc import Iterator
from math import cos, radians, sin

from pydicom.dataset import Dataset
from pydicom.uid import MRImageStorage

from ._ct import body_part
from ._header import Series, Study, add_private, header, scanner
from ._images import as_ds, set_pixels, stored
from ._phantom import mr_slice

_SIZE = 128
_SPACING = 2.1875
_GAP = 4.4


def t2(study: Study, number: int, count: int) -> Series:
    """T2-weighted turbo spin echo, tilted by eight degrees, of `count` planes."""
    ds, made = _start(study, number, "t2_tse_tra_obl")
    ds.ImageType = ["ORIGINAL", "PRIMARY", "M", "SE"]
    ds.ScanningSequence, ds.SequenceVariant = "SE", "SK"
    ds.RepetitionTime, ds.EchoTime, ds.EchoTrainLength, ds.FlipAngle = 4200, 101, 15, 150
    ds.WindowCenter, ds.WindowWidth = 300, 620
    add_private(ds, study.person, study.person.vendor)
    return Series(study, number, "MR", "t2_tse_tra_obl", made, _planes(ds, study, number, count, [None], 8.0))


def diffusion(study: Study, number: int, count: int) -> Series:
    """Echo-planar diffusion at b = 50 and b = 800 s/mm², `count` planes each."""
    ds, made = _start(study, number, "ep2d_diff_b50_b800")
    ds.ImageType = ["ORIGINAL", "PRIMARY", "DIFFUSION", "NONE"]
    ds.ScanningSequence, ds.SequenceVariant = "EP", "SK"
    ds.RepetitionTime, ds.EchoTime, ds.EchoTrainLength, ds.FlipAngle = 5600, 62, 61, 90
    ds.WindowCenter, ds.WindowWidth = 180, 360
    images = _planes(ds, study, number, count, [50, 800], 0.0)
    return Series(study, number, "MR", "ep2d_diff_b50_b800", made, images)


def _start(study: Study, number: int, description: str) -> tuple[Dataset, dict[str, str]]:
    made_by = scanner(study.person.vendor, "MR")
    ds = header(study, number, "MR", description, MRImageStorage, made_by)
    ds.BodyPartExamined = body_part(study.person)
    ds.ScanOptions = "FS"
    ds.MRAcquisitionType = "2D"
    ds.SliceThickness = 4
    ds.SpacingBetweenSlices = _GAP
    ds.MagneticFieldStrength = 3
    ds.PixelBandwidth = 200
    ds.PatientPosition = "HFS"
    ds.FrameOfReferenceUID = study.person.uid("frame", study.number)
    ds.PositionReferenceIndicator = None
    ds.PixelSpacing = [_SPACING, _SPACING]
    return ds, made_by


def _planes(
    ds: Dataset, study: Study, number: int, count: int, b_values: list[int | None], tilt: float
) -> Iterator[Dataset]:
    person = study.person
    down, along = (
        (0.0, cos(radians(tilt)), sin(radians(tilt))),
        (0.0, -sin(radians(tilt)), cos(radians(tilt))),
    )
    ds.ImageOrientationPatient = as_ds(1, 0, 0, *down)
    corner = -_SPACING * (_SIZE - 1) / 2
    random = person.random("mr", study.number, number)
    position = 0
    for acquisition, b_value in enumerate(b_values, start=1):
        ds.AcquisitionNumber = acquisition
        if b_value is not None:
            ds.DiffusionBValue = float(b_value)
            add_private(ds, person, person.vendor, b_value=b_value)
        for plane in range(count):
            position += 1
            offset = (plane - (count - 1) / 2) * _GAP
            start = [corner * part + offset * step for part, step in zip(down, along, strict=True)]
            ds.SOPInstanceUID = person.uid("mr", study.number, number, position)
            ds.InstanceNumber = position
            ds.ImagePositionPatient = as_ds(corner, start[1], start[2])
            ds.SliceLocation = as_ds(offset)[0]
            values = mr_slice(person.cancer, (2 * plane + 1) / count - 1, _SIZE, random, b=b_value)
            set_pixels(ds, stored(values, 12), bits=12)
            yield ds
