"""Columns that grow while a file is read."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from ._column import Column, numbering
from ._finding import Finding, Severity

_MANY = 4000
"""Distinct texts from which on it is asked whether a column repeats itself."""


class Columns:
    """Columns that grow with the rows."""

    def __init__(self) -> None:
        self._columns: list[_Growing] = []
        self._lines: list[int] = []
        self._lengths: list[int] = []

    @property
    def width(self) -> int:
        """How many columns there are."""
        return len(self._columns)

    def add(self, part: Sequence[tuple[int, Sequence[str]]]) -> None:
        """Add rows."""
        lengths = [len(record) for _, record in part]
        self.widen(max(lengths))
        self._lengths += lengths
        width = self.width
        full = [
            record if len(record) == width else [*record, *([""] * (width - len(record)))]
            for _, record in part
        ]
        for column, texts in zip(self._columns, zip(*full, strict=True), strict=True):
            column.add(texts)
        self._lines += (number for number, _ in part)

    def widen(self, width: int) -> None:
        """Have at least so many columns; those that come late are empty before."""
        self._columns += (_Growing(len(self._lines)) for _ in range(self.width, width))

    @property
    def lines(self) -> NDArray[np.int64]:
        """Line of each row in the file."""
        return np.array(self._lines, dtype=np.int64)

    def column(self, i: int) -> Column:
        """Return a column, once: what it was made of is let go."""
        return self._columns[i].column()

    def is_empty(self, i: int) -> bool:
        """Tell whether no row has a text in a column."""
        return self._columns[i].is_empty()

    def findings(self, header: int) -> Iterator[Finding]:
        """Yield what is wrong with the number of cells in rows, given that of the header."""
        short = tuple(line for line, cells in zip(self._lines, self._lengths, strict=True) if cells < header)
        # Spreadsheets leave out empty cells at the end of a row: only text files have rows that are too short.
        if short and len(short) < len(self._lines):
            yield Finding(
                "short row",
                Severity.WARN,
                "Rows have fewer cells than the header. The cells that are missing at their end were read as empty.",
                "Look whether a separator is missing in these rows: then later cells are in the wrong column.",
                rows=short,
            )


class _Growing:
    """One column: its texts are numbered while they repeat themselves, and kept as they come when they do not.

    Numbers of all columns at once would take more memory than the texts.
    """

    def __init__(self, rows: int) -> None:
        self._known = numbering()
        _ = self._known[""]  # so that it is number 0
        self._codes = [np.zeros(rows, dtype=np.int32)]
        self._rows = rows
        self._texts: list[str] = []
        self._numbered = True

    def add(self, texts: Sequence[str]) -> None:
        """Add rows."""
        if not self._numbered:
            self._texts += texts
            return
        self._codes.append(np.fromiter(map(self._known.__getitem__, texts), dtype=np.int32, count=len(texts)))
        self._rows += len(texts)
        if len(self._known) > _MANY and len(self._known) * 2 > self._rows:
            self._texts = Column(tuple(self._known), np.concatenate(self._codes)).texts()
            self._known, self._codes, self._numbered = numbering(), [], False

    def is_empty(self) -> bool:
        """Tell whether no row has a text."""
        return not any(map(str.strip, self._known if self._numbered else self._texts))

    def column(self) -> Column:
        """Return the column, and let go of what it was made of."""
        if not self._numbered:
            texts, self._texts = self._texts, []
            return Column.of(texts)
        codes, values = np.concatenate(self._codes), tuple(self._known)
        self._known, self._codes = numbering(), []
        return (
            Column(values, codes) if (codes == 0).any() or len(values) == 1 else Column(values[1:], codes - 1)
        )
