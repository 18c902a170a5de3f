"""The phases of the procedure: where each stands in a workspace, and what blocks it."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from eucaim_nb import jobs
from eucaim_nb.reference import Phase, phases
from eucaim_nb.workspace import Workspace


class StepState(StrEnum):
    """Where a phase stands."""

    TODO = "to do"
    BLOCKED = "blocked"
    WORKING = "working"
    ATTENTION = "needs attention"
    DONE = "done"
    LATER = "not in this version"


@dataclass(frozen=True, slots=True)
class Blocker:
    """Why a phase cannot go on, and the notebook where that is mended."""

    text: str
    notebook: str


@dataclass(frozen=True, slots=True)
class Step:
    """A phase in a workspace: its state, one sentence that says it, and what blocks it."""

    phase: Phase
    state: StepState
    sentence: str
    blockers: tuple[Blocker, ...] = ()


def steps(workspace: Workspace | None) -> list[Step]:
    """Return every phase as it stands; None means that no workspace was chosen yet. Reads the ledger only."""
    return [_step(phase, workspace) for phase in phases()]


def step(phase_id: str, workspace: Workspace | None) -> Step:
    """Return one phase as it stands."""
    return next(_step(phase, workspace) for phase in phases() if phase.id == phase_id)


def _step(phase: Phase, workspace: Workspace | None) -> Step:
    if phase.id not in _RULES:
        return Step(phase, StepState.LATER, "This version has no page for it yet.")
    if workspace is None:
        if phase.id == "start":
            return Step(phase, StepState.TODO, "Choose or create a workspace.")
        return Step(
            phase,
            StepState.BLOCKED,
            "No workspace is open.",
            (Blocker("Choose or create a workspace.", "00_start"),),
        )
    return _RULES[phase.id](phase, workspace)


def _start(phase: Phase, workspace: Workspace) -> Step:
    return Step(phase, StepState.DONE, f"The workspace {workspace.folder.name} is open.")


def _inspect(phase: Phase, workspace: Workspace) -> Step:
    job = jobs.latest(workspace, "scan")
    if job is not None and job.alive:
        return Step(phase, StepState.WORKING, "Folders are being scanned.")
    if job is not None and job.state is jobs.JobState.FAILED:
        return Step(phase, StepState.ATTENTION, f"The last scan failed: {job.error}")
    if job is not None and job.state in (jobs.JobState.STOPPED, jobs.JobState.INTERRUPTED):
        return Step(
            phase, StepState.ATTENTION, "The last scan did not finish. Scan again to go on where it ended."
        )
    totals = workspace.ledger.index.totals()
    if not totals.files:
        return Step(phase, StepState.TODO, "No folder was scanned yet.")
    if not totals.instances:
        return Step(phase, StepState.ATTENTION, f"No DICOM instance was found among {totals.files:,} files.")
    found = f"{totals.instances:,} instances of {totals.patients:,} patients are indexed"
    if totals.problems:
        return Step(phase, StepState.ATTENTION, f"{found}; {totals.problems:,} findings need a look.")
    return Step(phase, StepState.DONE, f"{found}.")


def _upload(phase: Phase, workspace: Workspace) -> Step:
    job = jobs.latest(workspace, "upload")
    if job is not None and job.alive:
        return Step(phase, StepState.WORKING, "Images are being sent.")
    if not workspace.ledger.index.has_instances():
        blocker = Blocker("No images are indexed yet. Scan a folder first.", "03_inspect_dicom")
        return Step(phase, StepState.BLOCKED, "There is nothing to upload.", (blocker,))
    counts = workspace.ledger.uploads.counts(workspace.settings.node)
    if job is not None and job.state is jobs.JobState.FAILED:
        return Step(phase, StepState.ATTENTION, f"The last upload failed: {job.error}")
    if not counts.total:
        return Step(phase, StepState.TODO, "Nothing was sent yet.")
    verified = f"{counts.verified:,} of {counts.total:,} instances are stored and verified"
    if counts.verified == counts.total:
        return Step(phase, StepState.DONE, f"{verified}.")
    return Step(phase, StepState.ATTENTION, f"{verified}. Upload again to send what is missing.")


_RULES: dict[str, Callable[[Phase, Workspace], Step]] = {
    "start": _start,
    "inspect": _inspect,
    "upload": _upload,
}
