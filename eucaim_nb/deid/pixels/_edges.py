"""Text-like places without a text model: many sharp strokes of one ink close together.

Good enough to say where to look. It misses faint and smooth letters, so that it can never tell that a picture is clean.
"""

import numpy as np
from numpy.typing import NDArray

from ._boxes import Box, regions
from ._picture import Picture

_STEP = 40
_WINDOW = (9, 25)
_LEAST_STROKES = 14
_HEIGHTS = (5, 90)
_LEAST_ASPECT = 1.2
_LEAST_INK = 0.4
_SAME = 16


class Edges:
    """A `Reader` for when the extra `ocr` is not installed: it flags, and it cannot read."""

    sure = False

    def find(self, picture: Picture) -> list[Box]:
        """Return where text may be."""
        grey = picture.max(axis=2).astype(np.int16)
        across = np.diff(grey, axis=1, prepend=grey[:, :1])
        dense = (_around(across > _STEP) >= _LEAST_STROKES) & (_around(across < -_STEP) >= _LEAST_STROKES)
        found = []
        for region in regions(dense):
            box = region.box
            if not _HEIGHTS[0] <= box.height <= _HEIGHTS[1] or box.width < _LEAST_ASPECT * box.height:
                continue
            if max(_ink(grey[box.slices]), _ink(-grey[box.slices])) >= _LEAST_INK:
                found.append(box)
        return found

    def read(self, picture: Picture, box: Box) -> tuple[str, float]:
        """Return nothing: it cannot read."""
        return "", 0.0


def _around(mask: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Return how many set pixels the window around each pixel holds."""
    height, width = _WINDOW
    padded = np.pad(mask, ((height // 2 + 1, height // 2), (width // 2 + 1, width // 2)))
    sums = padded.cumsum(axis=0, dtype=np.int32).cumsum(axis=1, dtype=np.int32)
    counts: NDArray[np.int32] = (
        sums[height:, width:] - sums[:-height, width:] - sums[height:, :-width] + sums[:-height, :-width]
    )
    return counts


def _ink(grey: NDArray[np.int16]) -> float:
    """Return the share of the brighter pixels that have nearly one value."""
    dark, bright = np.percentile(grey, (2, 98))
    if bright - dark <= _STEP:
        return 0.0
    brighter = grey[grey > (dark + bright) / 2]
    return float((np.abs(brighter - bright) <= _SAME).mean())
