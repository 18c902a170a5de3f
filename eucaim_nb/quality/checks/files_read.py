"""Files: what shows only when the whole file is read."""

import re
from collections.abc import Iterator
from functools import lru_cache

import numpy as np

from eucaim_nb.dicom import tag_text

from .._file import File
from .._finding import Dimension, Finding, Level, Severity
from .._registry import also, check
from .._required import required

_AGAIN = "Export the file again from the PACS."
_META = {
    0x00020001: "File Meta Information Version",
    0x00020002: "Media Storage SOP Class UID",
    0x00020003: "Media Storage SOP Instance UID",
    0x00020010: "Transfer Syntax UID",
    0x00020012: "Implementation Class UID",
}
_FORMS = {
    b"DA": re.compile(rb"(\d{4}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])|\d{4}\.\d\d\.\d\d)?[ \0]*"),
    b"TM": re.compile(rb"(([01]\d|2[0-3])([0-5]\d([0-5]\d|60)?)?(?<=\d\d)(\.\d{1,6})?)?[ \0]*"),
    b"AS": re.compile(rb"(\d{3}[DWMY])?[ \0]*"),
    b"DS": re.compile(rb" *([+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?)? *\0?"),
    b"IS": re.compile(rb" *([+-]?\d+)? *\0?"),
    b"UI": re.compile(rb"((0|[1-9]\d*)(\.(0|[1-9]\d*))*)?[\0 ]*"),
    b"CS": re.compile(rb"[A-Z0-9_ ]*\0?"),
}
_LONGEST = {b"DA": 18, b"TM": 28, b"AS": 4, b"DS": 16, b"IS": 12, b"UI": 64, b"CS": 16}
_TEXT = frozenset((b"LO", b"SH", b"PN", b"ST", b"LT", b"UT", b"UC"))
_CHARACTER_SET = 0x00080005
_TAIL, _EDGE_ROWS, _FILLED = 0.02, 8, 0.5


@check(
    "F04",
    level=Level.STANDARD,
    severity=Severity.WARN,
    dimension=Dimension.INTEGRITY,
    remedy="Strict receivers refuse it. De-identification writes the group anew; or export the file again.",
    source="PS3.10 section 7.1: group 0002 and what is type 1 in it",
)
def file_meta(file: File) -> Iterator[Finding]:
    """The file meta information is incomplete or contradicts the data set."""
    if file.outline is None:
        return
    meta = file.outline.meta
    for tag, name in _META.items():
        if not meta.get(tag, b"").rstrip(b"\0 ") and tag != 0x00020001:
            yield Finding(f"{name} is missing in the file meta information.")
    for tag, keyword in ((0x00020002, "SOPClassUID"), (0x00020003, "SOPInstanceUID")):
        said = meta.get(tag, b"").rstrip(b"\0 ").decode("latin-1")
        if said and said != file.values[keyword]:
            yield Finding(f"{_META[tag]} is not the one of the data set.")


@also("F06")
def pixels_longer(file: File) -> Iterator[Finding]:
    """Uncompressed pixel data are longer than the image."""
    expected = file.expected
    if file.pixels and file.native and expected and file.pixels[1] > expected + 1:
        yield Finding(
            "Pixel data are longer than the image.",
            severity=Severity.INFO,
            remedy="Nothing to do: what is too much is not read.",
        )


@also("F07")
def frames_without_fragment(file: File) -> Iterator[Finding]:
    """There are fewer compressed fragments than frames."""
    if file.outline is None or file.pixels is None or file.pixels[1] >= 0:
        return
    text = file.values["NumberOfFrames"] or "1"
    frames = int(text) if text.isdigit() else 1
    # Video streams hold all frames in one fragment (PS3.5 A.4.5 and following).
    video = file.outline.transfer_syntax.startswith("1.2.840.10008.1.2.4.10")
    if file.outline.fragments < frames and not video:
        yield Finding(
            f"{file.outline.fragments} fragments for {frames} frames.",
            evidence={"fragments": file.outline.fragments, "frames": frames},
        )


@check(
    "F12",
    level=Level.STANDARD,
    severity=Severity.INFO,
    dimension=Dimension.INTEGRITY,
    remedy="Nothing to do for the picture. De-identification leaves such bytes out, as they may say anything.",
    source="PS3.10 section 7: a file ends with its last data element",
)
def trailing_bytes(file: File) -> Iterator[Finding]:
    """Bytes follow the last data element."""
    if file.outline is not None and file.outline.end < file.size and file.pixels is not None:
        yield Finding("Bytes follow the last data element.")


