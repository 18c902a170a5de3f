"""Small clean series with known geometry, written as files, and ways to break them."""

from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import (
    UID,
    CTImageStorage,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    MRImageStorage,
    RLELossless,
    generate_uid,
)

AXES = {
    "axial": [1, 0, 0, 0, 1, 0],
    "oblique": [1, 0, 0, 0, 0.9396926, 0.3420201],
    "sagittal": [0, 1, 0, 0, 0, -1],
    "coronal": [1, 0, 0, 0, 0, -1],
}
ROOT = "1.2.826.0.1.3680043.10.1457.8."


def series(
    plane: str = "axial",
    slices: int = 12,
    *,
    spacing: float = 2.5,
    modality: str = "CT",
    seed: int = 1,
    volumes: int = 1,
) -> list[Dataset]:
    """Return the data sets of a clean series; several volumes are told apart by their temporal position."""
    chance = np.random.default_rng(seed)
    axes = np.asarray(AXES[plane], dtype=float)
    normal = np.cross(axes[:3], axes[3:])
    made = []
    for number in range(slices * volumes):
        ds = Dataset()
        ds.SpecificCharacterSet = "ISO_IR 100"
        ds.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
        ds.SOPClassUID = CTImageStorage if modality == "CT" else MRImageStorage
        ds.SOPInstanceUID = uid(seed, "instance", number)
        ds.StudyDate = ds.SeriesDate = ds.AcquisitionDate = "20240312"
        ds.StudyTime, ds.AccessionNumber, ds.Modality = "101500", "", modality
        ds.Manufacturer, ds.ReferringPhysicianName = "SIEMENS", ""
        ds.SeriesDescription, ds.PatientName, ds.PatientID = (
            f"{modality} {plane}",
            f"EU-{seed:04}",
            f"EU-{seed:04}",
        )
        ds.PatientBirthDate, ds.PatientSex, ds.PatientAge = "", "F", "064Y"
        ds.BodyPartExamined, ds.SliceThickness, ds.KVP = "CHEST", str(spacing), "120"
        ds.PatientPosition = "HFS"
        ds.StudyInstanceUID, ds.SeriesInstanceUID = uid(seed, "study"), uid(seed, "series")
        ds.StudyID, ds.SeriesNumber, ds.AcquisitionNumber = "1", "1", "1"
        ds.InstanceNumber = str(number + 1)
        if volumes > 1:
            ds.TemporalPositionIdentifier = str(number // slices + 1)
        place = normal * spacing * (number % slices) + np.asarray([-100.0, -90.0, 40.0])
        ds.ImagePositionPatient = [f"{value:.4f}" for value in place]
        ds.ImageOrientationPatient = [f"{value:.7f}" for value in axes]
        ds.FrameOfReferenceUID, ds.PositionReferenceIndicator = uid(seed, "frame"), ""
        ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
        ds.Rows = ds.Columns = 32
        ds.PixelSpacing = ["0.8", "0.8"]
        ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 12, 11, 0
        if modality == "CT":
            ds.RescaleIntercept, ds.RescaleSlope = "-1024", "1"
        else:
            ds.ScanningSequence, ds.SequenceVariant, ds.ScanOptions, ds.MRAcquisitionType = (
                "SE",
                "NONE",
                "",
                "2D",
            )
            ds.EchoTime, ds.EchoTrainLength, ds.RepetitionTime = "90", "1", "3000"
            ds.ImageType = ["ORIGINAL", "PRIMARY", "M"]
        ds.PixelData = chance.integers(0, 2000, (32, 32), dtype=np.uint16).tobytes()
        made.append(ds)
    return made


def write(
    datasets: list[Dataset], folder: Path, suffix: str = ".dcm", syntax: UID = ExplicitVRLittleEndian
) -> list[Path]:
    """Write data sets as files and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for number, ds in enumerate(datasets, 1):
        meta = FileMetaDataset()
        meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = ds.SOPClassUID, ds.SOPInstanceUID
        meta.TransferSyntaxUID, meta.ImplementationClassUID = syntax, ROOT + "1"
        path = folder / f"IM{number:04}{suffix}"
        file = FileDataset(str(path), ds, file_meta=meta, preamble=b"\0" * 128)
        if syntax == ExplicitVRBigEndian:
            file.set_original_encoding(is_implicit_vr=False, is_little_endian=False)
        file.save_as(path, enforce_file_format=True)
        paths.append(path)
    return paths


def compress(ds: Dataset) -> None:
    """Compress the pixel data of a data set as RLE."""
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.compress(RLELossless, generate_instance_uid=False)


def uid(seed: int, *words: object) -> str:
    """Return a UID that follows from some words."""
    return str(generate_uid(prefix=ROOT, entropy_srcs=[str(seed), *map(str, words)]))
