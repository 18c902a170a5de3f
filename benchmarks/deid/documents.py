"""Objects made from images, and objects without pixels: annotations, reports, references, documents, waveforms."""

from __future__ import annotations

import hashlib
import zlib
from copy import copy
from importlib.util import find_spec

import numpy as np
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import (
    BasicTextSRStorage,
    ComprehensiveSRStorage,
    EncapsulatedPDFStorage,
    GrayscaleSoftcopyPresentationStateStorage,
    RTStructureSetStorage,
    SegmentationStorage,
    SpatialRegistrationStorage,
    TwelveLeadECGWaveformStorage,
)

from benchmarks.deid.header import Made, Study, apart, code, start, titled, variant
from benchmarks.deid.images import pixels_digest, readable
from benchmarks.deid.key import TITLE, Gone, Row
from benchmarks.deid.people import plain, words


def has_segmentation() -> bool:
    """Whether highdicom is installed, which makes and reads the segmentations."""
    return find_spec("highdicom") is not None


def segmentation(study: Study, number: int, total: int, source: list[Dataset]) -> Made:
    """DICOM-SEG of the CT by highdicom, with our header around it and names where people type them."""
    import highdicom as hd
    from pydicom.sr.coding import Code

    description = hd.seg.SegmentDescription(
        segment_number=1,
        segment_label="Tumour",
        segmented_property_category=Code("49755003", "SCT", "Morphologically Abnormal Structure"),
        segmented_property_type=Code("108369006", "SCT", "Neoplasm"),
        algorithm_type=hd.seg.SegmentAlgorithmTypeValues.MANUAL,
    )
    mask = np.zeros((len(source), 128, 128), dtype=np.uint8)
    mask[:, 40:70, 50:90] = 1
    made = start(study, number, "seg", "SEG", SegmentationStorage, total=total)
    header = made.ds
    seg = hd.seg.Segmentation(
        source_images=[_in_unicode(ds) for ds in source],
        pixel_array=mask,
        segmentation_type=hd.seg.SegmentationTypeValues.BINARY,
        segment_descriptions=[description],
        series_instance_uid=header.SeriesInstanceUID,
        series_number=number,
        sop_instance_uid=header.SOPInstanceUID,
        instance_number=total,
        manufacturer="QIICR",
        manufacturer_model_name="Segmenter",
        software_versions="1",
        device_serial_number="1",
        content_creator_name="^".join(study.person["operator"]),
    )
    for element in seg:
        if element.keyword not in header or element.keyword in {"ImageType", "SpecificCharacterSet"}:
            header.add(element)
    header.SpecificCharacterSet = start(study, number, "seg", "SEG", "", total=total).ds.SpecificCharacterSet
    header.Manufacturer, header.ManufacturerModelName = "QIICR", "Segmenter"
    header.ContentDate, header.ContentTime = header.StudyDate, "101500"
    header.InstanceCreationTime = "101500"
    for item in header.get("ContributingEquipmentSequence", []):
        item.ContributionDateTime = f"{study.on:%Y%m%d}101500"
    header.DimensionOrganizationSequence[0].DimensionOrganizationUID = study.person.uid(
        "seg dimension", study.number
    )
    for item in header.DimensionIndexSequence:
        item.DimensionOrganizationUID = header.DimensionOrganizationSequence[0].DimensionOrganizationUID
    person, sheet, segment = study.person, made.sheet, header.SegmentSequence[0]
    sheet.put(
        header, "ContentDescription", Gone(words(person.family)[0], "content description", "hard"), keep=False
    )
    sheet.put(
        segment,
        "SegmentDescription",
        "drawn for",
        Gone(person.ascii_id, "segment description", "hard"),
        keep=False,
    )
    sheet.note(
        header,
        0x00700084,
        Row("text_removed", "content creator", "", text=" ".join(person["operator"]), how="words"),
    )
    frames = len(header.PerFrameFunctionalGroupsSequence)
    readable(made, SegmentSequence=1, PerFrameFunctionalGroupsSequence=frames)
    sheet.add(
        "derived_readable",
        "segmentation read by highdicom",
        "nested",
        value="segmentation",
        difficulty="medium",
    )
    sheet.add("pixels_retained", "mask", "pixel", digest=pixels_digest(seg.pixel_array))
    return made


