"""What the kernel says to the page: nothing of it is lost when many widgets come and go at once."""

from typing import Any

_MOST_WAITING = 20_000
"""Messages; one click on a page of twelve fields with what belongs to them says about twelve hundred."""


def lose_no_message() -> None:
    """Let messages wait for whoever listens now and is busy.

    By itself a kernel drops what goes beyond a thousand, without a word: a button that was clicked stays dead, and a
    text is not the one that holds. Does nothing where there is no kernel.

    Notes
    -----
    ZeroMQ keeps the limit per connection: setting it changes the connections that stand, while those that come later
    begin with the limit of the time the socket was bound. The browser comes after the page was built, so this is said
    before everything that a click or a changed field sets off.
    """
    from IPython import get_ipython

    sender: Any = getattr(getattr(get_ipython(), "kernel", None), "iopub_thread", None)
    if sender is not None:
        # A socket may be touched by the thread that sends on it only.
        sender.schedule(lambda: setattr(sender.socket, "sndhwm", _MOST_WAITING))
