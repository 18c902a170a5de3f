"""Which indexed folders an upload takes its files from, and whether it may."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from eucaim_nb.errors import Refused, WorkspaceError
from eucaim_nb.ledger import UploadItem
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


def check_allowed(
    workspace: Workspace, source: str, override: str | None, ids: Sequence[int], series: Sequence[tuple[str, str]]
) -> None:
    """Refuse to send images that this workspace has not verified as de-identified, unless a reason was typed.

    Only an output of this workspace that is still the very file that was verified counts as verified. The reason goes
    to the audit trail.

    Parameters
    ----------
    ids, series
        Sources, and `(study UID, series UID)` of them to send.

    Raises
    ------
    Refused
        Not all are verified, and no reason was given.
    """
    unverified, total = count_unverified(workspace, ids, series)
    if not unverified:
        return
    reason = (override or "").strip()
    if not reason:
        what = "These images have" if unverified == total else f"{unverified:,} of these {total:,} images have"
        raise Refused(
            f"{what} not been verified as de-identified, so they stay here. De-identify them and upload what comes "
            "out, or give the reason why they may be sent as they are; it is recorded."
        )
    workspace.ledger.events.record(
        "upload without verified de-identification", reason=reason, source=source, unverified=unverified, of=total
    )


def count_unverified(
    workspace: Workspace, ids: Sequence[int], series: Sequence[tuple[str, str]]
) -> tuple[int, int]:
    """Count the images of some series that are no verified outputs of this workspace, and all of their images."""
    total = unverified = 0
    for study, one in series:
        items = workspace.ledger.uploads.candidates(ids, study, one)
        verified = workspace.ledger.deidentified.verified_outputs(study, one)
        total += len(items)
        unverified += sum(not _is_verified(workspace, item, verified) for item in items)
    return unverified, total


def _is_verified(workspace: Workspace, item: UploadItem, verified: Mapping[str, tuple[int, int]]) -> bool:
    """Tell whether what would be sent is an output as it was when it was verified."""
    path = workspace.folder / os.fsdecode(item.root) / os.fsdecode(item.folder) / os.fsdecode(item.name)
    try:
        output = path.resolve().relative_to(workspace.deidentified.resolve()).as_posix()
        status = path.stat()
    except (OSError, ValueError):
        return False
    return not item.member and verified.get(output) == (status.st_size, status.st_mtime_ns)
