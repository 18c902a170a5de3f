"""How fast bytes may leave this computer, all connections together."""

import time
from collections.abc import Callable
from threading import Lock

from eucaim_nb.jobs import Progress

from ._body import PIECE

_SMALLEST = 4096


class Bucket:
    """A rate that many threads share. Who spends more than is there waits until it would have been.

    Parameters
    ----------
    rate
        Bytes per second.
    clock
        Seconds that only grow.
    """

    def __init__(self, rate: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.rate = rate
        self._clock = clock
        self._lock = Lock()
        self._free_at = clock()

    def spend(self, count: int) -> float:
        """Take so many bytes, and return how many seconds the caller has to wait."""
        with self._lock:
            now = self._clock()
            # What was not used is lost: a pause must not be followed by a burst.
            self._free_at = max(self._free_at, now) + count / self.rate
            return self._free_at - now


class Flow:
    """Watches the bytes of one upload: keeps to a rate, and ends requests when the work shall stop.

    Attributes
    ----------
    piece
        How many bytes may be handed over at once, so that the flow stays even.
    """

    def __init__(self, progress: Progress, bytes_per_second: float = float("inf")) -> None:
        self._progress = progress
        self._bucket = Bucket(bytes_per_second) if bytes_per_second < float("inf") else None
        self.piece = int(min(PIECE, max(_SMALLEST, bytes_per_second / 8)))

    def __call__(self, count: int = 0) -> None:
        """Note that `count` bytes went; wait if they were too many, and raise `Stopped` when a stop was asked for."""
        if self._bucket is not None and count:
            self._progress.stop.wait(self._bucket.spend(count))
        self._progress.check()
