"""A first mapping of a table to a template: what can be told from the table, and nothing that cannot.

Where the table leaves a question (days before months? what does 1 mean?) the mapping leaves the step out; checking the
result then says so, until a person has decided.
"""

from collections.abc import Mapping as Map
from collections.abc import Sequence

from ._mapping import FieldMap, Mapping, Subjects, source_of
from ._match import Suggestion, suggest
from ._profile import Profile, profile, says
from ._steps import Step
from ._table import RawTable
from ._target import Target
from ._template import Template
from ._values import RARE, ValueMap, suggest_values
from ._words import unit_factor

_UPPER = ("birads", "breast_density", "child_pugh", "bclc", "lirads", "icd10")
_TNM = {
    f"{kind}_{letter.lower()}": (letter, kind[0]) for kind in ("clinical", "pathological") for letter in "TNM"
}


def propose(
    table: RawTable,
    template: Template,
    constants: Map[str, str] | None = None,
    books: Map[str, Map[str, str]] | None = None,
    suggestions: Sequence[Suggestion] | None = None,
) -> Mapping:
    """Return a mapping made of the suggestions that are sure.

    Parameters
    ----------
    constants
        Values of variables that the table does not have, by target.
    books
        Meanings of codes by column, for instance from a REDCap dictionary; they count beside those in headers.
    suggestions
        Which column is which variable; without, those of `suggest`.
    """
    profiles = profile(table)
    chosen = {one.target: one.source for one in suggestions or suggest(profiles, template) if one.sure}
    given = {**template.constants, **(constants or {})}
    made = []
    subject = template.subject
    for target in template.targets:
        if subject is not None and target.name == subject.name:
            continue
        if target.name in (constants or {}):
            made.append(FieldMap(target.name, constant=given[target.name]))
        elif target.name in chosen:
            source = profiles[chosen[target.name]]
            made.append(field_map(target, source, table, (books or {}).get(source.name)))
        elif target.name in given:
            made.append(FieldMap(target.name, constant=given[target.name]))
    used = {name for one in made for name in one.source}
    column = chosen.get(subject.name, "") if subject is not None else ""
    return Mapping(
        template.name,
        template.version,
        template.digest,
        source_of(table),
        table.layout,
        Subjects(column),
        tuple(made),
        tuple(name for name in table.headers if name not in used and name != column),
    )


def field_map(
    target: Target, column: Profile, table: RawTable, book: Map[str, str] | None = None
) -> FieldMap:
    """Return how a column becomes a variable, as far as the column itself tells."""
    book = {**column.book, **(book or {})}
    values: Sequence[ValueMap] = ()
    if target.allowed:
        counts = {
            value: int(count)
            for value, count in zip(
                table.columns[column.name].values, table.columns[column.name].counts, strict=True
            )
        }
        values, _ = suggest_values(counts, target, book) if len(counts) <= _MOST_CODES else ((), ())
    elif book and target.type in ("string", "integer"):
        values = _explained(column, book)
    return FieldMap(target.name, (column.name,), steps=_steps(target, column), values=tuple(values))


_MOST_CODES = 500
"""Distinct values of a column that may still be coded."""


def _explained(column: Profile, book: Map[str, str]) -> list[ValueMap]:
    return [
        ValueMap(code, meaning if says(meaning) else "", "code book", column.values.get(code, RARE) < RARE)
        for code, meaning in book.items()
    ]


def _steps(target: Target, column: Profile) -> tuple[Step, ...]:
    if target.type == "date":
        return (Step("date", {"format": column.dates.format}),) if column.dates.format else ()
    if target.type in ("integer", "number"):
        return tuple(_numeric(target, column))
    if target.element in _TNM:
        letter, prefix = _TNM[target.element]
        return (Step("tnm", {"letter": letter, "prefix": prefix}),)
    if target.element == "stage_group":
        return (Step("stage"),)
    if target.element in _UPPER:
        return (Step("strip"), Step("case", {"to": "upper"}))
    return () if target.allowed else (Step("strip"),)


def _numeric(target: Target, column: Profile) -> list[Step]:
    if column.decimal == "?":
        return []
    arguments = {
        name: value
        for name, value in (("decimal", column.decimal or "."), ("unit", column.unit or target.unit))
        if value
    }
    steps = [Step("number", arguments)]
    if (
        column.unit
        and target.unit
        and column.unit != target.unit
        and unit_factor(column.unit, target.unit) is not None
    ):
        steps.append(Step("unit", {"from": column.unit, "to": target.unit}))
    if target.type == "integer" and column.kind == "number":
        steps.append(Step("integer"))
    elif target.decimals is not None:
        steps.append(Step("round", {"decimals": target.decimals}))
    return steps
