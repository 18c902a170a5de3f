"""Files: what the scan found wrong with them, as findings with a severity."""

from collections.abc import Iterator

from eucaim_nb.dicom import ProblemKind

from .._classes import decodable, is_image, is_retired, known
from .._dataset import LooseFile
from .._file import Gone
from .._finding import Dimension, Finding, Level, Severity, about_files
from .._registry import also, check
from .._series import Series

_NATIVE = frozenset(
    ("1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.1.99", "")
)
_SMALLEST = 132
_LITTER = frozenset(
    (b".ds_store", b"thumbs.db", b"desktop.ini", b"lockfile", b"version", b"autorun.inf", b"ehthumbs.db")
)
_DAMAGED = frozenset(
    (
        ProblemKind.TRUNCATED_HEADER,
        ProblemKind.MISSING_UIDS,
        ProblemKind.TOO_DEEP,
        ProblemKind.TOO_LARGE_WHEN_INFLATED,
        ProblemKind.UNREADABLE,
        "unreadable file",
        "unreadable folder",
        "vanished",
    )
)
_ARCHIVES = frozenset(("ZIP archive", "gzip", "7-Zip archive", "RAR archive", "tar archive"))
_AGAIN = "Export the file again from the PACS."


@check(
    "F01",
    level=Level.QUICK,
    severity=Severity.ERR,
    dimension=Dimension.COMPLETE,
    remedy="Copy the file again from where it came; an image may be missing from the series beside it.",
    source="PS3.10 section 7.1: preamble and prefix alone take 132 bytes",
)
def too_short(file: LooseFile) -> Iterator[Finding]:
    """The file is empty, or too short to be DICOM."""
    if file.problem.kind == ProblemKind.EMPTY_FILE:
        yield _loose(file, "The file is empty.")
    elif file.problem.kind == ProblemKind.NOT_DICOM and file.size < _SMALLEST and not _is_litter(file):
        yield _loose(file, f"The file has less than {_SMALLEST} bytes: it is no whole DICOM file.")


@check(
    "F02",
    level=Level.QUICK,
    severity=Severity.ERR,
    dimension=Dimension.INTEGRITY,
    remedy="If it took the place of an image (a saved error page, for instance), export that image again. Else leave "
    "it out.",
    source="PS3.10 section 7.1; first bytes of common formats",
)
def not_dicom(file: LooseFile) -> Iterator[Finding]:
    """The file is not DICOM."""
    if file.problem.kind != ProblemKind.NOT_DICOM or file.size < _SMALLEST or _is_litter(file):
        return
    if file.problem.sniffed in _ARCHIVES:
        return
    seems = (
        f"it looks like {file.problem.sniffed}"
        if file.problem.sniffed != "unknown"
        else "its kind is unknown"
    )
    yield _loose(file, f"This is not DICOM: {seems}.", None if file.claims_dicom else Severity.WARN)


@check(
    "F03",
    level=Level.QUICK,
    severity=Severity.WARN,
    dimension=Dimension.INTEGRITY,
    remedy="Nodes refuse it as it is, and an upload leaves it out. A normalised copy has the preamble; or export it "
    "again.",
    source="PS3.10 section 7.1 DICOM File Meta Information",
)
def no_preamble(series: Series) -> Iterator[Finding]:
    """The preamble is missing, or is the beginning of a program."""
    yield from _of_series(series, "The file does not begin with preamble and DICM.", ProblemKind.NO_PREAMBLE)
    yield from _of_series(
        series, "The 128 bytes of the preamble begin like a program.", ProblemKind.EXECUTABLE_PREAMBLE
    )


@check(
    "F05",
    level=Level.QUICK,
    severity=Severity.ERR,
    dimension=Dimension.INTEGRITY,
    remedy=_AGAIN,
    source="An image has SOP, Study and Series Instance UID, and pixel data; pydicom reads a cut header without a word",
)
def header_cut(file: LooseFile) -> Iterator[Finding]:
    """The header is cut off, damaged, or cannot be read."""
    if file.problem.kind in _DAMAGED:
        yield _loose(file, f"No instance can be read from the file ({file.problem.kind}).")


@also("F05")
def no_pixel_data(series: Series) -> Iterator[Finding]:
    """An image has no pixel data, or not even a size."""
    yield from _of_series(series, "An image without pixel data.", ProblemKind.MISSING_PIXEL_DATA)
    blank = [
        row["file_id"]
        for row in series.files
        if is_image(series.of(row, "SOPClassUID"))
        and not (series.of(row, "Rows") and series.of(row, "Columns"))
    ]
    yield from about_files("An image ends before it says how large it is.", blank)


@also("F05")
def changed_since(file: Gone) -> Iterator[Finding]:
    """The file is gone, or is not what was scanned."""
    yield Finding(file.reason, remedy="Scan again, then check again.")


@check(
    "F06",
    level=Level.QUICK,
    severity=Severity.ERR,
    dimension=Dimension.INTEGRITY,
    remedy=_AGAIN,
    source="PS3.5 section 8.1.1: rows x columns x samples x bits x frames; pydicom reads shorter data without a word",
)
def pixels_cut(series: Series) -> Iterator[Finding]:
    """Uncompressed pixel data are shorter than the image."""
    yield from _cut(series, native=True)


@check(
    "F07",
    level=Level.QUICK,
    severity=Severity.ERR,
    dimension=Dimension.INTEGRITY,
    remedy=_AGAIN,
    source="PS3.5 Annex A.4: encapsulated pixel data end with a sequence delimiter, and every frame has a fragment",
)
def fragments_cut(series: Series) -> Iterator[Finding]:
    """Compressed pixel data are cut off."""
    yield from _cut(series, native=False)


