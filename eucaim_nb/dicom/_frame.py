"""Decode one frame of an instance without reading the others."""

import math
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray
from pydicom.datadict import tag_for_keyword
from pydicom.dataset import Dataset
from pydicom.encaps import get_frame
from pydicom.filereader import read_dataset
from pydicom.pixels.decoders.base import Decoder, get_decoder
from pydicom.pixels.utils import as_pixel_options
from pydicom.tag import BaseTag
from pydicom.uid import (
    UID,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEGExtended12Bit,
    RLELossless,
)

from eucaim_nb.errors import EucaimError

from ._codestream import decode_twelve_bits, is_cut, size_of
from ._content import Content, element_at

_LARGEST_FRAME = 1024**3
_PIXEL_DATA = {0x7FE00008: "FloatPixelData", 0x7FE00009: "DoubleFloatPixelData", 0x7FE00010: "PixelData"}
_UNDEFINED = 0xFFFFFFFF
_CUT = "The pixel data is cut short. Export the object again from the PACS."

# All that decides how a frame looks (PS3.3 sections C.7.6.3, C.7.6.16, C.8.8.3, C.11.1 and C.11.2).
_WANTED = """
    SpecificCharacterSet SOPClassUID Modality
    SamplesPerPixel PhotometricInterpretation PlanarConfiguration NumberOfFrames Rows Columns
    BitsAllocated BitsStored HighBit PixelRepresentation PixelPaddingValue
    PixelSpacing ImagerPixelSpacing PixelAspectRatio
    WindowCenter WindowWidth VOILUTFunction VOILUTSequence
    RescaleIntercept RescaleSlope ModalityLUTSequence DoseGridScaling
    RedPaletteColorLookupTableDescriptor GreenPaletteColorLookupTableDescriptor
    BluePaletteColorLookupTableDescriptor RedPaletteColorLookupTableData GreenPaletteColorLookupTableData
    BluePaletteColorLookupTableData SegmentedRedPaletteColorLookupTableData
    SegmentedGreenPaletteColorLookupTableData SegmentedBluePaletteColorLookupTableData
    SharedFunctionalGroupsSequence PerFrameFunctionalGroupsSequence
    ExtendedOffsetTable ExtendedOffsetTableLengths
""".split()  # noqa: SIM905 - a list would take a line for each
_WANTED_TAGS = [BaseTag(tag) for keyword in _WANTED if (tag := tag_for_keyword(keyword)) is not None]


class PreviewError(EucaimError):
    """There is no picture to show; the text says why, without any value from the file."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One decoded frame.

    Attributes
    ----------
    header : Dataset
        The attributes that decide how the frame looks.
    samples : array of shape (rows, columns) or (rows, columns, samples)
        Stored values; YBR is already RGB.
    photometric : str
        Photometric interpretation of `samples`.
    index, count : int
        Which frame it is, from 0, and how many there are.
    """

    header: Dataset
    samples: NDArray[Any]
    photometric: str
    index: int
    count: int

    def number(self, keyword: str, functional_group: str = "") -> float | None:
        """Return the first number of an attribute of this frame, None if it is missing or not finite."""
        values = self.numbers(keyword, functional_group)
        return values[0] if values else None

    def numbers(self, keyword: str, functional_group: str = "") -> list[float]:
        """Return the numbers of an attribute of this frame, empty if it is missing or not finite."""
        value = self.value(keyword, functional_group)
        several = value if hasattr(value, "__iter__") and not isinstance(value, str) else [value]
        numbers = [float(one) for one in several if one not in (None, "")]
        return numbers if all(map(math.isfinite, numbers)) else []

    def value(self, keyword: str, functional_group: str = "") -> object:
        """Return an attribute from the frame's functional group, the shared one, or the data set."""
        shared = self.header.get("SharedFunctionalGroupsSequence") or []
        each = self.header.get("PerFrameFunctionalGroupsSequence") or []
        for groups in [*each[self.index : self.index + 1], *shared[:1]]:
            for item in groups.get(functional_group) or []:
                if keyword in item:
                    return item.get(keyword)
        return self.header.get(keyword)


