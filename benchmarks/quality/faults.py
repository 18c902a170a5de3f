"""Faults, one at a time, put into a clean stack of any orientation; each names the check that should tell it."""

import shutil
import zipfile
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.uid import UID, RLELossless

from benchmarks.quality.annotations import contours, segmentation
from benchmarks.quality.stacks import ROOT, compress, series, uid, write


@dataclass
class Case:
    """A clean stack that a fault changes before or after it is written to `folder`.

    `settings` go into the workspace; `clinical` is the text of a clinical table.
    """

    plane: str
    folder: Path
    slices: list[Dataset] = field(default_factory=list)
    settings: dict[str, object] = field(default_factory=dict)
    clinical: str = ""
    manifest: str = ""

    def write(self, *others: list[Dataset], suffix: str = ".dcm") -> list[Path]:
        """Write the stack, and other series beside it."""
        paths = write(self.slices, self.folder / "1", suffix)
        for number, other in enumerate(others, 2):
            write(other, self.folder / str(number), suffix)
        return paths

    def other(self, seed: int = 2, **options: object) -> list[Dataset]:
        """Return another clean stack of the same orientation."""
        return series(self.plane, seed=seed, **options)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Fault:
    """A fault, the ids of the checks that may tell it, and how deep one has to look."""

    name: str
    expected: tuple[str, ...]
    inject: Callable[[Case], object]
    level: str
    node: str


FAULTS: list[Fault] = []


def fault(name: str, *expected: str, level: str = "standard", node: str = "practice-upv"):  # type: ignore[no-untyped-def]
    """Register a fault."""

    def register(inject: Callable[[Case], object]) -> Callable[[Case], object]:
        FAULTS.append(Fault(name, expected, inject, level, node))
        return inject

    return register


def _set(
    name: str, expected: str, keyword: str, value: object, which: slice = slice(None), **options: str
) -> None:
    """Register a fault that is one attribute set on some images; None deletes it."""

    @fault(name, expected, **options)
    def _(case: Case) -> None:
        for ds in case.slices[which]:
            if value is None:
                del ds[keyword]
            else:
                setattr(ds, keyword, value)
        case.write()


_ONE = slice(4, 5)


# Geometry and number of images


@fault("one slice missing", "S06")
def _(case: Case) -> None:
    del case.slices[5]
    case.write()


@fault("three slices missing in a row", "S06")
def _(case: Case) -> None:
    del case.slices[4:7]
    case.write()


@fault("two gaps", "S06")
def _(case: Case) -> None:
    del case.slices[8], case.slices[3]
    case.write()


@fault("slice twice, same pixels, other UID", "S16")
def _(case: Case) -> None:
    copy = deepcopy(case.slices[3])
    copy.SOPInstanceUID = uid(1, "copy")
    case.slices.append(copy)
    case.write()


@fault("position twice, other pixels", "S05")
def _(case: Case) -> None:
    copy = deepcopy(case.slices[3])
    copy.SOPInstanceUID, copy.InstanceNumber = uid(1, "copy"), "13"
    copy.PixelData = case.slices[4].PixelData[::-1]
    case.slices.append(copy)
    case.write()


@fault("one image in another plane", "S04")
def _(case: Case) -> None:
    other = {"axial": "coronal", "coronal": "sagittal", "sagittal": "axial", "oblique": "coronal"}[case.plane]
    case.slices[4].ImageOrientationPatient = series(other, 1)[0].ImageOrientationPatient
    case.write()


@fault("one image of another size", "S02")
def _(case: Case) -> None:
    case.slices[4].Rows = 16
    case.slices[4].PixelData = case.slices[4].PixelData[:1024]
    case.write()


@fault("tilted gantry", "S08")
def _(case: Case) -> None:
    rows = np.asarray(case.slices[0].ImageOrientationPatient[3:], dtype=float)
    for number, ds in enumerate(case.slices):
        at = np.asarray(ds.ImagePositionPatient, dtype=float) + rows * 2.5 * number * np.tan(np.radians(11))
        ds.ImagePositionPatient = [f"{value:.4f}" for value in at]
    case.write()


