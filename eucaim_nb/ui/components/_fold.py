"""Widgets behind a line that opens and closes them."""

from collections.abc import Callable

import ipywidgets as w

from eucaim_nb.markup import plain

from ._controls import button, replace, stack, visible
from ._notice import Notice


class Drawer:
    """A line with an arrow that shows and hides a widget, which keeps what was typed into it.

    Parameters
    ----------
    title
        The line.
    turned
        Called after it was opened (True) or shut (False).
    beside
        What stands next to the line.
    """

    def __init__(
        self,
        title: str,
        content: w.Widget,
        notice: Notice,
        *,
        turned: Callable[[bool], object] = lambda opened: None,
        beside: w.Widget | None = None,
    ) -> None:
        self._title, self._content, self._turned = plain(title), content, turned
        self.opened = False
        self.line = button(f"▸ {title}", lambda: self.turn(not self.opened), notice, rest=0)
        self.line.add_class("eucaim-fold")
        content.add_class("eucaim-inside")
        visible(content, False)
        first = w.HBox([self.line] if beside is None else [self.line, beside])
        first.add_class("eucaim-fold-line")
        self.root = stack(first, content)

    def turn(self, opened: bool) -> None:
        """Open or shut it."""
        if opened != self.opened:
            self.opened = opened
            self._turned(opened)
            visible(self._content, opened)
            self.line.description = f"{'▾' if opened else '▸'} {self._title}"


class Fold:
    """A drawer whose content is made when it is opened and closed for good when it is shut.

    Parameters
    ----------
    build
        Makes the content.
    """

    def __init__(
        self, title: str, build: Callable[[], w.Widget], notice: Notice, *, beside: w.Widget | None = None
    ) -> None:
        self._build = build
        self._inside = stack()
        self._drawer = Drawer(title, self._inside, notice, turned=self._turned, beside=beside)
        self.line, self.root = self._drawer.line, self._drawer.root

    @property
    def opened(self) -> bool:
        """Whether it is open."""
        return self._drawer.opened

    def shut(self) -> None:
        """Shut it; opened again, its content is made anew."""
        self._drawer.turn(False)

    def renew(self) -> None:
        """Make the content anew if it is in sight: what a person opened stays open."""
        if self.opened:
            self._turned(True)

    def _turned(self, opened: bool) -> None:
        replace(self._inside, *([self._build()] if opened else []))
