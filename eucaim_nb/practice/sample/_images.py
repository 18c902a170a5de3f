"""Pixels and position of an image: the attributes that every modality writes the same way."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset


def set_pixels(
    ds: Dataset, pixels: NDArray[np.generic], *, bits: int, photometric: str = "MONOCHROME2"
) -> None:
    """Put an array of shape (rows, columns), (frames, rows, columns) or (…, 3) into a dataset."""
    colour = pixels.shape[-1] == 3
    ds.SamplesPerPixel = 3 if colour else 1
    ds.PhotometricInterpretation = photometric
    if colour:
        ds.PlanarConfiguration = 0
    ds.Rows, ds.Columns = pixels.shape[-3:-1] if colour else pixels.shape[-2:]
    ds.BitsAllocated = pixels.dtype.itemsize * 8
    ds.BitsStored, ds.HighBit = bits, bits - 1
    ds.PixelRepresentation = int(pixels.dtype.kind == "i")
    data = pixels.astype(pixels.dtype.newbyteorder("<"), copy=False).tobytes()
    # A fresh element: one that was compressed before would keep its undefined length.
    ds.pop("PixelData", None)
    ds.add_new("PixelData", "OB" if pixels.dtype.itemsize == 1 else "OW", data + b"\0" * (len(data) % 2))


def stored(values: NDArray[np.floating[Any]], bits: int) -> NDArray[np.uint16]:
    """Round to unsigned integers of so many bits."""
    rounded: NDArray[np.uint16] = np.clip(np.rint(values), 0, 2**bits - 1).astype(np.uint16)
    return rounded


def grey8(values: NDArray[np.floating[Any]], low: float, high: float) -> NDArray[np.uint8]:
    """Window values between `low` and `high` to 0-255."""
    grey: NDArray[np.uint8] = np.clip((values - low) / (high - low) * 255, 0, 255).astype(np.uint8)
    return grey


def as_ds(*values: float) -> list[float]:
    """Numbers short enough for a decimal string."""
    return [round(float(value), 4) + 0.0 for value in values]
