"""The combination of levels that loses least and reaches k: exact, and quick because most need no look.

A table that is coarser has classes at least as large. So a combination that fails rules out all finer ones, and one
that does rules in all coarser ones, as in Flash and OLA; binary search along chains finds the border between them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from eucaim_nb.jobs import Progress, silent

from ._lattice import Lattice, Node, Scenario, with_suppression

_UNKNOWN, _FAILS, _HOLDS = 0, 1, 2


class Cost(StrEnum):
    """What the search keeps small."""

    ENTROPY = "entropy"
    """Non-uniform entropy: how much the values that are there lose."""
    HEIGHT = "height"
    """Average height in the hierarchies (1 less precision)."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """The best combination: its `cost` counts suppressed records as lost; `tried` of `nodes` were measured."""

    scenario: Scenario
    cost: float
    tried: int
    nodes: int


def search(
    lattice: Lattice,
    k: int,
    *,
    most_suppressed: int = 0,
    cost: Cost = Cost.ENTROPY,
    progress: Progress | None = None,
) -> Proposal | None:
    """Return the combination of levels of least cost at which at most some records are in classes below k.

    Parameters
    ----------
    most_suppressed
        Records that may be left out; those in classes below k are.

    Returns
    -------
    Proposal or None
        None if nothing reaches k, because there are fewer records than that.

    References
    ----------
    .. [1] F. Kohlmayer et al., "Flash: efficient, stable and optimal k-anonymity", PASSAT 2012.
    .. [2] K. El Emam et al., "A globally optimal k-anonymity method for the de-identification of health data", JAMIA
       16(5), 2009.
    """
    price = lattice.entropy_cost if cost is Cost.ENTROPY else lattice.height_cost
    border = _Border(lattice, k, most_suppressed, progress or silent())
    order = _by_cost(lattice, price)
    border.settle(order)
    best: tuple[float, int, Node] | None = None
    for node, own in order:
        if best is not None and own > best[0]:
            break
        if border.known[node] == _HOLDS:
            share = border.left_out(node) / lattice.classes(node).sizes.sum() if most_suppressed else 0.0
            candidate = (with_suppression(own, share), sum(node), node)
            best = candidate if best is None else min(best, candidate)
    if best is None:
        return None
    scenario = lattice.scenario(best[2], k, suppress=bool(most_suppressed))
    return Proposal(scenario, float(best[0]), border.tried, int(np.prod(lattice.heights)))


def _by_cost(lattice: Lattice, price: Callable[[Node], float]) -> list[tuple[Node, float]]:
    nodes = [tuple(map(int, node)) for node in np.ndindex(lattice.heights)]
    return sorted(((node, price(node)) for node in nodes), key=lambda one: (one[1], sum(one[0]), one[0]))


class _Border:
    """Which combinations hold, found with few measurements."""

    def __init__(self, lattice: Lattice, k: int, most: int, progress: Progress) -> None:
        self._lattice, self._k, self._most, self._progress = lattice, k, most, progress
        self.known: NDArray[np.int8] = np.full(lattice.heights, _UNKNOWN, np.int8)
        self._left_out: dict[Node, int] = {}

    @property
    def tried(self) -> int:
        return len(self._left_out)

    def left_out(self, node: Node) -> int:
        if node not in self._left_out:
            self._progress.check()
            self._left_out[node] = self._lattice.too_small(node, self._k)
        return self._left_out[node]

    def settle(self, order: list[tuple[Node, float]]) -> None:
        """Find out about every combination."""
        for node, _ in order:
            if self.known[node] == _UNKNOWN:
                self._search(self._chain(node))

    def _chain(self, node: Node) -> list[Node]:
        """Return unknown combinations from one upwards, each a level coarser in one column."""
        chain = [node]
        while True:
            here = chain[-1]
            above = [
                (*here[:at], here[at] + 1, *here[at + 1 :])
                for at in range(len(here))
                if here[at] + 1 < self._lattice.heights[at]
            ]
            unknown = [one for one in above if self.known[one] == _UNKNOWN]
            if not unknown:
                return chain
            # Evenly upwards: the column that is lowest in its hierarchy.
            chain.append(min(unknown, key=self._unevenness))

    def _unevenness(self, node: Node) -> float:
        return max(level / height for level, height in zip(node, self._lattice.heights, strict=True))

    def _search(self, chain: list[Node]) -> None:
        low, high = 0, len(chain) - 1
        while low <= high:
            middle = (low + high) // 2
            node = chain[middle]
            if self.left_out(node) <= self._most:
                self.known[tuple(slice(level, None) for level in node)] = _HOLDS
                high = middle - 1
            else:
                self.known[tuple(slice(None, level + 1) for level in node)] = _FAILS
                low = middle + 1
