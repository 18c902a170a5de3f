"""Inspect DICOM: scan folders, and look at what is in them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from eucaim_nb import workflow
from eucaim_nb.errors import WorkspaceError
from eucaim_nb.jobs import Job, JobState
from eucaim_nb.ui import components as c
from eucaim_nb.workflow import StepState
from eucaim_nb.workspace import Workspace

from ._guide import folded_guides
from ._indexed import originals, where
from ._tree import Tree

_HARMLESS = ("not DICOM", "DICOMDIR", "archive not opened", "link", "not a file")
"""Kinds of finding that are normal in an export."""


def build(workspace: Workspace | None) -> Any:
    """Return the page."""
    if workspace is None:
        return c.Page("inspect", None).root
    return _InspectPage(workspace).page.root


class _InspectPage:
    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.page = c.Page("inspect", workspace)
        notice = self.page.notice
        self.folders = list(workspace.settings.sources)
        self.listed = c.stack()
        self.picker = c.PathPicker("Folder to add", self._begin_at(), notice, recent=self.folders)
        self.add = c.button("Add this folder", self._add, notice)
        self.archives = c.tick("Look into ZIP archives", False)
        self.scan = c.button("Scan", self._scan, notice, main=True)
        adding = c.Drawer("Add a folder", c.stack(self.picker.root, c.row(self.add)), notice)
        adding.turn(not self.folders)
        options = c.Drawer("Options", c.stack(self.archives), notice)
        self.panel = c.JobPanel(workspace, "scan", "scan", notice, self._ended)
        self.page.action.children = [self.listed, adding.root, options.root, c.row(self.scan)]
        self.page.progress.children = [self.panel.root]
        self.page.rest.children = [folded_guides(workspace, self.page)]
        self._list_folders()
        self._show_result()

    def _begin_at(self) -> Path:
        return Path(self.folders[-1]).parent if self.folders else Path.home()

    def _list_folders(self) -> None:
        c.replace(self.listed, *map(self._folder, self.folders))
        n = len(self.folders)
        self.scan.description = f"Scan {c.count(n, 'folder')}" if n else "Scan"
        c.visible(self.scan, n > 0)

    def _folder(self, folder: str) -> Any:
        remove = c.button("Remove", lambda: self._remove(folder), self.page.notice, hint=f"Remove {folder}")
        return c.row(remove, c.show(c.paragraph(folder)))

    def _add(self) -> None:
        path = self.picker.folder
        folder = str(path)
        if not path.is_dir():
            shown = c.plain(folder)
            raise WorkspaceError(
                f"There is no folder {shown}. Check the path, or whether the drive is connected."
            )
        if not folder.isprintable():
            raise WorkspaceError(
                "The name of this folder is not valid text. Rename it, or add the folder above it."
            )
        if folder not in self.folders:
            self._keep([*self.folders, folder])

    def _remove(self, folder: str) -> None:
        self._keep([other for other in self.folders if other != folder])

    def _keep(self, folders: list[str]) -> None:
        self.workspace = self.workspace.change(sources=folders)
        self.folders = folders
        self._list_folders()

    def _scan(self) -> None:
        self.panel.start({"folders": list(self.folders), "archives": self.archives.value})
        self.page.refresh()
        c.visible(self.page.action, not self.panel.busy)

    def _ended(self, job: Job) -> None:
        self._show_result()

    def _show_result(self) -> None:
        self.page.refresh()
        c.visible(self.page.action, not self.panel.busy)
        index, found = self.workspace.ledger.index, originals(self.workspace)
        ids = [source.id for source in found]
        totals = index.totals(ids)
        if not totals.files:
            c.replace(self.page.result)
            return
        headline = ", ".join(
            [
                c.count(totals.instances, "instance"),
                c.count(totals.series, "series", "series"),
                c.count(totals.studies, "study", "studies"),
                c.count(totals.patients, "patient"),
            ]
        )
        said = c.show(
            c.headline(headline),
            c.paragraph(
                f"In {c.count(totals.files, 'file')}; the instances take {c.size(totals.bytes)}.", quiet=True
            ),
        )
        findings = c.FindingsTable(self.workspace.folder / "private" / "scan-findings.csv", self.page.notice)
        findings.show(_findings(self.workspace, ids))
        titled = c.show(c.heading(f"{c.count(totals.problems, 'finding')}"))
        tree = [
            c.show(c.heading("Patients, studies and series")),
            Tree(self.workspace, ids, self.page.notice).root,
        ]
        shown = [titled, findings.root, self._looked_at()] if totals.problems else []
        c.replace(self.page.result, said, *shown, *(tree if totals.instances else []))
        held_back = self.workspace.ledger.uploads.left_out(ids)["held_back"]
        files = c.count(held_back, "file")
        better = (
            f"An upload leaves out {files} that the findings explain. Mend what they say, then scan again."
        )
        self.page.suggest(*([better] if held_back else []))

    def _looked_at(self) -> Any:
        """Return what asks for the record that a person looked at the findings, as long as it is missing."""
        note = c.area("What they are, and what was done about them", hint="for instance: reports, which are not sent")

        def record() -> None:
            workflow.record(self.workspace, "extract", note=note.value.strip())
            c.visible(asked, False)
            self.page.refresh()
            self.page.notice.say("It is recorded that the findings were looked at.")

        asked = c.box(note, c.row(c.button("Record that they were looked at", record, self.page.notice)))
        job, stands = self.panel.job, workflow.action("extract", self.workspace)
        scanned = job is not None and job.state is JobState.DONE
        c.visible(asked, scanned and stands.state is StepState.ATTENTION)
        return asked


def _findings(workspace: Workspace, ids: list[int]) -> Iterator[c.Finding]:
    for _, folder, name, member, problem in workspace.ledger.index.problems(ids):
        what, _, remedy = problem.message.partition(". ")
        if problem.usable:
            severity = c.Severity.WARNING
        else:
            severity = c.Severity.NOTE if problem.kind in _HARMLESS else c.Severity.ERROR
        yield c.Finding(severity, problem.kind, where(folder, name, member), f"{what.rstrip('.')}.", remedy)
