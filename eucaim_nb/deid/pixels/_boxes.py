"""Rectangles in a frame, and the connected regions of a mask that they are drawn around."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, order=True)
class Box:
    """A rectangle of whole pixels: rows `top` to `bottom`, columns `left` to `right`, both ends excluded."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def height(self) -> int:
        """Rows that it covers."""
        return self.bottom - self.top

    @property
    def width(self) -> int:
        """Columns that it covers."""
        return self.right - self.left

    @property
    def area(self) -> int:
        """Pixels that it covers."""
        return self.height * self.width

    @property
    def slices(self) -> tuple[slice, slice]:
        """The index of its pixels in an array of shape (rows, columns, ...)."""
        return slice(self.top, self.bottom), slice(self.left, self.right)

    def within(self, rows: int, columns: int) -> "Box":
        """Return what of it lies in a frame."""
        return Box(max(self.top, 0), max(self.left, 0), min(self.bottom, rows), min(self.right, columns))

    def grown(self, up: int, across: int) -> "Box":
        """Return it larger, by `up` pixels above and below and by `across` on either side."""
        return Box(self.top - up, self.left - across, self.bottom + up, self.right + across)

    def shared(self, other: "Box") -> int:
        """Return how many pixels both cover."""
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        width = min(self.right, other.right) - max(self.left, other.left)
        return max(height, 0) * max(width, 0)

    def around(self, other: "Box") -> "Box":
        """Return the smallest rectangle that covers both."""
        return Box(
            min(self.top, other.top),
            min(self.left, other.left),
            max(self.bottom, other.bottom),
            max(self.right, other.right),
        )


def covered(box: Box, by: Iterable[Box]) -> float:
    """Return the share of a rectangle that others cover; where those overlap, it counts once."""
    if not box.area:
        return 1.0
    mask = np.zeros((box.height, box.width), bool)
    for other in by:
        if box.shared(other):
            top, left = max(other.top - box.top, 0), max(other.left - box.left, 0)
            mask[top : max(other.bottom - box.top, 0), left : max(other.right - box.left, 0)] = True
    return float(mask.mean())


def merged(boxes: Iterable[Box]) -> tuple[Box, ...]:
    """Return rectangles with those joined that cover largely the same pixels, or stand in one line and touch."""
    left = sorted(set(boxes))
    done: list[Box] = []
    while left:
        box = left.pop()
        for other in left:
            if _belong_together(box, other):
                left.remove(other)
                left.append(box.around(other))
                break
        else:
            done.append(box)
    return tuple(sorted(done))


def _belong_together(one: Box, other: Box) -> bool:
    shared = one.shared(other)
    height = min(one.bottom, other.bottom) - max(one.top, other.top)
    in_line = height > 0.7 * max(one.height, other.height) and shared > 0
    return in_line or shared > 0.5 * min(one.area, other.area)


@dataclass(frozen=True, slots=True)
class Region:
    """A connected region of a mask: its rectangle, and how many of the mask's pixels it has."""

    box: Box
    size: int
    total: float
    """Sum of the weights of its pixels."""


def regions(mask: NDArray[np.bool_], weights: NDArray[np.float32] | None = None) -> list[Region]:
    """Return the 8-connected regions of a mask of shape (rows, columns)."""
    rows, starts, stops = _runs(mask)
    if not len(rows):
        return []
    parent = _joined(mask.shape[0], rows, starts, stops)
    # Running sums give the weight of a run as a difference.
    sums = stops - starts if weights is None else _run_sums(weights, rows, starts, stops)
    labels = np.fromiter((_root(parent, run) for run in range(len(parent))), np.intp, len(parent))
    names, index = np.unique(labels, return_inverse=True)
    count = len(names)
    top, left = np.full(count, mask.shape[0]), np.full(count, mask.shape[1])
    bottom, right = np.zeros(count, np.intp), np.zeros(count, np.intp)
    np.minimum.at(top, index, rows)
    np.minimum.at(left, index, starts)
    np.maximum.at(bottom, index, rows + 1)
    np.maximum.at(right, index, stops)
    size = np.bincount(index, stops - starts, count)
    total = np.bincount(index, sums, count)
    return [
        Region(Box(int(top[i]), int(left[i]), int(bottom[i]), int(right[i])), int(size[i]), float(total[i]))
        for i in range(count)
    ]


def _runs(mask: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """Return row, first column and end of each horizontal run of set pixels, in reading order."""
    edges = np.diff(np.pad(mask, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    rows, starts = np.nonzero(edges == 1)
    _, stops = np.nonzero(edges == -1)
    return rows, starts, stops


def _run_sums(
    weights: NDArray[np.float32], rows: NDArray[np.intp], starts: NDArray[np.intp], stops: NDArray[np.intp]
) -> NDArray[np.float64]:
    running = np.pad(np.cumsum(weights, axis=1, dtype=np.float64), ((0, 0), (1, 0)))
    difference: NDArray[np.float64] = running[rows, stops] - running[rows, starts]
    return difference


def _joined(
    height: int, rows: NDArray[np.intp], starts: NDArray[np.intp], stops: NDArray[np.intp]
) -> list[int]:
    """Return for each run the run that it hangs on: those of one region have one root."""
    parent = list(range(len(rows)))
    first = np.searchsorted(rows, np.arange(height + 1))
    for row in range(1, height):
        above, here, end = int(first[row - 1]), int(first[row]), int(first[row + 1])
        stop = here
        while above < stop and here < end:
            if stops[above] >= starts[here] and starts[above] <= stops[here]:
                one, other = _root(parent, above), _root(parent, here)
                parent[max(one, other)] = min(one, other)
            if stops[above] < stops[here]:
                above += 1
            else:
                here += 1
    return parent


def _root(parent: list[int], run: int) -> int:
    root = run
    while parent[root] != root:
        root = parent[root]
    while parent[run] != root:  # so that the next way is short
        parent[run], run = root, parent[run]
    return root
