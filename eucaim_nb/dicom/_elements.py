"""How one data element begins in a file (PS3.5 section 7.1): tag, VR, length, and where the value starts."""

from dataclasses import dataclass
from struct import Struct, error

from ._window import Window

# PS3.5 section 7.1.2: these VRs have two reserved bytes and a 32-bit length, all others a 16-bit length.
LONG_VRS = frozenset(b"OB OD OF OL OV OW SQ SV UC UN UR UT UV".split())
SHORT_VRS = frozenset(b"AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US".split())

UNDEFINED_LENGTH = 0xFFFFFFFF
ITEM = 0xFFFEE000
ITEM_DELIMITER = 0xFFFEE00D
SEQUENCE_DELIMITER = 0xFFFEE0DD


class Unsure(Exception):
    """The bytes are not plain DICOM: only pydicom's many special cases can tell what was meant."""


class EndOfFile(Unsure):
    """An element begins or reaches beyond the end of the file."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """How elements are written: with VR or without, in little endian ('<') or big endian ('>') byte order."""

    explicit: bool
    order: str = "<"


EXPLICIT_LITTLE = Encoding(explicit=True)
IMPLICIT_LITTLE = Encoding(explicit=False)
EXPLICIT_BIG = Encoding(explicit=True, order=">")

# Readers by byte order. A tag comes as the four bytes that are written, or as a number if the name says so.
READ_EXPLICIT = {order: Struct(f"{order}4s2sH").unpack_from for order in "<>"}
READ_IMPLICIT = {order: Struct(f"{order}4sI").unpack_from for order in "<>"}
READ_LENGTH = {order: Struct(f"{order}I").unpack_from for order in "<>"}
READ_NUMBERS = {order: Struct(f"{order}HHI").unpack_from for order in "<>"}
_READ_EXPLICIT_NUMBERS = {order: Struct(f"{order}HH2sH").unpack_from for order in "<>"}
_TAG = {order: Struct(f"{order}HH") for order in "<>"}


def tag_bytes(tag: int, order: str) -> bytes:
    """Return a tag as it is written."""
    return _TAG[order].pack(tag >> 16, tag & 0xFFFF)


def tag_number(written: bytes, order: str) -> int:
    """Return the number of a tag as it is written."""
    group, element = _TAG[order].unpack(written)
    return int(group) << 16 | int(element)


def element_at(window: Window, offset: int, encoding: Encoding) -> tuple[int, bytes, int, int]:
    """Return tag, VR (empty when implicit), length, and offset of the value of the element at `offset`.

    Raises
    ------
    EndOfFile
        The stream ends before the value would start.
    Unsure
        The VR is not one of the standard.
    """
    position = offset - window.base
    if not 0 <= position <= len(window.data) - 12:
        window.move_to(offset)
        position = 0
    data, order = window.data, encoding.order
    try:
        group, element, vr, length = _READ_EXPLICIT_NUMBERS[order](data, position)
        # Items and delimiters have no VR in any encoding.
        if group == 0xFFFE or not encoding.explicit:
            return group << 16 | element, b"", READ_LENGTH[order](data, position + 4)[0], offset + 8
        if vr in SHORT_VRS:
            return group << 16 | element, vr, length, offset + 8
        if vr in LONG_VRS:
            return group << 16 | element, vr, READ_LENGTH[order](data, position + 8)[0], offset + 12
    except error:
        raise EndOfFile from None
    raise Unsure


def shows_vr(window: Window, offset: int) -> bool:
    """Tell whether the element at `offset` seems to be written with a VR: two capitals after the tag."""
    letters = window.read(offset + 4, 2)
    return letters.isalpha() and letters.isupper()
