"""What compressed pictures say besides how to draw them (ITU-T T.81, T.87, T.800)."""

from collections.abc import Iterator
from typing import NamedTuple

_ITEM = b"\xfe\xff\x00\xe0"
_JPEG, _J2K = b"\xff\xd8", b"\xff\x4f"
_START_OF_SCAN, _END = 0xDA, b"\xff\xd9"
_START_OF_TILE, _J2K_COMMENT = 0x90, 0x64
_COMMENT, _APP0, _APP15 = 0xFE, 0xE0, 0xEF
_OF_THE_PICTURE = (b"JFIF\0", b"ICC_PROFILE\0", b"Adobe", b"SPIFF\0")
"""How application segments begin that a viewer needs to draw the picture (T.81 annex B, T.84, ICC.1)."""
_OF_APPLICATIONS = (b"Exif\0", b"http://ns.adobe.com", b"Photoshop")


class Remark(NamedTuple):
    """A segment that says something about a picture and nothing about how to draw it."""

    start: int
    stop: int
    text: bytes

    @property
    def is_application_data(self) -> bool:
        """Whether a camera or a program wrote it, as EXIF or XMP."""
        return self.text.startswith(_OF_APPLICATIONS)


def fragments(value: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the fragments of encapsulated pixel data with their places, the offset table left out (PS3.5 A.4)."""
    at, number = 0, 0
    while value[at : at + 4] == _ITEM:
        length = int.from_bytes(value[at + 4 : at + 8], "little")
        if number:
            yield at + 8, value[at + 8 : at + 8 + length]
        at, number = at + 8 + length, number + 1


def remarks(fragment: bytes) -> Iterator[Remark]:
    """Yield the remarks in one fragment, what stands behind the end of the picture included."""
    jpeg = fragment[:2] == _JPEG
    if not jpeg and fragment[:2] != _J2K:
        return
    at = 2
    while at + 4 <= len(fragment) and fragment[at] == 0xFF:
        marker = fragment[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker == (_START_OF_SCAN if jpeg else _START_OF_TILE):
            break
        stop = at + 2 + int.from_bytes(fragment[at + 2 : at + 4], "big")
        value = at + 4
        if jpeg:
            application = _APP0 <= marker <= _APP15 and not fragment.startswith(_OF_THE_PICTURE, value)
            if marker == _COMMENT or application:
                yield Remark(value, stop, fragment[value:stop])
        elif marker == _J2K_COMMENT:
            yield Remark(value + 2, stop, fragment[value + 2 : stop])
        at = stop
    end = fragment.rfind(_END)
    if end > 0 and fragment[end + 2 :].strip(b"\0"):
        yield Remark(end + 2, len(fragment), fragment[end + 2 :])
