"""What each label means: its name, and what it is by a preset or by codes of one's own."""

from dataclasses import replace

from eucaim_nb.annotations import Code, Labels, Meaning, preset_for, presets
from eucaim_nb.errors import MaskError
from eucaim_nb.ui import components as c

_OWN = "\0"
_HINT = "scheme | code | meaning, for instance SCT | 10200004 | Liver"


class LabelTable:
    """A row for each label; what a file says of them fills it."""

    def __init__(self, notice: c.Notice) -> None:
        self._notice = notice
        self._rows: list[_Row] = []
        self._list = c.stack()
        self.add = c.button("Add a label", self._add, notice, rest=0)
        said = (
            "Masks of 3D Slicer, MITK and structure sets name their labels themselves; others are told by their value."
        )
        self.root = c.stack(c.show(c.paragraph(said, quiet=True)), self._list, c.row(self.add))

    def fill(self, labels: Labels) -> None:
        """Show labels in place of those that were there."""
        self._rows = [_Row(value, meaning, self._notice) for value, meaning in sorted(labels.meanings.items())]
        c.replace(self._list, *(row.root for row in self._rows))

    def labels(self) -> Labels:
        """Return the labels as they are in the fields.

        Raises
        ------
        MaskError
            A code cannot be understood.
        """
        return Labels({row.value: row.meaning() for row in self._rows if row.name.value.strip()})

    def _add(self) -> None:
        value = max((row.value for row in self._rows), default=0) + 1
        self._rows.append(_Row(value, Meaning(), self._notice))
        self._list.children = (*self._list.children, self._rows[-1].root)


class _Row:
    def __init__(self, value: int, meaning: Meaning, notice: c.Notice) -> None:
        self.value, self._before = value, meaning
        known = [(name.capitalize(), name) for name in presets()]
        now = next((name for name, one in presets().items() if one.type == meaning.type), None)
        if now is None:
            now = next(
                (name for name, one in presets().items() if meaning.type and one.type.value == meaning.type.value), _OWN
            )
        self.name = c.text(f"Label {value}", meaning.label, hint="a name; empty leaves it out")
        self.name.continuous_update = False
        self.kind = c.choice("It is", [("By codes of your own", _OWN), *known], now)
        self.category = c.text("Category", _triple(meaning.category), hint=_HINT)
        self.type = c.text("Type", _triple(meaning.type), hint=_HINT)
        self.region = c.text("Region", _triple(meaning.region), hint=_HINT)
        self._own = c.row(self.category, self.type, self.region)
        self.name.observe(c.guard(notice, rest=0)(self._named), "value")
        self.kind.observe(c.guard(notice, rest=0)(self._show), "value")
        self.root = c.stack(c.row(self.name, self.kind), self._own)
        self._show()

    def meaning(self) -> Meaning:
        """Return what the fields say."""
        label = self.name.value.strip()
        if self.kind.value != _OWN:
            preset = presets()[self.kind.value]
            colour = self._before.colour or preset.colour
            found = replace(
                self._before, category=preset.category, type=preset.type, region=preset.region, colour=colour
            )
            return replace(found, label=label)
        codes = [_code(field.value) for field in (self.category, self.type, self.region)]
        return replace(self._before, label=label, category=codes[0], type=codes[1], region=codes[2])

    def _named(self) -> None:
        preset = preset_for(self.name.value)
        if preset is not None and not self.type.value.strip():
            self.kind.value = preset.name

    def _show(self) -> None:
        c.visible(self._own, self.kind.value == _OWN)


def _triple(code: Code | None) -> str:
    return "" if code is None else f"{code.scheme} | {code.value} | {code.meaning}"


def _code(text: str) -> Code | None:
    if not text.strip():
        return None
    parts = [part.strip() for part in text.split("|")]
    if len(parts) != 3:
        raise MaskError(f"A code is written as: {_HINT}.")
    return Code.of({"scheme": parts[0], "value": parts[1], "meaning": parts[2]})
