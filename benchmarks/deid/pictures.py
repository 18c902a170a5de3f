"""Pixels: seeded phantoms, text burned into them, and encoders."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.uid import JPEG2000Lossless, JPEGBaseline8Bit, JPEGLSLossless

Box = tuple[int, int, int, int]


def phantom(seed: str, rows: int, columns: int, *, top: int = 255) -> NDArray[np.uint16]:
    """An ellipse with a few discs in it and noise, from 0 to `top`."""
    noise = np.random.default_rng(np.frombuffer(seed.encode(), dtype=np.uint8))
    y, x = np.mgrid[-1 : 1 : rows * 1j, -1 : 1 : columns * 1j]
    image = np.where((x / 0.8) ** 2 + (y / 0.6) ** 2 < 1, 0.45, 0.03)
    for _ in range(4):
        at_x, at_y, radius = noise.uniform(-0.5, 0.5), noise.uniform(-0.35, 0.35), noise.uniform(0.05, 0.15)
        image[(x - at_x) ** 2 + (y - at_y) ** 2 < radius**2] = noise.uniform(0.3, 0.9)
    image = image + noise.normal(0, 0.012, image.shape)
    return np.clip(image * top, 0, top).astype(np.uint16)


def burn(
    image: NDArray[np.uint8] | NDArray[np.uint16],
    lines: list[str],
    *,
    ink: int,
    paper: int | None = None,
    at: tuple[int, int] = (6, 4),
    size: int = 15,
) -> list[Box]:
    """Write lines of text into one plane, in place. Boxes are (left, top, right, bottom), right and bottom outside."""
    font = ImageFont.load_default(size)
    boxes = []
    for number, line in enumerate(lines):
        mask = Image.new("L", (image.shape[1], image.shape[0]))
        place = (at[0], at[1] + number * (size + 6))
        ImageDraw.Draw(mask).text(place, line, fill=255, font=font)
        drawn = np.asarray(mask) > 110
        ys, xs = np.nonzero(drawn)
        box = (int(xs.min()), int(ys.min()), int(xs.max()) + 1, int(ys.max()) + 1)
        if paper is not None:
            image[box[1] : box[3], box[0] : box[2]] = paper
        image[drawn] = ink
        boxes.append(box)
    return boxes


def set_pixels(
    ds: Dataset, frames: NDArray[np.uint8] | NDArray[np.uint16], photometric: str, *, bits: int
) -> None:
    """Describe and store native pixels of shape (frames, rows, columns[, samples])."""
    ds.SamplesPerPixel = frames.shape[3] if frames.ndim == 4 else 1
    if ds.SamplesPerPixel > 1:
        ds.PlanarConfiguration = 0
    ds.PhotometricInterpretation = photometric
    if len(frames) > 1 or "NumberOfFrames" in ds:
        ds.NumberOfFrames = len(frames)
    ds.Rows, ds.Columns = frames.shape[1:3]
    allocated = 8 * frames.dtype.itemsize
    ds.BitsAllocated, ds.BitsStored, ds.HighBit = allocated, bits, bits - 1
    ds.PixelRepresentation = 0
    data = frames.tobytes()
    ds.PixelData = data + b"\0" * (len(data) % 2)
    ds["PixelData"].VR = "OB" if allocated == 8 else "OW"


def encode(
    ds: Dataset, frames: NDArray[np.uint8] | NDArray[np.uint16], syntax: str, marks: dict[str, str]
) -> None:
    """Replace native pixels by a compressed stream that carries `marks` beside the pixels.

    `marks` may hold 'exif' (ImageDescription and Artist) and 'comment'.
    """
    streams = [_stream(frame, syntax, marks) for frame in frames]
    ds.PixelData = encapsulate(streams)
    ds["PixelData"].VR = "OB"
    ds["PixelData"].is_undefined_length = True
    if syntax == JPEGBaseline8Bit:
        ds.PhotometricInterpretation = "YBR_FULL_422" if frames.ndim == 4 else ds.PhotometricInterpretation
        ds.LossyImageCompression = "01"
        ds.LossyImageCompressionRatio = "8"
        ds.LossyImageCompressionMethod = "ISO_10918_1"


def _stream(frame: NDArray[np.uint8] | NDArray[np.uint16], syntax: str, marks: dict[str, str]) -> bytes:
    out = io.BytesIO()
    if syntax == JPEGLSLossless:
        import jpeg_ls

        stream = bytes(jpeg_ls.encode(frame))
        return _jpeg_comment(stream, marks["comment"]) if "comment" in marks else stream
    image = Image.fromarray(frame)
    if syntax == JPEG2000Lossless:
        image.save(out, "JPEG2000", no_jp2=True, irreversible=False, comment=marks.get("comment", "x"))
        return out.getvalue()
    exif = Image.Exif()
    exif[0x010E] = exif[0x013B] = marks["exif"]
    exif.get_ifd(0x8825)[29] = marks.get("gps", "2001:01:01")
    image.save(out, "JPEG", quality=90, subsampling=1, exif=exif, comment=marks.get("comment", ""))
    return out.getvalue()


def _jpeg_comment(stream: bytes, text: str) -> bytes:
    """A stream with a COM segment after its SOI marker."""
    payload = text.encode("utf-8")
    return stream[:2] + b"\xff\xfe" + (len(payload) + 2).to_bytes(2, "big") + payload + stream[2:]
