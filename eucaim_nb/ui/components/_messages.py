"""What the kernel says to the page: nothing of it is lost when many widgets come and go at once."""

from typing import Any

_MOST_WAITING = 20_000
"""Messages; a page of fifty fields with what belongs to them takes about two thousand."""


def lose_no_message() -> None:
    """Let messages wait for a server that is busy.

    By itself a kernel drops what goes beyond a thousand, without a word: a button that was clicked stays dead, and a
    text is not the one that holds. Does nothing where there is no kernel.
    """
    from IPython import get_ipython

    sender: Any = getattr(getattr(get_ipython(), "kernel", None), "iopub_thread", None)
    if sender is not None:
        # A socket may be touched by the thread that sends on it only.
        sender.schedule(lambda: setattr(sender.socket, "sndhwm", _MOST_WAITING))