def _in_unicode(ds: Dataset) -> Dataset:
    """The dataset with a character set that highdicom knows."""
    copied = copy(ds)
    copied.SpecificCharacterSet = "ISO_IR 192"
    return copied


def structure_set(study: Study, number: int, total: int, source: list[Dataset]) -> Made:
    """RTSTRUCT whose structure names hold a name, and which references every slice."""
    made = start(study, number, "rtstruct", "RTSTRUCT", RTStructureSetStorage, total=total, maker="siemens")
    ds, sheet, person = made.ds, made.sheet, study.person
    sheet.put(
        ds, "StructureSetLabel", Gone(person.ascii_id[:14], "structure set label", "medium"), keep=False
    )
    ds.StructureSetDate, ds.StructureSetTime = f"{study.on:%Y%m%d}", "120000"
    frame = Dataset()
    frame.FrameOfReferenceUID = source[0].FrameOfReferenceUID
    ds.ReferencedFrameOfReferenceSequence = Sequence([frame])
    rois, contours, observations = [], [], []
    for roi in (1, 2):
        item, contour, observation = Dataset(), Dataset(), Dataset()
        item.ROINumber = contour.ReferencedROINumber = observation.ReferencedROINumber = roi
        item.ReferencedFrameOfReferenceUID = source[0].FrameOfReferenceUID
        name = Gone(words(person.family)[0], "structure name", "medium")
        sheet.put(item, "ROIName", "GTV", name) if roi == 1 else sheet.put(item, "ROIName", "Lung left")
        item.ROIGenerationAlgorithm = "MANUAL"
        contour.ContourSequence = Sequence([_contour(source[roi % len(source)])])
        observation.ObservationNumber, observation.RTROIInterpretedType = roi, "GTV" if roi == 1 else "ORGAN"
        observation.ROIInterpreter = "^".join(person["operator"])
        row = Row("text_removed", "other person", "", text=" ".join(person["operator"]), how="words")
        sheet.note(observation, 0x300600A6, row)
        rois, contours = [*rois, item], [*contours, contour]
        observations.append(observation)
    ds.StructureSetROISequence, ds.ROIContourSequence = Sequence(rois), Sequence(contours)
    ds.RTROIObservationsSequence = Sequence(observations)
    readable(made, StructureSetROISequence=2, ROIContourSequence=2, RTROIObservationsSequence=2)
    return made


def _contour(source: Dataset) -> Dataset:
    contour, image = Dataset(), Dataset()
    image.ReferencedSOPClassUID, image.ReferencedSOPInstanceUID = source.SOPClassUID, source.SOPInstanceUID
    contour.ContourImageSequence = Sequence([image])
    contour.ContourGeometricType, contour.NumberOfContourPoints = "CLOSED_PLANAR", 3
    contour.ContourData = ["1.5", "2", "0", "11", "2", "0", "6", "9.25", "0"]
    return contour


