"""One file with all its bytes, as the checks of the level standard see it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from pydicom.datadict import tag_for_keyword

from eucaim_nb.dicom import Outline, native_length

_NATIVE = frozenset(("1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2"))
PIXEL_DATA = 0x7FE00010
_IMAGE_PIXEL = (
    "Rows",
    "Columns",
    "BitsAllocated",
    "SamplesPerPixel",
    "NumberOfFrames",
    "PhotometricInterpretation",
)
_FLOAT_PIXELS = (0x7FE00008, 0x7FE00009)


@dataclass
class File:
    """An instance of the index and its file.

    Attributes
    ----------
    values
        Every indexed attribute by keyword; None where it is missing.
    size
        Of the file, in bytes.
    data
        The beginning of the file, which holds most headers whole; `read` gives any part.
    memory
        The whole file; None if it is too large for that.
    outline
        None where the file is not plain DICOM.
    """

    values: Mapping[str, Any]
    size: int
    data: bytes
    memory: memoryview | None
    outline: Outline | None
    read: Callable[[int, int], bytes]

    def value(self, tag: int) -> bytes | None:
        """Return the bytes of a top-level value; None where it is missing or of undefined length."""
        if self.outline is None or (found := self.outline.elements.get(tag)) is None or found[2] < 0:
            return None
        _, start, length = found
        return (
            self.data[start : start + length]
            if start + length <= len(self.data)
            else self.read(start, length)
        )

    def text(self, name: str) -> str | None:
        """Return a top-level value as text, by keyword or as '(gggg,eeee)'; None where it is missing."""
        tag = _tag(name)
        value = self.value(tag)
        if value is None or self.outline is None:
            return None
        if self.outline.elements[tag][0] in (b"US", b"SS", b"UL", b"SL") and len(value) in (2, 4):
            order = "little" if self.outline.order == "<" else "big"
            return str(int.from_bytes(value, order, signed=self.outline.elements[tag][0][:1] == b"S"))  # type: ignore[arg-type]
        return value.decode("latin-1").strip("\0 ")

    @cached_property
    def pixels(self) -> tuple[int, int] | None:
        """Where the pixel data begin and how long they are; -1 if they are encapsulated, None if there are none."""
        if self.outline is None:
            return None
        for tag in (PIXEL_DATA, *_FLOAT_PIXELS):
            if tag in self.outline.elements:
                _, start, length = self.outline.elements[tag]
                return start, length
        return None

    @property
    def native(self) -> bool:
        """Whether its pixel data are uncompressed."""
        return self.outline is not None and self.outline.transfer_syntax in _NATIVE

    @cached_property
    def expected(self) -> int | None:
        """The bytes that its uncompressed pixel data take; None if that cannot be told."""
        return native_length({key: value for key in _IMAGE_PIXEL if (value := self.values[key]) is not None})


@dataclass(frozen=True, slots=True)
class Gone:
    """A file of the index that is not there any more as it was, and why it was not read, in words."""

    values: Mapping[str, Any]
    reason: str


@lru_cache(maxsize=1000)
def _tag(name: str) -> int:
    if name.startswith("("):
        return int(name[1:5] + name[6:10], 16)
    tag = tag_for_keyword(name)
    if tag is None:
        raise ValueError(name)
    return tag