@check(
    "F14",
    level=Level.STANDARD,
    severity=Severity.WARN,
    dimension=Dimension.COMPLETE,
    remedy="Programs that rely on the standard may refuse or misread the image. Ask the PACS or the vendor for a "
    "complete export.",
    source="PS3.3: types 1 and 2 of the mandatory modules of the object's IOD",
)
def required_attributes(file: File) -> Iterator[Finding]:
    """An attribute is missing that the standard requires of such objects."""
    if file.outline is None:
        return
    for type_, tags in required(file.values["SOPClassUID"] or "").items():
        missing = sorted(tag for tag in tags if tag not in file.outline.elements)
        if type_ == "1":
            missing += sorted(
                tag for tag in tags if tag in file.outline.elements and not file.outline.elements[tag][2]
            )
        for tag in missing:
            yield Finding(
                f"{tag_text(tag)} is missing"
                + (" or empty (type 1)." if type_ == "1" else " (type 2)."),
                severity=None if type_ == "1" else Severity.INFO,
            )


@check(
    "F15",
    level=Level.STANDARD,
    severity=Severity.WARN,
    dimension=Dimension.ACCURATE,
    remedy="Programs may refuse the file or read another value. Correct it at the source.",
    source="PS3.5 section 6.2: forms and lengths of values; section 6.1.2: other characters need (0008,0005)",
)
def forms_of_values(file: File) -> Iterator[Finding]:
    """A value does not have the form that its kind asks for."""
    if file.outline is None:
        return
    data, limit = file.data, len(file.data)
    declared = file.value(_CHARACTER_SET)
    ascii_only = not (declared or b"").strip(b" \0") or (declared or b"").strip(b" \0") == b"ISO_IR 6"
    for tag, (vr, start, length) in file.outline.elements.items():
        if length <= 0 or tag >> 16 & 1:
            continue
        if vr in _FORMS:
            value = data[start : start + length] if start + length <= limit else file.read(start, length)
            if not _has_form(vr, value):
                yield Finding(_badly(tag, vr))
        elif ascii_only and vr in _TEXT and not file.read(start, length).isascii():
            yield Finding("Text has characters for which no character set is declared.")


@check(
    "C05",
    level=Level.STANDARD,
    severity=Severity.WARN,
    dimension=Dimension.INTEGRITY,
    remedy="Look at the picture: if its lower part is cut off sharply, export it again.",
    source="A transfer that broke off leaves zeros from one place to the end of the pixel data",
)
def zero_tail(file: File) -> Iterator[Finding]:
    """The last part of the pixel data is zeros, as after a transfer that broke off."""
    if file.pixels is None or not file.native or file.outline is None:
        return
    start, length = file.pixels
    expected = file.expected
    if length < 4096 or expected is None or file.read(start + length - 1024, 1024).strip(b"\0"):
        return
    pixels = file.read(start, min(length, expected))
    filled = len(pixels.rstrip(b"\0"))
    tail = (len(pixels) - filled) / len(pixels)
    row = _row_bytes(file)
    # A dark background fades out; data that break off are full up to the break.
    edge = pixels[max(0, filled - _EDGE_ROWS * row) : filled]
    values = edge[:: max(1, int(file.values["BitsAllocated"] or 8) // 8)]
    if _TAIL <= tail < 1 and values and 1 - values.count(0) / len(values) > _FILLED:
        yield Finding(
            f"The last {tail:.0%} of the pixel data are zeros, after a sharp edge.",
            evidence={"share of zeros at the end": round(tail, 3)},
        )


@check(
    "C04",
    level=Level.STANDARD,
    severity=Severity.WARN,
    dimension=Dimension.CONSISTENT,
    remedy="Programs that mask unused bits show something else than those that do not. Export it again from the PACS.",
    source="PS3.3 C.7.6.3: samples fit in (0028,0101) Bits Stored with (0028,0103) Pixel Representation",
)
def beyond_bits(file: File) -> Iterator[Finding]:
    """Samples do not fit in the bits that they are said to have."""
    bits, signed = file.values["BitsStored"] or "", file.values["PixelRepresentation"] == "1"
    if not (file.native and file.pixels and bits.isdigit() and file.values["BitsAllocated"] == "16"):
        return
    stored = int(bits)
    start, length = file.pixels
    if not 0 < stored < 16 or length < 2 or file.memory is None or file.outline is None:
        return
    samples = np.frombuffer(file.memory, f"{file.outline.order}{'i' if signed else 'u'}2", length // 2, start)
    highest = 2 ** (stored - signed) - 1
    if samples.max() > highest or (signed and samples.min() < -highest - 1):
        yield Finding("Samples do not fit in Bits Stored.")


def _row_bytes(file: File) -> int:
    try:
        return max(1, int(file.values["Columns"]) * int(file.values["BitsAllocated"]) // 8)
    except (TypeError, ValueError):
        return 1024


@lru_cache(maxsize=50_000)
def _has_form(vr: bytes, value: bytes) -> bool:
    longest = _LONGEST[vr]
    form = _FORMS[vr].fullmatch
    return all(
        len(part.strip(b"\0"))
        <= longest + (len(part) - len(part.rstrip(b" ")) if vr in (b"DS", b"IS") else 0)
        and form(part) is not None
        for part in value.split(b"\\")
    )


@lru_cache(maxsize=1000)
def _badly(tag: int, vr: bytes) -> str:
    return f"{tag_text(tag)} is no value of its kind ({vr.decode()})."
