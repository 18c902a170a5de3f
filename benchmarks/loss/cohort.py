"""Many small instances of many patients, each with bytes of its own, and the digests by which they are known."""

import hashlib
from pathlib import Path
from typing import NamedTuple

import numpy as np
from pydicom import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, MRImageStorage, generate_uid

_SLICES = 10
_SIZE = 16


class Digests(NamedTuple):
    """Hexadecimal digests of one file."""

    sha256: str
    md5: str


def write(folder: Path, instances: int, seed: int = 1) -> dict[str, Digests]:
    """Write so many instances in series of ten, two series a study, two studies a patient.

    Returns
    -------
    dict
        Digests by SOP Instance UID.
    """
    rng = np.random.default_rng(seed)
    folder.mkdir(parents=True)
    return dict(_write(folder, number, rng, seed) for number in range(instances))


def _write(folder: Path, number: int, rng: np.random.Generator, seed: int) -> tuple[str, Digests]:
    series = number // _SLICES
    study, patient = series // 2, series // 4
    ds = Dataset()
    ds.SOPClassUID = MRImageStorage
    ds.SOPInstanceUID = _uid(seed, "instance", number)
    ds.StudyInstanceUID, ds.SeriesInstanceUID = _uid(seed, "study", study), _uid(seed, "series", series)
    ds.PatientID = ds.PatientName = f"LOSS{patient:05}"
    ds.PatientSex, ds.PatientBirthDate = "O", ""
    ds.StudyID, ds.StudyDate, ds.StudyTime, ds.AccessionNumber = str(study), "20200101", "120000", ""
    ds.ReferringPhysicianName = ""
    ds.Modality, ds.Manufacturer, ds.BodyPartExamined = "MR", "Invented", "PROSTATE"
    ds.SeriesNumber, ds.InstanceNumber = str(series % 2 + 1), str(number % _SLICES + 1)
    ds.ImagePositionPatient, ds.ImageOrientationPatient = [0, 0, number % _SLICES], [1, 0, 0, 0, 1, 0]
    ds.PixelSpacing, ds.SliceThickness = [1, 1], "1"
    ds.Rows = ds.Columns = _SIZE
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 16, 15, 0
    ds.PixelData = rng.integers(0, 4000, _SIZE * _SIZE, dtype=np.uint16).tobytes()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
    path = folder / f"{number:06}.dcm"
    ds.save_as(path, enforce_file_format=True)
    data = path.read_bytes()
    return ds.SOPInstanceUID, Digests(hashlib.sha256(data).hexdigest(), hashlib.md5(data).hexdigest())


def _uid(seed: int, kind: str, number: int) -> str:
    return str(generate_uid(entropy_srcs=[str(seed), kind, str(number)]))

