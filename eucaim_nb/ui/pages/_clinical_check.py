"""Step 4 of the clinical page: what the mapping makes of the table, before anything is written."""

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from eucaim_nb import clinical
from eucaim_nb.clinical import Prepared
from eucaim_nb.ui import components as c

from ._clinical_draft import Draft

_PAGE = 50
_PAGE_COLUMNS = 20
_ROWS_NAMED = 5
_GRAVE = {
    clinical.Severity.ERR: c.Severity.ERROR,
    clinical.Severity.WARN: c.Severity.WARNING,
    clinical.Severity.INFO: c.Severity.NOTE,
}


class Check:
    """The panel.

    Parameters
    ----------
    checked
        Called after a check, in the thread that made it.
    changed
        Called after a change of the mapping that was offered here.
    """

    def __init__(
        self, draft: Draft, notice: c.Notice, checked: Callable[[], object], changed: Callable[[], object]
    ) -> None:
        self._draft, self._notice, self._told, self._changed = draft, notice, checked, changed
        self.found: Prepared | None = None
        self._of: clinical.Mapping | None = None
        self.check = c.slow_button("Check the table", self._check, notice)
        self.check.add_class("eucaim-main")
        self._result = c.stack()
        self.root = c.stack(c.row(self.check), self._result)

    @property
    def current(self) -> bool:
        """Whether the last check was of the mapping as it stands."""
        return self._of is not None and self._of is self._draft.mapping

    @property
    def errors(self) -> int:
        """How many findings of the last check block the export."""
        findings = self.found.findings if self.found else ()
        return sum(one.severity is clinical.Severity.ERR for one in findings)

    def _check(self) -> None:
        self._notice.say("Mapping and checking every row.")
        mapping = self._draft.mapping
        self.found = self._draft.prepared()
        self._of = mapping
        c.replace(self._result, *self._shown(self.found))
        self._notice.clear()
        self._told()

    def _shown(self, found: Prepared) -> list[Any]:
        table = c.FindingsTable(self._draft.workspace.folder / "private" / "clinical-check.csv", self._notice)
        table.show(map(_finding, found.findings))
        preview = Preview(found, self._notice)
        return [
            c.show(c.headline(_headline(found, self.errors)), *_accounting(found)),
            self._sides(found),
            *self._offers(found),
            c.show(c.heading("Findings", 3)),
            table.root,
            c.Fold("Preview of the result", lambda: preview.root, self._notice).root,
        ]

    def _sides(self, found: Prepared) -> Any:
        sides = (
            ("images and rows", found.both),
            ("images only", found.images_only),
            ("rows only", found.clinical_only),
        )
        return c.stack(*(self._side(said, names) for said, names in sides))

    def _offers(self, found: Prepared) -> list[Any]:
        """Offer the changes to Patient IDs that would join more patients with their images."""
        images = (*found.both, *found.images_only)
        return [
            c.row(
                c.slow_button(
                    f"Change Patient IDs by {step}: {c.count(count, 'patient')} more with images",
                    partial(self._normalise, step),
                    self._notice,
                    hint="Remembers it in the mapping, and checks the table again",
                )
            )
            for step, count in clinical.normalisations(found.clinical_only, images).items()
        ]

    def _normalise(self, step: str) -> None:
        self._draft.link(normalise=(*self._draft.mapping.subjects.normalise, step))
        self._changed()
        self._check()

    def _side(self, said: str, names: Sequence[str]) -> Any:
        title = f"{c.count(len(names), 'patient')} with {said}"
        if not names:
            return c.show(c.paragraph(title, quiet=True))
        return c.Fold(title, lambda: _names(names, title, self._notice), self._notice).root


class Preview:
    """The prepared rows: a page of rows and of columns at a time."""

    def __init__(self, found: Prepared, notice: c.Notice) -> None:
        self._found, self._notice = found, notice
        self._names = list(found.columns)
        first, *rest = self._names
        self._parts = [[first, *rest[at : at + _PAGE_COLUMNS]] for at in range(0, max(len(rest), 1), _PAGE_COLUMNS)]
        options = [(f"{part[1]} to {part[-1]}" if len(part) > 1 else first, at) for at, part in enumerate(self._parts)]
        self.part = c.choice("Columns", options)
        self.part.observe(c.guard(notice, rest=0)(self._draw), "value")
        c.visible(self.part, len(self._parts) > 1)
        self._table = c.stack()
        self._table.add_class("eucaim-data")
        self.root = c.stack(self.part, self._table)
        self._draw()

    def _draw(self) -> None:
        names = self._parts[self.part.value]
        columns = [self._found.columns[name] for name in names]
        lines = self._found.lines
        table: c.PagedTable[int] = c.PagedTable(
            [c.Column("Line", numbers=True), *(c.Column(name) for name in names)],
            lambda row: (f"{int(lines[row]):,}", *(column[row] for column in columns)),
            "Preview of the result",
            self._notice,
            empty="No row is left.",
            size=_PAGE,
        )
        table.show(range(len(self._found)))
        c.replace(self._table, table.root)


def _names(names: Sequence[str], title: str, notice: c.Notice) -> Any:
    table: c.PagedTable[str] = c.PagedTable((c.Column("Patient ID"),), lambda name: (name,), title, notice, size=_PAGE)
    table.show(names)
    return table.root


def _headline(found: Prepared, errors: int) -> str:
    ready = f"{len(found):,} of {c.count(found.rows_in, 'row')} would be exported"
    if errors:
        return f"{c.count(errors, 'finding')} stand{'s' if errors == 1 else ''} in the way of the export"
    return ready if len(found) else "No row is left to export"


def _accounting(found: Prepared) -> list[c.Markup]:
    reasons = Counter({one.reason: len(one.lines) for one in found.dropped})
    lost = [f"{c.count(rows, 'row')} left out: {why}" for why, rows in reasons.items()]
    said = f"{found.rows_in:,} rows in, {len(found):,} out, {sum(reasons.values()):,} left out."
    return [c.paragraph(said), *([c.bullets(lost)] if lost else [])]


def _finding(one: clinical.Finding) -> c.Finding:
    where = " · ".join(part for part in (one.column or one.target or "table", _rows(one.rows)) if part)
    value = f" The value is “{one.value}”." if one.value else ""
    return c.Finding(_GRAVE[one.severity], one.rule, where, f"{one.message}{value}", one.remedy)


def _rows(rows: Sequence[int]) -> str:
    if not rows:
        return ""
    named = ", ".join(f"{row:,}" for row in rows[:_ROWS_NAMED])
    more = len(rows) - _ROWS_NAMED
    return f"line{'s' if len(rows) > 1 else ''} {named}" + (f" and {more:,} more" if more > 0 else "")
