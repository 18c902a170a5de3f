"""Pictures made in a process of their own, because a decoder may end the process that feeds it a damaged frame."""

from dataclasses import dataclass

from eucaim_nb.errors import EucaimError

from ._frame import PreviewError
from ._guard import Guarded, GuardedError
from ._place import Place
from ._preview import as_png, picture

_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Print:
    """A picture as PNG, its description in words, which frame it shows (from 0) and how many there are."""

    png: bytes
    description: str
    frame: int
    frames: int


class Studio:
    """Makes pictures as PNG; a decoder that crashes or hangs costs one picture, not the page."""

    def __init__(self) -> None:
        self._guarded = Guarded()

    def png(self, place: Place, *, frame: int | None = None, size: int = 192) -> Print:
        """Return a picture of one frame, by default the middle one, at most `size` pixels wide and high.

        Raises
        ------
        PreviewError
            There is no picture, or it cannot be decoded; the text says why.
        """
        try:
            return self._guarded.call(_SECONDS, _make, place, frame, size)
        except GuardedError as error:
            raise PreviewError(str(error)) from None

    def close(self) -> None:
        """End the process."""
        self._guarded.close()


def _make(place: Place, frame: int | None, size: int) -> Print:
    try:
        with place.open() as file:
            made = picture(file, frame=frame, size=size)
    except EucaimError as error:
        raise PreviewError(str(error)) from None
    except Exception as error:
        raise PreviewError("The file changed or cannot be read any more. Scan again.") from error
    return Print(as_png(made), made.description, made.frame, made.frames)
