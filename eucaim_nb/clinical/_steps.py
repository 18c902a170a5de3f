"""What may be done to a value: a closed list of steps, each written in the mapping as plain data.

A step takes a text and gives a text, or says why it cannot: `Unusable`. Nothing in a mapping is ever evaluated as code.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from eucaim_nb.errors import TableError

from . import _dates, _numbers
from ._words import missing_meaning, unit_factor

Change = Callable[[str], str]
Arguments = Mapping[str, Any]


class Unusable(Exception):
    """A value that a step cannot take; the text is safe to show, and says what to do."""

    def __init__(self, rule: str, message: str, remedy: str) -> None:
        super().__init__(message)
        self.rule, self.message, self.remedy = rule, message, remedy


@dataclass(frozen=True, slots=True)
class Step:
    """One step with its arguments, for instance `Step("date", {"format": "DD/MM/YYYY"})`."""

    op: str
    arguments: Arguments = field(default_factory=dict)

    def as_data(self) -> dict[str, Any]:
        """Return the step as it is written in a mapping."""
        return {"op": self.op, **self.arguments}

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Step":
        """Return the step that a mapping says.

        Raises
        ------
        TableError
            There is no such step, or it does not take these arguments.
        """
        given = dict(data)
        op = given.pop("op", "")
        if op not in _STEPS:
            raise TableError(f"The mapping asks for the step {op!r}. There are: {', '.join(_STEPS)}.")
        if unknown := set(given) - _STEPS[op][1].keys():
            raise TableError(f"The step {op!r} has no argument {sorted(unknown)[0]!r}.")
        step = cls(op, given)
        step.change()
        return step

    def change(self) -> Change:
        """Return the function that does the step."""
        make, defaults = _STEPS[self.op]
        try:
            return make({**defaults, **self.arguments})
        except (KeyError, TypeError, ValueError) as error:
            raise TableError(
                f"The step {self.op!r} of the mapping has arguments that cannot be used."
            ) from error


def _strip(given: Arguments) -> Change:
    return lambda text: " ".join(text.split())


def _case(given: Arguments) -> Change:
    return {"upper": str.upper, "lower": str.lower}[given["to"]]


def _number(given: Arguments) -> Change:
    decimal, unit, below = given["decimal"], given["unit"], given["below"]
    if decimal not in (".", ",") or below not in ("", "limit", "half"):
        raise ValueError

    def change(text: str) -> str:
        if (number := _numbers.plain_number(text, decimal)) is not None:
            return number
        value = text.strip()
        measured = _numbers.with_unit(value)
        if measured is not None:
            if not unit or measured[1] != unit:
                raise Unusable(
                    "unit in the cell",
                    "The cell has a unit that the column does not have.",
                    "Correct the cell, or convert it.",
                )
            value = measured[0]
        bound = _numbers.limit(value)
        if bound is not None and below:
            number = _numbers.plain_number(bound[1], decimal)
            if number is not None:
                return number if below == "limit" else _numeral(float(number) / 2)
        if bound is not None:
            raise Unusable(
                "beyond a limit",
                "The cell says that a value is below or above a limit.",
                "Choose for the column: the limit itself (below: limit), half of it (below: half), or missing.",
            )
        number = _numbers.plain_number(value, decimal)
        if number is None:
            raise Unusable(
                "no number", "The cell is no number.", "Correct it, or say that it means a missing value."
            )
        return number

    return change


def _unit(given: Arguments) -> Change:
    factor = unit_factor(given["from"], given["to"])
    if factor is None:
        raise ValueError
    return lambda text: _numeral(_float(text) * factor)


def _round(given: Arguments) -> Change:
    decimals = int(given["decimals"])
    return lambda text: _numeral(round(_float(text), decimals))


def _integer(given: Arguments) -> Change:
    def change(text: str) -> str:
        number = _float(text)
        if not number.is_integer():
            raise Unusable(
                "no whole number", "The cell is no whole number.", "Correct it, or add a step that rounds."
            )
        return str(int(number))

    return change


def _date(given: Arguments) -> Change:
    form = given["format"]
    if form not in _dates.FORMATS:
        raise ValueError

    @cache
    def change(text: str) -> str:
        found = _dates.parse_date(text, form)
        if found is not None:
            return found
        if _dates.has_short_year(text):
            raise Unusable(
                "year of two digits", "The year has two digits.", "Write all four digits of the year."
            )
        raise Unusable(
            "not in the format of dates",
            f"The cell is no date in the format {form}.",
            "Write it as YYYY-MM-DD, or choose another format for the column.",
        )

    return change


_CATEGORY = re.compile(
    r"(?P<prefix>y?[cp]?)\s*(?P<letter>[TNM])?\s*(?P<value>X|IS|MI|[0-4])\s*(?P<rest>MI|[A-D][0-9]?)?(?:\(.*\))?",
    re.I,
)


def _tnm(given: Arguments) -> Change:
    letter, prefix, bare = given["letter"], given["prefix"], given["bare"]
    if letter not in ("T", "N", "M") or prefix not in ("c", "p", "") or not isinstance(bare, bool):
        raise ValueError

    def change(text: str) -> str:
        found = _CATEGORY.fullmatch(text.strip())
        said = found["letter"] if found else None
        if not found or (said or letter).upper() != letter:
            raise Unusable(
                "no TNM category", f"The cell is no {letter} category.", "Write it as in cT2a, N1 or M0."
            )
        stated = found["prefix"].lower().removeprefix("y")
        if prefix and stated and stated != prefix:
            raise Unusable(
                "clinical or pathological",
                "The cell is of the other kind of staging (c or p) than the column.",
                "Map it to the variable of that kind.",
            )
        if not said and not bare:
            raise Unusable(
                "TNM category without a letter",
                "The cell has no letter T, N or M; it may be a code.",
                "Say that categories may stand without a letter (bare: true), or map the value.",
            )
        value = found["value"].upper().replace("IS", "is").replace("MI", "mi")
        return f"{prefix}{letter}{value}{(found['rest'] or '').lower()}"

    return change


_ROMAN = {"1": "I", "2": "II", "3": "III", "4": "IV"}
_STAGE = re.compile(
    r"(?:stage|stadium|estadio|stadio|stade)?[\s_-]*(0|I{1,3}|IV|[1-4])[\s_-]*([A-D][0-9]?)?", re.I
)


def _stage(given: Arguments) -> Change:
    def change(text: str) -> str:
        found = _STAGE.fullmatch(text.strip())
        if not found:
            raise Unusable("no stage", "The cell is no stage group.", "Write it as in IIA or IV.")
        return _ROMAN.get(found[1], found[1].upper()) + (found[2] or "").upper()

    return change


def _split(given: Arguments) -> Change:
    separator, item = given["separator"], given["item"]
    if not separator or item not in ("first", "last", "min", "max"):
        raise ValueError

    def change(text: str) -> str:
        parts = [part.strip() for part in text.split(separator) if part.strip()]
        if item in ("first", "last"):
            return parts[0 if item == "first" else -1] if parts else ""
        numbered = [(number, part) for part in parts if (number := _as_float(part)) is not None]
        if not numbered:
            return ""
        return (min if item == "min" else max)(numbered)[1]

    return change


def _replace(given: Arguments) -> Change:
    old, new = str(given["text"]), str(given["by"])
    if not old:
        raise ValueError
    return lambda text: text.replace(old, new).strip()


def _as_float(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _float(text: str) -> float:
    number = _as_float(text)
    if number is None:
        raise Unusable(
            "no number", "The cell is no number.", "Add the step that reads numbers before this one."
        )
    return number


def _numeral(number: float) -> str:
    plain = f"{number:.10g}"
    return plain if "e" not in plain else format(number, "f").rstrip("0").rstrip(".")


_STEPS: Mapping[str, tuple[Callable[[Arguments], Change], Arguments]] = {
    "strip": (_strip, {}),
    "case": (_case, {"to": "upper"}),
    "replace": (_replace, {"text": "", "by": ""}),
    "number": (_number, {"decimal": ".", "unit": "", "below": ""}),
    "unit": (_unit, {"from": "", "to": ""}),
    "round": (_round, {"decimals": 1}),
    "integer": (_integer, {}),
    "date": (_date, {"format": "YYYY-MM-DD"}),
    "tnm": (_tnm, {"letter": "T", "prefix": "", "bare": False}),
    "stage": (_stage, {}),
    "split": (_split, {"separator": "", "item": "first"}),
}


STEPS = tuple(_STEPS)


MEANINGS = ("unknown", "not applicable", "not done")
"""What a missing value may mean."""


def is_missing(text: str, codes: Mapping[str, str]) -> str | None:
    """Return what a text means if it stands for a missing value: a code of the column, or a word that says so."""
    return (codes.get(text.strip()) if codes else None) or missing_meaning(text)
