"""Where text is in a picture: what a reader proposes, with what is no text left out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from ._boxes import Box, merged
from ._edges import Edges
from ._marks import is_mark
from ._model import text_model
from ._picture import Picture, raised

_SURE, _VERY_SURE = 0.5, 0.9
_LINE_LIKE = 2.5
_TALL = 1.5
_SMALL, _LARGE, _HUGE = 5, 48, 80
_SHARE = 0.1
"""Of the shorter side of a picture, what a line that cannot be read is high at most."""
_MARGIN, _ENDS = 0.2, 0.6
_ONE_LETTER = 1.8


class Reader(Protocol):
    """What finds text in pictures."""

    @property
    def sure(self) -> bool:
        """Whether a picture in which it finds nothing may be called free of text."""

    def find(self, picture: Picture) -> list[Box]:
        """Return rectangles that may hold a line of text each."""

    def read(self, picture: Picture, box: Box) -> tuple[str, float]:
        """Return what a line says, and how sure that is from 0 to 1; nothing if it cannot tell."""


@dataclass(frozen=True, slots=True)
class Text:
    """The text of one frame: where it is to be blanked, and how many marks may stay."""

    boxes: tuple[Box, ...]
    marks: int


def reader() -> Reader:
    """Return the best reader that is installed here."""
    return text_model() or Edges()


def find_text(pictures: Sequence[Picture], by: Reader, *, keep_marks: bool = False) -> Text:
    """Find the text in the pictures of one frame.

    Parameters
    ----------
    keep_marks
        Let orientation letters, scales and their units stay.
    """
    found, marks = [], []
    # What cannot read takes noise for strokes in every picture but the plain one.
    shown = [*((one, False) for one in pictures), (raised(pictures[0]), True)] if by.sure else [(pictures[0], False)]
    for picture, faint in shown:
        rows, columns = picture.shape[:2]
        large = min(_LARGE, round(_SHARE * min(rows, columns)))
        for box in by.find(picture):
            says, sureness = _says(picture, box, by) if by.sure else ("", 0.0)
            if by.sure and not _is_text(box, says, sureness, large=large, faint=faint):
                continue
            if keep_marks and sureness >= _SURE and is_mark(says):
                marks.append(box)
            else:
                found.append(_with_margin(box).within(rows, columns))
    boxes = merged(found)
    return Text(boxes, sum(not any(mark.shared(box) for box in boxes) for mark in merged(marks)))


def _with_margin(box: Box) -> Box:
    """Return a line with room around it, most at its ends, where a detector loses letters."""
    around, ends = round(_MARGIN * min(box.height, box.width)) + 1, round(_ENDS * min(box.height, box.width))
    return box.grown(around, ends) if box.width >= box.height else box.grown(ends, around)


def _says(picture: Picture, box: Box, by: Reader) -> tuple[str, float]:
    """Return what a line says; of one that runs upwards or downwards, read that way."""
    best = by.read(picture, box)
    if box.height < _TALL * box.width:
        return best
    part = picture[box.slices]
    for turns in (1, 3):
        turned = np.ascontiguousarray(np.rot90(part, turns))
        best = max(best, by.read(turned, Box(0, 0, *turned.shape[:2])), key=lambda one: one[1])
    return best


def _is_text(box: Box, says: str, sureness: float, *, large: int, faint: bool) -> bool:
    """Tell letters from the outline of an organ, which a detector also takes for a large one.

    Of faint contrasts, only what can be read is text.
    """
    short, long = sorted((box.height, box.width))
    letters = sum(letter.isalnum() for letter in says)
    if short > _HUGE:
        return letters >= 3 and sureness >= _VERY_SURE
    if letters >= 3 and sureness >= _SURE:
        return True
    # A round thing reads as an "o" that nobody wrote.
    if letters and sureness >= _VERY_SURE:
        return letters == 2 or (not faint and short <= _LARGE and long <= _ONE_LETTER * short)
    # A script or an ink that cannot be read is hidden all the same if it has the shape of a line.
    return not faint and long >= _LINE_LIKE * short and _SMALL <= short <= large
