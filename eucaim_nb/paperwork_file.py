"""The lists below `paperwork/`: JSON that a person can open, written whole, and never taken for empty when damaged."""

import json
from collections.abc import Mapping
from typing import Any

from eucaim_nb.errors import WorkspaceError
from eucaim_nb.whole import replacing
from eucaim_nb.workspace import Workspace

_FORMAT = 1


def read_list(workspace: Workspace, name: str) -> dict[str, Any]:
    """Return what `write_list` wrote; empty if nothing was written yet.

    Raises
    ------
    WorkspaceError
        The file cannot be read, or is something else.
    """
    try:
        found = json.loads((workspace.folder / "paperwork" / name).read_text(encoding="utf-8"))
        return dict(found["entries"])
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise WorkspaceError(f"paperwork/{name} cannot be read: {error.strerror}.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise damaged(name) from error


def write_list(workspace: Workspace, name: str, entries: Mapping[str, Any]) -> None:
    """Write a list in place of the one that was there.

    Raises
    ------
    WorkspaceError
        The folder cannot be written.
    """
    path = workspace.folder / "paperwork" / name
    try:
        path.parent.mkdir(exist_ok=True)
        with replacing(path) as file:
            json.dump({"format": _FORMAT, "entries": dict(entries)}, file, indent=1, ensure_ascii=False)
    except OSError as error:
        raise WorkspaceError(
            f"paperwork/{name} cannot be written: {error.strerror}. Is the disk full or read-only?"
        ) from error


def damaged(name: str) -> WorkspaceError:
    """Return the error for a list whose content this program did not write."""
    return WorkspaceError(
        f"paperwork/{name} is not what this program wrote. Restore it from a backup, or remove it and enter what it "
        "held again; copies of files are still in the folder."
    )