@fault("one slice off its place", "S07")
def _(case: Case) -> None:
    axes = np.asarray(case.slices[0].ImageOrientationPatient, dtype=float)
    normal = np.cross(axes[:3], axes[3:])
    at = np.asarray(case.slices[5].ImagePositionPatient, dtype=float) + normal * 1.0
    case.slices[5].ImagePositionPatient = [f"{value:.4f}" for value in at]
    case.write()


@fault("aborted phase", "S05")
def _(case: Case) -> None:
    case.slices = series(case.plane, 6, modality="MR", volumes=3)[:-3]
    case.write()


@fault("slice missing in every phase", "S06")
def _(case: Case) -> None:
    case.slices = [
        ds for number, ds in enumerate(series(case.plane, 8, modality="MR", volumes=2)) if number % 8 != 4
    ]
    case.write()


@fault("fewer images than declared", "S10")
def _(case: Case) -> None:
    for ds in case.slices:
        ds.ImagesInAcquisition = "14"
    case.write()


@fault("every second slice missing", "S12")
def _(case: Case) -> None:
    case.slices = case.slices[::2]
    case.write()


@fault("dynamic examination split over series", "S15")
def _(case: Case) -> None:
    parts = []
    for number in range(4):
        part = deepcopy(case.slices)
        for ds in part:
            ds.SeriesInstanceUID = uid(1, "part", number)
            ds.SOPInstanceUID = uid(1, "part", number, ds.InstanceNumber)
            ds.PixelData = ds.PixelData[number + 1 :] + ds.PixelData[: number + 1]
        parts.append(part)
    case.slices = parts[0]
    case.write(*parts[1:])


@fault("Instance Numbers left out", "S09")
def _(case: Case) -> None:
    for number, ds in enumerate(case.slices):
        ds.InstanceNumber = str(number + 1 + 2 * (number > 6))
    case.write()


@fault("first images missing", "S09")
def _(case: Case) -> None:
    del case.slices[:3]
    case.write()


_set("pixel spacing of one image", "S03", "PixelSpacing", ["0.9", "0.9"], _ONE)
_set("no Instance Number", "S09", "InstanceNumber", None)
_set("Instance Number twice", "S09", "InstanceNumber", "5", slice(5, 6))
_set("no frame of reference", "S13", "FrameOfReferenceUID", None)
_set("another modality in the series", "S01", "Modality", "MR", _ONE)
_set("another patient in the series", "S01", "PatientID", "EU-0099", _ONE)
_set("screen shot", "S11", "ImageType", ["DERIVED", "SECONDARY", "SCREEN SAVE"])


# Files


@fault("empty file", "F01")
def _(case: Case) -> None:
    case.write()[0].write_bytes(b"")


@fault("file of 100 bytes", "F01")
def _(case: Case) -> None:
    path = case.write()[2]
    path.write_bytes(path.read_bytes()[:100])


@fault("web page in place of an image", "F02")
def _(case: Case) -> None:
    case.write()[2].write_text(
        "<html><head><title>Login</title></head><body>" + "Session expired. " * 20 + "</body>"
    )


@fault("PDF in place of an image", "F02")
def _(case: Case) -> None:
    case.write()[2].write_bytes(b"%PDF-1.4\n" + b"x" * 400)


@fault("no preamble", "F03")
def _(case: Case) -> None:
    path = case.write()[2]
    path.write_bytes(path.read_bytes()[132:])


@fault("file meta names another instance", "F04")
def _(case: Case) -> None:
    path = case.write()[2]
    data, own = path.read_bytes(), case.slices[2].SOPInstanceUID.encode()
    path.write_bytes(data.replace(own, own[:-1] + (b"1" if own[-1:] != b"1" else b"2"), 1))


@fault("header cut off", "F05")
def _(case: Case) -> None:
    path = case.write()[2]
    data = path.read_bytes()
    path.write_bytes(data[: data.index(b"\x10\x00\x10\x00") + 4])


@fault("header only", "F05")
def _(case: Case) -> None:
    path = case.write()[2]
    data = path.read_bytes()
    path.write_bytes(data[: data.index(b"\xe0\x7f\x10\x00OW")])


