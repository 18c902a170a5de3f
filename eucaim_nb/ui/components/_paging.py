"""Long lists a page at a time, so that a page never holds thousands of rows."""

from collections.abc import Callable

import ipywidgets as widgets

from ._guard import Guard
from ._html import put, show


class Pager:
    """Previous and next over `total` things; `changed` is called after a turn.

    Attributes
    ----------
    start, stop
        Positions of the page that is shown, as for a slice.
    """

    def __init__(self, guard: Guard, changed: Callable[[], None], per_page: int, what: str) -> None:
        self._changed = changed
        self._per_page = per_page
        self._what = what
        self._total = 0
        self.start = 0
        self._text = show("")
        self._previous = guard.button(widgets.Button(description="Previous"), lambda: self._turn(-1))
        self._next = guard.button(widgets.Button(description="Next"), lambda: self._turn(1))
        self.widget = widgets.HBox([self._previous, self._next, self._text])
        self.reset(0)

    @property
    def stop(self) -> int:
        """End of the page that is shown."""
        return min(self.start + self._per_page, self._total)

    def reset(self, total: int) -> None:
        """Say how many things there are now, keeping the page if it still exists."""
        self._total = total
        if self.start >= total:
            self.start = 0
        self._show()

    def _turn(self, direction: int) -> None:
        to = self.start + direction * self._per_page
        if 0 <= to < self._total:
            self.start = to
        self._show()
        self._changed()

    def _show(self) -> None:
        self.widget.layout.display = "none" if self._total <= self._per_page else None
        self._previous.layout.visibility = "visible" if self.start > 0 else "hidden"
        self._next.layout.visibility = "visible" if self.stop < self._total else "hidden"
        put(self._text, f"{self._what} {self.start + 1:,} to {self.stop:,} of {self._total:,}", role="status")