@check(
    "F08",
    level=Level.QUICK,
    severity=Severity.WARN,
    dimension=Dimension.ACCURATE,
    remedy="Whether the pictures are sound cannot be verified here. Ask the PACS for another transfer syntax.",
    source="PS3.6 Annex A: registry of transfer syntaxes; decoders of this installation",
)
def transfer_syntax(series: Series) -> Iterator[Finding]:
    """The transfer syntax is unknown, or there is no decoder for it here."""
    for uid, count in series.counted("TransferSyntaxUID").items():
        if uid and not known(uid):
            yield Finding("The transfer syntax is not one of the standard.", count=count)
        elif uid and series.has_pictures and not decodable(uid):
            yield Finding(
                "There is no decoder for this transfer syntax here.", count=count, evidence={"syntax": uid}
            )


@check(
    "F10",
    level=Level.QUICK,
    severity=Severity.WARN,
    dimension=Dimension.CONSISTENT,
    remedy="Strict receivers refuse it. Export the file again from the PACS.",
    source="PS3.5 section 10: the data set is written as (0002,0010) Transfer Syntax UID says",
)
def written_otherwise(series: Series) -> Iterator[Finding]:
    """The file is written in another way than its transfer syntax says."""
    yield from _of_series(
        series,
        "Explicit VR is declared and implicit VR written, or the reverse.",
        ProblemKind.TRANSFER_SYNTAX_MISMATCH,
    )


@also("F10")
def other_byte_order(file: LooseFile) -> Iterator[Finding]:
    """The byte order is another one than declared, so that nothing can be read reliably."""
    if file.problem.kind == ProblemKind.TRANSFER_SYNTAX_MISMATCH:
        yield _loose(file, "The byte order is not the declared one: no instance can be read.", Severity.ERR)


@check(
    "F11",
    level=Level.QUICK,
    severity=Severity.INFO,
    dimension=Dimension.ACCURATE,
    remedy="Ask the node whether it takes such objects.",
    source="PS3.4 Annex B.5 and PS3.6 Annex A: SOP classes of the standard, those retired from it",
)
def sop_class(series: Series) -> Iterator[Finding]:
    """The SOP class is unknown, retired or no image, or the transfer syntax is retired."""
    for uid, count in series.classes.items():
        if not known(uid):
            yield Finding("The SOP class is not one of the standard.", severity=Severity.WARN, count=count)
        elif is_retired(uid):
            yield Finding("The SOP class was retired from the standard.", severity=Severity.WARN, count=count)
        elif not is_image(uid) and not series.is_annotation:
            yield Finding("The object is no image.", count=count)
    for uid, count in series.counted("TransferSyntaxUID").items():
        if is_retired(uid):
            yield Finding("The transfer syntax (big endian) was retired from the standard.", count=count)


@check(
    "F13",
    level=Level.QUICK,
    severity=Severity.WARN,
    dimension=Dimension.CONSISTENT,
    remedy="A normalised copy, and what de-identification writes, have the suffix. Uploads do not depend on it.",
    source="UPV dataset-service looks only at *.dcm (chaimeleon-eu/dataset-service, read 2026-06-16)",
)
def no_suffix(series: Series) -> Iterator[Finding]:
    """The name of the file does not end with .dcm."""
    bare = [
        row["file_id"]
        for row in series.files
        if not row["member"] and not row["name"].lower().endswith(b".dcm")
    ]
    yield from about_files("Names of files do not end with .dcm.", bare)


@check(
    "F17",
    level=Level.QUICK,
    severity=Severity.INFO,
    dimension=Dimension.UNIQUE,
    remedy="Nothing to do: it is left out.",
    source="Files that desktops, burners and archives leave beside images",
)
def litter(file: LooseFile) -> Iterator[Finding]:
    """The file was left by an operating system, a CD burner or the like."""
    if file.problem.kind == ProblemKind.DICOMDIR:
        yield _loose(file, "Table of contents of a DICOM medium (DICOMDIR).")
    elif file.problem.kind in ("link", "not a file"):
        yield _loose(file, "A link or special file, which is not followed.")
    elif _is_litter(file):
        yield _loose(file, "A file of the operating system.")


@check(
    "F18",
    level=Level.QUICK,
    severity=Severity.INFO,
    dimension=Dimension.COMPLETE,
    remedy="If there are images in it, scan again and look into archives, or unpack it.",
    source="Archives in an export hide images from every program that does not open them",
)
def archive(file: LooseFile) -> Iterator[Finding]:
    """The file is an archive that was not opened, or only in part."""
    if file.problem.sniffed in _ARCHIVES or "archive" in file.problem.kind:
        yield _loose(file, "An archive that was not opened, or only in part.")


def _loose(file: LooseFile, message: str, severity: Severity | None = None) -> Finding:
    study, series = file.series[0] if len(file.series) == 1 else ("", "")
    return Finding(
        message,
        severity=severity,
        study_uid=study,
        series_uid=series,
        files=() if file.file_id is None else (file.file_id,),
    )


def _of_series(series: Series, message: str, kind: str) -> Iterator[Finding]:
    yield from about_files(message, [row["file_id"] for row, _ in series.with_problem(kind)])


def _cut(series: Series, *, native: bool) -> Iterator[Finding]:
    files = [
        row["file_id"]
        for row, _ in series.with_problem(ProblemKind.TRUNCATED_PIXEL_DATA)
        if (series.of(row, "TransferSyntaxUID") in _NATIVE) == native
    ]
    yield from about_files("Pixel data are cut off.", files)


def _is_litter(file: LooseFile) -> bool:
    name = file.name.lower()
    return name in _LITTER or name.startswith(b"._") or file.problem.sniffed == "macOS resource fork"
