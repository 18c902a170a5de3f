"""Which scanned folders a run of checks goes over."""

import os
from pathlib import Path

from eucaim_nb.dicom import scanned_sources
from eucaim_nb.errors import WorkspaceError
from eucaim_nb.workspace import Workspace

DEIDENTIFIED, ORIGINALS = "deidentified", "originals"


def chosen_sources(workspace: Workspace, source: str) -> tuple[str, list[int]]:
    """Return the name and the ids of the sources that a run goes over; see `run`.

    Raises
    ------
    WorkspaceError
        There are none.
    """
    outputs = [one[0] for one in workspace.ledger.index.sources() if one[0] not in set(workspace.originals())]
    if source == DEIDENTIFIED or (
        not source and outputs and workspace.ledger.index.totals(outputs).instances
    ):
        if not outputs:
            raise WorkspaceError(
                "There are no de-identified images yet. De-identify, or check the originals."
            )
        return DEIDENTIFIED, outputs
    if source in ("", ORIGINALS):
        originals = workspace.originals()
        if not originals:
            raise WorkspaceError("No images are indexed yet. Scan a folder first.")
        return ORIGINALS, originals
    found = scanned_sources(workspace, [source])
    if not found:
        raise WorkspaceError(f"The folder {Path(source).expanduser()} was not scanned. Scan it first.")
    return os.fspath(Path(source).expanduser().resolve()), workspace.with_segmentations(found)
