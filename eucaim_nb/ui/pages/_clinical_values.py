"""What the values of a column stand for: value maps with counts, format of dates, decimal sign, missing codes."""

from collections.abc import Callable
from functools import partial
from typing import Any

from eucaim_nb.clinical import DATE_FORMATS, MISSING
from eucaim_nb.ui import components as c

from ._clinical_draft import Draft
from ._clinical_making import Making

_PAGE = 50
_UNDECIDED, _MISSING = "\0undecided", ""
_MEANINGS = [("It is a value", ""), *((f"Missing: {one}", one) for one in MISSING)]


def worth_opening(draft: Draft, column: str) -> bool:
    """Tell whether there is anything to say about the values of a column."""
    return bool(draft.target_of(column)) and draft.target_of(column) != draft.subject


class ValuesOf:
    """The panel of one column that becomes a variable.

    Parameters
    ----------
    changed
        Called after a change.
    """

    def __init__(self, draft: Draft, column: str, notice: c.Notice, changed: Callable[[], object]) -> None:
        self._draft, self._column, self._notice, self._changed = draft, column, notice, changed
        self._target = draft.template[draft.target_of(column)]
        parts: list[Any] = []
        if self._target.type == "date":
            parts.append(self._dates())
        elif self._target.type in ("integer", "number"):
            parts.append(self._decimals())
        parts += self._suspects()
        self._making = Making(draft, column, notice, changed)
        self.root = c.stack(*parts, self._making.root, self._values())

    # One explicit format, one decimal sign

    def _dates(self) -> Any:
        votes = self._draft.profiles[self._column].dates
        now = self._argument("date", "format")
        options = [("Not decided", _UNDECIDED), *((form, form) for form in DATE_FORMATS)]
        field = c.choice("Dates are written as", options, now or _UNDECIDED)
        said = f"The cells say {votes.format}." if votes.format else "The cells do not tell: somebody has to know."
        self._watch(field, partial(self._draft.dates, self._target.name))
        return c.row(field, c.show(c.paragraph(said, quiet=True)))

    def _decimals(self) -> Any:
        now = self._argument("number", "decimal")
        field = c.choice(
            "Decimal sign", [("Not decided", _UNDECIDED), ("point", "."), ("comma", ",")], now or _UNDECIDED
        )
        self._watch(field, partial(self._draft.decimal, self._target.name))
        unit = f"In {self._target.unit}." if self._target.unit else ""
        return c.row(field, c.show(c.paragraph(unit, quiet=True)))

    def _argument(self, op: str, name: str) -> str:
        field = self._draft.mapping.of(self._target.name)
        steps = field.steps if field else ()
        return next((str(one.arguments.get(name, "")) for one in steps if one.op == op), "")

    # Codes for missing values

    def _suspects(self) -> list[Any]:
        field = self._draft.mapping.of(self._target.name)
        given = dict(field.missing) if field else {}
        rows = []
        for code in dict.fromkeys((*self._draft.profiles[self._column].suspects, *given)):
            one = c.choice(f"{code} looks like a code for a missing value", _MEANINGS, given.get(code, ""))
            self._watch(one, partial(self._draft.missing, self._target.name, code))
            rows.append(c.row(one))
        return rows

    # Values

    def _values(self) -> Any:
        values = [(text, count) for text, count in self._draft.values(self._column) if text.strip()]
        if not self._target.allowed:
            table: c.PagedTable[tuple[str, int]] = c.PagedTable(
                (c.Column("Value"), c.Column("Rows", numbers=True)),
                lambda pair: (pair[0], f"{pair[1]:,}"),
                f"Values of {self._column}",
                self._notice,
                size=_PAGE,
            )
            table.show(values)
            return table.root
        return c.PagedRows(values, self._value, self._notice, size=_PAGE).root

    def _value(self, pair: tuple[str, int]) -> Any:
        text, count = pair
        field = self._draft.mapping.of(self._target.name)
        known = next((one for one in field.values if one.source == text), None) if field else None
        options = [
            ("Not decided", _UNDECIDED),
            ("A missing value", _MISSING),
            *((value, value) for value in self._target.allowed),
        ]
        values = {value for _, value in options}
        now = known.to if known is not None and known.to in values else _UNDECIDED
        one = c.choice(f"{text} ({c.count(count, 'row')})", options, now)
        said = c.show(c.paragraph(f"by {known.by}" if known else "", quiet=True))
        self._watch(one, partial(self._draft.value, self._target.name, text))
        return c.row(one, said)

    def _watch(self, field: Any, change: Callable[[Any], object]) -> None:
        """Make a change of what was chosen; "not decided" takes a value map back and changes nothing else."""

        def chosen() -> None:
            value = field.value
            if value == _UNDECIDED and not self._target.allowed:
                return
            change(None if value == _UNDECIDED else value)
            self._making.show()
            self._changed()

        field.observe(c.guard(self._notice, rest=0)(chosen), "value")
