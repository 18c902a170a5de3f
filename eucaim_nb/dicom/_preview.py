"""Small pictures of what is in an instance, good enough to recognise a body part, an artefact or burned-in text."""

import io
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydicom.pixels.processing import apply_color_lut, apply_modality_lut, apply_voi

from ._content import ElementsError, Source, opened
from ._frame import Frame, PreviewError, read_frame
from ._quiet import quiet_pydicom

_MOST_INFLATED = 256 * 1024**2

# PS3.3 section C.7.3.1.1.1. Any other text in Modality is not repeated: it could be anything.
_MODALITIES = frozenset(
    """
    AR BDUS BI BMD CFM CR CT DG DMS DX ES GM HC IO IVOCT IVUS KER LEN LS MA MG MR NM OAM OCT OP OPM OPT OPTBSV
    OPTENF OPV OSS OT PA PT PX RF RG RTDOSE RTIMAGE SEG SM SMR ST TG US VA XA XC
    """.split()  # noqa: SIM905 - a list would take a line for each
)


@dataclass(frozen=True, slots=True)
class Picture:
    """One frame, ready to show.

    Attributes
    ----------
    pixels : uint8 array of shape (rows, columns), or (rows, columns, 3) for RGB
        With square pixels; 0 is black.
    frames : int
        How many frames the instance has.
    frame : int
        Which one this is, from 0.
    window : tuple of float or None
        Centre and width that were used, in the units of the rescaled values; None for colour and lookup tables.
    description : str
        The picture in words, without patient values. The size in it is columns x rows of the stored frame.
    """

    pixels: NDArray[np.uint8]
    frames: int
    frame: int
    window: tuple[float, float] | None
    description: str


def picture(
    source: Source, *, frame: int | None = None, size: int = 192, window: tuple[float, float] | None = None
) -> Picture:
    """Decode one frame and make a small picture of it.

    Parameters
    ----------
    source : path or seekable binary stream
    frame : int, optional
        Which frame, from 0; the middle one by default. Only this frame is decoded.
    size : int
        Most pixels on the longer side. Larger frames are averaged down, smaller ones stay as they are.
    window : tuple of float, optional
        Centre and width in the units of the rescaled values, for CT in HU. By default the first window of the
        header, else its VOI lookup table, else the 1st to 99th percentile of this frame.

    Raises
    ------
    PreviewError
        There is no picture, or it cannot be decoded. The text holds neither a value nor the path.
    """
    try:
        with quiet_pydicom(), opened(source, _MOST_INFLATED) as content:
            return _picture(read_frame(content, frame), max(size, 1), window)
    except PreviewError:
        raise
    except ElementsError as error:
        raise PreviewError(str(error)) from None
    except MemoryError:
        raise PreviewError("The picture needs more memory than is available.") from None
    except RecursionError:
        raise PreviewError("The object has sequences nested too deep to be read.") from None
    except OSError as error:
        raise PreviewError(f"The file cannot be read: {error.strerror or 'unknown reason'}.") from None
    except Exception:
        raise PreviewError(
            "The picture cannot be shown: what the object says about it makes no sense."
        ) from None


def as_png(shown: Picture) -> bytes:
    """Return the picture as a PNG file that holds nothing but its pixels."""
    file = io.BytesIO()
    Image.fromarray(shown.pixels).save(file, "PNG")
    return file.getvalue()


def _picture(frame: Frame, size: int, window: tuple[float, float] | None) -> Picture:
    used: tuple[float, float] | None = None
    if frame.photometric in ("MONOCHROME1", "MONOCHROME2"):
        grey, used = _grey(frame, size, window)
        pixels = 255 - grey if frame.photometric == "MONOCHROME1" else grey
    elif frame.photometric == "PALETTE COLOR":
        colours = apply_color_lut(frame.samples, frame.header)[..., :3]
        # Some tables have 16-bit entries that use only 8 of them.
        pixels = _shrunk(frame, colours, size) / (257 if colours.max(initial=0) > 255 else 1)
    elif frame.photometric == "RGB" and frame.samples.ndim == 3:
        most = 2 ** int(frame.header.get("BitsStored") or 8) - 1
        pixels = _shrunk(frame, frame.samples, size) * (255 / most)
    else:
        raise PreviewError("The picture is in a colour space that cannot be shown here.")
    shown = np.clip(np.rint(pixels), 0, 255).astype(np.uint8)
    return Picture(shown, frame.count, frame.index, used, _described(frame, used))


