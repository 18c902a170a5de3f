"""Where each phase stands: what its actions say together."""

from eucaim_nb.reference import Phase, phases
from eucaim_nb.workspace import Workspace

from ._actions import NO_WORKSPACE, statuses
from ._ledger_knows import Known
from ._state import ActionStatus, Blocker, Step, StepState

_SETTLED = (StepState.DONE, StepState.SKIPPED)


def steps(workspace: Workspace | None) -> list[Step]:
    """Return every phase as it stands; None means that no workspace was chosen yet. Reads the ledger only."""
    known = None if workspace is None else Known(workspace)
    return [_step(phase, workspace, known) for phase in phases()]


def step(phase_id: str, workspace: Workspace | None) -> Step:
    """Return one phase as it stands."""
    known = None if workspace is None else Known(workspace)
    return next(_step(phase, workspace, known) for phase in phases() if phase.id == phase_id)


def _step(phase: Phase, workspace: Workspace | None, known: Known | None) -> Step:
    if phase.id == "start":
        return _start(phase, workspace, known)
    found = tuple(statuses(workspace, phase.id, known))
    if workspace is None:
        return Step(phase, StepState.BLOCKED, "No workspace is open.", (NO_WORKSPACE,), found)
    if len(found) == 1:
        only = found[0]
        return Step(phase, only.state, only.sentence, only.blockers, found)
    # Optional actions do not hold up a phase that has others.
    needed = [entry for entry in found if not entry.action.optional] or found
    settled = [entry for entry in needed if entry.state in _SETTLED]
    state = _together(needed, len(settled))
    said = [f"{len(settled)} of {len(needed)} done."]
    said += [
        f"{entry.action.title}: {entry.sentence}"
        for entry in found
        if entry.state in (StepState.WORKING, StepState.ATTENTION)
    ]
    blockers = _from_outside(phase, needed) if state is StepState.BLOCKED else ()
    return Step(phase, state, " ".join(said), blockers, found)


def _start(phase: Phase, workspace: Workspace | None, known: Known | None) -> Step:
    if workspace is None:
        return Step(phase, StepState.TODO, "Choose or create a workspace.")
    found = statuses(workspace, None, known)
    done = sum(entry.state is StepState.DONE for entry in found)
    skipped = sum(entry.state is StepState.SKIPPED for entry in found)
    left_out = f", {skipped} skipped on purpose" if skipped else ""
    return Step(
        phase,
        StepState.DONE,
        f"The workspace {workspace.folder.name} is open: {done} of {len(found)} actions are done{left_out}.",
    )


def _together(needed: list[ActionStatus] | tuple[ActionStatus, ...], settled: int) -> StepState:
    states = {entry.state for entry in needed}
    for urgent in (StepState.WORKING, StepState.ATTENTION):
        if urgent in states:
            return urgent
    if settled == len(needed):
        return StepState.DONE if StepState.DONE in states else StepState.SKIPPED
    return StepState.TODO if StepState.TODO in states else StepState.BLOCKED


def _from_outside(phase: Phase, needed: list[ActionStatus] | tuple[ActionStatus, ...]) -> tuple[Blocker, ...]:
    """Return what blocks a phase; its own actions, waiting for each other, do not count."""
    every = dict.fromkeys(blocker for entry in needed for blocker in entry.blockers)
    return tuple(blocker for blocker in every if blocker.notebook != phase.notebook) or tuple(every)
