"""A file as a search for leaks sees it: every attribute as bytes, and what is around them; pixels stay on the disk."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, BinaryIO, NamedTuple

from pydicom.dataelem import RawDataElement
from pydicom.filereader import dcmread, read_sequence
from pydicom.multival import MultiValue

from eucaim_nb.dicom import STRING_VRS, AttributePath, decode_text, dictionary_vr, encodings, is_text

PIXELS = 0x7FE00010
_CHARSET = 0x00080005
_UNDEFINED = 0xFFFFFFFF
_DEFERRED = 256 * 1024
"""Bytes from which a value stays on the disk."""
_MOST_READ = 16 * 2**20
_MOST_NESTED = 32
_DEFLATED = frozenset(("1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.4.95", "1.2.840.10008.1.2.4.205"))
_IMPLICIT, _BIG_ENDIAN = "1.2.840.10008.1.2", "1.2.840.10008.1.2.2"
_ITEM = b"\xfe\xff\x00\xe0"
_PARTS_OF_PIXELS = frozenset((0x7FE00008, 0x7FE00009, PIXELS))
BINARY = frozenset(("OB", "OW", "UN"))


class NotReadable(Exception):
    """The bytes are no DICOM file, or too damaged to be read."""


class Attribute(NamedTuple):
    """One attribute that is no sequence, wherever it is."""

    path: AttributePath
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
        if self.vr not in STRING_VRS and not (self.vr in BINARY and is_text(self.raw)):
            return ""
        return decode_text(self.raw, self.charset).strip(" \0")

    @property
    def values(self) -> list[str]:
        """Its values without padding; none if it is empty."""
        return [one for value in self.text.split("\\") if (one := value.strip(" \0"))]


@dataclass(frozen=True)
class Contents:
    """What is in a file.

    Attributes
    ----------
    attributes : list of Attribute
        File meta information first. Pixel data is not among them.
    fragments : Iterable of bytes
        The beginnings and ends of the fragments of compressed pictures.
    preamble, rest : bytes
        What stands before the data set, and behind it.
    """

    attributes: list[Attribute]
    fragments: Sequence[bytes]
    preamble: bytes
    rest: bytes

    def value(self, tag: int) -> str:
        """Return the first value of an attribute at the top level, '' if there is none."""
        found = next((one for one in self.attributes if one.path == (tag,)), None)
        return found.values[0] if found and found.values else ""


def contents(file: BinaryIO) -> Contents:
    """Read a file from its beginning.

    Raises
    ------
    NotReadable
        It is no DICOM file, or too damaged. One that is cut off is read as far as it goes.
    """
    try:
        file.seek(0)
        head = file.read(132)
        file.seek(0)
        if head[128:] != b"DICM" and head[:2] not in (b"\x02\0", b"\x08\0", b"\0\x08"):
            raise NotReadable("no DICOM")
        dataset = dcmread(file, defer_size=_DEFERRED, force=True)
        syntax = str(dataset.file_meta.get("TransferSyntaxUID", ""))
        stream = BytesIO() if syntax in _DEFLATED else file  # offsets of an inflated data set are not those of the file
        attributes = list(_attributes(dataset.file_meta.items(), (), "", "", stream, 0))
        attributes += _attributes(dataset.items(), (), "", syntax, stream, 0)
        fragments, end = _pictures(dataset, stream)
        if end:
            end = max([end, *(one.value_tell + one.length for one in _behind_pixels(dataset))])
        return Contents(
            [one for one in attributes if one.tag not in _PARTS_OF_PIXELS or len(one.path) > 1],
            fragments,
            head[:128] if head[128:] == b"DICM" else b"",
            _rest(stream, end),
        )
    except Exception as error:  # pydicom raises whatever a damaged file leads it to
        raise NotReadable(type(error).__name__) from None


def _attributes(
    elements: Iterable[tuple[Any, Any]], path: AttributePath, charset: str, syntax: str, stream: BinaryIO, depth: int
) -> Iterator[Attribute]:
    if depth > _MOST_NESTED:
        raise NotReadable("nesting")
    for tag, one in elements:
        number = int(tag)
        here, vr, value = (*path, number), str(one.VR or dictionary_vr(number)), one.value
        if number in _PARTS_OF_PIXELS and not path:
            continue
        if number == _CHARSET:
            charset = _charset(value)
        if value is None and isinstance(one, RawDataElement) and one.length:
            value = _later(stream, one)
        if not isinstance(value, bytes):
            if vr == "SQ":
                items = [item.items() for item in value or ()]
                yield from _items(items, here, charset, syntax, stream, depth)
            elif value is not None:  # pydicom interprets some by itself, mostly in group 2
                yield Attribute(here, vr, _written(value), charset)
            continue
        if vr == "SQ" or (vr == "UN" and value[:4] == _ITEM):
            sequence = _sequence(value, vr, charset, syntax)
            if sequence is not None:
                inner = syntax if vr == "SQ" else _IMPLICIT
                yield from _items(sequence, here, charset, inner, stream, depth)
                continue
        if vr == "UN" and not number >> 16 & 1:
            vr = dictionary_vr(number)
        yield Attribute(here, vr, value, charset)


def _items(
    items: Iterable[Iterable[tuple[Any, Any]]],
    path: AttributePath,
    charset: str,
    syntax: str,
    stream: BinaryIO,
    depth: int,
) -> Iterator[Attribute]:
    for number, elements in enumerate(items):
        yield from _attributes(elements, (*path, number), charset, syntax, stream, depth + 1)


def _sequence(value: bytes, vr: str, charset: str, syntax: str) -> list[Iterable[tuple[Any, Any]]] | None:
    implicit, little = vr == "UN" or syntax == _IMPLICIT, vr == "UN" or syntax != _BIG_ENDIAN
    try:
        found = read_sequence(BytesIO(value), implicit, little, len(value), list(encodings(charset)))
        return [item.items() for item in found]
    except Exception:
        if vr == "SQ":
            raise
        return None  # unknown bytes that only begin like an item


def _later(stream: BinaryIO, one: RawDataElement) -> bytes:
    """Return a large value that pydicom left on the disk, as far as a search goes."""
    back = stream.tell()
    stream.seek(one.value_tell)
    value = stream.read(min(one.length, _MOST_READ))
    stream.seek(back)
    return value


def _pictures(dataset: Any, stream: BinaryIO) -> tuple[list[bytes], int]:
    """Return the fragments of a compressed picture, shortened, and where pixel data ends (0 if that is not known)."""
    if PIXELS not in dataset:
        return [], 0
    one = dataset.get_item(PIXELS)
    if not isinstance(one, RawDataElement) or stream.seek(0, 2) == 0:
        return [], 0
    if one.length != _UNDEFINED:
        return [], one.value_tell + one.length
    found: list[bytes] = []
    at = one.value_tell
    while True:
        stream.seek(at)
        head = stream.read(8)
        if head[:4] != _ITEM:
            return found[1:], at + 8
        length = int.from_bytes(head[4:], "little")
        data = stream.read(min(length, _DEFERRED))
        if length > len(data):
            stream.seek(at + 8 + length - _DEFERRED // 4)
            data += stream.read(_DEFERRED // 4)
        found.append(data)
        at += 8 + length


def _behind_pixels(dataset: Any) -> Iterator[RawDataElement]:
    for tag, one in dataset.items():
        if int(tag) > PIXELS and isinstance(one, RawDataElement) and one.length != _UNDEFINED:
            yield one


def _rest(stream: BinaryIO, end: int) -> bytes:
    """Return what stands behind pixel data and is no attribute that was read."""
    if not end:
        return b""
    stream.seek(end)
    return stream.read(_DEFERRED)


def _written(value: Any) -> bytes:
    several = isinstance(value, MultiValue)
    return ("\\".join(map(str, value)) if several else str(value)).encode()


def _charset(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode("ascii", "replace").strip(" \0")
    return _written(value).decode() if value else ""
