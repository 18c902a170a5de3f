"""A preview of a picture: where text would be made black, drawn on one frame of the original, in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from typing import IO

import numpy as np
from PIL import Image, ImageDraw

from eucaim_nb.dicom import Picture, PreviewError, as_png, picture

from ._burned_in import NotClean, without_text
from .pixels import Box, ImageFile, PixelsError, needs_look

_SIZE = 512
_COLOUR = (255, 176, 0)
_NOT_SEARCHED = "Nothing in the header gives a reason to look for text in this picture, so that it is not searched."
_NO_TEXT = "The picture was searched for text, and none was found."


@dataclass(frozen=True, slots=True)
class PicturePreview:
    """The picture of one instance as it is, framed where text would be made black: show, never keep.

    `png` is None where there is no picture to show; then `description` says why. `words` say what would be done, and
    `set_aside` that the instance would be set aside for its picture.
    """

    png: bytes | None
    description: str
    words: str
    boxes: Sequence[Box] = ()
    set_aside: bool = False


def preview_picture(file: IO[bytes]) -> PicturePreview:
    """Return the picture of one instance with what would be made black in it. A long clip may take a minute.

    Parameters
    ----------
    file
        The instance, as an open file.
    """
    data = memoryview(file.read())
    boxes, words, aside = _searched(data)
    try:
        shown = picture(BytesIO(data), size=_SIZE)
    except PreviewError as why:
        return PicturePreview(None, str(why), words, boxes, aside)
    if boxes:
        shown = _framed(shown, ImageFile(data), boxes)
    return PicturePreview(as_png(shown), shown.description, words, boxes, aside)


def _searched(data: memoryview) -> tuple[Sequence[Box], str, bool]:
    """Return what would be made black, what a person should know, and whether the instance would be set aside."""
    try:
        reason = needs_look(ImageFile(data).header)
        if reason is None:
            return (), _NOT_SEARCHED, False
        seen = without_text(data, reason)
    except NotClean as why:
        return (), str(why), True
    except PixelsError as why:
        return (), str(why), False
    if not seen.blanked:
        return (), seen.note or _NO_TEXT, False
    n = len(seen.blanked)
    places = "The framed place" if n == 1 else f"The {n:,} framed places"
    return seen.blanked, f"{places} would be made black in all frames. {seen.note}".rstrip(), False


def _framed(shown: Picture, image: ImageFile, boxes: Sequence[Box]) -> Picture:
    """Return a picture with frames around places of the stored picture, which may be larger."""
    drawn = Image.fromarray(shown.pixels).convert("RGB")
    down, across = drawn.height / image.pixels.rows, drawn.width / image.pixels.columns
    pen = ImageDraw.Draw(drawn)
    for box in boxes:
        corners = (box.left * across, box.top * down, box.right * across - 1, box.bottom * down - 1)
        pen.rectangle(corners, outline=_COLOUR, width=2)
    return replace(shown, pixels=np.asarray(drawn))
