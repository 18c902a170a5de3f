"""What a mapping makes of some cells of one variable: a decision is seen before the whole table is mapped."""

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
