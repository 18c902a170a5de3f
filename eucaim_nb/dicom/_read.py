"""Reading the header of one file: our own walker first, pydicom where that gives up, always a verdict."""

import io
import os
import re
from dataclasses import dataclass, field
from typing import IO

from ._elements import EndOfFile, Unsure
from ._fallback import PydicomHeader, TooMuch, truncated_header
from ._header import FILE_META_GROUP, PixelData, actual_encoding, file_meta, walk
from ._pixels import DEFLATED_SYNTAX, pixel_problem
from ._problems import HeaderError, Problem, ProblemKind
from ._sniff import executable, sniff
from ._values import texts
from ._wanted import INDEX, UIDS, Wanted
from ._window import Window, inflate

Source = str | os.PathLike[str] | IO[bytes]

_PREAMBLE = 128
_DATA_START = 132
# Group 0002 or 0008, or 0008 in big endian: how DICOM begins that lost its preamble.
_FIRST_GROUPS = (b"\x02\x00", b"\x08\x00", b"\x00\x08")
_DICOMDIR_CLASS = "1.2.840.10008.1.3.10"
_LONGEST_UID = 64
# Half characters, which Python can decode from some character sets and which no other program can read.
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Header:
    """What one file says about itself.

    Attributes
    ----------
    values : dict of str to str
        By keyword, the text form of every wanted attribute that the file has; empty if it has no value.
        Several values are joined by a backslash.
    transfer_syntax : str
        UID that the file declares; empty if it declares none.
    problems : tuple of Problem
        What is wrong although the header could be read.
    pixel_data : PixelData or None
        Where the pixel data are; None if there are none.
    """

    values: dict[str, str]
    transfer_syntax: str
    problems: tuple[Problem, ...]
    pixel_data: PixelData | None


def read_header(source: Source, wanted: Wanted = INDEX) -> Header:
    """Read the header of one DICOM file.

    Only the bytes that are needed are read, and of the pixel data none but the headers of fragments.

    Parameters
    ----------
    source : path or binary file
        A binary file must be seekable; where it stands afterwards is not defined.
    wanted : Wanted
        The attributes to read, those of the instance index by default.

    Returns
    -------
    Header
        With the same values that pydicom reads.

    Raises
    ------
    HeaderError
        The file is not DICOM, or its header cannot be used; its `problem` says why.
    OSError
        The file cannot be opened or read.
    """
    if isinstance(source, (str, os.PathLike)):
        with io.FileIO(source) as stream:
            return _read(Window(stream), wanted)
    return _read(Window(source), wanted)


def _read(window: Window, wanted: Wanted) -> Header:
    if not window.size:
        raise HeaderError(ProblemKind.EMPTY_FILE, "The file is empty. Copy it again from where it came.")
    if window.data[_PREAMBLE:_DATA_START] != b"DICM":
        return _verdict(_read_without_preamble(window, wanted), wanted)
    reading = _Reading(window, _preamble_problems(window.data))
    try:
        _walk_file(reading, _DATA_START, wanted)
    except EndOfFile:
        raise truncated_header() from None
    except Unsure:
        # What was inflated has no preamble any more.
        _ask_pydicom(reading, wanted, force=reading.window is not window)
    return _verdict(reading, wanted)


@dataclass(slots=True)
class _Reading:
    """What is known of a file so far."""

    window: Window
    problems: list[Problem]
    transfer_syntax: str = ""
    media_class: str = ""
    order: str = "<"
    values: dict[str, str] = field(default_factory=dict)
    unreadable: list[str] = field(default_factory=list)
    pixel_data: PixelData | None = None


def _preamble_problems(start: bytes) -> list[Problem]:
    # No program begins with a zero, and these bytes are nearly always zeros.
    program = executable(start) if start[0] else ""
    if not program:
        return []
    message = (
        f"The 128 bytes before the DICOM data begin like a {program}: the file could be started as one. "
        "Ask where it comes from; de-identification clears these bytes."
    )
    return [Problem(ProblemKind.EXECUTABLE_PREAMBLE, message, program)]


def _walk_file(reading: _Reading, offset: int, wanted: Wanted) -> None:
    window = reading.window
    meta = file_meta(window, offset)
    reading.transfer_syntax, reading.media_class = meta.transfer_syntax, meta.media_class
    if meta.transfer_syntax == DEFLATED_SYNTAX:
        reading.window = inflate(window, meta.end)
    _walk(reading, 0 if reading.window is not window else meta.end, wanted)


