"""Pictures of segments on the images they were drawn on: the outline, three slices each."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from eucaim_nb.dicom import PreviewError, Studio
from eucaim_nb.whole import replacing

from ._measure import slices_to_show
from ._series import Images

SIDE, GAP = 220, 4
SLICES = 3
_OUTLINE = (255, 170, 0)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a row of the picture shows: the selected pixels of shape (planes, rows, columns), and the colour."""

    selected: NDArray[np.bool_]
    colour: tuple[int, int, int] | None


def overlay(segments: Sequence[Shown], images: Images, path: Path, studio: Studio) -> bool:
    """Write a PNG with a row of slices for each segment; False if the images cannot be decoded.

    Raises
    ------
    OSError
        The folder cannot be written.
    """
    sheet = Image.new("RGB", (SLICES * (SIDE + GAP) - GAP, len(segments) * (SIDE + GAP) - GAP))
    try:
        for row, one in enumerate(segments):
            for column, plane in enumerate(slices_to_show(one.selected, SLICES)):
                drawn = _drawn(images, plane, one, studio)
                corner = np.array((column, row)) * (SIDE + GAP) + (SIDE - np.array(drawn.size)) // 2
                sheet.paste(drawn, (int(corner[0]), int(corner[1])))
    except PreviewError:
        return False
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with replacing(path, "wb") as file:
        sheet.save(file, format="PNG", optimize=True)
    return True


def _drawn(images: Images, plane: int, shown: Shown, studio: Studio) -> Image.Image:
    """Return a slice with the outline of a segment on it, in the proportions of the body."""
    found = images.planes[plane]
    made = studio.png(found.place, frame=found.number, size=SIDE).png
    with Image.open(io.BytesIO(made)) as opened:
        slice_ = opened.convert("RGB")
    scale = SIDE / max(slice_.size)
    size = (max(1, round(slice_.width * scale)), max(1, round(slice_.height * scale)))
    mask = Image.fromarray(shown.selected[plane].astype(np.uint8) * 255).resize(size, Image.Resampling.BILINEAR)
    inside = np.pad(np.asarray(mask) > 127, 1)
    core = inside[:-2, 1:-1] & inside[2:, 1:-1] & inside[1:-1, :-2] & inside[1:-1, 2:]
    pixels = np.array(slice_.resize(size, Image.Resampling.BILINEAR))
    pixels[inside[1:-1, 1:-1] & ~core] = shown.colour or _OUTLINE
    return Image.fromarray(pixels)
