"""One field of the metadata form: how a person fills it in, and what stands against it."""

from collections.abc import Callable, Sequence
from typing import Any

from eucaim_nb.dataset import record as records
from eucaim_nb.dataset.record import Field, Kind, Obligation, Severity
from eucaim_nb.ui import components as c

from ._metadata_draft import Draft
from ._metadata_terms import Terms

_YES_OR_NO = (("not said", ""), ("yes", "true"), ("no", "false"))
_LINES_OF_TEXT = 4


class FieldRow:
    """A field with its help and its problems.

    Parameters
    ----------
    key
        Of the field, with the numbers of repeated nodes.
    changed
        Called after a change.
    """

    def __init__(self, draft: Draft, key: str, notice: c.Notice, changed: Callable[[], object]) -> None:
        self._draft, self.key, self._changed = draft, key, changed
        self.field = records.field_of(key)
        self._said = c.show()
        self.input = _input(self.field, self.values, notice, self._set)
        about = c.show(c.paragraph(self.field.help, quiet=True)) if self.field.help else c.show()
        self.root = c.stack(self.input.root, about, self._said)
        self.root.add_class("eucaim-metadata-field")
        self.show()

    @property
    def values(self) -> tuple[str, ...]:
        """What the record says."""
        return self._draft.record.values.get(self.key, ())

    def show(self) -> None:
        """Show what stands in the record, and against it."""
        self.input.show(self.values)
        show_problems(self._draft, self.key, self._said)

    def _set(self, values: Sequence[str]) -> None:
        if tuple(values) != self.values:
            self._draft.set(self.key, values)
            self._changed()


def show_problems(draft: Draft, key: str, place: Any) -> None:
    """Show what stands against a field or node at its place."""
    found = draft.problems_of(key)
    lines = [
        c.paragraph(
            c.badge("error", c.Tone.BAD) if one.severity is Severity.ERROR else c.badge("note", c.Tone.WARN),
            one.message,
        )
        for one in found
    ]
    c.put(place, *([c.status(*lines)] if lines else []))


def label_of(field: Field) -> str:
    """Return the label of a field: its name and whether it has to be filled."""
    return f"{field.name} ({field.obligation})" if field.obligation is not Obligation.OPTIONAL else field.name


def _input(
    field: Field, values: Sequence[str], notice: c.Notice, changed: Callable[[Sequence[str]], None]
) -> Any:
    if field.vocabulary:
        return Terms(field, label_of(field), values, notice, changed)
    if field.kind is Kind.BOOLEAN:
        return Answer(field, notice, changed)
    if field.many_lines:
        return Texts(field, values, notice, changed)
    return Lines(field, notice, changed)


class Answer:
    """Yes or no."""

    def __init__(self, field: Field, notice: c.Notice, changed: Callable[[Sequence[str]], None]) -> None:
        self.choice = c.choice(label_of(field), _YES_OR_NO)
        self.choice.observe(
            c.guard(notice, rest=0)(lambda: changed([self.choice.value] if self.choice.value else [])),
            "value",
        )
        self.root = self.choice

    def show(self, values: Sequence[str]) -> None:
        """Show the value."""
        wanted = values[0] if values and values[0] in ("true", "false") else ""
        if self.choice.value != wanted:
            self.choice.value = wanted


class Lines:
    """Values of one line each: one field, or one line for each value where several are allowed."""

    def __init__(self, field: Field, notice: c.Notice, changed: Callable[[Sequence[str]], None]) -> None:
        self._many = field.maximum != 1
        label = label_of(field) + (", one in each line" if self._many else "")
        self.box = c.area(label) if self._many else c.text(label)
        self.box.continuous_update = False
        self.box.observe(c.guard(notice, rest=0)(lambda: changed(self._values())), "value")
        self.root = self.box

    def show(self, values: Sequence[str]) -> None:
        """Show the values, unless they are those that stand there."""
        wanted = "\n".join(values) if self._many else "".join(values[:1])
        if self.box.value != wanted:
            self.box.value = wanted

    def _values(self) -> list[str]:
        return [line.strip() for line in self.box.value.splitlines() if line.strip()]


class Texts:
    """Texts of several lines, each in a field of its own."""

    def __init__(
        self, field: Field, values: Sequence[str], notice: c.Notice, changed: Callable[[Sequence[str]], None]
    ) -> None:
        self._field, self._notice, self._changed = field, notice, changed
        self.boxes: list[Any] = []
        self._list = c.stack()
        self.more = c.button(
            "Add another text",
            lambda: self._build([*self._values(), ""]),
            notice,
            rest=0,
            hint=f"for {field.name}",
        )
        c.visible(self.more, field.maximum != 1)
        self.root = c.stack(self._list, c.row(self.more))
        self._build(values or [""])

    def show(self, values: Sequence[str]) -> None:
        """Show the texts, unless they are those that stand there."""
        if list(values) != self._values():
            self._build(values or [""])

    def _build(self, values: Sequence[str]) -> None:
        self.boxes = []
        for number, value in enumerate(values, 1):
            label = label_of(self._field) if number == 1 else f"{self._field.name}, text {number}"
            box = c.area(label, value, rows=_LINES_OF_TEXT)
            box.continuous_update = False
            box.observe(c.guard(self._notice, rest=0)(lambda: self._changed(self._values())), "value")
            self.boxes.append(box)
        c.replace(self._list, *self.boxes)

    def _values(self) -> list[str]:
        return [box.value.strip() for box in self.boxes if box.value.strip()]
