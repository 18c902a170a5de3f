"""Synthetic DICOM corpora with a fixed seed, for the benchmarks.

Two kinds of file: `ct`, as a CT scanner writes them (about 200 elements, private blocks in the style of GE,
512 KiB of pixels), and `small`, where the header is nearly everything (about 270 private elements, and
sequences three deep with 16 items). In both, most texts and numbers are others in every file, even the institution's
address and the operator: no series is like that. In `ct-series` and `small-series` the same attributes are those of
the series, as scanners write them; what differs from slice to slice are the UID, number, place and time, the tube's
current, one private number in each block and a private blob. (In four slices of a series in pydicom's own test files,
from a GE scanner, 12 attributes of 184 differ besides the pixels; here it is 13 of 188, and 13 of 370.)

    python -m benchmarks.corpora --dir /tmp/corpora --files 2000
"""

import argparse
import random
from pathlib import Path

from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, MRImageStorage

ROOT = "1.2.826.0.1.3680043.10.1457"
KINDS = ("ct", "ct-series", "small", "small-series")
SLICES = 100
SEED = 20261120

_FLOATS = frozenset(
    ("RevolutionTime", "SingleCollimationWidth", "TotalCollimationWidth", "TableSpeed", "SpiralPitchFactor")
)
_NUMBERED = {"FilterType": "VALUE", "PerformedProcedureStepID": "STEP", "PlateID": "PLATE"}
_OTHER_KEYWORDS = (
    "DeviceSerialNumber",
    "SoftwareVersions",
    "DateOfLastCalibration",
    "TimeOfLastCalibration",
    "InstitutionAddress",
    "PatientComments",
    "AdditionalPatientHistory",
    "RequestingService",
    "StudyComments",
    "PerformedProcedureStepDescription",
    "PerformedProcedureStepID",
    "PerformedProcedureStepStartDate",
    "PerformedProcedureStepStartTime",
    "RequestedProcedureDescription",
    "ImageComments",
    "OperatorsName",
    "PerformingPhysicianName",
    "NameOfPhysiciansReadingStudy",
    "InstitutionalDepartmentName",
    "ManufacturerModelName",
    "FilterType",
    "FocalSpots",
    "TableHeight",
    "RotationDirection",
    "ExposureTime",
    "GeneratorPower",
    "RevolutionTime",
    "SingleCollimationWidth",
    "TotalCollimationWidth",
    "TableSpeed",
    "SpiralPitchFactor",
    "PositionReferenceIndicator",
    "PlateID",
    "WindowCenterWidthExplanation",
)


def corpus(name: str, folder: Path, files: int) -> list[Path]:
    """Return the paths of the corpus `name` (one of `KINDS`) in `folder`, written now unless they are there.

    Files lie in <folder>/<name>/<patient>/<series>/<slice>.dcm, one hundred to a series.
    """
    paths = []
    for number in range(files):
        series, slice_number = divmod(number, SLICES)
        path = folder / name / f"patient{series // 2:03}" / f"series{series:03}" / f"{slice_number:04}.dcm"
        paths.append(path)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            _write(data_set(name, series, slice_number), path)
    return paths


def data_set(name: str, series: int, slice_number: int) -> Dataset:
    """Return one instance of the corpus `name`."""
    kind, _, as_series = name.partition("-")
    own = random.Random(f"{SEED} {kind} {series} {slice_number}")
    common = random.Random(f"{SEED} {kind} {series}") if as_series else own
    return {"ct": _ct, "small": _small}[kind](series, slice_number, common, own)


def _write(dataset: Dataset, path: Path) -> None:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.ImplementationClassUID = f"{ROOT}.1"
    file = FileDataset(str(path), dataset, file_meta=meta, preamble=b"\0" * 128)
    file.save_as(path, enforce_file_format=True)


