"""Step 3 of the dataset page: say about the dataset exactly what the node lets this account say now."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import ipywidgets as w

from eucaim_nb.errors import SettingsError
from eucaim_nb.reference import DatasetProperty
from eucaim_nb.ui import components as c

from ._dataset_view import View

if TYPE_CHECKING:
    from eucaim_nb.dataset.node import Look

_ASK_FIRST = "Ask the node first: what can be changed is its to say."


class Description:
    """The form, made anew whenever the node was asked; what the node does not let be changed is shown as text."""

    def __init__(self, view: View) -> None:
        self._view = view
        self.fields: dict[str, _Field] = {}
        self._lacking = c.show()
        self._form = c.stack()
        self._fixed = c.show()
        self.save = c.slow_button("Save the changes at the node", self._save, view.notice)
        self._saving = c.row(self.save)
        self.root = c.stack(self._lacking, self._form, self._saving, self._fixed)
        self._shown: Look | None = None
        self.show()

    def show(self) -> None:
        """Show what the node showed; what was typed stays until it was asked again."""
        found = self._view.found
        if found is self._shown and found is not None:
            return
        self._shown = found
        c.visible(self._saving, bool(found and found.editable))
        if found is None:
            c.put(self._lacking, c.paragraph(_ASK_FIRST, quiet=True))
            c.put(self._fixed)
            c.replace(self._form)
            return
        missing = [
            c.badge("missing", c.Tone.WARN),
            f"{c.count(len(found.lacking), 'property', 'properties')} to fill in:",
        ]
        complete = c.paragraph(c.badge("complete", c.Tone.GOOD), "Everything that is needed is filled in.")
        c.put(self._lacking, *([c.paragraph(*missing), c.bullets(found.lacking)] if found.lacking else [complete]))
        values = found.dataset.properties
        self.fields = {
            one.name: _Field(one, values.get(one.name), found) for one in found.fields if one.name in found.editable
        }
        c.replace(self._form, *(field.root for field in self.fields.values()))
        from eucaim_nb.dataset.node import text_of

        fixed = [
            (one.title, text_of(one, values.get(one.name)) or "not said")
            for one in found.fields
            if one.name not in found.editable
        ]
        note = c.paragraph("The node does not let this be changed now:", quiet=True)
        c.put(self._fixed, *([note, c.key_values(fixed)] if fixed else []))

    @property
    def changes(self) -> Mapping[str, Any]:
        """What was typed and is not what the node showed."""
        return {name: field.value for name, field in self.fields.items() if field.changed}

    def _save(self) -> None:
        from eucaim_nb.dataset.node import set_properties

        changes = self.changes
        if not changes:
            raise SettingsError("Nothing was changed. Type something, then save it.")
        titles = ", ".join(self.fields[name].title for name in changes)
        self._view.notice.say("Saving at the node.")
        self._view.take(set_properties(self._view.workspace, changes, credentials=self._view.credentials))
        self._view.notice.say(f"The node now shows what you typed: {titles}.")


class _Field:
    """One property with the field that fits it."""

    def __init__(self, known: DatasetProperty, value: Any, found: "Look") -> None:
        from eucaim_nb.dataset.node import text_of

        self._kind = known.kind
        self.title = known.title
        self._before = text_of(known, value)
        label = f"{known.title} *" if known.needed else known.title
        self.ticks: list[w.Checkbox] = []
        match known.kind:
            case "text":
                self.field = c.area(label, self._before, rows=3)
            case "choice":
                offers = [("not said", ""), *((one.rpartition("/")[2], one) for one in known.choices)]
                self.field = c.choice(label, offers, self._before if self._before in known.choices else None)
            case "dataset":
                offers = [("none", ""), *((name, ident) for ident, name in found.earlier)]
                if self._before and self._before not in dict(found.earlier):
                    offers.append((self._before, self._before))
                self.field = c.choice(label, offers, self._before or None)
            case "choices":
                chosen = set(value or ())
                self.ticks = [c.tick(one, one in chosen) for one in known.choices]
                self.field = c.stack(c.show(c.paragraph(label)), c.row(*self.ticks))
            case _:
                self.field = c.text(label, self._before)
        helped = [c.show(c.paragraph(known.help, quiet=True))] if known.help else []
        self.root = c.stack(self.field, *helped)

    @property
    def value(self) -> str:
        """The value as text."""
        if self._kind == "choices":
            return ", ".join(one.description for one in self.ticks if one.value)
        return str(self.field.value).strip()

    @property
    def changed(self) -> bool:
        """Whether it is another value than the node showed."""
        if self._kind == "choices":
            return set(filter(None, self.value.split(", "))) != set(filter(None, self._before.split(", ")))
        return self.value != self._before.strip()
