"""A DICOM file around its data set (PS3.10 section 7): what to read of it, and a clean one to write."""

import zlib
from dataclasses import dataclass

from eucaim_nb import __version__

from ._encode import element, text_element
from ._parse import Encoding, NotParsable

EXPLICIT_LITTLE = Encoding(True, "<")
_IMPLICIT = "1.2.840.10008.1.2"
_BIG_ENDIAN = "1.2.840.10008.1.2.2"
_DEFLATED = frozenset(
    ("1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.4.95", "1.2.840.10008.1.2.4.205")
)
_MOST_INFLATED = 4 * 2**30
_PREFIX = b"DICM"
# PS3.7 annex D.3.3.2: who wrote the file. A UUID-derived UID (PS3.5 annex B.2) of this program.
IMPLEMENTATION_UID = "2.25.301446812284717540926617583929874302961"
IMPLEMENTATION_NAME = f"EUCAIM_NB_{__version__}"[:16]


@dataclass(frozen=True, slots=True)
class Content:
    """The data set of a file: it lies in `data` from `start` to `stop`, written as `encoding` says."""

    data: memoryview
    start: int
    stop: int
    encoding: Encoding
    syntax: str

    @property
    def deflated(self) -> bool:
        """Whether the file has it compressed as a whole."""
        return self.syntax in _DEFLATED


def content_of(file: memoryview) -> Content:
    """Return where the data set of a file is, inflated if it must be.

    Raises
    ------
    NotParsable
        It is no DICOM file, or its file meta information cannot be read.
    """
    if bytes(file[128:132]) != _PREFIX:
        raise NotParsable("it has no DICOM preamble and prefix")
    start, syntax = _meta(file)
    if not syntax:
        raise NotParsable("its file meta information names no transfer syntax")
    encoding = Encoding(syntax != _IMPLICIT, ">" if syntax == _BIG_ENDIAN else "<")
    if syntax not in _DEFLATED:
        return Content(file, start, len(file), encoding, syntax)
    data = memoryview(_inflate(bytes(file[start:])))
    return Content(data, 0, len(data), encoding, syntax)


def head(sop_class: str, sop_instance: str, syntax: str) -> bytes:
    """Return preamble, prefix and file meta information that tell nothing of where the file comes from."""
    meta = b"".join(
        (
            element(0x00020001, "OB", b"\0\1", EXPLICIT_LITTLE),
            text_element(0x00020002, "UI", sop_class, EXPLICIT_LITTLE),
            text_element(0x00020003, "UI", sop_instance, EXPLICIT_LITTLE),
            text_element(0x00020010, "UI", syntax, EXPLICIT_LITTLE),
            text_element(0x00020012, "UI", IMPLEMENTATION_UID, EXPLICIT_LITTLE),
            text_element(0x00020013, "SH", IMPLEMENTATION_NAME, EXPLICIT_LITTLE),
        )
    )
    length = element(0x00020000, "UL", len(meta).to_bytes(4, "little"), EXPLICIT_LITTLE)
    return bytes(128) + _PREFIX + length + meta


def deflate(pieces: list[bytes | memoryview]) -> list[bytes | memoryview]:
    """Return pieces of a data set as a deflated file has them (PS3.5 annex A.5)."""
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    packed = b"".join([*(packer.compress(piece) for piece in pieces), packer.flush()])
    return [packed + b"\0" * (len(packed) % 2)]


def _meta(file: memoryview) -> tuple[int, str]:
    """Return where group 2 ends, and the transfer syntax in it. The group's own length is often wrong."""
    here, syntax, size = 132, "", len(file)
    while here + 8 <= size and file[here] == 2 and file[here + 1] == 0:
        number = int.from_bytes(file[here + 2 : here + 4], "little")
        if bytes(file[here + 4 : here + 6]) in (b"OB", b"UN", b"OW", b"UT", b"SQ"):
            length, value = int.from_bytes(file[here + 8 : here + 12], "little"), here + 12
        else:
            length, value = int.from_bytes(file[here + 6 : here + 8], "little"), here + 8
        if value + length > size:
            raise NotParsable("its file meta information is cut off")
        if number == 0x0010:
            syntax = bytes(file[value : value + length]).decode("ascii", "replace").strip("\0 ")
        here = value + length
    return here, syntax


def _inflate(packed: bytes) -> bytes:
    unpacker = zlib.decompressobj(wbits=-zlib.MAX_WBITS)
    try:
        data = unpacker.decompress(packed, _MOST_INFLATED)
    except zlib.error:
        raise NotParsable("its deflated data set is damaged") from None
    if not unpacker.eof:
        raise NotParsable("its deflated data set is cut off or larger than 4 GB")
    return data
