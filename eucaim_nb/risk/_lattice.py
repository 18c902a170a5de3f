"""What a table would be like if its columns were coarser: all combinations of levels, each measured in milliseconds."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from eucaim_nb.errors import RiskError

from ._classes import Classes, Ints, classes_of_ids, coded, combined
from ._hierarchy import Hierarchy, as_texts

MOST_NODES = 4**8 * 4
Node = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Utility:
    """What is lost.

    Attributes
    ----------
    discernibility : float
        Sum of f_j squared, every suppressed record counting n.
    precision : float
        1 less the average height of cells in their hierarchies: 1 as it was, 0 with nothing left.
    entropy_loss : float
        Non-uniform entropy lost, 0 as it was, 1 with nothing left.
    average_class : float
        Records that are left per class, 0 if none are.
    suppressed : int
        Records left out because their class is too small.

    References
    ----------
    .. [1] R. J. Bayardo, R. Agrawal, "Data privacy through optimal k-anonymization", ICDE 2005 (discernibility).
    .. [2] L. Sweeney, "Achieving k-anonymity privacy protection using generalization and suppression", 2002
       (precision).
    .. [3] A. De Waal, L. Willenborg, "Information loss through global recoding and local suppression", Netherlands
       Official Statistics 14, 1999 (non-uniform entropy).
    """

    discernibility: float
    precision: float
    entropy_loss: float
    average_class: float
    suppressed: int


@dataclass(frozen=True, slots=True)
class Scenario:
    """A table at certain levels: `levels` by column in the order of the lattice, its risk and what is lost.

    With `suppressed` records the risk is that of the records that are left.
    """

    levels: Node
    k: int
    sample_uniques: int
    records_below_k: int
    prosecutor_max: float
    prosecutor_avg: float
    utility: Utility


class Lattice:
    """All combinations of levels of some columns.

    Parameters
    ----------
    table
        One row per patient.
    hierarchies
        One for each quasi-identifier.

    Raises
    ------
    RiskError
        A column or a hierarchy cannot be used, or there are too many combinations.
    """

    def __init__(self, table: pd.DataFrame, hierarchies: Sequence[Hierarchy]) -> None:
        names = [one.column for one in hierarchies]
        self.hierarchies = tuple(hierarchies)
        self.columns = tuple(names)
        self.heights: Node = tuple(len(one.levels) for one in hierarchies)
        if prod(self.heights) > MOST_NODES:
            raise RiskError(
                f"{len(names)} columns at these levels have {prod(self.heights):,} combinations, too many to try. "
                "Choose fewer columns or levels."
            )
        data = coded(table, names)
        texts = [as_texts(table[name]) for name in names]
        self._records = data.rows
        # Records that are alike in everything are counted once.
        whole, count = np.zeros(data.rows, np.int64), 1
        for codes, size in zip(data.codes, data.sizes, strict=True):
            whole, count = combined(whole, count, codes, size)
        alike = classes_of_ids(whole, count)
        first = np.zeros(len(alike.sizes), np.int64)
        first[alike.of_record[::-1]] = np.arange(data.rows)[::-1]
        self._weights = alike.sizes
        self._of_record = alike.of_record
        self._codes: list[list[Ints]] = []
        self._sizes: list[list[int]] = []
        self._entropy: list[list[float]] = []
        for number, (text, hierarchy) in enumerate(zip(texts, hierarchies, strict=True)):
            raw, values = pd.factorize(text.iloc[first], use_na_sentinel=True)
            self._add(number, raw, [str(value) for value in values], hierarchy)
        self._most_entropy = sum(of[-1] for of in self._entropy) or 1.0

    def _add(self, number: int, raw: NDArray[np.intp], values: list[str], hierarchy: Hierarchy) -> None:
        shares = np.bincount(raw + 1, self._weights, len(values) + 1)  # place 0 is for missing values
        self._codes.append([])
        self._sizes.append([])
        self._entropy.append([])
        before: Ints | None = None
        for level in hierarchy.levels:
            codes, distinct = pd.factorize(np.array(["", *level.of(values)], dtype=object))
            codes = codes.astype(np.int64)
            if before is not None and len(pd.unique(before * len(distinct) + codes)) != len(pd.unique(before)):
                raise RiskError(
                    f"The levels of {hierarchy.column} do not become coarser: {level.title!r} tells apart what the "
                    "level before it joined."
                )
            before = codes
            of_level = np.bincount(codes, shares, len(distinct))
            with np.errstate(divide="ignore", invalid="ignore"):
                lost = np.where(shares > 0, -shares * np.log2(shares / of_level[codes]), 0.0)
            self._codes[number].append(codes[raw + 1])
            self._sizes[number].append(len(distinct))
            self._entropy[number].append(float(abs(lost.sum())))

    def classes(self, levels: Node) -> Classes:
        """Return the classes at certain levels; records that are alike in everything are one entry of `of_record`."""
        ids, count = np.zeros(len(self._weights), np.int64), 1
        for number, level in enumerate(levels):
            ids, count = combined(ids, count, self._codes[number][level], self._sizes[number][level])
        groups = classes_of_ids(ids, count)
        sizes = np.bincount(groups.of_record, self._weights, len(groups.sizes)).astype(np.int64)
        return Classes(groups.of_record, sizes)

    def too_small(self, levels: Node, k: int) -> int:
        """Count the records in classes of fewer than k at certain levels."""
        return self.classes(levels).below(k)

    def entropy_cost(self, levels: Node) -> float:
        """Return the share of non-uniform entropy that is lost at certain levels, without suppression."""
        return sum(of[level] for of, level in zip(self._entropy, levels, strict=True)) / self._most_entropy

    def height_cost(self, levels: Node) -> float:
        """Return the average height of the levels, from 0 to 1."""
        shares = [
            level / (height - 1) if height > 1 else 0.0
            for level, height in zip(levels, self.heights, strict=True)
        ]
        return sum(shares) / len(shares)

    def scenario(self, levels: Sequence[int], k: int, *, suppress: bool = False) -> Scenario:
        """Return risk and loss at certain levels.

        Parameters
        ----------
        suppress
            Leave out the records whose class is smaller than k.
        """
        node = self._checked(levels)
        found = self.classes(node)
        kept = found.sizes[found.sizes >= k] if suppress else found.sizes
        left = int(kept.sum())
        lost = self._records - left
        share = lost / self._records
        return Scenario(
            node,
            k=int(kept.min()) if left else 0,
            sample_uniques=int((kept == 1).sum()),
            records_below_k=int(kept[kept < k].sum()),
            prosecutor_max=1 / int(kept.min()) if left else 0.0,
            prosecutor_avg=len(kept) / left if left else 0.0,
            utility=Utility(
                discernibility=float((kept.astype(float) ** 2).sum() + lost * self._records),
                precision=(1 - self.height_cost(node)) * (1 - share),
                entropy_loss=with_suppression(self.entropy_cost(node), share),
                average_class=left / len(kept) if left else 0.0,
                suppressed=lost,
            ),
        )

    def rows_in_small_classes(self, levels: Sequence[int], k: int) -> NDArray[np.bool_]:
        """Tell for each row of the table whether its class is smaller than k at certain levels."""
        found = self.classes(self._checked(levels))
        return (found.size_of_record < k)[self._of_record]

    def _checked(self, levels: Sequence[int]) -> Node:
        if len(levels) != len(self.heights) or any(
            not 0 <= level < height for level, height in zip(levels, self.heights, strict=True)
        ):
            raise RiskError("There is no such level of one of the columns.")
        return tuple(int(level) for level in levels)


def with_suppression(cost: float, share: float) -> float:
    """Return the cost of levels when a share of the records is left out, which loses all of them."""
    return cost + share * (1 - cost)
