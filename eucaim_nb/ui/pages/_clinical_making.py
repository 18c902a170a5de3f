"""How one variable is made: columns combined, steps done to each cell, and what comes of it, shown at once."""

from collections.abc import Callable
from functools import partial
from typing import Any

from eucaim_nb import clinical
from eucaim_nb.clinical import Combination, Step
from eucaim_nb.ui import components as c

from ._clinical_draft import Draft
from ._clinical_offer import OfferFields

_NOT_COMBINED = "This column only"
_STEP_TITLES = [(offer.title, op) for op, offer in clinical.STEP_OFFERS.items()]


class Making:
    """The panel of one variable that has a column.

    Parameters
    ----------
    changed
        Called after a change.
    """

    def __init__(self, draft: Draft, column: str, notice: c.Notice, changed: Callable[[], object]) -> None:
        self._draft, self._column, self._notice, self._changed = draft, column, notice, changed
        self._target = draft.target_of(column)
        self._combined, self._steps, self._examples = c.stack(), c.stack(), c.show()
        others = [("Choose …", ""), *((name, name) for name in draft.raw.headers if name != column)]
        self.other = c.choice("Another column", others)
        self.way = c.choice("Together they are", [(words, op) for op, words in clinical.COMBINATION_OFFERS.items()])
        self.step = OfferFields("Add a step", _STEP_TITLES, clinical.STEP_OFFERS, notice)
        combine = c.button("Combine", self._combine, notice, rest=0, hint=f"Make it of {column} and another column")
        add = c.button("Add the step", self._add, notice, rest=0, hint="It is done after those above")
        more = c.Drawer(
            "More columns, more steps",
            c.stack(c.row(self.other, self.way, combine), c.row(self.step.root, add)),
            notice,
        )
        self.root = c.stack(self._combined, self._steps, more.root, self._examples)
        self.show()

    def show(self) -> None:
        """Show how the variable is made now, and what comes of the first cells."""
        field = self._draft.mapping.of(self._target)
        if field is None or self._column not in field.source:
            return
        words = clinical.COMBINATION_OFFERS[field.combine.op] if field.combine else ""
        made = c.show(c.paragraph(f"Made of {' and '.join(map(c.plain, field.source))}. {words}."))
        apart = c.button(_NOT_COMBINED, self._apart, self._notice, rest=0, hint="Combine it with no other column")
        c.replace(self._combined, *([c.row(made, apart)] if field.combine else []))
        c.replace(self._steps, *(self._line(number, one) for number, one in enumerate(field.steps)))
        # What the values of a coded variable stand for is chosen below, one by one.
        coded = bool(self._draft.template[self._target].allowed) and not (field.steps or field.combine)
        found = [] if coded else clinical.examples(self._draft.raw, self._draft.template, field)
        c.put(self._examples, *self._shown(found))

    def _line(self, number: int, step: Step) -> Any:
        said = clinical.step_in_words(step)
        hint = f"No longer: {said}"
        out = c.button("Take out", partial(self._take_out, number), self._notice, rest=0, hint=hint)
        return c.row(c.show(c.paragraph(f"Step {number + 1}: {said}.")), out)

    def _shown(self, examples: list[clinical.Example]) -> list[c.Markup]:
        field = self._draft.mapping.of(self._target)
        if not examples or field is None:
            return []
        heads = [*(c.Column(name) for name in field.source), c.Column("Becomes")]
        rows = [(*one.cells, one.problem or one.becomes or "missing") for one in examples]
        return [c.table(heads, rows, f"What becomes of {self._draft.template[self._target].title}")]

    def _combine(self) -> None:
        self._draft.combine(self._target, self.other.value, Combination(self.way.value))
        self._told()

    def _apart(self) -> None:
        self._draft.combine(self._target, "", None)
        self._told()

    def _add(self) -> None:
        op = self.step.name
        step = Step.of({"op": op, **clinical.STEP_OFFERS[op].values(self.step.given)})
        self._draft.steps(self._target, (*self._standing(), step), f"step added: {clinical.step_in_words(step)}")
        self._told()

    def _take_out(self, number: int) -> None:
        steps = self._standing()
        gone = clinical.step_in_words(steps[number])
        kept = (*steps[:number], *steps[number + 1 :])
        self._draft.steps(self._target, kept, f"step taken out: {gone}")
        self._told()

    def _standing(self) -> tuple[Step, ...]:
        field = self._draft.mapping.of(self._target)
        return field.steps if field else ()

    def _told(self) -> None:
        self.show()
        self._changed()
