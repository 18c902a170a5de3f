"""Where each action stands, and what blocks it."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType

from eucaim_nb.reference import Action
from eucaim_nb.workspace import Workspace

from ._catalogue import shows
from ._ledger_knows import Known, Standing
from ._papers import BROKEN, SETTLED, PaperState
from ._procedure import action_of, actions_of, notebook_of
from ._release import against_release
from ._state import ActionStatus, Blocker, Record, StepState

NO_WORKSPACE = Blocker("Choose or create a workspace.", "00_start")


def actions(workspace: Workspace | None) -> list[ActionStatus]:
    """Return the 18 actions as they stand; None means that no workspace was chosen yet. Reads the ledger only."""
    return _statuses(workspace)


def action(action_id: str, workspace: Workspace | None) -> ActionStatus:
    """Return one action as it stands.

    Raises
    ------
    SettingsError
        There is no action of that id.
    """
    return _status(action_of(workspace, action_id), None if workspace is None else Known(workspace))


def blockers_of(workspace: Workspace, action_id: str) -> tuple[Blocker, ...]:
    """Return what blocks an action, whether or not it is recorded."""
    return _blockers(action_id, Known(workspace))


def statuses(workspace: Workspace | None, phase_id: str | None, known: Known | None) -> list[ActionStatus]:
    """Return the actions of one phase, or all, from what was read already."""
    wanted = (entry for entry in actions_of(workspace) if phase_id in (None, entry.phase))
    return [_status(entry, known) for entry in wanted]


def _statuses(workspace: Workspace | None) -> list[ActionStatus]:
    return statuses(workspace, None, None if workspace is None else Known(workspace))


def _status(action: Action, known: Known | None) -> ActionStatus:
    if known is None:
        return ActionStatus(action, StepState.BLOCKED, "No workspace is open.", (NO_WORKSPACE,))
    record = known.records.get(action.id)
    standing = _KNOWN[action.id](known) if action.id in _KNOWN else None
    if standing is not None:
        state, sentence = standing
        if record is None or state not in (StepState.TODO, StepState.BLOCKED):
            blocking = _blockers(action.id, known) if state is StepState.BLOCKED else ()
            return ActionStatus(action, state, sentence, blocking, record)
    if record is not None:
        state, sentence = _with_papers(action, known, _recorded(action, record))
        return ActionStatus(action, state, sentence, (), record)
    blocking = _blockers(action.id, known)
    if blocking:
        first = "Another action comes" if len(blocking) == 1 else f"{len(blocking)} other actions come"
        return ActionStatus(action, StepState.BLOCKED, f"{first} first.", blocking)
    state, sentence = _with_papers(action, known, (StepState.TODO, "Not recorded as done yet."))
    return ActionStatus(action, state, sentence)


def _with_papers(action: Action, known: Known, standing: Standing) -> Standing:
    """Add how the documents of an action stand: an expired or lost one needs attention whatever was recorded."""
    found = [one for one in known.papers if one.paper.action == action.id]
    state, sentence = standing
    if not found or state is StepState.SKIPPED:
        return standing
    said = [one.sentence for one in found if one.state in (*BROKEN, PaperState.ENDING)]
    if any(one.state in BROKEN for one in found):
        state = StepState.ATTENTION
    if state is not StepState.DONE:
        needed = [one for one in found if not one.paper.optional]
        settled = sum(one.state in SETTLED for one in needed)
        said.insert(0, f"{settled} of {len(needed)} needed papers are on file.")
    return state, " ".join([sentence, *said])


def _recorded(action: Action, record: Record) -> Standing:
    day = f"{datetime.fromtimestamp(record.at).astimezone():%d %b %Y}"
    if record.skipped:
        return StepState.SKIPPED, f"Left out on purpose, recorded on {day}."
    if record.file is not None and not record.file.is_file():
        return (
            StepState.ATTENTION,
            f"Recorded as done on {day}, but its file {record.file_name} is gone from the workspace. "
            "Put it back, or record the action anew.",
        )
    evidence = f" with {record.file_name}" if record.file is not None else ""
    ticks = f"; {len(record.checks)} of {len(action.checklist)} lines ticked" if record.checks else ""
    return StepState.DONE, f"Recorded as done on {day}{evidence}{ticks}."


_KNOWN: Mapping[str, Callable[[Known], Standing | None]] = MappingProxyType(
    {
        "extract": lambda known: known.extract,
        "annotate": lambda known: known.annotations,
        "deidentify": lambda known: known.deidentify,
        "quality": lambda known: known.quality,
        "risk": lambda known: known.risk,
        "upload-images": lambda known: known.upload,
        "upload-clinical": lambda known: _clinical(known),
        "registry": lambda known: known.registry,
        "catalogue-entry": lambda known: known.catalogue_entry,
        "create-dataset": lambda known: known.dataset,
        "metadata": lambda known: known.metadata,
    }
)


def _clinical(known: Known) -> Standing:
    if not known.clinical_uploads and _blockers("upload-clinical", known):
        return StepState.BLOCKED, "Another action comes first."
    return known.clinical


# What blocks an action: rules of the procedure, one function per action that has any


def _blockers(action_id: str, known: Known) -> tuple[Blocker, ...]:
    rule = _RULES.get(action_id)
    return () if rule is None else tuple(Blocker(text, notebook_of(at)) for text, at in rule(known))


def _needs_index(known: Known) -> Iterator[tuple[str, str]]:
    if not known.indexed:
        yield "No images are indexed yet. Scan a folder first.", "extract"


def _needs_verified(known: Known) -> Iterator[tuple[str, str]]:
    if not known.uploads.total:
        if known.done("upload-images"):
            return
        yield "No images were uploaded yet.", "upload-images"
    elif not known.verified:
        yield "Not all images that were sent are verified at the node.", "upload-images"


def _create(known: Known) -> Iterator[tuple[str, str]]:
    yield from _needs_verified(known)
    if "upload-clinical" not in known.records and not known.clinical_verified:
        yield (
            "The clinical data are neither sent from here, nor recorded as sent, nor skipped on purpose (images only).",
            "upload-clinical",
        )
    for text in against_release(known):
        yield f"The dataset may be made, but not released. {text}", "dta"


def _metadata(known: Known) -> Iterator[tuple[str, str]]:
    if not known.dataset_released and not known.done("create-dataset"):
        yield "The node does not say that the dataset is released, nor is it recorded.", "create-dataset"
    yield from _needs_clearance(known)


def _registry(known: Known) -> Iterator[tuple[str, str]]:
    if not known.described and not known.done("metadata"):
        yield "The metadata of the dataset are not complete and written, nor recorded as such.", "metadata"
    yield from _needs_clearance(known)


def _catalogue(known: Known) -> Iterator[tuple[str, str]]:
    if not (known.done("registry") or shows(known.looked_up)):
        yield "The registration of the dataset was not requested yet.", "registry"


def _needs_clearance(known: Known) -> Iterator[tuple[str, str]]:
    for text in against_release(known):
        yield text, "dta"


_RULES: Mapping[str, Callable[[Known], Iterator[tuple[str, str]]]] = MappingProxyType(
    {
        "deidentify": _needs_index,
        "upload-images": _needs_index,
        "upload-clinical": _needs_verified,
        "create-dataset": _create,
        "metadata": _metadata,
        "registry": _registry,
        "catalogue-entry": _catalogue,
    }
)
