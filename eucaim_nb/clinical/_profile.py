"""What the columns of a table hold: kinds of values, missing ones, formats of dates, and what may identify somebody."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice

from eucaim_nb.identity import detectors

from . import _dates, _numbers
from ._column import Column
from ._header import unit_in
from ._table import RawTable
from ._words import header_words, missing_meaning, split

_LOOK = 400
"""Distinct values that are looked at to tell the kind of a column."""
_READ = 150
"""Distinct texts that are searched for what identifies a person."""
_MOST_LISTED = 40
_LONGEST_CODE = 60
_OF_BIRTH = frozenset(("birth", "born"))


@dataclass(frozen=True)
class Profile:
    """One column.

    Attributes
    ----------
    kind
        `empty`, `integer`, `number`, `date`, `code` (few short texts) or `text`.
    missing, distinct
        Rows without a value; how many different values there are.
    values
        The values with their counts, most frequent first, if there are few; else empty.
    share
        Part of the values that are of the kind.
    middle
        Bounds of the middle four fifths of the different numbers; None if there are none.
    decimal
        `.`, `,`, `?` if it cannot be told, or empty.
    dates
        What the cells say about the format of dates.
    suspects
        Numbers that look like codes for a missing value.
    identifying
        Why the column may identify somebody; empty if there is no sign of it.
    unit
        Unit by the header or a row of units.
    book
        Meaning of codes, if the header gives them.
    """

    name: str
    kind: str
    rows: int
    missing: int
    distinct: int
    values: Mapping[str, int] = field(default_factory=dict)
    share: float = 1.0
    middle: tuple[float, float] | None = None
    decimal: str = ""
    dates: _dates.Vote = field(default_factory=_dates.Vote)
    suspects: tuple[str, ...] = ()
    identifying: tuple[str, ...] = ()
    unit: str = ""
    book: Mapping[str, str] = field(default_factory=dict)


def profile(table: RawTable) -> dict[str, Profile]:
    """Return the profile of each column."""
    return {
        name: _profile(name, column, table.units.get(name, ""), table.books.get(name, {}))
        for name, column in table.columns.items()
    }


def says(value: str) -> bool:
    """Tell whether a cell holds a value, and no word for a missing one."""
    return missing_meaning(value) is None


def _profile(name: str, column: Column, unit: str, book: Mapping[str, str]) -> Profile:
    silent = [code for code, value in enumerate(column.values) if not says(value)]
    held = len(column) - int(column.counts[silent].sum())
    distinct = len(column.values) - len(silent)
    looked = _counted(column, silent, _LOOK)
    total = sum(count for _, count in looked)
    decimal = _numbers.decimal_of(value for value, _ in looked)
    read_as = "," if decimal == "," else "."
    numbers = [(value, count) for value, count in looked if _is_number(value, read_as)]
    dated = [(value, count) for value, count in looked if _dates.is_date(value.strip())]
    share = {"number": _share(numbers, total), "date": _share(dated, total)}
    kind = "text"
    if not held:
        kind = "empty"
    elif share["date"] >= 0.6 and share["date"] >= share["number"]:
        kind = "date"
    elif share["number"] >= 0.6:
        whole = all(value.strip().lstrip("+-").isdigit() for value, _ in numbers)
        kind = "integer" if whole else "number"
    elif (
        distinct <= min(_MOST_LISTED, max(held // 2, 3))
        and max(len(value) for value, _ in looked) <= _LONGEST_CODE
    ):
        kind = "code"
    may_be_dates = kind in ("date", "text", "code") or _may_be_dates(looked)
    return Profile(
        name,
        kind,
        len(column),
        len(column) - held,
        distinct,
        dict(sorted(looked, key=lambda each: -each[1])) if distinct <= _MOST_LISTED else {},
        share.get("number" if kind == "integer" else kind, 1.0),
        _middle(_plain(looked, read_as)) if kind in ("integer", "number") else None,
        decimal,
        _dates.vote(_counted(column, silent)) if may_be_dates else _dates.Vote(),
        tuple(_numbers.suspects(_plain(looked, read_as))) if kind in ("integer", "number") else (),
        _identifying(name, kind, looked),
        # M1 is a category, 1.72 m a length.
        unit or unit_in(name, ("m",) if kind == "number" else ()),
        book,
    )


def _counted(column: Column, silent: list[int], most: int | None = None) -> list[tuple[str, int]]:
    """Return values that say something with their counts, at most so many."""
    left_out = set(silent)
    codes = islice((code for code in range(len(column.values)) if code not in left_out), most)
    return [(column.values[code], int(column.counts[code])) for code in codes]


def _plain(looked: list[tuple[str, int]], decimal: str) -> list[str]:
    read = (_numbers.plain_number(value, decimal) for value, _ in looked)
    return [number for number in read if number is not None]


def _middle(texts: list[str]) -> tuple[float, float] | None:
    numbers = sorted(map(float, texts))
    return (numbers[len(numbers) // 10], numbers[-1 - len(numbers) // 10]) if numbers else None


def _may_be_dates(looked: list[tuple[str, int]]) -> bool:
    return bool(looked) and _dates.vote(looked).share > 0.9


def _is_number(value: str, decimal: str) -> bool:
    return (
        _numbers.plain_number(value, decimal) is not None
        or (_numbers.with_unit(value) is not None)
        or (_numbers.limit(value) is not None)
    )


def _share(some: list[tuple[str, int]], total: int) -> float:
    return sum(count for _, count in some) / total if total else 0.0


def _identifying(name: str, kind: str, counted: list[tuple[str, int]]) -> tuple[str, ...]:
    words = set(split(name))
    found = []
    if words & header_words("identifying") or (words & _OF_BIRTH and kind == "date"):
        found.append("its header")
    if kind in ("text", "code", "integer"):
        kinds = Counter(one.kind for value, _ in counted[:_READ] for one in detectors(value))
        found += [what for what, count in kinds.most_common() if what != "date" and count >= 1]
    return tuple(found)
