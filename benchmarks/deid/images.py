"""Image objects, each with the hiding places its kind is known for."""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import (
    CTImageStorage,
    DeflatedExplicitVRLittleEndian,
    DigitalMammographyXRayImageStorageForPresentation,
    DigitalXRayImageStorageForPresentation,
    EnhancedMRImageStorage,
    ExplicitVRBigEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLSLossless,
    MRImageStorage,
    PositronEmissionTomographyImageStorage,
    SecondaryCaptureImageStorage,
    UltrasoundMultiFrameImageStorage,
    VLPhotographicImageStorage,
)

from benchmarks.deid.header import Made, Study, code, refer, start
from benchmarks.deid.key import Gone, Row
from benchmarks.deid.people import plain, words
from benchmarks.deid.pictures import Box, burn, encode, phantom, set_pixels

Pixels = NDArray[np.uint8] | NDArray[np.uint16]


def pixels_digest(frames: Pixels) -> str:
    """Digest of decoded pixels, whatever the transfer syntax and word size."""
    return hashlib.sha256(np.ascontiguousarray(frames, dtype="<u2").tobytes()).hexdigest()


def ct(study: Study, number: int, total: int, position: int) -> Made:
    """Axial slice. The second has overlay, curve and icon; later ones other transfer syntaxes."""
    made = start(study, number, "ct", "CT", CTImageStorage, total=total, maker="ge")
    ds, sheet, person = made.ds, made.sheet, study.person
    ds.SOPInstanceUID = person.uid("ct", study.number, position)
    ds.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    ds.BodyPartExamined, ds.PatientPosition = "CHEST", "HFS"
    ds.SliceThickness, ds.KVP, ds.XRayTubeCurrent, ds.ConvolutionKernel = "2.5", "120", "240", "STANDARD"
    ds.ContrastBolusAgent = "Iohexol 300"
    _plane(ds, study, position)
    ds.RescaleIntercept, ds.RescaleSlope, ds.WindowCenter, ds.WindowWidth = "-1024", "1", "40", "400"
    ds.IrradiationEventUID = [person.uid("event", study.number), person.uid("event", study.number, 2)]
    ds.AnatomicRegionSequence = Sequence([code("51185008", "SCT", "Chest")])
    _ge_private(made, study)
    frames = phantom(f"ct {person.id} {study.number} {position}", 128, 128, top=2000)[None]
    set_pixels(ds, frames, "MONOCHROME2", bits=12)
    _retained(made, frames)
    if position == 1:
        _overlay_and_curve(made, study)
    if position == 2:
        # A name in the preamble, and one after the last image byte: both are copied by careless writers.
        made.preamble = b"II*\0" + plain(person.latin[0]).upper().encode().ljust(124, b"\0")
        sheet.add(
            "preamble_clean", "preamble", "meta", text=plain(person.latin[0]).upper(), difficulty="hard"
        )
        ds.DataSetTrailingPadding = f"pad {person.ascii_id} {person.id}".encode()
        sheet.add("bytes_removed", "trailing padding", "top", value=person.ascii_id, difficulty="hard")
    made.syntax = (
        made.syntax,
        ImplicitVRLittleEndian,
        ExplicitVRBigEndian,
        DeflatedExplicitVRLittleEndian,
    )[position % 4]
    return made


