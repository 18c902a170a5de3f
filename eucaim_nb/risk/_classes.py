"""Equivalence classes: who looks the same in the columns that others may know."""

from collections.abc import Sequence, Sized
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from eucaim_nb.errors import RiskError

Ints = NDArray[np.int64]

_MOST_CODES = 2**62
_USABLE = frozenset(
    (
        "string", "integer", "floating", "mixed-integer-float", "boolean", "date", "datetime", "datetime64", "decimal",
        "categorical", "empty",
    )
)  # fmt: skip


@dataclass(frozen=True)
class Coded:
    """Columns as numbers: equal values have equal codes from 0 on, a missing value is a value of its own.

    Attributes
    ----------
    names : tuple of str
    codes : tuple of int64 array of shape (rows,)
    sizes : tuple of int
        Number of codes of each column.
    missing : tuple of int
        The code of a missing value, -1 where none is missing.
    """

    names: tuple[str, ...]
    codes: tuple[Ints, ...]
    sizes: tuple[int, ...]
    missing: tuple[int, ...]
    rows: int

    def without(self, name: str) -> "Coded":
        """Return all columns but one."""
        return self.only([other for other in self.names if other != name])

    def only(self, names: Sequence[str]) -> "Coded":
        """Return some columns, in the order in which they are named."""
        at = [self.names.index(name) for name in names]
        return Coded(
            tuple(names),
            tuple(self.codes[i] for i in at),
            tuple(self.sizes[i] for i in at),
            tuple(self.missing[i] for i in at),
            self.rows,
        )

    @property
    def without_values(self) -> list[str]:
        """Columns in which every value is missing."""
        return [
            name
            for name, size, missing in zip(self.names, self.sizes, self.missing, strict=True)
            if size == 1 and missing == 0
        ]


@dataclass(frozen=True)
class Classes:
    """The equivalence classes of a table.

    Attributes
    ----------
    of_record : int64 array of shape (rows,)
        The class of each record, counted from 0.
    sizes : int64 array of shape (classes,)
        f_j, how many records each class has.
    """

    of_record: Ints
    sizes: Ints

    @cached_property
    def of_size(self) -> Ints:
        """Number of classes by size, `of_size[0]` unused."""
        return np.bincount(self.sizes) if len(self.sizes) else np.zeros(1, np.int64)

    @property
    def size_of_record(self) -> Ints:
        """Size of the class that each record is in."""
        return self.sizes[self.of_record]

    @property
    def uniques(self) -> int:
        """Records that are alone in their class."""
        return int((self.sizes == 1).sum())

    def below(self, k: int) -> int:
        """Count the records in classes of fewer than `k`."""
        return int(self.sizes[self.sizes < k].sum())


def coded(table: pd.DataFrame, columns: Sequence[str]) -> Coded:
    """Return columns of a table as numbers.

    Raises
    ------
    RiskError
        The table has no rows or no such column, no column is named, or a column holds lists or several types.
    """
    if not columns:
        raise RiskError("No column is a quasi-identifier. Choose at least one that others may know of a patient.")
    if not len(table):
        raise RiskError("The table has no rows. Scan images or prepare clinical data first.")
    if twice := [name for name in table.columns if list(table.columns).count(name) > 1]:
        raise RiskError(f"The table has the column {twice[0]!r} more than once. Rename one of them.")
    codes, sizes, missing = [], [], []
    for name in columns:
        if name not in table.columns:
            raise RiskError(f"The table has no column {name!r}. Choose among its columns.")
        found, values = _factorised(table[name])
        is_missing = found < 0
        size = len(values)
        if is_missing.any():
            found = np.where(is_missing, size, found)
            missing.append(size)
            size += 1
        else:
            missing.append(-1)
        codes.append(found.astype(np.int64, copy=False))
        sizes.append(size)
    return Coded(tuple(columns), tuple(codes), tuple(sizes), tuple(missing), len(table))


def _factorised(column: pd.Series) -> tuple[NDArray[np.intp], Sized]:
    if column.dtype == object:
        kind = pd.api.types.infer_dtype(column, skipna=True)
        if kind not in _USABLE:
            filled = column.dropna()
            if filled.map(lambda value: isinstance(value, list | dict | set | tuple | np.ndarray)).any():
                raise RiskError(
                    f"The column {column.name!r} holds lists. Make one value of each, or leave the column out."
                )
            raise RiskError(
                f"The column {column.name!r} mixes numbers, texts or dates, so equal values may look different. "
                "Give it one type first."
            )
    codes, values = pd.factorize(column, use_na_sentinel=True)
    return codes, values


def combined(ids: Ints, count: int, codes: Ints, size: int) -> tuple[Ints, int]:
    """Return ids of the combinations of two codings, and a bound of them."""
    if count * size >= _MOST_CODES:
        ids, values = pd.factorize(ids)
        count = len(values)
    return ids * size + codes, count * size


def ids_of(data: Coded) -> tuple[Ints, int]:
    """Return a number for each record, the same for records that are the same in all columns, and a bound of them."""
    ids, count = np.zeros(data.rows, np.int64), 1
    for codes, size in zip(data.codes, data.sizes, strict=True):
        ids, count = combined(ids, count, codes, size)
    return ids, count


def classes_of_ids(ids: Ints, count: int) -> Classes:
    """Return the classes of records with equal ids below `count`."""
    if count <= 4 * len(ids):  # counting is faster than hashing while the table of counts is small
        counts = np.bincount(ids, minlength=count)
        used = counts > 0
        return Classes((np.cumsum(used) - 1)[ids], counts[used])
    of_record, _ = pd.factorize(ids)
    return Classes(of_record.astype(np.int64, copy=False), np.bincount(of_record))


def classes(data: Coded) -> Classes:
    """Return the equivalence classes over all columns of a coded table."""
    return classes_of_ids(*ids_of(data))