def presentation(study: Study, number: int, total: int, source: Dataset) -> Made:
    """Presentation state with the patient's name written over the image."""
    made = start(study, number, "pr", "PR", GrayscaleSoftcopyPresentationStateStorage, total=total)
    ds, sheet, person = made.ds, made.sheet, study.person
    ds.ContentLabel = "KEY"
    sheet.put(
        ds, "ContentDescription", Gone(words(person.given)[0], "content description", "hard"), keep=False
    )
    ds.ContentCreatorName = "^".join(person["operator"])
    sheet.note(
        ds,
        0x00700084,
        Row("text_removed", "content creator", "", text=" ".join(person["operator"]), how="words"),
    )
    ds.PresentationCreationDate, ds.PresentationCreationTime = f"{study.on:%Y%m%d}", "120500"
    series = Dataset()
    series.SeriesInstanceUID = source.SeriesInstanceUID
    series.ReferencedImageSequence = Sequence([_reference(source)])
    ds.ReferencedSeriesSequence = Sequence([series])
    annotation, text = Dataset(), Dataset()
    annotation.GraphicLayer = "L1"
    sheet.put(
        text,
        "UnformattedTextValue",
        "see",
        Gone(words(person.family)[0], "graphic text", "medium"),
        keep=False,
    )
    text.BoundingBoxAnnotationUnits = "PIXEL"
    annotation.TextObjectSequence = Sequence([text])
    ds.GraphicAnnotationSequence = Sequence([annotation])
    area = Dataset()
    area.DisplayedAreaTopLeftHandCorner, area.DisplayedAreaBottomRightHandCorner = [1, 1], [128, 128]
    area.PresentationSizeMode = "SCALE TO FIT"
    ds.DisplayedAreaSelectionSequence = Sequence([area])
    ds.PresentationLUTShape = "IDENTITY"
    readable(made, ReferencedSeriesSequence=1, DisplayedAreaSelectionSequence=1)
    return made


def registration(study: Study, number: int, total: int, source: Dataset) -> Made:
    """Spatial registration between two frames of reference."""
    made = start(study, number, "reg", "REG", SpatialRegistrationStorage, total=total)
    ds, person = made.ds, study.person
    ds.FrameOfReferenceUID = source.FrameOfReferenceUID
    ds.ContentLabel = "REGISTRATION"
    made.sheet.put(ds, "ContentDescription", Gone(person.ascii_id, "content description", "hard"), keep=False)
    item, matrices, matrix = Dataset(), Dataset(), Dataset()
    matrix.FrameOfReferenceTransformationMatrixType = "RIGID"
    matrix.FrameOfReferenceTransformationMatrix = list("1005010300100001")
    matrices.MatrixSequence = Sequence([matrix])
    item.FrameOfReferenceUID = person.uid("frame", 3 - study.number)
    item.ReferencedImageSequence = Sequence([_reference(source)])
    item.MatrixRegistrationSequence = Sequence([matrices])
    ds.RegistrationSequence = Sequence([item])
    readable(made, RegistrationSequence=1)
    return made


def text_report(study: Study, number: int, total: int) -> Made:
    """Basic text report: names, dates and people in the sentences, and an observer."""
    made = start(study, number, "report", "SR", BasicTextSRStorage, total=total, maker="siemens")
    ds, sheet, person = made.ds, made.sheet, study.person
    _document(made, study)
    sentence = _content("CONTAINS", "TEXT", code("121071", "DCM", "Finding"))
    gone = variant(person, study.on, person.index)
    sheet.put(sentence, "TextValue", person["finding"], titled(gone), gone)
    second = _content("CONTAINS", "TEXT", code("121077", "DCM", "Conclusion"))
    name = Gone(person["other"][0], apart(person, "name in a report"), "hard")
    sheet.put(second, "TextValue", "Ewing sarcoma, told", TITLE, name)
    third = _content("CONTAINS", "TEXT", code("121110", "DCM", "Patient Presentation"))
    sheet.put(
        third,
        "TextValue",
        Gone(person["phone"], apart(person, "phone"), "hard", "phrase"),
        Gone(person.id_text, "patient ID"),
        keep=False,
    )
    named = _content("HAS OBS CONTEXT", "PNAME", code("121008", "DCM", "Person Observer Name"))
    named.PersonName = "^".join(person["physician"])
    dated = _content("HAS OBS CONTEXT", "DATETIME", code("121135", "DCM", "Observation DateTime"))
    dated.DateTime = f"{study.on:%Y%m%d}111500"
    ds.ContentSequence = Sequence([sentence, second, third, named, dated])
    readable(made, ContentSequence=5)
    return made