def mr(study: Study, number: int, total: int) -> Made:
    """Classic MR with safe and unsafe private blocks of three makers, one sequence written as UN."""
    made = start(study, number, "mr", "MR", MRImageStorage, total=total, maker="siemens")
    ds, sheet, person = made.ds, made.sheet, study.person
    ds.ImageType = ["ORIGINAL", "PRIMARY", "M", "ND"]
    ds.BodyPartExamined, ds.PatientPosition, ds.SliceThickness = "PROSTATE", "FFS", "3"
    ds.RepetitionTime, ds.EchoTime, ds.FlipAngle, ds.MagneticFieldStrength = "4200", "101", "150", "3"
    ds.ScanningSequence, ds.SequenceVariant, ds.ScanOptions, ds.MRAcquisitionType = "SE", "SK", "", "2D"
    sheet.put(
        ds,
        "SeriesDescription",
        "T2 TSE tra",
        Gone(person.ascii_id, "name, capitals without accents", "medium"),
    )
    _plane(ds, study, 0)
    _safe(made, 0x0019, "SIEMENS MR HEADER", 0x0C, "IS", "800")
    _safe(made, 0x0019, "SIEMENS MR HEADER", 0x0D, "CS", "DIRECTIONAL")
    _safe(made, 0x2005, "Philips MR Imaging DD 001", 0x0E, "FL", 0.0117)
    first = words(person.latin[0])[0]
    sheet.put_private(
        ds,
        0x0029,
        "SIEMENS CSA HEADER",
        0x10,
        "OB",
        "SV10",
        Gone(plain(first), "private, binary"),
        charset="ascii",
    )
    sheet.put_private(
        ds, 0x0051, "SIEMENS MR HEADER", 0x19, "LO", Gone(person.id, "private, text", how="phrase")
    )
    # The same offset as a safe element, below a creator that is not safe.
    sheet.put_private(
        ds, 0x0043, "ACME PARM", 0x39, "LO", Gone(person.ascii_id, "private, looks safe", "hard")
    )
    nested = Dataset()
    nested.PatientName = person.person_name
    nested.StudyDate = f"{study.on:%Y%m%d}"
    ds.private_block(0x0071, "PACS ARCHIVE", create=True).add_new(0x20, "SQ", Sequence([nested]))
    creator = f"{person.ascii_id} PACS"[:64]
    ds.private_block(0x0073, creator, create=True).add_new(0x01, "LO", "1")
    sheet.note(
        ds, 0x00730010, Row("text_removed", "private creator", "", "hard", text=person.ascii_id, how="words")
    )
    made.as_unknown = (0x00400275, 0x00711020)
    frames = phantom(f"mr {person.id} {study.number}", 128, 128, top=900)[None]
    set_pixels(ds, frames, "MONOCHROME2", bits=12)
    _retained(made, frames)
    return made


def enhanced_mr(study: Study, number: int, total: int, source: Dataset) -> Made:
    """Multi-frame MR: dates, comments and references in the functional groups of every frame."""
    made = start(study, number, "enhanced", "MR", EnhancedMRImageStorage, total=total, maker="philips")
    ds, sheet, person = made.ds, made.sheet, study.person
    ds.ImageType = ["ORIGINAL", "PRIMARY", "VOLUME", "NONE"]
    ds.FrameOfReferenceUID = person.uid("frame", study.number)
    ds.NumberOfFrames = 3
    shared = Dataset()
    shared.PixelMeasuresSequence = Sequence([Dataset()])
    shared.PixelMeasuresSequence[0].PixelSpacing = ["0.9", "0.9"]
    shared.PixelMeasuresSequence[0].SliceThickness = "4"
    ds.SharedFunctionalGroupsSequence = Sequence([shared])
    dimension = Dataset()
    dimension.DimensionOrganizationUID = person.uid("dimension", study.number)
    ds.DimensionOrganizationSequence = Sequence([dimension])
    groups = []
    for frame in range(3):
        group, content, plane = Dataset(), Dataset(), Dataset()
        content.FrameAcquisitionDateTime = f"{study.on:%Y%m%d}09{20 + frame}00.5"
        content.FrameReferenceDateTime = content.FrameAcquisitionDateTime
        gone = Gone(words(person.family)[0], "name in a frame", "medium")
        sheet.put(content, "FrameComments", "frame", gone, keep=False)
        plane.ImagePositionPatient = ["-60", "-60", str(4 * frame)]
        group.FrameContentSequence = Sequence([content])
        group.PlanePositionSequence = Sequence([plane])
        refer(group, source)
        groups.append(group)
    ds.PerFrameFunctionalGroupsSequence = Sequence(groups)
    volume = np.stack([phantom(f"emr {person.id} {study.number} {n}", 96, 96, top=900) for n in range(3)])
    set_pixels(ds, volume, "MONOCHROME2", bits=12)
    _retained(made, volume)
    readable(made, PerFrameFunctionalGroupsSequence=3, SharedFunctionalGroupsSequence=1)
    return made


