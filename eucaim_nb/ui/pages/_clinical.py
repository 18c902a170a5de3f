"""Clinical data: read a table, say what its columns are, see what comes of it, write it, send it."""

from typing import Any

from eucaim_nb.jobs import JobState
from eucaim_nb.ledger import UploadState
from eucaim_nb.ui import components as c
from eucaim_nb.workspace import Workspace

from ._clinical_check import Check
from ._clinical_columns import Columns
from ._clinical_draft import Draft
from ._clinical_export import Export
from ._clinical_link import Link
from ._clinical_table import TableChoice
from ._clinical_upload import ClinicalTransfer
from ._guide import folded_guides

_STEPS = ("Table", "Columns and values", "Patients and rules", "Check and preview", "Export", "Upload to the node")
_READ_FIRST = "Read a table first."


def build(workspace: Workspace | None) -> Any:
    """Return the page."""
    if workspace is None:
        return c.Page("clinical", None).root
    return ClinicalPage(workspace).page.root


class ClinicalPage:
    """The steps as drawers; one step opens the next."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.page = c.Page("clinical", workspace)
        self.page.rest.children = [folded_guides(workspace, self.page)]
        # What is said of a click stands beside the steps, whatever is open below them.
        self.said = notice = c.Notice(self.page.notice.log)
        self.draft: Draft | None = None
        self.columns: Columns | None = None
        self.link: Link | None = None
        self.checking: Check | None = None
        self.undo = c.button("Undo", self._undo, notice, rest=0)
        self._undoes = c.show()
        self.table = TableChoice(workspace, notice, self._read)
        self.export = Export(workspace, notice, lambda: self.draft, self._job_changed)
        self.transfer = ClinicalTransfer(workspace, notice, self._job_changed)
        self._places = [c.stack(c.show(c.paragraph(_READ_FIRST, quiet=True))) for _ in range(3)]
        contents = [self.table.root, *self._places, self.export.root, self.transfer.root]
        self._badges = [c.show() for _ in _STEPS]
        self.steps = [
            c.Drawer(f"{number}. {title}", content, notice, beside=badge, turned=self._turned(number))
            for number, (title, content, badge) in enumerate(zip(_STEPS, contents, self._badges, strict=True), 1)
        ]
        for step in self.steps:
            step.line.add_class("eucaim-title")
        self._history = c.row(self.undo, self._undoes)
        self.page.action.children = [notice.root, self._history, *(step.root for step in self.steps)]
        self._open(5 if self.transfer.panel.busy else 4 if self.export.panel.busy else 0)
        self._show()

    # The table

    def _read(self, draft: Draft) -> None:
        self.draft = draft
        self.columns = Columns(draft, self.said, self._mapping_changed)
        self.link = Link(draft, self.said, self._mapping_changed)
        self.checking = Check(draft, self.said, self._show, self._mapping_changed)
        panels = (self.columns.root, self.link.root, self.checking.root)
        for place, panel in zip(self._places, panels, strict=True):
            c.replace(place, panel)
        self._show()
        self._open(1)

    # The mapping

    def _mapping_changed(self) -> None:
        self._refresh()
        self._show()

    def _undo(self) -> None:
        assert self.draft is not None
        what = self.draft.undo()
        self._refresh()
        self._show()
        self.said.say(f"Taken back: {what}.")

    def _refresh(self) -> None:
        if self.columns is not None and self.link is not None:
            self.columns.refresh()
            self.link.refresh()

    # Work

    def _job_changed(self) -> None:
        self.page.refresh()
        self._show()

    # What is shown

    def _open(self, number: int) -> None:
        for at, step in enumerate(self.steps):
            step.turn(at == number)

    def _turned(self, number: int) -> Any:
        def turned(opened: bool) -> None:
            if opened and number == len(_STEPS):
                self.transfer.open()

        return turned

    def _show(self) -> None:
        change = self.draft.last_change if self.draft else ""
        c.visible(self._history, bool(change))
        c.put(self._undoes, c.paragraph(f"Last change: {change}", quiet=True))
        for badge, parts in zip(self._badges, self._standing(), strict=True):
            c.put(badge, *([c.line(*parts)] if parts else []))

    def _standing(self) -> list[list[object]]:
        draft, later = self.draft, [self._written(), self._sent()]
        if draft is None:
            return [[], [], [], [], *later]
        rows = f"{c.count(len(draft.raw), 'row')}, {c.count(len(draft.raw.headers), 'column')}"
        return [[c.plain(draft.file.name), rows], self._mapped(draft), self._linked(draft), self._found(), *later]

    def _mapped(self, draft: Draft) -> list[object]:
        mapped = sum(bool(draft.target_of(name)) for name in draft.raw.headers)
        parts: list[object] = [f"{mapped:,} of {c.count(len(draft.raw.headers), 'column')} mapped"]
        if asking := len(draft.open_questions):
            parts.append(c.badge(f"{asking:,} to be said", c.Tone.WARN))
        if lacking := draft.lacking:
            parts.append(c.badge(f"{c.count(len(lacking), 'mandatory variable')} missing", c.Tone.BAD))
        return parts

    def _linked(self, draft: Draft) -> list[object]:
        column = draft.mapping.subjects.column
        return [f"Patient IDs in {c.plain(column)}"] if column else [c.badge("no Patient ID", c.Tone.BAD)]

    def _found(self) -> list[object]:
        check = self.checking
        if check is None or check.found is None:
            return []
        if not check.current:
            return [c.badge("changed since", c.Tone.WARN)]
        if check.errors:
            return [c.badge(f"{check.errors:,} in the way", c.Tone.BAD)]
        return [c.badge("nothing in the way", c.Tone.GOOD)]

    def _written(self) -> list[object]:
        job = self.export.panel.job
        if job is None or job.state is not JobState.DONE or not job.result:
            return []
        count = len(job.result["exports"])
        if not count:
            return [c.badge("blocked", c.Tone.BAD)]
        return [c.badge("written", c.Tone.GOOD), c.count(count, "file")]

    def _sent(self) -> list[object]:
        counts = self.workspace.ledger.clinical_uploads.counts(self.workspace.settings.node)
        if not counts:
            return []
        verified, total = counts.get(UploadState.VERIFIED, 0), sum(counts.values())
        done = c.badge("done", c.Tone.GOOD) if verified == total else c.badge("incomplete", c.Tone.WARN)
        return [done, f"{verified:,} of {c.count(total, 'piece')} verified"]
