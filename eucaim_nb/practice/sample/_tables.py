"""The facts of the sample cohort (names, sites, scanners, anatomy) are CSV files beside the code."""

import csv
from functools import cache
from importlib import resources

Row = dict[str, str]


@cache
def rows(name: str) -> tuple[Row, ...]:
    """Rows of ``<name>.csv`` in this package."""
    text = resources.files(__package__).joinpath(f"{name}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def pick(table: str, **where: str) -> list[Row]:
    """Rows of a table whose columns have the given values."""
    return [row for row in rows(table) if all(row[column] == value for column, value in where.items())]
