"""A grid of small pictures."""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from ._controls import stack
from ._html import Tile, put, show, tiles
from ._notice import Notice
from ._paging import Pager

T = TypeVar("T")


class Thumbs(Generic[T]):
    """A page of pictures, made when the page is shown.

    Parameters
    ----------
    make
        Makes the picture of one item; what it cannot make, it explains in the tile.
    """

    def __init__(
        self, items: Sequence[T], make: Callable[[T], Tile], notice: Notice, *, size: int = 12
    ) -> None:
        self._items, self._make = items, make
        self._grid = show()
        self.pager = Pager(size, notice, self._draw)
        self.root = stack(self._grid, self.pager.root)
        self.pager.show(len(items))
        self._draw()

    def _draw(self) -> None:
        put(self._grid, tiles(map(self._make, self.pager.page(self._items))))