def measurements(study: Study, number: int, total: int, source: Dataset) -> Made:
    """Measurement report: numbers with units that point to the image they were taken on."""
    made = start(study, number, "measure", "SR", ComprehensiveSRStorage, total=total, maker="siemens")
    ds, sheet, person = made.ds, made.sheet, study.person
    _document(made, study)
    group = _content("CONTAINS", "CONTAINER", code("125007", "DCM", "Measurement Group"))
    group.ContinuityOfContent = "SEPARATE"
    evidence, series = Dataset(), Dataset()
    evidence.StudyInstanceUID, series.SeriesInstanceUID = source.StudyInstanceUID, source.SeriesInstanceUID
    series.ReferencedSOPSequence = Sequence([_reference(source)])
    evidence.ReferencedSeriesSequence = Sequence([series])
    ds.CurrentRequestedProcedureEvidenceSequence = Sequence([evidence])
    label = _content("HAS OBS CONTEXT", "TEXT", code("112039", "DCM", "Tracking Identifier"))
    sheet.put(label, "TextValue", "Lesion 1", Gone(words(person.family)[0], "tracking identifier", "medium"))
    unique = _content("HAS OBS CONTEXT", "UIDREF", code("112040", "DCM", "Tracking Unique Identifier"))
    unique.UID = person.uid("tracking")
    length = _content("CONTAINS", "NUM", code("410668003", "SCT", "Length"))
    measured = Dataset()
    measured.NumericValue = "14.25"
    measured.MeasurementUnitsCodeSequence = Sequence([code("mm", "UCUM", "millimeter")])
    length.MeasuredValueSequence = Sequence([measured])
    region = _content("INFERRED FROM", "SCOORD", code("121206", "DCM", "Distance"))
    region.GraphicType, region.GraphicData = "POLYLINE", [10.0, 10.0, 24.0, 10.0]
    image = Dataset()
    image.RelationshipType, image.ValueType = "SELECTED FROM", "IMAGE"
    image.ReferencedSOPSequence = Sequence([_reference(source)])
    region.ContentSequence = Sequence([image])
    length.ContentSequence = Sequence([region])
    group.ContentSequence = Sequence([label, unique, length])
    ds.ContentSequence = Sequence([group])
    readable(made, ContentSequence=1)
    sheet.add("derived_readable", "measurement read", "nested", value="measurement", difficulty="medium")
    return made


def _document(made: Made, study: Study) -> None:
    ds = made.ds
    ds.ValueType, ds.ContinuityOfContent = "CONTAINER", "SEPARATE"
    ds.ConceptNameCodeSequence = Sequence([code("18748-4", "LN", "Diagnostic imaging report")])
    ds.CompletionFlag, ds.VerificationFlag = "COMPLETE", "VERIFIED"
    observer = Dataset()
    observer.VerifyingObserverName = "^".join(study.person["physician"])
    observer.VerifyingOrganization = study.person["hospital"]
    observer.VerificationDateTime = f"{study.on:%Y%m%d}170000"
    observer.VerifyingObserverIdentificationCodeSequence = Sequence()
    ds.VerifyingObserverSequence = Sequence([observer])
    ds.PerformedProcedureCodeSequence = Sequence()


def _content(relationship: str, value_type: str, concept: Dataset) -> Dataset:
    item = Dataset()
    item.RelationshipType, item.ValueType = relationship, value_type
    item.ConceptNameCodeSequence = Sequence([concept])
    return item


def _reference(source: Dataset) -> Dataset:
    item = Dataset()
    item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = source.SOPClassUID, source.SOPInstanceUID
    return item


