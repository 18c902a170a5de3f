"""Annotations: find the masks, say what their labels mean, make segmentations, see that they lie right."""

import json
from pathlib import Path
from typing import Any

from eucaim_nb import annotations, jobs
from eucaim_nb.errors import MaskError
from eucaim_nb.jobs import Job
from eucaim_nb.reports import write
from eucaim_nb.ui import components as c
from eucaim_nb.workspace import Workspace

from ._annotations_about import AboutDataset
from ._annotations_labels import LabelTable
from ._annotations_made import Made
from ._annotations_masks import MaskTable
from ._guide import folded_guides
from ._indexed import originals

_LABELS, _CHOICES = "annotations/labels.json", "annotations/choices.json"
_BEFORE = (
    "Segmentations are made of the images as they are now and go through de-identification with them: the same UIDs "
    "are replaced, and what comes out is verified."
)
_AFTER = (
    "Images were de-identified here already. A mask that was drawn on them lies on their originals just so: the "
    "segmentation is made of the originals. De-identify again afterwards: only what is new is treated, and it comes "
    "out with its images."
)
_METHODS = (("drawn by hand", "MANUAL"), ("with help of a program", "SEMIAUTOMATIC"), ("by a program", "AUTOMATIC"))


def build(workspace: Workspace | None) -> Any:
    """Return the page."""
    if workspace is None:
        return c.Page("annotations", None).root
    return AnnotationsPage(workspace).page.root


class AnnotationsPage:
    """Masks, labels, one button, and what came of it."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.page = c.Page("annotations", workspace)
        self.said = notice = c.Notice(self.page.notice.log)
        self.masks: MaskTable | None = None
        start, labels = _near(workspace)
        self.folder = c.PathPicker("Folder of masks or contours (only read)", start, notice)
        self.file = c.FilePicker("What the labels mean (JSON; may be left empty)", start, notice)
        self.file.field.value = labels
        self.look = c.slow_button("Find the series they belong to", self._look, notice)
        self.labels = LabelTable(notice)
        self.method = c.choice("Segments were made", _METHODS, "MANUAL")
        self.algorithm = c.text("Program or model", hint="if one was used, for instance nnU-Net")
        self.version = c.text("Its version")
        self.resample = c.tick("Take masks of another grid over by nearest neighbours (else they are refused)", False)
        self.labelmap = c.tick("Write label maps, which many programs do not know yet", False)
        self.about = AboutDataset(workspace, notice, self._show)
        self.make = c.button("Make the segmentations", self._start, notice, main=True)
        self._matched = c.stack()
        self._labels = c.Drawer("What the labels mean", self.labels.root, notice)
        how = c.row(self.method, self.algorithm, self.version)
        self._how = c.Drawer("How segments were made, and options", c.stack(how, self.resample, self.labelmap), notice)
        self.panel = c.JobPanel(workspace, "segment", "conversion", self.page.notice, self._ended)
        deidentified = bool(workspace.ledger.deidentified.counts().written)
        self.page.action.children = [
            c.show(c.paragraph(_AFTER if deidentified else _BEFORE, quiet=True)),
            self.folder.root,
            self.file.root,
            c.row(self.look),
            notice.root,
            self._matched,
            self._labels.root,
            self._how.root,
            self.about.root,
            c.row(self.make),
        ]
        self.page.progress.children = [self.panel.root]
        self.page.rest.children = [folded_guides(workspace, self.page)]
        self._show()

    def _look(self) -> None:
        self.said.say("Headers of the masks are read and compared with the series.")
        self.labels.fill(self._read_labels())
        matches = annotations.match(self.workspace, self.folder.folder)
        if not matches:
            raise MaskError("There is no mask in this folder. Choose another one.")
        self.masks = MaskTable(self.workspace, matches, self.said)
        c.replace(self._matched, self.masks.root)
        self.said.clear()
        self._show()

    def _read_labels(self) -> annotations.Labels:
        if self.file.field.value.strip():
            path = self.file.file
            return annotations.Labels() if path is None else annotations.read_labels(path)
        kept = self.workspace.folder / _LABELS
        return annotations.read_labels(kept) if kept.is_file() else annotations.Labels()

    def _start(self) -> None:
        if self.masks is None:
            raise MaskError("Find the series of the masks first.")
        self.about.keep()
        labels = annotations.save_labels(self.labels.labels(), self.workspace.folder / _LABELS)
        # Names of masks often hold the patient's number, which has no place in the row of a job.
        choices = write(self.workspace.folder / _CHOICES, json.dumps(self.masks.choices(), indent=1) + "\n")
        self.panel.start(
            {
                "masks": str(self.folder.folder),
                "labels": str(labels),
                "choices": str(choices),
                "resample": self.resample.value,
                "labelmap": self.labelmap.value,
                "method": self.method.value,
                "algorithm": self.algorithm.value.strip(),
                "algorithm_version": self.version.value.strip(),
            }
        )
        self._show()

    def _ended(self, job: Job) -> None:
        self._show()

    def _show(self) -> None:
        self.page.refresh()
        found = self.masks is not None
        for part in (self._matched, self._labels.root, self._how.root, self.make):
            c.visible(part, found)
        c.visible(self.page.action, not self.panel.busy)
        c.visible(self.page.result, not self.panel.busy)
        if self.panel.busy:
            return
        outcomes = annotations.outcomes(self.workspace)
        c.visible(self.about.root, found or bool(outcomes))
        c.replace(self.page.result, *([Made(self.workspace, outcomes, self.page.notice).root] if outcomes else []))
        last = jobs.latest(self.workspace, "segment")
        again = last is not None and last.result is not None and last.result["deidentify"]
        self.page.suggest(
            c.notebook_link("05_deidentify", "De-identify again, so that they go with it")
            if again
            else c.notebook_link("05_deidentify", "Go on: de-identify")
        )


def _near(workspace: Workspace) -> tuple[Path, str]:
    """Return where masks may be: where they were last, beside a scanned folder, or there itself; and their labels."""
    last = jobs.latest(workspace, "segment")
    places = [Path(str(last.arguments["masks"]))] if last is not None else []
    scanned = [source.folder for source in originals(workspace) if not source.folder.is_relative_to(workspace.folder)]
    places += [folder / "masks" for one in scanned for folder in (one, one.parent)]
    found = next((place for place in places if place.is_dir()), scanned[0] if scanned else Path.home())
    labels = found / "labels.json"
    return found, str(labels) if labels.is_file() else ""
