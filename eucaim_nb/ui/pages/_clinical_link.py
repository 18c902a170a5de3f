"""Step 3 of the clinical page: whose a row is, and what holds for the whole table."""

from collections.abc import Callable
from functools import partial
from typing import Any

from eucaim_nb.ui import components as c

from ._clinical_coarser import Coarser
from ._clinical_draft import Draft

_LINKS = {
    "pseudonyms": (
        "Patient IDs",
        [("Are replaced as those of the images are", "key"), ("Are pseudonyms already: keep them", "keep")],
    ),
    "rows": (
        "Several rows of a patient",
        [
            ("There must be one only", "one"),
            ("The first counts", "first"),
            ("The last counts", "last"),
            ("All count, as timepoints", "timepoints"),
        ],
    ),
    "without_images": (
        "Rows of patients without images",
        [("Are left out, if any images are indexed", "drop"), ("Are kept", "keep")],
    ),
}
_RULES = {
    "dates": (
        "Dates are given",
        [
            ("Moved as in the images, and as days", "both"),
            ("Moved as in the images", "as images"),
            ("As days only", "days"),
        ],
    ),
    "invalid": (
        "Rows with wrong cells",
        [("Block the export until they are mended", "block"), ("Are left out, each with its reason", "drop rows")],
    ),
}


class Link:
    """The panel.

    Parameters
    ----------
    changed
        Called after a change.
    """

    def __init__(self, draft: Draft, notice: c.Notice, changed: Callable[[], object]) -> None:
        self._draft, self._notice, self._changed = draft, notice, changed
        columns = [("Choose …", ""), *((name, name) for name in draft.raw.headers)]
        self.column = c.choice("Column with the Patient IDs of the images", columns)
        self.normalise = c.text(
            "Changes to Patient IDs before they are compared", hint="none; of: trim, upper, zero-pad:7"
        )
        self.normalise.continuous_update = False
        self.fields = {name: c.choice(*words) for name, words in (_LINKS | _RULES).items()}
        self._watch(self.column, self._column_chosen)
        self._watch(self.normalise, self._normalised)
        for name, field in self.fields.items():
            self._watch(field, partial(self._chosen, name))
        self.coarser = Coarser(draft, notice, changed)
        self.root = c.stack(
            c.two_columns(self.column, self.normalise, *self.fields.values()),
            c.show(c.heading("Values made coarser", 3)),
            self.coarser.root,
        )
        self.refresh()

    def refresh(self) -> None:
        """Show the mapping as it stands now."""
        subjects = self._draft.mapping.subjects
        self.column.value = subjects.column
        self.normalise.value = ", ".join(subjects.normalise)
        for name, field in self.fields.items():
            field.value = self._now(name)
        self.coarser.show()

    def _now(self, name: str) -> Any:
        return getattr(self._draft.mapping.subjects if name in _LINKS else self._draft.mapping, name)

    def _chosen(self, name: str) -> bool:
        value = self.fields[name].value
        if value == self._now(name):
            return False
        change = self._draft.link if name in _LINKS else self._draft.rules
        change(**{name: value})
        return True

    def _column_chosen(self) -> bool:
        column, before = self.column.value, self._draft.mapping.subjects.column
        if column == before:
            return False
        if column:
            self._draft.assign(column, self._draft.subject)
        else:
            self._draft.assign(before, "")
        return True

    def _normalised(self) -> bool:
        steps = tuple(one.strip() for one in self.normalise.value.split(",") if one.strip())
        if steps == self._draft.mapping.subjects.normalise:
            return False
        self._draft.link(normalise=steps)
        return True

    def _watch(self, field: Any, take: Callable[[], bool]) -> None:
        def seen() -> None:
            if take():
                self._changed()

        field.observe(c.guard(self._notice, rest=0)(seen), "value")
