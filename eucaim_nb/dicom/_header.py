"""Walking over a header: the file meta information, then the top level of the data set up to the pixel data.

The walk reads the values that are wanted and steps over all others. Where a file is not plain DICOM it gives
up with `Unsure` rather than guess.
"""

from collections.abc import Mapping
from struct import error
from typing import NamedTuple

from ._elements import (
    EXPLICIT_BIG,
    EXPLICIT_LITTLE,
    IMPLICIT_LITTLE,
    LONG_VRS,
    READ_EXPLICIT,
    READ_IMPLICIT,
    READ_LENGTH,
    SHORT_VRS,
    UNDEFINED_LENGTH,
    Encoding,
    EndOfFile,
    Unsure,
    shows_vr,
    tag_number,
)
from ._problems import HeaderError, Problem, ProblemKind
from ._sequences import SMALLEST_DEEP_VALUE, end_of_value
from ._window import Window

IMPLICIT_SYNTAX = "1.2.840.10008.1.2"
BIG_ENDIAN_SYNTAX = "1.2.840.10008.1.2.2"
# All other syntaxes, the compressed ones too, are explicit little endian (PS3.5 section A.4).
_ENCODINGS = {IMPLICIT_SYNTAX: IMPLICIT_LITTLE, BIG_ENDIAN_SYNTAX: EXPLICIT_BIG}

PIXEL_DATA_TAGS = frozenset({0x7FE00008, 0x7FE00009, 0x7FE00010})
# An item or a delimiter at the top level is a sign that the walk has lost its way.
_STRAY_TAGS = frozenset({0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD})
STOP_TAGS = PIXEL_DATA_TAGS | _STRAY_TAGS

# No attribute of interest is this long: a value that says so is not read.
LONGEST_VALUE = 1024**2

FILE_META_GROUP = b"\x02\x00"
_MEDIA_CLASS = b"\x02\x00\x02\x00"
_TRANSFER_SYNTAX = b"\x02\x00\x10\x00"


class FileMeta(NamedTuple):
    """What the file meta information says: two UIDs, empty if absent, and where the data set begins."""

    transfer_syntax: str
    media_class: str
    end: int


class PixelData(NamedTuple):
    """Where the pixel data of a file are.

    Attributes
    ----------
    offset : int
        Of the value, in bytes from the start of the data that were walked: the file, or what it inflates to.
    length : int or None
        Declared length in bytes; None if encapsulated in fragments.
    """

    offset: int
    length: int | None


class Elements(NamedTuple):
    """What was found at the top level: by keyword, VR (empty when implicit) and bytes (None if too long)."""

    values: dict[str, tuple[bytes, bytes | None]]
    pixel_data: PixelData | None


def file_meta(window: Window, offset: int) -> FileMeta:
    """Read the file meta information that begins at `offset` (PS3.10 section 7.1).

    The group length is not believed; what counts is where group 0002 ends.
    """
    transfer_syntax = media_class = ""
    read_explicit, read_length = READ_EXPLICIT["<"], READ_LENGTH["<"]
    while offset < window.size:
        position = offset - window.base
        if position + 12 > len(window.data):
            window.move_to(offset)
            position = 0
        data = window.data
        if not data.startswith(FILE_META_GROUP, position):
            break
        try:
            written, vr, length = read_explicit(data, position)
            if vr in SHORT_VRS:
                start = offset + 8
            elif vr in LONG_VRS:
                (length,) = read_length(data, position + 8)
                start = offset + 12
            else:
                raise Unsure
        except error:
            raise EndOfFile from None
        offset = start + length
        if written == _TRANSFER_SYNTAX:
            transfer_syntax = _uid(window, start, length)
        elif written == _MEDIA_CLASS:
            media_class = _uid(window, start, length)
    if offset >= window.size:
        raise EndOfFile
    if not transfer_syntax:
        raise Unsure
    return FileMeta(transfer_syntax, media_class, offset)


def _uid(window: Window, start: int, length: int) -> str:
    return window.read(start, min(length, 64)).decode("latin-1").rstrip("\0 ").strip()