def _walk(reading: _Reading, offset: int, wanted: Wanted) -> None:
    encoding, mismatch = actual_encoding(reading.window, offset, reading.transfer_syntax)
    reading.problems += mismatch
    elements = walk(reading.window, offset, encoding, wanted.handled[encoding.order])
    reading.values, reading.unreadable = texts(elements, encoding)
    reading.order = encoding.order
    reading.pixel_data = elements.pixel_data


def _ask_pydicom(reading: _Reading, wanted: Wanted, *, force: bool) -> None:
    header = PydicomHeader(reading.window, wanted.read, force=force)
    reading.transfer_syntax = reading.transfer_syntax or header.transfer_syntax
    reading.media_class = reading.media_class or header.media_class
    reading.order = header.order
    reading.pixel_data = header.pixel_data
    reading.values.clear()
    reading.unreadable.clear()
    for tag, keyword in wanted.read.items():
        try:
            value = header.text(tag)
        except ValueError:
            reading.unreadable.append(keyword)
        else:
            if value is not None:
                reading.values[keyword] = value


def _read_without_preamble(window: Window, wanted: Wanted) -> _Reading:
    """Read a file that begins with its first element, if that yields the UIDs of a class and an instance."""
    sniffed = sniff(window.data)
    if window.data[:2] in _FIRST_GROUPS:
        message = (
            "The file is DICOM but lacks the 128 bytes and the letters DICM that it should begin with. It "
            "could be read, but receivers refuse it: export it again from the PACS."
        )
        reading = _Reading(window, [Problem(ProblemKind.NO_PREAMBLE, message, "DICOM without preamble")])
        try:
            try:
                start = _walk_file if window.data.startswith(FILE_META_GROUP) else _walk
                start(reading, 0, wanted)
            except Unsure:
                _ask_pydicom(reading, wanted, force=True)
        except HeaderError as error:
            # Chance bytes fail like this too.
            if isinstance(error, TooMuch) or error.problem.kind not in (
                ProblemKind.UNREADABLE,
                ProblemKind.TRUNCATED_HEADER,
            ):
                raise
        if all(_valid_uid(reading.values.get(keyword, "")) for keyword in ("SOPClassUID", "SOPInstanceUID")):
            return reading
    what = f"it looks like {sniffed}" if sniffed != "unknown" else "what it is could not be told"
    message = f"This is not a DICOM file: {what}. It can be left out."
    raise HeaderError(ProblemKind.NOT_DICOM, message, sniffed)


def _verdict(reading: _Reading, wanted: Wanted) -> Header:
    values, problems = reading.values, reading.problems
    if not reading.transfer_syntax:
        message = (
            "The file does not declare its transfer syntax. How it is written was guessed, but receivers "
            "refuse such files: export it again from the PACS."
        )
        problems.append(Problem(ProblemKind.MISSING_TRANSFER_SYNTAX, message))
    for keyword, value in values.items():
        if not value.isascii():
            values[keyword] = _SURROGATE.sub("\ufffd", value)
    if _DICOMDIR_CLASS in (reading.media_class, values.get("SOPClassUID")):
        message = (
            "This is the table of contents of a DICOM medium (DICOMDIR), not an image. It can be left out."
        )
        raise HeaderError(ProblemKind.DICOMDIR, message)
    missing = [keyword for keyword in UIDS if not values.get(keyword)]
    if missing:
        absent = ", no ".join(missing)
        message = f"The file has no {absent}, so no node can accept it. Export it again from the PACS."
        raise HeaderError(ProblemKind.MISSING_UIDS, message)
    for keyword in UIDS:
        if not _valid_uid(values[keyword]):
            message = (
                f"{keyword} is not a valid UID (numbers between dots, 64 characters at most). De-identification "
                "replaces it; sent as it is, a node may refuse it."
            )
            problems.append(Problem(ProblemKind.INVALID_UID, message))
    for keyword in reading.unreadable:
        message = f"The value of {keyword} is damaged or not of its kind, so it was left out."
        problems.append(Problem(ProblemKind.UNREADABLE_VALUE, message))
    problem = pixel_problem(
        reading.window, reading.pixel_data, values, reading.transfer_syntax, reading.order
    )
    if problem:
        problems.append(problem)
    for keyword in wanted.unasked:
        values.pop(keyword, None)
    return Header(values, reading.transfer_syntax, tuple(problems), reading.pixel_data)


def _valid_uid(value: str) -> bool:
    # No component may be empty.
    return len(value) <= _LONGEST_UID and not value.strip("0123456789.") and ".." not in f".{value}."
