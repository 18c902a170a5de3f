"""The image in the bytes of a DICOM file: how its pixels are written, and where (PS3.3 section C.7.6.3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO

from pydicom.datadict import keyword_for_tag
from pydicom.encaps import get_frame
from pydicom.uid import UID

from eucaim_nb.errors import EucaimError

from .._file import Content, content_of
from .._parse import Element, NotParsable, parse

PIXEL_DATA, PHOTOMETRIC, PLANAR = 0x7FE00010, 0x00280004, 0x00280006
OFFSETS, OFFSET_LENGTHS = 0x7FE00001, 0x7FE00002
_NUMBERS = {"US": 2, "UL": 4}
_LONGEST_VALUE = 1024
_LARGEST_FRAME = 2**30
# The pixel modules, and what the rules of burned_in_rules.toml may ask for.
_MODULES = frozenset((0x0008, 0x0018, 0x0020, 0x0028))


class PixelsError(EucaimError):
    """The pixels of an instance cannot be looked at or cleaned; the text says why, without any value."""


@dataclass(frozen=True)
class Pixels:
    """How the samples of a frame are written."""

    rows: int
    columns: int
    samples: int
    photometric: str
    planar: int
    allocated: int
    stored: int
    high_bit: int
    signed: bool
    frames: int

    @property
    def subsampled(self) -> bool:
        """Whether two pixels share their chrominance."""
        return self.photometric == "YBR_FULL_422"

    @property
    def frame_length(self) -> int:
        """Bytes of a frame that is not compressed."""
        samples = 2 if self.subsampled else self.samples
        return self.rows * self.columns * samples * self.allocated // 8


class ImageFile:
    """A DICOM file with pixel data, as a tree of places in its bytes.

    Raises
    ------
    PixelsError
        The bytes are no DICOM file, or not one with pixels.
    """

    def __init__(self, file: memoryview) -> None:
        try:
            self.content: Content = content_of(file)
            self.elements: list[Element] = parse(
                self.content.data, self.content.start, self.content.stop, self.content.encoding
            )
        except NotParsable as why:
            raise PixelsError(f"The pixels of this file cannot be looked at: {why}.") from None
        self.file = file
        self._by_tag = {one.tag: one for one in self.elements}

    @property
    def syntax(self) -> UID:
        """The transfer syntax that the file declares."""
        return UID(self.content.syntax)

    @cached_property
    def header(self) -> Mapping[str, str]:
        """Short values of the top level by keyword; several values are joined by a backslash."""
        return {
            keyword: self.text(one.tag)
            for one in self.elements
            if one.tag >> 16 in _MODULES and one.tree is None and (keyword := keyword_for_tag(one.tag))
        }

    @property
    def pixel_data(self) -> Element | None:
        """The element of the pixel data, None if there is none."""
        return self._by_tag.get(PIXEL_DATA)

    @property
    def encapsulated(self) -> bool:
        """Whether the frames are compressed one by one."""
        return self._by_tag[PIXEL_DATA].undefined

    @cached_property
    def pixels(self) -> Pixels:
        """How the samples are written.

        Raises
        ------
        PixelsError
            There are no pixels, or not such as can be looked at.
        """
        if PIXEL_DATA not in self._by_tag:
            raise PixelsError("This instance holds no pixel data.")
        stored = self._number("BitsStored") or self._number("BitsAllocated")
        found = Pixels(
            rows=self._number("Rows"),
            columns=self._number("Columns"),
            samples=self._number("SamplesPerPixel") or 1,
            photometric=self.header.get("PhotometricInterpretation", ""),
            planar=self._number("PlanarConfiguration"),
            allocated=self._number("BitsAllocated"),
            stored=stored,
            high_bit=self._number("HighBit") if self.header.get("HighBit") else stored - 1,
            signed=self._number("PixelRepresentation") == 1,
            frames=max(self._number("NumberOfFrames"), 1),
        )
        if not found.rows or not found.columns:
            raise PixelsError("This instance does not say how large its picture is.")
        if found.allocated not in (8, 16, 32) or found.samples not in (1, 3):
            raise PixelsError(
                f"Pixels of {found.samples} sample(s) of {found.allocated} bits cannot be cleaned here. "
                "Look at the picture yourself, and export it without text or leave it out."
            )
        frames = self.header.get("NumberOfFrames", "")
        if frames and not frames.isdecimal():
            raise PixelsError("This instance does not say how many frames it has. Export it again from the PACS.")
        data = self._by_tag[PIXEL_DATA]
        if not data.undefined and data.end - data.value >= (found.frames + 1) * found.frame_length:
            raise PixelsError("This instance holds more frames than its header says. Export it again from the PACS.")
        if found.frame_length > _LARGEST_FRAME:
            raise PixelsError("One frame takes more than 1 GiB, which is too much to look at here.")
        return found

    def raw(self, tag: int) -> bytes:
        """Return the bytes of a value at the top level, empty if it is missing."""
        one = self._by_tag.get(tag)
        return b"" if one is None else bytes(self.content.data[one.value : one.end])

    def element(self, tag: int) -> Element | None:
        """Return an element of the top level, None if it is missing."""
        return self._by_tag.get(tag)

    def text(self, tag: int) -> str:
        """Return a short value of the top level as text, empty if it is missing or long."""
        one = self._by_tag.get(tag)
        if one is None or one.end - one.value > _LONGEST_VALUE:
            return ""
        value = self.raw(tag)
        if size := _NUMBERS.get(one.vr):
            order = "little" if self.content.encoding.order == "<" else "big"
            parts = (value[at : at + size] for at in range(0, len(value), size))
            return "\\".join(str(int.from_bytes(part, order)) for part in parts)  # type: ignore[arg-type]
        return value.decode("utf-8", "replace").strip("\0 ")

    def compressed(self, index: int) -> bytes:
        """Return the codestream of a frame of encapsulated pixel data.

        Raises
        ------
        PixelsError
            The frames cannot be told apart.
        """
        try:
            self._encapsulated.seek(0)
            return get_frame(
                self._encapsulated, index, number_of_frames=self.pixels.frames, extended_offsets=self._extended
            )
        except (ValueError, IndexError, EOFError):
            raise PixelsError(
                f"Frame {index + 1:,} of {self.pixels.frames:,} was not found in the compressed pixel data. "
                "Export the object again from the PACS."
            ) from None

    @cached_property
    def _encapsulated(self) -> BytesIO:
        return BytesIO(self.raw(PIXEL_DATA))

    @cached_property
    def _extended(self) -> tuple[bytes, bytes] | None:
        table, lengths = self.raw(OFFSETS), self.raw(OFFSET_LENGTHS)
        return (table, lengths) if table and lengths else None

    def _number(self, keyword: str) -> int:
        try:
            return int(self.header.get(keyword, "").split("\\")[0] or 0)
        except ValueError:
            return 0
