"""A segmentation and a structure set for a stack, as small as the standard allows."""

import numpy as np
from pydicom.dataset import Dataset
from pydicom.pixels.utils import pack_bits
from pydicom.sequence import Sequence
from pydicom.uid import RTStructureSetStorage, SegmentationStorage

from benchmarks.quality.stacks import uid


def segmentation(slices: list[Dataset], segments: int = 1) -> Dataset:
    """Return a binary segmentation of the middle images of a stack."""
    source = slices[0]
    ds = _about(source, "SEG", SegmentationStorage)
    ds.ImageType = ["DERIVED", "PRIMARY"]
    ds.AcquisitionDate, ds.BodyPartExamined = source.AcquisitionDate, source.BodyPartExamined
    ds.SegmentationType, ds.ContentLabel, ds.ContentDescription = "BINARY", "TUMOUR", ""
    ds.ContentCreatorName, ds.ContentDate, ds.ContentTime = "", "20240312", "120000"
    ds.SegmentSequence = Sequence(_segment(number) for number in range(1, segments + 1))
    shared = Dataset()
    shared.PlaneOrientationSequence = Sequence(
        [_item(ImageOrientationPatient=source.ImageOrientationPatient)]
    )
    shared.PixelMeasuresSequence = Sequence(
        [_item(PixelSpacing=source.PixelSpacing, SliceThickness=source.SliceThickness)]
    )
    ds.SharedFunctionalGroupsSequence = Sequence([shared])
    shown = [(slices[number], segment) for segment in range(1, segments + 1) for number in range(2, 7)]
    ds.PerFrameFunctionalGroupsSequence = Sequence(_frame(image, segment) for image, segment in shown)
    ds.NumberOfFrames = len(shown)
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.Rows, ds.Columns = source.Rows, source.Columns
    ds.BitsAllocated = ds.BitsStored = 1
    ds.HighBit = ds.PixelRepresentation = 0
    ds.LossyImageCompression = "00"
    mask = np.zeros((len(shown), source.Rows, source.Columns), np.uint8)
    mask[:, 8:20, 8:20] = 1
    ds.PixelData = pack_bits(mask.reshape(-1))
    ds["PixelData"].VR = "OB"
    return ds


def contours(slices: list[Dataset], *, empty: bool = False) -> Dataset:
    """Return a structure set with one square on the middle images of a stack, or with none."""
    source = slices[0]
    ds = _about(source, "RTSTRUCT", RTStructureSetStorage)
    ds.StructureSetLabel, ds.StructureSetDate, ds.StructureSetTime = "RT", "20240312", "120000"
    ds.ReferencedFrameOfReferenceSequence = Sequence([_item(FrameOfReferenceUID=source.FrameOfReferenceUID)])
    ds.StructureSetROISequence = Sequence(
        [
            _item(
                ROINumber=1,
                ReferencedFrameOfReferenceUID=source.FrameOfReferenceUID,
                ROIName="GTV",
                ROIGenerationAlgorithm="",
            )
        ]
    )
    roi = _item(ReferencedROINumber=1)
    roi.ContourSequence = Sequence(_contour(image) for image in slices[2:7])
    if empty:
        ds.StructureSetROISequence.append(
            _item(
                ROINumber=2,
                ReferencedFrameOfReferenceUID=source.FrameOfReferenceUID,
                ROIName="CTV",
                ROIGenerationAlgorithm="",
            )
        )
    ds.ROIContourSequence = Sequence([roi])
    ds.RTROIObservationsSequence = Sequence(
        [_item(ObservationNumber=1, ReferencedROINumber=1, RTROIInterpretedType="", ROIInterpreter="")]
    )
    return ds


def _about(source: Dataset, modality: str, sop_class: str) -> Dataset:
    ds = Dataset()
    for keyword in (
        "SpecificCharacterSet", "PatientName", "PatientID", "PatientBirthDate", "PatientSex", "PatientAge", "StudyDate",
        "StudyTime", "AccessionNumber", "ReferringPhysicianName", "StudyID", "StudyInstanceUID", "Manufacturer",
        "FrameOfReferenceUID", "PositionReferenceIndicator",
    ):  # fmt: skip
        setattr(ds, keyword, source.get(keyword, ""))
    ds.Modality, ds.SOPClassUID = modality, sop_class
    ds.SOPInstanceUID, ds.SeriesInstanceUID = uid(9, modality, "instance"), uid(9, modality, "series")
    ds.SeriesNumber, ds.InstanceNumber = "90", "1"
    ds.ManufacturerModelName, ds.DeviceSerialNumber, ds.SoftwareVersions = "bench", "1", "1"
    return ds


def _segment(number: int) -> Dataset:
    segment = _item(SegmentNumber=number, SegmentLabel=f"tumour {number}", SegmentAlgorithmType="MANUAL")
    segment.SegmentedPropertyCategoryCodeSequence = Sequence(
        [_code("49755003", "Morphologically altered structure")]
    )
    segment.SegmentedPropertyTypeCodeSequence = Sequence([_code("108369006", "Neoplasm")])
    return segment


def _frame(image: Dataset, segment: int) -> Dataset:
    frame = Dataset()
    reference = _item(ReferencedSOPClassUID=image.SOPClassUID, ReferencedSOPInstanceUID=image.SOPInstanceUID)
    derivation = _item()
    derivation.SourceImageSequence = Sequence([reference])
    frame.DerivationImageSequence = Sequence([derivation])
    frame.FrameContentSequence = Sequence([_item(DimensionIndexValues=[segment, int(image.InstanceNumber)])])
    frame.PlanePositionSequence = Sequence([_item(ImagePositionPatient=list(image.ImagePositionPatient))])
    frame.SegmentIdentificationSequence = Sequence([_item(ReferencedSegmentNumber=segment)])
    return frame


def _contour(image: Dataset) -> Dataset:
    contour = _item(ContourGeometricType="CLOSED_PLANAR", NumberOfContourPoints=4)
    contour.ContourImageSequence = Sequence(
        [_item(ReferencedSOPClassUID=image.SOPClassUID, ReferencedSOPInstanceUID=image.SOPInstanceUID)]
    )
    axes = np.asarray(image.ImageOrientationPatient, dtype=float)
    at = np.asarray(image.ImagePositionPatient, dtype=float)
    corners = [at + axes[:3] * x + axes[3:] * y for x, y in ((5, 5), (15, 5), (15, 15), (5, 15))]
    contour.ContourData = [f"{value:.3f}" for corner in corners for value in corner]
    return contour


def _code(value: str, meaning: str) -> Dataset:
    return _item(CodeValue=value, CodingSchemeDesignator="SCT", CodeMeaning=meaning)


def _item(**values: object) -> Dataset:
    item = Dataset()
    for keyword, value in values.items():
        setattr(item, keyword, value)
    return item
