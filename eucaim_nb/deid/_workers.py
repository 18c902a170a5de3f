"""Where the work is done: in this process, or in several on this computer."""

import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from multiprocessing import connection, get_context, parent_process
from typing import Any, ParamSpec, TypeVar

_MOST = 8
_WORTH_IT = 200
"""Files from which on it pays to start further processes."""

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")


def number_of_workers(asked: int | None, files: int) -> int:
    """Return in how many processes to work."""
    if asked is not None:
        return max(1, asked)
    return 1 if files < _WORTH_IT else max(1, min(_MOST, _processors()))


def executor(workers: int) -> Executor:
    """Return an executor of so many processes; one means this process."""
    if workers == 1:
        return _Here()
    return ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_follow_parent)


class _Here(Executor):
    """Does everything at once in this process."""

    def submit(
        self, fn: Callable[_Arguments, _Result], /, *args: _Arguments.args, **kwargs: _Arguments.kwargs
    ) -> Future[_Result]:
        """Call a function and return its outcome."""
        future: Future[_Result] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


def _follow_parent() -> None:
    """Leave stopping to the parent, but do not outlive it: a killed parent cannot tell its workers to end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()
    assert parent is not None
    threading.Thread(target=_end_after, args=(parent.sentinel,), daemon=True).start()


def _end_after(sentinel: Any) -> None:
    connection.wait([sentinel])
    os._exit(1)


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
