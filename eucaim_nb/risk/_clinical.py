"""The clinical table that is ready to be sent, as the clinical phase left it in the workspace."""

import json
from pathlib import Path

import pandas as pd

from eucaim_nb.clinical_files import TABLES, exported_files
from eucaim_nb.errors import RiskError, WorkspaceError
from eucaim_nb.workspace import Workspace

from ._imaging import together

SUBJECT = "PatientID"


def clinical_table(workspace: Workspace) -> pd.DataFrame | None:
    """Return the exported clinical table with one row per patient, None if nothing was exported.

    What differs between a patient's rows is told of all of them, as `C50 + C79`.

    Raises
    ------
    RiskError
        The export cannot be read.
    """
    file = _file(workspace)
    if file is None:
        return None
    try:
        table = pd.read_csv(file, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        raise _unreadable() from error
    if SUBJECT not in table.columns:
        raise _unreadable()
    table = table.rename(columns={SUBJECT: "patient"})
    others = table.columns[1:]
    table[others] = table[others].mask(table[others].isin(_missing(workspace)), "")
    if "patient" in table.columns[1:]:
        raise RiskError("The clinical table has two columns for the patient. Prepare the clinical data again.")
    if table["patient"].is_unique:
        return table.replace("", None)
    columns = {name: together(table["patient"], table[name]) for name in table.columns if name != "patient"}
    ids = pd.DataFrame({"patient": table["patient"].unique()}).set_index("patient")
    return ids.assign(**columns).reset_index()


def _file(workspace: Workspace) -> Path | None:
    try:
        found = (one.file for one in exported_files(workspace.folder) if one.kind in TABLES)
    except WorkspaceError as error:
        raise _unreadable() from error
    first = next(found, None)
    return workspace.folder / "clinical" / first if first is not None else None


def _missing(workspace: Workspace) -> list[str]:
    """Return the texts that stand for a missing value in the exported table."""
    try:
        schema = json.loads((workspace.folder / "clinical" / "schema.json").read_text(encoding="utf-8"))
        return list(schema["missingValues"])
    except FileNotFoundError:
        return [""]
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise _unreadable() from error


def _unreadable() -> RiskError:
    return RiskError("The exported clinical table cannot be read. Prepare the clinical data again.")
