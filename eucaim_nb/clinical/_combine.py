"""Several columns made one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from . import _dates


@dataclass(frozen=True, slots=True)
class Combination:
    """How several columns become one value.

    `join` puts their texts together with a separator; `first` takes the first that has one; `days` counts from the
    date in the first to that in the second; `age` does so in years, with one decimal.
    """

    op: str
    separator: str = " "

    def change(self) -> Callable[..., str]:
        """Return the function of the texts of one row."""
        return _COMBINATIONS[self.op](self.separator)


def _join(separator: str) -> Callable[..., str]:
    return lambda *texts: separator.join(text for text in texts if text)


def _first(separator: str) -> Callable[..., str]:
    return lambda *texts: next((text for text in texts if text), "")


def _days(separator: str) -> Callable[..., str]:
    def change(start: str, end: str) -> str:
        days = _dates.days_between(start, end) if start and end else None
        return "" if days is None else str(days)

    return change


def _age(separator: str) -> Callable[..., str]:
    def change(start: str, end: str) -> str:
        days = _dates.days_between(start, end) if start and end else None
        return "" if days is None else f"{days / 365.25:.1f}"

    return change


_COMBINATIONS: Mapping[str, Callable[[str], Callable[..., str]]] = {
    "join": _join,
    "first": _first,
    "days": _days,
    "age": _age,
}
COMBINATIONS = tuple(_COMBINATIONS)
