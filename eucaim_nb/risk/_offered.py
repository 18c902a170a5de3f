"""The hierarchies that the columns of a workspace's tables are offered, imported ones first."""

from collections.abc import Mapping, Sequence

import pandas as pd

from eucaim_nb.errors import RiskError
from eucaim_nb.workspace import Workspace

from ._hierarchy import Hierarchy, usual_hierarchy, values_of
from ._hierarchy_file import read_hierarchy
from ._tables import FOLDER, Tables, split, write

_IMPORTED = "hierarchies"


def hierarchies(workspace: Workspace, found: Tables, table: str, columns: Sequence[str]) -> list[Hierarchy]:
    """Return the levels of some columns of a table: those of an imported file, or the usual ones.

    Raises
    ------
    RiskError
        An imported file no longer fits the table.
    """
    data = found.named()[table]
    return [_hierarchy(workspace, found, table, data, column) for column in columns]


def _hierarchy(workspace: Workspace, found: Tables, table: str, data: pd.DataFrame, column: str) -> Hierarchy:
    where, name = split(column) if table == "joint" else (table, column)
    file = workspace.folder / FOLDER / _IMPORTED / f"{where} {_safe(name)}.csv"
    if file.exists():
        values = values_of(data[column])
        return read_hierarchy(file.read_text(encoding="utf-8"), column, values)
    vendors = _vendors(found) if (where, name) == ("imaging", "model") else None
    return usual_hierarchy(data[column], found.facts(table, column), vendors)


def import_hierarchy(workspace: Workspace, found: Tables, table: str, column: str, text: str) -> Hierarchy:
    """Check a hierarchy in the form of ARX against a table and keep it for its column.

    Raises
    ------
    RiskError
        It cannot be used; the text says why.
    """
    data = found.named()[table]
    if column not in data.columns:
        raise RiskError(f"The table has no column {column!r}.")
    read = read_hierarchy(text, column, values_of(data[column]))
    where, name = split(column) if table == "joint" else (table, column)
    write(workspace, f"{_IMPORTED}/{where} {_safe(name)}.csv", [text])
    return read


def _vendors(found: Tables) -> Mapping[str, str]:
    """Return the manufacturers by model, as patients have them: of several devices both are texts of all."""
    used = found.imaging.patients[["model", "manufacturer"]].dropna()
    vendors = used.groupby("model")["manufacturer"].agg(lambda names: " or ".join(sorted(set(names))))
    return {str(model): str(vendor) for model, vendor in vendors.items()}


def _safe(name: str) -> str:
    return "".join(letter if letter.isalnum() or letter in "_- " else "_" for letter in name)
