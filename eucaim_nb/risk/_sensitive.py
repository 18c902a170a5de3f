"""What a class tells of its members even if nobody is found in it: l-diversity and t-closeness."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ._classes import Classes, coded

Floats = NDArray[np.floating]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Sensitive:
    """How well the classes hide one sensitive column.

    Attributes
    ----------
    distinct : int
        Fewest different values in a class.
    entropy : float
        exp of the smallest entropy in a class: as many equally frequent values would have it.
    recursive : tuple of int and float
        (c, l): l is `distinct`, c the largest quotient of the most frequent value and the sum of all from the l-th on.
        The table is recursive (c', l)-diverse for every c' above c.
    closeness : float
        t: largest distance between the values in a class and in the whole table, every difference weighing the same.
    ordered_closeness : float or None
        t with distances that grow along the order of the values; None if they have no order.
    """

    column: str
    distinct: int
    entropy: float
    recursive: tuple[float, int]
    closeness: float
    ordered_closeness: float | None


def sensitive(found: Classes, table: pd.DataFrame, column: str) -> Sensitive:
    r"""Measure l-diversity and t-closeness of one column; a missing value counts as a value.

    Notes
    -----
    With :math:`p_i` the share of a value in a class and :math:`q_i` in the table: entropy l
    :math:`=\exp(-\sum p_i\log p_i)`; recursive: :math:`r_1 < c\,(r_l+\dots+r_m)` with the values of a class by
    frequency; distance :math:`\frac12\sum|p_i-q_i|`, ordered :math:`\frac1{m-1}\sum_i|\sum_{j\le i}(p_j-q_j)|`.

    References
    ----------
    .. [1] A. Machanavajjhala et al., "l-diversity: privacy beyond k-anonymity", ACM TKDD 1(1), 2007.
    .. [2] N. Li, T. Li, S. Venkatasubramanian, "t-closeness", ICDE 2007.
    """
    values = coded(table, [column])
    order = _order(table[column])
    counts = _Counts(found, values.codes[0], values.sizes[0])
    return Sensitive(
        column,
        distinct=counts.distinct,
        entropy=float(np.exp(counts.entropies.min())),
        recursive=(counts.recursive(counts.distinct), counts.distinct),
        closeness=float(counts.distances.max()),
        ordered_closeness=None if order is None else _Counts(found, *order).ordered_distance,
    )


def _order(column: pd.Series) -> tuple[Ints, int] | None:
    """Return codes in the order of the values, None if they have none or some are missing."""
    if column.isna().any():
        return None
    if isinstance(column.dtype, pd.CategoricalDtype):
        if not column.cat.ordered:
            return None
        return np.asarray(column.cat.codes, np.int64), len(column.cat.categories)
    if not (pd.api.types.is_numeric_dtype(column) or pd.api.types.is_datetime64_any_dtype(column)):
        return None
    codes, values = pd.factorize(column, sort=True)
    return np.asarray(codes, np.int64), len(values)


class _Counts:
    """How often each value is in each class, without the zeros, by class and value."""

    def __init__(self, found: Classes, codes: Ints, size: int) -> None:
        self._size, self._groups = size, len(found.sizes)
        pairs, counts = np.unique(found.of_record * size + codes, return_counts=True)
        self._group, self._value, self._count = pairs // size, pairs % size, counts
        self._share = counts / found.sizes[self._group]
        self._table = np.bincount(codes, minlength=size) / len(codes)

    def _sum(self, weights: Floats) -> Floats:
        return np.bincount(self._group, weights, self._groups).astype(float, copy=False)

    @property
    def distinct(self) -> int:
        return int(np.bincount(self._group).min())

    @cached_property
    def entropies(self) -> Floats:
        return self._sum(-self._share * np.log(self._share))

    def recursive(self, l: int) -> float:  # noqa: E741 - the letter of the literature
        """Return the largest r_1 / (r_l + ... + r_m) of all classes."""
        order = np.lexsort((-self._count, self._group))
        group, count = self._group[order], self._count[order]
        begins = np.searchsorted(group, np.arange(self._groups))
        rank = np.arange(len(group)) - begins[group]
        rest = np.bincount(group, np.where(rank >= l - 1, count, 0), self._groups)
        return float((count[begins] / rest).max())

    @property
    def distances(self) -> Floats:
        # Half the sum of all differences is the sum of those above zero, which are all at values that are there.
        return self._sum(np.maximum(self._share - self._table[self._value], 0))

    @property
    def ordered_distance(self) -> float:
        """Return the largest distance along the order of the values.

        Between two values that are there the sum of a class stays as it is while that of the table grows: both parts of
        such a stretch, below and above, follow from sums of the table's sums.
        """
        if self._size < 2:
            return 0.0
        reached = np.cumsum(self._table)
        sums = np.concatenate(([0.0], np.cumsum(reached)))
        running = np.cumsum(self._share)
        begins = np.searchsorted(self._group, np.arange(self._groups))
        before = running[begins] - self._share[begins]
        of_class = running - before[self._group]
        after = np.append(self._value[1:], self._size)
        after[np.append(self._group[1:] != self._group[:-1], True)] = self._size
        stretches = _stretch(of_class, self._value, after, reached, sums)
        first = sums[self._value[begins]]  # nothing of the class is reached yet
        return float((self._sum(stretches) + first).max() / (self._size - 1))


def _stretch(level: Floats, start: Ints, stop: Ints, reached: Floats, sums: Floats) -> Floats:
    """Return the sum of |level - reached| from start to stop, for each stretch."""
    turn = np.clip(np.searchsorted(reached, level), start, stop)
    below = level * (turn - start) - (sums[turn] - sums[start])
    above = (sums[stop] - sums[turn]) - level * (stop - turn)
    return np.maximum(below, 0) + np.maximum(above, 0)
