"""One way to end a session, whatever asks for it."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn


def stop_now(number: int, frame: FrameType | None) -> NoReturn:
    """Unwind the session from wherever it is, as a signal handler."""
    raise KeyboardInterrupt


@contextmanager
def stopped_by_signals() -> Iterator[None]:
    """Let SIGTERM and a closed terminal end the session as Ctrl-C does, so that all that was started stops."""
    names = [name for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {name: signal.signal(getattr(signal, name), stop_now) for name in names}
    try:
        yield
    except KeyboardInterrupt:
        pass
    finally:
        for name, handler in before.items():
            signal.signal(getattr(signal, name), handler)
