"""A session that stays signed in while one request takes longer than the server waits for a person."""

import contextlib
from collections.abc import Callable, Iterator
from threading import Event, Thread

import requests

EVERY_SECONDS = 240.0
"""XNAT ends a session after 15 minutes without a request; a long upload is only one."""


@contextlib.contextmanager
def kept_alive(touch: Callable[[], object], every: float) -> Iterator[None]:
    """Call `touch` every so many seconds until the block ends; a touch that fails is tried again next time."""
    ended = Event()

    def work() -> None:
        while not ended.wait(every):
            with contextlib.suppress(requests.RequestException):
                touch()

    thread = Thread(target=work, name="keep alive", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(1.0)
