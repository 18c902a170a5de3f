"""Remarks inside compressed pictures: comments and application data, blanked in place so that no offset changes.

JPEG family: ITU-T T.81 annex B.1.1.3 (APPn, COM), T.87 for JPEG-LS. JPEG 2000 family: ITU-T T.800 annex A.9.2 (COM).
"""

from collections.abc import Iterator

from ._parse import Data, NotParsable

Patch = tuple[int, int]
"""From where to where the bytes become zero."""

_SOI, _SOS, _COM = 0xD8, 0xDA, 0xFE
# JFIF header, ICC profile and Adobe's colour transform say how to draw the picture; every other APPn is a remark.
_DRAWING = {0xE0: (b"JFIF\0",), 0xE2: (b"ICC_PROFILE\0",), 0xEE: (b"Adobe",), 0xE8: (b"SPIFF\0",)}
_J2K_START, _J2K_TILE, _J2K_COMMENT = 0xFF4F, 0xFF90, 0xFF64
_UNREADABLE = "its compressed picture begins in a way that cannot be searched for remarks"


def remarks(data: Data, start: int, stop: int) -> list[Patch]:
    """Return the places of remarks in the fragments of encapsulated pixel data.

    Raises
    ------
    NotParsable
        A codestream's header does not end within its first fragment.
    """
    return [
        patch
        for first, last in _fragments(data, start, stop)
        for patch in _in_codestream(data, first, last)
    ]


def _fragments(data: Data, here: int, stop: int) -> Iterator[tuple[int, int]]:
    offset_table = True
    while here + 8 <= stop:
        length = int.from_bytes(data[here + 4 : here + 8], "little")
        if bytes(data[here + 2 : here + 4]) == b"\xdd\xe0":
            return
        if not offset_table:
            yield here + 8, here + 8 + length
        offset_table = False
        here += 8 + length


def _in_codestream(data: Data, here: int, stop: int) -> Iterator[Patch]:
    begins = int.from_bytes(data[here : here + 2], "big")
    if begins == 0xFF00 | _SOI:
        yield from _jpeg(data, here + 2, stop)
    elif begins == _J2K_START:
        yield from _jpeg_2000(data, here + 2, stop)


def _jpeg(data: Data, here: int, stop: int) -> Iterator[Patch]:
    while here + 4 <= stop:
        if data[here] != 0xFF:
            raise NotParsable(_UNREADABLE)
        marker = data[here + 1]
        if marker == 0xFF:  # fill bytes
            here += 1
            continue
        if marker == _SOS:
            return
        length = int.from_bytes(data[here + 2 : here + 4], "big")
        value, end = here + 4, here + 2 + length
        if length < 2 or end > stop:
            break
        if marker == _COM or (0xE0 <= marker <= 0xEF and not _draws(data, marker, value)):
            yield value, end
        here = end
    raise NotParsable(_UNREADABLE)


def _draws(data: Data, marker: int, value: int) -> bool:
    return any(bytes(data[value : value + len(name)]) == name for name in _DRAWING.get(marker, ()))


def _jpeg_2000(data: Data, here: int, stop: int) -> Iterator[Patch]:
    while here + 4 <= stop:
        marker = int.from_bytes(data[here : here + 2], "big")
        if marker == _J2K_TILE:
            return
        length = int.from_bytes(data[here + 2 : here + 4], "big")
        end = here + 2 + length
        if marker < 0xFF00 or length < 2 or end > stop:
            break
        if marker == _J2K_COMMENT:
            yield here + 6, end  # behind the registration value
        here = end
    raise NotParsable(_UNREADABLE)
