"""Text burned into pixels, with a 5 by 7 bitmap font."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from ._tables import rows


@cache
def _glyphs() -> dict[str, NDArray[np.bool_]]:
    glyphs = {" ": np.zeros((7, 5), dtype=bool)}
    for row in rows("font"):
        columns = np.array([int(column, 16) for column in row["columns"].split()], dtype=np.uint8)
        glyphs[row["character"]] = (columns[np.newaxis, :] >> np.arange(7)[:, np.newaxis] & 1).astype(bool)
    return glyphs


@dataclass(frozen=True)
class Line:
    """A line of text and the pixel where its top left corner goes."""

    text: str
    x: int
    y: int
    scale: int = 1

    @property
    def box(self) -> list[int]:
        """Pixels that hold the text: x, y, width, height."""
        return [self.x, self.y, 6 * self.scale * len(self.text), 7 * self.scale]


def burn(image: NDArray[np.uint8], line: Line) -> None:
    """Write a line in white on a grey or RGB image, in place."""
    gap = np.zeros((7, 1), dtype=bool)
    # Characters outside the font become spaces, as on an old console.
    letters = [_glyphs().get(letter, _glyphs()[" "]) for letter in line.text.upper()]
    bitmap = np.hstack([part for letter in letters for part in (letter, gap)])
    bitmap = np.kron(bitmap, np.ones((line.scale, line.scale), dtype=bool))
    x, y, width, height = line.box
    image[y : y + height, x : x + width][bitmap] = 255
