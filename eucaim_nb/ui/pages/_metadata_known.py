"""What the node and this workspace say of the dataset, beside the record where they disagree."""

from collections.abc import Callable, Sequence
from typing import Any

from eucaim_nb import workflow
from eucaim_nb.dataset import record as records
from eucaim_nb.dataset.record import Difference, Origin
from eucaim_nb.ui import components as c
from eucaim_nb.workspace import Workspace

from ._metadata_draft import Draft

_SHOWN_VALUES = 6


class Known:
    """The panel.

    Parameters
    ----------
    changed
        Called after a value was taken.
    """

    def __init__(self, draft: Draft, notice: c.Notice, changed: Callable[[], object]) -> None:
        self._draft, self._notice, self._changed = draft, notice, changed
        self._said, self._list, self._notes = c.show(), c.stack(), c.show()
        self.compare = c.slow_button("Compare again", self.show, notice)
        self.root = c.stack(self._said, self._list, self._notes, c.row(self.compare))

    def turned(self, opened: bool) -> None:
        """Compare when the panel is opened; what the ledger counts can take a moment."""
        if opened:
            self.compare.click()

    def show(self) -> None:
        """Compare, and show what differs."""
        found = self._draft.differences()
        notes = [
            f"{records.field_of(one.key).name}, {one.origin}: {one.note}."
            for one in self._draft.proposals()
            if one.note
        ]
        if found:
            said = f"{c.count(len(found), 'field')} not the same in the record, in this workspace and at the node."
        else:
            said = "The record says what this workspace and the node say."
        c.put(self._said, c.paragraph(said), c.paragraph(*_asked(self._draft.workspace), quiet=True))
        c.replace(self._list, c.PagedRows(found, self._row, self._notice).root if found else c.stack())
        c.put(self._notes, *([c.bullets(notes)] if notes else []))

    def _row(self, difference: Difference) -> Any:
        pairs = [("Record", _words(difference.key, difference.record) or "nothing")]
        buttons = []
        for origin, values in difference.proposed.items():
            pairs.append((f"{origin[:1].upper()}{origin[1:]}", _words(difference.key, values)))
            if values != difference.record:
                buttons.append(self._button(difference, origin))
        return c.stack(c.show(c.heading(difference.name), c.key_values(pairs)), c.row(*buttons))

    def _button(self, difference: Difference, origin: Origin) -> Any:
        return c.button(
            f"Take what {origin} says",
            lambda: self._take(difference, origin),
            self._notice,
            hint=f"{difference.name}: take what {origin} says",
        )

    def _take(self, difference: Difference, origin: Origin) -> None:
        self._draft.adopt(difference, origin)
        self._notice.say(f"{difference.name} is now as {origin} says. Save a version to keep it.")
        self._changed()
        self.show()


def _words(key: str, values: Sequence[str]) -> str:
    """Return values as people read them."""
    field = records.field_of(key)
    shown = [records.label_of(one, field.vocabulary) or one for one in values[:_SHOWN_VALUES]]
    more = len(values) - len(shown)
    return ", ".join(shown) + (f" and {more:,} more" if more > 0 else "")


def _asked(workspace: Workspace) -> list[object]:
    """Say when the node was asked last, which only the page before does."""
    seen = workflow.node_dataset(workspace)
    if seen is None:
        said = "Nothing is known here of the dataset at the node yet."
    else:
        said = f"The node was last asked {c.moment(seen.seen_at)}."
    return [said, c.notebook_link("11_create_dataset", "Ask it again in Create and publish")]