def _ct(series: int, slice_number: int, common: random.Random, own: random.Random) -> Dataset:
    dataset = _image(series, slice_number, "CT", CTImageStorage)
    dataset.Manufacturer = "GE MEDICAL SYSTEMS"
    dataset.ManufacturerModelName = "LightSpeed VCT"
    dataset.KVP = "120"
    dataset.SliceThickness = "2.50"
    dataset.DataCollectionDiameter = "500.000000"
    dataset.ReconstructionDiameter = "360.000000"
    dataset.GantryDetectorTilt = "0.000000"
    dataset.XRayTubeCurrent = str(own.randint(100, 400))
    dataset.Exposure = str(own.randint(10, 90))
    dataset.ConvolutionKernel = "STANDARD"
    dataset.RescaleIntercept = "-1024"
    dataset.RescaleSlope = "1"
    dataset.WindowCenter = ["40", "-500"]
    dataset.WindowWidth = ["400", "1500"]
    _other_attributes(dataset, common)
    for group, creator, elements in (
        (0x0009, "GEMS_IDEN_01", 16),
        (0x0019, "GEMS_ACQU_01", 24),
        (0x0021, "GEMS_RELA_01", 14),
        (0x0043, "GEMS_PARM_01", 20),
        (0x0045, "GEMS_HELIOS_01", 10),
    ):
        _private_block(dataset, common, own, group, creator, elements)
    _pixels(dataset, 512, 512)
    return dataset


def _small(series: int, slice_number: int, common: random.Random, own: random.Random) -> Dataset:
    dataset = _image(series, slice_number, "MR", MRImageStorage)
    dataset.Manufacturer = "SIEMENS"
    dataset.ManufacturerModelName = "Avanto"
    dataset.MagneticFieldStrength = "1.5"
    dataset.RepetitionTime = "2500"
    dataset.EchoTime = "98"
    dataset.SliceThickness = "3.00"
    _other_attributes(dataset, common)
    for group in (0x0019, 0x0021, 0x0029, 0x0051, 0x0055, 0x0057):
        _private_block(dataset, common, own, group, f"VENDOR BLOCK {group:04X}", 45)
    block = dataset.private_block(0x0029, "VENDOR CSA", create=True)
    block.add_new(0x10, "OB", own.randbytes(4096))
    dataset.RequestAttributesSequence = Sequence(_step(common) for _ in range(16))
    _pixels(dataset, 16, 16)
    return dataset


def _image(series: int, slice_number: int, modality: str, sop_class: str) -> Dataset:
    patient = series // 2
    dataset = Dataset()
    dataset.SpecificCharacterSet = "ISO_IR 100"
    dataset.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    dataset.SOPClassUID = sop_class
    dataset.SOPInstanceUID = f"{ROOT}.2.{series}.{slice_number + 1}"
    dataset.StudyDate = dataset.SeriesDate = dataset.AcquisitionDate = "20240312"
    dataset.ContentDate = "20240312"
    dataset.StudyTime = dataset.SeriesTime = "101530.000000"
    dataset.AcquisitionTime = dataset.ContentTime = f"1016{slice_number % 60:02}.250000"
    dataset.AccessionNumber = f"ACC{patient:08}"
    dataset.Modality = modality
    dataset.InstitutionName = "Hospital de Prueba"
    dataset.ReferringPhysicianName = "Pérez^María"
    dataset.StationName = "STATION1"
    dataset.StudyDescription = f"{modality} de tórax"
    dataset.SeriesDescription = f"Serie {series}"
    dataset.PatientName = f"Apellido{patient:04}^Nombre"
    dataset.PatientID = f"PID{patient:06}"
    dataset.PatientBirthDate = "19600101"
    dataset.PatientSex = "F" if patient % 2 else "M"
    dataset.PatientAge = "064Y"
    dataset.PatientWeight = "70.5"
    dataset.BodyPartExamined = "CHEST"
    dataset.ProtocolName = f"Protocol {series % 7}"
    dataset.PatientPosition = "HFS"
    dataset.StudyInstanceUID = f"{ROOT}.3.{patient}"
    dataset.SeriesInstanceUID = f"{ROOT}.4.{series}"
    dataset.StudyID = str(patient)
    dataset.SeriesNumber = str(series % 10 + 1)
    dataset.AcquisitionNumber = "1"
    dataset.InstanceNumber = str(slice_number + 1)
    dataset.ImagePositionPatient = ["-180.000", "-180.000", f"{-100 + 2.5 * slice_number:.3f}"]
    dataset.ImageOrientationPatient = ["1", "0", "0", "0", "1", "0"]
    dataset.FrameOfReferenceUID = f"{ROOT}.5.{patient}"
    dataset.SliceLocation = f"{-100 + 2.5 * slice_number:.3f}"
    dataset.BurnedInAnnotation = "NO"
    return dataset


