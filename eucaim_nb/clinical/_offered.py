"""What a page offers of the closed lists: steps, combinations and rules of generalisation, in words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from eucaim_nb.errors import TableError
from eucaim_nb.identity import Rule, generaliser

from ._dates import FORMATS
from ._steps import Step
from ._words import rows


@dataclass(frozen=True)
class Argument:
    """One argument: its name in the mapping, its title, and the values that a person may choose, by their words.

    Without `choices`, a text is typed and `read` makes the value of it.
    """

    name: str
    title: str
    choices: Mapping[str, Any] = field(default_factory=dict)
    read: Callable[[str], Any] = str

    def value(self, given: Any) -> Any:
        """Return the value of what was chosen or typed.

        Raises
        ------
        TableError
            It cannot be read.
        """
        if self.choices:
            return given
        try:
            return self.read(str(given).strip())
        except ValueError as error:
            raise TableError(f"“{self.title}” cannot be {str(given)!r}. Type a number.") from error

    def said(self, value: Any) -> str:
        """Return a value in words."""
        words = next((words for words, one in self.choices.items() if one == value), str(value))
        return f"{self.title[:1].lower()}{self.title[1:]} {words}"


@dataclass(frozen=True)
class Offer:
    """Something to choose: its title and its arguments."""

    title: str
    arguments: tuple[Argument, ...] = ()

    def values(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return the arguments of what was chosen or typed, by name."""
        return {one.name: one.value(given[one.name]) for one in self.arguments}

    def said(self, arguments: Mapping[str, Any]) -> str:
        """Return the offer with some arguments in words."""
        parts = [
            one.said(arguments[one.name])
            for one in self.arguments
            if arguments.get(one.name) not in (None, "")
        ]
        return ", ".join([self.title, *parts])


def _same(*values: str) -> dict[str, str]:
    return {value: value for value in values}


_SIGNS = {"point": ".", "comma": ","}
_UNITS = sorted({row[end] for row in rows("units.csv") for end in ("from", "to")}, key=str.lower)
STEP_OFFERS: Mapping[str, Offer] = {
    "number": Offer(
        "Read as a number",
        (
            Argument("decimal", "Decimal sign", _SIGNS),
            Argument("unit", "Unit that cells may name", {"none": "", **_same(*_UNITS)}),
            Argument(
                "below",
                "Cells such as <0.1",
                {"are asked about": "", "are the limit": "limit", "are half of it": "half"},
            ),
        ),
    ),
    "unit": Offer(
        "Convert a unit",
        (Argument("from", "From unit", _same(*_UNITS)), Argument("to", "To unit", _same(*_UNITS))),
    ),
    "round": Offer("Round", (Argument("decimals", "Decimals", {str(n): n for n in range(4)}),)),
    "integer": Offer("Ask for a whole number"),
    "date": Offer("Read as a date", (Argument("format", "Written as", _same(*FORMATS)),)),
    "tnm": Offer(
        "Write as a TNM category",
        (
            Argument("letter", "Letter", _same("T", "N", "M")),
            Argument(
                "prefix", "Kind of staging", {"not said": "", "clinical (c)": "c", "pathological (p)": "p"}
            ),
            Argument("bare", "Categories without a letter", {"are asked about": False, "are taken": True}),
        ),
    ),
    "stage": Offer("Write as a stage group"),
    "split": Offer(
        "Take one item of a list",
        (
            Argument(
                "separator",
                "Between items",
                {"comma": ",", "semicolon": ";", "slash": "/", "plus": "+", "bar": "|"},
            ),
            Argument(
                "item",
                "Which",
                {"the first": "first", "the last": "last", "the smallest": "min", "the largest": "max"},
            ),
        ),
    ),
    "replace": Offer("Replace a text", (Argument("text", "Text"), Argument("by", "By"))),
    "case": Offer(
        "Change the case", (Argument("to", "To", {"capitals": "upper", "small letters": "lower"}),)
    ),
    "strip": Offer("Drop needless blanks"),
}
"""By the name of the step."""
COMBINATION_OFFERS: Mapping[str, str] = {
    "first": "The first of them that has a value",
    "join": "Their texts, joined",
    "days": "Days from the first date to the second",
    "age": "Years from the first date to the second",
}
"""By the name of the combination."""
RULE_OFFERS: Mapping[str, Offer] = {
    "band": Offer("Bands of numbers", (Argument("width", "Width", read=int),)),
    "top": Offer("Numbers above a limit become it", (Argument("limit", "Limit", read=float),)),
    "bottom": Offer("Numbers below a limit become it", (Argument("limit", "Limit", read=float),)),
    "prefix": Offer("The first characters of a code", (Argument("length", "How many", read=int),)),
    "month": Offer("The month of a date"),
    "year": Offer("The year of a date"),
    "suppress": Offer("Left empty in all rows"),
}
"""By the name of the rule; rules with groups of values come from the risk phase only."""


def step_in_words(step: Step) -> str:
    """Return a step as a person reads it."""
    return STEP_OFFERS[step.op].said(step.arguments)


def rule_of(name: str, target: str, given: Mapping[str, Any]) -> Rule:
    """Return a rule of generalisation for a variable.

    Raises
    ------
    TableError
        An argument cannot be used.
    """
    rule = {"target": target, "rule": name, **RULE_OFFERS[name].values(given)}
    try:
        generaliser(rule)
    except ValueError as error:
        raise TableError(f"The rule cannot be used: {error}.") from error
    return rule


def rule_in_words(rule: Rule) -> str:
    """Return a rule of generalisation as a person reads it; what is grouped is told by its number."""
    name = str(rule.get("rule"))
    if name in RULE_OFFERS and not rule.get("values"):
        return RULE_OFFERS[name].said(rule)
    values = rule.get("groups", rule.get("values", ()))
    return f"{len(values):,} values {'grouped' if name == 'group' else 'left empty'}"
