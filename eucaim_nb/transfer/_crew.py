"""Errands done by a few threads, as many at once as there are connections."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TypeAlias

from eucaim_nb.jobs import Progress

Errand: TypeAlias = Callable[[], "Iterable[Errand]"]
"""Something to do, which returns what is to be done after it."""


def do_all(errands: Iterator[Errand], threads: int, progress: Progress) -> None:
    """Do errands and what follows from them; the first error ends the others at their next safe point.

    Parameters
    ----------
    errands
        Taken when there is a thread for them soon, so that few are in memory.
    """
    following: deque[Errand] = deque()
    under_way: set[Future[Iterable[Errand]]] = set()
    with ThreadPoolExecutor(threads, thread_name_prefix="transfer") as pool:
        try:
            while True:
                while len(under_way) < 2 * threads:
                    errand = following.popleft() if following else next(errands, None)
                    if errand is None:
                        break
                    under_way.add(pool.submit(errand))
                if not under_way:
                    return
                done, under_way = wait(under_way, return_when=FIRST_COMPLETED)
                for future in done:
                    following.extend(future.result())
        except BaseException:
            progress.stop.set()
            pool.shutdown(wait=True, cancel_futures=True)
            raise
