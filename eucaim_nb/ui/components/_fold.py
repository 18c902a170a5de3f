"""Widgets behind a line that opens and closes them."""

from collections.abc import Callable

import ipywidgets as w

from ._controls import button, replace, stack
from ._html import plain
from ._notice import Notice


class Fold:
    """A line with an arrow; what is behind it is made when it is opened and closed when it is shut.

    Parameters
    ----------
    title
        The line.
    build
        Makes what is behind it.
    beside
        What stands next to the line.
    """

    def __init__(
        self,
        title: str,
        build: Callable[[], w.Widget],
        notice: Notice,
        *,
        beside: w.Widget | None = None,
        hint: str = "",
    ) -> None:
        self._title, self._build = plain(title), build
        self._line = button(f"▸ {title}", self._toggle, notice, rest=0, hint=hint)
        self._line.add_class("eucaim-fold")
        self._inside = w.VBox()
        self._inside.add_class("eucaim-inside")
        self.opened = False
        first = self._line if beside is None else w.HBox([self._line, beside])
        first.add_class("eucaim-fold-line")
        self.root = stack(first, self._inside)

    def open(self) -> None:
        """Show what is behind the line."""
        if not self.opened:
            replace(self._inside, self._build())
            self.opened = True
            self._line.description = f"▾ {self._title}"

    def shut(self) -> None:
        """Hide it again."""
        if self.opened:
            replace(self._inside)
            self.opened = False
            self._line.description = f"▸ {self._title}"

    def _toggle(self) -> None:
        if self.opened:
            self.shut()
        else:
            self.open()