def ultrasound(study: Study, number: int, total: int) -> Made:
    """Colour clip: the banner stands on the last frames only, and on every frame at odd studies."""
    made = start(study, number, "us", "US", UltrasoundMultiFrameImageStorage, total=total, maker="philips")
    ds, person = made.ds, study.person
    ds.ImageType, ds.BodyPartExamined = ["ORIGINAL", "PRIMARY"], "BREAST"
    ds.BurnedInAnnotation, ds.FrameTime, ds.FrameIncrementPointer = "YES", "40", 0x00181063
    frames = np.stack([phantom(f"us {person.id} {study.number} {n}", 200, 280) for n in range(4)]).astype(
        np.uint8
    )
    planes = range(2, 4) if study.number % 2 == 0 else range(4)
    boxes: list[Box] = []
    for plane in planes:
        boxes = burn(frames[plane], _banner(study), ink=250, paper=0)
    colour = np.repeat(frames[..., None], 3, axis=3)
    set_pixels(ds, colour, "RGB", bits=8)
    _hidden(
        made, colour, boxes, list(planes), "banner on late frames" if len(planes) < 4 else "banner", "hard"
    )
    return made


def radiograph(study: Study, number: int, total: int) -> Made:
    """Chest film in MONOCHROME1: black letters are stored as high values."""
    made = start(
        study, number, "dx", "DX", DigitalXRayImageStorageForPresentation, total=total, maker="siemens"
    )
    ds, person = made.ds, study.person
    ds.ImageType, ds.BodyPartExamined, ds.ViewPosition = ["ORIGINAL", "PRIMARY"], "CHEST", "PA"
    ds.ImageLaterality = "U"
    frame = 4095 - phantom(f"dx {person.id} {study.number}", 256, 256, top=4095)
    boxes = burn(frame, _banner(study)[:2], ink=0, at=(8, 8))
    set_pixels(ds, frame[None], "MONOCHROME1", bits=12)
    _hidden(made, frame[None], boxes, [0], "inverted film", "hard")
    return made


def mammogram(study: Study, number: int, total: int) -> Made:
    """Mammogram without text, compressed with JPEG 2000 that has a comment segment."""
    kind = DigitalMammographyXRayImageStorageForPresentation
    made = start(study, number, "mg", "MG", kind, total=total, maker="ge")
    ds, person = made.ds, study.person
    ds.ImageType, ds.BodyPartExamined, ds.ViewPosition = ["ORIGINAL", "PRIMARY"], "BREAST", "MLO"
    ds.ImageLaterality = "L"
    frames = phantom(f"mg {person.id} {study.number}", 160, 128, top=4095)[None]
    set_pixels(ds, frames, "MONOCHROME2", bits=12)
    _retained(made, frames)
    encode(ds, frames, JPEG2000Lossless, {"comment": f"exported for {person.ascii_id} {person.id}"})
    made.syntax = JPEG2000Lossless
    _codestream(made, "JPEG 2000 comment", person.ascii_id, person.id)
    return made


def pet(study: Study, number: int, total: int) -> Made:
    """PET: the injection's date and time lie in a sequence, and decay needs its distance to the scan."""
    made = start(
        study, number, "pet", "PT", PositronEmissionTomographyImageStorage, total=total, maker="philips"
    )
    ds, person = made.ds, study.person
    ds.ImageType, ds.BodyPartExamined = ["ORIGINAL", "PRIMARY"], "WHOLEBODY"
    ds.Units, ds.DecayCorrection, ds.CorrectedImage = "BQML", "START", ["DECY", "ATTN"]
    tracer = Dataset()
    day = f"{study.on:%Y%m%d}"
    tracer.RadiopharmaceuticalStartDateTime = f"{day}081500.00"
    tracer.RadiopharmaceuticalStartTime = "081500.00"
    tracer.RadionuclideTotalDose, tracer.RadionuclideHalfLife = "310000000", "6586.2"
    tracer.RadionuclideCodeSequence = Sequence([code("77004003", "SCT", "F-18")])
    ds.RadiopharmaceuticalInformationSequence = Sequence([tracer])
    days = {"from": "00540016[0]/00181078", "to": "00080022", "days": 0}
    made.sheet.add("interval_preserved", "injection to scan", "nested", value=days, difficulty="hard")
    _plane(ds, study, 0)
    _safe(made, 0x7053, "Philips PET Private Group", 0x00, "DS", "0.000417")
    ds.RescaleIntercept, ds.RescaleSlope = "0", "1.37"
    frames = phantom(f"pet {person.id} {study.number}", 96, 96, top=8000)[None]
    set_pixels(ds, frames, "MONOCHROME2", bits=16)
    _retained(made, frames)
    return made


