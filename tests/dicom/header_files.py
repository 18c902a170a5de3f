"""The files that the header tests read: those bundled with pydicom, and small ones made to order."""

import io
import warnings
from pathlib import Path

import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID, CTImageStorage, ExplicitVRLittleEndian

from eucaim_nb.dicom._problems import ProblemKind
from eucaim_nb.dicom._read import read_header
from eucaim_nb.dicom._values import canonical
from eucaim_nb.dicom._wanted import INDEX, Wanted

BUNDLED = Path(pydicom.__file__).parent / "data"
BUNDLED_FILES = sorted(
    path for kind in ("test_files", "charset_files") for path in (BUNDLED / kind).rglob("*") if path.is_file()
)


def values_of_pydicom(
    source: Path | io.BytesIO, wanted: Wanted = INDEX, *, force: bool = False
) -> dict[str, str]:
    """Read with pydicom alone, each value in its text form; those that raise on access are left out."""
    values = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        dataset = pydicom.dcmread(
            source, stop_before_pixels=True, force=force, specific_tags=list(wanted.keywords)
        )
        for keyword in wanted.keywords:
            try:
                if keyword in dataset:
                    values[keyword] = canonical(dataset[keyword])
            except Exception:
                continue
    return values


def image(syntax: UID = ExplicitVRLittleEndian, **changes: object) -> Dataset:
    """Return a small CT data set; a change to None removes the attribute."""
    dataset = Dataset()
    dataset.SOPClassUID = CTImageStorage
    dataset.SOPInstanceUID, dataset.StudyInstanceUID, dataset.SeriesInstanceUID = "1.2.3", "1.2.4", "1.2.5"
    dataset.Modality = "CT"
    dataset.PatientID = "P1"
    dataset.Rows, dataset.Columns, dataset.SamplesPerPixel = 4, 5, 1
    dataset.PhotometricInterpretation = "MONOCHROME2"
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 16, 12, 11, 0
    dataset.add_new("PixelData", "OW", bytes(40))
    for keyword, value in changes.items():
        if value is None:
            del dataset[keyword]
        else:
            setattr(dataset, keyword, value)
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = syntax
    return dataset


def written(dataset: Dataset) -> bytes:
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        dataset.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()


def kinds(content: bytes) -> list[ProblemKind]:
    return [problem.kind for problem in read_header(io.BytesIO(content)).problems]
