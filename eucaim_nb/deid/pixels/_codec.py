"""One frame at a time between bytes and samples, native or compressed (PS3.5 section 8)."""

import warnings
from io import BytesIO
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydicom.encaps import encapsulate
from pydicom.pixels.decoders.base import get_decoder
from pydicom.pixels.encoders.base import get_encoder
from pydicom.uid import (
    JPEG2000,
    UID,
    JPEG2000Lossless,
    JPEGLSLossless,
    JPEGLSNearLossless,
    RLELossless,
)

from ._image import ImageFile, Pixels, PixelsError

Samples = NDArray[Any]

# GDCM is left out: what it does not expect ends the process.
_PLUGINS = {RLELossless: "pydicom", JPEGLSLossless: "pyjpegls", JPEGLSNearLossless: "pyjpegls"}
_J2K = frozenset((JPEG2000, JPEG2000Lossless))
_J2K_CODING_STYLE = b"\xff\x52"


class Frame(NamedTuple):
    """Decoded samples of shape (rows, columns) or (rows, columns, samples), and what they mean."""

    samples: Samples
    photometric: str


def native(value: NDArray[np.uint8], pixels: Pixels, index: int, order: str) -> Samples:
    """Return a view of one frame in native pixel data: what is written there is written in `value`.

    Of subsampled colour, the shape is (rows, columns / 2, 4): two luminances, then blue and red chrominance.

    Raises
    ------
    PixelsError
        The pixel data end before the frame does.
    """
    length = pixels.frame_length
    frame = value[index * length : (index + 1) * length]
    if len(frame) < length:
        raise PixelsError("The pixel data is cut short. Export the object again from the PACS.")
    samples = frame.view(np.dtype(f"{order}u{pixels.allocated // 8}"))
    rows, columns = pixels.rows, pixels.columns
    if pixels.subsampled:
        if columns % 2:
            raise PixelsError("Two pixels share their colour here, but the rows have an odd number of pixels.")
        return samples.reshape(rows, columns // 2, 4)
    if pixels.samples == 1:
        return samples.reshape(rows, columns)
    if pixels.planar:
        return np.moveaxis(samples.reshape(pixels.samples, rows, columns), 0, -1)
    return samples.reshape(rows, columns, pixels.samples)


def native_value(image: ImageFile, data: memoryview | bytearray) -> NDArray[np.uint8]:
    """Return a view of native pixel data in the bytes of their data set; see `swap` for where words are swapped."""
    one = image.pixel_data
    assert one is not None
    return np.frombuffer(data, np.uint8, one.end - one.value, one.value)


def swap(value: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return pixel data with the bytes of each word exchanged."""
    return value[: len(value) // 2 * 2].view(np.uint16).byteswap().view(np.uint8)


def swaps(image: ImageFile) -> bool:
    """Tell whether 8-bit samples are written as 16-bit words in big endian (PS3.5 section 8.1.2)."""
    data = image.pixel_data
    big = image.content.encoding.order == ">"
    return big and data is not None and data.vr == "OW" and image.pixels.allocated == 8


def stored_values(raw: Samples, pixels: Pixels) -> Samples:
    """Return the values that the stored bits of native samples tell, without what other bits carry."""
    unused, shift = pixels.allocated - pixels.high_bit - 1, pixels.allocated - pixels.stored
    if not (unused or shift or pixels.signed):
        return raw
    values = raw.astype(np.dtype(f"u{pixels.allocated // 8}")) << unused
    if pixels.signed:
        values = values.view(np.dtype(f"i{pixels.allocated // 8}"))
    return values >> shift


def decode(codestream: bytes, syntax: UID, pixels: Pixels, *, raw: bool) -> Frame:
    """Decode one compressed frame; `raw` leaves its colours as they were compressed, else YBR becomes RGB.

    Raises
    ------
    PixelsError
        There is no decoder, or the frame is damaged.
    """
    try:
        decoder = get_decoder(syntax)
        plugins = decoder.available_plugins
    except NotImplementedError:
        plugins = ()
    if not plugins:
        raise PixelsError(
            "There is no decoder here for the compression of these pixels, so text in them cannot be found. "
            "Export the object uncompressed."
        )
    options: dict[str, Any] = {
        "rows": pixels.rows,
        "columns": pixels.columns,
        "samples_per_pixel": pixels.samples,
        "photometric_interpretation": pixels.photometric,
        "planar_configuration": pixels.planar,
        "bits_allocated": pixels.allocated,
        "bits_stored": pixels.stored,
        "pixel_representation": int(pixels.signed),
        "number_of_frames": 1,
        "pixel_keyword": "PixelData",
    }
    source = encapsulate([codestream])
    # GDCM comes last, as damaged frames can end its process.
    for plugin in sorted(plugins, key="gdcm".__eq__):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                samples, found = decoder.as_array(source, index=0, raw=raw, decoding_plugin=plugin, **options)
        except MemoryError:
            raise
        except Exception:
            continue  # the next decoder may know what this one does not
        kind = "i" if pixels.signed else "u"
        return Frame(
            samples.astype(f"{kind}{pixels.allocated // 8}", copy=False), str(found["photometric_interpretation"])
        )
    raise PixelsError("A compressed frame could not be decoded. Export the object again from the PACS.")


def encode(frame: Frame, syntax: UID, pixels: Pixels) -> bytes | None:
    """Compress one frame without loss; None if that cannot be done in this transfer syntax.

    What comes out has been decoded again and compared.
    """
    try:
        made = _encoded(frame, syntax, pixels)
        again = decode(made, syntax, pixels, raw=True) if made else None
    except MemoryError:
        raise
    except Exception:
        return None
    return made if again is not None and np.array_equal(again.samples, frame.samples) else None


def photometric_of(codestream: bytes, syntax: UID, photometric: str) -> str:
    """Return what a header must call the colours in a frame that `encode` made."""
    if syntax not in _J2K or photometric not in ("RGB", "YBR_RCT", "YBR_ICT"):
        return photometric
    at = codestream.find(_J2K_CODING_STYLE)
    # ITU-T T.800 annex A.6.1: the multiple component transformation is the fifth byte of the segment.
    return "YBR_RCT" if codestream[at + 8] else "RGB"


def _encoded(frame: Frame, syntax: UID, pixels: Pixels) -> bytes | None:
    if syntax in _J2K:
        return _jpeg_2000(frame, pixels)
    if syntax not in _PLUGINS:
        return None
    return bytes(
        get_encoder(syntax).encode(
            np.ascontiguousarray(frame.samples),
            encoding_plugin=_PLUGINS[syntax],
            rows=pixels.rows,
            columns=pixels.columns,
            samples_per_pixel=pixels.samples,
            photometric_interpretation=frame.photometric,
            planar_configuration=0,
            bits_allocated=pixels.allocated,
            bits_stored=pixels.stored,
            pixel_representation=int(pixels.signed),
            number_of_frames=1,
        )
    )


def _jpeg_2000(frame: Frame, pixels: Pixels) -> bytes | None:
    """Compress a frame reversibly; Pillow knows samples of 8 and 16 bits, all of them in use."""
    deepest = 16 if pixels.samples == 1 else 8
    if pixels.signed or pixels.stored != pixels.allocated or pixels.allocated > deepest:
        return None
    out = BytesIO()
    Image.fromarray(np.ascontiguousarray(frame.samples)).save(
        out, "JPEG2000", no_jp2=True, irreversible=False, mct=int(frame.photometric == "RGB")
    )
    made = out.getvalue()
    return made + b"\0" * (len(made) % 2)
