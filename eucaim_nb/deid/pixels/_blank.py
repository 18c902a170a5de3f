"""Rectangles of a picture made black, in the bytes of the file; every other pixel stays as it is."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from pydicom.encaps import encapsulate

from .._encode import element, text_element
from .._file import EXPLICIT_LITTLE, deflate, head
from .._parse import Element
from ._boxes import Box
from ._codec import (
    Frame,
    Samples,
    decode,
    encode,
    native,
    native_value,
    photometric_of,
    stored_values,
    swap,
    swaps,
)
from ._image import OFFSET_LENGTHS, OFFSETS, PHOTOMETRIC, PIXEL_DATA, PLANAR, ImageFile, Pixels, PixelsError
from ._picture import Frames, palette

Boxes = Sequence[Box] | Mapping[int, Sequence[Box]]
"""Rectangles for all frames, or for some frames by index from 0."""

_SOP_CLASS, _SOP_INSTANCE, _SYNTAX_EXPLICIT = 0x00080016, 0x00080018, "1.2.840.10008.1.2.1"
_SEQUENCE_END = b"\xfe\xff\xdd\xe0\0\0\0\0"
_MOST_OFFSETS = 2**32 - 1
# Rec. ITU-R BT.601 weights of red, green and blue.
_LUMINANCE = np.array([0.299, 0.587, 0.114])


def redact(file: memoryview | bytes, boxes: Boxes) -> bytes:
    """Return a DICOM file with rectangles of its frames made black.

    Compressed frames are compressed again without loss in their transfer syntax where that is possible; otherwise
    the file becomes Explicit VR Little Endian. What is said of lossy compression in the past stays.

    Parameters
    ----------
    boxes
        For all frames, or by frame index. They are cut off at the edges of the frame.

    Raises
    ------
    PixelsError
        The pixels cannot be decoded, or are of a kind that cannot be cleaned.
    """
    image = ImageFile(memoryview(file))
    chosen = _Chosen(boxes, image.pixels)
    if not chosen.any:
        return bytes(file)
    if not image.encapsulated:
        return _native(image, chosen)
    return _compressed(image, chosen)


class _Chosen:
    """The rectangles of each frame, within the frame."""

    def __init__(self, boxes: Boxes, pixels: Pixels) -> None:
        self._boxes, self._pixels = boxes, pixels
        given: Iterable[Box] = (
            (box for some in boxes.values() for box in some) if isinstance(boxes, Mapping) else boxes
        )
        self.any = any(self._within([box]) for box in given)

    def of(self, index: int) -> list[Box]:
        if isinstance(self._boxes, Mapping):
            return self._within(self._boxes.get(index, ()))
        return self._within(self._boxes)

    def _within(self, boxes: Iterable[Box]) -> list[Box]:
        inside = (box.within(self._pixels.rows, self._pixels.columns) for box in boxes)
        return [box for box in inside if box.height > 0 and box.width > 0]


def _native(image: ImageFile, chosen: _Chosen) -> bytes:
    """Return the file with other bytes in place of those of the rectangles."""
    pixels, content = image.pixels, image.content
    data = bytearray(content.data)
    in_place = native_value(image, data)
    value = swap(in_place) if swaps(image) else in_place
    darkest = _darkest_entry(image)
    for index in range(pixels.frames):
        frame = native(value, pixels, index, content.encoding.order)
        _blacken(frame, chosen.of(index), pixels, pixels.photometric, darkest)
    if value is not in_place:
        in_place[: len(value)] = swap(value)
    if not content.deflated:
        return bytes(data)
    return b"".join([_head(image, content.syntax), *deflate([bytes(data)])])


def _compressed(image: ImageFile, chosen: _Chosen) -> bytes:
    frames: list[bytes] = []
    photometric = image.pixels.photometric
    for index in range(image.pixels.frames):
        codestream = image.compressed(index)
        boxes = chosen.of(index)
        if boxes:
            made = _again(image, codestream, boxes)
            if made is None:
                return _decompressed(image, chosen)
            codestream, photometric = made
        frames.append(codestream)
    table = sum(len(frame) + 9 for frame in frames) < _MOST_OFFSETS
    value = encapsulate(frames, has_bot=table) + _SEQUENCE_END
    changes = {
        PIXEL_DATA: b"\xe0\x7f\x10\x00OB\0\0\xff\xff\xff\xff" + value,
        OFFSETS: b"",
        OFFSET_LENGTHS: b"",
        PHOTOMETRIC: text_element(PHOTOMETRIC, "CS", photometric, EXPLICIT_LITTLE),
    }
    return _written(image, changes, image.content.syntax)


def _again(image: ImageFile, codestream: bytes, boxes: list[Box]) -> tuple[bytes, str] | None:
    """Return a frame compressed again and what its colours are called; None if its syntax allows no such thing."""
    pixels = image.pixels
    found = decode(codestream, image.syntax, pixels, raw=True)
    samples = found.samples.copy()
    _blacken(samples, boxes, pixels, found.photometric, _darkest_entry(image), stored=True)
    made = encode(Frame(samples, found.photometric), image.syntax, pixels)
    return None if made is None else (made, photometric_of(made, image.syntax, found.photometric))


def _decompressed(image: ImageFile, chosen: _Chosen) -> bytes:
    """Return the file in Explicit VR Little Endian."""
    pixels, darkest = image.pixels, _darkest_entry(image)
    value, photometric = bytearray(), pixels.photometric
    for index in range(pixels.frames):
        found = decode(image.compressed(index), image.syntax, pixels, raw=False)
        photometric = found.photometric
        samples = found.samples.copy()
        _blacken(samples, chosen.of(index), pixels, photometric, darkest, stored=True)
        value += samples.astype(samples.dtype.newbyteorder("<"), copy=False).tobytes()
    changes = {
        PIXEL_DATA: element(PIXEL_DATA, "OW" if pixels.allocated > 8 else "OB", bytes(value), EXPLICIT_LITTLE),
        OFFSETS: b"",
        OFFSET_LENGTHS: b"",
        PHOTOMETRIC: text_element(PHOTOMETRIC, "CS", photometric, EXPLICIT_LITTLE),
    }
    if pixels.samples > 1:
        changes[PLANAR] = element(PLANAR, "US", b"\0\0", EXPLICIT_LITTLE)
    return _written(image, changes, _SYNTAX_EXPLICIT)


def _blacken(
    samples: Samples, boxes: list[Box], pixels: Pixels, photometric: str, darkest: int, *, stored: bool = False
) -> None:
    """Make rectangles of a frame black, in place.

    Parameters
    ----------
    samples
        As `native` or `decode` return them.
    stored
        Whether they are values already, not bits in which others may be hidden.
    """
    if not boxes:
        return
    if samples.ndim == 3 and samples.shape[2] == 4:  # two pixels with their chrominance
        for box in boxes:
            samples[box.top : box.bottom, box.left // 2 : -(-box.right // 2)] = (0, 0, 128, 128)
        return
    black = _black(samples, pixels, photometric, darkest, stored=stored)
    for box in boxes:
        samples[box.slices] = black


def _black(
    samples: Samples, pixels: Pixels, photometric: str, darkest: int, *, stored: bool
) -> int | NDArray[np.int64]:
    """Return what shows as black in a frame."""
    if photometric == "PALETTE COLOR":
        return darkest
    if photometric.startswith("YBR_FULL"):
        middle = 1 << (pixels.stored - 1)
        return np.array([0, middle, middle])
    if samples.ndim == 3 or (photometric != "MONOCHROME1" and not pixels.signed):
        return 0
    if pixels.stored <= 8 and not pixels.signed:
        return (1 << pixels.stored) - 1 << (0 if stored else pixels.high_bit + 1 - pixels.stored)
    # The ends of what the bits could hold would spoil a window that follows the values; the frame's own ends do not.
    values = samples if stored else stored_values(samples, pixels)
    at = values.argmax() if photometric == "MONOCHROME1" else values.argmin()
    value = int(samples.flat[at])
    if stored or pixels.signed:
        return value
    return value & ((1 << pixels.stored) - 1 << (pixels.high_bit + 1 - pixels.stored))


def _darkest_entry(image: ImageFile) -> int:
    """Return the sample that names the darkest colour of the palette, 0 without a palette."""
    if image.pixels.photometric != "PALETTE COLOR":
        return 0
    colours, first = palette(image)
    return int((colours @ _LUMINANCE).argmin()) + first


def _written(image: ImageFile, changes: Mapping[int, bytes], syntax: str) -> bytes:
    """Return the file with elements of the top level replaced, or left out where no bytes are given."""
    content = image.content
    pieces: list[bytes | memoryview] = []
    copied = content.start
    missing = {tag for tag, new in changes.items() if new and image.element(tag) is None}
    for one in image.elements:
        for tag in sorted(missing):
            if tag < one.tag:
                pieces += [content.data[copied : one.start], changes[tag]]
                copied = one.start
                missing.remove(tag)
        new = changes.get(one.tag)
        if new is not None and not _same(new, image, one):
            pieces += [content.data[copied : one.start], new]
            copied = one.end
    pieces.append(content.data[copied : content.stop])
    begins = image.file[: content.start] if syntax == content.syntax else _head(image, syntax)
    return b"".join([begins, *pieces])


def _head(image: ImageFile, syntax: str) -> bytes:
    return head(image.text(_SOP_CLASS), image.text(_SOP_INSTANCE), syntax)


def _same(new: bytes, image: ImageFile, old: Element) -> bool:
    return len(new) == old.end - old.start and new == image.content.data[old.start : old.end]


def check_black(before: memoryview | bytes, after: memoryview | bytes, boxes: Boxes) -> None:
    """Check on the bytes that rectangles are of one colour and that nothing else changed.

    Raises
    ------
    PixelsError
        They are not: what was made must not be used.
    """
    old, new = ImageFile(memoryview(before)), ImageFile(memoryview(after))
    chosen = _Chosen(boxes, old.pixels)
    old_frames, new_frames = Frames(old), Frames(new)
    for index in range(old.pixels.frames):
        was, now = old_frames.frame(index).samples.copy(), new_frames.frame(index).samples.copy()
        places = [_place(box, old) for box in chosen.of(index)]
        for place in places:
            if (now[place] != now[place][:1, :1]).any():
                raise PixelsError("A rectangle was not black after it had been blanked. The instance was not written.")
        for place in places:
            was[place] = now[place] = 0
        if not np.array_equal(was, now):
            raise PixelsError("Pixels beside the blanked rectangles changed. The instance was not written.")



def _place(box: Box, image: ImageFile) -> tuple[slice, slice]:
    """Return the pixels that change with a rectangle: where two share their colour, both do."""
    rows, columns = box.slices
    if image.pixels.subsampled and not image.encapsulated:
        columns = slice(box.left // 2 * 2, -(-box.right // 2) * 2)
    return rows, columns
