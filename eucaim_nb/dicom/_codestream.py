"""The compressed bytes of one frame, as JPEG, JPEG-LS or JPEG 2000 write them."""

from struct import unpack_from

import gdcm
import numpy as np
from numpy.typing import NDArray
from pydicom.uid import JPEGExtended12Bit

_NOT_FRAMES = {0xC4, 0xC8, 0xCC}  # tables and extensions among the frame headers C0 to CF
_JPEG_LS_FRAME = 0xF7
_JPEG_2000 = b"\xff\x4f\xff\x51"


def size_of(frame: bytes) -> tuple[int, int] | None:
    """Return the rows and columns that a compressed frame says it has, None if it does not.

    Decoders allocate what this says, not what the DICOM header says, and some end the process if they cannot.
    """
    # Some writers keep the boxes of a JP2 file around the code stream.
    start = frame.find(_JPEG_2000, 0, 64 * 1024)
    if start >= 0 and len(frame) >= start + 24:
        right, bottom, left, top = unpack_from(">4I", frame, start + 8)
        return bottom - top, right - left
    position = 2
    while frame[:2] == b"\xff\xd8" and position + 9 <= len(frame) and frame[position] == 0xFF:
        marker, length = unpack_from(">xBH", frame, position)
        if marker == 0xFF:
            position += 1
        elif marker == _JPEG_LS_FRAME or (0xC0 <= marker <= 0xCF and marker not in _NOT_FRAMES):
            rows, columns = unpack_from(">2H", frame, position + 5)
            return rows, columns
        else:
            position += 2 + length
    return None


def is_cut(frame: bytes) -> bool:
    """Tell whether a JPEG or JPEG-LS frame misses its end; CharLS would look for it for ever."""
    # Padding may follow the end marker.
    return frame[:2] == b"\xff\xd8" and b"\xff\xd9" not in frame[-16:]


def decode_twelve_bits(frame: bytes, rows: int, columns: int) -> NDArray[np.uint16]:
    """Return the samples of a grey 12-bit JPEG, which GDCM can decode although pydicom does not ask it to.

    Returns
    -------
    uint16 array of shape (rows, columns)
    """
    fragment = gdcm.Fragment()
    fragment.SetByteStringValue(frame)
    fragments = gdcm.SequenceOfFragments.New()
    fragments.AddFragment(fragment)
    element = gdcm.DataElement(gdcm.Tag(0x7FE0, 0x0010))
    element.SetValue(fragments.__ref__())
    image = gdcm.Image()
    image.SetNumberOfDimensions(2)
    image.SetDimensions((columns, rows, 1))
    image.SetDataElement(element)
    image.SetTransferSyntax(gdcm.TransferSyntax(gdcm.TransferSyntax.GetTSType(str(JPEGExtended12Bit))))
    grey = gdcm.PhotometricInterpretation.GetPIType("MONOCHROME2")
    image.SetPhotometricInterpretation(gdcm.PhotometricInterpretation(grey))
    image.SetPixelFormat(gdcm.PixelFormat(1, 16, 12, 11, 0))
    # GDCM hands over bytes as text.
    decoded = image.GetBuffer().encode("utf-8", "surrogateescape")
    return np.frombuffer(decoded, "<u2").reshape(rows, columns)
