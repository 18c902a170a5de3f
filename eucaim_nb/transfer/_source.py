"""Which indexed folders an upload takes its files from, and whether it may."""

import os
from pathlib import Path

from eucaim_nb.errors import Refused, WorkspaceError
from eucaim_nb.workspace import Workspace

DEIDENTIFIED = "deidentified"


def source_ids(workspace: Workspace, source: str) -> list[int]:
    """Return the ids of the index's sources at or below a folder.

    Parameters
    ----------
    source
        `deidentified` for what the de-identification of this workspace wrote, or a scanned folder.

    Raises
    ------
    WorkspaceError
        The folder was never scanned, or there is nothing de-identified yet.
    """
    folder = workspace.deidentified if source == DEIDENTIFIED else Path(source).expanduser().resolve()
    found = [
        number
        for number, root, _ in workspace.ledger.index.sources()
        if (workspace.folder / os.fsdecode(root)).resolve().is_relative_to(folder)
    ]
    if found:
        return found
    if source == DEIDENTIFIED:
        raise WorkspaceError(
            "This workspace has no de-identified images yet. De-identify them first, or name the scanned "
            "folder to upload from."
        )
    raise WorkspaceError(f"The folder {folder} was not scanned. Scan it first.")


def check_allowed(workspace: Workspace, source: str, override: str | None) -> None:
    """Refuse to send images that this workspace has not verified as de-identified, unless a reason was typed.

    The reason goes to the audit trail.

    Raises
    ------
    Refused
        No reason was given.
    """
    reason = (override or "").strip()
    if not reason:
        raise Refused(
            "These images have not been verified as de-identified, so they stay here. Give the reason why "
            "they may be sent as "
            "they are; it is recorded."
        )
    workspace.ledger.events.record("upload without verified de-identification", reason=reason, source=source)
