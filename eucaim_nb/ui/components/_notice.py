"""Where a page says what just happened, and the local log of what went wrong."""

import contextlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from eucaim_nb import redact
from eucaim_nb.errors import EucaimError

from ._html import Tone, badge, banner, paragraph, put, show, status


class Notice:
    """One announced message at a time.

    Parameters
    ----------
    log
        File that receives the places in code where an unexpected error arose, never a value; None for no log.
    """

    def __init__(self, log: Path | None = None) -> None:
        self.log = log
        self.root = show()
        self._failed = False

    def say(self, text: str) -> None:
        """Show what is going on or what was done."""
        self._failed = False
        put(self.root, status(paragraph(text)))

    def clear(self) -> None:
        """Show nothing."""
        self._failed = False
        put(self.root)

    def fail(self, error: BaseException) -> None:
        """Show what went wrong and what to do, and write where it happened to the log."""
        blocks = [paragraph(badge("error", Tone.BAD), redact.describe(error))]
        if not isinstance(error, EucaimError):
            kept = self.log is not None and self._write(error)
            where = f" Where it happened is noted in {self.log}, without any value." if kept else ""
            blocks.append(paragraph(f"Nothing is lost. Try again, or reload the page.{where}", quiet=True))
        put(self.root, status(banner(*blocks, tone=Tone.BAD), urgent=True))
        self._failed = True

    @contextlib.contextmanager
    def reports(self) -> Iterator[None]:
        """Show an error that arises inside instead of raising it, and take back the one shown before."""
        if self._failed:
            self.clear()
        try:
            yield
        except Exception as error:
            self.fail(error)

    def _write(self, error: BaseException) -> bool:
        assert self.log is not None
        with contextlib.suppress(OSError):
            self.log.parent.mkdir(exist_ok=True)
            with self.log.open("a", encoding="utf-8") as file:
                file.write(f"{datetime.now().astimezone().isoformat(timespec='seconds')}\n")
                file.write(f"{redact.frames(error)}\n")
            return True
        return False