def capture(study: Study, number: int, total: int) -> Made:
    """Screenshot whose header denies the text on it; white on light grey at odd patients, in palette colours."""
    made = start(study, number, "sc", "OT", SecondaryCaptureImageStorage, total=total, maker="ge")
    ds, person = made.ds, study.person
    ds.ImageType, ds.ConversionType, ds.BurnedInAnnotation = ["DERIVED", "SECONDARY"], "WSD", "NO"
    frame = phantom(f"sc {person.id} {study.number}", 200, 260, top=200).astype(np.uint8)
    pale = person.index % 2 == 1
    boxes = burn(frame, _banner(study), ink=252, paper=196 if pale else None)
    if person.index % 3 == 1:
        for channel in ("Red", "Green", "Blue"):
            setattr(ds, f"{channel}PaletteColorLookupTableDescriptor", [256, 0, 16])
            table = (np.arange(256, dtype="<u2") * 257).tobytes()
            setattr(ds, f"{channel}PaletteColorLookupTableData", table)
        set_pixels(ds, frame[None], "PALETTE COLOR", bits=8)
    else:
        set_pixels(ds, frame[None], "MONOCHROME2", bits=8)
    _hidden(
        made,
        frame[None],
        boxes,
        [0],
        "flag says no" + (", pale" if pale else ""),
        "hard" if pale else "medium",
    )
    return made


