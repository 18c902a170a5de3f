"""What the ledger itself knows: indexed and uploaded images, and the standing records, each read once."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from eucaim_nb import jobs
from eucaim_nb.errors import WorkspaceError
from eucaim_nb.ledger import Event, UploadCounts, UploadState
from eucaim_nb.workspace import Workspace

from . import _catalogue
from ._kept import standing
from ._node_dataset import DatasetState, NodeDataset, node_dataset
from ._papers import PaperStatus, papers
from ._state import Record, StepState

Standing = tuple[StepState, str]

_STANDING = {
    DatasetState.CREATING: "being created at the node",
    DatasetState.DRAFT: "a draft",
    DatasetState.PRIVATE: "private",
}


@dataclass(frozen=True)
class Known:
    """A workspace's ledger at one moment."""

    workspace: Workspace

    @cached_property
    def records(self) -> MappingProxyType[str, Record]:
        """The standing record of each recorded action."""
        return standing(self.workspace)

    @cached_property
    def papers(self) -> tuple[PaperStatus, ...]:
        """Every document that an action needs, as it stands today."""
        return papers(self.workspace)

    @cached_property
    def indexed(self) -> bool:
        """Whether any instance is indexed."""
        return self.workspace.ledger.index.has_instances()

    @cached_property
    def uploads(self) -> UploadCounts:
        """Counts of what was sent to the workspace's node."""
        return self.workspace.ledger.uploads.counts(self.workspace.settings.node)

    @property
    def verified(self) -> bool:
        """Whether everything that was queued for the node is stored and verified there."""
        return 0 < self.uploads.total == self.uploads.verified

    @cached_property
    def clinical_uploads(self) -> Mapping[UploadState, int]:
        """Pieces of clinical data at the workspace's node, counted by how far they came."""
        return self.workspace.ledger.clinical_uploads.counts(self.workspace.settings.node)

    @property
    def clinical_verified(self) -> bool:
        """Whether the node gave back all clinical data as they were sent."""
        return set(self.clinical_uploads) == {UploadState.VERIFIED}

    def done(self, action_id: str) -> bool:
        """Tell whether a person recorded the action as done."""
        return action_id in self.records and not self.records[action_id].skipped

    def _looked_after(self, scan: jobs.Job | None) -> bool:
        """Tell whether a person recorded the extraction as done since the last scan."""
        return self.done("extract") and (scan is None or self.records["extract"].at >= (scan.ended_at or 0))

    @cached_property
    def extract(self) -> Standing:
        """Where finding and indexing the images stands."""
        job = jobs.latest(self.workspace, "scan")
        if standing := _under_way(job, "Folders are being scanned.", "scan"):
            return standing
        if job is not None and job.state in (jobs.JobState.STOPPED, jobs.JobState.INTERRUPTED):
            return (
                StepState.ATTENTION,
                "The last scan did not finish. Scan again to go on where it ended.",
            )
        totals = self.workspace.ledger.index.totals(self.workspace.originals())
        if not totals.files:
            return StepState.TODO, "No folder was scanned yet."
        if not totals.instances:
            return StepState.ATTENTION, f"No DICOM instance was found among {totals.files:,} files."
        found = f"{totals.instances:,} instances of {totals.patients:,} patients are indexed"
        if totals.problems and not self._looked_after(job):
            return StepState.ATTENTION, f"{found}; {totals.problems:,} findings need a look."
        if totals.problems:
            return StepState.DONE, f"{found}; it is recorded that the {totals.problems:,} findings were looked at."
        return StepState.DONE, f"{found}."

    @cached_property
    def annotations(self) -> Standing:
        """Where making segmentations of masks stands; made by other means, only the record tells."""
        job = jobs.latest(self.workspace, "segment")
        if job is None:
            return StepState.TODO, "No mask was made into a segmentation here. Leave this out if there are none."
        if job.alive:
            return StepState.WORKING, "Segmentations are being made."
        if job.state is jobs.JobState.FAILED:
            return StepState.ATTENTION, f"The last run failed: {job.error}"
        if job.result is None:
            return StepState.ATTENTION, "The last run did not finish. Start it again to go on where it ended."
        made = job.result["written"] + job.result["unchanged"] + job.result["passed"]
        said = f"{made:,} segmentations are made and checked"
        if job.result["refused"]:
            return StepState.ATTENTION, f"{said}; {job.result['refused']:,} masks were refused. See why."
        return StepState.DONE, f"{said}."

    @cached_property
    def quality(self) -> Standing:
        """Where checking the data quality stands."""
        if standing := _under_way(jobs.latest(self.workspace, "quality"), "Images are being checked.", "check"):
            return standing
        runs = self.workspace.ledger.quality.runs()
        if not runs:
            return StepState.TODO, "Nothing was checked yet."
        counts = {"ERR": 0, "WARN": 0}
        for _, severity, _, count in self.workspace.ledger.quality.counts(runs[0].scope):
            counts[severity] = counts.get(severity, 0) + count
        said = f"{runs[0].summary['series']:,} series are checked at the level {runs[0].level}"
        if counts["ERR"]:
            errors = "1 error stands" if counts["ERR"] == 1 else f"{counts['ERR']:,} errors stand"
            return StepState.ATTENTION, f"{said}; {errors} against sending."
        return StepState.DONE, f"{said}, without errors; {counts['WARN']:,} warnings."

    @cached_property
    def risk(self) -> Standing:
        """Where assessing the risk stands; whether it is acceptable is for a person to say, and to record."""
        job = jobs.latest(self.workspace, "risk")
        if standing := _under_way(job, "The risk is being assessed.", "assessment"):
            return standing
        if job is not None and job.state is jobs.JobState.DONE:
            return StepState.TODO, "The risk is assessed. Record what your data protection officer decides."
        return StepState.TODO, "Nothing was assessed yet."

    @cached_property
    def deidentify(self) -> Standing:
        """Where de-identifying the images stands."""
        job = jobs.latest(self.workspace, "deidentify")
        if job is not None and job.alive:
            return StepState.WORKING, "Images are being de-identified."
        if not self.indexed:
            return StepState.BLOCKED, "There is nothing to de-identify."
        if job is not None and job.state is jobs.JobState.FAILED:
            return StepState.ATTENTION, f"The last de-identification failed: {job.error}"
        if job is not None and job.state in (jobs.JobState.STOPPED, jobs.JobState.INTERRUPTED):
            return (
                StepState.ATTENTION,
                "The last de-identification did not finish. De-identify again to go on where it ended.",
            )
        ledger, originals = self.workspace.ledger, self.workspace.originals()
        counts = ledger.deidentified.counts(originals)
        if not (counts.written or counts.quarantined or counts.dropped):
            if counts.already:
                return (
                    StepState.ATTENTION,
                    "The scanned images were de-identified by this program already. Upload them from the workspace "
                    "that made them, or scan the originals.",
                )
            return StepState.TODO, "Nothing was de-identified yet."
        said = f"{counts.verified:,} of {counts.written:,} de-identified images are verified"
        if counts.quarantined:
            said += f"; {counts.quarantined:,} originals are set aside"
        if counts.dropped:
            said += f"; {counts.dropped:,} are left out by the profile"
        if waiting := ledger.originals.waiting(originals):
            return StepState.ATTENTION, f"{said}. {waiting:,} images were scanned since: de-identify again."
        if counts.verified < counts.written:
            return StepState.ATTENTION, f"{said}. See what verification found."
        if not counts.written:
            return StepState.ATTENTION, "All originals are set aside or left out. See why."
        return StepState.DONE, f"{said}."

    @cached_property
    def upload(self) -> Standing:
        """Where sending the images stands."""
        job = jobs.latest(self.workspace, "upload")
        if job is not None and job.alive:
            return StepState.WORKING, "Images are being sent."
        if not self.indexed:
            return StepState.BLOCKED, "There is nothing to upload."
        if job is not None and job.state is jobs.JobState.FAILED:
            return StepState.ATTENTION, f"The last upload failed: {job.error}"
        if not self.uploads.total:
            return StepState.TODO, "Nothing was sent yet."
        verified = f"{self.uploads.verified:,} of {self.uploads.total:,} instances are stored and verified"
        if self.verified:
            return StepState.DONE, f"{verified}."
        return StepState.ATTENTION, f"{verified}. Upload again to send what is missing."

    @cached_property
    def clinical(self) -> Standing:
        """Where sending the clinical data stands; it can be done by other means, and then only the record tells."""
        job = jobs.latest(self.workspace, "clinical-upload")
        if standing := _under_way(job, "Clinical data are being sent.", "upload of clinical data"):
            return standing
        counts = self.clinical_uploads
        if not counts:
            return StepState.TODO, "Nothing was sent from here, nor recorded as sent."
        verified, total = counts.get(UploadState.VERIFIED, 0), sum(counts.values())
        said = f"{verified:,} of {total:,} pieces of clinical data are stored and verified"
        if self.clinical_verified:
            return StepState.DONE, f"{said}."
        return StepState.ATTENTION, f"{said}. Upload again to send what is missing."

    @property
    def dataset_released(self) -> bool:
        """Whether the node said that the dataset is released."""
        seen = self._dataset_seen
        return isinstance(seen, NodeDataset) and seen.state.released

    @cached_property
    def dataset(self) -> Standing | None:
        """Where the dataset stands at the node; None while none is chosen."""
        job = jobs.latest(self.workspace, "dataset-watch")
        if job is not None and job.alive:
            return StepState.WORKING, "The creation of the dataset is being watched."
        seen = self._dataset_seen
        if isinstance(seen, WorkspaceError):
            return StepState.ATTENTION, str(seen)
        if seen is None:
            return None
        lost = seen.compared.missing if seen.compared is not None else 0
        lacks = f" {lost:,} series that were sent are not in it." if lost else ""
        if seen.state.released:
            return StepState.DONE, f"The node says that the dataset is {seen.state}.{lacks}"
        match seen.state:
            case DatasetState.FAILED:
                return StepState.ATTENTION, "The creation of the dataset failed. See why, mend it, and make it anew."
            case DatasetState.INVALIDATED:
                return StepState.ATTENTION, "The dataset is invalidated: nobody can use it."
            case _ if self.done("create-dataset"):
                return StepState.ATTENTION, f"It is recorded as released, but the node says: {_STANDING[seen.state]}."
            case _ if lost:
                return StepState.ATTENTION, f"The dataset is {_STANDING[seen.state]}.{lacks}"
        return StepState.TODO, f"The dataset is {_STANDING[seen.state]}, and not released yet."

    @cached_property
    def _dataset_seen(self) -> NodeDataset | WorkspaceError | None:
        """What the node last said, or why that cannot be read."""
        try:
            return node_dataset(self.workspace)
        except WorkspaceError as error:
            return error

    @cached_property
    def looked_up(self) -> Event | None:
        """The last look-up in the public catalogue."""
        return self.workspace.ledger.events.latest(_catalogue.LOOKED_UP)

    @property
    def catalogue_entry(self) -> Standing | None:
        """Where the entry in the public catalogue stands; None before anything was looked up or recorded."""
        return _catalogue.standing(self.looked_up, self.records.get("catalogue-entry"))

    @property
    def registry(self) -> Standing | None:
        """Where the registration stands; None until the catalogue shows it: till then only a person can tell."""
        return (StepState.DONE, "The catalogue shows the dataset.") if _catalogue.shows(self.looked_up) else None

    @cached_property
    def metadata(self) -> Standing | None:
        """Where describing the dataset stands; None while there is no record, as it may be done elsewhere."""
        saved, written = (_version(self.workspace, name) for name in ("record.json", "exports.json"))
        if saved is None:
            return None
        if written is None:
            return StepState.TODO, f"The record is begun (version {saved[0]}). Complete it and write its files."
        if written[0] != saved[0]:
            return StepState.ATTENTION, f"The record was changed since its files were written (version {written[0]})."
        if written[1]:
            errors = "1 error stands" if written[1] == 1 else f"{written[1]:,} errors stand"
            return StepState.ATTENTION, f"The files are written, and {errors} against the record."
        return StepState.DONE, f"The record is complete, and its files are written (version {saved[0]})."

    @property
    def described(self) -> bool:
        """Whether the metadata record is complete and its files are written."""
        return self.metadata is not None and self.metadata[0] is StepState.DONE


def _under_way(job: jobs.Job | None, working: str, what: str) -> Standing | None:
    """Say that a job is at work, or that it failed; None if neither."""
    if job is not None and job.alive:
        return StepState.WORKING, working
    if job is not None and job.state is jobs.JobState.FAILED:
        return StepState.ATTENTION, f"The last {what} failed: {job.error}"
    return None


def _version(workspace: Workspace, name: str) -> tuple[int, int] | None:
    """Return version and errors of a file of the metadata record; None if there is none that can be read."""
    try:
        kept = json.loads((workspace.folder / "dataset" / name).read_text(encoding="utf-8"))
        return int(kept["version"]), int(kept.get("errors", 0))
    except (OSError, ValueError, KeyError, TypeError):
        return None
