"""Columns that grow while a file is read."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np

from ._column import Column, numbering
from ._finding import Finding, Severity


class Columns:
    """Columns that grow with the rows."""

    def __init__(self) -> None:
        self.width = 0
        self._known: list[defaultdict[str, int]] = []
        self._codes: list[list[np.ndarray]] = []
        self._lines: list[int] = []
        self._lengths: list[int] = []

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
        for i, texts in enumerate(zip(*full, strict=True)):
            numbered = map(self._known[i].__getitem__, texts)
            self._codes[i].append(np.fromiter(numbered, dtype=np.int32, count=len(texts)))
        self._lines += (number for number, _ in part)

    def widen(self, width: int) -> None:
        """Have at least so many columns; those that come late are empty before."""
        while self.width < width:
            self._known.append(numbering())
            _ = self._known[-1][""]  # so that it is number 0
            self._codes.append([np.zeros(len(self._lines), dtype=np.int32)])
            self.width += 1

    @property
    def lines(self) -> np.ndarray:
        """Line of each row in the file."""
        return np.array(self._lines, dtype=np.int64)

    def column(self, i: int) -> Column:
        """Return a column."""
        codes = np.concatenate(self._codes[i])
        values = tuple(self._known[i])
        if len(values) > 1 and not (codes == 0).any():
            return Column(values[1:], codes - 1)
        return Column(values, codes)

    def is_empty(self, i: int) -> bool:
        """Tell whether no row has a text in a column."""
        return not any(map(str.strip, self._known[i]))

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