@fault("pixel data cut off", "F06")
def _(case: Case) -> None:
    path = case.write()[2]
    path.write_bytes(path.read_bytes()[:-700])


def _compressed(case: Case, frames: int = 1) -> list[Path]:
    for ds in case.slices:
        compress(ds)
        if frames > 1:
            ds.NumberOfFrames = frames
    return write(case.slices, case.folder / "1", syntax=RLELossless)


@fault("compressed pixel data cut off", "F07")
def _(case: Case) -> None:
    path = _compressed(case)[2]
    path.write_bytes(path.read_bytes()[:-200])


@fault("fewer fragments than frames", "F07")
def _(case: Case) -> None:
    ds = case.slices[0]
    compress(ds)
    ds.NumberOfFrames = 3
    write([ds], case.folder / "1", syntax=RLELossless)


@fault("unknown transfer syntax", "F08")
def _(case: Case) -> None:
    write(case.slices, case.folder / "1", syntax=UID(ROOT + "77"))


@fault("damaged compressed picture", "F09", level="full")
def _(case: Case) -> None:
    _compressed(case)
    ds = case.slices[2]
    ds.PixelData = encapsulate([b"\x01\0\0\0\x40\0\0\0" + b"\0" * 56 + b"\x80" * 40])
    write(case.slices, case.folder / "1", syntax=RLELossless)


