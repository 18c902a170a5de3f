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
    seen: dict[int, Image.Image] = {}
    sheet = Image.new("RGB", (SLICES * (SIDE + GAP) - GAP, len(segments) * (SIDE + GAP) - GAP))
    try:
        for row, one in enumerate(segments):
            for column, plane in enumerate(slices_to_show(one.selected, SLICES)):
                if plane not in seen:
                    seen[plane] = _slice(images, plane, studio)
                drawn = _outlined(seen[plane], one.selected[plane], one.colour or _OUTLINE)
                corner = np.array((column, row)) * (SIDE + GAP) + (SIDE - np.array(drawn.size)) // 2
                sheet.paste(drawn, (int(corner[0]), int(corner[1])))
    except PreviewError:
        return False
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with replacing(path, "wb") as file:
        sheet.save(file, format="PNG", optimize=True)
    return True


def _slice(images: Images, plane: int, studio: Studio) -> Image.Image:
    """Return a slice in the proportions of the body."""
    found = images.planes[plane]
    with Image.open(io.BytesIO(studio.png(found.place, frame=found.number, size=SIDE).png)) as opened:
        drawn = opened.convert("RGB")
    scale = SIDE / max(drawn.size)
    size = (max(1, round(drawn.width * scale)), max(1, round(drawn.height * scale)))
    return drawn.resize(size, Image.Resampling.BILINEAR)


def _outlined(drawn: Image.Image, selected: NDArray[np.bool_], colour: tuple[int, int, int]) -> Image.Image:
    """Return a slice with the outline of the selected pixels on it."""
    mask = Image.fromarray(selected.astype(np.uint8) * 255).resize(drawn.size, Image.Resampling.BILINEAR)
    inside = np.pad(np.asarray(mask) > 127, 1)
    core = inside[:-2, 1:-1] & inside[2:, 1:-1] & inside[1:-1, :-2] & inside[1:-1, 2:]
    pixels = np.array(drawn)
    pixels[inside[1:-1, 1:-1] & ~core] = colour
    return Image.fromarray(pixels)
