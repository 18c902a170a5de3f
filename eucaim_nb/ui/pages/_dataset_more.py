"""What else there is to see of a dataset: its two JSON files as researchers find them, and who used it."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from eucaim_nb.ui import components as c

from ._dataset_view import View

_SHOWN = 20
_BESIDE = (
    "Researchers find two files beside the images: index.json, from the node's own list when it was last compared, and "
    "eforms.json, from the clinical data exported here. A subject without clinical data has an empty eForm."
)


class More:
    """The panel."""

    def __init__(self, view: View) -> None:
        self._view = view
        self.preview = c.button("Preview index.json and eforms.json", self._preview, view.notice)
        self.history = c.slow_button("Who used it", self._history, view.notice)
        self._files, self._rows = c.show(), c.show()
        preview = [] if view.at_xnat else [c.show(c.paragraph(_BESIDE, quiet=True)), c.row(self.preview), self._files]
        self.root = c.stack(*preview, c.row(self.history), self._rows)

    def _preview(self) -> None:
        from eucaim_nb.dataset.node import preview

        found = preview(self._view.workspace)
        if not found.index:
            c.put(self._files, c.paragraph("Compare the dataset with what was sent first: that reads the node's list."))
            return
        c.put(
            self._files,
            *(
                block
                for name, entries in (("index.json", found.index), ("eforms.json", found.eforms))
                for block in _file(name, entries)
            ),
        )

    def _history(self) -> None:
        from eucaim_nb.dataset.node import history

        self._view.notice.say("Asking the node.")
        found = history(self._view.workspace, credentials=self._view.credentials)
        told = [("Access history", found.accesses), ("Traces", found.traces)]
        blocks = [block for title, rows in told if rows is not None for block in _table(title, rows)]
        c.put(self._rows, *blocks, *(c.paragraph(one, quiet=True) for one in found.untold))
        self._view.notice.clear()


def _file(name: str, entries: Sequence[Mapping[str, Any]]) -> list[c.Markup]:
    first = json.dumps(entries[:_SHOWN], indent=1, ensure_ascii=False)
    more = f"; the first {_SHOWN} are shown" if len(entries) > _SHOWN else ""
    return [c.heading(name, 3), c.paragraph(f"{c.count(len(entries), 'entry', 'entries')}{more}."), c.code(first)]


def _table(title: str, rows: Sequence[Mapping[str, Any]]) -> list[c.Markup]:
    if not rows:
        return [c.paragraph(f"{title}: nothing yet.")]
    names = list(dict.fromkeys(name for row in rows[:_SHOWN] for name in row))
    cells = [[str(row.get(name, "")) for name in names] for row in rows[:_SHOWN]]
    more = f" The first {_SHOWN} of {len(rows):,}." if len(rows) > _SHOWN else ""
    return [c.paragraph(f"{title}.{more}"), c.table([c.Column(name) for name in names], cells, title)]