def _grey(
    frame: Frame, size: int, window: tuple[float, float] | None
) -> tuple[NDArray[np.float64], tuple[float, float] | None]:
    """Return the frame in shades from 0 to 255, and the window that made them (PS3.3 section C.11.2)."""
    values, header = frame.samples, frame.header
    slope, intercept = _rescale(frame)
    if header.get("ModalityLUTSequence"):
        values = apply_modality_lut(values, header)
        slope, intercept = 1.0, 0.0
    function = "LINEAR_EXACT"
    if window is None:
        window = _window(frame)
        function = str(frame.value("VOILUTFunction", "FrameVOILUTSequence") or "LINEAR")
    if window is None and header.get("VOILUTSequence"):
        table = header.VOILUTSequence[0]
        looked_up = apply_voi(np.rint(values * slope + intercept).astype(np.int32), header)
        return _shrunk(frame, looked_up, size) * (255 / (2 ** int(table.LUTDescriptor[2]) - 1)), None
    small = _shrunk(frame, values, size) * slope + intercept
    if window is None:
        padding = frame.number("PixelPaddingValue")
        window = _percentiles(small, None if padding is None else padding * slope + intercept)
        function = "LINEAR_EXACT"
    centre, width = window
    if not width > 0:
        raise PreviewError("The width of a window must be greater than 0.")
    return _windowed(np.nan_to_num(small), centre, width, function), window


def _rescale(frame: Frame) -> tuple[float, float]:
    """Return slope and intercept from stored values to those of the modality: HU for CT, gray for dose."""
    group = "PixelValueTransformationSequence"
    dose = frame.number("DoseGridScaling")
    slope = frame.number("RescaleSlope", group) or dose or 1.0
    return slope, frame.number("RescaleIntercept", group) or 0.0


def _window(frame: Frame) -> tuple[float, float] | None:
    centre = frame.number("WindowCenter", "FrameVOILUTSequence")
    width = frame.number("WindowWidth", "FrameVOILUTSequence")
    return None if centre is None or width is None or width <= 0 else (centre, width)


def _percentiles(values: NDArray[np.float64], padding: float | None) -> tuple[float, float]:
    known = values[np.isfinite(values) & (values != padding)]
    if not known.size:
        return 0.5, 1.0
    low, high = (float(value) for value in np.percentile(known, (1, 99)))
    if high <= low:
        # A small lesion in a segmentation is less than 1 % of the frame.
        low, high = float(known.min()), float(known.max())
    return ((low + high) / 2, high - low) if high > low else (low, 1.0)


def _windowed(values: NDArray[np.float64], centre: float, width: float, function: str) -> NDArray[np.float64]:
    if function == "SIGMOID":
        return 255 / (1 + np.exp(np.clip(-4 * (values - centre) / width, -50, 50)))
    if function == "LINEAR" and width > 1:
        centre, width = centre - 0.5, width - 1
    return 255 * np.clip((values - centre) / width + 0.5, 0, 1)


def _shrunk(frame: Frame, values: NDArray[Any], size: int) -> NDArray[np.float64]:
    """Average down to square pixels, at most `size` on the longer side."""
    rows, columns = values.shape[:2]
    down, across = _spacing(frame)
    height, width = rows * down / max(down, across), columns * across / max(down, across)
    scale = min(1.0, size / max(height, width))
    fewer = _averaged(values, max(1, round(height * scale)))
    return _averaged(fewer.swapaxes(0, 1), max(1, round(width * scale))).swapaxes(0, 1)


def _averaged(values: NDArray[Any], count: int) -> NDArray[np.float64]:
    """Return `count` averages over equal parts of the first axis; a value on a border is divided by its share."""
    if count == len(values):
        return values.astype(np.float64)
    borders = np.linspace(0, len(values), count + 1)
    whole = borders.astype(np.intp)
    share = (borders - whole).reshape(-1, *[1] * (values.ndim - 1))
    sums = np.add.reduceat(values, whole[:-1], axis=0, dtype=np.float64)
    over = share * values[np.minimum(whole, len(values) - 1)]
    averages: NDArray[np.float64] = (sums - over[:-1] + over[1:]) * (count / len(values))
    return averages


def _spacing(frame: Frame) -> tuple[float, float]:
    """Return the height and width of a pixel, in any one unit."""
    for keyword in ("PixelSpacing", "ImagerPixelSpacing", "PixelAspectRatio"):
        spacing = frame.numbers(keyword, "PixelMeasuresSequence")
        # A ratio beyond 20 is a slip, and would leave a line instead of a picture.
        if len(spacing) == 2 and min(spacing) > 0 and max(spacing) <= 20 * min(spacing):
            return spacing[0], spacing[1]
    return 1.0, 1.0


def _described(frame: Frame, window: tuple[float, float] | None) -> str:
    modality = str(frame.header.get("Modality") or "")
    rows, columns = frame.samples.shape[:2]
    parts = [modality if modality in _MODALITIES else "Image", f"{columns} x {rows}"]
    if frame.count > 1:
        parts.append(f"frame {frame.index + 1:,} of {frame.count:,}")
    if window is not None:
        parts.append(f"window centre {window[0]:g} width {window[1]:g}")
    return ", ".join(parts)
