"""The crosswalk and the days between studies, as tables that a person can open."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from eucaim_nb.cells import defused
from eucaim_nb.errors import WorkspaceError
from eucaim_nb.whole import replacing
from eucaim_nb.workspace import Workspace


def write_crosswalk(workspace: Workspace) -> None:
    """Write `private/patient_mapping.csv`, `private/uid_mapping.csv` and `clinical/relative_days.csv` anew.

    Raises
    ------
    WorkspaceError
        The folder cannot be written.
    """
    ledger = workspace.ledger.deidentified
    ledger.forget_unused_pseudonyms()
    private = workspace.folder / "private"
    for kind, name in (("patient", "patient_mapping.csv"), ("uid", "uid_mapping.csv")):
        _write(private / name, ("id_old", "id_new"), ledger.crosswalk(kind))
    days = workspace.folder / "clinical" / "relative_days.csv"
    _write(days, ("PatientID", "StudyInstanceUID", "DaysFromFirstStudy"), ledger.study_days())


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        with replacing(path, errors="backslashreplace", newline="") as file:
            table = csv.writer(file)
            table.writerow(header)
            table.writerows([defused(value) if isinstance(value, str) else value for value in row] for row in rows)
    except OSError as error:
        raise WorkspaceError(
            f"{path.name} cannot be written to the workspace: {error.strerror}. Make room or mend the permissions."
        ) from error
