"""Rectangles and regions that the search for text is made of."""

import numpy as np
import pytest
from numpy.typing import NDArray

from eucaim_nb.deid.pixels._boxes import Box, covered, merged, regions


def flooded(mask: NDArray[np.bool_]) -> set[tuple[Box, int]]:
    """Find 8-connected regions the slow way."""
    left, found = {(int(y), int(x)) for y, x in zip(*np.nonzero(mask), strict=True)}, set()
    while left:
        edge, region = [left.pop()], set()
        while edge:
            y, x = edge.pop()
            region.add((y, x))
            near = {(y + dy, x + dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1)} & left
            left -= near
            edge += near
        ys, xs = zip(*region, strict=True)
        found.add((Box(min(ys), min(xs), max(ys) + 1, max(xs) + 1), len(region)))
    return found


@pytest.mark.parametrize("density", [0.02, 0.2, 0.45, 0.9])
def test_regions_are_those_that_a_flood_finds(density: float) -> None:
    mask = np.random.default_rng(4).random((41, 57)) < density
    assert {(one.box, one.size) for one in regions(mask)} == flooded(mask)


def test_regions_of_an_empty_mask_are_none() -> None:
    assert regions(np.zeros((5, 7), bool)) == []


def test_weights_of_a_region_are_summed_over_its_own_pixels_only() -> None:
    mask = np.zeros((4, 9), bool)
    mask[1, 1:3] = mask[2, 6:9] = True
    weights = np.arange(36, dtype=np.float32).reshape(4, 9)
    assert {one.total for one in regions(mask, weights)} == {10 + 11, 24 + 25 + 26}


def test_pixels_that_two_rectangles_cover_count_once() -> None:
    assert covered(Box(0, 0, 10, 10), [Box(0, 0, 10, 5), Box(0, 2, 10, 5)]) == 0.5
    assert covered(Box(0, 0, 10, 10), [Box(20, 20, 30, 30)]) == 0


def test_parts_of_one_line_become_one_rectangle_and_lines_below_each_other_do_not() -> None:
    assert merged([Box(10, 0, 22, 50), Box(11, 48, 23, 90)]) == (Box(10, 0, 23, 90),)
    assert len(merged([Box(10, 0, 22, 50), Box(21, 0, 33, 50)])) == 2
