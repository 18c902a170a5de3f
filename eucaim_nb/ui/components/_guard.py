"""What every callback goes through: one click does one thing, and an error is shown instead of lost."""

from collections.abc import Callable
from functools import wraps
from threading import Lock, Thread
from time import monotonic
from typing import Any

import ipywidgets as w

from ._messages import lose_no_message
from ._notice import Notice

REST_SECONDS = 0.5
"""A second click so soon after the first has ended was part of a double click."""

Work = Callable[[], object]
Callback = Callable[..., None]


def guard(notice: Notice, *, rest: float = REST_SECONDS) -> Callable[[Work], Callback]:
    """Return a decorator for a callback that does its work at once.

    Parameters
    ----------
    notice
        Where an error is shown.
    rest
        For how many seconds after the work further events are taken for double clicks; 0 where people click fast
        on purpose.
    """

    def decorate(work: Work) -> Callback:
        turn = _Turn(rest)

        @wraps(work)
        def answer(event: Any = None) -> None:
            if turn.take(event):
                _work(work, notice, turn, event)

        return answer

    return decorate


def in_background(notice: Notice) -> Callable[[Work], Callback]:
    """Return a decorator for a callback that takes long: it works in a thread, so that the page goes on answering."""

    def decorate(work: Work) -> Callback:
        turn = _Turn(REST_SECONDS)

        @wraps(work)
        def answer(event: Any = None) -> None:
            if turn.take(event):
                Thread(target=_work, args=(work, notice, turn, event), daemon=True).start()

        return answer

    return decorate


def _work(work: Work, notice: Notice, turn: "_Turn", event: Any) -> None:
    try:
        with notice.reports():
            lose_no_message()
            work()
    finally:
        turn.give_back(event)


class _Turn:
    """Whose turn it is: one event at a time."""

    def __init__(self, rest: float) -> None:
        self.rest = rest
        self.lock = Lock()
        self.ended = -rest

    def take(self, event: Any) -> bool:
        """Begin, unless work is going on or has just ended. The button that was clicked shows that it was heard."""
        if not self.lock.acquire(blocking=False):
            return False
        if monotonic() - self.ended < self.rest:
            self.lock.release()
            return False
        if isinstance(event, w.Button):
            event.disabled = True
        return True

    def give_back(self, event: Any) -> None:
        """End; the button takes clicks again and has the focus that disabling it took away."""
        if isinstance(event, w.Button):
            event.disabled = False
            event.focus()
        self.ended = monotonic()
        self.lock.release()
