"""How a column becomes coarser, level by level."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from eucaim_nb.errors import RiskError
from eucaim_nb.identity import Rule, generaliser

from ._reference import ColumnFacts

LEFT_OUT = "left out"
_AS_IT_IS = "as it is"
_BANDS = ("band 5", "band 10", "band 20")
_DATE = r"\d{4}-\d{2}-\d{2}"
_NUMBER_VALUES = 6
"""A column of numbers with more different values than this gets bands."""


@dataclass(frozen=True)
class Level:
    """One step: its name for people, and the rules that make it, in the form that the clinical mapping takes."""

    title: str
    rules: tuple[Rule, ...]

    def of(self, values: Iterable[str]) -> list[str]:
        """Return values at this level.

        Raises
        ------
        RiskError
            A rule cannot be used.
        """
        try:
            steps = [generaliser(rule) for rule in self.rules]
        except ValueError as error:
            raise RiskError(f"The level {self.title!r} cannot be used: {error}.") from None
        found = list(values)
        for step in steps:
            found = [step(value) for value in found]
        return found


@dataclass(frozen=True)
class Hierarchy:
    """The levels of a column, from the values as they are to leaving the column out."""

    column: str
    levels: tuple[Level, ...]

    def clipped(self, bottom: float | None, top: float | None) -> "Hierarchy":
        """Return the levels with values beyond a limit coded as the limit first (top and bottom coding)."""
        limits = [("bottom", bottom), ("top", top)]
        if bottom is not None and top is not None and bottom > top:
            raise RiskError(f"For {self.column}, the lowest value kept lies above the highest.")
        first = tuple(
            {"target": self.column, "rule": rule, "limit": limit} for rule, limit in limits if limit is not None
        )
        *steps, last = self.levels
        return Hierarchy(
            self.column, (*(Level(one.title, (*first, *one.rules)) for one in steps), last)
        )


def as_texts(column: pd.Series) -> pd.Series:
    """Return a column as texts, whole numbers without decimals, missing values as missing."""
    if pd.api.types.is_float_dtype(column):
        return pd.Series(column.map(lambda value: None if pd.isna(value) else f"{value:.15g}"))
    if pd.api.types.is_datetime64_any_dtype(column):
        return pd.Series(column.dt.strftime("%Y-%m-%d"))
    return pd.Series(column.map(lambda value: None if pd.isna(value) else str(value)))


def values_of(column: pd.Series) -> list[str]:
    """Return the different values of a column as texts, missing ones left out."""
    return [str(value) for value in as_texts(column).dropna().unique()]


def usual_hierarchy(
    column: pd.Series, facts: ColumnFacts | None, vendors: Mapping[str, str] | None = None
) -> Hierarchy:
    """Return the levels that a column is offered by its name, or by what it holds.

    Parameters
    ----------
    column
        Its values; the name is that of the column.
    facts
        What is known of it by its name.
    vendors
        Manufacturer by model, for a column of models.
    """
    name = str(column.name)
    texts = as_texts(column).dropna()
    steps: Sequence[str] = facts.levels if facts else ()
    if facts is None and len(texts):
        if texts.str.fullmatch(_DATE).all():
            steps = ("month", "year")
        elif pd.to_numeric(texts, errors="coerce").notna().all() and texts.nunique() > _NUMBER_VALUES:
            steps = _BANDS
    levels = [Level(_AS_IT_IS, ())]
    if vendors:
        levels.append(Level("manufacturer only", ({"target": name, "rule": "group", "groups": dict(vendors)},)))
    levels += [_level(name, step) for step in steps]
    levels.append(Level(LEFT_OUT, ({"target": name, "rule": "suppress"},)))
    return Hierarchy(name, tuple(levels))


def _level(column: str, step: str) -> Level:
    rule, _, argument = step.partition(" ")
    if rule == "band":
        return Level(f"bands of {argument}", ({"target": column, "rule": "band", "width": int(argument)},))
    if rule == "prefix":
        return Level(f"first {argument} characters", ({"target": column, "rule": "prefix", "length": int(argument)},))
    return Level(f"{rule} only", ({"target": column, "rule": rule},))
