"""A grid of small pictures."""

from collections.abc import Callable, Sequence
from threading import Thread
from typing import Generic, TypeVar

from ._controls import stack
from ._html import Tile, put, show, tiles
from ._notice import Notice
from ._paging import Pager

T = TypeVar("T")

_WAITING = "This picture is being made."


class Thumbs(Generic[T]):
    """A page of pictures, made one after the other in a thread while the page is shown.

    Parameters
    ----------
    make
        Makes the picture of one item; what it cannot make, it explains in the tile.
    """

    def __init__(
        self, items: Sequence[T], make: Callable[[T], Tile], notice: Notice, *, size: int = 12
    ) -> None:
        self._items, self._make, self._notice = items, make, notice
        self._shown: list[Tile] = []
        self._maker: Thread | None = None
        self.grid = show()
        self.pager = Pager(size, notice, self._draw)
        self.root = stack(self.grid, self.pager.root)
        self.pager.show(len(items))
        self._draw()

    def wait(self, seconds: float) -> None:
        """Wait until the pictures of this page are made."""
        if self._maker is not None:
            self._maker.join(seconds)

    def _draw(self) -> None:
        items = self.pager.page(self._items)
        pictures = [Tile(None, _WAITING, "") for _ in items]
        self._shown = pictures
        put(self.grid, tiles(pictures))
        self._maker = Thread(target=self._fill, args=(items, pictures), daemon=True)
        self._maker.start()

    def _fill(self, items: Sequence[T], pictures: list[Tile]) -> None:
        with self._notice.reports():
            for number, item in enumerate(items):
                # Another page was turned to, or the grid was closed.
                if self._shown is not pictures or self.grid.comm is None:
                    return
                pictures[number] = self._make(item)
                put(self.grid, tiles(pictures))
