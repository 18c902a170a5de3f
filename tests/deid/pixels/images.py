"""Pictures with and without planted text, and DICOM files around them, made from numbers alone."""

import io
from dataclasses import dataclass
from pathlib import Path

import matplotlib
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from pydicom import dcmwrite
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import (
    UID,
    CTImageStorage,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    SecondaryCaptureImageStorage,
    generate_uid,
)

FONTS = Path(matplotlib.get_data_path()) / "fonts" / "ttf"

LINES = (
    "GARCIA LOPEZ^MARIA",
    "DOB 12.03.1954",
    "ID 00482911",
    "Müller, Jürgen *04.11.1961",
    "Παπαδόπουλος Γ.",
    "Hospital La Fe  14:32:07",
    "ACC 2023-118-4471",
    "Dr. K. Nowak",
    "NHC 7781203",
    "f 63 y 1958-07-30",
    "Iwona Kowalczyk",
    "de Vries, J.",
)


@dataclass(frozen=True)
class Planted:
    """A line of text in a picture: its rectangle (top, left, bottom, right) and how many frames show it."""

    text: str
    box: tuple[int, int, int, int]


def anatomy(rows: int, columns: int, seed: int) -> NDArray[np.float64]:
    """Return a body-like picture of values 0 to 1: smooth organs, an outline, and noise."""
    make = np.random.default_rng(seed)
    y, x = np.mgrid[0:rows, 0:columns]
    out = np.zeros((rows, columns))
    cy, cx = rows / 2, columns / 2
    body = ((y - cy) / (0.36 * rows)) ** 2 + ((x - cx) / (0.4 * columns)) ** 2
    out[body < 1] = 0.45
    out[(body < 1) & (body > 0.93)] = 0.6
    for _ in range(9):
        oy, ox = make.uniform(0.3, 0.7) * rows, make.uniform(0.25, 0.75) * columns
        ry, rx = make.uniform(0.02, 0.12, 2) * min(rows, columns)
        organ = ((y - oy) / ry) ** 2 + ((x - ox) / rx) ** 2
        out[(organ < 1) & (body < 0.9)] = make.uniform(0.2, 0.95)
    return np.clip(out + make.normal(0, 0.025, out.shape) * (body < 1.0), 0, 1)


def speckle(rows: int, columns: int, seed: int) -> NDArray[np.float64]:
    """Return an ultrasound-like sector of values 0 to 1 on black."""
    make = np.random.default_rng(seed)
    y, x = np.mgrid[0:rows, 0:columns]
    r = np.hypot(y - 0.05 * rows, x - columns / 2)
    angle = np.abs(np.arctan2(x - columns / 2, y - 0.05 * rows + 1e-9))
    inside = (angle < 0.65) & (r < 0.85 * rows) & (r > 0.08 * rows)
    smooth = make.rayleigh(0.2, (rows // 2 + 1, columns // 2 + 1)).repeat(2, 0).repeat(2, 1)[:rows, :columns]
    return np.clip(smooth * inside * (1.1 - r / rows), 0, 1)


def plant(
    picture: Image.Image, line: str, at: tuple[int, int], size: int, ink: object, font: str = "DejaVuSans.ttf"
) -> Planted:
    """Draw a line of text at (left, top) and return where its pixels are."""
    face = ImageFont.truetype(str(FONTS / font), size)
    draw = ImageDraw.Draw(picture)
    draw.text(at, line, fill=ink, font=face)
    left, top, right, bottom = draw.textbbox(at, line, font=face)
    return Planted(line, (int(top), int(left), int(bottom) + 1, int(right) + 1))


def file_of(
    samples: NDArray[np.generic],
    photometric: str,
    syntax: UID = ExplicitVRLittleEndian,
    *,
    frames: int = 1,
    planar: int = 0,
    bits_stored: int = 0,
    encoded: list[bytes] | None = None,
    **header: object,
) -> bytes:
    """Return a DICOM file of samples shaped ([frames,] rows, columns[, samples]).

    With `encoded`, its frames are those compressed ones.
    """
    shape = samples.shape[1:] if frames > 1 else samples.shape
    colour = len(shape) == 3
    one = Dataset()
    one.SOPClassUID = SecondaryCaptureImageStorage if colour else CTImageStorage
    one.SOPInstanceUID = generate_uid(entropy_srcs=[str(header), photometric, str(samples.shape)])
    one.PatientID, one.PatientName, one.Modality = "P1", "Doe^Jane", "OT"
    one.StudyInstanceUID, one.SeriesInstanceUID = "1.2.3", "1.2.3.4"
    one.Rows, one.Columns = shape[:2]
    one.SamplesPerPixel = shape[2] if colour else 1
    one.PhotometricInterpretation = photometric
    if colour:
        one.PlanarConfiguration = planar
    one.BitsAllocated = samples.dtype.itemsize * 8
    one.BitsStored = bits_stored or one.BitsAllocated
    one.HighBit = one.BitsStored - 1
    one.PixelRepresentation = int(samples.dtype.kind == "i")
    if frames > 1:
        one.NumberOfFrames = frames
    for keyword, value in header.items():
        setattr(one, keyword, value)
    if encoded is not None:
        one.PixelData = encapsulate(encoded)
        one["PixelData"].VR = "OB"
        one["PixelData"].is_undefined_length = True
    else:
        if colour and planar:
            samples = np.moveaxis(samples, -1, -3)
        order = ">" if syntax == ExplicitVRBigEndian else "<"
        raw = samples.astype(samples.dtype.newbyteorder(order)).tobytes()
        one.PixelData = raw + b"\0" * (len(raw) % 2)
        one["PixelData"].VR = "OW" if one.BitsAllocated > 8 else "OB"
    one.file_meta = FileMetaDataset()
    one.file_meta.TransferSyntaxUID = syntax
    one.file_meta.MediaStorageSOPClassUID = one.SOPClassUID
    one.file_meta.MediaStorageSOPInstanceUID = one.SOPInstanceUID
    out = io.BytesIO()
    dcmwrite(
        out,
        one,
        implicit_vr=syntax == ImplicitVRLittleEndian,
        little_endian=syntax != ExplicitVRBigEndian,
        enforce_file_format=True,
    )
    return out.getvalue()
