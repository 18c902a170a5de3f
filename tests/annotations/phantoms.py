"""Small series whose segments are known, and the same segments as other programs write them."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import contourpy
import numpy as np
import SimpleITK as sitk  # noqa: N813
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, RTStructureSetStorage

from benchmarks.quality import stacks

ORIENTATIONS = tuple(stacks.AXES)
ROWS, COLUMNS, SLICES = 30, 24, 10
SPACING = (0.9, 0.7)
"""Between rows, and between columns: different, so that mistaken axes show."""
GAP = 2.5
NAMES = {1: "liver", 2: "tumour"}
LABELS = {
    "1": {
        "name": "liver",
        "category": {"value": "91723000", "scheme": "SCT", "meaning": "Anatomical Structure"},
        "type": {"value": "10200004", "scheme": "SCT", "meaning": "Liver"},
    },
    "2": {
        "name": "tumour",
        "category": {"value": "49755003", "scheme": "SCT", "meaning": "Morphologically Abnormal Structure"},
        "type": {"value": "108369006", "scheme": "SCT", "meaning": "Neoplasm"},
    },
}


@dataclass(frozen=True)
class Phantom:
    """A series with two segments.

    `labels` are of shape (slices, rows, columns), slices along the normal; `datasets` are in the same order.
    """

    orientation: str
    datasets: list[Dataset]
    labels: NDArray[np.uint8]

    @property
    def patient_id(self) -> str:
        return str(self.datasets[0].PatientID)

    @property
    def series_uid(self) -> str:
        return str(self.datasets[0].SeriesInstanceUID)

    def truth(self, value: int) -> tuple[int, NDArray[np.float64]]:
        """Return voxels and centroid (mm, LPS) of a segment, from the headers of the images."""
        points = []
        for plane, row, column in np.argwhere(self.labels == value):
            header = self.datasets[plane]
            axes = np.array(header.ImageOrientationPatient, dtype=float).reshape(2, 3)
            down, across = (float(one) for one in header.PixelSpacing)
            origin = np.array(header.ImagePositionPatient, dtype=float)
            points.append(origin + axes[0] * across * column + axes[1] * down * row)
        return len(points), np.mean(points, axis=0)

    def image(self) -> sitk.Image:
        """Return the labels as SimpleITK has them."""
        header = self.datasets[0]
        axes = np.array(header.ImageOrientationPatient, dtype=float).reshape(2, 3)
        image = sitk.GetImageFromArray(self.labels)
        image.SetSpacing((SPACING[1], SPACING[0], GAP))
        image.SetOrigin([float(one) for one in header.ImagePositionPatient])
        image.SetDirection(np.column_stack([*axes, np.cross(*axes)]).ravel().tolist())
        return image


def phantom(orientation: str, seed: int) -> Phantom:
    """Return a series whose instances are numbered out of order, with an organ that has a hole, and a lesion."""
    datasets = stacks.series(orientation, SLICES, spacing=GAP, seed=seed)
    chance = np.random.default_rng(seed)
    for number, header in zip(chance.permutation(SLICES) + 1, datasets, strict=True):
        header.InstanceNumber = str(number)
        header.Rows, header.Columns = ROWS, COLUMNS
        header.PixelSpacing = [str(one) for one in SPACING]
        header.PixelData = chance.integers(900, 1200, (ROWS, COLUMNS), dtype=np.uint16).tobytes()
    z, y, x = np.mgrid[:SLICES, :ROWS, :COLUMNS]
    labels = np.zeros((SLICES, ROWS, COLUMNS), np.uint8)
    organ = ((x - 9) / 7) ** 2 + ((y - 12) / 9) ** 2 + ((z - 4) / 3.5) ** 2 <= 1
    labels[organ & ~((abs(x - 7) < 2) & (abs(y - 10) < 3))] = 1
    labels[2:5, 20:25, 15:21] = 2
    return Phantom(orientation, datasets, labels)


def files_of(found: Phantom, folder: Path) -> None:
    """Write a series as files whose names are in the order of the instance numbers."""
    stacks.write(sorted(found.datasets, key=lambda one: int(one.InstanceNumber)), folder)


def _reversed(image: sitk.Image) -> sitk.Image:
    return sitk.Flip(image, (True, False, True))


def _cropped(image: sitk.Image) -> sitk.Image:
    return sitk.RegionOfInterest(image, (21, 25, 7), (1, 2, 1))


def _turned(image: sitk.Image) -> sitk.Image:
    return sitk.PermuteAxes(image, (2, 0, 1))


VARIANTS: dict[str, Callable[[sitk.Image], sitk.Image]] = {
    "plain": lambda image: image,
    "cropped": _cropped,
    "reversed": _reversed,
    "turned": _turned,
}
"""The same voxels, otherwise arranged in the file."""


def write_nifti(image: sitk.Image, path: Path) -> Path:
    return _written(image, path.with_suffix(".nii.gz"))


def write_nrrd(image: sitk.Image, path: Path) -> Path:
    return _written(image, path.with_suffix(".nrrd"))


def write_mha(image: sitk.Image, path: Path) -> Path:
    return _written(image, path.with_suffix(".mha"))


def write_slicer(image: sitk.Image, path: Path) -> Path:
    """Write what 3D Slicer writes: the segments and their codes in the header."""
    image = sitk.Image(image)
    for number, (value, name) in enumerate(NAMES.items()):
        entry = LABELS[str(value)]
        terms = "~".join(
            "^".join((entry[part]["scheme"], entry[part]["value"], entry[part]["meaning"]))
            for part in ("category", "type")
        )
        for key, text in {
            "ID": f"Segment_{value}",
            "Name": name,
            "LabelValue": str(value),
            "Layer": "0",
            "Color": "0.5 0.25 0.75",
            "Tags": f"Segmentation.Status:completed|TerminologyEntry:General Anatomy~{terms}~^^~Anatomic codes~^^~^^|",
        }.items():
            image.SetMetaData(f"Segment{number}_{key}", text)
    return _written(image, path.with_suffix(".seg.nrrd"))


def write_mitk(image: sitk.Image, path: Path) -> Path:
    """Write what MITK writes: the label groups in the header."""
    image = sitk.Image(image)
    root = "org.mitk.multilabel.segmentation"
    labels = [{"name": name, "value": value, "color": [0.5, 0.25, 0.75]} for value, name in NAMES.items()]
    for key, text in {
        "modality": root,
        f"{root}.version": "1",
        f"{root}.labelgroups": json.dumps([{"labels": labels}]),
    }.items():
        image.SetMetaData(key, text)
    return _written(image, path.with_name(f"{path.name}_mitk.nrrd"))


FORMATS = {"nifti": write_nifti, "nrrd": write_nrrd, "mha": write_mha, "slicer": write_slicer, "mitk": write_mitk}


def structures(found: Phantom, *, shift: float = 0.0) -> FileDataset:
    """Return the segments as contours half way between pixels, as a structure set; holes are contours of their own.

    `shift` moves every contour along the normal, in millimetres.
    """
    header = found.datasets[0]
    ds = Dataset()
    ds.SOPClassUID, ds.SOPInstanceUID = RTStructureSetStorage, stacks.uid(7, found.orientation, "rtstruct")
    for keyword in ("PatientID", "PatientName", "StudyInstanceUID", "StudyDate", "StudyTime", "AccessionNumber"):
        setattr(ds, keyword, header.get(keyword))
    ds.Modality, ds.SeriesInstanceUID = "RTSTRUCT", stacks.uid(7, found.orientation, "series")
    ds.PatientBirthDate, ds.PatientSex, ds.StudyID, ds.SeriesNumber = "", "", "1", "5"
    ds.StructureSetLabel, ds.OperatorsName = "CONTOURS", "Annotator^Anna"
    series, study, frame = Dataset(), Dataset(), Dataset()
    series.SeriesInstanceUID = found.series_uid
    series.ContourImageSequence = []
    study.RTReferencedSeriesSequence = [series]
    frame.FrameOfReferenceUID, frame.RTReferencedStudySequence = header.FrameOfReferenceUID, [study]
    ds.ReferencedFrameOfReferenceSequence = [frame]
    ds.StructureSetROISequence, ds.ROIContourSequence = [], []
    axes = np.array(header.ImageOrientationPatient, dtype=float).reshape(2, 3)
    for value, name in NAMES.items():
        roi, drawn = Dataset(), Dataset()
        roi.ROINumber, roi.ROIName, roi.ROIGenerationAlgorithm = str(value), name, "MANUAL"
        roi.ReferencedFrameOfReferenceUID = header.FrameOfReferenceUID
        drawn.ReferencedROINumber, drawn.ROIDisplayColor = str(value), ["128", "64", "191"]
        drawn.ContourSequence = []
        for plane, image in zip(found.labels, found.datasets, strict=True):
            padded = np.pad((plane == value).astype(float), 1)
            for line in contourpy.contour_generator(z=padded).lines(0.5):
                points = np.array(image.ImagePositionPatient, dtype=float) + (
                    (line[:-1, :1] - 1) * SPACING[1] * axes[0] + (line[:-1, 1:] - 1) * SPACING[0] * axes[1]
                )
                drawn.ContourSequence.append(contour(points + shift * np.cross(*axes), image))
        ds.StructureSetROISequence.append(roi)
        ds.ROIContourSequence.append(drawn)
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = ds.SOPClassUID, ds.SOPInstanceUID
    meta.TransferSyntaxUID, meta.ImplementationClassUID = ExplicitVRLittleEndian, stacks.ROOT + "1"
    return FileDataset("", ds, file_meta=meta, preamble=b"\0" * 128)


def contour(points: NDArray[np.float64], image: Dataset, kind: str = "CLOSED_PLANAR") -> Dataset:
    """Return one contour through points."""
    item, reference = Dataset(), Dataset()
    reference.ReferencedSOPClassUID, reference.ReferencedSOPInstanceUID = image.SOPClassUID, image.SOPInstanceUID
    item.ContourImageSequence = [reference]
    item.ContourGeometricType, item.NumberOfContourPoints = kind, str(len(points))
    item.ContourData = [f"{one:.4f}" for one in points.ravel()]
    return item


def _written(image: sitk.Image, path: Path) -> Path:
    sitk.WriteImage(image, str(path), useCompression=True)
    return path
