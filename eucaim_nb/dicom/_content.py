"""Open one instance for looking into it, whatever state the file is in.

Nothing the file says is trusted further than it can be checked: a missing preamble, a wrong transfer syntax and a
deflated data set that never ends all lead to something readable, or to an error in words that are safe to show.
"""

import io
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from struct import error as too_short
from struct import unpack_from
from typing import BinaryIO, TypeAlias

from eucaim_nb.errors import EucaimError

Source: TypeAlias = str | os.PathLike[str] | BinaryIO

_CHUNK = 64 * 1024
_DEFLATED = {
    "1.2.840.10008.1.2.1.99",  # Deflated Explicit VR Little Endian
    "1.2.840.10008.1.2.4.95",  # JPIP Referenced Deflate
    "1.2.840.10008.1.2.4.205",  # JPIP HTJ2K Referenced Deflate
}
_BIG_ENDIAN = "1.2.840.10008.1.2.2"

# PS3.5 section 7.1.2: two reserved bytes and a 32-bit length follow these VRs, a 16-bit length all others.
LONG_VRS = frozenset(b"OB OD OF OL OV OW SQ SV UC UN UR UT UV".split())


class ElementsError(EucaimError):
    """The file cannot be opened or holds no DICOM, so there are no elements to list."""


@dataclass(frozen=True, slots=True)
class Content:
    """An opened instance.

    Attributes
    ----------
    file : BinaryIO
        The bytes as they are stored; the file meta group is in there.
    meta : int or None
        Offset of the file meta group in `file`, None if there is none.
    stream : BinaryIO
        The bytes of the data set: `file` itself, or the inflated data set.
    start : int
        Offset of the first data element in `stream`.
    size : int
        Length of `stream` in bytes.
    implicit, order
        How the data set is really written: without VR, and in which byte order ('<' or '>').
    transfer_syntax : str
        UID that the file declares; empty if it declares none.
    cut : str
        Why `stream` ends before the data set does; empty if it does not.
    """

    file: BinaryIO
    meta: int | None
    stream: BinaryIO
    start: int
    size: int
    implicit: bool
    order: str
    transfer_syntax: str
    cut: str = ""


@contextmanager
def opened(source: Source, most_inflated: int) -> Iterator[Content]:
    """Open an instance, inflating at most `most_inflated` bytes; a given stream is left where it was.

    Raises
    ------
    ElementsError
        The file cannot be opened or is not DICOM.
    """
    if not isinstance(source, str | os.PathLike):
        position = source.tell()
        try:
            yield _content(source, most_inflated)
        finally:
            source.seek(position)
        return
    try:
        file = open(source, "rb")  # noqa: SIM115 - closed below; only opening it is guarded here
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its name is not valid"
        raise ElementsError(f"The file cannot be opened: {reason}.") from None
    with file:
        yield _content(file, most_inflated)


def _content(file: BinaryIO, most_inflated: int) -> Content:
    file.seek(0)
    head = file.read(136)
    first = 132 if head[128:132] == b"DICM" else 0
    groups = head[first : first + 2]
    if first == 0 and not _begins_like_dicom(head):
        raise ElementsError("This is not a DICOM file." if head else "The file is empty.")
    if groups != b"\x02\0":
        return _data_set(file, None, file, first, "")
    start, transfer_syntax = _file_meta(file, first)
    if transfer_syntax not in _DEFLATED:
        return _data_set(file, first, file, start, transfer_syntax)
    data, cut = _inflate(file, start, most_inflated)
    return _data_set(file, first, io.BytesIO(data), 0, transfer_syntax, cut)


def _begins_like_dicom(head: bytes) -> bool:
    """Tell whether a file without preamble may be DICOM: it begins with an element of group 0002, 0008 or 0000."""
    return head[:2] in (b"\x02\0", b"\x08\0", b"\0\x08") or head[:8] == b"\0\0\0\0\x04\0\0\0"


def _data_set(
    file: BinaryIO, meta: int | None, stream: BinaryIO, start: int, transfer_syntax: str, cut: str = ""
) -> Content:
    size = stream.seek(0, io.SEEK_END)
    stream.seek(start)
    head = stream.read(8)
    implicit = not _is_vr(head[4:6])
    order, other = "><" if transfer_syntax == _BIG_ENDIAN else "<>"
    # Data sets begin with group 0008: if that is what the other byte order shows, the transfer syntax is wrong.
    if len(head) == 8 and unpack_from(f"{other}H", head)[0] == 0x0008:
        order = other
    return Content(file, meta, stream, start, size, implicit, order, transfer_syntax, cut)


def _is_vr(letters: bytes) -> bool:
    return len(letters) == 2 and letters.isalpha() and letters.isupper()


def element_at(stream: BinaryIO, offset: int, implicit: bool, order: str) -> tuple[int, str, int, int]:
    """Return tag, VR (empty if not written), declared length and value offset of the element at `offset`.

    Raises
    ------
    EOFError
        The stream ends first.
    """
    stream.seek(offset)
    head = stream.read(12)
    try:
        group, element, length = unpack_from(f"{order}HHI", head)
        vr = head[4:6]
        # Items and delimiters have no VR; some writers leave it out of the rest of a sequence, too.
        if group == 0xFFFE or implicit or not _is_vr(vr):
            return group << 16 | element, "", length, offset + 8
        if vr in LONG_VRS:
            return group << 16 | element, vr.decode(), unpack_from(f"{order}I", head, 8)[0], offset + 12
        return group << 16 | element, vr.decode(), unpack_from(f"{order}H", head, 6)[0], offset + 8
    except too_short:
        raise EOFError from None


def _file_meta(file: BinaryIO, offset: int) -> tuple[int, str]:
    """Return where the data set begins and the transfer syntax UID (PS3.10 section 7.1)."""
    transfer_syntax = ""
    try:
        while True:
            tag, _, length, value = element_at(file, offset, implicit=False, order="<")
            # The group's own length is often wrong; the first other group is where it ends.
            if tag >> 16 != 0x0002:
                return offset, transfer_syntax
            if tag == 0x00020010:
                file.seek(value)
                transfer_syntax = file.read(min(length, 64)).decode("latin-1").strip("\0 ")
            offset = value + length
    except EOFError:
        return offset, transfer_syntax


def _inflate(file: BinaryIO, start: int, most: int) -> tuple[bytes, str]:
    """Return at most `most` bytes of what is deflated from `start` on, and why that is not all of it."""
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    inflated = bytearray()
    file.seek(start)
    while not inflater.eof:
        piece = inflater.unconsumed_tail or file.read(_CHUNK)
        if not piece:
            return bytes(inflated), "The deflated data set is cut short."
        if len(inflated) >= most:
            reason = f"The deflated data set is longer than the {most // 1024**2} MiB that were inflated."
            return bytes(inflated), reason
        try:
            inflated += inflater.decompress(piece, most - len(inflated))
        except zlib.error:
            return bytes(inflated), "The deflated data set is damaged."
    return bytes(inflated), ""
