"""A walk through the bytes of a plainly written data set, element by element, for checks (PS3.5 section 7).

It is not the parser that de-identification itself uses, so that one may err without the other. What is not plain, for
instance an element without a VR among others that have one, it leaves to pydicom's many special cases.
"""

from functools import partial
from struct import Struct, error
from typing import NamedTuple

from eucaim_nb.dicom import AttributePath, dictionary_vr

from ._leaf import CHARSET, PIXELS, Leaf, Leaves

UNDEFINED = 0xFFFFFFFF
_SHORT = {vr: vr.decode() for vr in b"AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US".split()}
_LONG = {vr: vr.decode() for vr in b"OB OD OF OL OV OW SQ SV UC UN UR UT UV".split()}
_ITEM, _ITEM_END, _SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
_ITEM_BYTES = b"\xfe\xff\x00\xe0"
_MOST_NESTED = 64
_explicit, _implicit, _long = Struct("<HH2sH").unpack_from, Struct("<HHI").unpack_from, Struct("<I").unpack_from
_leaf = partial(tuple.__new__, Leaf)  # a third of the time that Leaf(…) takes


class NotPlain(Exception):
    """The bytes are not written as most files are."""


class Walk:
    """The elements of one data set in little endian.

    `leaves` are its attributes, `starts` where the values of those at the top level begin, with their tags, and
    `end` where the last of them ends, 0 if a delimiter tells that.

    Parameters
    ----------
    data
        The bytes, with the data set up to their end.
    remembered
        Sequences of files before; those of this one are remembered in it.
    """

    def __init__(self, data: bytes, remembered: "Remembered") -> None:
        self._data, self._remembered = data, remembered
        self.leaves = Leaves()
        self.starts: list[tuple[int, int]] = []
        self.end = 0
        self.pixels = (0, 0)
        self.encapsulated = False

    def data_set(self, start: int, *, explicit: bool) -> None:
        """Walk through the data set that begins at `start`.

        Parameters
        ----------
        explicit
            Whether VRs are written.

        Raises
        ------
        NotPlain
            This is work for a reader that forgives more.
        """
        data = self._data
        try:
            if explicit:
                self._explicit(start, len(data), (), "")
            else:
                if data[start + 4 : start + 6].isalpha():
                    raise NotPlain  # VRs seem to be written after all
                self._implicit(start, len(data), (), "")
        except (error, IndexError):  # the end came too soon
            raise NotPlain from None

    def _explicit(self, here: int, stop: int, path: AttributePath, charset: str, *, delimited: bool = False) -> int:
        data, add, by_vr, starts = self._data, self.leaves.all.append, self.leaves.by_vr, self.starts.append
        top = not path
        while here < stop:
            group, number, letters, length = _explicit(data, here)
            tag, value = group << 16 | number, here + 8
            vr = _SHORT.get(letters)
            if vr is None:
                if delimited and tag == _ITEM_END:
                    return value
                vr = _LONG.get(letters)
                if vr is None:
                    raise NotPlain
                (length,) = _long(data, value)
                value = here + 12
                if top and tag == PIXELS:
                    self.pixels = value, value + length
                if length == UNDEFINED or vr == "SQ" or (vr == "UN" and data.startswith(_ITEM_BYTES, value)):
                    if top:
                        starts((value, tag))
                        self.end = value + length if length != UNDEFINED else 0
                    here = self._nested(tag, vr, value, stop, length, (*path, tag), charset)
                    continue
                if vr == "UN":
                    vr = _known(tag)
            here = value + length
            if here > stop or group == 0xFFFE:
                raise NotPlain
            if tag == CHARSET:
                charset = _text(data, value, here)
            leaf = _leaf(((*path, tag), vr, data, value, here, charset))
            add(leaf)
            by_vr[vr].append(leaf)
            if top:
                starts((value, tag))
                self.end = here
        if here > stop or delimited:
            raise NotPlain
        return here

    def _implicit(self, here: int, stop: int, path: AttributePath, charset: str, *, delimited: bool = False) -> int:
        data = self._data
        while here < stop:
            group, number, length = _implicit(data, here)
            tag, value = group << 16 | number, here + 8
            if group == 0xFFFE:
                if delimited and tag == _ITEM_END:
                    return value
                raise NotPlain
            vr, end = dictionary_vr(tag), value + length
            if not path:
                self.starts.append((value, tag))
                self.end = end if length != UNDEFINED else 0
                if tag == PIXELS:
                    self.pixels = value, end
            if length == UNDEFINED or vr == "SQ" or (vr == "UN" and data.startswith(_ITEM_BYTES, value)):
                if length == UNDEFINED and vr != "SQ":
                    raise NotPlain
                here = self._sequence(value, stop, length, (*path, tag), charset, explicit=False)
                continue
            if end > stop:
                raise NotPlain
            if tag == CHARSET:
                charset = _text(data, value, end)
            self.leaves.add(Leaf((*path, tag), vr, data, value, end, charset))
            here = end
        if here > stop or delimited:
            raise NotPlain
        return here

    def _nested(self, tag: int, vr: str, value: int, stop: int, length: int, path: AttributePath, charset: str) -> int:
        """Read a value that has items, or fragments, and return where the next element begins."""
        if vr == "SQ" or (vr == "UN" and length != UNDEFINED):
            return self._sequence(value, stop, length, path, charset, explicit=vr == "SQ")
        if vr not in ("OB", "OW"):
            raise NotPlain
        end = self._fragments(value, stop)
        if path == (PIXELS,):
            self.pixels, self.encapsulated = (value, end), True
        self.leaves.add(Leaf(path, vr, self._data, value, end, charset))
        return end + 8

    def _sequence(
        self, here: int, stop: int, length: int, path: AttributePath, charset: str, *, explicit: bool
    ) -> int:
        """Read a sequence; one at the top level that is the same as in a file before is taken from there."""
        delimited = length == UNDEFINED
        last = stop if delimited else here + length
        if last > stop:
            raise NotPlain
        if len(path) > 1:
            return self._items(here, last, path, charset, explicit=explicit, delimited=delimited)
        key = (path[0], explicit, delimited, charset)
        known = self._remembered.get(key)
        # One that a delimiter ends is the same whatever follows it.
        if known is None or known.data != self._data[here : here + len(known.data) if delimited else last]:
            known = self._remembered[key] = self._apart(here, last, path, charset, explicit, delimited)
        self.leaves.extend(known.leaves)
        return here + len(known.data)

    def _apart(
        self, here: int, last: int, path: AttributePath, charset: str, explicit: bool, delimited: bool
    ) -> "Sequence":
        """Return a sequence with attributes that do not need the file any more."""
        if delimited:  # how long it is shows only once it was read
            last = Walk(self._data, {})._items(here, last, path, charset, explicit=explicit, delimited=True)
        walk = Walk(self._data[here:last], {})
        walk._items(0, last - here, path, charset, explicit=explicit, delimited=delimited)
        return Sequence(walk._data, walk.leaves)

    def _items(
        self, here: int, last: int, path: AttributePath, charset: str, *, explicit: bool, delimited: bool
    ) -> int:
        if len(path) > 2 * _MOST_NESTED:
            raise NotPlain
        read = self._explicit if explicit else self._implicit
        number = 0
        self.leaves.items[path] = 0
        while here < last:
            group, element, size = _implicit(self._data, here)
            tag, here = group << 16 | element, here + 8
            if delimited and tag == _SEQUENCE_END:
                return here
            end = last if size == UNDEFINED else here + size
            if tag != _ITEM or end > last:
                raise NotPlain
            here = read(here, end, (*path, number), charset, delimited=size == UNDEFINED)
            number += 1
            self.leaves.items[path] = number
        if delimited:
            raise NotPlain
        return here

    def _fragments(self, here: int, stop: int) -> int:
        """Return where the delimiter of encapsulated pixel data stands (PS3.5 annex A.4)."""
        while here < stop:
            group, element, length = _implicit(self._data, here)
            tag = group << 16 | element
            if tag == _SEQUENCE_END:
                return here
            if tag != _ITEM or length == UNDEFINED:
                break
            here += 8 + length
        raise NotPlain


class Sequence(NamedTuple):
    """The bytes of a sequence at the top level, and what is in them."""

    data: bytes
    leaves: Leaves


Remembered = dict[tuple[int, bool, bool, str], Sequence]
"""The last sequence by tag, whether VRs are written, whether a delimiter ends it, and character set around it.

The next file of a series mostly has it too, and it is not read again.
"""


def _known(tag: int) -> str:
    return "UN" if tag & 0x10000 else dictionary_vr(tag)


def _text(data: bytes, start: int, stop: int) -> str:
    text = data[start:stop].decode("ascii", "replace").strip(" \0")
    if "\0" in text:
        raise NotPlain
    return text
