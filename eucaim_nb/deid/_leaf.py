"""Attributes as checks see them: where each is, and what its bytes say."""

from collections import defaultdict
from functools import cache, lru_cache
from typing import NamedTuple

from pydicom.charset import convert_encodings, decode_bytes
from pydicom.datadict import dictionary_VR

from ._finding import Path

CHARSET, PIXELS = 0x00080005, 0x7FE00010
TEXT_VRS = frozenset(("AE", "CS", "LO", "LT", "PN", "SH", "ST", "UC", "UR", "UT"))
STRING_VRS = TEXT_VRS | {"AS", "DA", "DS", "DT", "IS", "TM", "UI"}
_BYTES_VRS = frozenset(("OB", "UN"))
_DELIMITERS = set(b"\r\n\t\f\\^=")
_LONGEST_TEXT = 100_000
_READABLE_PART = 0.9
"""A value of unknown VR is taken for text from this part of printable bytes on."""


class Leaf(NamedTuple):
    """One attribute that is no sequence, wherever it is; its value lies in `data` from `start` to `stop`."""

    path: Path
    vr: str
    data: bytes
    start: int
    stop: int
    charset: str

    def __repr__(self) -> str:
        return "Leaf(…)"

    @property
    def tag(self) -> int:
        """Its tag, whatever is around it."""
        return self.path[-1]

    @property
    def raw(self) -> bytes:
        """Its value as it is written."""
        return self.data[self.start : self.stop]

    @property
    def text(self) -> str:
        """Its value as text; empty for numbers and for bytes that are no text."""
        if self.vr in STRING_VRS:
            return decoded(self.raw, self.charset)
        if self.vr in _BYTES_VRS and self.start < self.stop and is_text(self.raw):
            return decoded(self.raw, self.charset)
        return ""

    @property
    def values(self) -> list[str]:
        """Its values without padding; none if it is empty."""
        text = self.text.strip(" \0")
        if "\\" not in text:
            return [text] if text else []
        return [value.strip(" \0") for value in text.split("\\")]


class Leaves:
    """The attributes of a data set in the order of the file, and how many items each of its sequences has."""

    def __init__(self) -> None:
        self.all: list[Leaf] = []
        self.by_vr: defaultdict[str, list[Leaf]] = defaultdict(list)
        self.items: dict[Path, int] = {}

    def add(self, leaf: Leaf) -> None:
        """Put an attribute behind the others."""
        self.all.append(leaf)
        self.by_vr[leaf.vr].append(leaf)

    def extend(self, others: "Leaves") -> None:
        """Put the attributes of a sequence behind the others."""
        self.all += others.all
        for vr, leaves in others.by_vr.items():
            self.by_vr[vr] += leaves
        self.items.update(others.items)


def first(leaf: Leaf | None) -> str:
    """Return the first value of an attribute, '' if it is not there or empty."""
    values = leaf.values if leaf is not None else []
    return values[0] if values else ""


def decoded(raw: bytes, charset: str) -> str:
    """Return bytes as text in a Specific Character Set, whatever they are."""
    if raw.isascii() and b"\x1b" not in raw:
        return raw.decode("ascii")
    try:
        return str(decode_bytes(raw, encodings(charset), _DELIMITERS))
    except (UnicodeError, LookupError, ValueError):
        return raw.decode("latin-1")


@lru_cache(maxsize=64)
def encodings(charset: str) -> list[str]:
    """Return the names by which Python calls the parts of a Specific Character Set."""
    try:
        return list(convert_encodings(charset.split("\\"))) if charset else ["iso8859"]
    except (LookupError, ValueError):
        return ["iso8859"]


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


_CONTROLS = bytes(code for code in range(32) if code not in (9, 10, 12, 13, 27))
