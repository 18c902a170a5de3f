"""Data elements as bytes (PS3.5 section 7.1)."""

import struct

from ._parse import Encoding

# PS3.5 section 7.1.2: two reserved bytes and a 32-bit length.
_LONG = frozenset(["OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"])
_IMPLICIT = {order: struct.Struct(f"{order}HHI").pack for order in "<>"}
_EXPLICIT = {order: struct.Struct(f"{order}HH2sH").pack for order in "<>"}
_EXPLICIT_LONG = {order: struct.Struct(f"{order}HH2s2xI").pack for order in "<>"}
_PADDED_WITH_ZERO = frozenset(("UI", "OB", "UN"))


def element(tag: int, vr: str, value: bytes, encoding: Encoding) -> bytes:
    """Return a whole element; a value of odd length is padded as its VR wants it."""
    if len(value) % 2:
        value += b"\0" if vr in _PADDED_WITH_ZERO else b" "
    order, group, number = encoding.order, tag >> 16, tag & 0xFFFF
    if not encoding.explicit:
        head = _IMPLICIT[order](group, number, len(value))
    elif vr in _LONG:
        head = _EXPLICIT_LONG[order](group, number, vr.encode(), len(value))
    else:
        # No value that is made here reaches the 64 KiB that a short length can tell.
        head = _EXPLICIT[order](group, number, vr.encode(), len(value))
    return head + value


def item(content: bytes, encoding: Encoding) -> bytes:
    """Return an item of a sequence around the elements in it."""
    return _IMPLICIT[encoding.order](0xFFFE, 0xE000, len(content)) + content


def text_element(tag: int, vr: str, text: str, encoding: Encoding) -> bytes:
    """Return an element whose value is ASCII text."""
    return element(tag, vr, text.encode("ascii"), encoding)