def actual_encoding(window: Window, offset: int, declared: str) -> tuple[Encoding, tuple[Problem, ...]]:
    """Return how the data set at `offset` is written, and a problem if that is not what the file declares.

    Where nothing is declared, the empty string, the bytes alone decide.
    """
    first = window.read(offset, 6)
    if len(first) < 6:
        raise EndOfFile
    if first[:2] == b"\0\0":
        # Command set elements (PS3.7) before a data set.
        raise Unsure
    expected = _ENCODINGS.get(declared, EXPLICIT_LITTLE)
    # Data sets begin with a low group such as 0008: the zero byte tells the byte order.
    seems_big = first[0] == 0 and first[1] != 0
    explicit = shows_vr(window, offset)
    if not declared:
        if seems_big and not explicit:
            raise Unsure
        return Encoding(explicit, ">" if seems_big else "<"), ()
    if seems_big != (expected.order == ">"):
        raise HeaderError(
            ProblemKind.TRANSFER_SYNTAX_MISMATCH,
            "The file is not written in the byte order that its transfer syntax declares, so it cannot be "
            "read reliably. Export it again from the PACS.",
        )
    if explicit == expected.explicit:
        return expected, ()
    mismatch = Problem(
        ProblemKind.TRANSFER_SYNTAX_MISMATCH,
        "The file declares explicit VR and is written with implicit VR, or the reverse. It was read as it is "
        "written, but strict receivers refuse it: export it again from the PACS.",
    )
    return Encoding(explicit, expected.order), (mismatch,)


def walk(window: Window, offset: int, encoding: Encoding, handled: Mapping[bytes, str | None]) -> Elements:
    """Walk over the top-level elements from `offset` to the pixel data and keep the values of some.

    Parameters
    ----------
    window : Window
    offset : int
        Where the first element begins.
    encoding : Encoding
    handled : mapping of bytes to str or None
        By the bytes a tag is written with: the keyword of a wanted attribute, None for one of `STOP_TAGS`.

    Raises
    ------
    EndOfFile
        The file ends within an element.
    HeaderError, Unsure
    """
    values: dict[str, tuple[bytes, bytes | None]] = {}
    explicit = encoding.explicit
    read_explicit, read_implicit = READ_EXPLICIT[encoding.order], READ_IMPLICIT[encoding.order]
    read_length, short_vrs, vr = READ_LENGTH[encoding.order], SHORT_VRS, b""
    while True:
        data, base, limit = window.data, window.base, len(window.data)
        position = offset - base
        try:
            # The inner loop is the hot path of every scan: plain local names, nothing built per element.
            while True:
                if explicit:
                    written, vr, length = read_explicit(data, position)
                    if vr in short_vrs:
                        if written not in handled:
                            # Most elements are done with here.
                            position += 8 + length
                            continue
                        start = position + 8
                    elif vr in LONG_VRS:
                        (length,) = read_length(data, position + 8)
                        start = position + 12
                    else:
                        raise Unsure
                else:
                    written, length = read_implicit(data, position)
                    start = position + 8
                position = start + length
                if written in handled:
                    keyword = handled[written]
                    if keyword is None:
                        tag = tag_number(written, encoding.order)
                        return Elements(values, _pixel_data(tag, base + start, length))
                    if position <= limit:
                        values[keyword] = (vr, data[start:position])
                    else:
                        values[keyword] = (vr, _value(window, base + start, length))
                elif length >= SMALLEST_DEEP_VALUE and vr not in short_vrs:
                    tag = tag_number(written, encoding.order)
                    offset = end_of_value(window, tag, vr, base + start, length, encoding)
                    break
        except error:
            # The next element does not begin in this window: move on, unless it already starts there.
            offset = base + position
            if offset == window.size:
                return Elements(values, None)
            if offset == base or offset > window.size:
                raise EndOfFile from None
            window.move_to(offset)
            continue
        if not window.base <= offset <= window.base + len(window.data):
            window.move_to(offset)


def _pixel_data(tag: int, start: int, length: int) -> PixelData:
    if tag not in PIXEL_DATA_TAGS:
        raise Unsure
    return PixelData(start, None if length == UNDEFINED_LENGTH else length)


def _value(window: Window, start: int, length: int) -> bytes | None:
    """Read a value that does not lie in the window as a whole."""
    if length == UNDEFINED_LENGTH:
        raise Unsure
    if start + length > window.size:
        raise EndOfFile
    return window.read(start, length) if length <= LONGEST_VALUE else None
