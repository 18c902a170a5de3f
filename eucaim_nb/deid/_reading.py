"""A file as checks read it: every attribute, and the bytes around them."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from eucaim_nb.dicom import AttributePath, tag_text

from ._forgiving import Forgiving, NotReadable
from ._leaf import PIXELS, Leaf, Leaves, first
from ._walk import NotPlain, Remembered, Walk

__all__ = ["PIXELS", "Leaf", "NotReadable", "Reading", "first", "read", "read_forgiving"]

_PREFIX = b"DICM"
_PADDING = 0xFFFAFFFA
_SYNTAX = 0x00020010
_IMPLICIT, _EXPLICIT, _DEFLATED = "1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.1.99"
_ENCAPSULATED = "1.2.840.10008.1.2.4."
_RLE = "1.2.840.10008.1.2.5"
_ALL_DEFLATED = frozenset((_DEFLATED, "1.2.840.10008.1.2.4.95", "1.2.840.10008.1.2.4.205"))


@dataclass
class Reading:
    """What is in a file. `starts` are the places in `body` where values at the top level begin, with their tags, in
    the order of the file; `end` is where the data set ends there, 0 if that is not known."""

    data: bytes
    meta: list[Leaf]
    found: Leaves
    syntax: str
    starts: list[tuple[int, int]]
    samples: tuple[int, int]
    """Where the samples or fragments of the pixel data lie in `body`."""
    encapsulated: bool
    end: int
    inflated: bytes = b""
    top: dict[int, Leaf] = field(init=False)
    _tagged: dict[frozenset[int], list[Leaf]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.top = {leaf.path[0]: leaf for leaf in self.found.all if len(leaf.path) == 1}
        self.end = next(_out_of_order(self.starts), self.end)

    @property
    def leaves(self) -> list[Leaf]:
        """Every attribute that is no sequence, in the order of the file."""
        return self.found.all

    @property
    def items(self) -> dict[AttributePath, int]:
        """How many items each sequence has."""
        return self.found.items

    @property
    def body(self) -> bytes:
        """The bytes in which the data set is, inflated if need be."""
        return self.inflated or self.data

    @cached_property
    def pixels(self) -> bytes | None:
        """The samples or fragments of the pixel data; None if there are no pixel data."""
        return self.body[slice(*self.samples)] if self.samples[0] else None

    def of(self, *vrs: str) -> Iterator[Leaf]:
        """Yield the attributes that have one of these VRs."""
        for vr in vrs:
            yield from self.found.by_vr.get(vr, ())

    def with_tags(self, wanted: frozenset[int]) -> list[Leaf]:
        """Return the attributes that have one of these tags, wherever they are."""
        if wanted not in self._tagged:
            self._tagged[wanted] = [leaf for leaf in self.found.all if leaf.path[-1] in wanted]
        return self._tagged[wanted]

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
        return tag_text(before[-1])

    def without_samples(self) -> tuple[bytes, bytes]:
        """Return the bytes before and after the samples or fragments of the pixel data."""
        start, stop = self.samples
        return (self.body[:start], self.body[stop:]) if start else (self.body, b"")

    def has_pixels_of(self, other: "Reading") -> bool:
        """Tell whether the pixel data are those of another file, byte for byte, or both have none."""
        (start, stop), (there, end) = self.samples, other.samples
        return stop - start == end - there and self.body.startswith(memoryview(other.body)[there:end], start)


def read(data: bytes, remembered: Remembered | None = None) -> Reading:
    """Read the bytes of a file: plainly written ones by `Walk`, all others by pydicom.

    Parameters
    ----------
    remembered
        Sequences of files before; those of this one are remembered in it.

    Raises
    ------
    NotReadable
        They are no DICOM file, or are cut off.
    """
    try:
        return _plain(data, {} if remembered is None else remembered)
    except NotPlain:
        return read_forgiving(data)


def read_forgiving(data: bytes) -> Reading:
    """Read the bytes of a file by pydicom.

    Raises
    ------
    NotReadable
        They are no DICOM file, or are cut off.
    """
    by = Forgiving(data)
    inflated = b""
    if by.syntax in _ALL_DEFLATED:
        # The data set begins where group 2 ends; its length is in the first element (PS3.10 section 7.1).
        start = 144 + int.from_bytes(data[140:144], "little")
        inflated = zlib.decompressobj(wbits=-zlib.MAX_WBITS).decompress(data[start:])
    return Reading(data, by.meta, by.leaves, by.syntax, by.starts, by.pixels, by.encapsulated, by.end, inflated)


def _plain(data: bytes, remembered: Remembered) -> Reading:
    meta, start = _meta(data)
    syntax = first(next((leaf for leaf in meta if leaf.tag == _SYNTAX), None))
    inflated = b""
    if syntax == _DEFLATED:
        try:
            inflated = zlib.decompress(data[start:], -zlib.MAX_WBITS)
        except zlib.error:
            raise NotPlain from None
    elif syntax in _ALL_DEFLATED or not (
        syntax in (_IMPLICIT, _EXPLICIT, _RLE) or syntax.startswith(_ENCAPSULATED)
    ):
        raise NotPlain
    by = Walk(inflated or data, remembered)
    by.data_set(0 if inflated else start, explicit=syntax != _IMPLICIT)
    return Reading(data, meta, by.leaves, syntax, by.starts, by.pixels, by.encapsulated, by.end, inflated)


def _meta(data: bytes) -> tuple[list[Leaf], int]:
    """Return the file meta information and where it ends; its length is in its first element (PS3.10 7.1)."""
    if data[128:140] != _PREFIX + b"\2\0\0\0UL\4\0":
        raise NotPlain
    stop = 144 + int.from_bytes(data[140:144], "little")
    if stop > len(data) or data[stop : stop + 2] == b"\2\0":
        raise NotPlain
    walk = Walk(data[:stop], {})
    walk.data_set(132, explicit=True)
    if walk.leaves.items or any(leaf.tag >> 16 != 2 for leaf in walk.leaves.all):
        raise NotPlain
    return walk.leaves.all, stop


def _out_of_order(starts: list[tuple[int, int]]) -> Iterator[int]:
    """Yield where attributes begin that cannot be there: tags rise, and only padding follows pixel data."""
    for (_, before), (start, tag) in pairwise(starts):
        if tag <= before or (before >= PIXELS and tag < _PADDING):
            yield start - 12
