"""What a mapping makes of some cells of one variable: a decision is seen before the whole table is mapped."""

from collections.abc import Callable
from dataclasses import dataclass

from ._apply import checked, made_of
from ._mapping import FieldMap
from ._steps import Unusable
from ._table import RawTable
from ._template import Template

_LOOK = 2000


@dataclass(frozen=True)
class Example:
    """Cells of one row, what they become, and why they do not if they cannot be used."""

    cells: tuple[str, ...]
    becomes: str
    problem: str = ""


def examples(table: RawTable, template: Template, made: FieldMap, most: int = 8) -> list[Example]:
    """Return what becomes of the first different cells of a variable's columns, those that cannot be used first."""
    columns = [table.columns[name] for name in made.source]
    rows = range(min(len(table), _LOOK))
    different = dict.fromkeys(tuple(column[row] for column in columns) for row in rows)
    found = [_example(cells, template, made) for cells in different if any(map(str.strip, cells))]
    return sorted(found, key=lambda one: not one.problem)[:most]


def _example(cells: tuple[str, ...], template: Template, made: FieldMap) -> Example:
    change, check = made_of(made), checked(template[made.target])
    try:
        texts = [change(cell) for cell in cells]
        return Example(cells, check(made.combine.change()(*texts) if made.combine else texts[0]))
    except Unusable as why:
        return Example(cells, "", f"{why.message} {why.remedy}")


def unsaid(table: RawTable, template: Template, made: FieldMap) -> str:
    """Say what a person has still to say of a variable with a column of its own; empty if nothing is open.

    Nobody but a person knows how dates are written that can be read in two ways, or what 1 and 2 stand for.
    """
    target, ops = template[made.target], {step.op for step in made.steps}
    if len(made.source) != 1 or made.combine is not None:
        return ""
    if target.type == "date":
        return "" if "date" in ops else "how its dates are written"
    numbers = target.type in ("integer", "number")
    if not target.allowed and (not numbers or "number" in ops):
        return ""
    values = table.columns[made.source[0]].values[:_LOOK]
    change, check = made_of(made), checked(target)
    refused = sum(_refused(value, change, check) for value in values)
    if not refused:
        return ""
    return "its decimal sign" if numbers else f"what {refused:,} of its values stand{'s' if refused == 1 else ''} for"


def _refused(value: str, change: Callable[[str], str], check: Callable[[str], str]) -> bool:
    try:
        check(change(value))
    except Unusable:
        return True
    return False
