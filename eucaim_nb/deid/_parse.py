"""A data set as a tree of places in its bytes (PS3.5 section 7): nothing is copied, nothing is interpreted."""

import struct
from dataclasses import dataclass
from functools import cache

from pydicom.datadict import dictionary_VR

UNDEFINED_LENGTH = 0xFFFFFFFF
MAX_DEPTH = 64

_ITEM, _ITEM_END, _SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
# PS3.5 section 7.1.2: these VRs have two reserved bytes and a 32-bit length, all others a 16-bit length.
_LONG = {vr: vr.decode() for vr in b"OB OD OF OL OV OW SQ SV UC UN UR UT UV".split()}
_SHORT = {vr: vr.decode() for vr in b"AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US".split()}

_EXPLICIT = {order: struct.Struct(f"{order}HH2sH").unpack_from for order in "<>"}
_IMPLICIT = {order: struct.Struct(f"{order}HHI").unpack_from for order in "<>"}
_LENGTH = {order: struct.Struct(f"{order}I").unpack_from for order in "<>"}


class NotParsable(Exception):
    """The bytes are not a data set that is safe to rewrite; the text says why, without any value."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """How elements are written: with VR or without, in little endian ('<') or big endian ('>') byte order."""

    explicit: bool
    order: str


IMPLICIT_LITTLE = Encoding(False, "<")


class Element:
    """One data element: header at `start`, value at `value`, the next element at `end`.

    `vr` is the dictionary's where none is written. `items` holds the items of a sequence, None for any other value.
    `undefined` tells of a value that ends with a delimiter.
    """

    __slots__ = ("end", "start", "tag", "value", "vr")
    items: "list[Item] | None" = None
    undefined: bool = False

    def __init__(self, tag: int, vr: str, start: int, value: int, end: int) -> None:
        self.tag = tag
        self.vr = vr
        self.start = start
        self.value = value
        self.end = end


class Nesting(Element):
    """An element that may hold items, written in an `encoding` of theirs."""

    __slots__ = ("encoding", "items", "undefined")

    def __init__(self, tag: int, vr: str, start: int, value: int, end: int, encoding: Encoding) -> None:
        super().__init__(tag, vr, start, value, end)
        self.encoding = encoding
        self.undefined = False
        self.items = None


class Item:
    """One item of a sequence: its elements lie from `value` to `stop`, the next item begins at `end`."""

    __slots__ = ("elements", "end", "start", "stop", "value")

    def __init__(self, start: int, value: int) -> None:
        self.start, self.value = start, value
        self.stop = self.end = value
        self.elements: list[Element] = []


def parse(data: memoryview, start: int, stop: int, encoding: Encoding) -> list[Element]:
    """Return the elements of a data set.

    Parameters
    ----------
    data
        The file; the data set lies from `start` to `stop`.

    Raises
    ------
    NotParsable
        The bytes are cut off, are no DICOM, or nest deeper than `MAX_DEPTH`.
    """
    try:
        elements, end = _elements(data, start, stop, encoding, 0, delimited=False)
    except struct.error:
        raise NotParsable("the file ends in the middle of an element") from None
    if end != stop:
        raise NotParsable("its elements do not end where the data set ends")
    return elements


def ascii_of(data: memoryview, element: Element) -> str:
    """Return a value as ASCII text without its padding."""
    return bytes(data[element.value : element.end]).decode("ascii", "replace").strip("\0 ")


def _elements(
    data: memoryview, here: int, stop: int, encoding: Encoding, depth: int, *, delimited: bool
) -> tuple[list[Element], int]:
    found: list[Element] = []
    append = found.append
    order, explicit, short = encoding.order, encoding.explicit, _SHORT.get
    read_explicit, read_implicit, read_length = _EXPLICIT[order], _IMPLICIT[order], _LENGTH[order]
    while here < stop:
        if explicit:
            group, number, letters, length = read_explicit(data, here)
        else:
            group, number, length = read_implicit(data, here)
        if group == 0xFFFE:
            if delimited and number == 0xE00D:
                return found, here
            raise NotParsable("an item stands outside of a sequence")
        tag, value = group << 16 | number, here + 8
        vr = short(letters) if explicit else _vr(tag)
        if vr is None:
            vr = _LONG.get(letters)
            if vr is None:
                raise NotParsable("an element has a VR that does not exist")
            (length,) = read_length(data, value)
            value = here + 12
        if length == UNDEFINED_LENGTH or vr in _NESTING:
            nesting = Nesting(tag, vr, here, value, value + length, encoding)
            _nested(data, nesting, length, stop, depth)
            append(nesting)
            here = nesting.end
            continue
        end = value + length
        if end > stop:
            raise NotParsable("an element is longer than what is left of the file")
        append(Element(tag, vr, here, value, end))
        here = end
    if delimited:
        raise NotParsable("an item has no end")
    return found, here


_NESTING = frozenset(("SQ", "UN"))


def _nested(data: memoryview, element: Nesting, length: int, stop: int, depth: int) -> None:
    """Find the end of a value that may hold items, and its items if it does."""
    element.undefined = length == UNDEFINED_LENGTH
    end = stop if element.undefined else element.value + length
    if end > stop:
        raise NotParsable("a sequence is longer than what is left of the file")
    kind = element.vr
    if kind == "UN":
        # Sequences of unknown VR are written implicitly (PS3.5 section 6.2.2, note 1 of table 6.2-1).
        if not element.undefined and not (_vr(element.tag) == "SQ" and _begins_with_item(data, element.value, length)):
            element.end = end
            return
        element.encoding, kind = IMPLICIT_LITTLE, "SQ"
    if kind != "SQ":
        element.end = _fragments_end(data, element, end)
        return
    if depth >= MAX_DEPTH:
        raise NotParsable(f"its sequences are nested more than {MAX_DEPTH} deep")
    element.items, element.end = _items(data, element, end, depth)


def _items(data: memoryview, element: Nesting, stop: int, depth: int) -> tuple[list[Item], int]:
    items: list[Item] = []
    read = _IMPLICIT[element.encoding.order]
    here = element.value
    while here < stop:
        group, number, length = read(data, here)
        tag = group << 16 | number
        if tag == _SEQUENCE_END and element.undefined:
            return items, here + 8
        if tag != _ITEM:
            raise NotParsable("a sequence holds something that is no item")
        item = Item(here, here + 8)
        undefined = length == UNDEFINED_LENGTH
        end = stop if undefined else item.value + length
        if end > stop:
            raise NotParsable("an item is longer than its sequence")
        item.elements, item.stop = _elements(
            data, item.value, end, element.encoding, depth + 1, delimited=undefined
        )
        if item.stop > end:
            raise NotParsable("an element is longer than its item")
        item.end = item.stop + 8 if undefined else end
        items.append(item)
        here = item.end
    if element.undefined:
        raise NotParsable("a sequence has no end")
    return items, here


def _fragments_end(data: memoryview, element: Nesting, stop: int) -> int:
    """Return the end of encapsulated pixel data (PS3.5 annex A.4)."""
    read = _IMPLICIT[element.encoding.order]
    here = element.value
    while here < stop:
        group, number, length = read(data, here)
        tag = group << 16 | number
        if tag == _SEQUENCE_END:
            return here + 8
        if tag != _ITEM or length == UNDEFINED_LENGTH:
            break
        here += 8 + length
    raise NotParsable("its encapsulated pixel data have no end")


def _begins_with_item(data: memoryview, value: int, length: int) -> bool:
    return length == 0 or (length >= 8 and bytes(data[value : value + 4]) == b"\xfe\xff\x00\xe0")


@cache
def _vr(tag: int) -> str:
    """Return the VR of the dictionary; of those that depend on the image, the one that needs no swapping of bytes."""
    if tag & 0xFFFF == 0:
        return "UL"
    if tag >> 16 & 1:
        return "LO" if 0x10 <= tag & 0xFFFF <= 0xFF else "UN"
    try:
        return dictionary_VR(tag).split(" or ")[0]
    except KeyError:
        return "UN"
