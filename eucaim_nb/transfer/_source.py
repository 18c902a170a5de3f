"""Which indexed folders an upload takes its files from."""

import os
from pathlib import Path

from eucaim_nb.errors import WorkspaceError
from eucaim_nb.workspace import Workspace

DEIDENTIFIED = "deidentified"


def source_ids(workspace: Workspace, source: str) -> list[int]:
    """Return the ids of the index's sources at or below a folder, and of those with segmentations made of them.

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
        return workspace.with_segmentations(found)
    if source == DEIDENTIFIED:
        raise WorkspaceError(
            "This workspace has no de-identified images yet. De-identify them first, or name the scanned "
            "folder to upload from."
        )
    raise WorkspaceError(f"The folder {folder} was not scanned. Scan it first.")