@fault("explicit VR declared implicit", "F10")
def _(case: Case) -> None:
    path = case.write()[2]
    data = path.read_bytes()
    path.write_bytes(data.replace(b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2\0\0\0", 1))


@fault("little endian declared big", "F10")
def _(case: Case) -> None:
    path = case.write()[2]
    path.write_bytes(path.read_bytes().replace(b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2.2\0", 1))


@fault("unknown SOP class", "F11")
def _(case: Case) -> None:
    for ds in case.slices:
        ds.SOPClassUID = ROOT + "88"
    case.write()


@fault("bytes behind the end", "F12")
def _(case: Case) -> None:
    path = case.write()[2]
    path.write_bytes(path.read_bytes() + b"trailing rubbish" * 4)


@fault("no suffix", "F13", "N-UPV-7")
def _(case: Case) -> None:
    case.write(suffix="")


@fault("copy of a file", "F16")
def _(case: Case) -> None:
    path = case.write()[2]
    shutil.copy(path, path.with_name("copy.dcm"))


@fault("litter of an operating system", "F17")
def _(case: Case) -> None:
    (case.write()[2].parent / "Thumbs.db").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500)


@fault("archive among the images", "F18")
def _(case: Case) -> None:
    path = case.write()[2]
    with zipfile.ZipFile(path.parent / "more.zip", "w") as archive:
        archive.write(path, "IM1")


_set("type 1 attribute missing", "F14", "RescaleSlope", None)
_set("type 2 attribute missing", "F14", "KVP", None)


@fault("impossible date", "F15")
def _(case: Case) -> None:
    path = case.write()[2]
    path.write_bytes(path.read_bytes().replace(b"DA\x08\x0020240312", b"DA\x08\x0020241399"))


@fault("UID with a leading zero", "F15")
def _(case: Case) -> None:
    for ds in case.slices:
        ds.FrameOfReferenceUID = ROOT + "007.1"
    case.write()


@fault("text without its character set", "F15")
def _(case: Case) -> None:
    for ds in case.slices:
        ds.SeriesDescription = "Thorax gross"
    for path in case.write():
        data = path.read_bytes().replace(b"Thorax gross", b"Thorax gr\xf6\xdf ")
        path.write_bytes(data.replace(b"ISO_IR 100", b"          "))


# UIDs, patients, studies


@fault("one UID, other pixels", "P01")
def _(case: Case) -> None:
    copy = deepcopy(case.slices[3])
    copy.PixelData = copy.PixelData[::-1]
    case.slices.append(copy)
    case.write()


@fault("series in two studies", "P02")
def _(case: Case) -> None:
    for ds in case.slices[6:]:
        ds.StudyInstanceUID = uid(1, "other study")
    case.write()


@fault("study of two patients", "P02")
def _(case: Case) -> None:
    other = case.other()
    for ds in other:
        ds.StudyInstanceUID = case.slices[0].StudyInstanceUID
    case.write(other)


@fault("two spellings of a patient", "P03")
def _(case: Case) -> None:
    other = case.other()
    for ds in other:
        ds.PatientID = "eu 0001"
    case.write(other)


@fault("frame of reference of two patients", "P06")
def _(case: Case) -> None:
    other = case.other()
    for ds in other:
        ds.FrameOfReferenceUID = case.slices[0].FrameOfReferenceUID
    case.write(other)


def _in_one_study(name: str, keyword: str, value: str) -> None:
    @fault(name, "P04")
    def _(case: Case) -> None:
        other = case.other()
        for ds in other:
            ds.PatientID, ds.StudyInstanceUID = case.slices[0].PatientID, case.slices[0].StudyInstanceUID
            setattr(ds, keyword, value)
        case.write(other)


_in_one_study("age differs in a study", "PatientAge", "063Y")
_in_one_study("sex differs in a study", "PatientSex", "M")
_in_one_study("date differs in a study", "StudyDate", "20240313")


@fault("sex differs between studies", "P05")
def _(case: Case) -> None:
    other = case.other()
    for ds in other:
        ds.PatientID, ds.PatientSex = case.slices[0].PatientID, "M"
    case.write(other)


_set("empty Patient ID", "P03", "PatientID", "")
_set("generic Patient ID", "P03", "PatientID", "ANONYMOUS")
_set("no body part", "P07", "BodyPartExamined", "")
_set("no acquisition date", "P07", "AcquisitionDate", None)
_set("date in the future", "P08", "StudyDate", "29990101")
_set("examined before birth", "P08", "PatientBirthDate", "20250101")
_set("body part in words", "P09", "BodyPartExamined", "Brust, links")


# Content


@fault("blank picture", "C01", level="full")
def _(case: Case) -> None:
    case.slices[4].PixelData = b"\0" * 2048
    case.write()


@fault("nearly blank picture", "C02", level="full")
def _(case: Case) -> None:
    case.slices[4].PixelData = b"\x07\0" + b"\0" * 2046
    case.write()


@fault("saturated picture", "C03", level="full")
def _(case: Case) -> None:
    values = np.frombuffer(case.slices[4].PixelData, np.uint16).copy()
    values[:100] = 4095
    case.slices[4].PixelData = values.tobytes()
    case.write()


@fault("values beyond Bits Stored", "C04", level="full")
def _(case: Case) -> None:
    values = np.frombuffer(case.slices[4].PixelData, np.uint16).copy()
    values[5] = 60000
    case.slices[4].PixelData = values.tobytes()
    case.write()


@fault("transfer broke off, zeros to the end", "C05")
def _(case: Case) -> None:
    for ds in case.slices:
        ds.Rows = ds.Columns = 64
        ds.PixelData = (ds.PixelData * 4)[: 64 * 64 * 2]
    case.slices[4].PixelData = case.slices[4].PixelData[:4000] + b"\0" * (8192 - 4000)
    case.write()


@fault("one picture under two patients", "C06")
def _(case: Case) -> None:
    other = case.other()
    other[3].PixelData = case.slices[3].PixelData
    case.write(other)


@fault("nearly the same pictures under two patients", "C07", level="full")
def _(case: Case) -> None:
    other = case.other()
    for ds, like in zip(other, case.slices, strict=True):
        values = np.frombuffer(like.PixelData, np.uint16)
        ds.PixelData = np.where(values > 10, values + 1, values).astype(np.uint16).tobytes()
    case.write(other)


_set("CT without Hounsfield units", "C08", "RescaleIntercept", "0", level="full")


# Annotations


@fault("segmentation of images that are not here", "G01")
def _(case: Case) -> None:
    case.write([segmentation(case.slices)])
    (case.folder / "1" / "IM0003.dcm").unlink()


@fault("segmentation of another patient", "G01")
def _(case: Case) -> None:
    seg = segmentation(case.slices)
    seg.PatientID = "EU-0099"
    case.write([seg])


@fault("segmentation moved", "G02")
def _(case: Case) -> None:
    seg = segmentation(case.slices)
    for frame in seg.PerFrameFunctionalGroupsSequence:
        at = frame.PlanePositionSequence[0].ImagePositionPatient
        at[0] = float(at[0]) + 0.4
    case.write([seg])


@fault("segment does not say what it is", "G03")
def _(case: Case) -> None:
    seg = segmentation(case.slices)
    del seg.SegmentSequence[0].SegmentedPropertyTypeCodeSequence
    case.write([seg])


@fault("segment in no frame", "G04")
def _(case: Case) -> None:
    seg = segmentation(case.slices, segments=2)
    for frame in seg.PerFrameFunctionalGroupsSequence:
        frame.SegmentIdentificationSequence[0].ReferencedSegmentNumber = 1
    case.write([seg])


@fault("segments numbered from 3", "G07")
def _(case: Case) -> None:
    seg = segmentation(case.slices)
    seg.SegmentSequence[0].SegmentNumber = 3
    for frame in seg.PerFrameFunctionalGroupsSequence:
        frame.SegmentIdentificationSequence[0].ReferencedSegmentNumber = 3
    case.write([seg])


@fault("structure without contour", "G08")
def _(case: Case) -> None:
    case.write([contours(case.slices, empty=True)])


# The dataset and the node


@fault("patient without clinical data", "D01")
def _(case: Case) -> None:
    case.write(case.other())
    case.clinical = "PatientID,age\nEU-0001,64\n"


@fault("series that most patients have is missing", "D03")
def _(case: Case) -> None:
    more = []
    for seed in range(2, 7):
        first, second = case.other(seed, slices=4), case.other(seed, slices=4)
        for ds in second:
            ds.SeriesInstanceUID, ds.SeriesDescription = uid(seed, "second"), "late phase"
            ds.SOPInstanceUID = uid(seed, "second", ds.InstanceNumber)
            ds.PixelData = ds.PixelData[::-1]
        more += [first, *([second] if seed < 6 else [])]
    case.write(*more)


@fault("series shorter than others of its kind", "D04")
def _(case: Case) -> None:
    case.slices = case.slices[:5]
    case.write(*[case.other(seed, slices=12) for seed in range(2, 8)])


@fault("fewer images than the manifest says", "D06")
def _(case: Case) -> None:
    case.write()
    case.manifest = f"SeriesInstanceUID,images\n{case.slices[0].SeriesInstanceUID},13\n"


_set("UPV: empty study date", "N-UPV-2", "StudyDate", "")
_set("UPV: sex of two letters", "N-UPV-3", "PatientSex", "FM")
_set("UPV: long body part", "N-UPV-4", "BodyPartExamined", "CHEST AND ABDOMEN WITH PELVIS")
_set("UPV: age in words", "N-UPV-8", "PatientAge", "64")
_set("UPV: manufacturer called Other", "N-UPV-9", "Manufacturer", "GE")


@fault("UPV: file larger than the node takes", "N-UPV-10")
def _(case: Case) -> None:
    case.settings["max_body_mb"] = 0.002
    case.write()


@fault("UPV: two sub-projects in a study", "N-UPV-1")
def _(case: Case) -> None:
    for number, ds in enumerate(case.slices):
        ds.SeriesInstanceUID = uid(1, "half", number // 6)
        ds.private_block(0x70D1, "EUCAIM", create=True)
        ds.add_new(0x70D12000, "LO", f"6436b3f00011ce501f0aa4f{number // 6}")
    case.write()


_set(
    "XNAT: routed to another project",
    "N-XNAT-4",
    "PatientComments",
    "Project:OTHER;Subject:1",
    node="practice-health-ri",
)


@fault("XNAT: two patients, one label", "N-XNAT-3", node="practice-health-ri")
def _(case: Case) -> None:
    other = case.other()
    for ds in case.slices:
        ds.PatientID = "EU#1"
    for ds in other:
        ds.PatientID = "EU+1"
    case.write(other)
