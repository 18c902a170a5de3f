"""Terms of a vocabulary: chosen ones with label, code and note, and a search for more."""

from collections.abc import Callable, Sequence
from typing import Any

from eucaim_nb.dataset import record as records
from eucaim_nb.dataset.record import Concept, Field, Kind
from eucaim_nb.ui import components as c

_SHORT_LIST = 40
"""Longer lists are searched."""
_FOUND = 25
_NONE = ("choose a term", "")


class Terms:
    """The field.

    Parameters
    ----------
    changed
        Called with the terms that are chosen now.
    """

    def __init__(
        self,
        field: Field,
        label: str,
        values: Sequence[str],
        notice: c.Notice,
        changed: Callable[[Sequence[str]], None],
    ) -> None:
        self._field, self._notice, self._changed = field, notice, changed
        self.terms = records.vocabulary(field.vocabulary)
        self._values: tuple[str, ...] | None = None
        self._chosen = c.stack()
        searched = len(self.terms.concepts) > _SHORT_LIST or self.terms.others == "hyperontology"
        self.search = c.text(f"Search terms for {field.name}", hint="words, a code, or what DICOM calls it")
        self.search.continuous_update = False
        self.search.observe(c.guard(notice, rest=0)(self._find), "value")
        c.visible(self.search, searched)
        first = [] if searched else self.terms.concepts
        self.found = c.choice(f"Terms found for {field.name}" if searched else label, self._options(first))
        self.found.observe(c.guard(notice, rest=0)(lambda: self._say([])), "value")
        self.add = c.button("Add", self._add, notice, rest=0, hint=f"Add the term to {field.name}")
        self._note = c.show()
        own = (
            f"{field.name}, by its address"
            if field.kind is Kind.IRI
            else f"{field.name}, in words or by an address"
        )
        self.own = c.area(own, rows=3) if field.many_lines else c.text(own)
        self.own.continuous_update = False
        self.own.observe(c.guard(notice, rest=0)(self._add_own), "value")
        other = c.Drawer(f"Not in the list of {field.name}?", self.own, notice)
        c.visible(other.root, self.terms.others != "none")
        title = [c.show(c.paragraph(label))] if searched else []
        self.root = c.stack(
            *title, self._chosen, c.row(self.search, self.found, self.add), self._note, other.root
        )
        if searched:
            c.visible(self.found, False)
            c.visible(self.add, False)
        self.show(values)

    def show(self, values: Sequence[str]) -> None:
        """Show the terms that are chosen."""
        if tuple(values) != self._values:
            self._values = tuple(values)
            c.replace(self._chosen, *map(self._line, values))

    def _line(self, value: str) -> Any:
        listed = self.terms.get(value)
        label = listed.label if listed else records.label_of(value)
        shown = [label, c.quiet(value)] if label else [value]
        notes = [c.paragraph(listed.note, quiet=True)] if listed and listed.note else []
        remove = c.button(
            "Remove",
            lambda: self._take([one for one in self._values or () if one != value]),
            self._notice,
            rest=0,
            hint=f"Remove {label or value}",
        )
        return c.row(c.show(c.line(*shown), *notes), remove)

    def _find(self) -> None:
        wanted = self.search.value.strip()
        found = self.terms.search(wanted, _FOUND) if wanted else []
        self.found.options = self._options(found)
        for widget in (self.found, self.add):
            c.visible(widget, bool(found))
        if found:
            self.found.value = found[0].concept
        more = " Only the first are listed: add a word." if len(found) == _FOUND else ""
        said = (
            f"{c.count(len(found), 'term')} found.{more}"
            if found
            else "No term has these words. Try fewer of them."
        )
        self._say([said] if wanted else [])

    def _say(self, said: Sequence[str]) -> None:
        """Show what was found, and the note of the term that is marked."""
        marked = self.terms.get(self.found.value) if self.found.value else None
        notes = [*said, *([marked.note] if marked and marked.note else [])]
        c.put(self._note, *([c.status(*(c.paragraph(one, quiet=True) for one in notes))] if notes else []))

    def _add(self) -> None:
        if self.found.value:
            self._take([*self._kept(), self.found.value])
            self.found.value = ""

    def _add_own(self) -> None:
        if typed := self.own.value.strip():
            self.own.value = ""
            self._take([*self._kept(), typed])

    def _kept(self) -> list[str]:
        """Return what stays when another term is chosen: nothing where only one is allowed."""
        return [] if self._field.maximum == 1 else list(self._values or ())

    def _take(self, values: Sequence[str]) -> None:
        self._changed(list(dict.fromkeys(values)))

    def _options(self, concepts: Sequence[Concept]) -> list[tuple[str, str]]:
        return [
            (c.plain(words), value)
            for words, value in (_NONE, *((one.shown, one.concept) for one in concepts))
        ]
