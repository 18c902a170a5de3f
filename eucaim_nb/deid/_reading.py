"""A file as pydicom reads it, for checks: not the parser that de-identification itself uses, so that one may err
without the other."""

import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache, lru_cache
from io import BytesIO
from itertools import pairwise
from struct import Struct
from typing import Any, NamedTuple

from pydicom.charset import convert_encodings, decode_bytes
from pydicom.datadict import dictionary_VR
from pydicom.dataelem import RawDataElement
from pydicom.filereader import data_element_generator, dcmread, read_sequence

from ._finding import Path

PIXELS = 0x7FE00010
_CHARSET, _PADDING = 0x00080005, 0xFFFAFFFA
_UNDEFINED = 0xFFFFFFFF
_MOST_NESTED = 64
_DELIMITERS = set(b"\r\n\t\f\\^=")
_DEFLATED = frozenset(("1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.4.95", "1.2.840.10008.1.2.4.205"))
_IMPLICIT, _BIG_ENDIAN = "1.2.840.10008.1.2", "1.2.840.10008.1.2.2"
_ITEM = b"\xfe\xff\x00\xe0"
_READABLE_PART = 0.9
"""A value of unknown VR is taken for text from this part of printable bytes on."""

TEXT_VRS = frozenset(("AE", "CS", "LO", "LT", "PN", "SH", "ST", "UC", "UR", "UT"))
STRING_VRS = TEXT_VRS | {"AS", "DA", "DS", "DT", "IS", "TM", "UI"}
_BYTES_VRS = frozenset(("OB", "UN"))


_Elements = Iterable[tuple[int, Any]]
"""Attributes by tag, as pydicom read them: mostly bytes that nobody has interpreted yet."""


class NotReadable(Exception):
    """The bytes are no DICOM file that pydicom can read to its end."""


class Leaf(NamedTuple):
    """One attribute that is no sequence, wherever it is."""

    path: Path
    vr: str
    raw: bytes
    charset: str

    @property
    def tag(self) -> int:
        """Its tag, whatever is around it."""
        return self.path[-1]

    @property
    def text(self) -> str:
        """Its value as text; empty for numbers and for bytes that are no text."""
        if self.vr not in STRING_VRS and not (self.vr in _BYTES_VRS and _is_text(self.raw)):
            return ""
        return decoded(self.raw, self.charset)

    @property
    def values(self) -> list[str]:
        """Its values without padding; none if it is empty."""
        text = self.text
        return [value.strip(" \0") for value in text.split("\\")] if text.strip(" \0") else []


@dataclass
class Reading:
    """What is in a file: every attribute, and the bytes around them."""

    data: bytes
    meta: list[Leaf]
    leaves: list[Leaf]
    items: Mapping[Path, int]
    """How many items each sequence has."""
    syntax: str
    inflated: bytes = b""
    starts: list[tuple[int, int]] = field(default_factory=list)
    """Where values at the top level begin in `body`, with their tags, in the order of the file."""
    pixels: bytes | None = None
    pixels_at: int = 0
    encapsulated: bool = False
    end: int = 0
    """Where the data set ends in `body`, 0 if that is not known."""

    def __post_init__(self) -> None:
        self.top = {leaf.tag: leaf for leaf in self.leaves if len(leaf.path) == 1}

    @property
    def body(self) -> bytes:
        """The bytes in which the data set is, inflated if need be."""
        return self.inflated or self.data

    def value(self, tag: int) -> str:
        """Return the first value of an attribute at the top level, '' if there is none."""
        return first(self.top.get(tag))

    def meta_value(self, tag: int) -> str:
        """Return the first value of an attribute of the file meta information."""
        return first(next((leaf for leaf in self.meta if leaf.tag == tag), None))

    def where(self, offset: int) -> str:
        """Name the place of a byte of `body`."""
        if offset >= self.end > 0:
            return "after the data set"
        before = [tag for start, tag in self.starts if start <= offset]
        if not before:
            return "file meta information" if self.inflated or offset >= 128 else "preamble"
        tag = before[-1]
        return f"({tag >> 16:04X},{tag & 0xFFFF:04X})"

    def without_samples(self) -> tuple[bytes, bytes]:
        """Return the bytes before and after the samples or fragments of the pixel data."""
        if self.pixels is None:
            return self.body, b""
        return self.body[: self.pixels_at], self.body[self.pixels_at + len(self.pixels) :]


def read(data: bytes) -> Reading:
    """Read the bytes of a file.

    Raises
    ------
    NotReadable
        They are no DICOM file, or are cut off.
    """
    try:
        dataset = dcmread(BytesIO(data))
        meta = list(_leaves(dataset.file_meta.items(), (), "", {}))
        syntax = first(next((leaf for leaf in meta if leaf.tag == 0x00020010), None))
        items: dict[Path, int] = {}
        leaves = list(_leaves(dataset.items(), (), "", items, syntax))
    except Exception as error:  # pydicom raises whatever a damaged file leads it to
        raise NotReadable(type(error).__name__) from None
    reading = Reading(data, meta, leaves, items, syntax)
    if syntax in _DEFLATED:
        reading.inflated = _inflated(data)
    # The items are as they were read; to iterate over the data set itself would interpret every value.
    for tag, one in dataset.items():
        at, length = _where(one)
        if at is None:
            continue
        reading.starts.append((at, int(tag)))
        if tag == PIXELS and isinstance(one.value, bytes):
            reading.pixels, reading.pixels_at = one.value, at
            reading.encapsulated = length == _UNDEFINED
        reading.end = at + length if length != _UNDEFINED else 0
    reading.end = next(_out_of_order(reading.starts), reading.end)
    return reading


