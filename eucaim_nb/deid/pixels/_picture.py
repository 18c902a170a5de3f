"""What a frame looks like: 8-bit pictures to look for text in, from samples of any kind."""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.pixels.processing import apply_color_lut, convert_color_space

from ._codec import Frame, Samples, decode, native, native_value, stored_values, swap, swaps
from ._image import ImageFile, PixelsError

Picture = NDArray[np.uint8]
"""Shape (rows, columns, 3): red, green, blue."""

_SPREAD = 1.5
_AROUND = 41
_LEAST_SPREAD, _PER_SPREAD = 1.5, 48
_LUT_DESCRIPTORS = (0x00281101, 0x00281102, 0x00281103)
_LUT_DATA = (0x00281201, 0x00281202, 0x00281203)
_SEGMENTED_LUT_DATA = (0x00281221, 0x00281222, 0x00281223)


class Frames:
    """The frames of an image, decoded one by one."""

    def __init__(self, image: ImageFile) -> None:
        self._image = image

    @cached_property
    def _value(self) -> NDArray[np.uint8]:
        value = native_value(self._image, self._image.content.data)
        return swap(value) if swaps(self._image) else value

    def frame(self, index: int) -> Frame:
        """Return the stored values of a frame; YBR that was compressed or subsampled is RGB."""
        image, pixels = self._image, self._image.pixels
        if image.encapsulated:
            return decode(image.compressed(index), image.syntax, pixels, raw=False)
        raw = native(self._value, pixels, index, image.content.encoding.order)
        if pixels.subsampled:
            pairs = np.stack([raw[..., [0, 2, 3]], raw[..., [1, 2, 3]]], axis=2)
            ybr = pairs.reshape(pixels.rows, pixels.columns, 3)
            return Frame(convert_color_space(ybr, "YBR_FULL", "RGB"), "RGB")
        return Frame(stored_values(raw, pixels), pixels.photometric)

    def pictures(self, index: int) -> list[Picture]:
        """Return a frame as one or more pictures, of which each may show what the others do not."""
        samples, photometric = self.frame(index)
        if photometric == "PALETTE COLOR":
            colours, first = palette(self._image)
            drawn = colours[np.clip(samples.astype(np.int64) - first, 0, len(colours) - 1)]
            return [_eight_bits(drawn, 0, int(colours.max(initial=1)))]
        if samples.ndim == 3:
            shown = _eight_bits(samples, 0, 2**self._image.pixels.stored - 1)
            if photometric == "YBR_FULL":
                shown = convert_color_space(shown, photometric, "RGB").astype(np.uint8, copy=False)
            return [shown]
        return [_grey(samples, *window, photometric == "MONOCHROME1") for window in _windows(samples)]


def palette(image: ImageFile) -> tuple[NDArray[np.uint16], int]:
    """Return the colours of a palette, of shape (entries, 3), and the sample that names the first of them.

    Raises
    ------
    PixelsError
        The palette is missing or damaged.
    """
    tables = Dataset()
    little = image.content.encoding.order == "<"
    tables.set_original_encoding(False, little)
    try:
        entries, first, _ = _descriptor(image, _LUT_DESCRIPTORS[0])
        for tag in _LUT_DESCRIPTORS:
            tables.add_new(tag, "US", list(_descriptor(image, tag)))
        for tag in (*_LUT_DATA, *_SEGMENTED_LUT_DATA):
            if value := image.raw(tag):
                tables.add_new(tag, "OW", value)
        samples = (np.arange(entries) + first).reshape(1, -1)
        colours: NDArray[np.uint16] = apply_color_lut(samples, tables)[0].astype(np.uint16)
    except (ValueError, AttributeError, IndexError, KeyError, NotImplementedError):
        raise PixelsError("The colours of this palette picture are missing or damaged.") from None
    return colours, first


def _descriptor(image: ImageFile, tag: int) -> tuple[int, int, int]:
    """Return number of entries, first sample and bits of an entry (PS3.3 section C.7.6.3.1.5)."""
    order = image.content.encoding.order
    entries, first, bits = np.frombuffer(image.raw(tag), f"{order}u2").tolist()
    if image.pixels.signed and first >= 2**15:
        first -= 2**16
    return entries or 2**16, first, bits


def _windows(samples: Samples) -> list[tuple[float, float]]:
    """Return the ranges in which to look at grey samples: all values, and without the rare ones."""
    low, high = float(samples.min()), float(samples.max())
    first, last = np.percentile(samples[::2, ::2] if samples.size > 2**20 else samples, (1, 99))
    windows = [(low, high)]
    if last > first and high - low > _SPREAD * (last - first):
        windows.append((float(first), float(last)))
    return windows


def _grey(samples: Samples, low: float, high: float, inverted: bool) -> Picture:
    shown = _eight_bits(samples, low, high)
    return np.repeat((255 - shown if inverted else shown)[..., None], 3, axis=2)


def _eight_bits(samples: Samples, low: float, high: float) -> NDArray[np.uint8]:
    if samples.dtype == np.uint8 and (low, high) == (0, 255):
        shown: NDArray[np.uint8] = samples
        return shown
    scale = 255 / max(high - low, 1e-9)
    scaled: NDArray[np.float32] = np.clip((samples.astype(np.float32) - low) * scale, 0, 255)
    return scaled.astype(np.uint8)


def raised(picture: Picture) -> Picture:
    """Return a picture with weak contrasts as strong as others, in which nearly white text on white shows.

    Each pixel is told in standard deviations from the mean of what is around it.
    """
    grey = picture.astype(np.float32).mean(axis=2)
    mean = _around_mean(grey)
    spread = np.sqrt(np.maximum(_around_mean(grey * grey) - mean * mean, 0)) + _LEAST_SPREAD
    scaled = np.clip((grey - mean) / spread * _PER_SPREAD + 128, 0, 255).astype(np.uint8)
    return np.repeat(scaled[..., None], 3, axis=2)


def _around_mean(grey: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the mean of the window around each pixel."""
    half = _AROUND // 2
    padded = np.pad(grey, ((half + 1, half), (half + 1, half)), mode="reflect")
    sums = padded.cumsum(axis=0, dtype=np.float64).cumsum(axis=1)
    size = 2 * half + 1
    total = sums[size:, size:] - sums[:-size, size:] - sums[size:, :-size] + sums[:-size, :-size]
    mean: NDArray[np.float32] = (total / size**2).astype(np.float32)
    return mean
