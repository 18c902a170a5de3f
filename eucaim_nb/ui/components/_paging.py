"""A page of rows at a time, whatever the length of the list."""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

import ipywidgets as w

from eucaim_nb.markup import Column

from ._controls import button, replace, row, stack, visible
from ._html import paragraph, put, show, table
from ._notice import Notice

T = TypeVar("T")

PAGE_ROWS = 50


class Pager:
    """Which page of a list is shown: "51 to 100 of 312", back and on. Hidden while one page holds the list.

    Parameters
    ----------
    turned
        Called when another page is wanted.
    """

    def __init__(self, size: int, notice: Notice, turned: Callable[[], None]) -> None:
        self.size, self._turned = size, turned
        self.first = self.total = 0
        self._text = show()
        self.previous = button("Previous page", self._back, notice, rest=0)
        self.next = button("Next page", self._on, notice, rest=0)
        self.root = row(self.previous, self.next, self._text)

    def show(self, total: int, first: int = 0) -> None:
        """Say how long the list is and where its page begins."""
        self.total = total
        self.first = min(first, max(0, (total - 1) // self.size * self.size))
        last = min(self.first + self.size, total)
        put(self._text, paragraph(f"{self.first + 1:,} to {last:,} of {total:,}", quiet=True))
        visible(self.root, total > self.size)

    def page(self, items: Sequence[T]) -> Sequence[T]:
        """Return the items on this page."""
        return items[self.first : self.first + self.size]

    def _back(self) -> None:
        self._turn(max(0, self.first - self.size))

    def _on(self) -> None:
        if self.first + self.size < self.total:
            self._turn(self.first + self.size)

    def _turn(self, first: int) -> None:
        self.first = first
        self._turned()
        self.show(self.total, first)  # says so once it is true


class PagedTable(Generic[T]):
    """A table that shows a page of rows.

    Parameters
    ----------
    columns
        Its headings.
    cells
        Makes the cells of one row from one item; called for shown rows only.
    label
        What it is a table of.
    empty
        What to say when there are no rows.
    """

    def __init__(
        self,
        columns: Sequence[Column],
        cells: Callable[[T], Sequence[object]],
        label: str,
        notice: Notice,
        *,
        empty: str = "There is nothing to list.",
        size: int = PAGE_ROWS,
    ) -> None:
        self._columns, self._cells, self._label, self._empty = columns, cells, label, empty
        self._items: Sequence[T] = ()
        self.table = show()
        self.pager = Pager(size, notice, self._draw)
        self.root = stack(self.table, self.pager.root)

    def show(self, items: Sequence[T]) -> None:
        """Show other rows, from the first one."""
        self._items = items
        self.pager.show(len(items))
        self._draw()

    def update(self, items: Sequence[T]) -> None:
        """Show the same list as it is now, where the reader is."""
        self._items = items
        self.pager.show(len(items), self.pager.first)
        self._draw()

    def _draw(self) -> None:
        if not self._items:
            put(self.table, paragraph(self._empty, quiet=True))
            return
        rows = map(self._cells, self.pager.page(self._items))
        put(self.table, table(self._columns, rows, self._label))


class PagedRows(Generic[T]):
    """A list of widgets that shows, and holds, a page of them.

    Parameters
    ----------
    build
        Gives the widget of one item: a new one, or the one that stands there and is to stay.
    """

    def __init__(
        self, items: Sequence[T], build: Callable[[T], w.Widget], notice: Notice, *, size: int = 25
    ) -> None:
        self._items, self._build = items, build
        self.rows = stack()
        self.pager = Pager(size, notice, self._draw)
        self.root = stack(self.rows, self.pager.root)
        self.pager.show(len(items))
        self._draw()

    def update(self, items: Sequence[T]) -> None:
        """Show the same list as it is now, where the reader is."""
        self._items = items
        self.pager.show(len(items), self.pager.first)
        self._draw()

    def _draw(self) -> None:
        replace(self.rows, *map(self._build, self.pager.page(self._items)))
