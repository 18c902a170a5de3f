"""Recording what a person did outside this program, and taking it back."""

import time
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from eucaim_nb.errors import Refused, SettingsError
from eucaim_nb.ledger import ActionRecord
from eucaim_nb.reference import Action
from eucaim_nb.workspace import Workspace

from . import _evidence
from ._actions import blockers_of
from ._kept import standing
from ._note import checked_note
from ._procedure import action_of, notebook_of
from ._state import Record


def record(
    workspace: Workspace,
    action_id: str,
    *,
    note: str = "",
    file: Path | None = None,
    checks: Sequence[str] = (),
) -> Record:
    """Record an action as done, in place of an earlier record of it. Recording the same again changes nothing.

    Parameters
    ----------
    workspace
        Where the record and the evidence are kept.
    action_id
        One of the 18 actions, see `eucaim_nb.reference.actions`.
    note
        What was done, or why an action that is still blocked counts as done. It stays in the ledger.
    file
        Evidence, at most 200 MB; a copy goes to `paperwork/<action id>/`.
    checks
        Ids of ticked lines of the action's checklist; without any, those that `keep_checks` kept.

    Raises
    ------
    Refused
        The action is blocked, or one that the program does itself, and no note says why it counts.
    SettingsError
        There is no such action or checklist line, the file cannot be kept, or there is neither note nor file nor tick.
    WorkspaceError
        The file cannot be written.
    """
    action = action_of(workspace, action_id)
    ticked = _known(action, checks) if checks else _ticked(workspace, action)
    text = checked_note(note)
    if action.by == "tool" and not text:
        raise Refused(
            f"This program knows by itself whether {action.title!r} is done in {notebook_of(action.id)}. "
            "If it was done with another tool, write in the note which and how."
        )
    if not (text or file or ticked):
        raise SettingsError(
            f"There is nothing to record for {action.title!r}. Write a note, choose a file or tick the checklist."
        )
    if not text and (blocking := blockers_of(workspace, action_id)):
        raise Refused(
            f"{action.title!r} is blocked: {' '.join(blocker.text for blocker in blocking)} "
            "If it was done all the same, write in the note how."
        )
    return _put(workspace, action, text, file, ticked, skipped=False)


def skip(workspace: Workspace, action_id: str, note: str) -> Record:
    """Record that an optional action is left out on purpose; the note says why.

    Raises
    ------
    Refused
        The procedure does not let the action be left out.
    SettingsError
        There is no such action, or no note.
    """
    action = action_of(workspace, action_id)
    if not (action.optional or action.may_skip):
        raise Refused(f"{action.title!r} cannot be skipped: the procedure demands it.")
    text = checked_note(note)
    if not text:
        raise SettingsError(f"Write in the note why {action.title!r} is left out.")
    return _put(workspace, action, text, None, frozenset(), skipped=True)


def withdraw(workspace: Workspace, action_id: str, *, reason: str = "") -> None:
    """Take the record of an action back. The row and the file stay, marked as withdrawn.

    Raises
    ------
    SettingsError
        There is no such action, or it is not recorded.
    """
    action = action_of(workspace, action_id)
    if not workspace.ledger.records.withdraw(action.id, checked_note(reason)):
        raise SettingsError(f"{action.title!r} is not recorded: there is nothing to withdraw.")


def records(workspace: Workspace) -> Mapping[str, Record]:
    """Return the standing record of each recorded action, by the action's id."""
    return standing(workspace)


def keep_checks(workspace: Workspace, action_id: str, checks: Collection[str]) -> None:
    """Keep which lines of an action's checklist are ticked, in place of what was kept before.

    Raises
    ------
    SettingsError
        There is no such action or checklist line.
    """
    action = action_of(workspace, action_id)
    workspace.ledger.records.keep_checks(action.id, _known(action, checks))


def checks(workspace: Workspace, action_id: str) -> frozenset[str]:
    """Return the ticked lines of an action's checklist."""
    return _ticked(workspace, action_of(workspace, action_id))


def _put(
    workspace: Workspace,
    action: Action,
    note: str,
    file: Path | None,
    checks: frozenset[str],
    *,
    skipped: bool,
) -> Record:
    ticked = tuple(line.id for line in action.checklist if line.id in checks)
    before = standing(workspace).get(action.id)
    if (
        before is not None
        and (before.note, before.checks, before.skipped) == (note, ticked, skipped)
        and _same(before, file)
    ):
        return before
    evidence = None if file is None else _evidence.keep(workspace, action.id, Path(file))
    workspace.ledger.records.add(
        ActionRecord(
            action=action.id,
            at=time.time(),
            skipped=skipped,
            note=note,
            file=evidence.path if evidence else None,
            file_name=evidence.name if evidence else "",
            sha256=evidence.sha256 if evidence else "",
            checks=ticked,
        )
    )
    return standing(workspace)[action.id]


def _same(before: Record, file: Path | None) -> bool:
    if file is None or before.file is None:
        return file is None and before.file is None
    name = Path(file).name == before.file_name
    return name and before.file.is_file() and _evidence.sha256_of(Path(file).expanduser()) == before.sha256


def _known(action: Action, checks: Collection[str]) -> frozenset[str]:
    unknown = sorted(set(checks) - {line.id for line in action.checklist})
    if unknown:
        raise SettingsError(f"The checklist of {action.title!r} has no line {unknown[0]!r}.")
    return frozenset(checks)


def _ticked(workspace: Workspace, action: Action) -> frozenset[str]:
    return workspace.ledger.records.checks(action.id) & {line.id for line in action.checklist}

