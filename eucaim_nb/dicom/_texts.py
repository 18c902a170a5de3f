"""The bytes of any value as text, whatever they are: for searches, which nothing may escape.

What the index keeps of headers is stricter: see `_values.py`.
"""

from functools import cache, lru_cache

from pydicom.charset import convert_encodings, decode_bytes
from pydicom.datadict import dictionary_VR

TEXT_VRS = frozenset(("AE", "CS", "LO", "LT", "PN", "SH", "ST", "UC", "UR", "UT"))
STRING_VRS = TEXT_VRS | {"AS", "DA", "DS", "DT", "IS", "TM", "UI"}
_DELIMITERS = set(b"\r\n\t\f\\^=")
_LONGEST_TEXT = 100_000
_READABLE_PART = 0.9
"""A value of unknown VR is taken for text from this part of printable bytes on."""
_CONTROLS = bytes(code for code in range(32) if code not in (9, 10, 12, 13, 27))


def decode_text(raw: bytes, charset: str) -> str:
    """Return bytes as text in a Specific Character Set."""
    if raw.isascii() and b"\x1b" not in raw:
        return raw.decode("ascii")
    try:
        return str(decode_bytes(raw, encodings(charset), _DELIMITERS))
    except (UnicodeError, LookupError, ValueError):
        return raw.decode("latin-1")


@lru_cache(maxsize=64)
def encodings(charset: str) -> tuple[str, ...]:
    """Return the names by which Python calls the parts of a Specific Character Set."""
    try:
        return tuple(convert_encodings(charset.split("\\"))) if charset else ("iso8859",)
    except (LookupError, ValueError):
        return ("iso8859",)


@cache
def dictionary_vr(tag: int) -> str:
    """Return the VR that the data dictionary has, the first of several; that of unknown attributes is UN."""
    if tag >> 16 & 1:
        return "LO" if 0x10 <= tag & 0xFFFF <= 0xFF else "UN"
    try:
        return dictionary_VR(tag).split(" or ")[0]
    except KeyError:
        return "UL" if tag & 0xFFFF == 0 else "UN"


def is_text(raw: bytes) -> bool:
    """Tell whether bytes of unknown meaning read as text."""
    raw = raw.rstrip(b"\0 ")
    if not raw or len(raw) > _LONGEST_TEXT:
        return False
    # Letters of other scripts have the high bit set; control characters other than line breaks do not occur.
    return b"\0\0" not in raw and len(raw) - len(raw.translate(None, _CONTROLS)) <= (1 - _READABLE_PART) * len(raw)
