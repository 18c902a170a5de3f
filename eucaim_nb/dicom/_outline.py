"""The outline of a whole file: every element at its top level, where its value is, and what is left at the end."""

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from struct import error
from typing import IO, cast

from pydicom.datadict import dictionary_VR

from ._elements import (
    ITEM,
    LONG_VRS,
    READ_EXPLICIT,
    READ_IMPLICIT,
    READ_LENGTH,
    READ_NUMBERS,
    SEQUENCE_DELIMITER,
    SHORT_VRS,
    UNDEFINED_LENGTH,
    Encoding,
    Unsure,
    tag_number,
)
from ._header import FILE_META_GROUP, PIXEL_DATA_TAGS, actual_encoding, file_meta
from ._pixels import DEFLATED_SYNTAX
from ._problems import HeaderError
from ._sequences import end_of_value
from ._window import Window

_PREAMBLE = 132
_CHUNK = 64 * 1024
_MOST_TAGS = 20_000
_LONGEST_START = 12
"""Bytes before a value: tag, VR, reserved bytes, length."""


@dataclass(slots=True)
class Outline:
    """What a file holds at its top level.

    Attributes
    ----------
    meta : dict of int to bytes
        Elements of the file meta group, by tag.
    elements : dict of int to (bytes, int, int)
        By tag: VR (of the dictionary where none is written), where the value begins, its length. The length is -1
        where it is undefined.
    transfer_syntax : str
    order : str
        Byte order, '<' or '>'.
    end : int
        Where the last element that could be read ends; the size of the file if nothing is left over.
    fragments : int
        Of encapsulated pixel data, without the offset table; 0 of native ones.
    """

    meta: dict[int, bytes] = field(default_factory=dict)
    elements: dict[int, tuple[bytes, int, int]] = field(default_factory=dict)
    transfer_syntax: str = ""
    order: str = "<"
    end: int = 0
    fragments: int = 0


def outline(data: bytes, size: int, read: Callable[[int, int], bytes]) -> Outline | None:
    """Walk over the top level of a file.

    Parameters
    ----------
    data
        The file, or its beginning.
    size
        Length of the whole file in bytes.
    read
        Returns bytes of the file by offset and length, for what lies behind `data`.

    Returns
    -------
    Outline or None
        None where the file is not plain DICOM (deflated, without preamble, or damaged): the scan says so.
    """
    if data[128:_PREAMBLE] != b"DICM":
        return None
    window = Window(cast(IO[bytes], _Stream(data, size, read)))
    try:
        meta = file_meta(window, _PREAMBLE)
        if meta.transfer_syntax == DEFLATED_SYNTAX:
            return None
        encoding, _ = actual_encoding(window, meta.end, meta.transfer_syntax)
        found = Outline(_meta(data, meta.end), {}, meta.transfer_syntax, encoding.order)
        _walk(found, data, window, meta.end, size, encoding, read)
    except (Unsure, HeaderError, error):
        return None
    return found


def _meta(data: bytes, end: int) -> dict[int, bytes]:
    found, here = {}, _PREAMBLE
    while here < end and data.startswith(FILE_META_GROUP, here):
        written, vr, length = READ_EXPLICIT["<"](data, here)
        here += 8
        if vr in LONG_VRS:
            (length,) = READ_LENGTH["<"](data, here)
            here += 4
        found[tag_number(written, "<")] = data[here : here + length]
        here += length
    return found


def _walk(
    found: Outline,
    data: bytes,
    window: Window,
    here: int,
    size: int,
    encoding: Encoding,
    read: Callable[[int, int], bytes],
) -> None:
    explicit, order, elements = encoding.explicit, encoding.order, found.elements
    read_explicit, read_implicit, read_length = READ_EXPLICIT[order], READ_IMPLICIT[order], READ_LENGTH[order]
    numbers, vr_of = _NUMBERS[order], _vr_of
    base, before = 0, 0
    # From here on an element may begin in what is at hand and go on behind it.
    edge = len(data) - _LONGEST_START if len(data) < size else size
    while here < size:
        found.end = here
        if here > edge:
            data, base = read(here, _CHUNK), here
            edge = base + len(data) - _LONGEST_START if base + len(data) < size else size
        at = here - base
        try:
            if explicit:
                written, vr, length = read_explicit(data, at)
                if vr in SHORT_VRS:
                    start = here + 8
                elif vr in LONG_VRS:
                    (length,) = read_length(data, at + 8)
                    start = here + 12
                else:
                    return
                tag = numbers[written]
            else:
                written, length = read_implicit(data, at)
                tag = numbers[written]
                start, vr = here + 8, vr_of(tag)
        except error:
            return
        # What cannot come here is no element but something that was appended.
        if tag <= before and (tag >> 16 < 8 or before in PIXEL_DATA_TAGS):
            return
        before = tag
        if length == UNDEFINED_LENGTH:
            if tag in PIXEL_DATA_TAGS:
                here, found.fragments = _fragments(read, start, size, order)
            else:
                here = end_of_value(window, tag, vr if explicit else b"", start, length, encoding)
            elements[tag] = (vr, start, -1)
        elif start + length > size:
            return
        else:
            here = start + length
            elements[tag] = (vr, start, length)
    found.end = here


class _Stream:
    """A file of which the beginning is at hand, as something to seek and read in."""

    def __init__(self, data: bytes, size: int, read: Callable[[int, int], bytes]) -> None:
        self._data, self._size, self._read, self._at = data, size, read, 0

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = offset + (self._size if whence == io.SEEK_END else 0)
        return self._at

    def read(self, length: int) -> bytes:
        begin, self._at = self._at, min(self._at + length, self._size)
        if self._at <= len(self._data):
            return self._data[begin : self._at]
        return self._read(begin, self._at - begin)


def _fragments(read: Callable[[int, int], bytes], here: int, size: int, order: str) -> tuple[int, int]:
    """Return where encapsulated pixel data end, and how many fragments they have."""
    fragments = -1  # the first item is the offset table
    while here + 8 <= size:
        group, element, length = READ_NUMBERS[order](read(here, 8))
        here += 8
        if group << 16 | element == SEQUENCE_DELIMITER:
            return here, fragments
        if group << 16 | element != ITEM or length == UNDEFINED_LENGTH:
            raise Unsure
        here += length
        fragments += 1
    raise Unsure


class _Numbers(dict[bytes, int]):
    """Numbers of tags by the bytes they are written with, each worked out once."""

    def __init__(self, order: str) -> None:
        super().__init__()
        self._order = order

    def __missing__(self, written: bytes) -> int:
        number = tag_number(written, self._order)
        if len(self) < _MOST_TAGS:
            self[written] = number
        return number


_NUMBERS = {order: _Numbers(order) for order in "<>"}


@lru_cache(maxsize=20_000)
def _vr_of(tag: int) -> bytes:
    try:
        return dictionary_VR(tag)[:2].encode()
    except KeyError:
        return b"UN"
