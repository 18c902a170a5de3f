"""What the tag, the name and the value of a data element look like to a person."""

import hashlib
from struct import Struct

import numpy as np
from pydicom.charset import decode_bytes, default_encoding
from pydicom.datadict import get_entry, get_private_entry
from pydicom.tag import BaseTag

from ._tags import tag_text

MOST_READ = 1024**2
_MOST_DECODED = 4096
_MOST_SHOWN = 200

_NUMBERS = {"US": "u2", "SS": "i2", "UL": "u4", "SL": "i4", "UV": "u8", "SV": "i8", "FL": "f4", "FD": "f8"}
_LOCAL_TEXT = {"LO", "LT", "PN", "SH", "ST", "UC", "UT"}
_SINGLE_TEXT = {"LT", "ST", "UR", "UT"}
_TEXT = _LOCAL_TEXT | {"AE", "AS", "CS", "DA", "DS", "DT", "IS", "TM", "UI", "UR"}
# PS3.5 section 6.1.2.5.3: after these, text returns to its first character set.
_RESETS = set(b"\n\r\t\f\\^=")


def visible(text: str) -> str:
    r"""Return `text` with control and invisible characters as escapes such as ``\n`` or ``\u202e``."""
    return text if text.isprintable() else "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def known_as(tag: int, creator: str) -> tuple[str, str, str]:
    """Return VR, keyword and name that the dictionaries give, each empty if unknown."""
    if not tag >> 16 & 1:
        if not tag & 0xFFFF:
            return "UL", "", "Group Length"
        try:
            vr, _, name, _, keyword = get_entry(BaseTag(tag))
            return vr, keyword, name
        except KeyError:
            return "", "", "Unknown attribute"
    if 0x10 <= tag & 0xFFFF <= 0xFF:
        return "LO", "", "Private Creator"
    if not creator:
        return "", "", "Private attribute"
    try:
        vr, _, name, _ = get_private_entry(BaseTag(tag), creator)
        return vr, "", f"{name} [{creator}]"
    except KeyError:
        return "", "", f"Private attribute [{creator}]"


def text_of(vr: str, data: bytes, length: int, order: str, encodings: list[str]) -> tuple[str, int, str]:
    """Return a value as text, how many values it holds, and a fingerprint if the text does not show it all."""
    if not length:
        return "", 0, ""
    text, vm = "", 1
    dtype = np.dtype(order + _NUMBERS.get(vr, "u2"))
    if vr in _TEXT or (vr == "UN" and _printable(data)):
        text = _decoded(data[:_MOST_DECODED], encodings if vr in _LOCAL_TEXT else [default_encoding])
        separators = text.count("\\") if length <= _MOST_DECODED else data.count(b"\\")
        vm = 1 if vr in _SINGLE_TEXT else 1 + separators
    elif vr in _NUMBERS and length % dtype.itemsize == 0:
        numbers = np.frombuffer(data[: _MOST_SHOWN * dtype.itemsize], dtype)
        text, vm = "\\".join(str(number) for number in numbers), length // dtype.itemsize
    elif vr == "AT" and length % 4 == 0:
        pairs = Struct(f"{order}HH").iter_unpack(data[: _MOST_SHOWN * 4])
        text, vm = "\\".join(tag_text(group << 16 | element) for group, element in pairs), length // 4
    else:
        return f"{length:,} bytes", 1, _fingerprint(data)
    text = visible(text)
    if len(text) > _MOST_SHOWN or length > _MOST_DECODED:
        return f"{text[:_MOST_SHOWN]}… ({length:,} bytes)", vm, _fingerprint(data)
    return text, vm, ""


def _printable(data: bytes) -> bool:
    return len(data) <= _MOST_DECODED and data.isascii() and data.decode().rstrip("\0").isprintable()


def _decoded(data: bytes, encodings: list[str]) -> str:
    switches = b"\x1b" in data
    text = decode_bytes(data, encodings, _RESETS) if switches else data.decode(encodings[0], "replace")
    return text.rstrip("\0 ")


def _fingerprint(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:12]
