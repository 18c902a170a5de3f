"""One property of the dataset in the form: a field, or a node with the fields that belong to it."""

from collections.abc import Callable
from typing import Any

from eucaim_nb.dataset import record as records
from eucaim_nb.dataset.record import Field, Kind, Obligation
from eucaim_nb.ui import components as c

from ._metadata_draft import Draft
from ._metadata_field import FieldRow, label_of, show_problems


class NodeEntry:
    """All nodes of one property of one parent, such as the creators of the dataset.

    Parameters
    ----------
    at
        What the keys begin with, with numbers; empty for the dataset.
    """

    def __init__(
        self, draft: Draft, field: Field, at: str, notice: c.Notice, changed: Callable[[], object]
    ) -> None:
        self._draft, self.field, self._at, self._notice, self._changed = draft, field, at, notice, changed
        self._count = 0
        self.inside: list[Entry] = []
        self._said, self._nodes = c.show(), c.stack()
        self.more = c.button(f"Add another: {field.name.lower()}", self._add, notice, rest=0)
        c.visible(self.more, field.maximum != 1)
        about = c.show(
            c.heading(label_of(field), 3 if at else 2),
            *([c.paragraph(field.help, quiet=True)] if field.help else []),
        )
        self.root = c.box(about, self._said, self._nodes, c.row(self.more))
        self.show()

    def show(self) -> None:
        """Show what stands in the record, and against it."""
        filled = self._filled()
        # One empty node may be shown behind those that are filled.
        if not filled <= self._count <= filled + 1 or not self._count:
            self._build(max(filled, 1))
        show_problems(self._draft, self._at + self.field.prop, self._said)
        self.inside = [one for one in self.inside if one.root.comm is not None]
        for one in self.inside:
            one.show()

    def _filled(self) -> int:
        start = self._at + self.field.prop
        keys = (
            key.removeprefix(self._at).partition("/")[0]
            for key in self._draft.record.values
            if key.startswith(start)
        )
        return len({step for step in keys if records.plain(step) == self.field.prop})

    def _build(self, count: int) -> None:
        self._count = count
        self.inside = []
        c.replace(self._nodes, *map(self._node, range(1, count + 1)))

    def _node(self, number: int) -> Any:
        at = f"{self._at}{records.step(self.field.prop, number)}/"
        within = records.below(self.field.key)
        usual = [one for one in within if one.obligation is not Obligation.OPTIONAL]
        rest = [one for one in within if one.obligation is Obligation.OPTIONAL]
        parts: list[Any] = [self._entry(one, at) for one in usual]
        if rest:
            title = f"More about {self.field.name.lower()} ({len(rest)} optional)"
            parts.append(
                c.Fold(title, lambda: c.stack(*(self._entry(one, at) for one in rest)), self._notice).root
            )
        if self.field.maximum != 1 and self._count > 1:
            name = f"{self.field.name} {number}"
            parts.insert(0, c.show(c.paragraph(name)))
            parts.append(
                c.row(c.button(f"Remove {name.lower()}", lambda: self._remove(at), self._notice, rest=0))
            )
        return c.stack(*parts)

    def _entry(self, field: Field, at: str) -> Any:
        made = entry(self._draft, field, at, self._notice, self._changed)
        self.inside.append(made)
        return made.root

    def _add(self) -> None:
        if self._filled() == self._count:
            self._build(self._count + 1)
        else:
            self._notice.say(f"{self.field.name}: fill in the last one first.")

    def _remove(self, at: str) -> None:
        self._count = 0  # they are numbered anew
        self._draft.empty_node(at.removesuffix("/"))
        self._changed()


Entry = FieldRow | NodeEntry


def entry(draft: Draft, field: Field, at: str, notice: c.Notice, changed: Callable[[], object]) -> Entry:
    """Return what fills in a property: a field, or a node with its own."""
    if field.kind is Kind.NODE:
        return NodeEntry(draft, field, at, notice, changed)
    return FieldRow(draft, at + field.prop, notice, changed)
