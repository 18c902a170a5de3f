"""Data elements as bytes (PS3.5 section 7.1)."""

import struct

from ._parse import Encoding

# PS3.5 section 7.1.2: two reserved bytes and a 32-bit length.
_LONG = frozenset(["OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"])
_PADDED_WITH_ZERO = frozenset(("UI", "OB", "UN"))


def element(tag: int, vr: str, value: bytes, encoding: Encoding) -> bytes:
    """Return a whole element; a value of odd length is padded as its VR wants it."""
    if len(value) % 2:
        value += b"\0" if vr in _PADDED_WITH_ZERO else b" "
    order, group, number = encoding.order, tag >> 16, tag & 0xFFFF
    if not encoding.explicit:
        head = struct.pack(f"{order}HHI", group, number, len(value))
    elif vr in _LONG:
        head = struct.pack(f"{order}HH2s2xI", group, number, vr.encode(), len(value))
    else:
        # No value that is made here reaches the 64 KiB that a short length can tell.
        head = struct.pack(f"{order}HH2sH", group, number, vr.encode(), len(value))
    return head + value


def item(content: bytes, encoding: Encoding) -> bytes:
    """Return an item of a sequence around the elements in it."""
    return struct.pack(f"{encoding.order}HHI", 0xFFFE, 0xE000, len(content)) + content


def text_element(tag: int, vr: str, text: str, encoding: Encoding) -> bytes:
    """Return an element whose value is ASCII text."""
    return element(tag, vr, text.encode("ascii"), encoding)
