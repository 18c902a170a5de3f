"""Which columns, alone and together, make people stand out."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from ._classes import Coded, Ints, classes_of_ids, combined, ids_of

_MOST_TOGETHER = 3


@dataclass(frozen=True, slots=True)
class AttributeRisk:
    """What one quasi-identifier adds.

    Attributes
    ----------
    distinct : int
        Different values, missing included.
    entropy, normalised_entropy : float
        In bits, and as a share of log2 n.
    distinction, separation : float
        Different values per record, and share of the pairs of records that differ.
    uniques_without, average_without : int, float
        Sample uniques and average prosecutor risk of the table without this column.
    uniques_added, average_added : int, float
        What the column adds to those of the table without it.
    """

    column: str
    distinct: int
    entropy: float
    normalised_entropy: float
    distinction: float
    separation: float
    uniques_without: int
    average_without: float
    uniques_added: int
    average_added: float


@dataclass(frozen=True, slots=True)
class UniqueSet:
    """Columns that single out `records` patients together, while no part of them does."""

    columns: tuple[str, ...]
    records: int


def ranking(data: Coded) -> list[AttributeRisk]:
    r"""Rank columns by what they add to the number of sample uniques, then by entropy.

    Notes
    -----
    Entropy :math:`-\sum p\log_2p`; distinction J/n and separation :math:`1-\sum f_j(f_j-1)/(n(n-1))` after
    Motwani and Xu [1]_. What a column adds is found by leaving it out.

    References
    ----------
    .. [1] R. Motwani, Y. Xu, "Efficient algorithms for masking and finding quasi-identifiers", VLDB workshops, 2007.
    """
    n = data.rows
    whole = classes_of_ids(*ids_of(data))
    found = []
    for (name, without), codes, size in zip(_left_out(data), data.codes, data.sizes, strict=True):
        sizes = np.bincount(codes, minlength=size)
        sizes = sizes[sizes > 0]
        shares = sizes / n
        entropy = float(abs((shares * np.log2(shares)).sum()))
        rest = classes_of_ids(*without)
        found.append(
            AttributeRisk(
                name,
                distinct=len(sizes),
                entropy=entropy,
                normalised_entropy=entropy / math.log2(n) if n > 1 else 0.0,
                distinction=len(sizes) / n,
                separation=float(1 - (sizes * (sizes - 1)).sum() / (n * (n - 1))) if n > 1 else 0.0,
                uniques_without=rest.uniques,
                average_without=len(rest.sizes) / n,
                uniques_added=whole.uniques - rest.uniques,
                average_added=(len(whole.sizes) - len(rest.sizes)) / n,
            )
        )
    return sorted(found, key=lambda one: (-one.uniques_added, -one.entropy, one.column))


def _left_out(data: Coded) -> Iterator[tuple[str, tuple[Ints, int]]]:
    """Yield for each column the ids over all others: those before it and those behind it are combined once."""
    behind = [(np.zeros(data.rows, np.int64), 1)]
    for codes, size in zip(data.codes[:0:-1], data.sizes[:0:-1], strict=True):
        behind.append(_dense(*combined(*behind[-1], codes, size)))
    before = (np.zeros(data.rows, np.int64), 1)
    for name, codes, size in zip(data.names, data.codes, data.sizes, strict=True):
        yield name, combined(*before, *behind.pop())
        before = _dense(*combined(*before, codes, size))


def _dense(ids: Ints, count: int) -> tuple[Ints, int]:
    found = classes_of_ids(ids, count)
    return found.of_record, len(found.sizes)


def unique_sets(data: Coded, most_columns: int = _MOST_TOGETHER) -> list[UniqueSet]:
    """Return sets of at most `most_columns` columns that single somebody out, those that single out most first.

    A set counts a record that is alone with its values in these columns, but not in fewer of them: a minimal sample
    unique.

    References
    ----------
    .. [1] M. J. Elliot, A. M. Manning, R. W. Ford, "A computational algorithm for handling the special uniques
       problem", Int. J. Uncertainty, Fuzziness and Knowledge-Based Systems 10(5), 2002.
    """
    alone: dict[tuple[int, ...], NDArray[np.bool_]] = {}
    ids: dict[tuple[int, ...], tuple[Ints, int]] = {(): (np.zeros(data.rows, np.int64), 1)}
    found = []
    for width in range(1, min(most_columns, len(data.names)) + 1):
        wider: dict[tuple[int, ...], tuple[Ints, int]] = {}
        for one in combinations(range(len(data.names)), width):
            joined = combined(*ids[one[:-1]], data.codes[one[-1]], data.sizes[one[-1]])
            groups = classes_of_ids(*joined)
            if width < most_columns:
                wider[one] = (groups.of_record, len(groups.sizes))
            unique = groups.size_of_record == 1
            # Whoever is alone in some of the columns is alone in all of them: count those who are not.
            already = np.zeros(data.rows, bool)
            for part in combinations(one, width - 1):
                if part in alone:
                    already |= alone[part]
            if records := int((unique & ~already).sum()):
                found.append(UniqueSet(tuple(data.names[i] for i in one), records))
            alone[one] = unique
        ids = wider
    return sorted(found, key=lambda one: (-one.records, len(one.columns), one.columns))
