"""A file as pydicom reads it, for checks: with all that it forgives."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from io import BytesIO
from struct import Struct
from typing import Any

from pydicom.dataelem import RawDataElement
from pydicom.filereader import data_element_generator, dcmread, read_sequence

from eucaim_nb.dicom import AttributePath, dictionary_vr, encodings

from ._leaf import CHARSET, PIXELS, Leaf, Leaves, first

_UNDEFINED = 0xFFFFFFFF
_MOST_NESTED = 64
_IMPLICIT, _BIG_ENDIAN = "1.2.840.10008.1.2", "1.2.840.10008.1.2.2"
_ITEM = b"\xfe\xff\x00\xe0"

_Elements = Iterable[tuple[int, Any]]
"""Attributes by tag, as pydicom read them: mostly bytes that nobody has interpreted yet."""


class NotReadable(Exception):
    """The bytes are no DICOM file that pydicom can read to its end."""


class Forgiving:
    """What pydicom makes of the bytes of a file; the attributes are those of `Walk`, `meta` is group 2.

    Raises
    ------
    NotReadable
        They are no DICOM file, or are cut off.
    """

    def __init__(self, data: bytes) -> None:
        self.leaves, meta = Leaves(), Leaves()
        self.starts: list[tuple[int, int]] = []
        self.end = 0
        self.pixels = (0, 0)
        self.encapsulated = False
        try:
            dataset = dcmread(BytesIO(data))
            _gather(dataset.file_meta.items(), (), "", meta)
            self.meta = meta.all
            self.syntax = first(next((leaf for leaf in self.meta if leaf.tag == 0x00020010), None))
            _gather(dataset.items(), (), "", self.leaves, self.syntax)
        except Exception as error:  # pydicom raises whatever a damaged file leads it to
            raise NotReadable(type(error).__name__) from None
        # The items are as they were read; to iterate over the data set itself would interpret every value.
        for tag, one in dataset.items():
            at, length = _where(one)
            if at is None:
                continue
            self.starts.append((at, int(tag)))
            if tag == PIXELS and isinstance(one.value, bytes):
                self.pixels = at, at + len(one.value)
                self.encapsulated = length == _UNDEFINED
            self.end = at + length if length != _UNDEFINED else 0


def _where(one: Any) -> tuple[int | None, int]:
    """Return where the value of an attribute begins, and its length in the file."""
    if isinstance(one, RawDataElement):
        return one.value_tell, one.length
    return getattr(one, "file_tell", None), _UNDEFINED


def _gather(elements: _Elements, path: AttributePath, charset: str, leaves: Leaves, syntax: str = "") -> None:
    if len(path) > 2 * _MOST_NESTED:
        raise NotReadable("nesting")
    for tag, one in elements:
        vr = str(one.VR or dictionary_vr(int(tag)))
        here = (*path, int(tag))
        value = one.value
        if tag == CHARSET:
            charset = _charset(value)
        if not isinstance(value, bytes):
            if vr == "SQ":
                _gather_items([item.items() for item in value or ()], here, charset, leaves, syntax)
            elif value is not None:  # pydicom interprets little on its own, in group 2 only
                leaves.add(_leaf(here, vr, _written(value), charset))
            continue
        if vr == "SQ" or (vr == "UN" and value[:4] == _ITEM):
            sequence = _sequence(value, vr, charset, syntax)
            if sequence is not None:
                _gather_items(sequence, here, charset, leaves, syntax if vr == "SQ" else _IMPLICIT)
                continue
        if vr == "UN" and not int(tag) & 0x10000:
            vr = dictionary_vr(int(tag))
        leaves.add(_leaf(here, vr, value, charset))


def _gather_items(
    sequence: Sequence[_Elements], path: AttributePath, charset: str, leaves: Leaves, syntax: str
) -> None:
    leaves.items[path] = len(sequence)
    for number, elements in enumerate(sequence):
        _gather(elements, (*path, number), charset, leaves, syntax)


def _leaf(path: AttributePath, vr: str, value: bytes, charset: str) -> Leaf:
    return Leaf(path, vr, value, 0, len(value), charset)


def _sequence(value: bytes, vr: str, charset: str, syntax: str) -> Sequence[_Elements] | None:
    implicit = vr == "UN" or syntax == _IMPLICIT
    little = vr == "UN" or syntax != _BIG_ENDIAN
    with suppress(Exception):
        return list(_split(value, implicit, little))
    try:
        # What pydicom forgives, for instance items that are written otherwise than the transfer syntax says.
        found = read_sequence(BytesIO(value), implicit, little, len(value), list(encodings(charset)))
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
    return str(value or "") if isinstance(value, str) or not value else "\\".join(map(str, value))


def _written(value: Any) -> bytes:
    several = not isinstance(value, str) and isinstance(value, Sequence)
    return ("\\".join(map(str, value)) if several else str(value)).encode()