def read_frame(content: Content, index: int | None) -> Frame:
    """Decode frame `index`, or the middle one.

    Raises
    ------
    PreviewError
        The object has no pixel data, or they cannot be decoded.
    """
    frames = Frames(content)
    return frames.decode(frames.count // 2 if index is None else index)


class Frames:
    """The frames of an opened instance, whose header is read once.

    Raises
    ------
    PreviewError
        The object has no pixel data, or does not say how large a frame is.
    """

    def __init__(self, content: Content) -> None:
        self._content = content
        stream = content.stream
        stream.seek(content.start)
        little = content.order == "<"
        self.header = read_dataset(
            stream, content.implicit, little, stop_when=_at_pixel_data, specific_tags=list(_WANTED_TAGS)
        )
        try:
            tag, vr, self._length, self._value = element_at(stream, stream.tell(), content.implicit, content.order)
        except EOFError:
            raise PreviewError(_without_picture(self.header)) from None
        self._options = as_pixel_options(self.header, pixel_keyword=_PIXEL_DATA[tag], pixel_vr=vr or "OW")
        self.count = int(self._options["number_of_frames"])
        self._needed = _frame_length(self.header)
        self._syntax = _transfer_syntax(content, compressed=self._length == _UNDEFINED)

    def decode(self, index: int) -> Frame:
        """Decode one frame, counted from 0.

        Raises
        ------
        PreviewError
            There is no such frame, or it cannot be decoded.
        """
        if not 0 <= index < self.count:
            raise PreviewError(f"There is no frame {index + 1:,}: the object has {self.count:,}.")
        there = 8 * min(self._length, self._content.size - self._value)
        if not self._syntax.is_compressed and (index + 1) * self._needed > there:
            raise PreviewError(_CUT)
        self._content.stream.seek(self._value)
        samples, photometric = _decode(self._content, self._syntax, index, self._options)
        return Frame(self.header, samples, photometric, index, self.count)


def _at_pixel_data(tag: BaseTag, vr: str | None, length: int) -> bool:
    return tag in _PIXEL_DATA


def _without_picture(header: Dataset) -> str:
    name = _dictionary_name(header.get("SOPClassUID"))
    if not name:
        return "This object has no picture: it holds no pixel data."
    if "Image" in name:
        return "The pixel data of this image is missing. Export the object again from the PACS."
    return f"This object has no picture: it is of the class {name}."


def _dictionary_name(uid: object) -> str:
    """Return the registered name of a UID; empty for any other text, which might say anything."""
    name = UID(str(uid)).name
    return "" if name == str(uid) else name


def _frame_length(header: Dataset) -> int:
    """Return the bits that one uncompressed frame takes."""
    rows, columns = int(header.get("Rows") or 0), int(header.get("Columns") or 0)
    bits = rows * columns * int(header.get("BitsAllocated") or 0) * int(header.get("SamplesPerPixel") or 1)
    if bits <= 0:
        raise PreviewError("The object does not say how large its picture is.")
    if bits > 8 * _LARGEST_FRAME:
        size = f"{bits / 8 / 1024**3:,.1f} GiB"
        raise PreviewError(f"One frame would take {size} of memory, which is too much to show here.")
    # PS3.3 section C.7.6.3.1.2: two pixels share their chrominance.
    return bits * 2 // 3 if header.get("PhotometricInterpretation") == "YBR_FULL_422" else bits


def _transfer_syntax(content: Content, *, compressed: bool) -> UID:
    """Return the transfer syntax that the bytes are in, which is not always the one that the file declares."""
    declared = UID(content.transfer_syntax)
    if not compressed:
        if content.order == ">":
            return ExplicitVRBigEndian
        return ImplicitVRLittleEndian if content.implicit else ExplicitVRLittleEndian
    if not _dictionary_name(declared):
        raise PreviewError("The transfer syntax is unknown, so the picture cannot be shown.")
    if not declared.is_compressed:
        raise PreviewError(
            "The file does not say how its picture is compressed. Export it again from the PACS."
        )
    return declared


def _decode(content: Content, syntax: UID, index: int, options: dict[str, Any]) -> tuple[NDArray[Any], str]:
    name = _dictionary_name(syntax)
    try:
        decoder = get_decoder(syntax)
        available = decoder.is_available
    except NotImplementedError:
        available = False
    if not available:
        raise PreviewError(f"There is no decoder here for {name}, so the picture cannot be shown.")
    try:
        if syntax.is_compressed and syntax != RLELossless:
            frames, offsets = options["number_of_frames"], options.get("extended_offsets")
            frame = get_frame(content.stream, index, number_of_frames=frames, extended_offsets=offsets)
            if size_of(frame) != (options["rows"], options["columns"]):
                raise PreviewError(
                    "The compressed picture and the header differ in size: the file is damaged."
                )
            if is_cut(frame):
                raise PreviewError(_CUT)
            if syntax == JPEGExtended12Bit and options["bits_stored"] == 12:
                interpretation = str(options["photometric_interpretation"])
                return decode_twelve_bits(frame, options["rows"], options["columns"]), interpretation
        plugin = _safest(decoder)
        samples, properties = decoder.as_array(content.stream, index=index, decoding_plugin=plugin, **options)
    except (PreviewError, MemoryError):
        raise
    except Exception:
        raise PreviewError(
            f"The picture could not be decoded from {name}. The file may be damaged."
        ) from None
    return samples, str(properties["photometric_interpretation"])


def _safest(decoder: Decoder) -> str:
    """Return the plugin to decode with: GDCM only where there is no other, as damaged frames can end its process."""
    others = [plugin for plugin in decoder.available_plugins if plugin != "gdcm"]
    return others[0] if others else ""
