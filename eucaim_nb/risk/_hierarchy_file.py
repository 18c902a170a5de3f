"""Hierarchies as files of ARX and the EUCAIM Wizard: a line per value, `value;level 1;level 2;…`."""

import csv
import io
from collections.abc import Iterable, Sequence

from eucaim_nb.errors import RiskError

from ._hierarchy import LEFT_OUT, Hierarchy, Level

_ALL = "*"
_MOST_BYTES = 20_000_000
_SHOWN = 3


def read_hierarchy(text: str, column: str, values: Iterable[str] = ()) -> Hierarchy:
    """Return the hierarchy in a file.

    Parameters
    ----------
    text
        The file, one line per value without a heading, separated by `;`. A last column of `*` leaves values out.
    column
        Which column it is for.
    values
        Values of the table; every one needs a line.

    Raises
    ------
    RiskError
        It has gaps (lines of different length, empty cells, values without a line), says something twice, or levels do
        not become coarser: what is alike at one level must be alike at all later ones, and no value may come back.
    """
    if len(text) > _MOST_BYTES:
        raise RiskError("The hierarchy has more than 20 MB. Does it belong to this column?")
    try:
        rows = [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text), delimiter=";") if row]
    except csv.Error:
        raise RiskError("The hierarchy is no text with cells separated by semicolons.") from None
    if not rows or len(rows[0]) < 2:
        raise RiskError("The hierarchy has no levels. Each line needs a value and what it becomes, separated by ';'.")
    rows[0][0] = rows[0][0].removeprefix("\ufeff")
    _check_shape(rows)
    _check_coarser(rows)
    known = {row[0] for row in rows}
    if missing := [value for value in dict.fromkeys(values) if value not in known]:
        # Values of patients are not repeated in a message.
        raise RiskError(
            f"The hierarchy has no line for {len(missing):,} of the values in {column}. Add them, one line each."
        )
    levels = [Level("as it is", ())]
    for at in range(1, len(rows[0])):
        if all(row[at] == _ALL for row in rows):
            break
        groups = {row[0]: row[at] for row in rows}
        levels.append(Level(f"level {at}", ({"target": column, "rule": "group", "groups": groups},)))
    levels.append(Level(LEFT_OUT, ({"target": column, "rule": "suppress"},)))
    return Hierarchy(column, tuple(levels))


def write_hierarchy(hierarchy: Hierarchy, values: Sequence[str]) -> str:
    """Return a hierarchy over some values as ARX and the EUCAIM Wizard read it."""
    kept = list(dict.fromkeys(values))
    columns = [level.of(kept) for level in hierarchy.levels]
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\n")
    writer.writerows([cell or _ALL for cell in row] for row in zip(*columns, strict=True))
    return text.getvalue()


def _check_shape(rows: list[list[str]]) -> None:
    width = len(rows[0])
    uneven = [number for number, row in enumerate(rows, 1) if len(row) != width]
    if uneven:
        raise RiskError(f"The hierarchy has gaps: other lines have {width} cells, not {_lines(uneven)}.")
    empty = [number for number, row in enumerate(rows, 1) if not all(row[1:])]
    if empty:
        raise RiskError(f"The hierarchy has gaps: there are empty cells in {_lines(empty)}.")
    seen: set[str] = set()
    twice = [number for number, row in enumerate(rows, 1) if row[0] in seen or seen.add(row[0])]  # type: ignore[func-returns-value]
    if twice:
        raise RiskError(f"The hierarchy has a value more than once: {_lines(twice)}. Keep one line for each.")


def _check_coarser(rows: list[list[str]]) -> None:
    for at in range(1, len(rows[0])):
        becomes: dict[str, str] = {}
        for number, row in enumerate(rows, 1):
            if becomes.setdefault(row[at - 1], row[at]) != row[at]:
                raise RiskError(
                    f"The hierarchy is not one: line {number} is alike another at level {at - 1} and not at level "
                    f"{at}. What was joined must stay joined."
                )
    for number, row in enumerate(rows, 1):
        for at in range(2, len(row)):
            if row[at] != row[at - 1] and row[at] in row[: at - 1]:
                raise RiskError(
                    f"The hierarchy goes round in a circle in line {number}: level {at} brings back an earlier value."
                )


def _lines(numbers: Sequence[int]) -> str:
    shown = ", ".join(map(str, numbers[:_SHOWN]))
    more = f" and {len(numbers) - _SHOWN:,} more" if len(numbers) > _SHOWN else ""
    return f"line {shown}{more}" if len(numbers) == 1 else f"lines {shown}{more}"
