"""The tables of a workspace, and what its columns are to an attacker."""

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import pandas as pd

from eucaim_nb.errors import RiskError, WorkspaceError
from eucaim_nb.whole import replacing
from eucaim_nb.workspace import Workspace

from ._clinical import clinical_table
from ._imaging import ImagingTables, imaging_tables
from ._reference import ColumnFacts, Role, column_facts

FOLDER = "risk"
_ROLES = "roles.json"
_CLINICAL = "clinical "
"""Begins the names of clinical columns in the joint table."""


class Source(StrEnum):
    """Which images are looked at."""

    ORIGINAL = "original"
    DEIDENTIFIED = "deidentified"


@dataclass(frozen=True)
class Tables:
    """What there is to know of each patient.

    Attributes
    ----------
    imaging : ImagingTables
    clinical, joint : DataFrame or None
        Their columns begin with `clinical ` in the joint table. None without exported clinical data; joint is None too
        if no patient is in both, as with original images, whose Patient IDs are not those of the clinical table.
    roles : dict
        Of every column by table, `imaging` and `clinical`.
    shifted : bool
        Dates of the images were moved by a number of days that is secret.
    """

    source: Source
    imaging: ImagingTables
    clinical: pd.DataFrame | None
    joint: pd.DataFrame | None
    roles: Mapping[str, Mapping[str, Role]]
    shifted: bool

    def named(self) -> dict[str, pd.DataFrame]:
        """Return the tables that there are, by name."""
        tables = {"imaging": self.imaging.patients, "clinical": self.clinical, "joint": self.joint}
        return {name: table for name, table in tables.items() if table is not None and len(table)}

    def role(self, table: str, column: str) -> Role:
        """Return the role of a column of any of the tables."""
        if table == "joint":
            table, column = split(column)
        return self.roles[table].get(column, Role.IDENTIFIER)

    def columns(self, table: str, role: Role) -> list[str]:
        """Return the columns of a table that have a role."""
        return [name for name in map(str, self.named()[table].columns) if self.role(table, name) is role]

    def facts(self, table: str, column: str) -> ColumnFacts | None:
        """Return what is known of a column by its name."""
        if table == "joint":
            table, column = split(column)
        return column_facts(table).get(column)


def split(column: str) -> tuple[str, str]:
    """Return the table and the name that a column of the joint table comes from."""
    if column.startswith(_CLINICAL):
        return "clinical", column.removeprefix(_CLINICAL)
    return "imaging", column


def source_ids(workspace: Workspace, source: Source) -> list[int]:
    """Return the sources of the index to look at.

    Raises
    ------
    WorkspaceError
        There are none.
    """
    if source is Source.ORIGINAL:
        if originals := workspace.originals():
            return originals
        raise WorkspaceError("No images are indexed yet. Scan a folder first.")
    outputs = _outputs(workspace)
    if not outputs:
        raise WorkspaceError("There are no de-identified images yet. De-identify first, or look at the originals.")
    return outputs


def usual_source(workspace: Workspace) -> Source:
    """Return what will be sent: the de-identified images, or the originals while there are none."""
    outputs = _outputs(workspace)
    made = outputs and workspace.ledger.index.totals(outputs).instances
    return Source.DEIDENTIFIED if made else Source.ORIGINAL


def _outputs(workspace: Workspace) -> list[int]:
    originals = set(workspace.originals())
    return [number for number, _, _ in workspace.ledger.index.sources() if number not in originals]


def tables(workspace: Workspace, source: Source) -> Tables:
    """Return the tables of a workspace with one row per patient.

    Raises
    ------
    WorkspaceError
        There are no such images.
    RiskError
        The clinical export or the saved roles cannot be read.
    """
    imaging = imaging_tables(workspace, source_ids(workspace, source))
    clinical = clinical_table(workspace)
    shifted = source is Source.DEIDENTIFIED and _is_shifted(workspace)
    saved = saved_roles(workspace)
    roles = {"imaging": _roles("imaging", imaging.patients, shifted, saved)}
    if clinical is not None:
        roles["clinical"] = _roles("clinical", clinical, shifted, saved)
    return Tables(source, imaging, clinical, _joined(imaging.patients, clinical), roles, shifted)


def _is_shifted(workspace: Workspace) -> bool:
    recipes = workspace.ledger.deidentified.standing_recipes()
    return bool(recipes) and all(one.get("policies", {}).get("dates") in ("shift", "remove") for one in recipes)


def _joined(imaging: pd.DataFrame, clinical: pd.DataFrame | None) -> pd.DataFrame | None:
    if clinical is None:
        return None
    both = imaging.merge(clinical.rename(columns=lambda name: name if name == "patient" else _CLINICAL + name))
    return both if len(both) else None


def _roles(
    table: str, data: pd.DataFrame, shifted: bool, saved: Mapping[str, Mapping[str, Role]]
) -> dict[str, Role]:
    known, chosen = column_facts(table), saved.get(table, {})
    found = {}
    for name in map(str, data.columns):
        facts = known.get(name)
        # Whatever else a clinical table tells is what others would learn.
        usual = Role.SENSITIVE if facts is None else facts.when_shifted if shifted else facts.role
        found[name] = Role.IDENTIFIER if name == "patient" else chosen.get(name, usual)
    return found


def saved_roles(workspace: Workspace) -> dict[str, dict[str, Role]]:
    """Return the roles that a person chose, by table and column.

    Raises
    ------
    RiskError
        The file is damaged.
    """
    try:
        content = json.loads((workspace.folder / FOLDER / _ROLES).read_text(encoding="utf-8"))
        return {
            str(table): {str(name): Role(role) for name, role in roles.items()} for table, roles in content.items()
        }
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, AttributeError) as error:
        raise RiskError(
            f"The chosen roles ({FOLDER}/{_ROLES}) cannot be read. Remove the file to go back to the usual ones."
        ) from error


def save_roles(workspace: Workspace, roles: Mapping[str, Mapping[str, Role]]) -> None:
    """Keep the roles that a person chose, by table and column."""
    kept = {table: {name: Role(role).value for name, role in of.items()} for table, of in roles.items()}
    write(workspace, _ROLES, [json.dumps(kept, indent=1, sort_keys=True), "\n"])


def write(workspace: Workspace, name: str, texts: Iterable[str]) -> None:
    """Write a file in `risk/`, piece by piece, in place of what was there.

    Raises
    ------
    WorkspaceError
        The folder cannot be written.
    """
    path = workspace.folder / FOLDER / name
    try:
        os.makedirs(path.parent, mode=0o700, exist_ok=True)
        with replacing(path) as file:
            file.writelines(texts)
    except OSError as error:
        raise WorkspaceError(
            f"{name} cannot be written to the workspace: {error.strerror}. Make room or mend the permissions."
        ) from error
