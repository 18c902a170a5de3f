"""The standing records of a workspace."""

from types import MappingProxyType

from eucaim_nb.workspace import Workspace

from ._state import Record


def standing(workspace: Workspace) -> MappingProxyType[str, Record]:
    """Return the record that stands for each recorded action, by the action's id."""
    return MappingProxyType(
        {
            row.action: Record(
                action=row.action,
                at=row.at,
                note=row.note,
                file=workspace.folder / row.file if row.file else None,
                file_name=row.file_name,
                sha256=row.sha256,
                checks=row.checks,
                skipped=row.skipped,
            )
            for row in workspace.ledger.records.standing()
        }
    )
