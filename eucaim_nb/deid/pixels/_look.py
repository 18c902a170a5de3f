"""Look for text in the frames of one instance, and clean what was found."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from ._blank import check_black, redact
from ._boxes import Box, covered, merged
from ._edges import Edges
from ._find import Reader, Text, find_text, reader
from ._image import ImageFile
from ._marks import marks_may_stay
from ._picture import Frames, Picture
from ._triage import Reason, needs_look

MOST_READ = 48
"""Frames of one instance that the text model reads at most."""
_ALL_READ = 3
_MOST_SCREENED = 600
_ROUNDS = 3
_HIDDEN = 0.9
_STATIC = 6.0


@dataclass(frozen=True, slots=True)
class Look:
    """What a look at the pixels of one instance showed.

    Attributes
    ----------
    reason : Reason or None
        Why it was looked at; None if its header gives no reason, and then nothing was looked at.
    boxes : tuple of Box
        Where text is, in any frame; it is blanked in all frames.
    frames_looked_at, frames : int
        How many frames were searched, and how many there are; 0 if nothing was looked at.
    sure : bool
        Whether what was not found is not there, as far as a text model can tell: one is installed, and all frames
        were searched.
    marks : int
        Orientation letters, scales and units that may stay.
    """

    reason: Reason | None
    boxes: tuple[Box, ...]
    frames_looked_at: int
    frames: int
    sure: bool
    marks: int = 0
    keep_marks: bool = False
    """Whether marks were let stay."""
    telling: tuple[int, ...] = ()
    """Frames, from 0, that showed text where none was known yet: those that a second look must see."""

    @property
    def finding(self) -> str:
        """What a person must know and do; empty if there is nothing."""
        if self.reason is None or self.sure:
            if self.reason is not None and self.reason.rule == "flag" and not self.boxes:
                return (
                    "The file says that text is burned into its picture, but none was found. "
                    "Look at the picture before you share it."
                )
            return ""
        if self.frames_looked_at < self.frames:
            return (
                f"Only {self.frames_looked_at:,} of {self.frames:,} frames were searched for burned-in text. "
                "Look at the others before you share the instance, or leave it out."
            )
        return (
            "No text model is installed, so that text in the picture may have been missed. "
            "Install the extra 'ocr' (pip install 'eucaim-nb[ocr]') and run this again, or look at it yourself."
        )


@dataclass(frozen=True, slots=True)
class Cleaned:
    """An instance whose pixels were cleaned.

    Attributes
    ----------
    data : bytes
        The file.
    boxes : tuple of Box
        All that was blanked, with what only the second look found.
    earned : bool
        Whether BurnedInAnnotation may become NO and the Clean Pixel Data Option (113101) be declared.
    """

    data: bytes
    boxes: tuple[Box, ...]
    earned: bool


def look(data: memoryview, by: Reader | None = None, *, keep_marks: bool | None = None) -> Look:
    """Look for text in an instance, if its header gives a reason to.

    Parameters
    ----------
    data
        The bytes of a DICOM file.
    by
        What finds text; the best that is installed if left out.
    keep_marks
        Whether orientation letters and scales may stay; by modality if left out.

    Raises
    ------
    PixelsError
        The header gives a reason to look, and the pixels cannot be looked at.
    """
    image = ImageFile(data)
    reason = needs_look(image.header)
    if reason is None or image.pixel_data is None:
        return Look(None, (), 0, 0, sure=False)
    by = by or reader()
    keep = marks_may_stay(image.header.get("Modality", "")) if keep_marks is None else keep_marks
    search = _Search(image, by, keep)
    search.run()
    frames = image.pixels.frames
    return Look(
        reason=reason,
        boxes=merged(search.boxes),
        frames_looked_at=len(search.searched),
        frames=frames,
        sure=by.sure and len(search.searched) == frames,
        marks=search.marks,
        keep_marks=keep,
        telling=tuple(search.telling),
    )


def clean(data: memoryview, seen: Look, by: Reader | None = None) -> Cleaned:
    """Blank what a look found, and look again until nothing is left.

    Raises
    ------
    PixelsError
        The pixels cannot be cleaned, or the check of what was made failed.
    """
    by = by or reader()
    boxes, made = seen.boxes, bytes(data)
    if not boxes:
        return Cleaned(made, (), earned=seen.sure and not seen.finding)
    left: tuple[Box, ...] = ()
    for _ in range(_ROUNDS):
        made = redact(data, boxes)
        check_black(data, made, boxes)
        if not by.sure:
            break
        again = _Search(ImageFile(memoryview(made)), by, seen.keep_marks)
        again.read(seen.telling)
        left = tuple(box for box in again.boxes if covered(box, boxes) < _HIDDEN)
        if not left:
            break
        boxes = merged((*boxes, *left))
    else:
        made = redact(data, boxes)
        check_black(data, made, boxes)
    return Cleaned(made, boxes, earned=seen.sure and not left)


class _Search:
    """The search of the frames of one instance: which ones to read, and what was found so far."""

    def __init__(self, image: ImageFile, by: Reader, keep_marks: bool) -> None:
        self._frames, self._by, self._keep = Frames(image), by, keep_marks
        self._count = image.pixels.frames
        self._read: set[int] = set()
        self.searched: set[int] = set()
        self.boxes: tuple[Box, ...] = ()
        self.marks = 0
        self.telling: list[int] = []

    def read(self, frames: Iterable[int]) -> None:
        """Read some frames, and the first, the middle and the last one."""
        for index in sorted({*frames, *self._sample}):
            self._read_frame(index)

    @property
    def _sample(self) -> list[int]:
        return [0, self._count // 2, self._count - 1]

    def run(self) -> None:
        if self._count <= _ALL_READ:
            for index in range(self._count):
                self._read_frame(index)
            return
        pictures = [self._read_frame(index) for index in self._sample]
        if not self._is_static(pictures):
            for index in _spread(self._count, MOST_READ - len(pictures)):
                self._read_frame(index)
        self._screen()

    def _read_frame(self, index: int) -> Picture:
        pictures = self._frames.pictures(index)
        if index not in self._read:
            self._add(find_text(pictures, self._by, keep_marks=self._keep), index)
            self._read.add(index)
            self.searched.add(index)
        return pictures[0]

    def _add(self, text: Text, index: int) -> None:
        if any(covered(box, self.boxes) < _HIDDEN for box in text.boxes):
            self.telling.append(index)
        self.boxes = merged((*self.boxes, *text.boxes))
        self.marks = max(self.marks, text.marks)

    def _is_static(self, pictures: list[Picture]) -> bool:
        """Tell whether all text so far looks the same in all these pictures, and there is some."""
        first = pictures[0].astype(np.int16)
        return bool(self.boxes) and all(
            np.abs(other[box.slices] - first[box.slices]).mean() < _STATIC
            for other in pictures[1:]
            for box in self.boxes
        )

    def _screen(self) -> None:
        """Search the other frames for strokes outside of the text that is known, and read those that have some."""
        strokes = Edges()
        for index in _spread(self._count, _MOST_SCREENED):
            if index in self._read:
                continue
            picture = self._frames.pictures(index)[0]
            new = [box for box in strokes.find(picture) if covered(box, self.boxes) < _HIDDEN]
            if not new:
                self.searched.add(index)
            elif len(self._read) < MOST_READ:
                self._read_frame(index)


def _spread(count: int, most: int) -> list[int]:
    """Return at most `most` frames, evenly spread, the last one with them."""
    if count <= most:
        return list(range(count))
    return sorted({round(index) for index in np.linspace(0, count - 1, most)})
