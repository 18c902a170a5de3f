"""Work in a process of its own, because a native decoder may end the process that feeds it a damaged frame."""

import signal
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import ParamSpec, TypeVar

from eucaim_nb.errors import EucaimError

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")


class GuardedError(EucaimError):
    """The work ended its process, or took too long; the text says which."""


class Guarded:
    """Calls functions in one other process; if that crashes or hangs, the next call has a new one."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None

    def call(
        self,
        seconds: float,
        work: Callable[_Arguments, _Result],
        *args: _Arguments.args,
        **kwargs: _Arguments.kwargs,
    ) -> _Result:
        """Return what a function of a module returns for plain values, within so many seconds.

        Raises
        ------
        GuardedError
            It crashed, or took longer than it may. What the function raises comes through as it is.
        """
        if self._pool is None:
            self._pool = ProcessPoolExecutor(1, get_context("spawn"), initializer=_ignore_interrupts)
        try:
            return self._pool.submit(work, *args, **kwargs).result(seconds)
        except BrokenProcessPool:
            self.close()
            raise GuardedError("This picture could not be decoded: its pixel data is damaged.") from None
        except TimeoutError:
            self.close()
            raise GuardedError("This picture took too long to decode and was given up.") from None

    def close(self) -> None:
        """End the process."""
        pool, self._pool = self._pool, None
        if pool is not None:
            for process in list(pool._processes.values()):
                process.kill()
            pool.shutdown(wait=False, cancel_futures=True)


def _ignore_interrupts() -> None:
    # An interrupt is meant for the program, which ends this process when it ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
