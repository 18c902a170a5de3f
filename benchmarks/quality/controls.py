"""Clean series of many kinds, in which nothing is wrong: a check that calls one an error cries wolf."""

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import (
    UID,
    DigitalMammographyXRayImageStorageForPresentation,
    DigitalXRayImageStorageForPresentation,
    EnhancedMRImageStorage,
    ExplicitVRBigEndian,
    ImplicitVRLittleEndian,
    PositronEmissionTomographyImageStorage,
    RLELossless,
    SecondaryCaptureImageStorage,
    UltrasoundImageStorage,
    UltrasoundMultiFrameImageStorage,
)

from benchmarks.quality.annotations import contours, segmentation
from benchmarks.quality.stacks import AXES, compress, series, uid, write

Control = Callable[[Path], object]
CONTROLS: dict[str, Control] = {}


def control(name: str) -> Callable[[Control], Control]:
    """Register a clean kind of series."""

    def register(make: Control) -> Control:
        CONTROLS[name] = make
        return make

    return register


for _plane in AXES:
    control(f"CT, {_plane}")(lambda folder, plane=_plane: write(series(plane), folder))
    control(f"MR, three phases, {_plane}")(
        lambda folder, plane=_plane: write(series(plane, 6, modality="MR", volumes=3), folder)
    )
    control(f"CT with a segmentation, {_plane}")(
        lambda folder, plane=_plane: _with_segmentation(folder, plane)
    )


def _with_segmentation(folder: Path, plane: str) -> None:
    stack = series(plane)
    write(stack, folder / "1")
    write([segmentation(stack)], folder / "2")


@control("CT with contours")
def _(folder: Path) -> None:
    stack = series()
    write(stack, folder / "1")
    write([contours(stack)], folder / "2")


@control("MR, b-values")
def _(folder: Path) -> None:
    made = series(slices=6, modality="MR", volumes=2)
    for ds in made:
        ds.DiffusionBValue = 0.0 if ds.TemporalPositionIdentifier == 1 else 1000.0
        del ds.TemporalPositionIdentifier
    write(made, folder)


@control("MR, two echoes")
def _(folder: Path) -> None:
    made = series(slices=6, modality="MR", volumes=2)
    for ds in made:
        ds.EchoTime = "20" if ds.TemporalPositionIdentifier == 1 else "90"
        del ds.TemporalPositionIdentifier
    write(made, folder)


@control("MR, trigger time differs in every image")
def _(folder: Path) -> None:
    made = series(slices=8, modality="MR")
    for number, ds in enumerate(made):
        ds.TriggerTime = str(100 * number)
    write(made, folder)


@control("localiser in three planes")
def _(folder: Path) -> None:
    made = [ds for number, plane in enumerate(("axial", "coronal", "sagittal")) for ds in series(plane, 3)]
    for number, ds in enumerate(made, 1):
        ds.ImageType = ["ORIGINAL", "PRIMARY", "LOCALIZER"]
        ds.SOPInstanceUID, ds.InstanceNumber = uid(1, "localiser", number), str(number)
        ds.PixelData = ds.PixelData[number * 2 :] + ds.PixelData[: number * 2]
    write(made, folder)


@control("CT, gantry tilted and declared")
def _(folder: Path) -> None:
    made = series()
    for number, ds in enumerate(made):
        x, y, z = (float(value) for value in ds.ImagePositionPatient)
        ds.ImagePositionPatient = [x, round(y + 2.5 * number * float(np.tan(np.radians(15))), 4), z]
        ds.GantryDetectorTilt = "15"
    write(made, folder)


@control("CT, thin slices with rounded positions")
def _(folder: Path) -> None:
    made = series(slices=40, spacing=0.625)
    for ds in made:
        ds.ImagePositionPatient = [round(float(value), 1) for value in ds.ImagePositionPatient]
    write(made, folder)


@control("CT, numbered from the top down, files shuffled")
def _(folder: Path) -> None:
    made = series()
    for number, ds in enumerate(reversed(made), 1):
        ds.InstanceNumber = str(number)
    write(made[5:] + made[:5], folder)


