"""A table as it was read: every cell a text, nothing changed, and where each row stood in the file."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ._column import Column
from ._finding import Finding

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Layout:
    """How a file is read. What is None or empty was not decided yet and is guessed; a guess is a Layout in turn.

    Attributes
    ----------
    encoding, delimiter
        Of a text file, for instance `cp1252` and `;`.
    decimal
        `.` or `,`; empty if the numbers of the table do not tell.
    sheet
        Of a workbook.
    skip
        Lines above the header.
    header_rows
        Lines of the header; their texts are joined.
    units_row
        Whether the line after the header gives units.
    """

    encoding: str | None = None
    delimiter: str | None = None
    decimal: str | None = None
    sheet: str | None = None
    skip: int | None = None
    header_rows: int | None = None
    units_row: bool | None = None

    def decided(self, guess: "Layout") -> "Layout":
        """Return this layout with the guess where nothing was decided."""
        mine = {name: value for name, value in asdict(self).items() if value is not None}
        return replace(guess, **mine)


@dataclass(frozen=True)
class RawTable:
    """A table with every cell as text.

    Attributes
    ----------
    columns
        By header, in order; headers are unique here, see `findings` for those that were not.
    lines
        For each row its number in the file as a spreadsheet shows it, the first line being 1.
    units
        Unit by header, from a row of units.
    books
        Code books found in headers: `{header: {code: meaning}}`.
    digest
        SHA-256 of the file.
    guessed
        What was not told but guessed, in words for a person.
    """

    columns: Mapping[str, Column]
    lines: NDArray[np.int64]
    layout: Layout
    digest: str = ""
    units: Mapping[str, str] = field(default_factory=dict)
    books: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    guessed: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.lines)

    @property
    def headers(self) -> tuple[str, ...]:
        """The headers in order."""
        return tuple(self.columns)

    def page(self, start: int = 0, stop: int = 20) -> "pd.DataFrame":
        """Return some rows as a data frame of texts, its index the lines of the file."""
        import pandas as pd

        rows = np.arange(len(self))[start:stop]
        frame = {name: [column[row] for row in rows] for name, column in self.columns.items()}
        return pd.DataFrame(frame, index=self.lines[rows], dtype=object)

    def source_lines(self, rows: Sequence[int] | NDArray[np.intp]) -> tuple[int, ...]:
        """Return the lines of the file of some rows."""
        return tuple(self.lines[np.asarray(rows, dtype=np.intp)].tolist())
