"""What a verb says about its progress while it works."""

from threading import Event


class Stopped(Exception):
    """The work ended at a safe point because someone asked it to stop."""


class Progress:
    """How far a verb is. Setting values is cheap; whoever listens reads them when it wants to.

    Attributes
    ----------
    done, total
        Units finished, and units in all (None while unknown).
    unit
        What is counted, in the plural: "files", "instances".
    doing
        What happens now, in words without any patient value.
    """

    def __init__(self) -> None:
        self.done = 0
        self.total: int | None = None
        self.unit = ""
        self.doing = ""
        self.stop = Event()

    def begin(self, doing: str, total: int | None = None, unit: str = "", done: int = 0) -> None:
        """Start a stage of the work."""
        self.doing, self.total, self.unit, self.done = doing, total, unit, done

    def advance(self, count: int = 1) -> None:
        """Count finished units; raise `Stopped` here when a stop was asked for."""
        self.done += count
        self.check()

    def check(self) -> None:
        """Raise `Stopped` when a stop was asked for. Call it where the work may safely end."""
        if self.stop.is_set():
            raise Stopped


def silent() -> Progress:
    """Return a progress nobody listens to."""
    return Progress()
