"""A column of a table: its distinct values, and which of them each row has.

Clinical columns repeat themselves, so work is done once per distinct value and never cell by cell.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import count

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.intp]
"""Numbers of rows, counted from 0."""
_OFTEN = 4


def numbering() -> defaultdict[str, int]:
    """Return what gives each text its number, and a text that it has not met the next one."""
    return defaultdict(count().__next__)


@dataclass(frozen=True, eq=False)
class Column:
    """Texts, one per row.

    Attributes
    ----------
    values
        The distinct texts, each once.
    codes
        For each row the index of its text in `values`.
    """

    values: tuple[str, ...]
    codes: NDArray[np.int32]

    @classmethod
    def of(cls, texts: Iterable[str]) -> "Column":
        """Return a column of these texts."""
        known = numbering()
        codes = np.fromiter(map(known.__getitem__, texts), dtype=np.int32)
        return cls(tuple(known), codes)

    @classmethod
    def constant(cls, text: str, rows: int) -> "Column":
        """Return a column with the same text in every row."""
        return cls((text,), np.zeros(rows, dtype=np.int32))

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, row: int) -> str:
        return self.values[int(self.codes[row])]

    @cached_property
    def counts(self) -> NDArray[np.intp]:
        """How many rows have each distinct value."""
        return np.bincount(self.codes, minlength=len(self.values))

    def texts(self, rows: Rows | slice = slice(None)) -> list[str]:
        """Return the text of every row, or of some rows in their order."""
        found: list[str] = self._objects[self.codes[rows]].tolist()
        return found

    def written(self, write: Callable[[str], str]) -> Callable[[Rows], list[str]]:
        """Return what gives the texts of some rows as `write` makes them.

        Of few distinct values each is written once and kept; many are written as they come, to save memory.
        """
        if len(self.values) * _OFTEN <= len(self):
            return Column(tuple(map(write, self.values)), self.codes).texts
        return lambda rows: list(map(write, self.texts(rows)))

    @cached_property
    def _objects(self) -> NDArray[np.object_]:
        found = np.empty(len(self.values), dtype=object)
        found[:] = self.values
        return found

    def map(self, change: Callable[[str], str]) -> "Column":
        """Return the column with each distinct value changed; values that become the same are joined."""
        return self.recoded([change(value) for value in self.values])

    def map_filled(self, change: Callable[[str], str]) -> "Column":
        """Return the column with each distinct value changed that is not empty."""
        return self.map(lambda value: change(value) if value else "")

    def recoded(self, new: Sequence[str]) -> "Column":
        """Return the column with `new[i]` in place of `values[i]`."""
        known = numbering()
        index = np.fromiter(map(known.__getitem__, new), dtype=np.int32, count=len(new))
        return Column(tuple(known), index[self.codes] if len(index) else self.codes)

    def take(self, rows: Rows | NDArray[np.bool_]) -> "Column":
        """Return some rows; values that no row has any more are gone."""
        if (rows.dtype == bool and rows.all()) or (
            rows.dtype != bool and np.array_equal(rows, np.arange(len(self)))
        ):
            return self
        codes = self.codes[rows]
        used, index = np.unique(codes, return_inverse=True)
        return Column(tuple(self.values[code] for code in used), index.astype(np.int32))

    def where(self, wanted: Callable[[str], bool]) -> NDArray[np.bool_]:
        """Tell for each row whether its text is wanted."""
        found = np.array([wanted(value) for value in self.values], dtype=bool)
        return found[self.codes] if len(found) else np.zeros(0, dtype=bool)

    def rows_by_value(self, wanted: Sequence[int]) -> dict[int, Rows]:
        """Return the rows that have each of some values, by the index of the value."""
        order = np.argsort(self.codes, kind="stable")
        ends = np.searchsorted(self.codes[order], np.arange(len(self.values) + 1))
        return {code: order[ends[code] : ends[code + 1]] for code in wanted}


def together(change: Callable[..., str], *columns: Column) -> Column:
    """Return the column that `change` makes of the texts of several columns in one row, done once per combination."""
    first, *others = columns
    codes = first.codes.astype(np.int64)
    for other in others:
        codes = codes * max(len(other.values), 1) + other.codes
    _, at, index = np.unique(codes, return_index=True, return_inverse=True)
    made = [change(*(column[row] for column in columns)) for row in at]
    return Column(tuple(made), index.astype(np.int32)).map(lambda text: text)
