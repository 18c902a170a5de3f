"""Pictures made in a process of their own, because a decoder may end the process that feeds it a damaged frame."""

import signal
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context

from eucaim_nb.errors import EucaimError

from ._frame import PreviewError
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
        self._pool: ProcessPoolExecutor | None = None

    def png(self, place: Place, *, frame: int | None = None, size: int = 192) -> Print:
        """Return a picture of one frame, by default the middle one, at most `size` pixels wide and high.

        Raises
        ------
        PreviewError
            There is no picture, or it cannot be decoded; the text says why.
        """
        if self._pool is None:
            self._pool = ProcessPoolExecutor(1, get_context("spawn"), initializer=_ignore_interrupts)
        try:
            return self._pool.submit(_make, place, frame, size).result(_SECONDS)
        except BrokenProcessPool:
            self.close()
            raise PreviewError("This picture could not be decoded: its pixel data is damaged.") from None
        except TimeoutError:
            self.close()
            raise PreviewError("This picture took too long to decode and was given up.") from None

    def close(self) -> None:
        """End the process."""
        pool, self._pool = self._pool, None
        if pool is not None:
            for process in list(pool._processes.values()):
                process.kill()
            pool.shutdown(wait=False, cancel_futures=True)


def _ignore_interrupts() -> None:
    # An interrupt is meant for the page, which ends this process when it ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _make(place: Place, frame: int | None, size: int) -> Print:
    try:
        with place.open() as file:
            made = picture(file, frame=frame, size=size)
    except EucaimError as error:
        raise PreviewError(str(error)) from None
    except Exception as error:
        raise PreviewError("The file changed or cannot be read any more. Scan again.") from error
    return Print(as_png(made), made.description, made.frame, made.frames)
