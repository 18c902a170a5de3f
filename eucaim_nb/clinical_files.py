"""The list of files that the preparation of clinical data made, as the workspace keeps it for the other phases."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from eucaim_nb.errors import WorkspaceError

TABLES = ("upv-csv", "xnat-csv")
"""Kinds that are one table of all patients with all columns as they are sent, `PatientID` first."""
_FOLDER, _LIST = "clinical", "exports.json"


@dataclass(frozen=True, slots=True)
class ExportFile:
    """A file for a node, below `clinical/`."""

    kind: str
    file: str
    sha256: str
    bytes: int


def exported_files(workspace: Path) -> list[ExportFile]:
    """Return the exports that are current: those of the last preparation, if nothing stood in their way.

    Raises
    ------
    WorkspaceError
        The list is damaged.
    """
    try:
        listed = json.loads((workspace / _FOLDER / _LIST).read_text(encoding="utf-8"))
        return [ExportFile(**one) for one in listed]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, TypeError) as error:
        raise WorkspaceError(
            "The list of clinical exports is damaged. Prepare the clinical data again."
        ) from error


def listing(files: Sequence[ExportFile]) -> tuple[str, bytes]:
    """Return the list of exports as a file: its name below `clinical/`, and its content."""
    return _LIST, (json.dumps([asdict(one) for one in files], indent=1) + "\n").encode()