def photograph(study: Study, number: int, total: int) -> Made:
    """Skin photograph as JPEG with EXIF, a place, and a comment that name the patient."""
    made = start(study, number, "photo", "XC", VLPhotographicImageStorage, total=total, maker="ge")
    ds, person = made.ds, study.person
    ds.ImageType, ds.BodyPartExamined = ["ORIGINAL", "PRIMARY"], "SKIN"
    frame = phantom(f"xc {person.id} {study.number}", 128, 160, top=250).astype(np.uint8)
    frames = np.stack([frame, frame // 2 + 40, frame // 3 + 60], axis=-1)[None]
    set_pixels(ds, frames, "RGB", bits=8)
    name = f"{plain(person.latin[1])} {plain(person.latin[0])}"
    gps = f"{study.on:%Y:%m:%d}"
    marks = {"exif": name, "comment": f"ID {person.id}", "gps": gps}
    encode(ds, frames, JPEGBaseline8Bit, marks)
    made.syntax = JPEGBaseline8Bit
    _codestream(made, "JPEG EXIF and comment", name, person.id, gps)
    made.sheet.add("pixels_retained", "pixels", "pixel", value="as decoded")
    return made


def lossless(study: Study, number: int, total: int) -> Made:
    """CT localizer compressed with JPEG-LS, whose stream has a comment; de-identified before, but badly."""
    made = start(study, number, "scout", "CT", CTImageStorage, total=total, maker="siemens")
    ds, person = made.ds, study.person
    ds.ImageType, ds.BodyPartExamined, ds.KVP = ["ORIGINAL", "PRIMARY", "LOCALIZER"], "CHEST", "120"
    ds.PatientIdentityRemoved, ds.DeidentificationMethod = "YES", "Export tool 1.0"
    _plane(ds, study, 9)
    ds.RescaleIntercept, ds.RescaleSlope = "-1024", "1"
    frames = phantom(f"scout {person.id} {study.number}", 128, 96, top=2000)[None]
    set_pixels(ds, frames, "MONOCHROME2", bits=12)
    _retained(made, frames)
    encode(ds, frames, JPEGLSLossless, {"comment": f"{person.ascii_id};{person.id}"})
    made.syntax = JPEGLSLossless
    _codestream(made, "JPEG-LS comment", person.ascii_id, person.id)
    return made


def _banner(study: Study) -> list[str]:
    person = study.person
    name = f"{plain(person.latin[0])}, {plain(person.latin[1])}"
    return [name, f"ID {person.id}", f"{person.birth:%d.%m.%Y}  {study.on:%d/%m/%Y}"]


def _plane(ds: Dataset, study: Study, position: int) -> None:
    ds.FrameOfReferenceUID = study.person.uid("frame", study.number)
    ds.PositionReferenceIndicator = None
    ds.PixelSpacing = ["0.78125", "0.78125"]
    ds.ImageOrientationPatient = ["1", "0", "0", "0", "1", "0"]
    ds.ImagePositionPatient = ["-50", "-50", str(2.5 * position)]


def _safe(made: Made, group: int, creator: str, offset: int, vr: str, value: str | float) -> None:
    """A private element that PS3.15 Table E.3.10-1 lists as safe."""
    block = made.ds.private_block(group, creator, create=True)
    block.add_new(offset, vr, value)
    row = Row("safe_private_retained", "safe private", "", "medium", text=str(value))
    made.sheet.note(made.ds, block.get_tag(offset), row)


def _ge_private(made: Made, study: Study) -> None:
    person, sheet = study.person, made.sheet
    _safe(made, 0x0019, "GEMS_ACQU_01", 0x23, "DS", "39.37")
    _safe(made, 0x0043, "GEMS_PARM_01", 0x27, "SH", "0.984:1")
    gone = Gone(plain(words(person.latin[0])[0]).upper(), "private, text")
    sheet.put_private(made.ds, 0x0009, "GEMS_IDEN_01", 0x02, "SH", gone)
    sheet.put_private(
        made.ds, 0x0009, "GEMS_IDEN_01", 0x30, "UN", Gone(person.id, "private, UN", "medium"), charset="ascii"
    )


def _overlay_and_curve(made: Made, study: Study) -> None:
    ds, sheet, person = made.ds, made.sheet, study.person
    plane = np.zeros((128, 128), dtype=np.uint8)
    burn(plane, [person.ascii_id], ink=1)
    bits = np.packbits(plane.ravel(), bitorder="little").tobytes()
    ds.add_new(0x60000010, "US", 128)
    ds.add_new(0x60000011, "US", 128)
    ds.add_new(0x60000040, "CS", "G")
    ds.add_new(0x60000050, "SS", [1, 1])
    ds.add_new(0x60000100, "US", 1)
    ds.add_new(0x60000102, "US", 0)
    ds.add_new(0x60003000, "OW", bits)
    ds.add_new(0x60004000, "LT", f"Overlay {person.ascii_id}")
    row = Row("text_removed", "overlay comment", "", "medium", text=person.ascii_id, how="words")
    sheet.note(ds, 0x60004000, row)
    sheet.add(
        "bytes_removed",
        "overlay bitmap",
        "top",
        value=bits[256:768].strip(b"\0").hex(),
        how="hex",
        difficulty="hard",
    )
    curve = f"{person.ascii_id:<20}".encode() * 2
    ds.add_new(0x50000005, "US", 1)
    ds.add_new(0x50003000, "OW", curve)
    sheet.add("bytes_removed", "curve", "top", value=person.ascii_id, difficulty="hard")
    icon = Dataset()
    small = phantom(f"icon {person.id}", 32, 64).astype(np.uint8)
    burn(small, [person.ascii_id], ink=255, size=9, at=(1, 1))
    set_pixels(icon, small[None], "MONOCHROME2", bits=8)
    ds.IconImageSequence = Sequence([icon])
    value = small[4:14].tobytes().hex()
    sheet.add("bytes_removed", "icon", "nested", value=value, how="hex", difficulty="medium")


def _retained(made: Made, frames: Pixels) -> None:
    made.sheet.add("pixels_retained", "pixels", "pixel", digest=pixels_digest(frames))


def _hidden(
    made: Made, frames: Pixels, boxes: list[Box], planes: list[int], category: str, difficulty: str
) -> None:
    """Every line of text in its box is to be hidden; what lies outside is to stay."""
    for line, box in zip(_banner_lines(made), boxes, strict=False):
        value = {"box": list(box), "frames": planes}
        made.sheet.add("pixels_hidden", category, "pixel", box=value, text=line, difficulty=difficulty)
    made.sheet.add(
        "pixels_retained", "pixels beside text", "pixel", box={"box": [list(box) for box in boxes]}
    )
    made.sheet.add("stamp", "Burned In Annotation says no", "top", tag="00280301", value=["NO"])


def _banner_lines(made: Made) -> list[str]:
    person = made.sheet.person
    return [f"{plain(person.latin[0])} {plain(person.latin[1])}", person.id, f"{person.birth:%d.%m.%Y}"]


def _codestream(made: Made, category: str, *texts: str) -> None:
    for text in texts:
        made.sheet.add("jpeg_exif_removed", category, "codestream", text=text, difficulty="hard")


def readable(made: Made, **items: int) -> None:
    made.sheet.add("derived_readable", "object whole", "nested", value=items)