def _other_attributes(dataset: Dataset, chance: random.Random) -> None:
    """Add what scanners write besides: small sequences and a few dozen more attributes."""
    for keyword in _OTHER_KEYWORDS:
        if keyword not in dataset:
            setattr(dataset, keyword, _value_for(keyword, chance))
    for keyword in ("ProcedureCodeSequence", "AnatomicRegionSequence", "DeviceSequence"):
        setattr(dataset, keyword, Sequence([_code(chance)]))
    dataset.ReferencedImageSequence = Sequence(_reference(chance) for _ in range(3))


def _value_for(keyword: str, chance: random.Random) -> str | float | list[str]:
    if "Date" in keyword:
        return "20240312"
    if "Time" in keyword and keyword not in {"ExposureTime", "RevolutionTime"}:
        return "101530"
    if keyword in _FLOATS:
        return chance.random()
    if keyword in {"ExposureTime", "GeneratorPower", "FocalSpots", "TableHeight"}:
        return str(chance.randint(1, 900))
    if keyword == "RotationDirection":
        return "CW"
    if keyword in _NUMBERED:
        return f"{_NUMBERED[keyword]}{chance.randint(0, 9)}"
    return f"{keyword} {chance.randint(0, 9999)}"


def _private_block(
    dataset: Dataset, common: random.Random, own: random.Random, group: int, creator: str, elements: int
) -> None:
    block = dataset.private_block(group, creator, create=True)
    for offset in range(1, elements + 1):
        vr = ("DS", "LO", "SS", "SH", "UL", "IS")[offset % 6]
        number = (own if offset == 1 else common).randint(0, 9999)
        block.add_new(offset, vr, number if vr in {"SS", "UL"} else str(number))


def _step(chance: random.Random) -> Dataset:
    item = Dataset()
    item.ScheduledProcedureStepDescription = f"Step {chance.randint(0, 9999)}"
    item.ScheduledProcedureStepID = str(chance.randint(0, 9999))
    protocol = _code(chance)
    modifiers = [_code(chance) for _ in range(4)]
    modifiers[0].CodeMeaning = f"Repeated for Apellido{chance.randint(0, 99):04}"
    protocol.ProtocolContextSequence = Sequence(modifiers)
    item.ScheduledProtocolCodeSequence = Sequence([protocol])
    return item


def _code(chance: random.Random) -> Dataset:
    code = Dataset()
    code.CodeValue = f"T-{chance.randint(10000, 99999)}"
    code.CodingSchemeDesignator = "SRT"
    code.CodeMeaning = "Chest and abdomen"
    return code


def _reference(chance: random.Random) -> Dataset:
    item = Dataset()
    item.ReferencedSOPClassUID = CTImageStorage
    item.ReferencedSOPInstanceUID = f"{ROOT}.6.{chance.randint(1, 10**9)}"
    return item


def _pixels(dataset: Dataset, rows: int, columns: int) -> None:
    dataset.SamplesPerPixel = 1
    dataset.PhotometricInterpretation = "MONOCHROME2"
    dataset.Rows, dataset.Columns = rows, columns
    dataset.PixelSpacing = ["0.703125", "0.703125"]
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 16, 12, 11
    dataset.PixelRepresentation = 0
    ramp = bytes(range(256)) * (rows * columns * 2 // 256)
    dataset.PixelData = ramp


def main() -> None:
    """Write the corpora."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--dir", type=Path, required=True)
    parser.add_argument("--files", type=int, default=2000)
    arguments = parser.parse_args()
    for name in KINDS:
        paths = corpus(name, arguments.dir, arguments.files)
        print(f"{name}: {len(paths)} files in {arguments.dir / name}")


if __name__ == "__main__":
    main()