@control("CT, RLE")
def _(folder: Path) -> None:
    made = series()
    for ds in made:
        compress(ds)
    write(made, folder, syntax=RLELossless)


@control("CT, implicit VR")
def _(folder: Path) -> None:
    write(series(), folder, syntax=UID(ImplicitVRLittleEndian))


@control("CT, big endian")
def _(folder: Path) -> None:
    made = series()
    for ds in made:
        ds.PixelData = np.frombuffer(ds.PixelData, "<u2").astype(">u2").tobytes()
    write(made, folder, syntax=UID(ExplicitVRBigEndian))


@control("PET")
def _(folder: Path) -> None:
    made = series(spacing=3.27)
    for ds in made:
        ds.SOPClassUID, ds.Modality = PositronEmissionTomographyImageStorage, "PT"
        ds.NumberOfSlices = len(made)
    write(made, folder)


def _single(sop_class: str, modality: str) -> list[Dataset]:
    ds = series(slices=1)[0]
    for keyword in (
        "ImagePositionPatient",
        "ImageOrientationPatient",
        "FrameOfReferenceUID",
        "SliceThickness",
    ):
        del ds[keyword]
    ds.SOPClassUID, ds.Modality = sop_class, modality
    return [ds]


@control("digital X-ray, one image")
def _(folder: Path) -> None:
    write(_single(DigitalXRayImageStorageForPresentation, "DX"), folder)


@control("mammography, four views in one series")
def _(folder: Path) -> None:
    made = []
    for number in range(4):
        (ds,) = _single(DigitalMammographyXRayImageStorageForPresentation, "MG")
        ds.SOPInstanceUID, ds.InstanceNumber = uid(1, "view", number), str(number + 1)
        ds.PixelData = ds.PixelData[number * 2 :] + ds.PixelData[: number * 2]
        made.append(ds)
    write(made, folder)


@control("ultrasound, stills and a run")
def _(folder: Path) -> None:
    (still,), (run,) = _single(UltrasoundImageStorage, "US"), _single(UltrasoundMultiFrameImageStorage, "US")
    run.SOPInstanceUID, run.InstanceNumber, run.NumberOfFrames = uid(1, "run"), "2", 5
    run.PixelData = b"".join(run.PixelData[n:] + run.PixelData[:n] for n in range(0, 10, 2))
    write([still, run], folder)


@control("secondary capture")
def _(folder: Path) -> None:
    (ds,) = _single(SecondaryCaptureImageStorage, "OT")
    ds.ConversionType = "WSD"
    write([ds], folder)


@control("enhanced MR, one file")
def _(folder: Path) -> None:
    stack = series(modality="MR")
    ds = deepcopy(stack[0])
    for keyword in ("ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing", "SliceThickness"):
        del ds[keyword]
    ds.SOPClassUID, ds.NumberOfFrames = EnhancedMRImageStorage, len(stack)
    ds.PixelData = b"".join(one.PixelData for one in stack)
    ds.PerFrameFunctionalGroupsSequence = Sequence(_plane_of(one) for one in stack)
    ds.SharedFunctionalGroupsSequence = Sequence([Dataset()])
    write([ds], folder)


def _plane_of(image: Dataset) -> Dataset:
    frame, position, orientation, measures = Dataset(), Dataset(), Dataset(), Dataset()
    position.ImagePositionPatient = image.ImagePositionPatient
    orientation.ImageOrientationPatient = image.ImageOrientationPatient
    measures.PixelSpacing, measures.SliceThickness = image.PixelSpacing, image.SliceThickness
    frame.PlanePositionSequence = Sequence([position])
    frame.PlaneOrientationSequence = Sequence([orientation])
    frame.PixelMeasuresSequence = Sequence([measures])
    return frame


@control("two CT examinations of one patient")
def _(folder: Path) -> None:
    first, second = series(seed=1), series(seed=2)
    for ds in second:
        ds.PatientID = first[0].PatientID
        ds.StudyDate = ds.SeriesDate = ds.AcquisitionDate = "20240612"
    write(first, folder / "1")
    write(second, folder / "2")