def letter(study: Study, number: int, total: int) -> Made:
    """PDF with the patient's name, in a plain or a compressed stream. A tool may leave the object out."""
    made = start(study, number, "letter", "DOC", EncapsulatedPDFStorage, total=total)
    ds, sheet, person = made.ds, made.sheet, study.person
    sheet.optional = True
    sheet.put(ds, "DocumentTitle", Gone(words(person.family)[0], "document title", "medium"), keep=False)
    ds.MIMETypeOfEncapsulatedDocument = "application/pdf"
    text = f"BT /F1 12 Tf 20 100 Td ({person.ascii_id} {person.id}) Tj ET".encode()
    packed = person.index % 2 == 1
    body = zlib.compress(text) if packed else text
    pdf = _pdf(body, "/Filter /FlateDecode " if packed else "")
    ds.EncapsulatedDocument = pdf + b"\0" * (len(pdf) % 2)
    value = body.hex() if packed else person.ascii_id
    how = "hex" if packed else ""
    sheet.add(
        "bytes_removed",
        "text in a PDF",
        "top",
        value=value,
        how=how,
        difficulty="hard" if packed else "medium",
    )
    return made


def _pdf(stream: bytes, options: str) -> bytes:
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Contents 4 0 R /Resources << /Font "
        b"<< /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        f"<< {options}/Length {len(stream)} >>\nstream\n".encode() + stream + b"\nendstream",
    ]
    out, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    tail = f"xref\n0 5\n0000000000 65535 f \n{table}trailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF\n"
    return out + tail.encode()


def electrocardiogram(study: Study, number: int, total: int) -> Made:
    """Waveform with an annotation that names the patient."""
    made = start(study, number, "ecg", "ECG", TwelveLeadECGWaveformStorage, total=total, maker="philips")
    ds, sheet, person = made.ds, made.sheet, study.person
    waveform = Dataset()
    waveform.WaveformOriginality, waveform.NumberOfWaveformChannels = "ORIGINAL", 1
    waveform.NumberOfWaveformSamples, waveform.SamplingFrequency = 500, "500"
    channel = Dataset()
    channel.ChannelSourceSequence = Sequence([code("5.6.3-9-1", "SCPECG", "Lead I")])
    channel.WaveformBitsStored = 16
    waveform.ChannelDefinitionSequence = Sequence([channel])
    waveform.WaveformBitsAllocated, waveform.WaveformSampleInterpretation = 16, "SS"
    noise = np.random.default_rng(person.index + 1000 * study.number)
    waveform.WaveformData = noise.integers(-300, 300, 500, dtype="<i2").tobytes()
    waveform["WaveformData"].VR = "OW"
    ds.WaveformSequence = Sequence([waveform])
    note = Dataset()
    sheet.put(
        note, "UnformattedTextValue", Gone(person.ascii_id, "waveform annotation", "medium"), keep=False
    )
    note.ReferencedWaveformChannels = [1, 1]
    ds.WaveformAnnotationSequence = Sequence([note])
    readable(made, WaveformSequence=1)
    sheet.add(
        "derived_readable",
        "samples kept",
        "nested",
        value="waveform",
        digest=hashlib.sha256(waveform.WaveformData).hexdigest(),
    )
    return made


def media_directory(persons: list[tuple[str, str]]) -> Dataset:
    """DICOMDIR that names the patients of the folder."""
    ds = Dataset()
    ds.FileSetID = "EXPORT"
    ds.OffsetOfTheFirstDirectoryRecordOfTheRootDirectoryEntity = 0
    ds.OffsetOfTheLastDirectoryRecordOfTheRootDirectoryEntity = 0
    ds.FileSetConsistencyFlag = 0
    records = []
    for name, patient_id in persons:
        record = Dataset()
        record.OffsetOfTheNextDirectoryRecord, record.RecordInUseFlag = 0, 0xFFFF
        record.OffsetOfReferencedLowerLevelDirectoryEntity = 0
        record.DirectoryRecordType, record.PatientName, record.PatientID = "PATIENT", plain(name), patient_id
        records.append(record)
    ds.DirectoryRecordSequence = Sequence(records)
    return ds