def _where(one: Any) -> tuple[int | None, int]:
    """Return where the value of an attribute begins, and its length in the file."""
    if isinstance(one, RawDataElement):
        return one.value_tell, one.length
    return getattr(one, "file_tell", None), _UNDEFINED


def _out_of_order(starts: list[tuple[int, int]]) -> Iterator[int]:
    """Yield where attributes begin that cannot be there: tags rise, and only padding follows pixel data."""
    for (_, before), (start, tag) in pairwise(starts):
        if tag <= before or (before >= PIXELS and tag < _PADDING):
            yield start - 12


def decoded(raw: bytes, charset: str) -> str:
    """Return bytes as text in a Specific Character Set, whatever they are."""
    if raw.isascii() and b"\x1b" not in raw:
        return raw.decode("ascii")
    try:
        return str(decode_bytes(raw, _encodings(charset), _DELIMITERS))
    except (UnicodeError, LookupError, ValueError):
        return raw.decode("latin-1")


def first(leaf: Leaf | None) -> str:
    """Return the first value of an attribute, '' if it is not there or empty."""
    values = leaf.values if leaf is not None else []
    return values[0] if values else ""


def _leaves(
    elements: _Elements, path: Path, charset: str, items: dict[Path, int], syntax: str = ""
) -> Iterator[Leaf]:
    if len(path) > 2 * _MOST_NESTED:
        raise NotReadable("nesting")
    for tag, one in elements:
        vr = one.VR or _dictionary_vr(int(tag))
        here = (*path, int(tag))
        value = one.value
        if tag == _CHARSET:
            charset = _charset(value)
        if not isinstance(value, bytes):
            if vr == "SQ":
                yield from _items([item.items() for item in value or ()], here, charset, items, syntax)
            elif value is not None:  # pydicom interprets little on its own, in group 2 only
                yield Leaf(here, str(vr), _written(value), charset)
            continue
        if vr == "SQ" or (vr == "UN" and value[:4] == _ITEM):
            sequence = _sequence(value, vr, charset, syntax)
            if sequence is not None:
                yield from _items(sequence, here, charset, items, syntax if vr == "SQ" else _IMPLICIT)
                continue
        if vr == "UN" and not int(tag) & 0x10000:
            vr = _dictionary_vr(int(tag))
        yield Leaf(here, str(vr), value, charset)


def _items(
    sequence: Sequence[_Elements], path: Path, charset: str, items: dict[Path, int], syntax: str
) -> Iterator[Leaf]:
    items[path] = len(sequence)
    for number, elements in enumerate(sequence):
        yield from _leaves(elements, (*path, number), charset, items, syntax)


def _sequence(value: bytes, vr: str, charset: str, syntax: str) -> Sequence[_Elements] | None:
    implicit = vr == "UN" or syntax == _IMPLICIT
    little = vr == "UN" or syntax != _BIG_ENDIAN
    with suppress(Exception):
        return list(_split(value, implicit, little))
    try:
        # What pydicom forgives, for instance items that are written otherwise than the transfer syntax says.
        found = read_sequence(BytesIO(value), implicit, little, len(value), _encodings(charset))
        return [item.items() for item in found]
    except Exception:
        if vr == "SQ":
            raise
        return None  # unknown bytes that only begin like an item


def _split(value: bytes, implicit: bool, little: bool) -> Iterator[_Elements]:
    """Yield the items of a sequence without making data sets of them, which takes pydicom most of its time."""
    file, head = BytesIO(value), Struct("<HHL" if little else ">HHL")
    while (here := file.tell()) < len(value):
        group, number, length = head.unpack_from(value, here)
        file.seek(here + head.size)
        if (group, number) == (0xFFFE, 0xE0DD):
            return
        if (group, number) != (0xFFFE, 0xE000):
            raise NotReadable("no item")
        if length == _UNDEFINED:
            read = data_element_generator(file, implicit, little)
        elif file.tell() + length <= len(value):
            read = data_element_generator(BytesIO(file.read(length)), implicit, little)
        else:
            raise NotReadable("item cut off")
        yield [(int(one.tag), one) for one in read]


def _charset(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode("ascii", "replace").strip(" \0")
    return "\\".join(value) if isinstance(value, (list, tuple)) else str(value or "")


def _written(value: Any) -> bytes:
    several = not isinstance(value, str) and isinstance(value, Sequence)
    return ("\\".join(map(str, value)) if several else str(value)).encode()


def _inflated(data: bytes) -> bytes:
    # The data set begins where group 2 ends; its length is in the first element (PS3.10 section 7.1).
    start = 144 + int.from_bytes(data[140:144], "little")
    return zlib.decompressobj(wbits=-zlib.MAX_WBITS).decompress(data[start:])


@lru_cache(maxsize=64)
def _encodings(charset: str) -> list[str]:
    try:
        return list(convert_encodings(charset.split("\\"))) if charset else ["iso8859"]
    except (LookupError, ValueError):
        return ["iso8859"]


@cache
def _dictionary_vr(tag: int) -> str:
    if tag >> 16 & 1:
        return "LO" if 0x10 <= tag & 0xFFFF <= 0xFF else "UN"
    try:
        return dictionary_VR(tag).split(" or ")[0]
    except KeyError:
        return "UL" if tag & 0xFFFF == 0 else "UN"


def _is_text(raw: bytes) -> bool:
    raw = raw.rstrip(b"\0 ")
    if not raw or len(raw) > 100_000:
        return False
    # Letters of other scripts have the high bit set; control characters other than line breaks do not occur.
    odd = sum(raw.count(bytes([code])) for code in _CONTROLS)
    return odd <= (1 - _READABLE_PART) * len(raw) and b"\0\0" not in raw


_CONTROLS = tuple(code for code in range(32) if code not in (9, 10, 12, 13, 27))
